package io.weir.topology.ingest;

import io.weir.schemas.Contracts;
import io.weir.schemas.avro.RequestBatch;
import io.weir.schemas.avro.RequestEvent;
import io.weir.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events gathered for each partition on which they are at home, in their order. A batch is keyed by its first event's
 * subject, so that Kafka's own partitioner takes it to the partition of all of them.
 */
final class RequestBatches {
    /** Events in one record at most. */
    static final int MAX_EVENTS = 500;

    /** Characters of a batch's texts at most: in UTF-8 and with all else below 1 MiB, what brokers take. One event has fewer. */
    static final int MAX_CHARACTERS = 256 << 10;

    private static final int NOWHERE = -1;

    private final int partitions;
    private final Map<Integer, Batch> open = new LinkedHashMap<>();

    RequestBatches(int partitions) {
        this.partitions = partitions;
    }

    /** Where full and finished batches go. */
    interface Out {
        void send(byte @Nullable [] key, byte[] value);
    }

    private record Batch(@Nullable String key, List<RequestEvent> events, int[] characters) {}

    /** @param key the value of the subject where the event is at home; null where it has none */
    void add(RequestEvent event, @Nullable String key, Out out) {
        int partition = key == null ? NOWHERE : Topics.partition(key, partitions);
        int characters = characters(event);
        Batch batch = open.get(partition);
        if (batch != null && (batch.events.size() == MAX_EVENTS || batch.characters[0] + characters > MAX_CHARACTERS)) {
            send(batch, out);
            batch = null;
        }
        if (batch == null) {
            batch = new Batch(key, new ArrayList<>(), new int[1]);
            open.put(partition, batch);
        }
        batch.events.add(event);
        batch.characters[0] += characters;
    }

    /** Sends what has been gathered. */
    void finish(Out out) {
        open.values().forEach(batch -> send(batch, out));
        open.clear();
    }

    private static void send(Batch batch, Out out) {
        byte[] value = batch.events.size() == 1
                ? Contracts.REQUEST.encode(batch.events.get(0))
                : Contracts.REQUESTS.encode(new RequestBatch(batch.events));
        out.send(batch.key == null ? null : batch.key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static int characters(RequestEvent event) {
        int[] sum = {
            length(event.getRequestId())
                    + length(event.getDomain())
                    + length(event.getMethod())
                    + length(event.getPath())
                    + length(event.getIp())
                    + length(event.getToken())
                    + length(event.getDevice())
                    + length(event.getAccount())
                    + length(event.getProfile())
                    + length(event.getUser())
                    + length(event.getGateway())
        };
        event.getAttributes().forEach((name, value) -> sum[0] += name.length() + value.length());
        return sum[0];
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
