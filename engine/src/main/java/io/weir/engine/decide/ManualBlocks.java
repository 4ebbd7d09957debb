package io.weir.engine.decide;

import io.weir.engine.Request;
import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that operators put on the list by hand ({@link Block#MANUAL}), whatever blocks the policy has. Each is about
 * one attribute of one domain's requests, addresses also as ranges. Safe for use by many threads.
 *
 * <p>A request costs one look-up for each attribute that a block of its domain is about, and for addresses one for each
 * prefix length in use; where nobody is blocked by hand it costs nothing.
 */
final class ManualBlocks {
    private final Map<String, OfDomain> domains = new ConcurrentHashMap<>();

    /** Those of one domain: by attribute and value, and address ranges by their length. */
    private record OfDomain(Map<String, Map<String, Block>> byValue, Map<Integer, Map<Cidr, Block>> ranges) {
        private OfDomain() {
            this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }

        private boolean isEmpty() {
            return byValue.isEmpty() && ranges.isEmpty();
        }
    }

    /** @throws IllegalArgumentException when it is not about one attribute that can be blocked by hand */
    void put(Block block) {
        check(block);
        domains.compute(block.domain(), (domain, known) -> {
            OfDomain blocks = known == null ? new OfDomain() : known;
            Cidr range = range(block);
            if (range == null) {
                blocks.byValue()
                        .computeIfAbsent(block.attributes().get(0), attribute -> new ConcurrentHashMap<>())
                        .put(value(block), block);
            } else {
                blocks.ranges()
                        .computeIfAbsent(range.prefixLength(), length -> new ConcurrentHashMap<>())
                        .put(range, block);
            }
            return blocks;
        });
    }

    private static void check(Block block) {
        boolean one = block.attributes().size() == 1 && block.values().size() == 1;
        if (!one || !Block.MANUAL_ATTRIBUTES.contains(block.attributes().get(0))) {
            throw new IllegalArgumentException("a block by hand must be about one of "
                    + String.join(", ", Block.MANUAL_ATTRIBUTES) + ", but was about " + block.attributes());
        }
    }

    /** One spelling per address. */
    private static String value(Block block) {
        String value = block.values().get(0);
        IpAddress address = block.attributes().get(0).equals("ip") ? IpAddress.parse(value) : null;
        return address == null ? value : address.toString();
    }

    private static @Nullable Cidr range(Block block) {
        String value = block.values().get(0);
        boolean range = block.attributes().get(0).equals("ip") && value.indexOf('/') >= 0;
        return range ? Cidr.parse(value) : null;
    }

    void remove(Block block) {
        check(block);
        domains.computeIfPresent(block.domain(), (domain, blocks) -> {
            Cidr range = range(block);
            if (range == null) {
                remove(
                        blocks.byValue(),
                        block.attributes().get(0),
                        block.values().get(0));
            } else {
                remove(blocks.ranges(), range.prefixLength(), range);
            }
            return blocks.isEmpty() ? null : blocks;
        });
    }

    private static <K, L> void remove(Map<K, Map<L, Block>> blocks, K outer, L inner) {
        blocks.computeIfPresent(outer, (key, values) -> {
            values.remove(inner);
            return values.isEmpty() ? null : values;
        });
    }

    /**
     * The block with the latest end that covers the request, or null.
     *
     * @param tokens what the request's token is called on the block list
     */
    @Nullable
    Block find(Request request, UnaryOperator<String> tokens) {
        OfDomain blocks = domains.isEmpty() ? null : domains.get(request.domain());
        if (blocks == null) {
            return null;
        }
        long time = request.timestamp();
        IpAddress address = request.ip() == null ? null : IpAddress.parse(request.ip());
        Block found = null;
        for (Map.Entry<String, Map<String, Block>> attribute : blocks.byValue().entrySet()) {
            String value = value(attribute.getKey(), request, address, tokens);
            found = later(found, value == null ? null : attribute.getValue().get(value), time);
        }
        for (Map.Entry<Integer, Map<Cidr, Block>> ranges : blocks.ranges().entrySet()) {
            Cidr range = address == null ? null : Cidr.around(address, ranges.getKey());
            found = later(found, range == null ? null : ranges.getValue().get(range), time);
        }
        return found;
    }

    private static @Nullable String value(
            String attribute, Request request, @Nullable IpAddress address, UnaryOperator<String> tokens) {
        return switch (attribute) {
            case "ip" -> address == null ? request.ip() : address.toString();
            case "token" -> {
                String token = request.token();
                yield token == null ? null : tokens.apply(token);
            }
            case "account" -> request.account();
            case "profile" -> request.profile();
            case "device" -> request.device();
            default -> request.user();
        };
    }

    private static @Nullable Block later(@Nullable Block found, @Nullable Block other, long time) {
        if (other == null || !other.covers(time)) {
            return found;
        }
        return found == null || other.until() > found.until() ? other : found;
    }

    List<Block> all() {
        return domains.values().stream()
                .flatMap(blocks -> Stream.concat(blocks.byValue().values().stream(), blocks.ranges().values().stream()))
                .flatMap(values -> values.values().stream())
                .toList();
    }
}
