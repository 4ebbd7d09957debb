package io.weir.engine.run;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.Outbox;
import io.weir.engine.decide.QuotaEngine;
import io.weir.engine.decide.Registry;
import io.weir.engine.decide.UsageReport;
import io.weir.engine.decide.Visit;
import io.weir.engine.policy.Policy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides a stream of requests in memory with the code that decides on a cluster: every request, with all its visits,
 * refunds, strikes and blocks, is finished before the next begins.
 *
 * <p>Memory is bounded by the subjects alive at a time: entries expire as on a cluster, by a clock that follows the
 * requests' timestamps but none of them alone ({@link MemoryUsages}). For one thread.
 */
public final class InMemoryExecutor {
    private final Registry registry = new Registry();
    private final QuotaEngine engine = new QuotaEngine(registry);
    private final MemoryUsages usages = new MemoryUsages(registry);
    private final Consequences consequences = new Consequences();
    private final Consumer<UsageReport> usageReports;

    public InMemoryExecutor() {
        this(report -> {});
    }

    /** @param usageReports gets the usage of windows as they close, and before */
    public InMemoryExecutor(Consumer<UsageReport> usageReports) {
        this.usageReports = usageReports;
    }

    /** Puts a policy in force for its domain; what was used under the policy before is kept. */
    public void apply(Policy policy) {
        registry.apply(policy);
    }

    /** Makes known, or replaces, what is known about an entity. */
    public void put(Entity entity) {
        registry.put(entity);
    }

    /** Decides the next request of the stream. */
    public Decision decide(Request request) {
        usages.advance(request.timestamp(), consequences);
        engine.visit(engine.start(request), usages, consequences);
        for (Visit next = consequences.visits.poll(); next != null; next = consequences.visits.poll()) {
            engine.visit(next, usages, consequences);
        }
        usages.settle();
        Decision decision = consequences.decision;
        consequences.decision = null;
        if (decision == null) {
            throw new IllegalStateException("no visit of the request gave a decision: " + request);
        }
        return decision;
    }

    /** The block list as it stands: entries whose end has not come yet by the stream's own time. */
    public List<Block> blocks() {
        return registry.blocks();
    }

    /** How many subjects have usage at the moment. */
    public int subjects() {
        return usages.size();
    }

    private final class Consequences implements Outbox {
        private final ArrayDeque<Visit> visits = new ArrayDeque<>();
        private @Nullable Decision decision;

        @Override
        public void decision(Decision made) {
            decision = made;
        }

        @Override
        public void visit(Visit visit) {
            visits.add(visit);
        }

        @Override
        public void block(Block block) {
            registry.put(block);
        }

        @Override
        public void lift(Block block) {
            registry.remove(block);
        }

        @Override
        public void usage(UsageReport report) {
            usageReports.accept(report);
        }

        @Override
        public void rejected(Request request, String reason) {
            // The decision says so; there are no dead letters in memory.
        }
    }
}
