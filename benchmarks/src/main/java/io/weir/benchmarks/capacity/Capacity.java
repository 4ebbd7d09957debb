package io.weir.benchmarks.capacity;

import io.weir.benchmarks.Settings;
import io.weir.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a cluster needs at 100k, 1M and 10M requests per second, worked out from a report and printed as Markdown. */
public final class Capacity {
    private static final double[] RATES = {100e3, 1e6, 10e6};

    private Capacity() {}

    /** Prints; {@code report=FILE}, and any input or rule. */
    public static void print(Settings settings) throws IOException {
        String file = settings.take("report", "benchmarks/target/report.json");
        Inputs inputs = Inputs.of(settings, report(file));
        Rules rules = Rules.of(settings);
        settings.nothingElse();
        System.out.print(text(inputs, rules));
    }

    private static @Nullable Report report(String file) throws IOException {
        return Files.exists(Path.of(file)) ? Report.read(Path.of(file)) : null;
    }

    static String text(Inputs inputs, Rules rules) {
        return inputs(inputs) + '\n' + rules(rules) + '\n' + needs(inputs, rules) + '\n' + packing(inputs);
    }

    private static String inputs(Inputs inputs) {
        return String.format(
                Locale.ROOT,
                """
                        | measured | |
                        |---|---|
                        | enforcer, CPU | %s |
                        | broker that leads, CPU | %s |
                        | request, decision, all changelogs per decision that changes something | %.0f, %.0f, %.0f B |
                        | state per subject: RocksDB, heap | %.0f, %.0f B |
                        | restoring | %.1f s per 1,000,000 subjects and process |
                        | what one subject can have decided, on one thread | %s/s |
                        """,
                inputs.enforcer(),
                inputs.broker(),
                inputs.requestBytes(),
                inputs.decisionBytes(),
                inputs.changelogBytes(),
                inputs.subjectBytes(),
                inputs.heapBytes(),
                inputs.restoreSeconds(),
                Amount.count(1e6 / inputs.enforcer().decision()));
    }

    private static String rules(Rules rules) {
        return String.format(
                Locale.ROOT,
                """
                        | assumed | |
                        |---|---|
                        | events per record | %.0f |
                        | replicas, standbys | %d, %d |
                        | a core, a network, a disk is used at | %.0f %% |
                        | a replica costs the broker that follows, of what it costs the one that leads | %.0f %% |
                        | each decision is read | %.0f times |
                        | requests and decisions are kept for | %.0f h |
                        | a broker's machine | %d cores, %s/s of network each way, %s/s written to disk, %s of room |
                        """,
                rules.batch(),
                rules.replicas(),
                rules.standbys(),
                rules.use() * 100,
                rules.follower() * 100,
                rules.readers(),
                rules.hours(),
                rules.cores(),
                Amount.bytes(rules.network()),
                Amount.bytes(rules.disk()),
                Amount.bytes(rules.room()));
    }

    private static String needs(Inputs inputs, Rules rules) {
        List<Need> needs = Arrays.stream(RATES)
                .mapToObj(rate -> new Need(inputs, rules, rate))
                .toList();
        StringBuilder table = new StringBuilder("| requests per second |");
        needs.forEach(
                need -> table.append(' ').append(Amount.count(need.perSecond())).append(" |"));
        table.append("\n|---|").append("---|".repeat(needs.size())).append('\n');
        line(table, "enforcer cores", needs, need -> Amount.cores(need.enforcerCores()));
        line(table, "enforcers of two threads", needs, need -> Integer.toString(need.processes()));
        line(table, "partitions of requests and visits", needs, need -> Integer.toString(need.partitions()));
        line(table, "broker cores", needs, need -> Amount.cores(need.brokerCores()));
        line(table, "bytes into the brokers", needs, need -> Amount.bytes(need.in()) + "/s");
        line(table, "bytes out of the brokers", needs, need -> Amount.bytes(need.out()) + "/s");
        line(table, "on the brokers' disks", needs, need -> Amount.bytes(need.stored()));
        for (String resource : needs.get(0).brokers().keySet()) {
            line(
                    table,
                    "brokers, by " + resource,
                    needs,
                    need -> String.valueOf(need.brokers().get(resource)));
        }
        line(table, "**brokers**", needs, need -> Integer.toString(need.brokersNeeded()));
        line(table, "**what breaks first**", needs, Need::first);
        String subjects = Amount.count(rules.subjects()) + " subjects: ";
        line(table, subjects + "RocksDB, all enforcers and standbys", needs, need -> Amount.bytes(need.state()));
        line(table, subjects + "heap that holds all", needs, need -> Amount.bytes(need.heap()));
        line(
                table,
                subjects + "enforcers of " + Amount.bytes(rules.heap()) + " of heap that hold all",
                needs,
                need -> Integer.toString(need.processesForHeap()));
        line(table, subjects + "restored from nothing by all", needs, need -> Amount.seconds(need.restoreSeconds()));
        line(
                table,
                subjects + "one enforcer lost, no standby: its share restored by the others",
                needs,
                need -> need.processes() == 1
                        ? Amount.seconds(need.restoreSeconds())
                        : Amount.seconds(need.lossSeconds()));
        return table.toString();
    }

    private static void line(StringBuilder table, String what, List<Need> needs, Function<Need, String> figure) {
        table.append("| ").append(what).append(" |");
        needs.forEach(need -> table.append(' ').append(figure.apply(need)).append(" |"));
        table.append('\n');
    }

    /** What packing events is worth. */
    private static String packing(Inputs inputs) {
        StringBuilder table =
                new StringBuilder("| busy cores at 1M/s, by events per record | enforcer | broker |\n|---|---|---|\n");
        for (int batch : new int[] {1, 8, Model.BATCH}) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %d | %s | %s |%n",
                    batch,
                    Amount.cores(inputs.enforcer().cores(1e6, batch)),
                    Amount.cores(inputs.broker().cores(1e6, batch))));
        }
        return table.toString();
    }
}
