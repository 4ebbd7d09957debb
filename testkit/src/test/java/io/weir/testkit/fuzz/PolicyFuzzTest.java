package io.weir.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.Request;
import io.weir.engine.document.Problem;
import io.weir.engine.policy.InvalidPolicyException;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import io.weir.testkit.Fuzz;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A policy, whatever it says, is refused with what is wrong with it or decides requests. */
class PolicyFuzzTest {
    private static final long NOON = 1_767_268_800_000L;

    private static final List<String> PATHS =
            List.of("/", "/data?query=aggregate", "/device/d1", "/api/v1/x", "/a/b/c/d/e", "//%2e/..", "");

    @Test
    void shouldRefuseOrDecide() {
        Fuzz.ofTexts("policy", Corpus.files(Path.of("../policies"), Corpus.folder("policies")))
                .words("&a ", "*a", "<<: ", "? ", "- ", ": ", "|\n", "!!set ", "{}", "[", "]", "#", "---\n", "...\n")
                .words(" per ", "1 ", "month", "ms", "/**", "{id}", "attributes.", "path.id", "ip/64", "|", "in [")
                .words("\u0000", "\ud83d\ude00", "\ufeff", "\u2028", "'", "\"", "9223372036854775807", "-1", "1e9", "~")
                .allocating(16 << 20, 4_000)
                .runTexts(4_000, PolicyFuzzTest::refuseOrDecide);
    }

    private static void refuseOrDecide(String yaml) {
        Policy policy;
        try {
            policy = PolicyReader.read("p.yaml", yaml);
        } catch (InvalidPolicyException refused) {
            assertThat(refused.problems()).isNotEmpty().hasSizeLessThanOrEqualTo(100);
            for (Problem problem : refused.problems()) {
                assertThat(problem.line()).isPositive();
                assertThat(problem.column()).isPositive();
                assertThat(problem.toString()).hasSizeLessThan(2_000).doesNotContain("\n");
            }
            return;
        }
        InMemoryExecutor executor = new InMemoryExecutor();
        executor.apply(policy);
        long time = NOON;
        for (String path : PATHS) {
            for (int i = 0; i < 3; i++) {
                assertThat(executor.decide(request(policy.domain(), path, time++))
                                .domain())
                        .isEqualTo(policy.domain());
            }
        }
    }

    private static Request request(String domain, String path, long time) {
        return new Request(
                "r",
                time,
                domain,
                "POST",
                path,
                "2001:db8::1",
                "t",
                "d",
                "a",
                "p",
                "u",
                1,
                Map.of("plan", "free", "tokens", "7"),
                false,
                0);
    }
}
