package io.weir.app.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Entity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityReaderTest {
    private static final EntityReader READER = new EntityReader();

    @Test
    void shouldReadAttributesAndLimits() throws BadLineException {
        // When
        Entity entity = READER.read("""
                {"type":"account","id":"acme","attributes":{"plan":"scale","devices":100},"limits":{"send-data":20000}}""", 1);

        // Then
        assertThat(entity)
                .isEqualTo(new Entity(
                        "account", "acme", Map.of("plan", "scale", "devices", "100"), Map.of("send-data", 20_000L)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', useHeadersInDisplayName = true, textBlock = """
            LINE                                         | PROBLEM
            {"id":"a"}                                   | type: expected one of account, profile, device, token, user, ip, found none
            {"type":"planet","id":"a"}                   | type: expected one of account, profile, device, token, user, ip, found "planet"
            {"type":"account"}                           | id: expected text, found none
            {"type":"ip","id":"a","limits":{"x":"many"}} | limits.x: expected hits per window, found "many"
            {"type":"ip","id":"a","limits":{"x":-1}}     | limits.x: expected hits per window, 0 or more, found -1
            {"type":"ip","id":"a","attributes":[]}       | attributes: expected an object, found a list
            """)
    void shouldSayWhatIsWrong(String line, String problem) {
        assertThatThrownBy(() -> READER.read(line, 3)).hasMessage("line 3: " + problem);
    }
}
