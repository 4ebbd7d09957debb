package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.NamedTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/vendors.md} names tests, rules and responses that exist, and says of every statement what shows it. */
class VendorsDocTest {
    private static final Path PAGE = Path.of("../docs/vendors.md");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))#(\\w+)`");
    private static final Pattern RULE = Pattern.compile("`([a-z0-9]+(?:-[a-z0-9]+)+)`");
    private static final Pattern CELL = Pattern.compile("(?<!\\\\)\\|");

    /** What the rows say that nothing here does. */
    private static final List<String> NOT_OURS = List.of("the client's", "outside", "the name");

    /** The sections of the page, by vendor. */
    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        String[] parts = Files.readString(PAGE).split("\n## ", -1);
        for (int i = 1; i < parts.length; i++) {
            int end = parts[i].indexOf('\n');
            sections.put(parts[i].substring(0, end).toLowerCase(Locale.ROOT), parts[i].substring(end));
        }
        return sections;
    }

    @Test
    void shouldNameTestsThatExist() throws IOException {
        assertThat(TEST.matcher(Files.readString(PAGE)).results().count()).isGreaterThan(100);
        assertThat(NamedTests.named(PAGE)).isGreaterThan(100);
    }

    @Test
    void shouldNameRulesThatExist() throws IOException {
        for (Map.Entry<String, String> section : sections().entrySet()) {
            String policy = Files.readString(Path.of("../policies", section.getKey() + ".yaml"));
            for (String[] row : rows(section.getValue())) {
                for (MatchResult named :
                        RULE.matcher(row[row.length - 2]).results().toList()) {
                    if (!named.group(1).equals("send-data") && !named.group(1).equals("get-data")) {
                        assertThat(policy).contains("- name: " + named.group(1) + "\n");
                    }
                }
            }
        }
    }

    @Test
    void shouldSayOfEveryStatementWhatShowsItOrThatItIsNotOurs() throws IOException {
        for (Map.Entry<String, String> section : sections().entrySet()) {
            for (String[] row : rows(section.getValue())) {
                boolean shown = row.length != 3 || TEST.matcher(row[2]).find();
                assertThat(shown || NOT_OURS.stream().anyMatch(row[1]::startsWith))
                        .as("%s: %s", section.getKey(), String.join(" | ", row))
                        .isTrue();
            }
        }
    }

    /** The cells of the tables' rows, without their heads. */
    private static List<String[]> rows(String section) {
        List<String[]> rows = new ArrayList<>();
        boolean body = false;
        for (String line : section.split("\n", -1)) {
            if (line.startsWith("|---")) {
                body = true;
            } else if (!line.startsWith("|")) {
                body = false;
            } else if (body) {
                String[] cells = CELL.split(line.substring(1, line.lastIndexOf('|')), -1);
                rows.add(Stream.of(cells).map(String::strip).toArray(String[]::new));
            }
        }
        return rows;
    }

    /** Every row of TagoIO's table, with the limits that its rule has. */
    @Test
    void shouldListTheRowsOfTagoIoAsThePolicyHasThem() throws IOException {
        String policy = Files.readString(Path.of("../policies/tagoio.yaml"));
        List<String[]> rows = rows(sections().getOrDefault("tagoio", "")).stream()
                .filter(row -> row.length == 6)
                .toList();
        assertThat(rows).hasSize(57);
        for (String[] row : rows) {
            assertThat(policy)
                    .containsPattern("- name: " + row[5].replace("`", "") + "\n    match: .*\n    key: \\[profile]\n"
                            + "    limits: \\{ free: " + row[2] + " per minute, starter: " + row[3]
                            + " per minute, scale: " + row[4] + " per minute }");
        }
    }
}
