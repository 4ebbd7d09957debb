package io.weir.engine.decide;

import io.weir.engine.Entity;
import io.weir.engine.Request;
import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import io.weir.engine.match.RequestPath;
import io.weir.engine.match.Route;
import io.weir.engine.policy.Condition;
import io.weir.engine.policy.KeyAttribute;
import io.weir.engine.policy.Limit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a policy can ask of a request: its fields, its attributes and those of its entities. */
final class Facts {
    /** Entities are asked from the most specific to the most general. */
    private static final String[] ENTITY_TYPES = {"token", "device", "user", "profile", "account", "ip"};

    private final Request request;
    private final Registry registry;
    private final String method;
    private final RequestPath path;

    Facts(Request request, Registry registry, boolean ignoreCase) {
        this.request = request;
        this.registry = registry;
        this.method = request.method().toUpperCase(Locale.ROOT);
        this.path = RequestPath.parse(request.path(), ignoreCase);
    }

    /** Of a request whose method and path have been looked at before. */
    Facts(Request request, Registry registry, MatchCache.Match match) {
        this.request = request;
        this.registry = registry;
        this.method = match.method();
        this.path = match.path();
    }

    Request request() {
        return request;
    }

    String method() {
        return method;
    }

    RequestPath path() {
        return path;
    }

    /** A source and the value that the request has there. */
    record Value(KeyAttribute.Source source, String text) {}

    /** The first of the attribute's sources that the request has, or null. */
    @Nullable
    Value value(KeyAttribute attribute, @Nullable CompiledRule rule) {
        for (KeyAttribute.Source source : attribute.sources()) {
            String text = value(source, rule);
            if (text != null && !text.isEmpty()) {
                return new Value(source, text);
            }
        }
        return null;
    }

    private @Nullable String value(KeyAttribute.Source source, @Nullable CompiledRule rule) {
        return switch (source.kind()) {
            case TOKEN -> request.token();
            case IP -> address(source.prefixLength());
            case DEVICE -> request.device();
            case ACCOUNT -> request.account();
            case PROFILE -> request.profile();
            case USER -> request.user();
            case METHOD -> method;
            case ATTRIBUTE -> attribute(source.name());
            case ROUTE -> {
                Route route = rule == null ? null : rule.matchedRoute(method, path);
                yield route == null ? path.toString() : route.text();
            }
            case PATH -> {
                Route route = rule == null ? null : rule.matchedRoute(method, path);
                yield route == null ? null : route.parameter(source.name(), path);
            }
        };
    }

    /** One spelling per address; what is not an address (a host name in an old log) counts as it stands. */
    private @Nullable String address(int prefixLength) {
        String text = request.ip();
        if (text == null) {
            return null;
        }
        IpAddress address = IpAddress.parse(text);
        return address == null ? text : address.prefix(prefixLength).toString();
    }

    /** A field or attribute by the name that {@code where} and limits use. */
    @Nullable
    String named(String name) {
        return switch (name) {
            case "method" -> method;
            case "token", "ip", "device", "account", "profile", "user" -> id(name);
            default -> attribute(name.startsWith("attributes.") ? name.substring("attributes.".length()) : name);
        };
    }

    /** The event's attribute or else that of the first entity that has it. */
    private @Nullable String attribute(String name) {
        String own = request.attributes().get(name);
        if (own != null) {
            return own;
        }
        for (String type : ENTITY_TYPES) {
            Entity entity = registry.entity(type, id(type));
            String value = entity == null ? null : entity.attributes().get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private @Nullable String id(String entityType) {
        return switch (entityType) {
            case "token" -> request.token();
            case "device" -> request.device();
            case "user" -> request.user();
            case "profile" -> request.profile();
            case "account" -> request.account();
            case "ip" -> address(128);
            default -> null;
        };
    }

    /** The number a limit refers to, from 0 to {@link Limit#MAX_COUNT}, or -1 when there is none. */
    long number(Limit.Reference reference) {
        Entity entity = registry.entity(reference.entityType(), id(reference.entityType()));
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
    boolean satisfies(Condition condition) {
        if (condition.source().kind() == KeyAttribute.Kind.IP) {
            IpAddress address = request.ip() == null ? null : IpAddress.parse(request.ip());
            if (address != null) {
                for (Cidr network : condition.networks()) {
                    if (network.contains(address)) {
                        return true;
                    }
                }
            }
            return false;
        }
        String value = value(condition.source(), null);
        return value != null && condition.values().contains(value);
    }
}
