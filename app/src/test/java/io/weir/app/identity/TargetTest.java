package io.weir.app.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.match.RequestPath;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is matched is what the upstream gets. */
class TargetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
        # sent                      | passed on
        /                           | /
        /a/b                        | /a/b
        /a/b/                       | /a/b/
        //a///b//                   | /a/b/
        /./a/./b/.                  | /a/b/
        /%61/%62                    | /a/b
        /%7euser                    | /~user
        /a%20b                      | /a%20b
        /a%c3%a9                    | /a%C3%A9
        /a%2Bb+c                    | /a%2Bb+c
        /a:b@c!$&'()*+,=            | /a:b@c!$&'()*+,=
        /100%25/a                   | /100%25/a
        /a%3Bb                      | /a%3Bb
        /a%3Fb?c=d                  | /a%3Fb?c=d
        /a?                         | /a?
        /a?x=%61&y=a+b&z[]=1        | /a?x=%61&y=a+b&z[]=1
        /a?x=/../%2e%2e/;           | /a?x=/../%2E%2E/;
        http://example.com/a?b      | /a?b
        http://example.com          | /
        http://example.com?a=b      | /?a=b
        """)
    void shouldHaveOneSpelling(String sent, String passed) {
        assertThat(Target.parse(sent, false)).hasToString(passed);
        assertThat(Target.parse(sent, true)).hasToString(passed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        *                   | expected a path that begins with /
        a/b                 | expected a path that begins with /
        example.com:443     | expected a path that begins with /
        /a#b                | expected a request target without a fragment
        /a/../b             | expected a path without ..
        /a/%2e%2E/b         | expected a path without ..
        /a/.%2e             | expected a path without ..
        /a%                 | expected two hexadecimal digits after %
        /a%4                | expected two hexadecimal digits after %
        /a%zz               | expected two hexadecimal digits after %
        /a?b=%z             | expected two hexadecimal digits after %
        /a%00b              | expected a path without control characters
        /a%0d%0aSet-Cookie: | expected a path without control characters
        /a%7f               | expected a path without control characters
        """)
    void shouldRefuseWhatMakesNoSense(String sent, String message) {
        assertThatThrownBy(() -> Target.parse(sent, false))
                .isInstanceOf(BadRequestException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Target.parse(sent, true)).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        # sent            | refused as it had                               | lenient
        /a%2Fb            | without backslashes and encoded slashes         | /a%2Fb
        /a%2fb            | without backslashes and encoded slashes         | /a%2Fb
        /a%5cb            | without backslashes and encoded slashes         | /a%5Cb
        /a\\b            | without backslashes and encoded slashes         | /a%5Cb
        /a;v=1/b          | without parameters (;)                          | /a;v=1/b
        /a%ff             | of percent-encoded UTF-8                        | /a%FF
        /a%c0%af          | of percent-encoded UTF-8                        | /a%C0%AF
        /%2561            | that is percent-encoded once                    | /%2561
        /%252e%252e/a     | that is percent-encoded once                    | /%252e%252e/a
        /%25%32%65        | that is percent-encoded once                    | /%252e
        """)
    void shouldRefuseWhatServersReadDifferently(String sent, String message, String lenient) {
        assertThatThrownBy(() -> Target.parse(sent, false)).hasMessage("expected a path " + message);
        assertThat(Target.parse(sent, true)).hasToString(lenient);
    }

    /** Random targets: reading what is passed on gives the same again, to us and to the rules. */
    @Test
    void shouldReadTheSameAgain() {
        String[] parts = {
            "/", "//", "a", "B", "%61", "%2e", ".", "..", "%2F", "%25", "%41", "+", ";", "?", "&", "=", "%zz"
        };
        long seed = 4_711;
        SplittableRandom random = new SplittableRandom(seed);
        int passed = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sent = new StringBuilder("/");
            for (int n = random.nextInt(10); n >= 0; n--) {
                sent.append(parts[random.nextInt(parts.length)]);
            }
            Target target;
            try {
                target = Target.parse(sent.toString(), random.nextBoolean());
            } catch (BadRequestException refused) {
                continue;
            }
            passed++;
            String text = target.toString();
            String as = "seed " + seed + ": " + sent;
            assertThat(Target.parse(text, true)).as(as).hasToString(text);
            assertThat(RequestPath.parse(text, false))
                    .as(as)
                    .hasToString(RequestPath.parse(sent.toString(), false).toString());
        }
        assertThat(passed).isGreaterThan(5_000);
    }
}
