package io.weir.app.ingest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weir.topology.ingest.Converted;
import io.weir.topology.ingest.LogConverter;
import io.weir.topology.ingest.LogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's log read by a {@link Mapping}. A record holds an entry, a list of them, or several one after the other; an
 * entry is an object, a text that holds one, or a text that the mapping's pattern describes; and a shipper may have put it
 * inside an object of its own. May be used by many threads.
 */
public final class MappedLog implements LogConverter {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build()
            .readerFor(JsonNode.class);

    /** Lists, texts and shippers' objects around an entry at most. */
    private static final int MAX_WRAPPED = 4;

    private final Mapping mapping;

    public MappedLog(Mapping mapping) {
        this.mapping = mapping;
    }

    @Override
    public String gateway() {
        return mapping.gateway();
    }

    @Override
    public List<Converted> convert(LogRecord record) {
        Entries entries = new Entries(record);
        entries.read();
        return entries.converted;
    }

    /** The entries of one record. */
    private final class Entries {
        private final LogRecord record;
        private final List<Converted> converted = new ArrayList<>();

        Entries(LogRecord record) {
            this.record = record;
        }

        void read() {
            TextPattern pattern = mapping.pattern();
            if (pattern != null) {
                JsonNode fields = pattern.fields(new String(record.value(), StandardCharsets.UTF_8));
                if (fields != null) {
                    described(fields);
                    return;
                }
            }
            json(record.value(), 0);
        }

        /** Values one after the other; what follows one that is broken cannot be told apart and is refused with it. */
        private void json(byte[] text, int wrapped) {
            int before = converted.size();
            try (JsonParser parser = JSON.createParser(text)) {
                while (parser.nextToken() != null) {
                    entry(JSON.readTree(parser), wrapped);
                }
                if (converted.size() == before) {
                    converted.add(new Converted.Skipped());
                }
            } catch (JsonProcessingException broken) {
                broken(broken, converted.size() - before, text);
            } catch (IOException impossible) {
                throw new IllegalStateException("reading from memory failed", impossible);
            }
        }

        private void broken(JsonProcessingException broken, int entriesBefore, byte[] text) {
            if (mapping.pattern() != null && entriesBefore == 0) {
                // A text of another kind than the pattern's.
                converted.add(new Converted.Skipped());
                return;
            }
            JsonLocation location = broken.getLocation();
            String at = location == null ? "" : " at byte " + location.getByteOffset();
            String after = entriesBefore == 0 ? "" : " after " + entriesBefore + " entries";
            refused("expected JSON, found " + firstLine(broken.getOriginalMessage()) + at + after, text, null);
        }

        private void entry(JsonNode value, int wrapped) {
            if (value.isArray() && wrapped <= MAX_WRAPPED) {
                for (JsonNode item : value) {
                    entry(item, wrapped + 1);
                }
            } else if (value.isTextual() && wrapped <= MAX_WRAPPED) {
                text(value.textValue(), wrapped + 1);
            } else if (!value.isObject()) {
                converted.add(new Converted.Skipped());
            } else if (mapping.matches(value)) {
                request(value);
            } else {
                unwrapped(value, wrapped + 1);
            }
        }

        private void text(String text, int wrapped) {
            TextPattern pattern = mapping.pattern();
            JsonNode fields = pattern == null ? null : pattern.fields(text);
            if (fields != null) {
                described(fields);
            } else if (text.stripLeading().startsWith("{")
                    || text.stripLeading().startsWith("[")) {
                json(text.getBytes(StandardCharsets.UTF_8), wrapped);
            } else {
                converted.add(new Converted.Skipped());
            }
        }

        private void described(JsonNode fields) {
            if (mapping.matchesText(fields)) {
                request(fields);
            } else {
                converted.add(new Converted.Skipped());
            }
        }

        private void unwrapped(JsonNode wrapper, int wrapped) {
            for (FieldPath path : wrapped <= MAX_WRAPPED ? mapping.unwrap() : List.<FieldPath>of()) {
                JsonNode inner = path.find(wrapper);
                if (inner != null && (inner.isTextual() || inner.isContainerNode())) {
                    entry(inner, wrapped);
                    return;
                }
            }
            converted.add(new Converted.Skipped());
        }

        private void request(JsonNode entry) {
            String id = record.id() + "/" + (converted.size() + 1);
            try {
                converted.add(new Converted.Event(mapping.request(entry, record.timestamp(), id)));
            } catch (RefusedEntryException refused) {
                refused(
                        String.valueOf(refused.getMessage()),
                        entry.toString().getBytes(StandardCharsets.UTF_8),
                        mapping.requestId(entry));
            }
        }

        private void refused(String reason, byte[] value, @Nullable String requestId) {
            String at = converted.isEmpty() ? "" : "entry " + (converted.size() + 1) + ": ";
            converted.add(new Converted.Refused(at + reason, value, requestId));
        }
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
