package io.weir.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;
import org.rocksdb.VectorMemTableConfig;

/**
 * How RocksDB keeps the history of usage: written for each window that closes, in no order, and hardly ever read. What has not
 * been written to a file yet is therefore sorted when it is, or when somebody reads it, and not at each put, which takes a search
 * in memory that no cache holds. Made by Kafka Streams for each store; the others are left as they are.
 */
public final class HistoryStorage implements RocksDBConfigSetter {
    /** Bytes that wait to be written to a file; a query sorts them, some 20,000 reports, in some 10 ms. */
    private static final long BUFFER = 4L << 20;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        if (storeName.startsWith(QuotaTopology.HISTORY_STORE)) {
            options.setMemTableConfig(new VectorMemTableConfig());
            options.setAllowConcurrentMemtableWrite(false);
            options.setWriteBufferSize(BUFFER);
        }
    }

    @Override
    public void close(String storeName, Options options) {}
}
