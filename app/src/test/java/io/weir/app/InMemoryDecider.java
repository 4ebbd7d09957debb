package io.weir.app;

import io.weir.app.answer.Decider;
import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.engine.run.InMemoryExecutor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Decides in this process, without a broker, and remembers what it was asked. */
public final class InMemoryDecider implements Decider {
    private final InMemoryExecutor executor = new InMemoryExecutor();
    private final Map<String, Policy> policies = new ConcurrentHashMap<>();
    private final List<Request> asked = new CopyOnWriteArrayList<>();

    /** Puts policies in force. */
    public static InMemoryDecider of(String... yaml) {
        InMemoryDecider decider = new InMemoryDecider();
        for (String each : yaml) {
            decider.apply(each);
        }
        return decider;
    }

    /** Puts a policy in force, in place of another of its domain. */
    public void apply(String yaml) {
        Policy policy = PolicyReader.read("policy", yaml);
        synchronized (executor) {
            executor.apply(policy);
        }
        policies.put(policy.domain(), policy);
    }

    /** The domain of its only policy. */
    public String domain() {
        return policies.keySet().iterator().next();
    }

    /** Decides without details, and does not remember that it was asked. */
    public Decision decided(Request request) {
        synchronized (executor) {
            return executor.decide(request);
        }
    }

    public void put(Entity entity) {
        executor.put(entity);
    }

    /** What it was asked, in order. */
    public List<Request> asked() {
        return asked;
    }

    public Request last() {
        return asked.get(asked.size() - 1);
    }

    @Override
    public CompletionStage<Decision> decide(Request request) {
        asked.add(request);
        synchronized (executor) {
            return CompletableFuture.completedFuture(executor.decide(request.withDetails()));
        }
    }

    @Override
    public void report(Request request) {
        var unused = decide(request);
    }

    @Override
    public @Nullable Policy policy(String domain) {
        return policies.get(domain);
    }
}
