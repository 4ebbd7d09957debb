package io.weir.app.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client's address is the rightmost one that nobody trusted vouches for. */
class TrustedProxiesTest {
    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("10.0.0.0/8", "2001:db8:1::/48"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # peer            | X-Forwarded-For                          | client
            198.51.100.7      | ''                                       | 198.51.100.7
            198.51.100.7      | 192.0.2.1                                | 198.51.100.7
            10.1.1.1          | ''                                       | 10.1.1.1
            10.1.1.1          | 192.0.2.1                                | 192.0.2.1
            10.1.1.1          | 203.0.113.9, 192.0.2.1                   | 192.0.2.1
            10.1.1.1          | 203.0.113.9, 192.0.2.1, 10.2.2.2         | 192.0.2.1
            10.1.1.1          | 10.3.3.3, 10.2.2.2                       | 10.3.3.3
            10.1.1.1          | 192.0.2.1, unknown                       | 10.1.1.1
            10.1.1.1          | 192.0.2.1, _hidden, 10.2.2.2             | 10.2.2.2
            10.1.1.1          | 192.0.2.1:4711                           | 192.0.2.1
            10.1.1.1          | '192.0.2.1 , '                           | 10.1.1.1
            2001:db8:1::5     | '[2001:DB8:2::0001]:443'                 | 2001:db8:2::1
            2001:db8:1::5     | 2001:db8:2::1                            | 2001:db8:2::1
            ::ffff:10.1.1.1   | 192.0.2.1                                | 192.0.2.1
            """)
    void shouldBelieveProxiesOnly(String peer, String forwardedFor, String client) {
        assertThat(PROXIES.client(peer, List.of(forwardedFor))).isEqualTo(client);
    }

    @Test
    void shouldReadSeveralLinesAsOne() {
        assertThat(PROXIES.client("10.1.1.1", List.of("203.0.113.9", "192.0.2.1, 10.2.2.2")))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void shouldTellWhichRangeIsNone() {
        assertThatThrownBy(() -> TrustedProxies.of(List.of("10.0.0.0/8", "10.0.0.1/8")))
                .hasMessage("expected the range's first address, 10.0.0.0/8, found '10.0.0.1/8'");
    }
}
