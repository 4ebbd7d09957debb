package io.weir.engine;

import java.util.Map;

/**
 * What is known about an account, profile, device, token, user or address: attributes such as its plan, and limits of
 * its own.
 *
 * @param type {@code account}, {@code profile}, {@code device}, {@code token}, {@code user} or {@code ip}
 * @param attributes values by name, numbers as decimal text ({@code plan=scale}, {@code devices=100})
 * @param limits hits per window by limit name ({@code send-data=20000})
 */
public record Entity(String type, String id, Map<String, String> attributes, Map<String, Long> limits) {
    public Entity {
        attributes = Map.copyOf(attributes);
        limits = Map.copyOf(limits);
    }
}
