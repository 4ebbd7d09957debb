package io.weir.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a run measured: rows, printed as they come, and what did not run; written as Markdown and JSON with what it was
 * measured on. For one thread.
 */
public final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Row> rows = new ArrayList<>();
    private final Map<String, String> gaps = new LinkedHashMap<>();
    private final Instant began = Instant.now();
    private final Size size;

    public Report(Size size) {
        this.size = size;
    }

    /** Adds what was measured. */
    public void add(Row row) {
        if (rows.isEmpty() || !rows.get(rows.size() - 1).section().equals(row.section())) {
            System.out.println("  " + row.section());
        }
        rows.add(row);
        System.out.printf(
                Locale.ROOT,
                "    %s: %.2f %s (%.2f to %.2f)%n",
                row.what(),
                row.median(),
                row.unit(),
                row.least(),
                row.most());
    }

    /** Says that something is missing, and why. */
    public void gap(String what, String why) {
        gaps.put(what, why);
        System.out.println("  " + what + " is missing: " + why);
    }

    /** What is missing, and why. */
    public Map<String, String> gaps() {
        return Map.copyOf(gaps);
    }

    /** The median of a row, if that was measured. */
    public OptionalDouble median(String id) {
        return rows.stream()
                .filter(row -> row.id().equals(id))
                .mapToDouble(Row::median)
                .findFirst();
    }

    /** Reads the rows that {@link #write} wrote. */
    public static Report read(Path json) throws IOException {
        JsonNode node = JSON.readTree(json.toFile());
        Report report = new Report(Size.valueOf(node.path("size").asText()));
        for (JsonNode row : node.path("rows")) {
            List<Double> values = new ArrayList<>();
            row.path("values").forEach(value -> values.add(value.asDouble()));
            report.rows.add(new Row(
                    row.path("id").asText(),
                    row.path("section").asText(),
                    row.path("what").asText(),
                    row.path("unit").asText(),
                    values));
        }
        return report;
    }

    /** Writes {@code <name>.md} and {@code <name>.json} to a folder. */
    public void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".md"), markdown());
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(name + ".json").toFile(), json());
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# Benchmarks\n\n");
        facts().forEach((what, fact) ->
                text.append("- ").append(what).append(": ").append(fact).append('\n'));
        gaps.forEach((what, why) -> text.append("- **missing: ")
                .append(what)
                .append("**: ")
                .append(why)
                .append('\n'));
        String section = "";
        for (Row row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                text.append("\n## ").append(section).append("\n\n");
                text.append("| what | median | least | most | unit | values |\n|---|---|---|---|---|---|\n");
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

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("began", began.toString());
        facts.put("took", (Instant.now().getEpochSecond() - began.getEpochSecond()) + " s");
        facts.put("size", size.name());
        facts.putAll(Machine.facts());
        return facts;
    }

    private ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        facts().forEach(node::put);
        ObjectNode missing = node.putObject("missing");
        gaps.forEach(missing::put);
        ArrayNode all = node.putArray("rows");
        for (Row row : rows) {
            ObjectNode one = all.addObject()
                    .put("id", row.id())
                    .put("section", row.section())
                    .put("what", row.what())
                    .put("unit", row.unit())
                    .put("median", row.median());
            ArrayNode values = one.putArray("values");
            row.values().forEach(values::add);
        }
        return node;
    }
}
