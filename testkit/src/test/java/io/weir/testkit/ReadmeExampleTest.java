package io.weir.testkit;

import static io.weir.testkit.TestRequest.get;

import org.junit.jupiter.api.Test;

/** The example of README. */
class ReadmeExampleTest {
    @Test
    void shouldDenyTheThirdRequestOfAMinute() {
        try (QuotaFixture weir = QuotaFixture.given("""
                policy: example
                rules:
                  - { name: per-token, key: [token], limits: [2 per minute] }
                """)) {
            weir.when(3, get("/x").token("t1").at("2026-01-01T12:00:15Z"));
            weir.then().allowed(2).denied(1).status(429).retryAfterMs(45_000);
        }
    }
}
