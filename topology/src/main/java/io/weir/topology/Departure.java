package io.weir.topology;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The end of a streams client, which leaves its group however it ends, so that others have its partitions at once and it can
 * start again at once. Left to itself, a client that fails stays a member until its session is over, 45 s by default, and
 * holds up everybody who joins. For many threads.
 */
public final class Departure {
    private final KafkaStreams streams;

    /** Held by who ends the client: a failing stream thread must not wait for one that waits for it. */
    private final ReentrantLock ending = new ReentrantLock();

    public Departure(KafkaStreams streams) {
        this.streams = streams;
    }

    private boolean end(Duration patience) {
        return streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(patience));
    }

    /** Begins to end and does not wait, nor does anything where somebody has begun: for a stream thread that fails. */
    public void begin() {
        if (ending.tryLock()) {
            try {
                var unused = end(Duration.ZERO);
            } finally {
                ending.unlock();
            }
        }
    }

    /** Finishes what is being processed, commits, leaves and ends; returns whether it did in that time. */
    public boolean complete(Duration patience) {
        ending.lock();
        try {
            return end(patience);
        } finally {
            ending.unlock();
        }
    }
}
