package io.weir.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.InvalidRequestException;
import io.weir.schemas.Contract;
import io.weir.schemas.Contracts;
import io.weir.schemas.UndecodableException;
import io.weir.testkit.Fuzz;
import io.weir.wire.Conversions;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Bytes are a record, and the same again when written, or undecodable; a lying length costs no memory. */
class ContractFuzzTest {
    private static final List<byte[]> RECORDS = Corpus.records("records.txt");

    private static Fuzz fuzz() {
        return Fuzz.of("record", RECORDS).allocating(1 << 20, 300);
    }

    @Test
    void shouldReadRequestsOrSayWhatTheyAreNot() {
        fuzz().run(30_000, bytes -> {
            try {
                Contracts.requests(bytes).forEach(event -> {
                    again(Contracts.REQUEST, event);
                    try {
                        assertThat(Conversions.request(event).domain()).isEqualTo(event.getDomain());
                    } catch (InvalidRequestException refused) {
                        assertThat(refused).hasMessageContaining("must ");
                    }
                });
            } catch (UndecodableException refused) {
                assertThat(refused).hasMessageStartingWith("expected ");
            }
        });
    }

    @Test
    void shouldReadDecisionsOrSayWhatTheyAreNot() {
        fuzz().run(20_000, bytes -> {
            try {
                Contracts.decisions(bytes).forEach(event -> {
                    again(Contracts.DECISION, event);
                    assertThat(Conversions.decision(event).domain()).isEqualTo(event.getDomain());
                });
            } catch (UndecodableException refused) {
                assertThat(refused).hasMessageStartingWith("expected ");
            }
        });
    }

    @Test
    void shouldReadEveryOtherRecordOrSayWhatItIsNot() {
        List<Contract<?>> contracts = List.of(
                Contracts.VISIT,
                Contracts.POLICY,
                Contracts.ENTITY,
                Contracts.BLOCK,
                Contracts.USAGE,
                Contracts.DEAD_LETTER);
        fuzz().run(20_000, bytes -> contracts.forEach(contract -> read(contract, bytes)));
    }

    private static <T extends SpecificRecord> void read(Contract<T> contract, byte[] bytes) {
        try {
            again(contract, contract.decode(bytes));
        } catch (UndecodableException refused) {
            assertThat(refused).hasMessageStartingWith("expected ");
        }
    }

    private static <T extends SpecificRecord> void again(Contract<T> contract, T value) {
        assertThat(contract.decode(contract.encode(value))).isEqualTo(value);
    }
}
