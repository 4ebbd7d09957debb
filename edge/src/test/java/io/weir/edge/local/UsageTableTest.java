package io.weir.edge.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.policy.Limit;
import io.weir.engine.policy.PolicyReader;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UsageTableTest {
    private static final long NOON = 1_767_268_800_000L;
    private static final long KEY = 0x0123_4567_89ab_cdefL;
    private static final int CAPACITY = 32;

    private final Limits limits = new Limits();
    private final UsageTable table = new UsageTable(CAPACITY, limits);

    private Tracked limit(String name, String text) {
        Limit limit = PolicyReader.read("policy", """
                        policy: example
                        rules:
                          - { name: NAME, key: [token], limits: [LIMIT] }
                        """.replace("NAME", name).replace("LIMIT", text))
                .rules()
                .get(0)
                .limits()
                .get(0);
        return Tracked.of(name, limit, Tracked.identity(name, limit), ZoneOffset.UTC, limits);
    }

    private int claim(long key, Tracked limit) {
        return table.claim(
                key,
                limit.number(),
                NOON,
                limit.counter().newCount(NOON),
                limit.counter().newNote(NOON));
    }

    private int find(long key, Tracked limit) {
        return table.find(key, limit.number(), table.home(key));
    }

    private void sweep(long now) {
        table.sweep(now, table.records());
    }

    @Test
    void shouldPutTheLimitsOfAKeySideBySideAndFindAsManyAsThereAre() {
        // Given
        List<Tracked> many = IntStream.range(0, 20)
                .mapToObj(i -> limit("rule-" + i, "5 per minute"))
                .toList();

        // When
        List<Integer> slots = many.stream().map(limit -> claim(KEY, limit)).toList();

        // Then
        assertThat(slots).doesNotHaveDuplicates();
        assertThat(slots.subList(0, UsageTable.PLACES).stream().map(UsageTable::record))
                .containsOnly(table.home(KEY));
        assertThat(many.stream().map(limit -> find(KEY, limit))).isEqualTo(slots);
        assertThat(table.evicted()).isZero();
    }

    @Test
    void shouldForgetALimitThatIsOverAndKeepTheOthersOfItsKey() {
        // Given
        Tracked minute = limit("minute", "5 per minute");
        Tracked day = limit("day", "5 per day");
        int first = claim(KEY, minute);
        int second = claim(KEY, day);

        // When
        sweep(NOON + 60_000 + UsageTable.SLACK_MS - 1);
        boolean known = table.holds(first, KEY, minute.number());
        sweep(NOON + 60_000 + UsageTable.SLACK_MS);

        // Then
        assertThat(known).isTrue();
        assertThat(find(KEY, minute)).isEqualTo(-1);
        assertThat(table.holds(first, KEY, minute.number())).isFalse();
        assertThat(find(KEY, day)).isEqualTo(second);
        assertThat(claim(KEY, limit("another", "5 per hour"))).isEqualTo(first);
    }

    @Test
    void shouldFreeTheRecordOfAKeyWhoseLimitsAreOver() {
        // Given
        Tracked minute = limit("minute", "5 per minute");
        claim(KEY, minute);

        // When
        sweep(NOON + 60_000 + UsageTable.SLACK_MS);

        // Then
        assertThat(table.sweep(NOON, table.records())).isZero();
    }

    @Test
    void shouldMakeRoomByForgettingKeysAndSayHowMany() {
        // Given
        Tracked day = limit("day", "5 per day");

        // When
        long[] keys = LongStream.range(0, 100).map(i -> KEY * (2 * i + 1)).toArray();
        LongStream.of(keys).forEach(key -> claim(key, day));

        // Then
        long known = LongStream.of(keys).filter(key -> find(key, day) >= 0).count();
        assertThat(known).isPositive();
        assertThat(table.evicted()).isEqualTo(100 - known);
        assertThat(find(keys[99], day)).isNotNegative();
    }

    @Test
    void shouldTellLimitsOfTheSameLowerBitsApart() {
        // Given
        long tags = Tags.with(Tags.none(1 << Tags.BITS | 7), 3, 1 << Tags.BITS | 7);

        // Then
        assertThat(Tags.place(tags, 1 << Tags.BITS | 7)).isEqualTo(3);
        assertThat(Tags.place(tags, 7)).isEqualTo(-1);
        assertThat(Tags.free(tags, 7)).isEqualTo(-1);
        assertThat(Tags.free(tags, 1 << Tags.BITS | 8)).isZero();
        assertThat(Tags.limit(tags, 3)).isEqualTo(1 << Tags.BITS | 7);
        assertThat(Tags.limit(tags, 0)).isEqualTo(Limits.NONE);
        assertThat(Tags.empty(tags)).isFalse();
        assertThat(Tags.empty(Tags.without(tags, 3))).isTrue();
    }
}
