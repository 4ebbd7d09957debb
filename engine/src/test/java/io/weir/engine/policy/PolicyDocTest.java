package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import io.weir.engine.run.InMemoryExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every example of docs/policy.md. */
class PolicyDocTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("^```yaml\\n(.*?)^```\\n\\n^```decisions\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile(
            "(?<time>[\\d:.T-]+)\\s+(?:x(?<times>\\d+)\\s+)?(?<method>[A-Z]+) (?<path>\\S+)(?<who>.*?)\\s+-> (?<expected>.*)");

    /** A policy and the lines below it. */
    record Example(String yaml, List<String> lines) {
        @Override
        public String toString() {
            return lines.get(0);
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher matcher = EXAMPLE.matcher(Files.readString(Path.of("../docs/policy.md")));
        while (matcher.find()) {
            examples.add(new Example(
                    matcher.group(1),
                    matcher.group(2).lines().filter(line -> !line.isBlank()).toList()));
        }
        return examples;
    }

    @Test
    void shouldFindEveryExample() throws IOException {
        String document = Files.readString(Path.of("../docs/policy.md"));
        assertThat(examples()).hasSizeGreaterThan(15);
        assertThat(document.split("```yaml", -1)).hasSize(examples().size() + 1);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldDecideAsTheExampleSays(Example example) {
        InMemoryExecutor executor = new InMemoryExecutor();
        executor.apply(PolicyReader.read("docs/policy.md", example.yaml()));
        for (String line : example.lines()) {
            if (line.startsWith("entity ")) {
                executor.put(entity(line.split("\\s+")));
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            Request request = request(matcher);
            String times = matcher.group("times");
            Decision decision = executor.decide(request);
            for (int i = 1; i < (times == null ? 1 : Integer.parseInt(times)); i++) {
                decision = executor.decide(request);
            }
            check(line, decision, matcher.group("expected").split("\\s+"));
        }
    }

    private static Entity entity(String[] words) {
        Map<String, String> attributes = new HashMap<>();
        Map<String, Long> limits = new HashMap<>();
        for (int i = 3; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            if (pair[0].startsWith("limits.")) {
                limits.put(pair[0].substring("limits.".length()), Long.valueOf(pair[1]));
            } else {
                attributes.put(pair[0], pair[1]);
            }
        }
        return new Entity(words[1], words[2], attributes, limits);
    }

    private static Request request(Matcher line) {
        Map<String, String> who = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        for (String word : line.group("who").trim().split("\\s+")) {
            String[] pair = word.split("=", 2);
            if (pair[0].startsWith("a.")) {
                attributes.put(pair[0].substring(2), pair[1]);
            } else {
                who.put(pair[0], pair.length == 1 ? "true" : pair[1]);
            }
        }
        String time = line.group("time");
        Instant at = Instant.parse((time.contains("T") ? time : "2026-01-01T" + time) + "Z");
        return new Request(
                who.get("id"),
                at.toEpochMilli(),
                "example",
                line.group("method"),
                line.group("path"),
                who.get("ip"),
                who.get("token"),
                who.get("device"),
                who.get("account"),
                who.get("profile"),
                who.get("user"),
                Long.parseLong(who.getOrDefault("hits", "1")),
                attributes,
                who.containsKey("report"),
                Integer.parseInt(who.getOrDefault("status", "0")));
    }

    private static void check(String line, Decision decision, String[] expected) {
        String as = line + " was " + decision;
        assertThat(decision.outcome().name()).as(as).isEqualTo(expected[0]);
        for (int i = 1; i < expected.length; i++) {
            String[] pair = expected[i].split("=", 2);
            LimitUsage binding = decision.binding();
            String found = switch (pair[0]) {
                case "rule" -> String.valueOf(decision.rule());
                case "limit" -> binding == null ? "none" : binding.window();
                case "left" -> binding == null ? "none" : Long.toString(binding.remaining());
                case "status" -> Integer.toString(decision.status());
                case "retry" -> Long.toString(decision.retryAfterMs());
                case "shadowed" -> String.join(",", decision.shadowed());
                default -> decision.reason().name();
            };
            assertThat(found).as(as).isEqualTo(pair[pair.length - 1]);
        }
    }
}
