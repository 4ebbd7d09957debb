package io.weir.engine.policy;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import io.weir.engine.match.RoutePattern;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are counted (match), per what (key), against which limits.
 *
 * @param match routes of which at least one must match; empty means every request
 * @param except routes this rule does not apply to
 * @param key what is counted per; the first is the partition attribute; never empty
 * @param limits every one is charged; never empty
 * @param hitsAttribute name of the event attribute that gives this rule's hits, or null for the event's own hits
 * @param whenStatus response statuses whose reports are the only thing this rule counts; empty means it counts everything
 * @param where attribute values (any of a set) that narrow the rule
 * @param countDenied whether denied requests are charged too ({@code count: all})
 * @param missingDenies whether a request that lacks a key attribute is denied ({@code missing: deny})
 * @param shadow whether the rule decides but never denies
 */
public record Rule(
        String name,
        List<RoutePattern> match,
        List<RoutePattern> except,
        List<KeyAttribute> key,
        List<Limit> limits,
        @Nullable String hitsAttribute,
        Set<Integer> whenStatus,
        Map<String, Set<String>> where,
        boolean countDenied,
        boolean missingDenies,
        boolean shadow) {
    public Rule {
        match = List.copyOf(match);
        except = List.copyOf(except);
        key = List.copyOf(key);
        limits = List.copyOf(limits);
        whenStatus = Set.copyOf(whenStatus);
        where = Map.copyOf(where);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key must name at least one attribute, but was empty");
        }
        if (limits.isEmpty()) {
            throw new IllegalArgumentException("limits must name at least one limit, but was empty");
        }
    }

    /**
     * What a request that this rule counts consumes of it. A report of no hits is about the outcome of a request that was decided before:
     * only rules that count outcomes count it, as one.
     *
     * @throws InvalidRequestException when the hits it takes from the event are not a number
     */
    public long hits(Request request) {
        boolean outcome = request.report() && request.hits() == 0 && !whenStatus.isEmpty();
        String attribute = hitsAttribute;
        String text = attribute == null ? null : request.attributes().get(attribute);
        if (text == null || (request.hits() == 0 && !outcome)) {
            return outcome ? 1 : request.hits();
        }
        long hits = -1;
        try {
            hits = Long.parseLong(text.trim());
        } catch (NumberFormatException notANumber) {
            // Told below with the numbers that are out of range.
        }
        if (hits < 0 || hits > Request.MAX_HITS) {
            throw new InvalidRequestException("attribute " + attribute + " gives the hits of rule " + name
                    + ": expected a number from 0 to " + Request.MAX_HITS + ", but was " + text);
        }
        return hits;
    }
}
