package io.weir.engine.decide;

import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One visit of one request. */
final class Step {
    private final Plan plan;
    private final @Nullable String invalid;
    private final CompiledPolicy policy;
    private final Blocks blocks;
    private final Facts facts;
    private final Visit visit;
    private final Request request;
    private final Visit.Progress before;
    private final Usages usages;
    private final Outbox outbox;
    private final List<String> shadowed;

    /** @param invalid what is wrong with the request, or null */
    Step(
            CompiledPolicy policy,
            Facts facts,
            Plan plan,
            @Nullable String invalid,
            Blocks blocks,
            Visit visit,
            Usages usages,
            Outbox outbox) {
        this.plan = plan;
        this.invalid = invalid;
        this.policy = policy;
        this.blocks = blocks;
        this.facts = facts;
        this.visit = visit;
        this.request = visit.request();
        this.before = visit.progress();
        this.usages = usages;
        this.outbox = outbox;
        this.shadowed = before.shadowed().isEmpty() ? new ArrayList<>(0) : new ArrayList<>(before.shadowed());
    }

    void run() {
        boolean first = before.visited().isEmpty();
        if (visit.at() == null && !plan.stops().isEmpty()) {
            // The policy came between this request's start and its visit: now there is somebody to visit.
            outbox.visit(new Visit(Visit.Kind.REQUEST, request, plan.stops().get(0), List.of(), before));
            return;
        }
        boolean duplicate = before.duplicate();
        Remembered remembered = remembered();
        if (remembered != null) {
            if (remembered.decision() != null) {
                outbox.decision(remembered.decision());
                return;
            }
            duplicate = true;
        }
        if ((first && listed()) || blocked(first) || invalid()) {
            return;
        }
        count(duplicate);
    }

    private @Nullable Remembered remembered() {
        if (!deduplicates()) {
            return null;
        }
        Remembered found = usages.remembered(rememberedKey());
        boolean recent =
                found != null && Math.abs(found.timestamp() - request.timestamp()) <= policy.policy.deduplicateMs();
        return recent ? found : null;
    }

    private boolean deduplicates() {
        return policy.policy.deduplicateMs() > 0 && request.requestId() != null && visit.at() != null;
    }

    private String rememberedKey() {
        Subject at = visit.at();
        String id = request.requestId();
        if (at == null || id == null) {
            throw new IllegalStateException("only a request with an id is remembered, at a subject");
        }
        return Keys.request(at, request.domain(), id);
    }

    private void remember(@Nullable Decision decision) {
        if (deduplicates()) {
            usages.remember(
                    rememberedKey(),
                    new Remembered(request.timestamp(), decision),
                    usages.now() + policy.policy.deduplicateMs());
        }
    }

    private void emit(Decision decision) {
        remember(decision);
        outbox.decision(decision);
    }

    /** Answers by the allow and deny lists; a report is not denied, only counted. */
    private boolean listed() {
        for (Condition condition : policy.policy.allow()) {
            if (facts.satisfies(condition)) {
                emit(Answers.of(request, Reason.ALLOW_LISTED, condition.text(), null));
                return true;
            }
        }
        if (request.report()) {
            return false;
        }
        for (Condition condition : policy.policy.deny()) {
            if (facts.satisfies(condition)) {
                if (policy.policy.shadow()) {
                    shadowed.add(condition.text());
                    continue;
                }
                int status = policy.policy.responses().blocked().status();
                emit(Answers.of(request, Reason.DENY_LISTED, status, condition.text(), null, shadowed));
                return true;
            }
        }
        return false;
    }

