package io.weir.engine.policy;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document that governs one domain, read and validated.
 *
 * @param domain the API it protects ({@code policy:} in YAML)
 * @param zone where calendar windows begin
 * @param deduplicateMs how long the same request id is decided only once, in ms; 0 is off
 * @param ignoreCase whether routes match without regard to case
 * @param failClosed whether an edge that cannot know the answer (no decision in time, a view that is too old) denies
 * @param shadow whether the whole policy decides but never denies
 */
public record Policy(
        String domain,
        ZoneId zone,
        long deduplicateMs,
        boolean ignoreCase,
        boolean failClosed,
        boolean shadow,
        List<Rule> rules,
        List<BlockRule> blocks,
        List<Condition> allow,
        List<Condition> deny,
        Responses responses,
        @Nullable UsageEndpoint usage) {
    public Policy {
        rules = List.copyOf(rules);
        blocks = List.copyOf(blocks);
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }
}
