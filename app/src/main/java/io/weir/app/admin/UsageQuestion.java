package io.weir.app.admin;

import com.linecorp.armeria.common.QueryParams;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.Request;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose usage is asked for, as the query says it: {@code domain=hexagraph&ip=192.0.2.1}.
 *
 * @param identity a request without hits, with the time asked for
 * @param anyRoute whether rules of all routes are meant
 * @param shadow whether rules in shadow mode are meant too
 */
record UsageQuestion(Request identity, boolean anyRoute, boolean shadow) {
    private static final String ATTRIBUTE = "attributes.";

    private static final List<String> KNOWN = List.of(
            "domain", "ip", "token", "account", "profile", "device", "user", "plan", "method", "path", "at", "shadow");

    /**
     * Reads a query.
     *
     * @param own further parameters that the caller reads
     * @throws BadQuestionException when a parameter is unknown, repeated, missing or makes no sense
     */
    static UsageQuestion of(QueryParams query, InstantSource clock, List<String> own) {
        Map<String, String> attributes = new HashMap<>();
        for (String name : query.names()) {
            if (query.getAll(name).size() > 1) {
                throw new BadQuestionException("query parameter " + name + ": expected one value, found several");
            }
            if (name.startsWith(ATTRIBUTE)) {
                attributes.put(name.substring(ATTRIBUTE.length()), query.get(name, ""));
            } else if (!KNOWN.contains(name) && !own.contains(name)) {
                List<String> known = new ArrayList<>(KNOWN);
                known.addAll(own);
                known.add("attributes.NAME");
                throw new BadQuestionException(
                        "query parameter " + name + ": expected one of " + String.join(", ", known));
            }
        }
        String plan = query.get("plan");
        if (plan != null) {
            attributes.put("plan", plan);
        }
        String path = query.get("path");
        String method = query.get("method");
        if ((path == null) != (method == null)) {
            throw new BadQuestionException("query: expected method and path together or neither, found only "
                    + (path == null ? "method" : "path"));
        }
        return new UsageQuestion(
                identity(query, attributes, time(query, "at", clock.millis())), path == null, flag(query, "shadow"));
    }

    private static Request identity(QueryParams query, Map<String, String> attributes, long at) {
        String domain = query.get("domain", "");
        if (domain.isEmpty()) {
            throw new BadQuestionException("query parameter domain: expected the name of a policy, found none");
        }
        try {
            return new Request(
                    null,
                    at,
                    domain,
                    query.get("method", ""),
                    query.get("path", ""),
                    text(query, "ip"),
                    text(query, "token"),
                    text(query, "device"),
                    text(query, "account"),
                    text(query, "profile"),
                    text(query, "user"),
                    0,
                    attributes,
                    false,
                    0);
        } catch (InvalidRequestException invalid) {
            throw new BadQuestionException("query parameter at: " + invalid.getMessage());
        }
    }

    private static @Nullable String text(QueryParams query, String name) {
        String value = query.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static boolean flag(QueryParams query, String name) {
        String value = query.get(name, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new BadQuestionException(
                    "query parameter " + name + ": expected true or false, found '" + value + "'");
        }
        return value.equals("true");
    }

    /** A parameter in epoch ms. */
    static long time(QueryParams query, String name, long absent) {
        String text = query.get(name);
        if (text == null) {
            return absent;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw new BadQuestionException(
                    "query parameter " + name + ": expected epoch milliseconds, found '" + text + "'");
        }
    }
}
