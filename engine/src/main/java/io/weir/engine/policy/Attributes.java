package io.weir.engine.policy;

import io.weir.engine.match.Cidr;
import io.weir.engine.policy.KeyAttribute.Kind;
import io.weir.engine.policy.KeyAttribute.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what policies say about a request's attributes: keys, references, conditions. */
final class Attributes {
    static final List<String> ENTITY_TYPES = List.of("account", "profile", "device", "token", "user", "ip");

    private static final String SOURCES =
            "token, ip, ip/<bits>, device, account, profile, user, route, method, path.<param> or attributes.<name>";

    private Attributes() {}

    /** {@code token|ip}: throws what was expected and found. */
    static KeyAttribute key(String text) {
        List<Source> sources = new ArrayList<>();
        for (String source : text.split("\\|", -1)) {
            sources.add(source(source.trim()));
        }
        return new KeyAttribute(text, sources);
    }

    private static Source source(String text) {
        if (text.startsWith("ip/")) {
            String bits = text.substring(3);
            boolean number =
                    !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(Character::isDigit);
            int length = number ? Integer.parseInt(bits) : 0;
            if (length < 1 || length > 128) {
                throw new IllegalArgumentException("expected ip/<bits> with 1 to 128 bits, found '" + text + "'");
            }
            return new Source(text, Kind.IP, "", length);
        }
        Source named = named(text, "path.", Kind.PATH);
        if (named == null) {
            named = named(text, "attributes.", Kind.ATTRIBUTE);
        }
        if (named != null) {
            return named;
        }
        Kind kind = kind(text);
        if (kind == null) {
            throw new IllegalArgumentException("expected a key attribute: " + SOURCES + ", found '" + text + "'");
        }
        return new Source(text, kind, "", 128);
    }

    private static @Nullable Source named(String text, String prefix, Kind kind) {
        String name = text.startsWith(prefix) ? text.substring(prefix.length()) : "";
        return name.isEmpty() ? null : new Source(text, kind, name, 128);
    }

    private static @Nullable Kind kind(String text) {
        for (Kind kind : List.of(
                Kind.TOKEN, Kind.IP, Kind.DEVICE, Kind.ACCOUNT, Kind.PROFILE, Kind.USER, Kind.ROUTE, Kind.METHOD)) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return kind;
            }
        }
        return null;
    }

    /**
     * {@code account.devices}, {@code device.limits.send-data}.
     *
     * @param or what else would have been expected there, for the message
     */
    static Limit.Reference reference(String text, String or) {
        int dot = text.indexOf('.');
        String type = dot < 0 ? "" : text.substring(0, dot);
        String rest = dot < 0 ? "" : text.substring(dot + 1);
        boolean limits = rest.startsWith("limits.");
        String name = limits ? rest.substring("limits.".length()) : rest;
        if (!ENTITY_TYPES.contains(type) || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected " + or + "<entity>.<attribute> or <entity>.limits.<name> with an entity of "
                            + String.join(", ", ENTITY_TYPES) + ", found '" + text + "'");
        }
        return new Limit.Reference(type, limits, name);
    }

    /** {@code ip in 10.0.0.0/8}, {@code token = leaked}, {@code plan in [free, trial]}. */
    static Condition condition(String text) {
        String trimmed = text.trim();
        int equals = trimmed.indexOf('=');
        int in = trimmed.indexOf(" in ");
        boolean list = in > 0 && (equals < 0 || in < equals);
        if (!list && equals <= 0) {
            throw new IllegalArgumentException(
                    "expected <attribute> = <value> or <attribute> in <values>, found '" + text + "'");
        }
        String name = trimmed.substring(0, list ? in : equals).trim();
        String values = trimmed.substring(list ? in + 4 : equals + 1).trim();
        checkName(name, text);
        boolean bracketed = list && values.startsWith("[") && values.endsWith("]");
        if (!bracketed && (values.startsWith("[") || values.startsWith("=") || (list && values.indexOf(',') >= 0))) {
            throw new IllegalArgumentException(
                    "expected one value after =, or [several, of, them] after in, found '" + text + "'");
        }
        String[] parts = bracketed ? values.substring(1, values.length() - 1).split(",", -1) : new String[] {values};
        Source source = kind(name) != null || name.indexOf('.') > 0 || name.startsWith("ip/")
                ? source(name)
                : new Source(name, Kind.ATTRIBUTE, name, 128);
        if (source.kind() == Kind.PATH || source.kind() == Kind.ROUTE) {
            throw new IllegalArgumentException("expected an attribute of the request, found '" + name + "'");
        }
        List<Cidr> networks = new ArrayList<>();
        Set<String> plain = new HashSet<>();
        for (String part : parts) {
            String value = unquoted(part.trim());
            if (value.isEmpty()) {
                throw new IllegalArgumentException("expected a value after '" + name + "', found '" + text + "'");
            }
            if (source.kind() == Kind.IP) {
                networks.add(Cidr.parse(value));
            } else {
                plain.add(source.kind() == Kind.METHOD ? value.toUpperCase(Locale.ROOT) : value);
            }
        }
        return new Condition(trimmed, source, networks, plain);
    }

    /** A condition that can never hold, like {@code ip not in …}, would let everyone in, or keep nobody out. */
    private static void checkName(String name, String text) {
        boolean word = name.chars().allMatch(c -> Character.isLetterOrDigit(c) || "_-./:".indexOf(c) >= 0);
        if (!word) {
            throw new IllegalArgumentException(
                    "expected the name of one attribute before = or in, found '" + text + "'");
        }
        if (kind(name) == null && kind(name.toLowerCase(Locale.ROOT)) != null) {
            throw new IllegalArgumentException(
                    "expected '" + name.toLowerCase(Locale.ROOT) + "' in lower case, found '" + name + "'");
        }
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
