package io.weir.app.cli;

import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.BlockKey;
import io.weir.engine.decide.Registry;
import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import io.weir.wire.Followed;
import io.weir.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The block list as operators see and change it. */
final class BlockList {
    private final Tables tables;

    BlockList(Tables tables) {
        this.tables = tables;
    }

    /** Every entry, those last written at the end. */
    List<Block> entries() {
        return tables.read(Topics.BLOCKLIST).values().stream()
                .map(value -> Conversions.block(Contracts.BLOCK.decode(value)))
                .toList();
    }

    /** Puts a block on the list by hand: enforcers and edges act on it as soon as they have read it. */
    void put(Block block) {
        tables.audit(
                "block",
                Map.of(
                        "domain",
                        block.domain(),
                        "subject",
                        subject(block.attributes(), block.values()),
                        "until",
                        Instant.ofEpochMilli(block.until()).toString(),
                        "reason",
                        block.reason()));
        tables.write(Topics.BLOCKLIST, Conversions.blockKey(block), Contracts.BLOCK.encode(Conversions.entry(block)));
        tables.flush();
    }

    /** Takes a block off the list that was put there by hand. */
    void remove(Block block) {
        tables.audit(
                "unblock", Map.of("domain", block.domain(), "subject", subject(block.attributes(), block.values())));
        tables.write(Topics.BLOCKLIST, Conversions.blockKey(block), null);
        tables.flush();
    }

    /**
     * Lifts every block that somebody could have earned. Such a block lies in the state of its subject, so it is the
     * subject's enforcer that lifts it and takes it off the list.
     *
     * @param listed entries of theirs that are known from the list
     */
    void unblock(Request identity, List<Block> listed) {
        Set<BlockKey> keys = new LinkedHashSet<>(BlockKey.of(policies(identity.domain()), identity));
        listed.forEach(block -> keys.add(new BlockKey(block.attributes(), block.values())));
        for (BlockKey key : keys) {
            tables.audit(
                    "unblock", Map.of("domain", identity.domain(), "subject", subject(key.attributes(), key.values())));
            var visit = Conversions.unblock(identity.domain(), key.attributes(), key.values(), identity.timestamp());
            tables.send(Topics.VISITS, key.values().get(0), Contracts.VISIT.encode(visit));
        }
        tables.flush();
    }

    /** {@code ip=192.0.2.1,account=a1}. */
    private static String subject(List<String> attributes, List<String> values) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < attributes.size(); i++) {
            named.add(attributes.get(i) + "=" + values.get(i));
        }
        return String.join(",", named);
    }

    /** A registry with the policy in force for a domain, if there is one. */
    private Registry policies(String domain) {
        Registry registry = new Registry();
        byte[] policy = tables.read(Topics.POLICIES).get(domain);
        if (policy != null) {
            Followed.POLICIES.set(registry, policy);
        }
        return registry;
    }

    /** Whether a policy governs the domain. */
    boolean governed(String domain) {
        return tables.read(Topics.POLICIES).containsKey(domain);
    }

    /** Those of the entries that are about somebody: what is said of both is the same, and something is. */
    static List<Block> about(String domain, Map<String, String> values, List<Block> entries) {
        List<Block> about = new ArrayList<>();
        for (Block entry : entries) {
            boolean some = false;
            boolean same = entry.domain().equals(domain);
            for (int i = 0; i < entry.attributes().size(); i++) {
                String value = value(entry.attributes().get(i), values);
                some |= value != null;
                same &= value == null || value.equals(entry.values().get(i));
            }
            if (some && same) {
                about.add(entry);
            }
        }
        return about;
    }

    private static @Nullable String value(String attribute, Map<String, String> values) {
        String address = values.get("ip");
        if (!attribute.startsWith("ip/") || address == null) {
            return values.get(attribute);
        }
        IpAddress parsed = IpAddress.parse(address);
        return parsed == null
                ? address
                : parsed.prefix(Integer.parseInt(attribute.substring("ip/".length())))
                        .toString();
    }

    /** Blocks by hand of ranges that an address is in, which are about others too. */
    static List<Block> around(String domain, @Nullable String address, List<Block> entries) {
        IpAddress parsed = address == null ? null : IpAddress.parse(address);
        return parsed == null
                ? List.of()
                : entries.stream()
                        .filter(entry -> entry.manual() && entry.domain().equals(domain))
                        .filter(entry -> entry.values().get(0).indexOf('/') >= 0)
                        .filter(entry -> Cidr.parse(entry.values().get(0)).contains(parsed))
                        .toList();
    }
}
