package io.weir.app.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who a request is from, and whose word is taken for it. */
class IdentitiesTest {
    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("10.0.0.0/8"));
    private static final String STRANGER = "198.51.100.7";
    private static final String PROXY = "10.1.1.1";

    /** A request with these headers. */
    private record Fake(String peer, String path, Map<String, List<String>> headers) implements ClientRequest {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public Target target() {
            return Target.parse(path, false);
        }

        @Override
        public List<String> header(String name) {
            return headers.getOrDefault(name, List.of());
        }

        @Override
        public @Nullable String host() {
            return "Acme.example.com";
        }
    }

    private static Fake from(String peer, String header, String... values) {
        return new Fake(peer, "/", Map.of(header, List.of(values)));
    }

    private static Client read(ClientRequest request, String... configured) {
        return Identities.of(List.of(configured), PROXIES).read(request);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            # header       | value          | token
            authorization  | Bearer t1      | t1
            authorization  | bearer   t1    | t1
            authorization  | BEARER t1      | t1
            authorization  | Basic dTpw     | none
            authorization  | Bearer         | none
            authorization  | t1             | none
            x-api-key      | k1             | k1
            x-api-key      | ''             | none
            """)
    void shouldTakeATokenFromAnybody(String header, String value, @Nullable String token) {
        assertThat(read(from(STRANGER, header, value)).token()).isEqualTo(token);
    }

    @ParameterizedTest
    @CsvSource({"x-account-id", "x-profile-id", "x-device-id", "x-user-id", "x-plan", "x-forwarded-for"})
    void shouldNotBelieveAStrangerWhoSaysWhoTheyAre(String header) {
        assertThat(read(from(STRANGER, header, "192.0.2.1")))
                .isEqualTo(new Client(STRANGER, null, null, null, null, null, Map.of()));
    }

    @Test
    void shouldBelieveATrustedProxy() {
        // Given
        Fake request = new Fake(
                PROXY,
                "/",
                Map.of(
                        "x-account-id", List.of("acme"),
                        "x-profile-id", List.of("p1"),
                        "x-device-id", List.of("d1"),
                        "x-user-id", List.of("u1"),
                        "x-plan", List.of("scale"),
                        "x-forwarded-for", List.of("192.0.2.1")));

        // Then
        assertThat(read(request))
                .isEqualTo(new Client("192.0.2.1", null, "d1", "acme", "p1", "u1", Map.of("plan", "scale")));
    }

    @Test
    void shouldBelieveAnybodyWhereConfiguredSo() {
        assertThat(read(from(STRANGER, "x-account-id", "acme"), "account=header:X-Account-Id")
                        .account())
                .isEqualTo("acme");
    }

    @Test
    void shouldTakeConfiguredSourcesInPlaceOfTheUsual() {
        assertThat(read(from(STRANGER, "authorization", "Bearer t1"), "token=header:X-Key")
                        .token())
                .isNull();
        assertThat(read(from(PROXY, "x-plan", "scale"), "plan=none").attributes())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            user=basic                             | authorization | Basic YWxhZGRpbjpzZXNhbWU= | aladdin
            user=cookie:session                    | cookie        | a=b; session=s1; c=d       | s1
            user=query:who                         | x-any         | any                        | q 1
            user=path:/users/{id}/**               | x-any         | any                        | seven
            user=host                              | x-any         | any                        | acme.example.com
            """)
    void shouldFindAnIdentityWhereConfigured(String configured, String header, String value, String user) {
        // Given
        Fake request = new Fake(STRANGER, "/users/seven/items?who=q+1", Map.of(header, List.of(value)));

        // Then
        assertThat(read(request, configured).user()).isEqualTo(user);
    }

    @Test
    void shouldKnowOtherAttributes() {
        assertThat(read(from(STRANGER, "x-region", "eu"), "attributes.region=header:X-Region")
                        .attributes())
                .isEqualTo(Map.of("region", "eu"));
    }

    /** Counted as one, it might be served as the other. */
    @Test
    void shouldRefuseTwoDifferentTokens() {
        // Given
        Fake two = new Fake(STRANGER, "/", Map.of("authorization", List.of("Bearer t1"), "x-api-key", List.of("k1")));

        // Then
        assertThatThrownBy(() -> read(two))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("expected one token, found 2 different ones");
        assertThatThrownBy(() -> read(from(STRANGER, "x-api-key", "k1", "k2"))).isInstanceOf(BadRequestException.class);
        assertThat(read(from(STRANGER, "x-api-key", "k1", "k1")).token()).isEqualTo("k1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tokn=bearer              | identity: expected token, account, profile, device, user, plan or attributes.<name>
            ip=header:X-Real-Ip      | identity: expected token, account, profile, device, user, plan or attributes.<name>
            attributes.=bearer       | identity: expected token, account, profile, device, user, plan or attributes.<name>
            token                    | identity: expected token, account, profile, device, user, plan or attributes.<name>
            token=                   | expected bearer, basic, host, header:NAME, query:NAME, cookie:NAME or path:/route/{name}
            token=header             | expected bearer, basic, host, header:NAME, query:NAME, cookie:NAME or path:/route/{name}
            token=bearer:x           | expected bearer, basic, host, header:NAME, query:NAME, cookie:NAME or path:/route/{name}
            user=path:/users         | expected a route with one {name}
            user=path:/{a}/{b}       | expected a route with one {name}
            """)
    void shouldTellWhatIsWrongWithASource(String configured, String message) {
        assertThatThrownBy(() -> Identities.of(List.of(configured), PROXIES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("found '");
    }
}
