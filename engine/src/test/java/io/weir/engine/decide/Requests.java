package io.weir.engine.decide;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the engine's tests decide. */
final class Requests {
    static final long NOON = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
    static final long SECOND = 1_000;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    private Requests() {}

    static InMemoryExecutor executor(String yaml) {
        InMemoryExecutor executor = new InMemoryExecutor();
        executor.apply(PolicyReader.read("policy", "policy: example\n" + yaml));
        return executor;
    }

    static Request at(long timestamp, String token) {
        return request(timestamp, token, null, 1, Map.of(), false, 0);
    }

    static Request hits(long timestamp, String token, long hits) {
        return request(timestamp, token, null, hits, Map.of(), false, 0);
    }

    static Request from(long timestamp, String token, String ip) {
        return request(timestamp, token, ip, 1, Map.of(), false, 0);
    }

    static Request with(long timestamp, String token, Map<String, String> attributes) {
        return request(timestamp, token, null, 1, attributes, false, 0);
    }

    static Request report(long timestamp, String token, long hits, int status) {
        return request(timestamp, token, "192.0.2.1", hits, Map.of(), true, status);
    }

    static Request request(
            long timestamp,
            @Nullable String token,
            @Nullable String ip,
            long hits,
            Map<String, String> attributes,
            boolean report,
            int status) {
        return new Request(
                null,
                timestamp,
                "example",
                "GET",
                "/a",
                ip,
                token,
                null,
                null,
                null,
                null,
                hits,
                attributes,
                report,
                status);
    }

    static Decision last(InMemoryExecutor executor, Request request, int times) {
        Decision decision = executor.decide(request);
        for (int i = 1; i < times; i++) {
            decision = executor.decide(request);
        }
        return decision;
    }
}
