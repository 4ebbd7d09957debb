package io.weir.benchmarks.load;

import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import io.weir.schemas.avro.RequestEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Requests to be decided, the same for the same seed.
 *
 * @param policy {@code one} limit, {@code two} or {@code four} windows, or {@code vendors}: the five shipped policies, evenly
 * @param keys how many subjects there are
 * @param zipf whether the k-th subject comes with a frequency of 1/k; else all are equally frequent
 * @param eventsPerSecond how fast event time goes
 */
public record Workload(String policy, int keys, boolean zipf, int eventsPerSecond) {
    private static final long BEGIN = 1_700_000_000_000L;
    private static final String[] VENDORS = {"hexnode", "hexagraph", "tagoio", "onboardinghub", "nexudus"};

    /** The policies' documents by file name. */
    public List<String> documents() {
        return switch (policy) {
            case "one" -> List.of(document("[" + count(600) + " per minute]"));
            case "two" -> List.of(document("[" + count(600) + " per minute, " + count(20_000) + " per day]"));
            case "four" ->
                List.of(document("[" + count(100) + " per second, " + count(600) + " per minute, " + count(6_000)
                        + " per hour, " + count(20_000) + " per day]"));
            case "vendors" -> {
                List<String> documents = new ArrayList<>();
                for (String vendor : VENDORS) {
                    documents.add(read(Path.of("policies", vendor + ".yaml")));
                }
                yield documents;
            }
            default -> throw new IllegalArgumentException("expected one, two, four or vendors, found '" + policy + "'");
        };
    }

    /** On uniform keys nothing is to be denied: the honest worst case, where every decision changes state. */
    private long count(long limit) {
        return zipf ? limit : limit * 1_000_000;
    }

    private static String document(String limits) {
        return "policy: example\nrules:\n  - name: per-token\n    key: [token]\n    limits: " + limits + "\n";
    }

    private static String read(Path file) {
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
        private final double logKeys;
        private long made;

        private Stream(Workload workload, long seed) {
            this.workload = workload;
            this.random = new SplittableRandom(seed);
            this.logKeys = Math.log(workload.keys);
        }

        /** The next event. */
        public RequestEvent next() {
            return next(BEGIN + made * 1000 / workload.eventsPerSecond);
        }

        /** The next event, at a time of the caller's, in epoch ms. */
        public RequestEvent next(long timestamp) {
            int key = workload.zipf ? (int) Math.exp(random.nextDouble() * logKeys) - 1 : random.nextInt(workload.keys);
            return event(key, timestamp);
        }

        /** The next event, of a subject of the caller's choice. */
        RequestEvent of(int key) {
            return event(key, BEGIN + made * 1000 / workload.eventsPerSecond);
        }

        private RequestEvent event(int key, long timestamp) {
            long n = made++;
            boolean vendors = workload.policy.equals("vendors");
            String domain = vendors ? VENDORS[(int) (n % VENDORS.length)] : "example";
            String path = vendors ? path(domain, n) : "/api/v1/guides/7";
            RequestEvent.Builder event = RequestEvent.newBuilder()
                    .setRequestId("request-" + Long.toString(n, 36))
                    .setTimestamp(timestamp)
                    .setDomain(domain)
                    .setMethod(n % 5 == 0 && vendors ? "POST" : "GET")
                    .setPath(path);
            String id = Integer.toString(key, 36);
            String ip = "10." + (key >>> 16 & 255) + "." + (key >>> 8 & 255) + "." + (key & 255);
            switch (domain) {
                case "hexnode" -> event.setAccount("account-" + id);
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
                default -> "/api/spaces/coworkers/" + n % 1000;
            };
        }
    }
}
