package io.weir.app.demo;

import io.weir.engine.Entity;
import io.weir.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Made-up traffic over the five shipped policies, the same for the same seed.
 *
 * <p>Each API has 2,000 clients of Zipf popularity (exponent 0.7): at 500 requests a second most stay within their
 * limits and the busiest few are throttled. One request in six comes from one of three abusers of its API, at 500 a second
 * about 330 a minute each, who are throttled and, where the policy blocks, blocked. Not for several threads.
 */
public final class Traffic {
    private static final int CLIENTS = 2_000;
    private static final int ABUSERS = 3;
    private static final int ONE_ABUSE_IN = 6;
    private static final int BIG_PROFILES = 40;

    private final SplittableRandom random;
    private final Zipf clients = new Zipf(CLIENTS, 0.7);
    private final long startMs;
    private final long perSecond;
    private long made;

    /**
     * @param startMs event time of the first request, epoch ms
     * @param perSecond requests per second of event time, 1 or more
     */
    public Traffic(long seed, long startMs, long perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("requests per second must be 1 or more, but was " + perSecond);
        }
        this.random = new SplittableRandom(seed);
        this.startMs = startMs;
        this.perSecond = perSecond;
    }

    /** The next request; there is always one. Timestamps never go back. */
    public Request next() {
        long number = made++;
        Api api = Api.ALL.get(random.nextInt(Api.ALL.size()));
        boolean abuse = random.nextInt(ONE_ABUSE_IN) == 0;
        int client = abuse ? CLIENTS + random.nextInt(ABUSERS) : clients.next(random);
        Endpoint endpoint = api.endpoints().get(random.nextInt(api.endpoints().size()));
        return new Request(
                "t" + number,
                startMs + number * 1_000 / perSecond,
                api.domain(),
                endpoint.method(),
                endpoint.path(random),
                address(client),
                (abuse ? "abuser-" : "token-") + client,
                "device-" + (client * 3 + random.nextInt(3)),
                "account-" + client,
                "profile-" + client,
                null,
                1,
                Map.of(),
                false,
                0);
    }

    /** Accounts with their managed devices and profiles with their plans: what the policies ask about the clients. */
    public List<Entity> entities() {
        List<Entity> entities = new ArrayList<>();
        for (int client = 0; client < CLIENTS + ABUSERS; client++) {
            String devices = Integer.toString(5 + client * 7 % 120);
            entities.add(new Entity("account", "account-" + client, Map.of("devices", devices), Map.of()));
            entities.add(new Entity("profile", "profile-" + client, Map.of("plan", plan(client)), Map.of()));
        }
        return entities;
    }

    private static String plan(int client) {
        if (client < BIG_PROFILES) {
            return client % 2 == 0 ? "scale" : "starter";
        }
        return client % 10 == 0 ? "starter" : "free";
    }

    /** One client in eight speaks IPv6; the ranges are those set aside for benchmarks and documentation. */
    private static String address(int client) {
        return client % 8 == 7
                ? "2001:db8:" + Integer.toHexString(client) + "::1"
                : "198.18." + client / 250 + "." + (client % 250 + 1);
    }
}
