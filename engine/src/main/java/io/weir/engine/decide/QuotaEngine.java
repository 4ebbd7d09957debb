package io.weir.engine.decide;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.limit.SubjectUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    /** By domain, of those that have a policy. */
    private final Map<String, MatchCache> matches = new HashMap<>();

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
        CompiledPolicy inForce = registry.policy(request.domain());
        if (inForce == null) {
            matches.remove(request.domain());
            return new Prepared(request, null, null, NO_STOPS, null);
        }
        MatchCache known = matches.get(request.domain());
        if (known == null || !known.isOf(inForce)) {
            known = new MatchCache(inForce);
            matches.put(request.domain(), known);
        }
        CompiledPolicy policy = known.policy();
        MatchCache.Match match = known.match(request.method(), request.path());
        Facts facts = new Facts(request, registry, match);
        try {
            return new Prepared(request, policy, facts, Plan.of(policy, facts, match.rules()), null);
        } catch (InvalidRequestException invalid) {
            return new Prepared(request, policy, facts, NO_STOPS, invalid.getMessage());
        }
    }

    /** Makes a visit and hands its consequences to {@code outbox}. */
    @SuppressWarnings("ReferenceEquality") // the very request that was prepared, not one like it
    public void visit(Visit visit, Usages usages, Outbox outbox) {
        Prepared last = prepared;
        prepared = null;
        if (visit.kind() == Visit.Kind.UNBLOCK) {
            blocks.unblock(visit.request().domain(), visit.names(), usages, outbox);
            return;
        }
        // A visit that follows its start at once is not matched a second time.
        Prepared now = last != null && last.request() == visit.request() ? last : prepare(visit.request());
        if (now.policy() == null || now.facts() == null) {
            if (visit.kind() == Visit.Kind.REQUEST) {
                outbox.decision(Answers.of(visit.request(), Reason.NO_POLICY, null, null));
            }
            return;
        }
        switch (visit.kind()) {
            case REQUEST ->
                new Step(now.policy(), now.facts(), now.plan(), now.invalid(), blocks, visit, usages, outbox).run();
            case REFUND -> refund(now.plan(), visit, usages);
            case STRIKE -> blocks.arrived(now.policy(), now.facts(), visit, usages, outbox);
            case UNBLOCK -> throw new IllegalStateException("was done before");
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
}
