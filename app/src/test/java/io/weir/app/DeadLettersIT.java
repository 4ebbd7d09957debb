package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.letters.DeadLetters;
import io.weir.app.letters.Letter;
import io.weir.app.letters.Redrive;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.DeadLetter;
import io.weir.schemas.avro.RequestBatch;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters looked at and sent again, by the program on a real broker. */
class DeadLettersIT {
    private static final long LONG_AGO = 1_000_000_000_000L;

    private static final String TWO_PER_MINUTE = """
            policy: example
            rules:
              - { name: per-token, key: [token], limits: [2 per minute] }
            """;

    @TempDir
    private Path data;

    private static Request request(String id, String token, long timestamp) {
        return new Request(
                id, timestamp, "example", "GET", "/x", null, token, null, null, null, null, 1, Map.of(), false, 0);
    }

    private static byte[] batch(Request... requests) {
        return Contracts.REQUESTS.encode(
                new RequestBatch(Stream.of(requests).map(Conversions::event).toList()));
    }

    private Program run(LiveCluster cluster, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("dead-letters"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", cluster.bootstrapServers()));
        return Program.run(data, all.toArray(String[]::new));
    }

    @Test
    void shouldSendALetterAgainOnceWhenItsCauseIsMended() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of("max.age.ms", "86400000"))) {
            // Given: one event of a batch is older than this enforcer accepts
            long now = System.currentTimeMillis();
            cluster.apply(TWO_PER_MINUTE);
            cluster.send(
                    Topics.REQUESTS,
                    "t1".getBytes(StandardCharsets.UTF_8),
                    batch(request("r1", "t1", now), request("old", "t1", LONG_AGO), request("r2", "t1", now)));
            assertThat(cluster.decision("old").reason()).isEqualTo(Reason.INVALID);
            assertThat(cluster.deadLetter().getRequestId()).isEqualTo("old");
            cluster.stopEnforcer();
            cluster.startEnforcer(Map.of());

            // When
            Program listed = run(cluster, "list", "--since", "1h");
            Program elsewhere = run(cluster, "list", "--reason", "no such reason");
            Program json = run(cluster, "list", "--json");
            Program dry = run(cluster, "retry", "--reason", "TOO OLD", "--dry-run");
            Program retried = run(cluster, "retry", "--all");
            Program again = run(cluster, "retry", "0/0");
            Program shown = run(cluster, "show", "0/0");

            // Then
            assertThat(listed.out())
                    .matches("0/0\t\\S+Z\tweir.requests \\d/0\told\ttimestamp " + LONG_AGO + " is too old: [^\n]*\n");
            assertThat(elsewhere.out()).isEmpty();
            assertThat(json.out())
                    .startsWith("{\"letter\":\"0/0\",\"kept\":\"")
                    .contains("\"retried\":false,\"key\":\"t1\",\"events\":[{\"requestId\":\"old\",\"timestamp\":"
                            + LONG_AGO + ",\"domain\":\"example\"")
                    .doesNotContain("\"r1\"");
            assertThat(dry.out()).isEqualTo("0/0\twould be sent to weir.requests\n");
            assertThat(dry.err()).isEqualTo("weir: 1 to send, 0 sent before, 0 cannot be sent\n");
            assertThat(retried.out()).isEqualTo("0/0\tsent to weir.requests\n");
            assertThat(again.out()).isEqualTo("0/0\tsent before\n");
            assertThat(again.err()).isEqualTo("weir: 0 sent, 1 sent before, 0 cannot be sent\n");
            assertThat(shown.out()).contains("\"retried\" : true", "\"path\" : \"/x\"");
            assertThat(List.of(dry.exitCode(), retried.exitCode(), again.exitCode(), shown.exitCode()))
                    .containsOnly(0);
            cluster.send(request("last", "t2", now));
            assertThat(cluster.decision("last").allowed()).isTrue();
            LiveCluster.patiently().until(() -> cluster.decision("old").allowed());
            assertThat(cluster.decided()).isEqualTo(5);
        }
    }

    @Test
    void shouldRefuseWhatIsNoRequestAndSayWhatIsNotThere() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given: somebody who may write letters would like a policy of theirs applied
            cluster.send(
                    Topics.DEAD_LETTERS,
                    null,
                    Contracts.DEAD_LETTER.encode(DeadLetter.newBuilder()
                            .setTopic(Topics.POLICIES)
                            .setPartition(0)
                            .setOffset(0)
                            .setReason("forged")
                            .setValue(ByteBuffer.wrap(new byte[] {1}))
                            .build()));
            cluster.send(Topics.DEAD_LETTERS, null, "no letter".getBytes(StandardCharsets.UTF_8));

            // When
            Program forged = run(cluster, "retry", "--all");
            Program missing = run(cluster, "retry", "0/77");
            Program unsaid = run(cluster, "retry");
            Program misspelt = run(cluster, "show", "seven");

            // Then
            assertThat(forged.exitCode()).isEqualTo(1);
            assertThat(forged.out())
                    .isEqualTo("0/0\tcannot be sent: expected a record of weir.requests or weir.visits,"
                            + " found one of 'weir.policies'\n");
            assertThat(forged.err()).contains("weir.dead-letters 0/1: expected Avro single-object encoding");
            assertThat(missing.exitCode()).isEqualTo(1);
            assertThat(missing.err()).contains("letter 0/77: expected among the dead letters, found none");
            assertThat(unsaid.exitCode()).isEqualTo(2);
            assertThat(unsaid.err()).contains("expected which letters to send again");
            assertThat(misspelt.exitCode()).isEqualTo(2);
            assertThat(misspelt.err()).contains("like 0/123, found 'seven'");
        }
    }

    @Test
    void shouldLetOnlyOneSendAtATime() throws Exception {
        try (LiveCluster cluster = LiveCluster.start(data, Map.of())) {
            // Given
            cluster.send(Topics.REQUESTS, null, "not avro".getBytes(StandardCharsets.UTF_8));
            assertThat(cluster.deadLetter().getReason()).contains("expected Avro");
            Map<String, Object> client = Map.of("bootstrap.servers", cluster.bootstrapServers());
            DeadLetters letters = new DeadLetters(client, List.of(new TopicPartition(Topics.DEAD_LETTERS, 0)));
            List<Letter> sent = new ArrayList<>();

            // When
            try (Redrive first = new Redrive(client, sent::add);
                    Redrive second = new Redrive(client, sent::add)) {
                letters.read(null, second::send, problem -> {});
                second.commit();

                // Then
                assertThatThrownBy(() -> {
                            letters.read(null, first::send, problem -> {});
                            first.commit();
                        })
                        .isInstanceOf(KafkaException.class);
            }
            assertThat(sent).hasSize(1);
            List<Letter> found = new ArrayList<>();
            // The letter is not decided any better the second time: there are two now.
            LiveCluster.patiently().until(() -> {
                found.clear();
                letters.read(null, found::add, problem -> {});
                return found.size() == 2;
            });
            assertThat(found).extracting(Letter::retried).containsExactly(true, false);
        }
    }
}
