package io.weir.engine.decide;

import io.weir.engine.Binding;
import io.weir.engine.Decision;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides requests, one visit at a time: what a request finds at a subject, what is charged there, and where it goes next.
 * A function of the policy, the stored usage and the request: no clock, no I/O.
 *
 * <pre>
 *             start                 visit                          visit
 *  request ───────► first subject ───────► ... next subject ... ───────► decision
 *                                                                  ├───► refunds to earlier subjects, if denied
 *                                                                  └───► strikes to the subjects of blocks
 * </pre>
 *
 * Precedence: allow list, deny list and blocks, then rules. An instance is for one thread.
 */
public final class QuotaEngine {
    /** Status of a request that cannot be decided. */
    public static final int INVALID_STATUS = 400;

    private final Registry registry;
    private final Blocks blocks;
    private @Nullable Prepared prepared;

    public QuotaEngine(Registry registry) {
        this.registry = registry;
        this.blocks = new Blocks(registry);
    }

    /** What the policy makes of a request, before any usage is looked at. */
    private record Prepared(
            Request request,
            @Nullable CompiledPolicy policy,
            @Nullable Facts facts,
            Plan plan,
            @Nullable String invalid) {}

    private static final Plan NO_STOPS = new Plan(List.of(), List.of(), null);

    /** The first visit of a request; its subject says which partition has to see it. */
    public Visit start(Request request) {
        Prepared now = prepare(request);
        prepared = now;
        return new Visit(
                Visit.Kind.REQUEST,
                request,
                now.plan().stops().isEmpty() ? null : now.plan().stops().get(0),
                List.of(),
                Visit.Progress.NONE);
    }

    private Prepared prepare(Request request) {
        CompiledPolicy policy = registry.policy(request.domain());
        if (policy == null) {
            return new Prepared(request, null, null, NO_STOPS, null);
        }
        Facts facts = new Facts(request, registry, policy.policy.ignoreCase());
        try {
            return new Prepared(request, policy, facts, Plan.of(policy, facts), null);
        } catch (InvalidRequestException invalid) {
            return new Prepared(request, policy, facts, NO_STOPS, invalid.getMessage());
        }
    }

    /** Makes a visit and hands its consequences to {@code outbox}. */
    @SuppressWarnings("ReferenceEquality") // the very request that was prepared, not one like it
    public void visit(Visit visit, Usages usages, Outbox outbox) {
        Prepared last = prepared;
        prepared = null;
        // A visit that follows its start at once is not matched a second time.
        Prepared now = last != null && last.request() == visit.request() ? last : prepare(visit.request());
        if (now.policy() == null || now.facts() == null) {
            if (visit.kind() == Visit.Kind.REQUEST) {
                outbox.decision(answer(visit.request(), Reason.NO_POLICY, null, null));
            }
            return;
        }
        switch (visit.kind()) {
            case REQUEST -> new Step(now, now.policy(), now.facts(), visit, usages, outbox).run();
            case REFUND -> refund(now.plan(), visit, usages);
            case STRIKE -> blocks.arrived(now.policy(), now.facts(), visit, usages, outbox);
        }
    }

    private static void refund(Plan plan, Visit visit, Usages usages) {
        for (Plan.Applicable applied : plan.rules()) {
            if (applied.at().equals(visit.at()) && visit.names().contains(applied.name())) {
                SubjectUsage usage = usages.usage(applied.entryKey());
                for (int i = 0; i < applied.limits().size(); i++) {
                    CompiledLimit limit = applied.limits().get(i);
                    limit.meter()
                            .refund(
                                    usage.windows(limit.slot()),
                                    applied.counts()[i],
                                    applied.hits(),
                                    visit.request().timestamp());
                }
                usages.changed(applied.entryKey(), usage);
            }
        }
    }

    /** An answer that no limit had a part in. */
    private static Decision answer(Request request, Reason reason, @Nullable String rule, @Nullable String message) {
        return answer(request, reason, reason == Reason.INVALID ? INVALID_STATUS : 200, rule, message, List.of());
    }

    private static Decision answer(
            Request request,
            Reason reason,
            int status,
            @Nullable String rule,
            @Nullable String message,
            List<String> shadowed) {
        boolean denied = reason == Reason.INVALID || reason == Reason.DENY_LISTED;
        return new Decision(
                request.requestId(),
                request.domain(),
                request.timestamp(),
                denied ? Outcome.DENY : Outcome.ALLOW,
                reason,
                status,
                rule,
                null,
                0,
                0,
                shadowed,
                message);
    }

    /** One visit of one request. */
    private final class Step {
        private final Plan plan;
        private final @Nullable String invalid;
        private final CompiledPolicy policy;
        private final Facts facts;
        private final Visit visit;
        private final Request request;
        private final Visit.Progress before;
        private final Usages usages;
        private final Outbox outbox;
        private final List<String> shadowed;

        Step(Prepared now, CompiledPolicy policy, Facts facts, Visit visit, Usages usages, Outbox outbox) {
            this.plan = now.plan();
            this.invalid = now.invalid();
            this.policy = policy;
            this.facts = facts;
            this.visit = visit;
            this.request = visit.request();
            this.before = visit.progress();
            this.usages = usages;
            this.outbox = outbox;
            this.shadowed = new ArrayList<>(before.shadowed());
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
                    emit(answer(request, Reason.ALLOW_LISTED, condition.text(), null));
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
                    emit(answer(request, Reason.DENY_LISTED, status, condition.text(), null, shadowed));
                    return true;
                }
            }
            return false;
        }

        private boolean blocked(boolean first) {
            if (request.report() || policy.blocks.isEmpty()) {
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
            emit(answer(request, Reason.INVALID, INVALID_STATUS, null, message, shadowed));
            outbox.rejected(request, message);
        }

        private void count(boolean duplicate) {
            Visit.Progress known = withShadowed();
            Stop stop = new Stop(request, rulesHere(), known, usages);
            String tooOld = stop.tooOld();
            if (tooOld != null) {
                reject(tooOld);
                return;
            }
            stop.check();
            if (!duplicate) {
                stop.charge(before.visited().size(), new UsagePace(outbox));
            }
            stop.bind();
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
            return new Visit.Progress(
                    before.visited(),
                    before.charges(),
                    before.exhausted(),
                    before.wouldExhaust(),
                    before.binding(),
                    before.bindingWindowMs(),
                    before.bindingWaitMs(),
                    before.retryAfterMs(),
                    before.shadowBinding(),
                    shadowed,
                    before.duplicate());
        }

        private List<Plan.Applicable> rulesHere() {
            if (plan.stops().size() == 1 && plan.stops().get(0).equals(visit.at())) {
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
            Binding binding = found.binding();
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
}
