package io.weir.benchmarks.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a run of faults came to. */
final class ChaosReport {
    private final Map<Fault, List<Long>> silences = new EnumMap<>(Fault.class);

    /** @param ms the longest time that a partition was silent on its account */
    void add(Fault fault, long ms) {
        silences.computeIfAbsent(fault, first -> new ArrayList<>()).add(ms);
    }

    private static long middle(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static long most(List<Long> values) {
        return values.stream().mapToLong(each -> each).max().orElse(0);
    }

    /** {@code fault, times, p50 and most of the longest silence of a partition}. */
    String text(String summary) {
        StringBuilder text = new StringBuilder(summary).append('\n');
        text.append(String.format("%-32s %5s %12s %12s%n", "fault", "times", "p50 ms", "max ms"));
        List<Long> all = new ArrayList<>();
        silences.forEach((fault, values) -> {
            all.addAll(values);
            text.append(row(fault.name().toLowerCase(java.util.Locale.ROOT), values));
        });
        return text.append(row("all", all)).toString();
    }

    private static String row(String name, List<Long> values) {
        return values.isEmpty()
                ? ""
                : String.format("%-32s %5d %12d %12d%n", name, values.size(), middle(values), most(values));
    }
}
