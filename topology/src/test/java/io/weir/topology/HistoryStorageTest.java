package io.weir.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

class HistoryStorageTest {
    private static final int REPORTS = 30_000;

    private static Options options(String store) {
        Options options = new Options().setCreateIfMissing(true);
        new HistoryStorage().setConfig(store, options, Map.of());
        return options;
    }

    /** As much as is written to a file, and as much as is not. */
    @Test
    void shouldFindWhatWasPutLastInOrder(@TempDir Path folder) throws RocksDBException {
        // Given
        List<Integer> keys = new ArrayList<>(IntStream.range(0, REPORTS).boxed().toList());
        Collections.shuffle(keys, new Random(1));

        // When
        try (Options options = options("usage-history.0");
                RocksDB store = RocksDB.open(options, folder.toString())) {
            for (String value : List.of("open, and so long that a file is written: " + "-".repeat(150), "closed")) {
                for (int key : keys) {
                    store.put(key(key), value.getBytes(UTF_8));
                }
            }

            // Then
            assertThat(store.getProperty("rocksdb.total-sst-files-size")).isNotEqualTo("0");
            assertThat(store.getProperty("rocksdb.num-entries-active-mem-table"))
                    .isNotEqualTo("0");
            try (RocksIterator stored = store.newIterator()) {
                int found = 0;
                for (stored.seekToFirst(); stored.isValid(); stored.next()) {
                    assertThat(stored.key()).isEqualTo(key(found++));
                    assertThat(stored.value()).asString(UTF_8).isEqualTo("closed");
                }
                assertThat(found).isEqualTo(REPORTS);
            }
        }
    }

    private static byte[] key(int key) {
        return String.format("example|per-token|minute|token-%06d", key).getBytes(UTF_8);
    }

    @Test
    void shouldLeaveOtherStoresAsTheyAre() {
        try (Options history = options("usage-history.0");
                Options usage = options("usage")) {
            assertThat(history.memTableFactoryName()).isEqualTo("VectorRepFactory");
            assertThat(usage.memTableFactoryName()).isEqualTo("SkipListFactory");
        }
    }

    @Test
    void shouldBeWhatEnforcersAreGivenUnlessToldOtherwise() {
        String setting = StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG;
        EnforcerConfig config = EnforcerConfig.of("localhost:9092", Path.of("state"), Map.of());
        EnforcerConfig other =
                EnforcerConfig.of("localhost:9092", Path.of("state"), Map.of("kafka." + setting, "com.example.Other"));

        assertThat(config.streams()).containsEntry(setting, HistoryStorage.class);
        assertThat(other.streams()).containsEntry(setting, "com.example.Other");
    }
}
