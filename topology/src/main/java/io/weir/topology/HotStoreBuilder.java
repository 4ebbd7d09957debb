package io.weir.topology;

import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Builds a {@link HotStore} around a store of bytes.
 *
 * @param logConfig of the changelog, which the hot store writes, not the one below
 */
record HotStoreBuilder(
        StoreBuilder<KeyValueStore<Bytes, byte[]>> bytes,
        Map<String, String> logConfig,
        Function<KeyValueStore<Bytes, byte[]>, HotStore> above)
        implements StoreBuilder<KeyValueStore<String, byte[]>> {
    @Override
    public KeyValueStore<String, byte[]> build() {
        return above.apply(bytes.build());
    }

    @Override
    public StoreBuilder<KeyValueStore<String, byte[]>> withCachingEnabled() {
        throw new UnsupportedOperationException("this store is a cache itself");
    }

    @Override
    public StoreBuilder<KeyValueStore<String, byte[]>> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<String, byte[]>> withLoggingEnabled(Map<String, String> config) {
        return new HotStoreBuilder(bytes, config, above);
    }

    @Override
    public StoreBuilder<KeyValueStore<String, byte[]>> withLoggingDisabled() {
        throw new UnsupportedOperationException("this store writes its changelog itself, always");
    }

    @Override
    public Map<String, String> logConfig() {
        return logConfig;
    }

    @Override
    public boolean loggingEnabled() {
        return true;
    }

    @Override
    public String name() {
        return bytes.name();
    }
}
