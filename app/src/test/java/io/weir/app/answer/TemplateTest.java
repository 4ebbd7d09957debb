package io.weir.app.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Decision;
import io.weir.engine.Request;
import io.weir.engine.policy.InvalidPolicyException;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What {@code weir policy check} accepts can be rendered. */
class TemplateTest {
    private static final String[] PARTS = {
        "text ",
        "{{limit}}",
        "{{ remaining }}",
        "{{limits.minute.left}}",
        "{{limits.minute.current}}",
        "{{#limits}}",
        "{{/limits}}",
        "{{^limits}}",
        "{{window}}",
        "{{#exhausted}}",
        "{{/exhausted}}",
        "{{^-last}}",
        "{{/-last}}",
        ",",
        "{",
        "}",
        "{{",
        "}}",
        "{{{",
        "{{! no }}",
        "{{&limit}}",
        "{{#rule}}",
        "{{/rule}}",
        "{{.}}",
        "{{}}",
        "\\n"
    };

    @Test
    void shouldRenderWhateverTheReaderAccepts() {
        // Given
        long seed = 815;
        SplittableRandom random = new SplittableRandom(seed);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder template = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                template.append(PARTS[random.nextInt(PARTS.length)]);
            }
            String yaml = """
                    policy: example
                    rules: [{ name: r, key: [token], limits: [1 per minute] }]
                    responses: { allowed: { headers: { X-A: '%s' } }, throttled: { body: '%s' } }
                    """.formatted(template, template);
            Policy policy;
            try {
                policy = PolicyReader.read("policy", yaml);
            } catch (InvalidPolicyException refused) {
                continue;
            }

            // When
            accepted++;
            InMemoryExecutor executor = new InMemoryExecutor();
            executor.apply(policy);
            Request request = new Request(
                            null, 0, "example", "GET", "/", null, "t", null, null, null, null, 1, Map.of(), false, 0)
                    .withDetails();
            Decision allowed = executor.decide(request);
            Decision denied = executor.decide(request);

            // Then
            String as = "seed " + seed + ": " + template;
            Answers answers = new Answers();
            assertThat(answers.answer(policy, request, allowed).status()).as(as).isEqualTo(200);
            assertThat(answers.answer(policy, request, denied).body())
                    .as(as)
                    .doesNotContain("{{limit}}", "{{#limits}}", "{{/limits}}");
        }
        assertThat(accepted).isGreaterThan(1_000);
    }
}
