package io.weir.edge;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A ring that many threads put into and one takes from, without locks: who comes when it is full is told so at once.
 *
 * <p>A place is claimed by moving {@code tail} and is free as long as it holds null. The one taker frees places in order,
 * so a claimed place is free when {@code tail - head} was below the capacity.
 */
final class BoundedQueue<T> {
    private final AtomicReferenceArray<@Nullable T> places;
    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /** @param capacity a power of two */
    BoundedQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, but was " + capacity);
        }
        this.places = new AtomicReferenceArray<>(capacity);
        this.mask = capacity - 1;
    }

    /** Puts an element in, or returns false when there is no room. Any thread. */
    boolean offer(T element) {
        long at = tail.get();
        while (at - head.get() <= mask) {
            if (tail.compareAndSet(at, at + 1)) {
                places.setRelease((int) at & mask, element);
                return true;
            }
            at = tail.get();
        }
        return false;
    }

    /** Takes the oldest element out, or returns null when there is none that is wholly in. One thread only. */
    @Nullable
    T poll() {
        long at = head.get();
        T element = places.getAcquire((int) at & mask);
        if (element != null) {
            places.setPlain((int) at & mask, null);
            head.setRelease(at + 1);
        }
        return element;
    }

    /** About how many elements are in. */
    int size() {
        return (int) Math.max(0, tail.get() - head.get());
    }

    boolean isEmpty() {
        return size() == 0;
    }
}
