package io.weir.engine;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request event: what a gateway says about one request, or, as a <em>report</em>, about hits it has already admitted.
 *
 * @param requestId the gateway's id of the request; needed only where a policy deduplicates
 * @param timestamp event time in epoch milliseconds, 0 or later
 * @param domain the API being protected
 * @param method HTTP method or another protocol's verb; matched without regard to case
 * @param path path and, if any, query as the client sent them ({@code /api/v1/x?y=z})
 * @param hits units the request consumes; 0 asks without consuming
 * @param attributes whatever else policies refer to, by name
 * @param report whether the hits were already admitted: a report is always charged
 * @param status the response's HTTP status, or 0 when it is not known
 * @param detailed whether the answer is to list every limit that was looked at, not only the binding one
 */
public record Request(
        @Nullable String requestId,
        long timestamp,
        String domain,
        String method,
        String path,
        @Nullable String ip,
        @Nullable String token,
        @Nullable String device,
        @Nullable String account,
        @Nullable String profile,
        @Nullable String user,
        long hits,
        Map<String, String> attributes,
        boolean report,
        int status,
        boolean detailed) {

    /** The largest timestamp accepted: the end of the year 9999, in epoch milliseconds. */
    public static final long MAX_TIMESTAMP = 253_402_300_799_999L;

    /** The most hits that one request may consume. */
    public static final long MAX_HITS = 1_000_000_000_000L;

    /** The longest id, name, method or attribute accepted, in characters. A token and a path may be longer. */
    public static final int MAX_TEXT = 1_024;

    /** The longest token accepted, in characters: long enough for one that carries claims. */
    public static final int MAX_TOKEN = 8_192;

    /** The longest path accepted, its query included, in characters. */
    public static final int MAX_PATH = 8_192;

    /** The most attributes accepted. */
    public static final int MAX_ATTRIBUTES = 64;

    /** @throws InvalidRequestException when a value is outside what is documented above, naming it */
    public Request {
        Objects.requireNonNull(domain, "domain");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(path, "path");
        if (timestamp < 0 || timestamp > MAX_TIMESTAMP) {
            throw new InvalidRequestException(
                    "timestamp must be epoch milliseconds from 0 to " + MAX_TIMESTAMP + ", but was " + timestamp);
        }
        if (hits < 0 || hits > MAX_HITS) {
            throw new InvalidRequestException("hits must be from 0 to " + MAX_HITS + ", but was " + hits);
        }
        check("requestId", requestId, MAX_TEXT);
        check("domain", domain, MAX_TEXT);
        check("method", method, MAX_TEXT);
        check("path", path, MAX_PATH);
        check("ip", ip, MAX_TEXT);
        check("token", token, MAX_TOKEN);
        check("device", device, MAX_TEXT);
        check("account", account, MAX_TEXT);
        check("profile", profile, MAX_TEXT);
        check("user", user, MAX_TEXT);
        attributes = checked(attributes);
    }

    /** What is too long may be a secret, and is not repeated. */
    private static void check(String what, @Nullable String text, int most) {
        if (text != null && text.length() > most) {
            throw new InvalidRequestException(
                    what + " must have at most " + most + " characters, but had " + text.length());
        }
    }

    private static Map<String, String> checked(Map<String, String> attributes) {
        if (attributes.isEmpty()) {
            return Map.of();
        }
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new InvalidRequestException(
                    "there must be at most " + MAX_ATTRIBUTES + " attributes, but there were " + attributes.size());
        }
        attributes.forEach((name, value) -> {
            check("an attribute's name", name, MAX_TEXT);
            check("an attribute's value", value, MAX_TEXT);
        });
        return Map.copyOf(attributes);
    }

    /** A request that is answered without details. */
    public Request(
            @Nullable String requestId,
            long timestamp,
            String domain,
            String method,
            String path,
            @Nullable String ip,
            @Nullable String token,
            @Nullable String device,
            @Nullable String account,
            @Nullable String profile,
            @Nullable String user,
            long hits,
            Map<String, String> attributes,
            boolean report,
            int status) {
        this(
                requestId,
                timestamp,
                domain,
                method,
                path,
                ip,
                token,
                device,
                account,
                profile,
                user,
                hits,
                attributes,
                report,
                status,
                false);
    }

    /** The same, to be answered with every limit that was looked at. */
    public Request withDetails() {
        return with(requestId, timestamp, token, hits, report, true);
    }

    /** The same under another id and token. */
    public Request identified(@Nullable String newId, @Nullable String newToken) {
        return with(newId, timestamp, newToken, hits, report, detailed);
    }

    /** The same at another time, in epoch ms. */
    public Request at(long newTimestamp) {
        return with(requestId, newTimestamp, token, hits, report, detailed);
    }

    /** The same as a report: its hits were already admitted. */
    public Request asReport() {
        return with(requestId, timestamp, token, hits, true, detailed);
    }

    private Request with(
            @Nullable String newId,
            long newTimestamp,
            @Nullable String newToken,
            long newHits,
            boolean newReport,
            boolean newDetailed) {
        return new Request(
                newId,
                newTimestamp,
                domain,
                method,
                path,
                ip,
                newToken,
                device,
                account,
                profile,
                user,
                newHits,
                attributes,
                newReport,
                status,
                newDetailed);
    }

    /**
     * The event that tells how this request ended, once that is known: a report of no hits.
     *
     * @param at epoch milliseconds
     * @param responded the response's HTTP status
     */
    public Request outcome(long at, int responded) {
        return new Request(
                null,
                at,
                domain,
                method,
                path,
                ip,
                token,
                device,
                account,
                profile,
                user,
                0,
                attributes,
                true,
                responded);
    }

    /** The same with another number of hits. */
    public Request withHits(long number) {
        return new Request(
                requestId,
                timestamp,
                domain,
                method,
                path,
                ip,
                token,
                device,
                account,
                profile,
                user,
                number,
                attributes,
                report,
                status,
                detailed);
    }
}
