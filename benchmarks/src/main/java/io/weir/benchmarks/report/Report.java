package io.weir.benchmarks.report;

import io.weir.benchmarks.process.Roles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.AppInfoParser;

/** Rows as they are measured, printed at once and written as Markdown and JSON with what they were measured on. */
public final class Report {
    private final List<Row> rows = new ArrayList<>();
    private final Instant began = Instant.now();

    public void add(Row row) {
        rows.add(row);
        System.out.printf(
                Locale.ROOT,
                "%s | %s: %.2f %s (%.2f to %.2f)%n",
                row.section(),
                row.what(),
                row.median(),
                row.unit(),
                row.least(),
                row.most());
    }

    /** Writes {@code report.md} and {@code report.json} to a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.md"), markdown());
        Files.writeString(folder.resolve("report.json"), json());
    }

    private static String machine() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("unknown CPU");
        return Runtime.getRuntime().availableProcessors() + " × " + cpu + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    /** What was measured: this program, what it runs on, and the options of the processes that are measured. */
    private static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("Weir", said("git", "describe", "--always", "--dirty"));
        versions.put("Java", Runtime.version().toString());
        versions.put("Kafka", AppInfoParser.getVersion());
        versions.put("Redis", said("redis-server", "--version"));
        versions.put("options", String.join(" ", Roles.options()));
        return versions;
    }

    private static String said(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? line : "unknown";
        } catch (IOException absent) {
            return "none";
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private String markdown() throws IOException {
        StringBuilder text =
                new StringBuilder("# Benchmarks\n\n").append(began).append(", ").append(machine());
        text.append(", load at the end ").append(load()).append(".\n\n");
        versions()
                .forEach((what, version) -> text.append("- ")
                        .append(what)
                        .append(": ")
                        .append(version)
                        .append('\n'));
        String section = "";
        for (Row row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                text.append("\n## ").append(section).append("\n\n");
                text.append("| what | median | least | most | unit | runs |\n|---|---|---|---|---|---|\n");
            }
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f | %s | %d |%n",
                    row.what(),
                    row.median(),
                    row.least(),
                    row.most(),
                    row.unit(),
                    row.values().size()));
        }
        return text.toString();
    }

    private String json() throws IOException {
        List<String> objects = rows.stream()
                .map(row -> String.format(
                        "    {\"section\": %s, \"what\": %s, \"unit\": %s, \"values\": %s}",
                        quoted(row.section()), quoted(row.what()), quoted(row.unit()), row.values()))
                .toList();
        String versions = versions().entrySet().stream()
                .map(version -> quoted(version.getKey()) + ": " + quoted(version.getValue()))
                .collect(Collectors.joining(", "));
        return "{\n  \"began\": " + quoted(began.toString()) + ",\n  \"machine\": " + quoted(machine())
                + ",\n  \"versions\": {" + versions + "}"
                + ",\n  \"load\": " + load() + ",\n  \"rows\": [\n" + String.join(",\n", objects) + "\n  ]\n}\n";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
