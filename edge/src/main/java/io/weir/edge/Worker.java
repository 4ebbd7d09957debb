package io.weir.edge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread of an edge. A failure that is not foreseen is logged and kept, and the step is tried again after a pause:
 * an edge does not take its gateway down.
 */
final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final long PAUSE_MS = 500;

    private final Thread thread;
    private volatile boolean running = true;
    private volatile @Nullable String trouble;

    /** What a worker does again and again; it returns soon when its thread is interrupted. */
    interface Step {
        void run() throws InterruptedException;
    }

    Worker(String name, Step step) {
        this.thread = new Thread(() -> loop(step), name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void loop(Step step) {
        while (running) {
            try {
                step.run();
                trouble = null;
            } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException stop) {
                // Only close() interrupts.
                return;
            } catch (RuntimeException failed) {
                failed(failed);
            }
        }
    }

    private void failed(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.equals(trouble)) {
            LOG.warn("{} goes on after: {}", thread.getName(), message, failure);
        }
        trouble = message;
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException stop) {
            running = false;
        }
    }

    boolean running() {
        return running;
    }

    /** Whether the thread lives. */
    boolean alive() {
        return thread.isAlive();
    }

    /** What went wrong last, or null when the last step went well. */
    @Nullable
    String trouble() {
        return trouble;
    }

    Thread thread() {
        return thread;
    }

    /** Lets the current step end, for at most {@code patience}, then interrupts it. */
    void stop(Duration patience) {
        running = false;
        try {
            thread.join(Math.max(1, patience.toMillis()));
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(CLOSING.toMillis());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop(CLOSING);
    }
}
