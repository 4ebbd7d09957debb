package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.schemas.FramingSettings;
import io.weir.topology.EnforcerConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the cluster is and how to talk to it: options of every command that needs one. */
final class ClusterOptions {
    static final String EMBEDDED = "127.0.0.1:9092";
    private static final long PATIENCE_S = 10;

    /** Lets values of {@code kafka.} settings stand elsewhere: {@code ${env:NAME}}, {@code ${dir:/run/secrets:name}}. */
    private static final Map<String, String> SECRETS = Map.of(
            "kafka.config.providers", "env,dir,file",
            "kafka.config.providers.env.class", EnvVarConfigProvider.class.getName(),
            "kafka.config.providers.dir.class", DirectoryConfigProvider.class.getName(),
            "kafka.config.providers.file.class", FileConfigProvider.class.getName());

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers to use; none: an embedded one on " + EMBEDDED + ".")
    private @Nullable String bootstrapServer;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings as properties; anything under kafka. goes to the Kafka clients.")
    private @Nullable Path config;

    @Nullable
    String bootstrapServer() {
        return bootstrapServer;
    }

    String bootstrapServerOrEmbedded() {
        return bootstrapServer == null ? EMBEDDED : bootstrapServer;
    }

    /** The settings of {@code --config}. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        if (config != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(config)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException unreadable) {
                throw UserException.wrongUsage(config + ": expected a properties file, found "
                        + (Files.exists(config) ? unreadable.getMessage() : "none"));
            }
            properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        }
        SECRETS.forEach(settings::putIfAbsent);
        return settings;
    }

    /** The settings for Kafka clients, without their prefix, and for the framing of their records. */
    Map<String, Object> client(String bootstrapServers) {
        Map<String, Object> client = new HashMap<>();
        settings().forEach((name, value) -> {
            if (name.startsWith(EnforcerConfig.CLIENT_PREFIX)) {
                client.put(name.substring(EnforcerConfig.CLIENT_PREFIX.length()), value);
            } else if (FramingSettings.NAMES.contains(name)) {
                client.put(name, value);
            }
        });
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }

    /** Waits until the cluster answers; fails saying so when it does not. */
    void requireBroker(String bootstrapServers) {
        String expected = "broker " + bootstrapServers + ": expected a Kafka broker that answers, found ";
        try {
            Admin admin = Admin.create(client(bootstrapServers));
            try {
                admin.describeCluster().nodes().get(PATIENCE_S, TimeUnit.SECONDS);
            } finally {
                // A plain close would wait for the answer that doesn't come.
                admin.close(Duration.ZERO);
            }
        } catch (TimeoutException silent) {
            throw UserException.failed(
                    expected + "no answer within " + PATIENCE_S + " s; is it running there?", silent);
        } catch (ExecutionException refused) {
            throw UserException.failed(expected + refused.getCause(), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw UserException.failed(expected + "an interruption", interrupted);
        } catch (KafkaException unusable) {
            Throwable cause = unusable.getCause();
            throw UserException.failed(
                    expected + (cause == null ? unusable.getMessage() : cause.getMessage()), unusable);
        }
    }
}
