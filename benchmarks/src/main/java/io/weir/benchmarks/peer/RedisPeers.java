package io.weir.benchmarks.peer;

import io.weir.benchmarks.load.Zipf;
import io.weir.benchmarks.process.Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Limits on Redis at full speed, with so many requests on their way at once, over the same keys as Weir's. */
final class RedisPeers {
    private static final long MAX_MICROS = TimeUnit.SECONDS.toMicros(60);
    private static final Zipf KEYS = new Zipf(1_000_000);

    private RedisPeers() {}

    /**
     * What was measured.
     *
     * @param micros CPU time per decision, client and server
     * @param latency of a request, in microseconds
     */
    record Measured(double micros, double perSecond, Histogram latency) {}

    /**
     * Measures.
     *
     * @param async one caller that does not wait, else as many callers as are in flight, each of which does
     */
    static Measured run(
            RedisServer redis, RedisLimiter limiter, boolean async, int inFlight, int warmupSeconds, int seconds)
            throws InterruptedException, ExecutionException {
        load(limiter, async, inFlight, warmupSeconds);
        long cpu = Cpu.own() + redis.cpuMicros();
        long began = System.nanoTime();
        Histogram latency = load(limiter, async, inFlight, seconds);
        double took = (System.nanoTime() - began) / 1e9;
        double micros = Cpu.own() + redis.cpuMicros() - cpu;
        long decisions = latency.getTotalCount();
        return new Measured(micros / decisions, decisions / took, latency);
    }

    private static Histogram load(RedisLimiter limiter, boolean async, int inFlight, int seconds)
            throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Histogram latency = new ConcurrentHistogram(MAX_MICROS, 3);
        if (async) {
            oneCaller(limiter, inFlight, end, latency);
        } else {
            callers(limiter, inFlight, end, latency);
        }
        return latency;
    }

    private static void oneCaller(RedisLimiter limiter, int inFlight, long end, Histogram latency)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        Semaphore free = new Semaphore(inFlight);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        while (System.nanoTime() < end) {
            free.acquire();
            long began = System.nanoTime();
            limiter.async().apply(key(random)).whenComplete((decided, failed) -> {
                record(latency, began);
                if (failed != null) {
                    failure.set(failed);
                }
                free.release();
            });
        }
        free.acquire(inFlight);
        if (failure.get() != null) {
            throw new IllegalStateException("expected Redis to decide", failure.get());
        }
    }

    private static void callers(RedisLimiter limiter, int callers, long end, Histogram latency)
            throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            AtomicLong seeds = new AtomicLong();
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                all.add(threads.submit(() -> {
                    SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
                    while (System.nanoTime() < end) {
                        long began = System.nanoTime();
                        limiter.sync().accept(key(random));
                        record(latency, began);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String key(SplittableRandom random) {
        return "token-" + Integer.toString(KEYS.next(random), 36);
    }

    private static void record(Histogram latency, long began) {
        latency.recordValue(Math.min(MAX_MICROS, (System.nanoTime() - began) / 1_000));
    }
}
