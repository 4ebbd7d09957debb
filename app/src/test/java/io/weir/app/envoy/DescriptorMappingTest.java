package io.weir.app.envoy;

import static io.weir.app.envoy.EnvoyFixture.descriptor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Request;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorMappingTest {
    private static Request request(List<String> configured, String... entries) {
        return DescriptorMapping.of(configured)
                .request("example", descriptor(entries).build(), 1, 0);
    }

    private static Map<String, String> told(Request request) {
        String all = "method=" + request.method() + ",path=" + request.path() + ",ip=" + request.ip() + ",token="
                + request.token() + ",account=" + request.account() + ",profile=" + request.profile() + ",device="
                + request.device() + ",user=" + request.user();
        Map<String, String> told = new TreeMap<>(request.attributes());
        for (String each : all.split(",")) {
            String[] pair = each.split("=", 2);
            boolean usual = pair[1].equals("null") || each.equals("method=") || each.equals("path=/");
            if (!usual) {
                told.put(pair[0], pair[1]);
            }
        }
        return told;
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            key,                 value,        is,                  told
            remote_address,      192.0.2.1,    ip,                  192.0.2.1
            REMOTE_ADDRESS,      192.0.2.1,    ip,                  192.0.2.1
            authorization,       Bearer t1,    token,               t1
            x-api-key,           t1,           token,               t1
            token,               t1,           token,               t1
            account,             a1,           account,             a1
            profile,             p1,           profile,             p1
            device,              d1,           device,              d1
            user,                u1,           user,                u1
            :method,             POST,         method,              POST
            path,                /a/b?c=d,     path,                /a/b?c=d
            plan,                free,         plan,                free
            generic_key,         slow,         generic_key,         slow
            header_match,        uploads,      header_match,        uploads
            destination_cluster, billing,      destination_cluster, billing
            """)
    void shouldReadWhatEnvoyCommonlySends(String key, String value, String is, String told) {
        // When
        Request request = request(List.of(), key + "=" + value);

        // Then
        assertThat(told(request)).isEqualTo(Map.of(is, told));
    }

    @Test
    void shouldReadKeysAsConfigured() {
        // When
        Request request = request(
                List.of("client_id=account", "Tier = attributes.plan", "generic_key=none", "x-api-key=user"),
                "client_id=a1",
                "tier=free",
                "generic_key=slow",
                "x-api-key=k1");

        // Then
        assertThat(told(request)).isEqualTo(Map.of("account", "a1", "plan", "free", "user", "k1"));
    }

    @Test
    void shouldTellEntriesOfOneKeyTogether() {
        // When
        Request request = request(List.of(), "generic_key=slow", "generic_key=large");

        // Then
        assertThat(told(request)).isEqualTo(Map.of("generic_key", "slow,large"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_id", "=account", "client_id=accounts", "client_id=attributes."})
    void shouldSayWhatIsWrongWithAMapping(String text) {
        assertThatThrownBy(() -> DescriptorMapping.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "descriptor entry: expected KEY=TARGET with ip, token, account, profile, device, user, method,"
                                + " path, attributes.<name> or none as target, found '" + text + "'");
    }
}
