package io.weir.edge.local;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The plans of the routes asked for most lately, one place for each hash: a plan that is not there is made and takes it. A
 * client that sends ever new paths costs about a microsecond for each, and what is kept is bounded. Any thread.
 */
final class RouteCache {
    /** Places; a plan takes about 500 bytes beside its path. */
    static final int PLACES = 4096;

    /** Longer paths are not kept. */
    private static final int MAX_LENGTH = 512;

    private final AtomicReferenceArray<@Nullable RoutePlan> places = new AtomicReferenceArray<>(PLACES);
    private final EdgePolicy policy;
    private final boolean withQuery;

    /** @param withQuery whether a rule looks at the query */
    RouteCache(EdgePolicy policy, boolean withQuery) {
        this.policy = policy;
        this.withQuery = withQuery;
    }

    /** Whether the path's first {@code length} characters are these; all of it is compared some bytes at a time. */
    private static boolean begins(String path, int length, String text) {
        return length == path.length() ? path.equals(text) : length == text.length() && path.startsWith(text);
    }

    RoutePlan plan(String method, String path) {
        int length = path.length();
        if (!withQuery) {
            int question = path.indexOf('?');
            length = question < 0 ? length : question;
        }
        int place = (int) (Hash.of(path, length, method.hashCode()) >>> 32) & (PLACES - 1);
        RoutePlan known = places.getAcquire(place);
        if (known != null
                && begins(path, length, known.text())
                && known.method().equals(method)) {
            return known;
        }
        RoutePlan made = RoutePlan.of(policy, method, path.substring(0, length));
        if (length <= MAX_LENGTH) {
            places.setRelease(place, made);
        }
        return made;
    }
}
