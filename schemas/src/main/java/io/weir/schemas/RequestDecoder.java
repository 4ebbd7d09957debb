package io.weir.schemas;

import io.weir.schemas.avro.RequestEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads request events of the current schema, of which there is one for every request: several times faster than the
 * generic reader, and values that recur (domains, methods, paths) are one object. For one thread.
 *
 * <p>It gives up on anything unusual by returning null; the generic reader then decides, and says what is wrong. Fields
 * must be read in the order of {@code RequestEvent.avsc}; a test holds the two against each other.
 */
final class RequestDecoder {
    /** Recurring strings are kept in so many slots, by hash; longer ones than this are not looked up. */
    private static final int SLOTS = 1024;

    private static final int MAX_KEPT = 128;
    private static final int MIN_EVENT = 18;

    /** Gives up without saying why: the generic reader, which is asked next, does. */
    private static final class Unusual extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private static final Unusual INSTANCE = new Unusual();

        private Unusual() {
            super(null, null, false, false);
        }
    }

    private final @Nullable String[] kept = new String[SLOTS];
    private byte[] bytes = new byte[0];
    private int at;

    /** The events of a batch, or null. */
    @Nullable
    List<RequestEvent> batch(byte[] record) {
        begin(record);
        try {
            List<RequestEvent> events = new ArrayList<>(64);
            for (long count = number(); count != 0; count = number()) {
                if (count < 0 || count > (bytes.length - at) / MIN_EVENT + 1) {
                    return null;
                }
                for (long i = 0; i < count; i++) {
                    events.add(event());
                }
            }
            return at == bytes.length ? events : null;
        } catch (Unusual | IndexOutOfBoundsException unusual) {
            return null;
        }
    }

    /** One event, or null. */
    @Nullable
    RequestEvent single(byte[] record) {
        begin(record);
        try {
            RequestEvent event = event();
            return at == bytes.length ? event : null;
        } catch (Unusual | IndexOutOfBoundsException unusual) {
            return null;
        }
    }

    private void begin(byte[] record) {
        bytes = record;
        at = SingleObject.HEADER;
    }

    private RequestEvent event() {
        // The constructor's order is the order of the fields.
        return new RequestEvent(
                optional(), // requestId
                number(), // timestamp
                recurring(), // domain
                recurring(), // method
                recurring(), // path
                optional(), // ip
                optional(), // token
                optional(), // device
                optional(), // account
                optional(), // profile
                optional(), // user
                number(), // hits
                attributes(),
                bool(), // report
                integer(), // status
                optionalInteger(), // replyPartition
                optionalRecurring(), // gateway
                bool()); // detailed
    }

    private long number() {
        long value = bytes[at++];
        if (value < 0) {
            value &= 0x7F;
            int shift = 7;
            while (true) {
                long next = bytes[at++];
                value |= (next & 0x7F) << shift;
                if (next >= 0) {
                    break;
                }
                shift += 7;
                if (shift > 63) {
                    throw Unusual.INSTANCE;
                }
            }
        }
        return (value >>> 1) ^ -(value & 1);
    }

    private int integer() {
        long value = number();
        if ((int) value != value) {
            throw Unusual.INSTANCE;
        }
        return (int) value;
    }

    private boolean bool() {
        byte value = bytes[at++];
        if ((value & ~1) != 0) {
            throw Unusual.INSTANCE;
        }
        return value == 1;
    }

    /** Of a union of null and something: which branch. */
    private boolean present() {
        long branch = number();
        if (branch != 0 && branch != 1) {
            throw Unusual.INSTANCE;
        }
        return branch == 1;
    }

    private @Nullable String optional() {
        return present() ? string() : null;
    }

    private @Nullable String optionalRecurring() {
        return present() ? recurring() : null;
    }

    private @Nullable Integer optionalInteger() {
        return present() ? Integer.valueOf(integer()) : null;
    }

    private int length() {
        long length = number();
        if (length < 0 || length > bytes.length - at) {
            throw Unusual.INSTANCE;
        }
        return (int) length;
    }

    private String string() {
        int length = length();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    private String recurring() {
        int began = at;
        int length = length();
        if (length > MAX_KEPT) {
            at = began;
            return string();
        }
        int hash = length;
        for (int i = at; i < at + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
        String known = kept[slot];
        if (known == null || !same(known, length)) {
            known = new String(bytes, at, length, StandardCharsets.UTF_8);
            kept[slot] = known;
        }
        at += length;
        return known;
    }

    /** Whether the text is these bytes; what is not ASCII never is. */
    private boolean same(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[at + i]) {
                return false;
            }
        }
        return true;
    }

    private Map<String, String> attributes() {
        long count = number();
        if (count == 0) {
            return Map.of();
        }
        Map<String, String> attributes = new HashMap<>();
        for (; count != 0; count = number()) {
            if (count < 0 || count > bytes.length - at) {
                throw Unusual.INSTANCE;
            }
            for (long i = 0; i < count; i++) {
                attributes.put(recurring(), recurring());
            }
        }
        return attributes;
    }
}
