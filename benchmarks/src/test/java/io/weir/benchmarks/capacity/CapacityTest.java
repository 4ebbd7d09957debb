package io.weir.benchmarks.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.benchmarks.Settings;
import org.junit.jupiter.api.Test;

class CapacityTest {
    /** 8 µs per decision, 12 per record, 30 ms per second; so 20 alone, 8.1875 with 64 to a record, 50 at 1,000/s. */
    private static final Model MODEL = Model.of(8.1875, 20, 50);

    private static final Inputs INPUTS = new Inputs(MODEL, Model.of(2, 2, 2), 70, 110, 100, 62, 200, 10);

    @Test
    void shouldFindWhatTheMeasuredFiguresAreMadeOf() {
        assertThat(MODEL.decision()).isEqualTo(8, within(1e-9));
        assertThat(MODEL.record()).isEqualTo(12, within(1e-9));
        assertThat(MODEL.fixed()).isEqualTo(30_000, within(1e-6));
        assertThat(MODEL.cores(20_000, 1)).isEqualTo(0.43, within(1e-9));
    }

    @Test
    void shouldNameTheResourceThatAsksForTheMostBrokers() {
        // Given 2.8 GB/s in three replicas, an hour of which takes 19 TB, on machines of 2 TB and 1 GB/s, used at half
        Rules rules =
                Rules.of(new Settings("use=0.5", "machine.gbit=8", "machine.cores=1000", "machine.disk.mb=100000"));

        // When
        Need need = new Need(INPUTS, rules, 10e6);

        // Then
        assertThat(need.in()).isEqualTo(8.4e9, within(1.0));
        assertThat(need.out()).isEqualTo(5.6e9 + 2.8e9, within(1.0));
        assertThat(need.first()).isEqualTo("room on disk");
        assertThat(need.brokers()).containsEntry("network in", 17);
    }

    @Test
    void shouldSayWhichInputIsMissing() {
        assertThatThrownBy(() -> Inputs.of(new Settings("enforcer.micros=8"), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("enforcer.single.micros");
    }
}
