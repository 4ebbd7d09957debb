package io.weir.schemas;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * How records are framed, as it is configured.
 *
 * @param confluent whether Confluent's framing is written; else single-object encoding
 * @param urls of the schema registry; without any, only single-object encoding is read
 * @param userInfo {@code user:password} for the registry, or empty
 */
public record FramingSettings(boolean confluent, List<URI> urls, Password userInfo) {
    /** Single-object encoding, without a registry. */
    public static final FramingSettings DEFAULT = new FramingSettings(false, List.of(), new Password(""));

    /** How long a client's record waits for a registry that is away, where somebody waits for the client. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String FORMAT = "format";
    private static final String CONFLUENT = "confluent";
    private static final String URL = "schema.registry.url";
    private static final String USER_INFO = "schema.registry.user.info";

    /** Names of the settings. */
    public static final List<String> NAMES = List.of(FORMAT, URL, USER_INFO);

    /** Adds the settings, their defaults and what they mean. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        FORMAT,
                        Type.STRING,
                        "single-object",
                        ValidString.in("single-object", CONFLUENT),
                        Importance.LOW,
                        "How records begin that are written.")
                .define(
                        URL,
                        Type.STRING,
                        "",
                        Importance.LOW,
                        "Schema registry; with it, Confluent's framing is read wherever it stands.")
                .define(USER_INFO, Type.STRING, "", Importance.LOW, "user:password for the schema registry.");
    }

    /** @throws ConfigException naming the setting, what was expected and what was found */
    public static FramingSettings of(Map<String, ?> settings) {
        return of(new AbstractConfig(define(new ConfigDef()), settings, false));
    }

    /** @throws ConfigException naming the setting, what was expected and what was found */
    public static FramingSettings of(AbstractConfig read) {
        List<URI> urls = new ArrayList<>();
        for (String each : read.getString(URL).split(",", -1)) {
            if (!each.isBlank()) {
                urls.add(url(each.strip()));
            }
        }
        boolean confluent = read.getString(FORMAT).equals(CONFLUENT);
        if (confluent && urls.isEmpty()) {
            throw new ConfigException(
                    URL, "", "expected the address of a schema registry, which format=confluent needs");
        }
        return new FramingSettings(confluent, List.copyOf(urls), new Password(read.getString(USER_INFO)));
    }

    private static URI url(String text) {
        String expected = "expected addresses like http://registry:8081";
        try {
            URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
                return url;
            }
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new ConfigException(URL, text, expected);
    }

    /**
     * The framing that is configured.
     *
     * @param patience how long a record waits for a registry that is away
     */
    public Framing framing(Duration patience) {
        if (urls.isEmpty()) {
            return Framing.SINGLE_OBJECT;
        }
        return Framing.with(urls, userInfo.value().isEmpty() ? null : userInfo.value(), confluent, patience);
    }
}
