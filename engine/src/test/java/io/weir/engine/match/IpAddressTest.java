package io.weir.engine.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
                    192.0.2.1,                               192.0.2.1
                    0.0.0.0,                                 0.0.0.0
                    255.255.255.255,                         255.255.255.255
                    2001:DB8:0:0:1:0:0:1,                    2001:db8::1:0:0:1
                    2001:db8::1,                             2001:db8::1
                    ::,                                      ::
                    ::1,                                     ::1
                    1::,                                     1::
                    1:2:3:4:5:6:7:8,                         1:2:3:4:5:6:7:8
                    1:0:3:4:5:6:7:8,                         1:0:3:4:5:6:7:8
                    ::ffff:192.0.2.1,                        192.0.2.1
                    ::ffff:c000:201,                         192.0.2.1
                    64:ff9b::192.0.2.33,                     64:ff9b::c000:221
                    """)
    void shouldReadEveryFormAndWriteOne(String text, String canonical) {
        assertThat(String.valueOf(IpAddress.parse(text))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                ":",
                ":::",
                "1::2::3",
                "1:2:3",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "::g",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "[::1]",
                "::1%eth0",
                "1.2.3.4:80",
                "::1.2.3",
                "1.2.3.4::",
                "host.example"
            })
    void shouldTellWhatIsNoAddress(String text) {
        assertThat(IpAddress.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    10.0.0.0/8,       10.255.0.1,       true
                    10.0.0.0/8,       11.0.0.1,         false
                    0.0.0.0/0,        8.8.8.8,          true
                    0.0.0.0/0,        ::1,              false
                    192.0.2.1,        192.0.2.1,        true
                    192.0.2.1/32,     192.0.2.2,        false
                    2001:db8::/32,    2001:db8:ffff::1, true
                    2001:db8::/32,    2001:db9::1,      false
                    ::/0,             2001:db9::1,      true
                    2001:db8::/65,    2001:db8::8000:0:0:0, false
                    """)
    void shouldContainTheAddressesOfItsRange(String range, String address, boolean contained) {
        IpAddress parsed = Objects.requireNonNull(IpAddress.parse(address));
        assertThat(Cidr.parse(range).contains(parsed)).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    10.0.0.1/8,    'expected the range''s first address, 10.0.0.0/8, found ''10.0.0.1/8'''
                    10.0.0.0/33,   'expected a prefix length from 0 to 32, found ''10.0.0.0/33'''
                    10.0.0.0/,     'expected a prefix length from 0 to 32, found ''10.0.0.0/'''
                    somewhere,     'expected an address or range like 10.0.0.0/8 or 2001:db8::/32, found ''somewhere'''
                    """)
    void shouldSayWhatIsWrongWithARange(String range, String message) {
        assertThatThrownBy(() -> Cidr.parse(range)).hasMessage(message);
    }
}
