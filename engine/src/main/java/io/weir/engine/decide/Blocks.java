package io.weir.engine.decide;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import io.weir.engine.limit.BlockState;
import io.weir.engine.limit.Meter;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.Windows;
import io.weir.engine.policy.KeyAttribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Strikes and the blocks they earn. */
final class Blocks {
    private final Registry registry;

    Blocks(Registry registry) {
        this.registry = registry;
    }

    /** Whom a block is about in this request. */
    record Target(Subject at, String entryKey, List<String> attributes, List<String> values) {}

    /** A block in force. */
    record InForce(String name, long until) {}

    /** Whom {@code block} would hit by this request, or null when the request lacks a part of its key. */
    static @Nullable Target target(CompiledPolicy policy, CompiledBlock block, Facts facts) {
        List<String> attributes = new ArrayList<>(1);
        List<String> values = new ArrayList<>(1);
        for (KeyAttribute attribute : block.rule().key()) {
            Facts.Value value = facts.value(attribute, null);
            if (value == null) {
                return null;
            }
            attributes.add(value.source().text());
            values.add(value.text());
        }
        return new Target(
                new Subject(attributes.get(0), values.get(0)),
                Keys.entry(policy.policy.domain(), attributes, values),
                attributes,
                values);
    }

    /**
     * The block with the latest end that covers the request, or null. Blocks of the visited subject are looked up in its
     * own state, where they act at once; at the first visit the others are looked up in the block list, and so are those
     * that operators put there.
     */
    @Nullable
    InForce find(
            CompiledPolicy policy,
            Facts facts,
            @Nullable Subject at,
            boolean first,
            Usages usages,
            List<String> shadowed) {
        InForce found = null;
        boolean listed = first && registry.hasBlocks();
        for (CompiledBlock block : policy.blocks) {
            Target target = listed || mayBeAt(block, at) ? target(policy, block, facts) : null;
            if (target == null) {
                continue;
            }
            long until = until(block, target, facts.request().timestamp(), at, first, usages);
            if (until == 0) {
                continue;
            }
            if (block.shadow()) {
                shadowed.add(block.rule().name());
            } else if (found == null || until > found.until()) {
                found = new InForce(block.rule().name(), until);
            }
        }
        return first ? byHand(policy, facts, found, shadowed) : found;
    }

    private @Nullable InForce byHand(
            CompiledPolicy policy, Facts facts, @Nullable InForce found, List<String> shadowed) {
        Block block = registry.manualBlock(facts.request());
        if (block == null || (found != null && found.until() >= block.until())) {
            return found;
        }
        if (policy.policy.shadow() || block.shadow()) {
            shadowed.add(block.name());
            return found;
        }
        return new InForce(block.name(), block.until());
    }

    /** Whether the block can stand in the state of the visited subject. */
    private static boolean mayBeAt(CompiledBlock block, @Nullable Subject at) {
        if (at == null) {
            return false;
        }
        for (KeyAttribute.Source source : block.rule().key().get(0).sources()) {
            if (source.text().equals(at.attribute())) {
                return true;
            }
        }
        return false;
    }

    private long until(
            CompiledBlock block, Target target, long time, @Nullable Subject at, boolean first, Usages usages) {
        if (target.at().equals(at)) {
            BlockState own = usages.usage(target.entryKey()).block(block.id());
            return own != null && own.covers(time) ? own.until() : 0;
        }
        if (first && registry.hasBlocks()) {
            Block listed = registry.block(target.entryKey(), block.rule().name());
            return listed != null && listed.covers(time) ? listed.until() : 0;
        }
        return 0;
    }

    /**
     * Counts the strikes that a decided request earns: here where the block's subject is the one visited, else by a
     * visit of its own.
     *
     * @param exhausted rules that denied it
     * @param wouldExhaust rules in shadow mode that would have; only blocks in shadow mode count these
     */
    void strike(
            CompiledPolicy policy,
            Facts facts,
            @Nullable Subject at,
            List<String> exhausted,
            List<String> wouldExhaust,
            Usages usages,
            Outbox outbox) {
        Request request = facts.request();
        List<Visit> onward = new ArrayList<>(0);
        for (CompiledBlock block : policy.blocks) {
            boolean offence = request.report()
                    ? block.rule().offences().statuses().contains(request.status())
                    : request.hits() > 0
                            && (block.struckBy(exhausted) || (block.shadow() && block.struckBy(wouldExhaust)));
            Target target = offence ? target(policy, block, facts) : null;
            if (target == null) {
                continue;
            }
            if (target.at().equals(at)) {
                count(policy, block, target, request, usages, outbox);
            } else {
                add(onward, request, target.at(), block.rule().name());
            }
        }
        onward.forEach(outbox::visit);
    }

