package io.weir.benchmarks.peer;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.weir.benchmarks.process.Cpu;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Limits on Redis, as a gateway would ask for them: client and server counted, over the same keys as Weir's. */
public final class RedisPeers {
    /** Four fixed windows of one subject: charged if all of them have room. */
    private static final String SCRIPT = """
            local now = tonumber(ARGV[1])
            local keys = {}
            for i = 2, #ARGV, 2 do
              local length = tonumber(ARGV[i])
              local key = KEYS[1] .. ':' .. length .. ':' .. math.floor(now / length)
              keys[i] = key
              if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then return 0 end
            end
            for i = 2, #ARGV, 2 do
              if redis.call('INCR', keys[i]) == 1 then redis.call('PEXPIRE', keys[i], ARGV[i]) end
            end
            return 1
            """;

    private static final String[] LIMITS = {
        "1000", "100", "60000", "600", "3600000", "6000", "86400000", "20000",
    };

    private RedisPeers() {}

    /**
     * What was measured.
     *
     * @param micros CPU time per decision, client and server
     */
    public record Measured(double micros, double perSecond) {}

    /** By a Lua script. */
    public static Measured lua(RedisServer redis, int inFlight, int warmup, int decisions) throws InterruptedException {
        try (StatefulRedisConnection<String, String> connection = redis.client().connect()) {
            String sha = connection.sync().scriptLoad(SCRIPT);
            String[] arguments = new String[1 + LIMITS.length];
            System.arraycopy(LIMITS, 0, arguments, 1, LIMITS.length);
            return run(redis, inFlight, warmup, decisions, key -> {
                String[] mine = arguments.clone();
                mine[0] = Long.toString(System.currentTimeMillis());
                return connection.async().evalsha(sha, ScriptOutputType.INTEGER, new String[] {key}, mine);
            });
        }
    }

    /** By bucket4j, with four bandwidths. */
    public static Measured bucket4j(RedisServer redis, int inFlight, int warmup, int decisions)
            throws InterruptedException {
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(100).refillIntervally(100, Duration.ofSeconds(1)))
                .addLimit(limit -> limit.capacity(600).refillIntervally(600, Duration.ofMinutes(1)))
                .addLimit(limit -> limit.capacity(6_000).refillIntervally(6_000, Duration.ofHours(1)))
                .addLimit(limit -> limit.capacity(20_000).refillIntervally(20_000, Duration.ofDays(1)))
                .build();
        try (StatefulRedisConnection<String, byte[]> connection =
                redis.client().connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
            LettuceBasedProxyManager<String> manager = Bucket4jLettuce.casBasedBuilder(connection)
                    .expirationAfterWrite(
                            ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
                    .build();
            return run(redis, inFlight, warmup, decisions, key -> {
                AsyncBucketProxy bucket = manager.asAsync()
                        .builder()
                        .build("b:" + key, () -> CompletableFuture.completedFuture(configuration));
                return bucket.tryConsumeAndReturnRemaining(1);
            });
        }
    }

    private static Measured run(
            RedisServer redis, int inFlight, int warmup, int decisions, Function<String, CompletionStage<?>> decide)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        double logKeys = Math.log(1_000_000);
        Semaphore free = new Semaphore(inFlight);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long cpu = 0;
        long began = 0;
        for (int i = 0; i < warmup + decisions; i++) {
            if (i == warmup) {
                cpu = Cpu.own() + redis.cpuMicros();
                began = System.nanoTime();
            }
            free.acquire();
            String key = "token-" + ((int) Math.exp(random.nextDouble() * logKeys) - 1);
            decide.apply(key).whenComplete((decided, failed) -> {
                if (failed != null) {
                    failure.set(failed);
                }
                free.release();
            });
        }
        free.acquire(inFlight);
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("expected Redis to decide", failed);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Measured((double) (Cpu.own() + redis.cpuMicros() - cpu) / decisions, decisions / seconds);
    }
}
