package io.weir.edge.local;

import io.weir.engine.policy.KeyAttribute;
import java.util.List;

/**
 * A list of key attributes that rules of a policy count by.
 *
 * @param index its place among those of the policy
 * @param places one for each attribute
 * @param ofRoute whether its values depend on the rule's own route, so that rules don't share them
 */
record KeyTuple(int index, List<KeyAttribute> attributes, Place[] places, boolean ofRoute) {

    /**
     * One attribute.
     *
     * @param seeds what tells values of one source from those of another
     */
    record Place(KeyAttribute.Source[] sources, long[] seeds) {}

    /** Whether its values depend on the method or the route. */
    boolean ofRequestLine() {
        return ofRoute
                || attributes.stream()
                        .flatMap(attribute -> attribute.sources().stream())
                        .anyMatch(source -> source.kind() == KeyAttribute.Kind.METHOD);
    }

    static KeyTuple of(int index, List<KeyAttribute> attributes) {
        return new KeyTuple(
                index,
                List.copyOf(attributes),
                attributes.stream().map(KeyTuple::place).toArray(Place[]::new),
                attributes.stream()
                        .flatMap(attribute -> attribute.sources().stream())
                        .anyMatch(source ->
                                source.kind() == KeyAttribute.Kind.ROUTE || source.kind() == KeyAttribute.Kind.PATH));
    }

    private static Place place(KeyAttribute attribute) {
        return new Place(
                attribute.sources().toArray(KeyAttribute.Source[]::new),
                attribute.sources().stream()
                        .mapToLong(source -> Hash.of(source.text(), 0))
                        .toArray());
    }
}
