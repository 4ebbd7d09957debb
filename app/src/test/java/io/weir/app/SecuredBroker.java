package io.weir.app;

import io.weir.app.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A broker that demands TLS and a name, and allows a name only what it was granted. */
final class SecuredBroker implements AutoCloseable {
    /** Who may do all and grant the rest. */
    static final String ADMIN = "admin";

    static final String ENFORCER = "weir-enforcer";
    static final String GATEWAY = "weir-gateway";
    static final String OPERATOR = "weir-operator";
    static final String INGEST = "weir-ingest";

    private static final String BROKER = "broker";

    /** Names without a role, for as many tries. */
    private static final int OTHERS = 32;

    private static final String STORE_PASSWORD = "not-a-secret-of-anybody";
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"";

    private final Path folder;
    private final EmbeddedBroker broker;

    private SecuredBroker(Path folder, EmbeddedBroker broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** A name without a role; so many there are. */
    static String other(int i) {
        return "other-" + i;
    }

    private static List<String> users() {
        return Stream.concat(
                        Stream.of(BROKER, ADMIN, ENFORCER, GATEWAY, OPERATOR, INGEST),
                        IntStream.range(0, OTHERS).mapToObj(SecuredBroker::other))
                .toList();
    }

    static SecuredBroker start(Path folder) throws IOException, InterruptedException {
        makeCertificate(folder);
        Path secrets = Files.createDirectories(folder.resolve("secrets"));
        StringBuilder users = new StringBuilder();
        for (String user : users()) {
            Files.writeString(secrets.resolve(user), password(user));
            users.append(" user_")
                    .append(user)
                    .append("=\"")
                    .append(password(user))
                    .append('"');
        }
        Map<String, String> settings = new HashMap<>(tls(folder));
        settings.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
        settings.put("ssl.keystore.location", folder.resolve("broker.p12").toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        settings.put("sasl.enabled.mechanisms", "PLAIN");
        settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.put(
                "listener.name.clients.plain.sasl.jaas.config",
                LOGIN + BROKER + "\" password=\"" + password(BROKER) + "\"" + users + ";");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:" + BROKER + ";User:" + ADMIN + ";User:ANONYMOUS");
        return new SecuredBroker(folder, EmbeddedBroker.start(folder.resolve("data"), 0, settings));
    }

    private static void makeCertificate(Path folder) throws IOException, InterruptedException {
        keytool(
                folder,
                "-genkeypair -alias broker -keyalg EC -validity 3650 -dname CN=localhost -ext SAN=ip:127.0.0.1"
                        + " -keystore broker.p12");
        keytool(folder, "-exportcert -alias broker -file broker.cer -keystore broker.p12");
        keytool(folder, "-importcert -noprompt -alias broker -file broker.cer -keystore trust.p12");
    }

    private static void keytool(Path folder, String arguments) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        String command = tool + " " + arguments + " -storetype PKCS12 -storepass " + STORE_PASSWORD;
        Process process = new ProcessBuilder(command.split(" "))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
    }

    private static Map<String, String> tls(Path folder) {
        return Map.of(
                "ssl.truststore.location",
                folder.resolve("trust.p12").toString(),
                "ssl.truststore.password",
                STORE_PASSWORD);
    }

    static String password(String user) {
        return "password-of-" + user;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Settings for a Kafka client of that user. */
    Map<String, Object> client(String user) {
        Map<String, Object> client = new HashMap<>(tls(folder));
        client.put("bootstrap.servers", bootstrapServers());
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", "PLAIN");
        client.put("sasl.jaas.config", LOGIN + user + "\" password=\"" + password(user) + "\";");
        return client;
    }

    /** The same as the program's settings. */
    Map<String, String> settings(String user, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        client(user).forEach((name, value) -> settings.put("kafka." + name, value.toString()));
        return settings;
    }

    /** A file for {@code --config} in which the password is only referred to. */
    Path config(String user) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings(user, Map.of("commit.interval.ms", "20")));
        properties.put(
                "kafka.sasl.jaas.config",
                LOGIN + user + "\" password=\"${dir:" + folder.resolve("secrets") + ":" + user + "}\";");
        Path file = folder.resolve(user + ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    /** Runs a command as that user, in a process of its own. */
    Program run(String user, String... arguments) throws Exception {
        return Program.run(folder, as(user, arguments));
    }

    /** Runs a command as that user in this process. */
    Terminal.Run command(String user, String... arguments) throws Exception {
        return Terminal.run(as(user, arguments));
    }

    /** A command's arguments and where the broker is and who asks. */
    String[] as(String user, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-server",
                bootstrapServers(),
                "--config",
                config(user).toString()));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() {
        broker.close();
    }
}
