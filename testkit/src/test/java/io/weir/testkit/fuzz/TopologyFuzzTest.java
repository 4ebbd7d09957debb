package io.weir.testkit.fuzz;

import static io.weir.testkit.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.schemas.Contracts;
import io.weir.schemas.UndecodableException;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.Visit;
import io.weir.schemas.avro.VisitKind;
import io.weir.testkit.Fuzz;
import io.weir.testkit.QuotaFixture;
import io.weir.wire.Topics;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes on any topic: what can be decided is, the rest is a dead letter, and the task goes on. */
class TopologyFuzzTest {
    private static final long NOON = 1_767_268_800_000L;
    private static final List<byte[]> RECORDS = Corpus.records("records.txt");

    /** Two subjects, strikes at two others, duplicates remembered: all that a visit can be for. */
    private static final String POLICY = """
            policy: example
            deduplicate: 5m
            rules:
              - { name: token, key: [token], limits: [2 per minute, { limit: 9, per: 1h, algorithm: sliding }] }
              - { name: account, key: [account, device], limits: [1 per minute], hits: attributes.tokens }
            blocks:
              - { name: by-ip, key: [ip], after: 2 per minute, for: [1m, 1h] }
              - { name: offences, key: [user], of: { status: 401 }, after: 2 per minute, for: 15s }
            deny: [token = leaked]
            """;

    private static final String ONE_PER_MINUTE = """
            policy: sound
            rules:
              - { name: one, key: [token], limits: [1 per minute] }
            """;

    @Test
    void shouldDecideOrKeepEveryEvent() {
        try (QuotaFixture weir = QuotaFixture.given(3, POLICY, ONE_PER_MINUTE)) {
            int[] sound = {0};
            Fuzz.of("requests", RECORDS).run(5_000, bytes -> {
                int events = events(bytes);
                weir.when(0, get("/"));
                weir.send(Topics.REQUESTS, null, bytes);
                int letters = weir.deadLetters().size();
                if (events < 0) {
                    assertThat(letters).isOne();
                    assertThat(weir.then().decisions()).isEmpty();
                } else {
                    assertThat(weir.then().decisions()).hasSize(events);
                }
                decides(weir, sound);
            });
        }
    }

    private static int events(byte[] bytes) {
        try {
            return Contracts.requests(bytes).size();
        } catch (UndecodableException undecodable) {
            return -1;
        }
    }

    @Test
    void shouldMakeOrKeepEveryVisit() {
        try (QuotaFixture weir = QuotaFixture.given(POLICY, ONE_PER_MINUTE)) {
            int[] sound = {0};
            Fuzz.of("visits", RECORDS)
                    .words("token=t1", "account=a1", "0 token", "0! account", "by-ip", "=", "x", "99999999999 x")
                    .run(5_000, bytes -> {
                        weir.when(0, get("/"));
                        weir.send(Topics.VISITS, null, bytes);
                        List<DeadLetter> letters = weir.deadLetters();
                        Visit visit = visit(bytes);
                        if (visit == null) {
                            assertThat(letters).hasSize(1);
                        } else if (visit.getKind() == VisitKind.REQUEST
                                && visit.getUnblocked().isEmpty()) {
                            assertThat(weir.then().decisions()).hasSize(1);
                        }
                        decides(weir, sound);
                    });
        }
    }

    private static @Nullable Visit visit(byte[] bytes) {
        try {
            return Contracts.VISIT.decode(bytes);
        } catch (UndecodableException undecodable) {
            return null;
        }
    }

    /** What somebody else may write there changes nothing that is in force, and stops nobody. */
    @ParameterizedTest
    @ValueSource(strings = {Topics.POLICIES, Topics.ENTITIES, Topics.BLOCKLIST})
    void shouldFollowWhatMakesSenseAndIgnoreTheRest(String topic) {
        try (QuotaFixture weir = QuotaFixture.given(POLICY, ONE_PER_MINUTE)) {
            int[] sound = {0};
            Fuzz.of(topic, RECORDS).run(1_500, bytes -> {
                weir.send(topic, new byte[] {1, 2, 3}, bytes);
                weir.send(topic, null, bytes);
                decides(weir, sound);
            });
        }
    }

    /** Some other subject has its one request a minute. */
    private static void decides(QuotaFixture weir, int[] sound) {
        weir.when(2, get("/").token("sound-" + sound[0]++).at(NOON));
        weir.then().allowed(1).denied(1);
    }
}
