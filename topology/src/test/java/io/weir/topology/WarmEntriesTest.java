package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WarmEntriesTest {
    private final Map<String, String> saved = new HashMap<>();
    private final WarmEntries entries = new WarmEntries(1_000, this::save);

    @Test
    void shouldFindWhatWasPut() {
        // When
        put("t1", "one", true);
        put("t2", "two", true);

        // Then
        assertThat(get("t1")).isEqualTo("one");
        assertThat(get("t2")).isEqualTo("two");
        assertThat(get("t3")).isNull();
    }

    @Test
    void shouldReplaceTheValueUnderAKey() {
        // Given
        put("t1", "one", true);

        // When
        put("t1", "two", true);

        // Then
        assertThat(get("t1")).isEqualTo("two");
        assertThat(entries.size()).isEqualTo(1);
    }

    @Test
    void shouldTellKeysOfOneHashApart() {
        // Given
        byte[] one = bytes("one");
        byte[] other = bytes("other");

        // When
        entries.put(7, one, bytes("1"), true);
        entries.put(7, other, bytes("2"), true);

        // Then
        assertThat(entries.get(7, one)).isEqualTo(bytes("1"));
        assertThat(entries.get(7, other)).isEqualTo(bytes("2"));
    }

    @Test
    void shouldForgetWhatIsRemoved() {
        // Given
        put("t1", "one", false);

        // When
        entries.remove(WarmEntries.hash(bytes("t1")), bytes("t1"));

        // Then
        assertThat(get("t1")).isNull();
        entries.saveAll(this::save);
        assertThat(saved).isEmpty();
    }

    @Test
    void shouldSaveWhatIsUnsavedOnce() {
        // Given
        put("t1", "one", false);
        put("t2", "two", true);

        // When
        entries.saveAll(this::save);

        // Then
        assertThat(saved).containsOnly(Map.entry("t1", "one"));
        saved.clear();
        entries.saveAll(this::save);
        assertThat(saved).isEmpty();
    }

    @Test
    void shouldPutAtARememberedPlaceOnlyWhatStillStandsThere() {
        // Given
        byte[] one = bytes("one");
        long hash = WarmEntries.hash(one);
        int place = entries.put(hash, one, bytes("1"), true);
        entries.remove(hash, one);
        entries.put(hash, bytes("other"), bytes("2"), true);

        // When
        entries.put(place, hash, one, bytes("3"), true);

        // Then
        assertThat(entries.get(hash, one)).isEqualTo(bytes("3"));
        assertThat(entries.get(hash, bytes("other"))).isEqualTo(bytes("2"));
    }

    @Test
    void shouldSaveWhatMakesRoom() {
        // When
        for (int i = 0; i < 100_000; i++) {
            put("t" + i, "v" + i, false);
        }

        // Then
        assertThat(entries.size()).isBetween(900, 1_000);
        assertThat(saved).hasSize(100_000 - entries.size());
    }

    /** What is here is the last value put; what is not has been saved with its last value. Against two maps. */
    @Test
    void shouldNeverLoseAChange() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> last = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            String key = "token-" + Integer.toString(random.nextInt(5_000), 36);
            String there = get(key);
            assertThat(there == null ? saved.get(key) : there)
                    .as("seed %s, step %s, key %s", seed, i, key)
                    .isEqualTo(last.get(key));
            if (random.nextInt(50) == 0) {
                entries.remove(WarmEntries.hash(bytes(key)), bytes(key));
                saved.remove(key);
                last.remove(key);
            } else if (random.nextInt(1_000) == 0) {
                entries.saveAll(this::save);
            } else {
                put(key, "v" + i, false);
                last.put(key, "v" + i);
            }
        }
        entries.saveAll(this::save);
        assertThat(saved).isEqualTo(last);
    }

    private void put(String key, String value, boolean asSaved) {
        entries.put(WarmEntries.hash(bytes(key)), bytes(key), bytes(value), asSaved);
    }

    private @Nullable String get(String key) {
        byte[] value = entries.get(WarmEntries.hash(bytes(key)), bytes(key));
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private void save(byte[] key, byte[] value) {
        saved.put(new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
