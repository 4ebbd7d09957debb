package io.weir.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request may be at most. */
class RequestTest {
    private static final String LONGEST = "x".repeat(Request.MAX_TEXT);

    private static Request with(String field, String text) {
        Map<String, String> values = Map.of(field, text);
        return new Request(
                values.get("requestId"),
                5,
                values.getOrDefault("domain", "d"),
                values.getOrDefault("method", "GET"),
                values.getOrDefault("path", "/"),
                values.get("ip"),
                values.get("token"),
                values.get("device"),
                values.get("account"),
                values.get("profile"),
                values.get("user"),
                1,
                field.equals("attribute") ? Map.of(text, text) : Map.of(),
                false,
                0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"requestId", "domain", "method", "ip", "device", "account", "profile", "user"})
    void shouldRefuseATextThatIsTooLongWithoutRepeatingIt(String field) {
        assertThat(with(field, LONGEST)).isNotNull();
        assertThatThrownBy(() -> with(field, LONGEST + "x"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage(field + " must have at most 1024 characters, but had 1025");
    }

    @Test
    void shouldAcceptATokenThatCarriesClaims() {
        assertThat(with("token", "x".repeat(Request.MAX_TOKEN))).isNotNull();
        assertThatThrownBy(() -> with("token", "x".repeat(Request.MAX_TOKEN + 1)))
                .hasMessage("token must have at most 8192 characters, but had 8193");
    }

    @Test
    void shouldRefuseAPathThatIsTooLong() {
        assertThat(with("path", "/".repeat(Request.MAX_PATH))).isNotNull();
        assertThatThrownBy(() -> with("path", "/".repeat(Request.MAX_PATH + 1)))
                .hasMessage("path must have at most 8192 characters, but had 8193");
    }

    @Test
    void shouldRefuseAttributesThatAreTooLongOrTooMany() {
        // Given
        Map<String, String> attributes = new HashMap<>();
        for (int i = 0; i <= Request.MAX_ATTRIBUTES; i++) {
            attributes.put("a" + i, "b");
        }

        // Then
        assertThat(with("attribute", LONGEST)).isNotNull();
        assertThatThrownBy(() -> with("attribute", LONGEST + "x"))
                .hasMessage("an attribute's name must have at most 1024 characters, but had 1025");
        assertThatThrownBy(() -> new Request(
                        null, 5, "d", "GET", "/", null, null, null, null, null, null, 1, attributes, false, 0))
                .hasMessage("there must be at most 64 attributes, but there were 65");
    }
}
