package io.weir.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import io.weir.testkit.Fuzz;
import org.junit.jupiter.api.Test;

/** Addresses and ranges of any text are read, and read the same again as they print, or are none. */
class AddressFuzzTest {
    private static Fuzz fuzz() {
        return Fuzz.ofTexts("address", Corpus.lines("addresses.txt"))
                .words(":", "::", ".", "/", "0", "255", "256", "ffff", "%eth0", "[", "]", "\u0660", "0x1", " ")
                .allocating(1 << 20, 100);
    }

    @Test
    void shouldReadAnAddressOrNone() {
        fuzz().runTexts(40_000, text -> {
            IpAddress address = IpAddress.parse(text);
            if (address != null) {
                assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
                assertThat(address.prefix(128)).isEqualTo(address);
                assertThat(IpAddress.parse(address.prefix(48).toString())).isEqualTo(address.prefix(48));
            }
        });
    }

    @Test
    void shouldReadARangeOrSayWhatItIsNot() {
        fuzz().runTexts(40_000, text -> {
            try {
                Cidr range = Cidr.parse(text);
                assertThat(range.contains(range.network())).isTrue();
                assertThat(Cidr.parse(range.toString())).isEqualTo(range);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("expected ");
            }
        });
    }
}
