package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.engine.document.Document;
import io.weir.engine.document.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of wrong policy, with what its author is told. */
class InvalidPolicyTest {
    private static final List<String> POLICY =
            List.of("policy: p", "rules: [{ name: r, key: token, limits: 60 per minute }]");
    private static final List<String> RULE = List.of("name: r", "key: token", "limits: 60 per minute");
    private static final List<String> BLOCK = List.of("name: b", "key: ip", "after: 10 per minute", "for: 1 hour");

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            ``                  => p.yaml:1:1: expected a policy, found an empty document
            # only a comment    => p.yaml:1:1: expected a policy, found an empty document
            just text           => p.yaml:1:1: expected a mapping with policy and rules, found 'just text'
            [a, b]              => p.yaml:1:1: expected a mapping with policy and rules, found a list
            ---                 => p.yaml:2:1: expected a mapping with policy and rules, found nothing
            {}                  => p.yaml:1:1: expected policy: the domain that the policy governs, found no 'policy'
            policy: [           => p.yaml:2:1: expected well-formed YAML, one document, found expected the node content, but found '<stream end>'
            `policy: "p`        => p.yaml:2:1: expected well-formed YAML, one document, found found unexpected end of stream
            policy: *nobody     => p.yaml:1:9: expected well-formed YAML, one document, found found undefined alias nobody
            """)
    void shouldRefuseWhatIsNoPolicyAtAll(String yaml, String message) {
        assertThat(refusal(yaml + "\n").getMessage()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            policy: ''            => policy: expected a name of 1 to 200 characters on one line without |, found ''
            policy:               => policy: expected a name, found nothing
            policy: [a]           => policy: expected a name, found a list
            polcy: p              => polcy: expected one of policy, zone, deduplicate, routes, fail, mode, rules, blocks, allow, deny, responses, usage (did you mean 'policy'?), found 'polcy'
            policy: p             => policy: expected each name once, found 'policy' again
            zone: Europe/Atlantis => zone: expected a time zone like Europe/Madrid or UTC, found 'Europe/Atlantis'
            zone: [UTC]           => zone: expected a time zone like Europe/Madrid, found a list
            deduplicate: 5x       => deduplicate: expected [n] <unit> with a unit that is one of ms, s, second, seconds, m, minute, minutes, h, hour, hours, d, day, days, week, weeks, month, months, found '5x'
            deduplicate: month    => deduplicate: expected a fixed length, at most in weeks, found 'month'
            deduplicate: 0 s      => deduplicate: expected a length from 1 ms to 120 months, found '0 s'
            routes: ignorecase    => routes: expected one of match-case, ignore-case (did you mean 'ignore-case'?), found 'ignorecase'
            mode: off             => mode: expected one of enforce, shadow, found 'off'
            rules: 5              => rules: expected a list of rules, found '5'
            rules: { a: b }       => rules: expected a list of rules, found a mapping
            rules: [text]         => rules[0]: expected a rule with name, key and limits, found 'text'
            blocks:               => blocks: expected a list of blocks, found nothing
            blocks: [[]]          => blocks[0]: expected a block with name, key, after and for, found a list
            [a]: b                => expected a name, found a collection
            '': b                 => expected one of policy, zone, deduplicate, routes, fail, mode, rules, blocks, allow, deny, responses, usage, found ''
            """)
    void shouldTellWhatIsWrongWithAPolicy(String entry, String message) {
        // Given
        List<String> lines = entry.startsWith("policy: p") ? added(POLICY, entry) : replaced(POLICY, entry);

        // Then
        assertThat(messages(String.join("\n", lines))).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            name: ''                   => name: expected a name of 1 to 200 characters on one line without |, found ''
            name: a|b                  => name: expected a name of 1 to 200 characters on one line without |, found 'a|b'
            name: "a\\nb"              => name: expected a name of 1 to 200 characters on one line without |, found 'a b'
            limit: 60 per minute       => limit: expected one of name, match, except, key, limits, hits, when, where, count, missing, mode (did you mean 'limits'?), found 'limit'
            match: GET /a /b           => match: expected one route after the methods (several methods: GET,POST), found 'GET /a /b'
            match: GET, POST /a        => match: expected one route after the methods (several methods: GET,POST), found 'GET, POST /a'
            match: 4U /a               => match: expected methods like GET or POST,PUT before the route, found '4U'
            match: /a/**/b             => match: expected ** only as the first or last segment, found '/a/**/b'
            match: [/a, '/b/c*']       => match[1]: expected a segment to be text, {name}, * or **, found 'c*' in '/b/c*'
            match: '/{id}/x/{id}'      => match: expected each parameter once, found {id} twice in '/{id}/x/{id}'
            match: [POST,PUT /a]       => match[0]: expected a route after the methods (in quotes, where it has a comma: "GET,POST /**"), found 'POST'
            match: /a/../b             => match: expected a route without .., found '/a/../b'
            match: ''                  => match: expected [METHODS] /route[?query], found nothing
            match: []                  => match: expected at least one route, or no 'match' for every request, found none
            except: { a: b }           => except: expected a route like GET /device/{id}, found a mapping
            key: tokn                  => key: expected a key attribute: token, ip, ip/<bits>, device, account, profile, user, route, method, path.<param> or attributes.<name>, found 'tokn'
            key: []                    => key: expected at least one key attribute, found none
            key: [token, token]        => key[1]: expected each key attribute once, found 'token' again
            key: ip/129                => key: expected ip/<bits> with 1 to 128 bits, found 'ip/129'
            key: token|                => key: expected a key attribute: token, ip, ip/<bits>, device, account, profile, user, route, method, path.<param> or attributes.<name>, found ''
            key: path.id               => key: expected {id} in every route that the rule matches, found 'path.id'
            key: attributes.           => key: expected a key attribute: token, ip, ip/<bits>, device, account, profile, user, route, method, path.<param> or attributes.<name>, found 'attributes.'
            hits: tokens               => hits: expected attributes.<name>, the event's attribute that gives the hits, found 'tokens'
            when: 401                  => when: expected status: [401, 403], found '401'
            when: {}                   => when: expected status: [401, 403], found no 'status'
            when: { status: [] }       => when.status: expected at least one HTTP status, found none
            when: { status: 4xx }      => when.status: expected an HTTP status from 100 to 599, found '4xx'
            when: { status: 600 }      => when.status: expected an HTTP status from 100 to 599, found '600'
            where: free                => where: expected attributes and their values, like {plan: free}, found 'free'
            where: {}                  => where: expected at least one attribute, found none
            where: { plan: [] }        => where.plan: expected at least one value, found none
            where: { plan: [[a]] }     => where.plan[0]: expected a value, found a list
            count: none                => count: expected one of admitted, all, found 'none'
            missing: error             => missing: expected one of skip, deny, found 'error'
            mode: shadoww              => mode: expected one of enforce, shadow (did you mean 'shadow'?), found 'shadoww'
            """)
    void shouldTellWhatIsWrongWithARule(String entry, String message) {
        assertThat(messages("policy: p\nrules:\n" + item(replaced(RULE, entry))))
                .contains("rules[0]." + message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            60                                        => expected <count> per [n] <unit>, like 60 per minute, found '60'
            sixty per minute                          => expected a count from 0 to 1000000000000 before 'per', found 'sixty per minute'
            -1 per minute                             => expected a count from 0 to 1000000000000 before 'per', found '-1 per minute'
            1000000000001 per minute                  => expected a count from 0 to 1000000000000 before 'per', found '1000000000001 per minute'
            99999999999999999999999 per minute        => expected a count from 0 to 1000000000000 before 'per', found '99999999999999999999999 per minute'
            20,00 per minute                          => expected a count from 0 to 1000000000000 before 'per', found '20,00 per minute'
            60 per minuet                             => expected [n] <unit> with a unit that is one of ms, s, second, seconds, m, minute, minutes, h, hour, hours, d, day, days, week, weeks, month, months (did you mean 'minute'?), found 'minuet'
            60 per year                               => expected [n] <unit> with a unit that is one of ms, s, second, seconds, m, minute, minutes, h, hour, hours, d, day, days, week, weeks, month, months, found 'year'
            60 per 0 minutes                          => expected a length from 1 ms to 120 months, found '0 minutes'
            60 per 121 months                         => expected a length from 1 ms to 120 months, found '121 months'
            60 per 99999999999999999999 ms            => expected a length from 1 ms to 120 months, found '99999999999999999999 ms'
            []                                        => expected limits like [60 per minute, 500 per hour], found none
            {}                                        => expected limits like [60 per minute, 500 per hour], found none
            { free: [] }                              => .free: expected limits like [60 per minute, 500 per hour], found none
            { free: 60 }                              => .free: expected <count> per [n] <unit>, like 60 per minute, found '60'
            [[60 per minute]]                         => [0]: expected a limit like 60 per minute, found a list
            [60 per minute, 90 per 1 minute]          => [1]: expected each limit's name once (give one a name), found 'minute' again
            { limit: 60 }                             => expected per: a length like 1 minute, found no 'per'
            { per: minute }                           => expected limit: a count, or limit and per, found no 'limit'
            { limit: 60, per: [minute] }              => .per: expected a length like 1 minute, found a list
            { limit: 60, per: mintue }                => .per: expected [n] <unit> with a unit that is one of ms, s, second, seconds, m, minute, minutes, h, hour, hours, d, day, days, week, weeks, month, months (did you mean 'minute'?), found 'mintue'
            { limit: 6.5, per: m }                    => .limit: expected a count from 0 to 1000000000000, found '6.5'
            { limit: -1, per: m }                     => .limit: expected a count from 0 to 1000000000000, found '-1'
            { limit: [], per: m }                     => .limit: expected a count, or where it comes from like account.calls, found a list
            { limit: team.calls, per: m }             => .limit: expected a number, or <entity>.<attribute> or <entity>.limits.<name> with an entity of account, profile, device, token, user, ip, found 'team.calls'
            { limit: unlimited, per: m }              => .limit: expected a number, or <entity>.<attribute> or <entity>.limits.<name> with an entity of account, profile, device, token, user, ip, found 'unlimited'
            { limit: 1, times: 10, per: m }           => .times: expected <entity>.<attribute> or <entity>.limits.<name> with an entity of account, profile, device, token, user, ip, found '10'
            { limit: 1, per: m, nmae: x }             => .nmae: expected one of name, limit, times, per, algorithm, align, burst, optional (did you mean 'name'?), found 'nmae'
            { limit: 1, per: m, name: '' }            => .name: expected a name of 1 to 200 characters on one line without |, found ''
            { limit: 1, per: m, algorithm: leaky }    => .algorithm: expected one of fixed, sliding, bucket, found 'leaky'
            { limit: 1, per: m, align: hit }          => .align: expected one of clock, first-hit, found 'hit'
            { limit: 1, per: m, algorithm: sliding, align: first-hit } => .align: expected align: first-hit only with algorithm: fixed, found sliding
            { limit: 1, per: m, burst: 5 }            => .burst: expected burst only with algorithm: bucket, found fixed
            { limit: 1, per: m, algorithm: bucket, burst: 0 } => .burst: expected a burst from 1 to 1000000000000, found '0'
            { limit: 1, per: month, algorithm: bucket } => expected a bucket that refills over a fixed length, at most weeks, found month
            { limit: 1000000000000, per: day, algorithm: bucket } => expected a bucket of fewer hits, or over a shorter window, found more than can be counted
            { limit: 1, per: m, optional: yes }       => .optional: expected one of true, false, found 'yes'
            """)
    void shouldTellWhatIsWrongWithLimits(String limits, String message) {
        // Given
        String yaml = "policy: p\nrules:\n" + item(replaced(RULE, "limits: " + limits));

        // Then
        String at = message.startsWith("expected") ? ": " : "";
        assertThat(messages(yaml)).contains("rules[0].limits" + at + message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            key: path.id             => key: expected what is blocked on every route, like ip or token, found 'path.id'
            key: [ip, route]         => key: expected what is blocked on every route, like ip or token, found 'route'
            after: 10                => after: expected <count> per [n] <unit>, like 60 per minute, found '10'
            after: 0 per minute      => after: expected a constant of at least 1 in a window, like 10 per minute, found '0 per minute'
            after: { limit: ip.strikes, per: m } => after: expected a constant of at least 1 in a window, like 10 per minute, found a mapping
            after: { limit: 3, per: m, algorithm: bucket } => after: expected a constant of at least 1 in a window, like 10 per minute, found a mapping
            for: ever                => for: expected [n] <unit> with a unit that is one of ms, s, second, seconds, m, minute, minutes, h, hour, hours, d, day, days, week, weeks, month, months, found 'ever'
            for: 1 month             => for: expected a fixed length, at most in weeks, found '1 month'
            for: []                  => for: expected at least one length like 1 hour, found none
            of: denials              => of: expected one of throttles, found 'denials'
            of: {}                   => of: expected either rules or status, found 0 of them
            of: { rules: [r], status: 401 } => of: expected either rules or status, found 2 of them
            of: { rules: [q] }       => of.rules[0]: expected the name of a rule: one of r, found 'q'
            of: { rules: [] }        => of.rules: expected the name of at least one rule, found none
            of: { status: 1000 }     => of.status: expected an HTTP status from 100 to 599, found '1000'
            of: { statuses: 401 }    => of.statuses: expected one of rules, status (did you mean 'status'?), found 'statuses'
            mode: dry                => mode: expected one of enforce, shadow, found 'dry'
            limits: 1 per day        => limits: expected one of name, key, of, after, for, mode, found 'limits'
            """)
    void shouldTellWhatIsWrongWithABlock(String entry, String message) {
        // Given
        String yaml = String.join("\n", POLICY) + "\nblocks:\n" + item(replaced(BLOCK, entry));

        // Then
        assertThat(messages(yaml)).contains("blocks[0]." + message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            leaked                     => deny[0]: expected <attribute> = <value> or <attribute> in <values>, found 'leaked'
            ip in 10.0.0.0/33          => deny[0]: expected a prefix length from 0 to 32, found '10.0.0.0/33'
            ip in 10.0.0.1/8           => deny[0]: expected the range's first address, 10.0.0.0/8, found '10.0.0.1/8'
            ip in example.com          => deny[0]: expected an address or range like 10.0.0.0/8 or 2001:db8::/32, found 'example.com'
            ip not in 10.0.0.0/8       => deny[0]: expected the name of one attribute before = or in, found 'ip not in 10.0.0.0/8'
            token != leaked            => deny[0]: expected the name of one attribute before = or in, found 'token != leaked'
            token == leaked            => deny[0]: expected one value after =, or [several, of, them] after in, found 'token == leaked'
            token in a, b              => deny[0]: expected one value after =, or [several, of, them] after in, found 'token in a, b'
            token = [a, b]             => deny[0]: expected one value after =, or [several, of, them] after in, found 'token = [a, b]'
            token =                    => deny[0]: expected a value after 'token', found 'token ='
            token in [a, ]             => deny[0]: expected a value after 'token', found 'token in [a, ]'
            IP in 10.0.0.0/8           => deny[0]: expected 'ip' in lower case, found 'IP'
            path.id = 5                => deny[0]: expected an attribute of the request, found 'path.id'
            route = /a                 => deny[0]: expected an attribute of the request, found 'route'
            { ip: 10.0.0.1 }           => deny[0]: expected a condition like ip in 10.0.0.0/8 or token = leaked, found a mapping
            """)
    void shouldTellWhatIsWrongWithAList(String condition, String message) {
        assertThat(messages("policy: p\ndeny:\n  - " + condition + "\n")).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            responses: 429                                     => responses: expected responses, found '429'
            responses: { throtled: {} }                        => responses.throtled: expected one of allowed, throttled, blocked (did you mean 'throttled'?), found 'throtled'
            responses: { throttled: 429 }                      => responses.throttled: expected a response, found '429'
            responses: { throttled: { status: 42 } }           => responses.throttled.status: expected an HTTP status from 100 to 599, found '42'
            responses: { throttled: { stauts: 429 } }          => responses.throttled.stauts: expected one of status, reason, headers, body, contentType (did you mean 'status'?), found 'stauts'
            responses: { throttled: { headers: [a] } }         => responses.throttled.headers: expected headers by name, found a list
            responses: { throttled: { headers: { "a b": c } } } => responses.throttled.headers.a b: expected a header name of letters, digits and -, found 'a b'
            responses: { throttled: { headers: { a: "b\\r\\nc: d" } } } => responses.throttled.headers.a: expected a header's value on one line, found a line break or control character
            responses: { throttled: { reason: "b\\nc" } }      => responses.throttled.reason: expected a reason phrase on one line, found a line break or control character
            responses: { throttled: { contentType: "b\\nc" } } => responses.throttled.contentType: expected a content type on one line, found a line break or control character
            responses: { throttled: { body: {} } }             => responses.throttled.body: expected text, found a mapping
            usage: /rate-limit                                 => usage: expected usage with path and body, found '/rate-limit'
            usage: { body: b }                                 => usage: expected both path and body, found no 'path'
            usage: { path: /a }                                => usage: expected both path and body, found no 'body'
            usage: { path: rate-limit, body: b }               => usage.path: expected a path like /rate-limit, without parameters, found 'rate-limit'
            usage: { path: '/a/{id}', body: b }                => usage.path: expected a path like /rate-limit, without parameters, found '/a/{id}'
            """)
    void shouldTellWhatIsWrongWithAnswers(String entry, String message) {
        assertThat(messages("policy: p\n" + entry + "\n")).containsExactly(message);
    }

    @Test
    void shouldTellWhatIsMissing() {
        assertThat(messages("policy: p\nrules: [{}]\nblocks: [{}]\n"))
                .containsExactly(
                        "rules[0]: expected a name, found no 'name'",
                        "rules[0]: expected key: what is counted per, like [token], found no 'key'",
                        "rules[0]: expected limits like [60 per minute], found no 'limits'",
                        "blocks[0]: expected a name, found no 'name'",
                        "blocks[0]: expected key: what is counted per, like [token], found no 'key'",
                        "blocks[0]: expected after: how many strikes in which window, like 10 per minute, found no 'after'",
                        "blocks[0]: expected for: how long, like 1 hour or [1 hour, 1 day], found no 'for'");
    }

    @Test
    void shouldTellOfNamesUsedTwice() {
        assertThat(messages("""
                policy: p
                rules:
                  - { name: r, key: ip, limits: 1 per s }
                  - { name: r, key: token, limits: 1 per s }
                blocks:
                  - { name: b, key: ip, after: 3 per m, for: 1h }
                  - { name: b, key: ip, after: 3 per h, for: 1h }
                """))
                .containsExactly(
                        "rules[1]: expected each name once, found 'r' again",
                        "blocks[1]: expected each name once, found 'b' again");
    }

    @Test
    void shouldTellWhereEachProblemIsInTheOrderOfTheDocument() {
        // When
        InvalidPolicyException refused = refusal("""
                policy: p
                zone: Mars
                rules:
                  - name: r
                    key: [tokn]
                    limits:
                      - 60 per minute
                      - 60 per hur
                blocks: []
                deny: [ip in 1.2.3]
                """);

        // Then
        assertThat(refused.problems()).extracting(Problem::line).containsExactly(2, 5, 8, 10);
        assertThat(refused.problems()).extracting(Problem::column).containsExactly(7, 11, 9, 8);
        assertThat(String.valueOf(refused.getMessage()).lines())
                .hasSize(4)
                .first()
                .isEqualTo("p.yaml:2:7: zone: expected a time zone like Europe/Madrid or UTC, found 'Mars'");
    }

    @Test
    void shouldTellThatThereIsNoRuleToName() {
        assertThat(messages("policy: p\nblocks: [{ name: b, key: ip, of: { rules: r }, after: 3 per m, for: 1h }]\n"))
                .containsExactly("blocks[0].of.rules: expected the name of a rule: but the policy has none, found 'r'");
    }

    @Test
    void shouldRefuseSeveralDocuments() {
        assertThat(refusal("policy: a\n---\npolicy: b\n").getMessage())
                .isEqualTo("p.yaml:2:1: expected well-formed YAML, one document, found but found another document");
    }

    @Test
    void shouldRefuseADocumentThatIsTooLong() {
        assertThat(refusal("#".repeat(Document.MAX_LENGTH + 1)).getMessage())
                .isEqualTo("p.yaml:1:1: expected at most 1000000 characters, found 1000001");
    }

    @Test
    void shouldRefuseADocumentThatIsTooDeep() {
        assertThat(refusal("[".repeat(Document.MAX_LENGTH)).getMessage())
                .isEqualTo("p.yaml:1:51: expected at most 50 levels, found more");
    }

    @Test
    void shouldRefuseADocumentThatAliasesMakeHuge() {
        // Given
        StringBuilder yaml = new StringBuilder("policy: p\nrules:\n  - { name: r, key: token, limits: &l [");
        IntStream.rangeClosed(1, 1000)
                .forEach(n -> yaml.append("1 per ").append(n).append("ms, "));
        yaml.append("] }\n");
        IntStream.rangeClosed(1, 200)
                .forEach(n -> yaml.append("  - { name: r").append(n).append(", key: token, limits: *l }\n"));

        // Then
        assertThat(messages(yaml.toString()))
                .containsExactly("rules[99].limits: expected at most 100000 values, found more");
    }

    @Test
    void shouldNotFollowAnAliasRoundInCircles() {
        assertThat(messages("policy: p\nrules: &a [*a]\n"))
                .containsExactly("rules[0]: expected a rule with name, key and limits, found a list");
    }

    @Test
    void shouldShortenWhatItQuotes() {
        // Given
        String name = "x".repeat(1000);
        String digits = "1,000".repeat(50_000);

        // When
        InvalidPolicyException refused =
                refusal("policy: p\n" + name + ": 1\nmode: " + name + "\n" + "deduplicate: " + digits + " s\n");

        // Then
        assertThat(refused.problems()).extracting(Problem::toString).hasSize(3).allMatch(line -> line.length() < 700);
    }

    /** Every line doubles what the line before stands for, sixty times over. */
    @Test
    void shouldRefuseAliasesOfAliases() {
        // Given
        StringBuilder yaml = new StringBuilder("policy: p\nzone: &a0 [x, x]\n");
        IntStream.range(1, 60).forEach(n -> yaml.append("z%d: &a%d [*a%d, *a%d]\n".formatted(n, n, n - 1, n - 1)));

        // Then
        assertThat(messages(yaml.toString()))
                .hasSize(60)
                .contains("zone: expected a time zone like Europe/Madrid, found a list");
    }

    @Test
    void shouldThrowNothingElseWhateverItReads() {
        // Given: a valid policy with characters changed, lost and doubled
        String valid = """
                policy: x
                rules:
                  - { name: a, match: GET /a/{b}?c=d, key: [token|ip/64], limits: { free: 1 per day, default: [{ limit: 2, per: 1m }] } }
                blocks: [{ name: b, key: [ip], of: { rules: [a] }, after: 2 per minute, for: [1h, 2h] }]
                deny: ["ip in [10.0.0.0/8, ::/0]"]
                """;
        String alphabet = "{}[]:,#&*!|>'\"%@`-? \n\t0a\u00e9\u0000";
        for (long seed = 1; seed <= 3_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder(valid);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
                }
            }

            // Then
            try {
                PolicyReader.read("p.yaml", text.toString());
            } catch (InvalidPolicyException refused) {
                assertThat(refused.problems()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    static InvalidPolicyException refusal(String yaml) {
        InvalidPolicyException refused =
                catchThrowableOfType(InvalidPolicyException.class, () -> PolicyReader.read("p.yaml", yaml));
        assertThat(refused).as("what is wrong with\n%s", yaml).isNotNull();
        return refused;
    }

    /** What is wrong, without where. */
    private static List<String> messages(String yaml) {
        return refusal(yaml).problems().stream()
                .map(problem -> problem.toString().replaceFirst("p\\.yaml:\\d+:\\d+: ", ""))
                .toList();
    }

    private static List<String> added(List<String> lines, String entry) {
        List<String> added = new ArrayList<>(lines);
        added.add(entry);
        return added;
    }

    /** The lines with this entry in place of the one of the same name, if there is one. */
    private static List<String> replaced(List<String> lines, String entry) {
        String name = entry.substring(0, entry.indexOf(':') + 1);
        List<String> replaced = new ArrayList<>(
                lines.stream().filter(line -> !line.startsWith(name)).toList());
        replaced.add(entry);
        return replaced;
    }

    private static String item(List<String> entries) {
        return "  - " + String.join("\n    ", entries) + "\n";
    }
}
