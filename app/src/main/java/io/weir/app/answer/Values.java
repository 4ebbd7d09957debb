package io.weir.app.answer;

import com.samskivert.mustache.Mustache;
import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What templates may name, for one answer: the names that docs/policy.md lists. */
final class Values implements Mustache.CustomContext {
    private static final String LIMITS = "limits.";

    private final Policy policy;
    private final Request request;
    private final @Nullable Decision decision;
    private final List<LimitView> limits;
    private final long now;
    private boolean missed;

    private Values(Policy policy, Request request, @Nullable Decision decision, List<LimitView> limits, long now) {
        this.policy = policy;
        this.request = request;
        this.decision = decision;
        this.limits = limits;
        this.now = now;
    }

    static Values of(Policy policy, Request request, Decision decision) {
        List<LimitView> limits = new ArrayList<>(decision.limits().size());
        decision.limits().forEach(limit -> limits.add(LimitView.of(limit)));
        return new Values(policy, request, decision, limits, decision.timestamp());
    }

    /** @param limits in the order of the policy's rules */
    static Values ofUsage(Policy policy, Request request, List<LimitView> limits) {
        return new Values(policy, request, null, limits, request.timestamp());
    }

    /** Whether something was asked for since the last question that is not known. */
    boolean missed() {
        boolean was = missed;
        missed = false;
        return was;
    }

    @Override
    public @Nullable Object get(String name) {
        Object value = named(name);
        missed |= value == null;
        return value;
    }

    private @Nullable Object named(String name) {
        if (name.startsWith(LIMITS)) {
            return limit(name.substring(LIMITS.length()));
        }
        return switch (name) {
            case "limits" -> limits.stream().map(Each::new).toList();
            case "domain" -> request.domain();
            case "method" -> request.method();
            case "path" -> request.path();
            case "ip" -> request.ip();
            default -> decision == null ? null : decided(name, decision);
        };
    }

    private @Nullable Object decided(String name, Decision of) {
        return switch (name) {
            case "retryAfter" -> retryAfter(of);
            case "resetAt" -> of.resetAt() == 0 ? null : Seconds.up(of.resetAt());
            case "resetIn" -> of.resetAt() == 0 ? null : Seconds.until(of.resetAt(), now);
            case "rule" -> of.rule();
            case "reason" -> of.reason().name();
            case "status" -> of.status();
            case "message" -> of.message();
            default -> binding(name, of);
        };
    }

    /** Who is blocked or on the deny list may make no request at all. */
    private static @Nullable Object binding(String name, Decision of) {
        LimitUsage binding = of.binding();
        boolean barred = of.reason() == Reason.BLOCKED || of.reason() == Reason.DENY_LISTED;
        return switch (name) {
            case "limit" -> binding != null ? (Object) binding.limit() : barred ? 0L : null;
            case "remaining" -> binding != null ? (Object) binding.remaining() : barred ? 0L : null;
            case "current" -> binding != null ? Math.max(0, binding.limit() - binding.remaining()) : null;
            case "window" -> binding != null ? binding.window() : null;
            default -> null;
        };
    }

    /** Never 0 on a denial; null where waiting doesn't help. */
    static @Nullable Long retryAfter(Decision decision) {
        if (decision.outcome() == Outcome.ALLOW) {
            return 0L;
        }
        boolean forever = decision.reason() == Reason.DENY_LISTED || decision.reason() == Reason.INVALID;
        return forever ? null : (Long) Math.max(1, Seconds.up(decision.retryAfterMs()));
    }

    /** {@code minute.remaining} of the first rule in the policy that has it, or {@code rule.minute.remaining}. */
    private @Nullable Object limit(String name) {
        int last = name.lastIndexOf('.');
        if (last < 0) {
            return null;
        }
        String wanted = name.substring(0, last);
        LimitView found = null;
        for (LimitView each : limits) {
            boolean meant = each.window().equals(wanted) || wanted.equals(each.rule() + "." + each.window());
            if (meant && (found == null || place(each) < place(found))) {
                found = each;
            }
        }
        return found == null ? null : found.named(name.substring(last + 1), now);
    }

    private int place(LimitView limit) {
        List<Rule> rules = policy.rules();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).name().equals(limit.rule())) {
                return i;
            }
        }
        return rules.size();
    }

    /** One limit inside a section over all of them. */
    private final class Each implements Mustache.CustomContext {
        private final LimitView limit;

        Each(LimitView limit) {
            this.limit = limit;
        }

        @Override
        public @Nullable Object get(String name) {
            Object value = limit.named(name, now);
            return value == null ? Values.this.get(name) : value;
        }
    }
}
