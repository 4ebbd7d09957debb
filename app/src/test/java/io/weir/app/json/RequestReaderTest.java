package io.weir.app.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Request;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestReaderTest {
    private static final RequestReader READER = new RequestReader();

    @Test
    void shouldReadEveryField() throws BadLineException {
        // Given
        String line = """
                {"requestId":"r1","timestamp":1700000000000,"domain":"onboardinghub","method":"GET","path":"/api?y=z",\
                "ip":"1.2.3.4","token":"t1","device":"d","account":"a","profile":"p","user":"u","hits":3,\
                "attributes":{"plan":"free","devices":100,"beta":true,"none":null},"report":true,"status":429,"more":[{}]}""";

        // When
        Request request = READER.read(line, 1);

        // Then
        assertThat(request)
                .isEqualTo(new Request(
                        "r1",
                        1_700_000_000_000L,
                        "onboardinghub",
                        "GET",
                        "/api?y=z",
                        "1.2.3.4",
                        "t1",
                        "d",
                        "a",
                        "p",
                        "u",
                        3,
                        Map.of("plan", "free", "devices", "100", "beta", "true"),
                        true,
                        429));
    }

    @Test
    void shouldReadNullAsAbsent() throws BadLineException {
        // When
        Request request = READER.read("""
                {"requestId":null,"timestamp":0,"domain":"d","method":"m","path":"/","ip":null,"hits":null,\
                "attributes":null,"report":null,"status":null}""", 1);

        // Then
        assertThat(request)
                .isEqualTo(
                        new Request(null, 0, "d", "m", "/", null, null, null, null, null, null, 1, Map.of(), false, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', useHeadersInDisplayName = true, textBlock = """
            LINE                                                                   | REQUEST | PROBLEM
            nonsense                                                               |         | line 7: expected a JSON object, found Unrecognized token
            []                                                                     |         | line 7: expected a JSON object, found a list
            {"requestId":"r"                                                       | r       | line 7: expected a JSON object, found
            {"requestId":"r","timestamp":1,"domain":"d","method":"m","path":"/"} x | r       | found Unrecognized token
            {"requestId":"r","timestamp":1,"domain":"d","method":"m","path":"/"}{} | r       | expected the end of the line after the object, found an object
            {"timestamp":1,"domain":"d","method":"m","path":5,"requestId":[1]}     |         | requestId: expected a string, found a list
            {"timestamp":"1","domain":"d","method":"m","path":"/","requestId":"r"} | r       | timestamp: expected epoch milliseconds, found "1"
            {"timestamp":1.5,"domain":"d","method":"m","path":"/","requestId":"r"} | r       | timestamp: expected epoch milliseconds, found 1.5
            {"timestamp":99999999999999999999,"requestId":"r"}                     | r       | timestamp: expected epoch milliseconds, found 99999999999999999999
            {"timestamp":-1,"domain":"d","method":"m","path":"/","requestId":"r"}  | r       | timestamp must be epoch milliseconds from 0 to
            {"domain":"d","method":"m","path":"/","requestId":"r"}                 | r       | timestamp: expected epoch milliseconds, found none
            {"timestamp":1,"method":"m","path":"/","requestId":"r"}                | r       | domain: expected text, found none
            {"timestamp":1,"domain":"d","method":"","path":"/","requestId":"r"}    | r       | method: expected text, found an empty string
            {"timestamp":1,"domain":"d","method":"m","hits":{"a":{}},"requestId":"r"}  | r   | hits: expected a whole number of hits, found an object
            {"timestamp":1,"domain":"d","method":"m","path":"/","hits":-1,"requestId":"r"}  | r | hits must be from 0 to
            {"timestamp":1,"attributes":{"a":[1]},"requestId":"r"}                 | r       | attributes.a: expected a string, number or boolean, found a list
            {"timestamp":1,"report":"yes","requestId":"r"}                         | r       | report: expected true or false, found "yes"
            {"timestamp":1,"status":1000,"requestId":"r"}                          | r       | status: expected an HTTP status, found 1000
            """)
    void shouldSayWhatIsWrongAndNameTheRequest(String line, String requestId, String problem) {
        assertThatThrownBy(() -> READER.read(line, 7)).isInstanceOfSatisfying(BadLineException.class, e -> {
            assertThat(e).hasMessageStartingWith("line 7: ").hasMessageContaining(problem);
            assertThat(e.requestId()).isEqualTo(requestId);
            assertThat(e.lineNumber()).isEqualTo(7);
        });
    }
}
