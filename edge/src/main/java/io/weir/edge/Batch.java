package io.weir.edge;

import io.weir.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events for one partition, gathering to be one record. */
final class Batch {
    /** The most events in a record. */
    static final int MAX_EVENTS = 500;

    /** Roughly the most characters of events in a record, far below what a broker takes by default, 1 MiB. */
    private static final int MAX_CHARACTERS = 200_000;

    private final List<Packed> events = new ArrayList<>();
    private final Map<Long, Integer> last = new HashMap<>();
    private @Nullable String key;
    private int characters;

    /**
     * An event in a record.
     *
     * @param outgoing the request as it leaves
     * @param limits a number for the limits it is counted at here; 0 for none
     */
    record Packed(Event event, Request outgoing, long limits) {}

    /**
     * @param home the record key, of the first event in a record
     * @param limits a number for the limits it is counted at here; 0 for none
     */
    void add(Event event, Request outgoing, @Nullable String home, long limits) {
        if (events.isEmpty()) {
            key = home;
        }
        if (limits != 0) {
            last.put(limits, events.size());
        }
        events.add(new Packed(event, outgoing, limits));
        characters += size(outgoing);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    boolean isFull() {
        return events.size() >= MAX_EVENTS || characters >= MAX_CHARACTERS;
    }

    @Nullable
    String key() {
        return key;
    }

    List<Packed> events() {
        return events;
    }

    /**
     * Which events are the last of those counted at the same limits: their answers say all there is to know, for a
     * partition's events are decided in order.
     */
    boolean[] asked() {
        boolean[] asked = new boolean[events.size()];
        for (int index : last.values()) {
            asked[index] = true;
        }
        return asked;
    }

    void clear() {
        events.clear();
        last.clear();
        characters = 0;
    }

    private static int size(Request request) {
        int size = 200 + request.path().length() + length(request.token()) + length(request.user());
        for (var attribute : request.attributes().entrySet()) {
            size += attribute.getKey().length() + attribute.getValue().length();
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
