package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much a policy may say. */
class PolicyBoundsTest {
    private static String rules(int count, String more) {
        return IntStream.range(0, count)
                .mapToObj(i -> "  - { name: r" + i + ", key: [token], " + more + " }\n")
                .collect(Collectors.joining("", "policy: p\nrules:\n", ""));
    }

    @Test
    void shouldReadAThousandRulesAndNotOneMore() {
        assertThat(PolicyReader.read("p.yaml", rules(1_000, "limits: [1 per minute]"))
                        .rules())
                .hasSize(1_000);
        assertThat(InvalidPolicyTest.refusal(rules(1_001, "limits: [1 per minute]"))
                        .getMessage())
                .isEqualTo("p.yaml:3:3: rules: expected at most 1000 of them, found 1001");
    }

    @Test
    void shouldRefuseMoreRoutesThanARequestCanBeHeldAgainst() {
        String three = "match: [/a, /b], except: [/c], limits: [1 per minute]";
        assertThat(InvalidPolicyTest.refusal(rules(667, three)).getMessage())
                .isEqualTo("p.yaml:3:3: rules: expected at most 2000 routes in all rules, found 2001");
    }

    @Test
    void shouldRefuseMoreLimitsThanAnEntryCanHold() {
        String three = "limits: { free: [1 per minute, 2 per hour], default: 3 per day }";
        assertThat(InvalidPolicyTest.refusal(rules(667, three)).getMessage())
                .isEqualTo("p.yaml:3:3: rules: expected at most 2000 limits in all rules, found 2001");
    }

    @Test
    void shouldStopAtAHundredProblems() {
        assertThat(InvalidPolicyTest.refusal(rules(900, "limits: [1 per minuet]"))
                        .problems())
                .hasSize(100);
    }
}
