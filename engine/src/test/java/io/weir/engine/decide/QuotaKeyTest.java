package io.weir.engine.decide;

import static io.weir.engine.decide.Requests.DAY;
import static io.weir.engine.decide.Requests.HOUR;
import static io.weir.engine.decide.Requests.MINUTE;
import static io.weir.engine.decide.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.policy.PolicyReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuotaKeyTest {
    private final Registry registry = new Registry();
    private final QuotaEngine engine = new QuotaEngine(registry);
    private final Heap heap = new Heap();

    /** Everything that matters of a request here. */
    private static Request request(
            long timestamp,
            String method,
            String path,
            @Nullable String profile,
            @Nullable String device,
            Map<String, String> attributes) {
        return new Request(
                null,
                timestamp,
                "example",
                method,
                path,
                "192.0.2.1",
                null,
                device,
                null,
                profile,
                null,
                1,
                attributes,
                false,
                0);
    }

    private void policy(String yaml) {
        registry.apply(PolicyReader.read("policy", "policy: example\n" + yaml));
    }

    private Decision decide(Request request) {
        heap.decision = null;
        engine.visit(engine.start(request), heap, heap);
        for (Visit next = heap.visits.poll(); next != null; next = heap.visits.poll()) {
            engine.visit(next, heap, heap);
        }
        assertThat(heap.decision).isNotNull();
        return heap.decision;
    }

    private List<CurrentUsage> usage(Request identity, boolean anyRoute) {
        List<CurrentUsage> usage = new ArrayList<>();
        for (QuotaKey key : QuotaKey.of(registry, identity, anyRoute)) {
            usage.addAll(key.usage(heap.entries.getOrDefault(key.entryKey(), new SubjectUsage())));
        }
        return usage;
    }

    @Test
    void shouldListEveryFunctionOfAProfileWithWhatItUsed() {
        // Given: two functions, three plans
        policy("""
                rules:
                  - { name: send, match: POST /data, key: [profile], limits: { free: 5 per minute, scale: 50 per minute } }
                  - { name: read, match: GET /data, key: [profile], limits: [10 per minute, 100 per hour] }
                  - { name: other, match: GET /data, key: [token], limits: [10 per minute] }
                """);
        decide(request(NOON, "POST", "/data", "p1", null, Map.of("plan", "free")));
        decide(request(NOON, "POST", "/data", "p1", null, Map.of("plan", "free")));
        decide(request(NOON, "GET", "/data", "p1", null, Map.of()));

        // When
        List<CurrentUsage> usage = usage(request(NOON + 1, "", "", "p1", null, Map.of("plan", "scale")), true);

        // Then: the plan is that of the asker, the key that nobody has is not listed
        List<String> key = List.of("profile=p1");
        assertThat(usage)
                .containsExactly(
                        new CurrentUsage("send", key, "minute", MINUTE, 50, 2, 48, NOON + MINUTE, false),
                        new CurrentUsage("read", key, "minute", MINUTE, 10, 1, 9, NOON + MINUTE, false),
                        new CurrentUsage("read", key, "hour", HOUR, 100, 1, 99, NOON + HOUR, false));
    }

    @Test
    void shouldChargeNothing() {
        // Given
        policy("rules: [{ name: a, key: [profile], limits: [5 per minute] }]");
        Request identity = request(NOON, "", "", "p1", null, Map.of());
        SubjectUsage stored = new SubjectUsage();

        // When
        QuotaKey.of(registry, identity, true).get(0).usage(stored);

        // Then
        assertThat(stored.size()).isZero();
        assertThat(usage(identity, true)).extracting(CurrentUsage::current).containsExactly(0L);
    }

    @Test
    void shouldFollowEntities() {
        // Given: a pool that grows by ten for each device, and a limit that one device has of its own
        policy("""
                rules:
                  - { name: pool, key: [profile], limits: [{ name: daily, limit: 10, times: profile.devices, per: 1 day }] }
                  - { name: own, key: [profile, device], limits: [{ limit: device.limits.send, per: 1m, optional: true }] }
                """);
        registry.put(new Entity("profile", "p1", Map.of("devices", "3"), Map.of()));
        Request identity = request(NOON, "", "", "p1", "d1", Map.of());

        // Then
        assertThat(usage(identity, true))
                .extracting(CurrentUsage::rule, CurrentUsage::window, CurrentUsage::limit)
                .containsExactly(tuple("pool", "daily", 30L));

        // When
        registry.put(new Entity("profile", "p1", Map.of("devices", "4"), Map.of()));
        registry.put(new Entity("device", "d1", Map.of(), Map.of("send", 7L)));

        // Then
        assertThat(usage(identity, true))
                .extracting(CurrentUsage::rule, CurrentUsage::key, CurrentUsage::limit)
                .containsExactly(
                        tuple("pool", List.of("profile=p1"), 40L),
                        tuple("own", List.of("profile=p1", "device=d1"), 7L));
    }

    @Test
    void shouldListOnlyWhatCountsTheRouteAskedFor() {
        // Given
        policy("""
                rules:
                  - { name: one, match: 'GET /device/{id}', key: [profile, path.id], limits: [5 per minute] }
                  - { name: all, match: GET /**, except: [/free], key: [profile], limits: [9 per minute] }
                  - { name: post, match: POST /**, key: [profile], limits: [9 per minute] }
                  - { name: cheap, key: [profile], where: { method: GET, plan: free }, limits: [9 per minute] }
                """);
        decide(request(NOON, "GET", "/device/d7", "p1", null, Map.of()));

        // Then
        assertThat(usage(request(NOON, "GET", "/device/d7", "p1", null, Map.of()), false))
                .extracting(CurrentUsage::rule, CurrentUsage::key, CurrentUsage::current)
                .containsExactly(
                        tuple("one", List.of("profile=p1", "path.id=d7"), 1L), tuple("all", List.of("profile=p1"), 1L));
        assertThat(usage(request(NOON, "GET", "/free", "p1", null, Map.of()), false))
                .isEmpty();
        assertThat(usage(request(NOON, "", "", "p1", null, Map.of("plan", "free")), true))
                .extracting(CurrentUsage::rule)
                .containsExactly("all", "post", "cheap");
    }

    @Test
    void shouldListEachRouteThatHasAUsageOfItsOwn() {
        // Given
        policy("""
                rules:
                  - { name: each, match: [GET /a, GET /b], key: [profile, route], limits: [5 per minute] }
                """);
        decide(request(NOON, "GET", "/b", "p1", null, Map.of()));

        // Then
        assertThat(usage(request(NOON, "", "", "p1", null, Map.of()), true))
                .extracting(CurrentUsage::key, CurrentUsage::current)
                .containsExactly(
                        tuple(List.of("profile=p1", "route=GET /a"), 0L),
                        tuple(List.of("profile=p1", "route=GET /b"), 1L));
    }

    @Test
    void shouldLeaveOutWindowsThatAreGone() {
        // Given: ten minutes of traffic, so that the first are dropped
        policy("rules: [{ name: a, key: [profile], limits: [5 per minute, 50 per day] }]");
        for (int minute = 0; minute < 10; minute++) {
            decide(request(NOON + minute * MINUTE, "GET", "/", "p1", null, Map.of()));
        }

        // Then
        assertThat(usage(request(NOON, "", "", "p1", null, Map.of()), true))
                .containsExactly(
                        new CurrentUsage("a", List.of("profile=p1"), "day", DAY, 50, 10, 40, NOON + DAY / 2, false));
    }

    @Test
    void shouldMarkRulesInShadowMode() {
        policy("rules: [{ name: a, key: [profile], limits: [5 per minute], mode: shadow }]");
        assertThat(usage(request(NOON, "", "", "p1", null, Map.of()), true))
                .extracting(CurrentUsage::shadow)
                .containsExactly(true);
        assertThat(QuotaKey.of(new Registry(), request(NOON, "", "", "p1", null, Map.of()), true))
                .isEmpty();
    }

    /** What a request without hits is told with its answer is the same by another way. */
    @Test
    void shouldSayWhatARequestWithoutHitsIsTold() {
        // Given
        policy("""
                rules:
                  - { name: fixed, match: GET /**, key: [profile], limits: [6 per 10 seconds, 40 per 2 minutes] }
                  - { name: sliding, key: [profile, device], limits: [{ limit: 7, per: 20s, algorithm: sliding }] }
                  - { name: first, key: [ip], limits: [{ limit: 50, per: 7s, align: first-hit }], count: all }
                  - { name: bucket, key: [device], limits: [{ limit: 4, per: 5s, algorithm: bucket, burst: 9 }] }
                """);
        long seed = 20261125;
        SplittableRandom random = new SplittableRandom(seed);
        long time = NOON;
        for (int i = 0; i < 3_000; i++) {
            time += random.nextInt(700);
            String method = random.nextBoolean() ? "GET" : "POST";
            String profile = "p" + random.nextInt(2);
            String device = random.nextInt(5) == 0 ? null : "d" + random.nextInt(3);
            Request request = request(time, method, "/a", profile, device, Map.of());
            decide(request.withHits(random.nextInt(3)));

            // When
            List<LimitUsage> told = decide(request.withHits(0).withDetails()).limits();
            List<CurrentUsage> asked = usage(request, false);

            // Then
            assertThat(asked.stream()
                            .map(each -> new LimitUsage(
                                    each.rule(),
                                    each.window(),
                                    each.windowMs(),
                                    each.limit(),
                                    each.remaining(),
                                    each.resetAt(),
                                    0)))
                    .as("seed %d, request %d", seed, i)
                    .containsExactlyInAnyOrderElementsOf(told);
        }
    }

    /** Usage on the heap that is never forgotten, and what comes of a visit. */
    private static final class Heap implements Usages, Outbox {
        private final Map<String, SubjectUsage> entries = new HashMap<>();
        private final ArrayDeque<Visit> visits = new ArrayDeque<>();
        private @Nullable Decision decision;

        @Override
        public SubjectUsage usage(String key) {
            return entries.computeIfAbsent(key, absent -> new SubjectUsage());
        }

        @Override
        public void changed(String key, SubjectUsage usage) {}

        @Override
        public @Nullable Remembered remembered(String key) {
            return null;
        }

        @Override
        public void remember(String key, Remembered remembered, long keepUntil) {}

        @Override
        public long now() {
            return NOON;
        }

        @Override
        public void decision(Decision made) {
            decision = made;
        }

        @Override
        public void visit(Visit visit) {
            visits.add(visit);
        }

        @Override
        public void block(Block block) {}

        @Override
        public void lift(Block block) {}

        @Override
        public void usage(UsageReport report) {}

        @Override
        public void rejected(Request request, String reason) {}
    }
}
