package io.weir.edge.local;

import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Registry;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.Policy;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is answered without looking at any limit, by the policy's lists and the block list. Asked by any thread, changed by
 * one.
 */
public final class Lists {
    private final Registry registry;
    private final UnaryOperator<String> tokens;
    private final BlockIndex blocks = new BlockIndex();

    Lists(Registry registry, UnaryOperator<String> tokens) {
        this.registry = registry;
        this.tokens = tokens;
    }

    /** The answer, in the order allow list, deny list, blocks; null where limits are to decide. */
    @Nullable
    EdgeAnswer answer(Request request, RoutePlan plan, Facts facts) {
        EdgeAnswer answer = listed(request, plan, facts);
        return answer == null && !request.report() ? blocked(request, plan, facts) : answer;
    }

    /** Answers by the allow and deny lists; a report is not denied. Null where no entry matches. */
    private static @Nullable EdgeAnswer listed(Request request, RoutePlan plan, Facts facts) {
        Policy policy = plan.policy().policy();
        if (policy.allow().isEmpty() && policy.deny().isEmpty()) {
            return null;
        }
        for (Condition condition : policy.allow()) {
            if (facts.satisfies(request, condition)) {
                return EdgeAnswer.of(request, plan, Reason.ALLOW_LISTED, condition.text());
            }
        }
        if (request.report() || policy.shadow()) {
            return null;
        }
        for (Condition condition : policy.deny()) {
            if (facts.satisfies(request, condition)) {
                return EdgeAnswer.of(request, plan, Reason.DENY_LISTED, condition.text());
            }
        }
        return null;
    }

    /** Answers by the block with the latest end; null where there is none. */
    private @Nullable EdgeAnswer blocked(Request request, RoutePlan plan, Facts facts) {
        Policy policy = plan.policy().policy();
        Block found = policy.shadow() ? null : registry.manualBlock(request, tokens);
        found = found == null || found.shadow() ? null : found;
        if (!blocks.isEmpty()) {
            for (EdgeBlock block : plan.policy().blocks()) {
                long subject = block.subject(request, facts);
                Block listed = subject == 0 ? null : blocks.find(subject, request.timestamp());
                if (listed != null && !listed.shadow() && (found == null || listed.until() >= found.until())) {
                    found = listed;
                }
            }
        }
        return found == null
                ? null
                : new EdgeAnswer(
                        request,
                        plan,
                        Reason.BLOCKED,
                        found.name(),
                        0,
                        0,
                        found.until(),
                        found.until() - request.timestamp());
    }

    /** Entries of the block list that policies earned; those by hand are looked up in the registry. */
    public int blocks() {
        return blocks.size();
    }

    /** A block has come on the list, of a policy's. */
    public void put(Block block) {
        blocks.put(block);
    }

    /** A block has been taken off the list. */
    public void remove(Block block) {
        blocks.remove(block);
    }
}
