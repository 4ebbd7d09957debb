package io.weir.engine.policy;

import io.weir.engine.match.Cidr;
import java.util.List;
import java.util.Set;

/**
 * An entry of an allow or deny list: {@code ip in 10.0.0.0/8}, {@code token = leaked}, {@code plan in [free, trial]}.
 *
 * @param text as the author wrote it
 * @param source what is looked at
 * @param networks address ranges, any of which matches; used when the source is {@code ip}
 * @param values values, any of which matches; used otherwise
 */
public record Condition(String text, KeyAttribute.Source source, List<Cidr> networks, Set<String> values) {
    public Condition {
        networks = List.copyOf(networks);
        values = Set.copyOf(values);
    }
}
