package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.HotEntries.Hot;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HotEntriesTest {
    private final HotEntries entries = new HotEntries();

    @Test
    void shouldFindWhatWasAdded() {
        // When
        Hot one = add("one", 7);
        Hot other = add("other", 7);

        // Then
        assertThat(find("one", 7)).isSameAs(one);
        assertThat(find("other", 7)).isSameAs(other);
        assertThat(find("third", 7)).isNull();
    }

    @Test
    void shouldNotFindWhatWasRemoved() {
        // Given
        add("one", 7);
        Hot other = add("other", 7);
        Hot third = add("third", 7);

        // When
        entries.remove(other);

        // Then
        assertThat(find("other", 7)).isNull();
        assertThat(find("third", 7)).isSameAs(third);
        assertThat(entries.size()).isEqualTo(2);
    }

    @Test
    void shouldGiveOutAsFreshWhatWasChangedWhenItCameAndAsWaitingWhatWasChangedLater() {
        // Given
        Hot fresh = add("fresh", 1);
        Hot known = add("known", 2);
        find("known", 2);

        // When
        entries.changed(fresh);
        entries.changed(fresh);
        entries.changed(known);

        // Then
        assertThat(entries.waiting()).isEqualTo(1);
        assertThat(entries.takeFresh()).isSameAs(fresh);
        assertThat(entries.takeFresh()).isNull();
        assertThat(entries.takeWaiting()).isSameAs(known);
        assertThat(entries.takeWaiting()).isNull();
    }

    @Test
    void shouldNotWriteWhatWasRemoved() {
        // Given
        Hot one = add("one", 1);
        entries.changed(one);

        // When
        entries.remove(one);

        // Then
        assertThat(entries.takeFresh()).isNull();
    }

    @Test
    void shouldKeepWhatIsAskedForAgainAndLetGoWhatIsNot() {
        // Given
        Hot again = add("again", -1);
        find("again", -1);
        add("once", -2);

        // When
        for (int i = 0; i < 10_000; i++) {
            add("t" + i, i);
            entries.evict();
        }

        // Then
        assertThat(find("again", -1)).isSameAs(again);
        assertThat(find("once", -2)).isNull();
        assertThat(entries.size()).isLessThan(1_000);
    }

    @Test
    void shouldUseAnEvictedOneForTheNextKeyWithNothingLeftInIt() {
        // Given
        Hot first = add("first", -1);
        first.usage().keepUntil(5);
        first.usage().windows(3);
        first.place(9);
        Hot now = first;

        // When
        for (int i = 0; now != first || i == 0; i++) {
            now = add("t" + i, i);
            entries.evict();
        }

        // Then
        assertThat(now.usage().keepUntil()).isZero();
        assertThat(now.usage().size()).isZero();
        assertThat(now.place()).isEqualTo(-1);
        assertThat(find("first", -1)).isNull();
    }

    /** Whatever happens, an entry is the one of its key, and what changed is given out or still there. Against a map. */
    @Test
    void shouldNeverLoseAChange() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Long> last = new HashMap<>();
        Map<String, Long> written = new HashMap<>();
        for (int step = 1; step <= 300_000; step++) {
            // Some keys come all the time, most seldom.
            String key = "t" + (random.nextBoolean() ? random.nextInt(50) : random.nextInt(20_000));
            long hash = key.hashCode() & 0xFFF;
            Hot hot = find(key, hash);
            if (hot == null) {
                hot = add(key, hash);
                hot.usage().keepUntil(written.getOrDefault(key, 0L));
            }
            assertThat(hot.usage().keepUntil())
                    .as("seed %s, step %s, key %s", seed, step, key)
                    .isEqualTo(last.getOrDefault(key, 0L));
            if (random.nextInt(100) == 0) {
                entries.remove(hot);
                last.remove(key);
                written.remove(key);
                continue;
            }
            hot.usage().keepUntil(step);
            last.put(key, (long) step);
            entries.changed(hot);
            if (random.nextInt(20) == 0) {
                write(entries::takeFresh, Integer.MAX_VALUE, written);
                write(entries::takeWaiting, random.nextInt(100), written);
                entries.evict();
            }
        }
        write(entries::takeFresh, Integer.MAX_VALUE, written);
        write(entries::takeWaiting, Integer.MAX_VALUE, written);
        assertThat(written).isEqualTo(last);
    }

    private static void write(Supplier<@Nullable Hot> changed, int most, Map<String, Long> written) {
        Hot hot = changed.get();
        for (int i = 1; hot != null && i < most; i++) {
            written.put(
                    new String(hot.key(), StandardCharsets.UTF_8), hot.usage().keepUntil());
            hot = changed.get();
        }
        if (hot != null) {
            written.put(
                    new String(hot.key(), StandardCharsets.UTF_8), hot.usage().keepUntil());
        }
    }

    private Hot add(String key, long hash) {
        return entries.add(hash, key.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable Hot find(String key, long hash) {
        return entries.find(hash, key.getBytes(StandardCharsets.UTF_8));
    }
}
