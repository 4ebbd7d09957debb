package io.weir.app.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionWriterTest {
    private static final long RESET = 1_700_000_040_000L;

    @Test
    void shouldWriteTheBindingLimit() throws IOException {
        assertThat(written(new Decision(
                        "r1",
                        "onboardinghub",
                        1,
                        Outcome.ALLOW,
                        Reason.WITHIN_LIMITS,
                        200,
                        "per-token",
                        new LimitUsage("per-token", "minute", 60_000, 60, 59, RESET, 0),
                        List.of(),
                        RESET,
                        0,
                        List.of(),
                        null)))
                .isEqualTo("""
                        {"requestId":"r1","outcome":"ALLOW","reason":"WITHIN_LIMITS","status":200,"rule":"per-token",\
                        "limit":60,"window":"minute","remaining":59,"resetAt":1700000040000,"retryAfterMs":0}
                        """);
    }

    @Test
    void shouldHaveNothingRemainingWhenBlocked() throws IOException {
        assertThat(written(new Decision(
                        null,
                        "d",
                        1,
                        Outcome.DENY,
                        Reason.BLOCKED,
                        403,
                        "repeat-offenders",
                        null,
                        List.of(),
                        RESET,
                        40_000,
                        List.of("burst"),
                        null)))
                .isEqualTo("""
                        {"requestId":null,"outcome":"DENY","reason":"BLOCKED","status":403,"rule":"repeat-offenders",\
                        "limit":null,"window":null,"remaining":0,"resetAt":1700000040000,"retryAfterMs":40000,\
                        "shadowed":["burst"]}
                        """);
    }

    @Test
    void shouldSayWhatIsWrongWithAnInvalidRequest() throws IOException {
        assertThat(written(new Decision(
                        "r\"\n",
                        "",
                        0,
                        Outcome.DENY,
                        Reason.INVALID,
                        400,
                        null,
                        null,
                        List.of(),
                        0,
                        0,
                        List.of(),
                        "line 1: no")))
                .isEqualTo("""
                        {"requestId":"r\\"\\n","outcome":"DENY","reason":"INVALID","status":400,"rule":null,\
                        "limit":null,"window":null,"remaining":null,"resetAt":0,"retryAfterMs":0,"message":"line 1: no"}
                        """);
    }

    private static String written(Decision decision) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DecisionWriter writer = new DecisionWriter(out)) {
            writer.write(decision);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
