package io.weir.app.demo;

import io.weir.engine.Decision;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts decisions by domain and reason. Confined to one thread, or guarded by its owner. */
public final class Tally {
    private final Map<String, Map<Reason, Long>> counts = new TreeMap<>();
    private final Map<String, Long> denied = new TreeMap<>();
    private long total;

    public void add(Decision decision) {
        add(decision.domain(), decision.reason(), decision.outcome());
    }

    void add(String domain, Reason reason, Outcome outcome) {
        counts.computeIfAbsent(domain, first -> new EnumMap<>(Reason.class)).merge(reason, 1L, Long::sum);
        if (outcome == Outcome.DENY) {
            denied.merge(domain, 1L, Long::sum);
        }
        total++;
    }

    public long total() {
        return total;
    }

    /** Domains seen so far, in order. */
    Iterable<String> domains() {
        return counts.keySet();
    }

    long count(String domain, Reason reason) {
        return counts.getOrDefault(domain, Map.of()).getOrDefault(reason, 0L);
    }

    long count(String domain) {
        return counts.getOrDefault(domain, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    long denied(String domain) {
        return denied.getOrDefault(domain, 0L);
    }

    /** One line for each domain: {@code hexagraph: 10479 requests, 9000 allowed, 1479 denied (OVER_LIMIT 1479, …)}. */
    public void print(PrintStream out) {
        for (String domain : counts.keySet()) {
            StringBuilder line = new StringBuilder("  ");
            line.append(domain.isEmpty() ? "(not a request)" : domain)
                    .append(": ")
                    .append(count(domain))
                    .append(" requests, ")
                    .append(count(domain) - denied(domain))
                    .append(" allowed, ")
                    .append(denied(domain))
                    .append(" denied");
            String separator = " (";
            for (Map.Entry<Reason, Long> reason :
                    counts.getOrDefault(domain, Map.of()).entrySet()) {
                line.append(separator).append(reason.getKey()).append(' ').append(reason.getValue());
                separator = ", ";
            }
            out.println(line.append(')'));
        }
    }
}
