package io.weir.app.cli;

import io.weir.engine.Entity;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to become known of an entity.
 *
 * @param attributes values by name; an empty one takes the attribute away
 * @param limits hits per window by limit name; a negative one takes the limit away
 */
record EntityChange(String type, String id, Map<String, String> attributes, Map<String, Long> limits) {
    /** Takes a limit away. */
    static final long NONE = -1;

    /** The entity as it is after the change; {@code before} is what was known, or null. */
    Entity after(@Nullable Entity before) {
        Map<String, String> newAttributes = new HashMap<>(before == null ? Map.of() : before.attributes());
        attributes.forEach((name, value) -> {
            if (value.isEmpty()) {
                newAttributes.remove(name);
            } else {
                newAttributes.put(name, value);
            }
        });
        Map<String, Long> newLimits = new HashMap<>(before == null ? Map.of() : before.limits());
        limits.forEach((name, hits) -> {
            if (hits < 0) {
                newLimits.remove(name);
            } else {
                newLimits.put(name, hits);
            }
        });
        return new Entity(type, id, newAttributes, newLimits);
    }
}
