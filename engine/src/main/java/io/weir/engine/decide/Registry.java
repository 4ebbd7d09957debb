package io.weir.engine.decide;

import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.policy.Policy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What every visit needs to know beside the subject's usage: policies by domain, entities, and the block list. Safe for
 * use by many threads: whoever follows the topics writes, visits read.
 */
public final class Registry {
    private final Map<String, CompiledPolicy> policies = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Entity>> entities = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Block>> blocks = new ConcurrentHashMap<>();

    private final ManualBlocks manual = new ManualBlocks();

    /** Puts a policy in force for its domain, in place of the one before. */
    public void apply(Policy policy) {
        policies.put(policy.domain(), new CompiledPolicy(policy));
    }

    /** Takes a domain's policy out of force: its requests are allowed with reason {@code NO_POLICY}. */
    public void removePolicy(String domain) {
        policies.remove(domain);
    }

    /** The policy that governs a domain, or null. */
    public @Nullable CompiledPolicy policy(String domain) {
        return policies.get(domain);
    }

    public Collection<CompiledPolicy> policies() {
        return policies.values();
    }

    public void put(Entity entity) {
        entities.computeIfAbsent(entity.type(), first -> new ConcurrentHashMap<>())
                .put(entity.id(), entity);
    }

    public void removeEntity(String type, String id) {
        Map<String, Entity> ofType = entities.get(type);
        if (ofType != null) {
            ofType.remove(id);
        }
    }

    /** What is known about an entity, or null. */
    public @Nullable Entity entity(String type, @Nullable String id) {
        return id == null || entities.isEmpty() ? null : entitiesOf(type).get(id);
    }

    /** Whether anything is known about entities of that type. */
    public boolean hasEntities(String type) {
        return !entitiesOf(type).isEmpty();
    }

    private Map<String, Entity> entitiesOf(String type) {
        return entities.getOrDefault(type, Map.of());
    }

    /**
     * Puts an entry on the block list, in place of the subject's earlier one of the same name.
     *
     * @throws IllegalArgumentException when it is one by hand and not about what can be blocked so
     */
    public void put(Block block) {
        if (block.manual()) {
            manual.put(block);
            return;
        }
        blocks.compute(block.entryKey(), (key, byName) -> {
            Map<String, Block> changed = byName == null ? new ConcurrentHashMap<>() : byName;
            changed.put(block.name(), block);
            return changed;
        });
    }

    /** Takes an entry off the block list, the subject's one of that name. */
    public void remove(Block block) {
        if (block.manual()) {
            manual.remove(block);
            return;
        }
        blocks.computeIfPresent(block.entryKey(), (key, byName) -> {
            byName.remove(block.name());
            return byName.isEmpty() ? null : byName;
        });
    }

    /** Every entry of the block list, past ones included that have not been lifted yet. */
    public List<Block> blocks() {
        return Stream.concat(
                        blocks.values().stream().flatMap(byName -> byName.values().stream()), manual.all().stream())
                .toList();
    }

    /** The block by hand with the latest end that covers the request, or null; nothing is looked up where there is none. */
    public @Nullable Block manualBlock(Request request) {
        return manual.find(request, UnaryOperator.identity());
    }

    /**
     * The same for a request whose token is called otherwise on the block list.
     *
     * @param tokens what a token is called there
     */
    public @Nullable Block manualBlock(Request request, UnaryOperator<String> tokens) {
        return manual.find(request, tokens);
    }

    boolean hasBlocks() {
        return !blocks.isEmpty();
    }

    @Nullable
    Block block(String entryKey, String name) {
        Map<String, Block> byName = blocks.get(entryKey);
        return byName == null ? null : byName.get(name);
    }

    Collection<Block> blocksOf(String entryKey) {
        Map<String, Block> byName = blocks.get(entryKey);
        return byName == null ? List.of() : byName.values();
    }
}
