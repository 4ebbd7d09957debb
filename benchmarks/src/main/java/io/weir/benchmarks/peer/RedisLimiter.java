package io.weir.benchmarks.peer;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Limits on Redis, as a gateway would ask for them, over one connection that all callers share: four of one subject, charged if
 * all have room. What was counted before is gone. For many threads.
 *
 * @param sync decides a request of a subject and returns when that is done
 * @param async the same without waiting
 */
record RedisLimiter(
        StatefulConnection<?, ?> connection, Consumer<String> sync, Function<String, CompletionStage<?>> async)
        implements AutoCloseable {
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

    /** Fixed windows by a script that runs on the server. */
    static RedisLimiter lua(RedisServer redis) {
        StatefulRedisConnection<String, String> connection = redis.client().connect();
        connection.sync().flushall();
        String sha = connection.sync().scriptLoad(SCRIPT);
        return new RedisLimiter(
                connection,
                key -> connection.sync().evalsha(sha, ScriptOutputType.INTEGER, new String[] {key}, arguments()),
                key -> connection.async().evalsha(sha, ScriptOutputType.INTEGER, new String[] {key}, arguments()));
    }

    private static String[] arguments() {
        String[] arguments = new String[1 + LIMITS.length];
        System.arraycopy(LIMITS, 0, arguments, 1, LIMITS.length);
        arguments[0] = Long.toString(System.currentTimeMillis());
        return arguments;
    }

    /** Bandwidths by bucket4j, which reads a bucket and writes it back if nobody else has. */
    static RedisLimiter bucket4j(RedisServer redis) {
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(100).refillIntervally(100, Duration.ofSeconds(1)))
                .addLimit(limit -> limit.capacity(600).refillIntervally(600, Duration.ofMinutes(1)))
                .addLimit(limit -> limit.capacity(6_000).refillIntervally(6_000, Duration.ofHours(1)))
                .addLimit(limit -> limit.capacity(20_000).refillIntervally(20_000, Duration.ofDays(1)))
                .build();
        StatefulRedisConnection<String, byte[]> connection =
                redis.client().connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        connection.sync().flushall();
        LettuceBasedProxyManager<String> manager = Bucket4jLettuce.casBasedBuilder(connection)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
                .build();
        return new RedisLimiter(
                connection,
                key -> manager.builder().build("b:" + key, () -> configuration).tryConsumeAndReturnRemaining(1),
                key -> manager.asAsync()
                        .builder()
                        .build("b:" + key, () -> CompletableFuture.completedFuture(configuration))
                        .tryConsumeAndReturnRemaining(1));
    }

    @Override
    public void close() {
        connection.close();
    }
}
