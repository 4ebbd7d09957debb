package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Reason;
import io.weir.engine.decide.Block;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A block list as after an attack by very many; {@code -Dweir.blocks=1000000} makes it a million. */
class LongBlockListTest {
    private static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    private static final int BLOCKS = Integer.getInteger("weir.blocks", 50_000);

    private static final String POLICY = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [1 per minute] }
            blocks:
              - { name: abusers, key: [ip], after: 2 per minute, for: 1 hour }
            """;

    private static Block block(int number) {
        String ip = "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
        return new Block(
                "example",
                "abusers",
                List.of("ip"),
                List.of(ip),
                NOON,
                NOON + 3_600_000,
                "2 strikes per minute",
                "r" + number,
                false);
    }

    @Test
    void shouldBlockEachOfThemAndNobodyElse() {
        try (QuotaFixture weir = QuotaFixture.given(POLICY)) {
            // Given
            for (int i = 0; i < BLOCKS; i++) {
                byte[] key = Conversions.blockKey(block(i)).getBytes(StandardCharsets.UTF_8);
                weir.send(Topics.BLOCKLIST, key, Contracts.BLOCK.encode(Conversions.entry(block(i))));
            }

            // Then
            assertThat(weir.blocks()).hasSize(BLOCKS);
            for (int i = 0; i < BLOCKS; i += BLOCKS / 100) {
                String ip = block(i).values().get(0);
                weir.when(get("/").token("t" + i).ip(ip).at(NOON + 1)).then().reason(Reason.BLOCKED, 1);
            }
            weir.when(get("/").token("t").ip("192.0.2.1").at(NOON + 1)).then().allowed(1);

            // When
            for (int i = 0; i < BLOCKS; i++) {
                weir.send(Topics.BLOCKLIST, Conversions.blockKey(block(i)).getBytes(StandardCharsets.UTF_8), null);
            }

            // Then
            assertThat(weir.blocks()).isEmpty();
        }
    }
}
