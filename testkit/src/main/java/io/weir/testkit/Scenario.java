package io.weir.testkit;

import io.weir.engine.Entity;
import io.weir.engine.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Seeded requests that press a policy at its edges: few clients, bursts, pauses, events out of order, reports, questions.
 * The same seed gives the same requests.
 *
 * @param entities what the policies ask about the clients
 */
public record Scenario(List<Request> requests, List<Entity> entities) {
    private static final long START = Instant.parse("2026-03-01T23:58:30Z").toEpochMilli();
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");
    private static final List<String> PLANS = List.of("free", "starter", "scale", "unheard-of");

    /** Paths that the five shipped policies tell apart, by domain. */
    private static final Map<String, List<String>> PATHS = Map.of(
            "hexnode", List.of("/api/v1/devices/", "/api/v1/users/"),
            "hexagraph", List.of("/outputs", "/graphql"),
            "onboardinghub", List.of("/api/v1/guides", "/mcp"),
            "tagoio",
                    List.of(
                            "/data",
                            "/data?query=aggregate",
                            "/Device",
                            "/device/d1",
                            "/device/params",
                            "/analysis/a1",
                            "/x"),
            "nexudus",
                    List.of(
                            "/api/spaces/coworkers",
                            "/api/spaces/checkin",
                            "/api/public/checkin/now",
                            "/API/Business/settings",
                            "/api/sys/users/resetPassword",
                            "/api/Sys/AuditTrailEntries"));

    /** Requests of several domains in turn. */
    public static Scenario of(long seed, int count, List<String> domains) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Request> requests = new ArrayList<>(count);
        long now = START;
        for (int i = 0; i < count; i++) {
            now += pause(random);
            long late = random.nextInt(12) == 0 ? random.nextLong(90_000) : 0;
            requests.add(request(random, i, now - late, domains.get(random.nextInt(domains.size()))));
        }
        return new Scenario(List.copyOf(requests), clients());
    }

    private static long pause(SplittableRandom random) {
        int kind = random.nextInt(1000);
        if (kind < 900) {
            return random.nextInt(30);
        }
        return kind < 998 ? random.nextInt(800) : random.nextInt(600_000);
    }

    private static Request request(SplittableRandom random, int number, long timestamp, String domain) {
        int client = random.nextInt(100) < 70 ? 0 : random.nextInt(4);
        List<String> paths = PATHS.getOrDefault(domain, List.of("/a", "/b/1", "/b/list"));
        boolean report = random.nextInt(40) == 0;
        return new Request(
                "r" + number,
                timestamp,
                domain,
                METHODS.get(random.nextInt(METHODS.size())),
                paths.get(random.nextInt(paths.size())),
                "192.0.2." + random.nextInt(3),
                random.nextInt(30) == 0 ? null : "token-" + client,
                "device-" + random.nextInt(3),
                "account-" + client,
                "profile-" + client,
                "user-" + random.nextInt(2),
                random.nextInt(25) == 0 ? random.nextInt(4) : 1,
                random.nextInt(5) == 0 ? Map.of("plan", PLANS.get(random.nextInt(PLANS.size()))) : Map.of(),
                report,
                report ? 401 : 0);
    }

    private static List<Entity> clients() {
        List<Entity> entities = new ArrayList<>();
        for (int client = 0; client < 4; client++) {
            entities.add(new Entity("account", "account-" + client, Map.of("devices", "" + 3 * client), Map.of()));
            entities.add(new Entity("profile", "profile-" + client, Map.of("plan", PLANS.get(client)), Map.of()));
        }
        entities.add(new Entity("device", "device-1", Map.of(), Map.of("send-data", 7L, "get-data", 5L)));
        return List.copyOf(entities);
    }
}
