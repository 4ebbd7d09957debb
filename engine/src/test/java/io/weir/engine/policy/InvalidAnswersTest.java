package io.weir.engine.policy;

import static io.weir.engine.policy.InvalidPolicyTest.POLICY;
import static io.weir.engine.policy.InvalidPolicyTest.messages;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of wrong response, usage and template, with what its author is told. */
class InvalidAnswersTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            responses: 429                                     => responses: expected responses, found '429'
            responses: { throtled: {} }                        => responses.throtled: expected one of headers, body, allowed, throttled, blocked (did you mean 'throttled'?), found 'throtled'
            responses: { throttled: 429 }                      => responses.throttled: expected a response, found '429'
            responses: { throttled: { status: 42 } }           => responses.throttled.status: expected an HTTP status from 200 to 599, found '42'
            responses: { throttled: { stauts: 429 } }          => responses.throttled.stauts: expected one of status, reason, headers, body, contentType (did you mean 'status'?), found 'stauts'
            responses: { throttled: { headers: [a] } }         => responses.throttled.headers: expected headers by name, found a list
            responses: { throttled: { headers: { "a b": c } } } => responses.throttled.headers.a b: expected a header name of letters, digits and -, found 'a b'
            responses: { throttled: { headers: { a: "b\\r\\nc: d" } } } => responses.throttled.headers.a: expected a header's value on one line, found a line break or control character
            responses: { throttled: { reason: "b\\nc" } }      => responses.throttled.reason: expected a reason phrase on one line, found a line break or control character
            responses: { throttled: { contentType: "b\\nc" } } => responses.throttled.contentType: expected a content type on one line, found a line break or control character
            responses: { throttled: { body: {} } }             => responses.throttled.body: expected text, found a mapping
            responses: { throttled: { headers: { Retry-After: a, retry-after: b } } } => responses.throttled.headers.retry-after: expected each header once, found 'retry-after' again
            responses: { headers: modern }                     => responses.headers: expected one of ietf, classic, found 'modern'
            responses: { headers: [ietf, ietf] }               => responses.headers[1]: expected each name once, found 'ietf' again
            responses: { body: text }                          => responses.body: expected one of none, problem, found 'text'
            usage: { path: /a, body: b, counted: often }       => usage.counted: expected one of true, false, found 'often'
            usage: /rate-limit                                 => usage: expected usage with path and body, found '/rate-limit'
            usage: { body: b }                                 => usage: expected both path and body, found no 'path'
            usage: { path: /a }                                => usage: expected both path and body, found no 'body'
            usage: { path: rate-limit, body: b }               => usage.path: expected a path like /rate-limit, without parameters, found 'rate-limit'
            usage: { path: '/a/{id}', body: b }                => usage.path: expected a path like /rate-limit, without parameters, found '/a/{id}'
            """)
    void shouldTellWhatIsWrongWithAnswers(String entry, String message) {
        assertThat(messages("policy: p\n" + entry + "\n")).containsExactly(message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {{limt}}                    => expected one of limit, remaining, current, resetAt, resetIn, retryAfter, rule, window, reason, status, message, domain, method, path, ip, limits.<limit>.<name> (did you mean 'limit'?), found '{{limt}}'
            a {{limit                   => expected }} after '{{limit', found the end
            {{{limit}}}                 => expected {{name}}, with a space between it and another {, found '{{{limit}}'
            {{&limit}}                  => expected {{name}} or a section, found '{{&limit}}'
            {{>other}}                  => expected {{name}} or a section, found '{{>other}}'
            {{=<% %>=}}                 => expected {{name}} or a section, found '{{=<% %>=}}'
            {{#limits}}{{limit}}        => expected {{/limits}}, found the end
            {{#limits}}{{/limit}}       => expected {{/limits}}, found '{{/limit}}'
            {{/limits}}                 => expected a section that was opened, found '{{/limits}}'
            {{#all}}{{/all}}            => expected a section over limits or a name, found '{{#all}}'
            {{-last}}                   => expected one of limit, remaining, current, resetAt, resetIn, retryAfter, rule, window, reason, status, message, domain, method, path, ip, limits.<limit>.<name>, found '{{-last}}'
            {{limits.hour.limit}}       => expected a limit of this policy after limits: one of minute, r.minute, found '{{limits.hour.limit}}'
            {{limits.minute.used}}      => expected limits.<limit>.<name> with <name> one of rule, window, windowMs, limit, remaining, current, resetAt, resetIn, found '{{limits.minute.used}}'
            """)
    void shouldTellWhatIsWrongWithATemplate(String template, String message) {
        String yaml = String.join("\n", POLICY) + "\nresponses:\n  throttled:\n    body: '" + template + "'\n";
        assertThat(messages(yaml)).containsExactly("responses.throttled.body: " + message);
        assertThat(messages(yaml.replace("body: ", "headers: { a: ").replace("'\n", "' }\n")))
                .containsExactly("responses.throttled.headers.a: " + message);
    }

    @Test
    void shouldTellThatUsageHasNoBindingLimit() {
        assertThat(messages(String.join("\n", POLICY) + "\nusage: { path: /a, body: '{{remaining}}' }\n"))
                .containsExactly("usage.body: expected one of domain, method, path, ip, limits.<limit>.<name>,"
                        + " found '{{remaining}}'");
    }
}
