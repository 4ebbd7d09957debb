package io.weir.app.envoy;

import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.RateLimitOverride;
import io.weir.app.identity.BadRequestException;
import io.weir.engine.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of rate limit descriptors say about a request. {@code remote_address=192.0.2.1, token=t1} is a request from
 * that address with that token; an entry of a key that means nothing here, such as {@code generic_key=slow}, is the attribute
 * {@code generic_key}, which rules find under {@code where} and {@code attributes.generic_key}.
 *
 * <p>A descriptor that does not say a method or path has none: rules that name methods do not apply to it, and its path is the
 * root. A limit that Envoy sends with a descriptor is told in the attributes {@code override} and {@code override-per}, for
 * rules to refer to.
 */
public final class DescriptorMapping {
    private static final String ATTRIBUTES = "attributes.";
    private static final List<String> FIELDS =
            List.of("ip", "token", "account", "profile", "device", "user", "method", "path");
    private static final String NOTHING = "none";
    private static final String BEARER = "bearer ";

    /** By the key in lower case: the fields themselves, and what Envoy's users commonly call them. */
    private static final Map<String, String> USUAL = Map.ofEntries(
            Map.entry("remote_address", "ip"),
            Map.entry("client_ip", "ip"),
            Map.entry("authorization", "token"),
            Map.entry("api_key", "token"),
            Map.entry("api-key", "token"),
            Map.entry("x-api-key", "token"),
            Map.entry(":method", "method"),
            Map.entry("request_method", "method"),
            Map.entry(":path", "path"),
            Map.entry("request_path", "path"));

    private final Map<String, String> targets;

    private DescriptorMapping(Map<String, String> targets) {
        this.targets = targets;
    }

    /**
     * Reads {@code client_id=account}, {@code tier=attributes.plan}, {@code noise=none}; each takes the place of what its key
     * usually means.
     *
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    public static DescriptorMapping of(List<String> configured) {
        Map<String, String> targets = new HashMap<>(USUAL);
        FIELDS.forEach(field -> targets.put(field, field));
        for (String text : configured) {
            int equals = text.lastIndexOf('=');
            String target = text.substring(equals + 1).strip();
            boolean attribute = target.startsWith(ATTRIBUTES) && target.length() > ATTRIBUTES.length();
            if (equals < 1 || !(attribute || FIELDS.contains(target) || target.equals(NOTHING))) {
                throw new IllegalArgumentException("descriptor entry: expected KEY=TARGET with "
                        + String.join(", ", FIELDS) + ", attributes.<name> or none as target, found '" + text + "'");
            }
            targets.put(text.substring(0, equals).strip().toLowerCase(Locale.ROOT), target);
        }
        return new DescriptorMapping(targets);
    }

    /**
     * The event that a descriptor stands for.
     *
     * @param hits units it consumes; 0 asks without consuming
     * @param timestamp epoch milliseconds
     * @throws BadRequestException when it says two different things of one identity
     */
    Request request(String domain, RateLimitDescriptor descriptor, long hits, long timestamp) {
        Map<String, String> fields = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        for (RateLimitDescriptor.Entry entry : descriptor.getEntriesList()) {
            put(entry.getKey(), entry.getValue(), fields, attributes);
        }
        if (descriptor.hasLimit()) {
            RateLimitOverride limit = descriptor.getLimit();
            attributes.put("override", Integer.toUnsignedString(limit.getRequestsPerUnit()));
            attributes.put("override-per", limit.getUnit().name().toLowerCase(Locale.ROOT));
        }
        return new Request(
                null,
                timestamp,
                domain,
                fields.getOrDefault("method", ""),
                fields.getOrDefault("path", "/"),
                fields.get("ip"),
                fields.get("token"),
                fields.get("device"),
                fields.get("account"),
                fields.get("profile"),
                fields.get("user"),
                hits,
                attributes,
                false,
                0);
    }

    private void put(String key, String value, Map<String, String> fields, Map<String, String> attributes) {
        String target = targets.get(key.toLowerCase(Locale.ROOT));
        if (target == null || target.startsWith(ATTRIBUTES)) {
            // Two entries of one key, as of two generic_key actions, are told together.
            String name = target == null ? key : target.substring(ATTRIBUTES.length());
            attributes.merge(name, value, (before, after) -> before + "," + after);
        } else if (!target.equals(NOTHING)) {
            String clean = target.equals("token") ? withoutScheme(value) : value.strip();
            String before = clean.isEmpty() ? null : fields.put(target, clean);
            refuseUnlessSame(target, before, clean);
        }
    }

    private static void refuseUnlessSame(String target, @Nullable String before, String value) {
        if (before != null && !before.equals(value)) {
            throw new BadRequestException("expected one " + target + " in a descriptor, found two different ones");
        }
    }

    /** A header's value as a descriptor has it may name its scheme. */
    private static String withoutScheme(String value) {
        String text = value.strip();
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? text.substring(BEARER.length()).strip()
                : text;
    }
}