    /** Blocks of one subject share a visit. */
    private static void add(List<Visit> onward, Request request, Subject at, String block) {
        for (int i = 0; i < onward.size(); i++) {
            Visit visit = onward.get(i);
            if (at.equals(visit.at())) {
                List<String> names = new ArrayList<>(visit.names());
                names.add(block);
                onward.set(i, new Visit(Visit.Kind.STRIKE, request, at, names, Visit.Progress.NONE));
                return;
            }
        }
        onward.add(new Visit(Visit.Kind.STRIKE, request, at, List.of(block), Visit.Progress.NONE));
    }

    /** A strike has reached its subject. */
    void arrived(CompiledPolicy policy, Facts facts, Visit visit, Usages usages, Outbox outbox) {
        for (CompiledBlock block : policy.blocks) {
            Target target = visit.names().contains(block.rule().name()) ? target(policy, block, facts) : null;
            if (target != null && target.at().equals(visit.at())) {
                count(policy, block, target, facts.request(), usages, outbox);
            }
        }
    }

    private static void count(
            CompiledPolicy policy, CompiledBlock block, Target target, Request request, Usages usages, Outbox outbox) {
        SubjectUsage usage = usages.usage(target.entryKey());
        long time = request.timestamp();
        BlockState last = usage.block(block.id());
        Windows windows = usage.windows(block.strikes().slot());
        Meter meter = block.strikes().meter();
        if ((last != null && last.covers(time)) || !meter.retains(windows, time)) {
            return;
        }
        long after = block.rule().after().count();
        meter.charge(windows, after, 1, time);
        long matters = meter.relevantUntil(windows, after, time) - time;
        if (meter.consumed(windows, after, time) >= after) {
            windows.reset();
            matters = start(policy, block, target, request, last, usage, usages, outbox);
        }
        usage.keepUntil(Meter.add(usages.now(), Meter.add(matters, Windows.LATENESS_MS)));
        usages.changed(target.entryKey(), usage);
    }

    /** Begins a block and returns for how many ms it matters. */
    private static long start(
            CompiledPolicy policy,
            CompiledBlock block,
            Target target,
            Request request,
            @Nullable BlockState last,
            SubjectUsage usage,
            Usages usages,
            Outbox outbox) {
        long time = request.timestamp();
        int level = last != null && time < forgotten(last) && time >= last.from() ? last.level() + 1 : 0;
        long duration = block.durationMs(level);
        long until = Meter.add(time, duration);
        BlockState state = new BlockState(time, until, level, Meter.add(usages.now(), duration));
        usage.setBlock(block.id(), state);
        outbox.block(new Block(
                policy.policy.domain(),
                block.rule().name(),
                target.attributes(),
                target.values(),
                time,
                until,
                reason(block),
                request.requestId(),
                block.shadow()));
        return forgotten(state) - time;
    }

    /**
     * An operator lifts every block that a key has earned: what its entry holds, and what the list holds of it. It starts
     * anew: the next block is a first one.
     *
     * @param key {@code attribute=value} of each attribute of the blocks' key
     * @throws InvalidRequestException when the key is none
     */
    void unblock(String domain, List<String> key, Usages usages, Outbox outbox) {
        List<String> attributes = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (String place : key) {
            int equals = place.indexOf('=');
            if (equals <= 0) {
                throw new InvalidRequestException("unblock: expected attribute=value, found '" + place + "'");
            }
            attributes.add(place.substring(0, equals));
            values.add(place.substring(equals + 1));
        }
        String entryKey = Keys.entry(domain, attributes, values);
        Map<String, Block> lifted = new LinkedHashMap<>();
        registry.blocksOf(entryKey).forEach(listed -> lifted.put(listed.name(), listed));
        CompiledPolicy policy = registry.policy(domain);
        SubjectUsage usage = usages.usage(entryKey);
        while (usage.blockCount() > 0) {
            // One that has just begun is not known from the list yet.
            CompiledBlock block = policy == null ? null : policy.block(usage.blockId(0));
            if (block != null) {
                String name = block.rule().name();
                lifted.putIfAbsent(name, Block.of(entryKey, name, usage.blockAt(0), "unblocked", block.shadow()));
            }
            usage.setBlock(usage.blockId(0), null);
            usages.changed(entryKey, usage);
        }
        lifted.values().forEach(outbox::lift);
    }

    private static String reason(CompiledBlock block) {
        return block.rule().after().count() + " strikes per "
                + block.rule().after().window().text();
    }

    /** A block is forgotten when twice its length has passed after its end. */
    private static long forgotten(BlockState block) {
        return Meter.add(block.until(), 2 * (block.until() - block.from()));
    }
}
