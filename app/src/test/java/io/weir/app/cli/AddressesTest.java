package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Addresses on the command line. */
class AddressesTest {
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            written,        is
            127.0.0.1:8090, 127.0.0.1:8090
            0.0.0.0:0,      0.0.0.0:0
            :8080,          0.0.0.0:8080
            [::1]:80,       [0:0:0:0:0:0:0:1]:80
            """)
    void shouldReadWhatUsersWrite(String written, String is) {
        assertThat(Addresses.text(new Addresses().convert(written))).isEqualTo(is);
    }

    @Test
    void shouldListenEverywhereWithoutAHost() {
        // When
        InetSocketAddress address = new Addresses().convert(":8080");

        // Then
        assertThat(address.getAddress().isAnyLocalAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "8080", "host", "host:", "host:x", "host:65536", "::1:80", "[]:80"})
    void shouldSayWhatItExpects(String written) {
        assertThatThrownBy(() -> new Addresses().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("expected HOST:PORT like 127.0.0.1:8090")
                .hasMessageEndingWith("found '" + written + "'");
    }
}
