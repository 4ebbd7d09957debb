package io.weir.app.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: asks the command to end, and keeps the program alive until it has. */
final class Interruption implements AutoCloseable {
    private static final long ENDING_S = 40;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::ask, "interruption");

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void ask() {
        asked.countDown();
        try {
            boolean unused = ended.await(ENDING_S, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    boolean requested() {
        return asked.getCount() == 0;
    }

    /** Waits for it, at most so many ms. */
    void await(long ms) throws InterruptedException {
        boolean unused = asked.await(ms, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
