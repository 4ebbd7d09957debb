package io.weir.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weir.app.json.RequestWriter;
import io.weir.engine.Request;
import io.weir.topology.ingest.Converted;
import io.weir.topology.ingest.LogRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mapping that is shipped, on a log of its gateway. What comes of {@code <name>.log} stands in {@code <name>.expected},
 * a line an entry.
 */
class GatewayLogsTest {
    private static final Path MAPPINGS = Path.of("../mappings");
    private static final Path LOGS = Path.of("src/test/resources/gateways");
    private static final Path REAL_LOGS = Path.of("../../shared/data/gateways");
    private static final long KAFKA_TIME = 1_767_268_820_000L;

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(MAPPINGS)) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    private static MappedLog log(String name) throws IOException {
        Path file = MAPPINGS.resolve(name + ".yaml");
        return new MappedLog(MappingReader.read(file.toString(), Files.readString(file)));
    }

    private static List<Converted> convert(MappedLog log, Path file) throws IOException {
        List<Converted> converted = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String id = "log/0/" + converted.size();
            converted.addAll(log.convert(new LogRecord(line.getBytes(StandardCharsets.UTF_8), KAFKA_TIME, id)));
        }
        return converted;
    }

    static String line(Converted converted) throws IOException {
        if (converted instanceof Converted.Event event) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (RequestWriter writer = new RequestWriter(out)) {
                writer.write(event.request());
            }
            return out.toString(StandardCharsets.UTF_8).strip();
        }
        return converted instanceof Converted.Refused refused ? "refused: " + refused.reason() : "skipped";
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldReadTheLogOfEveryGateway(String name) throws IOException {
        // When
        List<String> lines = new ArrayList<>();
        for (Converted converted : convert(log(name), LOGS.resolve(name + ".log"))) {
            lines.add(line(converted));
        }

        // Then
        assertThat(lines).isEqualTo(Files.readAllLines(LOGS.resolve(name + ".expected")));
    }

    /** Only where logs of real gateways are: they are not part of the project. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    mapping | log                                 | events | first timestamp | ip          | token | path            | status
                    apisix  | apisix_default_from_docs.json       | 1      | 1619414294760   | 127.0.0.1   |       | /hello?ab=cd    | 200
                    caddy   | caddy_2.6_real.ndjson               | 2      | 1795418062236   | 127.0.0.1   | good  | /app/x          | 200
                    caddy   | caddy_from_crowdsec_test.ndjson     | 3      | 1693840791756   | 127.0.0.1   |       | /               | 0
                    envoy   | envoy_json_from_crowdsec_test.ndjson| 3      | 1767199200100   | 10.0.0.13   |       | /page-01        | 404
                    nginx   | nginx_1.22_json_real.ndjson         | 3      | 1795418014921   | 127.0.0.1   | good  | /a/             | 200
                    traefik | traefik_json_real.ndjson            | 3      | 1638972163587   | 172.17.0.1  |       | /594VAEoi.save  | 200
                    """)
    void shouldReadLogsOfRealGateways(
            String mapping, String log, int events, long timestamp, String ip, String token, String path, int status)
            throws IOException {
        assumeTrue(Files.exists(REAL_LOGS.resolve(log)), "no " + REAL_LOGS.resolve(log));
        // When
        List<Converted> converted = convert(log(mapping), REAL_LOGS.resolve(log));

        // Then
        assertThat(converted).hasSize(events).allMatch(Converted.Event.class::isInstance);
        Request first = ((Converted.Event) converted.get(0)).request();
        assertThat(first.timestamp()).isEqualTo(timestamp);
        assertThat(first.ip()).isEqualTo(ip);
        assertThat(first.token()).isEqualTo(token);
        assertThat(first.path()).isEqualTo(path);
        assertThat(first.status()).isEqualTo(status);
        assertThat(first.report()).isTrue();
    }

    @Test
    void shouldReadAListOfAThousandEntries() throws IOException {
        // Given
        String entry = Files.readAllLines(LOGS.resolve("apisix.log")).get(1);
        String list = "[" + String.join(",", Collections.nCopies(1_000, entry)) + "]";

        // When
        List<Converted> converted =
                log("apisix").convert(new LogRecord(list.getBytes(StandardCharsets.UTF_8), -1, "apisix/3/42"));

        // Then
        assertThat(converted).hasSize(1_000).allMatch(Converted.Event.class::isInstance);
        assertThat(((Converted.Event) converted.get(999)).request().requestId()).isEqualTo("apisix/3/42/1000");
    }
}
