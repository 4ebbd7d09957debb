package io.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same input gives the same decisions in memory and on the topology. */
class DifferentialTest {
    private static final Path POLICIES = Path.of("../policies");
    private static final List<String> SHIPPED = List.of("hexnode", "hexagraph", "tagoio", "onboardinghub", "nexudus");

    /** Several subjects, strikes of its own and other subjects, every algorithm, shadow mode, duplicates. */
    private static final String EVERYTHING = """
            policy: everything
            deduplicate: 1m
            rules:
              - { name: token, key: [token], limits: [5 per 10 seconds, { limit: 20, per: 1m, algorithm: sliding }] }
              - { name: account, key: [account], limits: [{ limit: 8, per: 20s, align: first-hit }] }
              - { name: device, key: [account, device], limits: [{ limit: 3, per: 5s, algorithm: bucket, burst: 4 }] }
              - { name: user, key: [user], limits: [6 per 10 seconds], count: all }
              - { name: shadowed, key: [token], limits: [1 per minute], mode: shadow }
            blocks:
              - { name: by-token, key: [token], after: 6 per minute, for: [20s, 1m] }
              - { name: by-ip, key: [ip], after: 9 per minute, for: 30s }
              - { name: offences, key: [user], of: { status: 401 }, after: 2 per minute, for: 15s }
            deny: [ip = 192.0.2.9]
            """;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldDecideTheShippedPoliciesAlike(long seed) throws IOException {
        // Given
        String[] policies = new String[SHIPPED.size()];
        for (int i = 0; i < policies.length; i++) {
            policies[i] = Files.readString(POLICIES.resolve(SHIPPED.get(i) + ".yaml"));
        }

        // Then
        Set<Reason> seen = compare(Scenario.of(seed, 3_000, SHIPPED), 1, policies);
        assertThat(seen).contains(Reason.WITHIN_LIMITS, Reason.OVER_LIMIT, Reason.BLOCKED);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6, 7})
    void shouldDecideRequestsOfManySubjectsAlike(long seed) {
        // Then
        Set<Reason> seen = compare(Scenario.of(seed, 3_000, List.of("everything")), 1, EVERYTHING);
        assertThat(seen).contains(Reason.WITHIN_LIMITS, Reason.OVER_LIMIT, Reason.BLOCKED);
    }

    @Test
    void shouldDecideReroutedRequestsAlike() {
        compare(Scenario.of(8, 2_000, List.of("everything")), 4, EVERYTHING);
    }

    private static Set<Reason> compare(Scenario scenario, int partitions, String... policies) {
        InMemoryExecutor executor = new InMemoryExecutor();
        Set<Reason> seen = EnumSet.noneOf(Reason.class);
        try (QuotaFixture fixture = QuotaFixture.given(partitions, policies)) {
            for (String policy : policies) {
                executor.apply(PolicyReader.read("policy", policy));
            }
            scenario.entities().forEach(entity -> {
                executor.put(entity);
                fixture.entity(entity);
            });
            for (Request request : scenario.requests()) {
                Decision expected = executor.decide(request);
                seen.add(expected.reason());
                assertThat(fixture.decide(request)).as("%s", request).isEqualTo(expected);
            }
        }
        return seen;
    }
}
