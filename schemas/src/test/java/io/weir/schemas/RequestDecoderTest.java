package io.weir.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read by hand is what the generic reader reads, and what is refused is left to it. */
class RequestDecoderTest {
    private static final String[] TEXTS = {"", "a", "GET", "/api/v1/x?y=z", "Ünïcödé", "長い名前", "x".repeat(300), "\0"};

    private final RequestDecoder decoder = new RequestDecoder();

    @Test
    void shouldReadWhatTheGenericReaderReads() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2_000; i++) {
            // Given
            byte[] bytes = Contracts.REQUEST.encode(event(random));

            // Then
            assertThat(decoder.single(bytes))
                    .as("event %d of seed 5", i)
                    .isNotNull()
                    .isEqualTo(Contracts.REQUEST.decode(bytes));
        }
    }

    @Test
    void shouldReadBatchesThatTheGenericReaderReads() {
        SplittableRandom random = new SplittableRandom(6);
        for (int size = 0; size < 100; size++) {
            // Given
            List<RequestEvent> events = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                events.add(event(random));
            }

            // Then
            assertThat(decoder.batch(Contracts.REQUESTS.encode(new RequestBatch(events))))
                    .isEqualTo(events);
        }
    }

    @Test
    void shouldNeverReadWhatTheGenericReaderRefuses() {
        // Given: records with a few bytes changed, cut off or added
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Contracts.REQUESTS.encode(new RequestBatch(List.of(event(random), event(random))));
            bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(-2, 2));
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(SingleObject.HEADER, bytes.length)] = (byte) random.nextInt();
            }

            // When
            List<RequestEvent> byHand = decoder.batch(bytes);

            // Then
            if (byHand != null) {
                assertThat(Contracts.REQUESTS.decode(bytes).getEvents())
                        .as("record %d of seed 7", i)
                        .isEqualTo(byHand);
            }
        }
    }

    @Test
    void shouldMakeRecurringTextsOneObject() {
        // Given
        byte[] bytes = Contracts.REQUEST.encode(ContractsTest.REQUEST);

        // When
        RequestEvent first = decoder.single(bytes);
        RequestEvent second = decoder.single(bytes);

        // Then
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(first.getPath()).isSameAs(second.getPath());
    }

    private static RequestEvent event(SplittableRandom random) {
        Map<String, String> attributes = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            attributes.put(text(random), text(random));
        }
        return RequestEvent.newBuilder()
                .setRequestId(perhaps(random))
                .setTimestamp(random.nextLong())
                .setDomain(text(random))
                .setMethod(text(random))
                .setPath(text(random))
                .setIp(perhaps(random))
                .setToken(perhaps(random))
                .setDevice(perhaps(random))
                .setAccount(perhaps(random))
                .setProfile(perhaps(random))
                .setUser(perhaps(random))
                .setHits(random.nextLong())
                .setAttributes(attributes)
                .setReport(random.nextBoolean())
                .setStatus(random.nextInt())
                .setReplyPartition(random.nextBoolean() ? null : random.nextInt())
                .setGateway(perhaps(random))
                .setDetailed(random.nextBoolean())
                .build();
    }

    private static @Nullable String perhaps(SplittableRandom random) {
        return random.nextBoolean() ? null : text(random);
    }

    private static String text(SplittableRandom random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
