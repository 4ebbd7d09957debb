package io.weir.edge.local;

import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.decide.Registry;
import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a policy can ask of a request: its fields, its attributes and those of its entities. The same as the engine's, made
 * anew for nobody: one for each thread, emptied for each request. It does not hold the request: storing a young object in an
 * old one costs a fence, by the default collector.
 */
final class Facts {
    /** Entities are asked from the most specific to the most general. */
    private static final String[] ENTITY_TYPES = {"token", "device", "user", "profile", "account", "ip"};

    private static final int IP_BITS = 128;

    private final Registry registry;
    private final UnaryOperator<String> tokens;
    private String method = "";
    private @Nullable IpAddress address;
    private boolean addressKnown;
    private @Nullable String token;

    /** @param tokens what a token is called where policies and entities name it */
    Facts(Registry registry, UnaryOperator<String> tokens) {
        this.registry = registry;
        this.tokens = tokens;
    }

    /** Begins with another request. */
    void begin() {
        addressKnown = false;
        token = null;
    }

    /** What {@code method} is, in upper case; not to be asked for before. */
    @SuppressWarnings("ReferenceEquality") // another text of the same letters costs no more than a fence
    void method(String canonical) {
        if (method != canonical) {
            method = canonical;
        }
    }

    private @Nullable IpAddress address(Request request) {
        if (!addressKnown) {
            String text = request.ip();
            address = text == null ? null : IpAddress.parse(text);
            addressKnown = true;
        }
        return address;
    }

    /** The token as policies and entities name it. */
    private @Nullable String token(Request request) {
        String known = token;
        String raw = request.token();
        if (known == null && raw != null) {
            known = tokens.apply(raw);
            token = known;
        }
        return known;
    }

    /** A hash of the value that the request has there, 0 where it has none; tokens are hashed as they came. */
    long hash(Request request, KeyAttribute.Source source, @Nullable String ofRoute) {
        if (source.kind() == KeyAttribute.Kind.IP) {
            return addressHash(request, source.prefixLength());
        }
        String text = switch (source.kind()) {
            case TOKEN -> request.token();
            case DEVICE -> request.device();
            case ACCOUNT -> request.account();
            case PROFILE -> request.profile();
            case USER -> request.user();
            case METHOD -> method;
            case ATTRIBUTE -> attribute(request, source.name());
            default -> ofRoute;
        };
        return hash(text);
    }

    /** The same, but tokens are hashed as policies and the block list name them. */
    long namedHash(Request request, KeyAttribute.Source source) {
        return source.kind() == KeyAttribute.Kind.TOKEN ? hash(token(request)) : hash(request, source, null);
    }

    /** The hash of a value that is not an address; 0 of none. */
    static long hash(@Nullable String text) {
        return text == null || text.isEmpty() ? 0 : some(Hash.of(text, 0));
    }

    /** The hash of an address or network. */
    static long hash(boolean v6, long high, long low) {
        return some(Hash.of(v6 ? ~high : high, low));
    }

    private static long some(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private long addressHash(Request request, int prefixLength) {
        IpAddress known = address(request);
        if (known == null) {
            return hash(request.ip());
        }
        boolean whole = !known.v6() || prefixLength >= IP_BITS;
        return hash(
                known.v6(),
                whole ? known.high() : known.high() & mask(prefixLength),
                whole ? known.low() : known.low() & mask(prefixLength - Long.SIZE));
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
    }

    /** The value that the request has there as text, or null. */
    @Nullable
    String text(Request request, KeyAttribute.Source source, @Nullable String ofRoute) {
        return switch (source.kind()) {
            case TOKEN -> token(request);
            case IP -> {
                IpAddress known = address(request);
                yield known == null
                        ? request.ip()
                        : known.prefix(source.prefixLength()).toString();
            }
            case DEVICE -> request.device();
            case ACCOUNT -> request.account();
            case PROFILE -> request.profile();
            case USER -> request.user();
            case METHOD -> method;
            case ATTRIBUTE -> attribute(request, source.name());
            default -> ofRoute;
        };
    }

    /** A field or attribute by the name that {@code where} and limits use. */
    @Nullable
    String named(Request request, String name) {
        return switch (name) {
            case "method" -> method;
            case "token", "ip", "device", "account", "profile", "user" -> id(request, name);
            default ->
                attribute(request, name.startsWith("attributes.") ? name.substring("attributes.".length()) : name);
        };
    }

    /** The event's attribute or else that of the first entity that has it. */
    private @Nullable String attribute(Request request, String name) {
        String own = request.attributes().get(name);
        if (own != null) {
            return own;
        }
        for (String type : ENTITY_TYPES) {
            Entity entity = entity(request, type);
            String value = entity == null ? null : entity.attributes().get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private @Nullable Entity entity(Request request, String type) {
        return registry.hasEntities(type) ? registry.entity(type, id(request, type)) : null;
    }

    private @Nullable String id(Request request, String entityType) {
        return switch (entityType) {
            case "token" -> token(request);
            case "device" -> request.device();
            case "user" -> request.user();
            case "profile" -> request.profile();
            case "account" -> request.account();
            case "ip" -> {
                IpAddress known = address(request);
                yield known == null ? request.ip() : known.toString();
            }
            default -> null;
        };
    }

    /** The number a limit refers to, from 0 to {@link Limit#MAX_COUNT}, or -1 when there is none. */
    long number(Request request, Limit.Reference reference) {
        Entity entity = entity(request, reference.entityType());
        if (reference.fromLimits()) {
            Long limit = entity == null ? null : entity.limits().get(reference.name());
            return limit == null ? -1 : clamp(limit);
        }
        String own = request.attributes().get(reference.name());
        String text = own != null || entity == null ? own : entity.attributes().get(reference.name());
        if (text == null) {
            return -1;
        }
        try {
            return clamp(Long.parseLong(text.trim()));
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }

    private static long clamp(long value) {
        return Math.min(Math.max(value, 0), Limit.MAX_COUNT);
    }

    /** Whether an entry of an allow or deny list is about this request. */
    boolean satisfies(Request request, Condition condition) {
        if (condition.source().kind() == KeyAttribute.Kind.IP) {
            IpAddress known = address(request);
            if (known != null) {
                for (Cidr network : condition.networks()) {
                    if (network.contains(known)) {
                        return true;
                    }
                }
            }
            return false;
        }
        String value = text(request, condition.source(), null);
        return value != null && !value.isEmpty() && condition.values().contains(value);
    }
}
