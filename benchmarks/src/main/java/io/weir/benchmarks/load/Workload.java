package io.weir.benchmarks.load;

import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.avro.RequestEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Requests to be decided, the same for the same seed.
 *
 * @param policy {@code one} limit, {@code two} or {@code four} windows, or {@code vendors}: the five shipped policies, evenly; or the
 *     name of one of them
 * @param keys how many subjects there are
 * @param zipf whether the k-th subject comes with a frequency of 1/k; else all are equally frequent
 * @param eventsPerSecond how fast event time goes
 */
public record Workload(String policy, int keys, boolean zipf, int eventsPerSecond) {
    private static final long BEGIN = 1_700_000_000_000L;

    /** Whose policies are shipped. */
    public static final List<String> VENDORS = List.of("hexnode", "hexagraph", "tagoio", "onboardinghub", "nexudus");

    /** The policies' documents by file name. */
    public List<String> documents() {
        return switch (policy) {
            case "one" -> List.of(document("[" + count(600) + " per minute]"));
            case "two" -> List.of(document("[" + count(600) + " per minute, " + count(20_000) + " per day]"));
            case "four" ->
                List.of(document("[" + count(100) + " per second, " + count(600) + " per minute, " + count(6_000)
                        + " per hour, " + count(20_000) + " per day]"));
            case "vendors" -> VENDORS.stream().map(Workload::shipped).toList();
            default -> {
                if (!VENDORS.contains(policy)) {
                    throw new IllegalArgumentException(
                            "expected one, two, four, vendors or one of " + VENDORS + ", found '" + policy + "'");
                }
                yield List.of(shipped(policy));
            }
        };
    }

    /** Which domain the n-th request is of. */
    private String domain(long n) {
        if (policy.equals("vendors")) {
            return VENDORS.get((int) (n % VENDORS.size()));
        }
        return VENDORS.contains(policy) ? policy : "example";
    }

    /** On uniform keys nothing is to be denied: the honest worst case, where every decision changes state. */
    private long count(long limit) {
        return zipf ? limit : limit * 1_000_000;
    }

    private static String document(String limits) {
        return "policy: example\nrules:\n  - name: per-token\n    key: [token]\n    limits: " + limits + "\n";
    }

    private static String shipped(String vendor) {
        Path file = Path.of("policies", vendor + ".yaml");
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("expected to run in the project's folder", unreadable);
        }
    }

    /** The policies. */
    public List<Policy> policies() {
        return documents().stream()
                .map(document -> PolicyReader.read("policy", document))
                .toList();
    }

    /** The stream of events. */
    public Stream stream(long seed) {
        return new Stream(this, seed);
    }

    /** An endless stream of events, in order of event time. For one thread. */
    public static final class Stream {
        private final Workload workload;
        private final SplittableRandom random;
        private final Zipf zipf;
        private long made;

        private Stream(Workload workload, long seed) {
            this.workload = workload;
            this.random = new SplittableRandom(seed);
            this.zipf = new Zipf(workload.keys);
        }

        /** The next event. */
        public RequestEvent next() {
            return next(BEGIN + made * 1000 / workload.eventsPerSecond);
        }

        private RequestEvent next(long timestamp) {
            return event(key(), timestamp, "request-" + Long.toString(made, 36));
        }

        /** The next event, at a time (epoch ms) and with an id of the caller's. */
        public RequestEvent next(long timestamp, String id) {
            return event(key(), timestamp, id);
        }

        private int key() {
            return workload.zipf ? zipf.next(random) : random.nextInt(workload.keys);
        }

        /** The next event, of a subject of the caller's choice. */
        RequestEvent of(int key) {
            return of(key, BEGIN + made * 1000 / workload.eventsPerSecond);
        }

        /** The next event, of a subject and at a time of the caller's choice. */
        RequestEvent of(int key, long timestamp) {
            return event(key, timestamp, "request-" + Long.toString(made, 36));
        }

        private RequestEvent event(int key, long timestamp, String requestId) {
            long n = made++;
            String domain = workload.domain(n);
            boolean vendor = !domain.equals("example");
            RequestEvent.Builder event = RequestEvent.newBuilder()
                    .setRequestId(requestId)
                    .setTimestamp(timestamp)
                    .setDomain(domain)
                    .setMethod(vendor && n % 5 == 0 ? "POST" : "GET")
                    .setPath(path(domain, n));
            String id = Integer.toString(key, 36);
            String ip = "10." + (key >>> 16 & 255) + "." + (key >>> 8 & 255) + "." + (key & 255);
            switch (domain) {
                case "hexnode" -> event.setAccount("account-" + id).setAttributes(Map.of("devices", "100"));
                case "hexagraph" -> event.setIp(ip);
                case "tagoio" -> event.setProfile("profile-" + id).setAttributes(Map.of("plan", "free"));
                case "onboardinghub" -> event.setToken("token-" + id).setIp(ip);
                default -> event.setToken("token-" + id);
            }
            return event.build();
        }

        private static String path(String domain, long n) {
            return switch (domain) {
                case "hexnode" -> "/api/v1/devices/" + n % 1000 + "/";
                case "hexagraph" -> "/api/v1/graph";
                case "tagoio" -> n % 2 == 0 ? "/data" : "/device/" + n % 1000;
                case "onboardinghub" -> "/api/v1/guides/" + n % 100;
                case "nexudus" -> "/api/spaces/coworkers/" + n % 1000;
                default -> "/api/v1/guides/7";
            };
        }
    }
}
