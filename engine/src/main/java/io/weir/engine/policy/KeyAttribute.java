package io.weir.engine.policy;

import java.util.List;

/**
 * One place of a rule's key: the first of its sources that the request has.
 *
 * @param text as the author wrote it ({@code token|ip})
 * @param sources never empty
 */
public record KeyAttribute(String text, List<Source> sources) {
    public KeyAttribute {
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("a key attribute must have a source, but had none");
        }
    }

    /** What kind of value a source reads from a request. */
    public enum Kind {
        TOKEN,
        IP,
        DEVICE,
        ACCOUNT,
        PROFILE,
        USER,
        ROUTE,
        METHOD,
        /** {@code path.<name>}: a parameter of the matched route. */
        PATH,
        /** {@code attributes.<name>} of the event (or, where the event has none, of its entities). */
        ATTRIBUTE
    }

    /**
     * Where a value comes from.
     *
     * @param text as written ({@code ip/64}, {@code attributes.region})
     * @param name the parameter's or attribute's name for PATH and ATTRIBUTE, else empty
     * @param prefixLength IPv6 prefix length in bits for {@code ip/N}, 1 to 128; 128 is the whole address
     */
    public record Source(String text, Kind kind, String name, int prefixLength) {}
}
