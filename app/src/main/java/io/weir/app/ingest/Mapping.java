package io.weir.app.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the entries of one gateway's log become requests. A function of the entry; may be used by many threads.
 *
 * @param gateway whose log it is
 * @param topic where that usually is, or null
 * @param when what holds for entries that are requests; others are not its business
 * @param unwrap where a shipper may have put the entry inside one of its own
 * @param pattern for entries that are text, or null
 * @param fields where the request's fields are, by name; of those that it lacks there is nothing to be had
 * @param time how the time is written; null: the time of the Kafka record is taken
 * @param addressesOnly whether an {@code ip} that is no address is left out
 * @param attributes where the request's attributes are, by name
 */
public record Mapping(
        String gateway,
        @Nullable String topic,
        List<EntryCondition> when,
        List<FieldPath> unwrap,
        @Nullable TextPattern pattern,
        Map<String, Source> fields,
        @Nullable TimeFormat time,
        boolean addressesOnly,
        Map<String, Source> attributes) {

    private static final int MAX_STATUS = 999;
    private static final Source NONE = new Source(List.of(), List.of(), "", null, Map.of(), null);

    /** The same for requests of another domain. */
    public Mapping withDomain(String domain) {
        Map<String, Source> changed = new HashMap<>(fields);
        changed.put("domain", Source.constant(domain));
        return new Mapping(gateway, topic, when, unwrap, pattern, changed, time, addressesOnly, attributes);
    }

    /** Whether an object is a request, however badly written. A mapping of text only has no objects. */
    boolean matches(JsonNode object) {
        return !when.isEmpty() && holds(object);
    }

    /** Whether what the pattern found in a text is a request. */
    boolean matchesText(JsonNode fields) {
        return holds(fields);
    }

    private boolean holds(JsonNode entry) {
        for (EntryCondition condition : when) {
            if (!condition.holds(entry)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The report of the request that an entry tells of.
     *
     * @param kafkaTime the record's own time in epoch ms; 0 or less where it has none
     * @param id its id if the entry has none
     */
    Request request(JsonNode entry, long kafkaTime, String id) throws RefusedEntryException {
        String named = value("requestId", entry);
        String ip = value("ip", entry);
        try {
            return new Request(
                    named == null ? id : named,
                    timestamp(entry, kafkaTime),
                    required("domain", entry),
                    required("method", entry),
                    required("path", entry),
                    ip == null ? null : Addresses.address(ip, addressesOnly),
                    value("token", entry),
                    value("device", entry),
                    value("account", entry),
                    value("profile", entry),
                    value("user", entry),
                    number("hits", entry, 1, Request.MAX_HITS),
                    attributes(entry),
                    true,
                    (int) number("status", entry, 0, MAX_STATUS));
        } catch (InvalidRequestException invalid) {
            throw new RefusedEntryException(String.valueOf(invalid.getMessage()));
        }
    }

    /** The entry's own id, or null. */
    @Nullable
    String requestId(JsonNode entry) {
        return value("requestId", entry);
    }

    private Source source(String field) {
        return fields.getOrDefault(field, NONE);
    }

    private @Nullable String value(String field, JsonNode entry) {
        return source(field).value(entry);
    }

    private String required(String field, JsonNode entry) throws RefusedEntryException {
        String value = value(field, entry);
        if (value == null) {
            throw new RefusedEntryException(field + ": expected text at " + source(field) + ", found none");
        }
        return value;
    }

    private long timestamp(JsonNode entry, long kafkaTime) throws RefusedEntryException {
        if (time == null) {
            if (kafkaTime <= 0) {
                throw new RefusedEntryException("timestamp: expected a Kafka record with a time, found " + kafkaTime);
            }
            return kafkaTime;
        }
        Source source = source("timestamp");
        String text = source.value(entry);
        if (text == null) {
            throw new RefusedEntryException(
                    "timestamp: expected " + time.expected() + " at " + source + ", found none");
        }
        try {
            return time.millis(text.strip());
        } catch (RefusedEntryException refused) {
            throw new RefusedEntryException("timestamp: " + refused.getMessage() + " at " + source);
        }
    }

    private long number(String field, JsonNode entry, long absent, long most) throws RefusedEntryException {
        String text = value(field, entry);
        if (text == null) {
            return absent;
        }
        try {
            long number = Long.parseLong(text.strip());
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw new RefusedEntryException(field + ": expected a whole number from 0 to " + most + ", found "
                + Texts.shown(text) + " at " + source(field));
    }

    private Map<String, String> attributes(JsonNode entry) {
        Map<String, String> found = new HashMap<>();
        attributes.forEach((name, source) -> {
            String value = source.value(entry);
            if (value != null) {
                found.put(name, value);
            }
        });
        return found;
    }
}