    private boolean blocked(boolean first) {
        if (request.report()) {
            return false;
        }
        Blocks.InForce block = blocks.find(policy, facts, visit.at(), first, usages, shadowed);
        if (block == null) {
            return false;
        }
        refundEarlier(true);
        emit(new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                Outcome.DENY,
                Reason.BLOCKED,
                policy.policy.responses().blocked().status(),
                block.name(),
                null,
                List.of(),
                block.until(),
                block.until() - request.timestamp(),
                shadowed,
                null));
        return true;
    }

    private boolean invalid() {
        String message = invalid != null ? invalid : request.report() ? null : plan.missing();
        if (message == null) {
            return false;
        }
        reject(message);
        return true;
    }

    private void reject(String message) {
        refundEarlier(true);
        emit(Answers.of(request, Reason.INVALID, QuotaEngine.INVALID_STATUS, null, message, shadowed));
        outbox.rejected(request, message);
    }

    private void count(boolean duplicate) {
        Visit.Progress known = withShadowed();
        boolean only = plan.stops().size() <= 1 && before.visited().isEmpty();
        Stop stop = new Stop(request, rulesHere(), known, usages);
        String tooOld = stop.tooOld();
        if (tooOld != null) {
            reject(tooOld);
            return;
        }
        stop.check();
        if (!duplicate) {
            stop.charge(before.visited().size(), !only || request.detailed(), new UsagePace(outbox));
        }
        stop.bind();
        if (only && atItsStop()) {
            finish(stop.progress(List.of(), duplicate));
            return;
        }
        List<String> visited = new ArrayList<>(before.visited());
        if (visit.at() != null) {
            visited.add(visit.at().text());
        }
        Visit.Progress after = stop.progress(visited, duplicate);
        Subject next = next(visited);
        if (next != null) {
            remember(null);
            outbox.visit(new Visit(Visit.Kind.REQUEST, request, next, List.of(), after));
            return;
        }
        finish(after);
    }

    private Visit.Progress withShadowed() {
        if (shadowed.size() == before.shadowed().size()) {
            return before;
        }
        return new Visit.Progress(
                before.visited(),
                before.charges(),
                before.exhausted(),
                before.wouldExhaust(),
                before.binding(),
                before.limits(),
                before.retryAfterMs(),
                before.shadowBinding(),
                shadowed,
                before.duplicate());
    }

    /** Whether the one subject that the request has to visit is this one, or there is none to visit. */
    private boolean atItsStop() {
        return plan.stops().isEmpty() || plan.stops().get(0).equals(visit.at());
    }

    private List<Plan.Applicable> rulesHere() {
        if (plan.stops().size() == 1 && atItsStop()) {
            return plan.rules();
        }
        return plan.rules().stream()
                .filter(applied -> applied.at().equals(visit.at()))
                .toList();
    }

    private @Nullable Subject next(List<String> visited) {
        for (Subject stop : plan.stops()) {
            if (!visited.contains(stop.text())) {
                return stop;
            }
        }
        return null;
    }

    private void finish(Visit.Progress found) {
        LimitUsage binding = found.binding();
        boolean denied = found.denied() && !request.report();
        Reason reason = found.denied()
                ? Reason.OVER_LIMIT
                : binding == null && plan.rules().isEmpty() ? Reason.NO_RULE : Reason.WITHIN_LIMITS;
        Policy written = policy.policy;
        Decision decision = new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                denied ? Outcome.DENY : Outcome.ALLOW,
                reason,
                denied ? written.responses().throttled().status() : 200,
                binding == null ? null : binding.rule(),
                binding,
                limits(found, denied),
                binding == null ? 0 : binding.resetAt(),
                denied ? found.retryAfterMs() : 0,
                found.shadowed(),
                null);
        if (denied) {
            refund(found, false);
        }
        if (!found.duplicate()) {
            blocks.strike(policy, facts, visit.at(), found.exhausted(), found.wouldExhaust(), usages, outbox);
        }
        emit(decision);
    }

    /** The limits looked at, the binding one first, as they stand once a denial has been refunded. */
    private List<LimitUsage> limits(Visit.Progress found, boolean denied) {
        if (found.limits().isEmpty()) {
            return List.of();
        }
        List<LimitUsage> limits = new ArrayList<>(found.limits().size());
        for (LimitUsage limit : found.limits()) {
            if (limit.equals(found.binding())) {
                limits.add(0, limit);
            } else {
                limits.add(denied ? refunded(limit, found) : limit);
            }
        }
        return limits;
    }

    private LimitUsage refunded(LimitUsage limit, Visit.Progress found) {
        boolean charged = found.charges().stream()
                .anyMatch(charge -> charge.rule().equals(limit.rule()) && !charge.evenIfDenied());
        if (!charged) {
            return limit;
        }
        long hits = plan.rules().stream()
                .filter(applied -> applied.name().equals(limit.rule()))
                .mapToLong(Plan.Applicable::hits)
                .sum();
        long remaining = Math.min(limit.limit(), limit.remaining() + hits);
        return new LimitUsage(
                limit.rule(),
                limit.window(),
                limit.windowMs(),
                limit.limit(),
                remaining,
                limit.resetAt(),
                limit.waitMs());
    }

    private void refundEarlier(boolean all) {
        refund(before, all);
    }

    /** Sends a refund to every subject where something is to be taken back. */
    private void refund(Visit.Progress found, boolean all) {
        for (int stop = 0; stop < found.visited().size(); stop++) {
            List<String> names = new ArrayList<>();
            for (Visit.Charge charge : found.charges()) {
                if (charge.stop() == stop && (all || !charge.evenIfDenied())) {
                    names.add(charge.rule());
                }
            }
            if (!names.isEmpty()) {
                String text = found.visited().get(stop);
                int equals = text.indexOf('=');
                Subject at = new Subject(text.substring(0, equals), text.substring(equals + 1));
                outbox.visit(new Visit(Visit.Kind.REFUND, request, at, names, Visit.Progress.NONE));
            }
        }
    }
}
