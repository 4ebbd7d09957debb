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
        attributes = Map.copyOf(attributes);
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
