package io.weir.testkit;

import io.weir.engine.Request;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request being described: {@code get("/x").token("t1").at("2026-01-01T12:00:00Z")}. Each method returns a new one. */
public record TestRequest(
        String method,
        String path,
        Map<String, String> identity,
        Map<String, String> attributes,
        @Nullable String requestId,
        long timestamp,
        long hits,
        boolean report,
        int status) {

    /** A request of any method; its time is the fixture's until {@link #at} gives it one. */
    public static TestRequest request(String method, String path) {
        return new TestRequest(method, path, Map.of(), Map.of(), null, -1, 1, false, 0);
    }

    public static TestRequest get(String path) {
        return request("GET", path);
    }

    public static TestRequest post(String path) {
        return request("POST", path);
    }

    public TestRequest token(String token) {
        return with("token", token);
    }

    public TestRequest ip(String ip) {
        return with("ip", ip);
    }

    public TestRequest device(String device) {
        return with("device", device);
    }

    public TestRequest account(String account) {
        return with("account", account);
    }

    public TestRequest profile(String profile) {
        return with("profile", profile);
    }

    public TestRequest user(String user) {
        return with("user", user);
    }

    private TestRequest with(String name, String value) {
        return new TestRequest(
                method, path, added(identity, name, value), attributes, requestId, timestamp, hits, report, status);
    }

    public TestRequest attribute(String name, String value) {
        return new TestRequest(
                method, path, identity, added(attributes, name, value), requestId, timestamp, hits, report, status);
    }

    public TestRequest id(String id) {
        return new TestRequest(method, path, identity, attributes, id, timestamp, hits, report, status);
    }

    /** @param time ISO-8601 instant, {@code 2026-01-01T12:00:00Z} */
    public TestRequest at(String time) {
        return at(Instant.parse(time).toEpochMilli());
    }

    /** @param epochMs event time in epoch milliseconds */
    public TestRequest at(long epochMs) {
        return new TestRequest(method, path, identity, attributes, requestId, epochMs, hits, report, status);
    }

    public TestRequest hits(long units) {
        return new TestRequest(method, path, identity, attributes, requestId, timestamp, units, report, status);
    }

    /** Makes it a report: hits already admitted, with the response's status or 0. */
    public TestRequest reported(int responseStatus) {
        return new TestRequest(method, path, identity, attributes, requestId, timestamp, hits, true, responseStatus);
    }

    private static Map<String, String> added(Map<String, String> map, String name, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(name, value);
        return Map.copyOf(more);
    }

    Request in(String domain, long otherwiseAt) {
        return new Request(
                requestId,
                timestamp < 0 ? otherwiseAt : timestamp,
                domain,
                method,
                path,
                identity.get("ip"),
                identity.get("token"),
                identity.get("device"),
                identity.get("account"),
                identity.get("profile"),
                identity.get("user"),
                hits,
                attributes,
                report,
                status);
    }
}
