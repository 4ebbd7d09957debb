package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.weir.engine.policy.InvalidPolicyException.Problem;
import io.weir.engine.policy.Limit.Algorithm;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    private static Policy read(String yaml) {
        return PolicyReader.read("my.yaml", yaml);
    }

    private static List<String> problems(String yaml) {
        InvalidPolicyException invalid = catchThrowableOfType(InvalidPolicyException.class, () -> read(yaml));
        assertThat(invalid).as("%s", yaml).isNotNull();
        return invalid.problems().stream().map(Problem::toString).toList();
    }

    @Test
    void shouldReadTheWholeLanguage() {
        // When
        Policy policy = read("""
                policy: example
                zone: Europe/Madrid
                deduplicate: 5m
                routes: ignore-case
                rules:
                  - name: modifying
                    match: POST,PUT,DELETE /**
                    except: [/api/spaces/checkin]
                    key: [account]
                    limits: [60 per minute, "5,000 per day", 200_000 per 2 weeks]
                  - name: send-data
                    match: POST /data
                    key: [profile]
                    limits: { free: 250 per minute, starter: [5000 per minute, 1 per 100ms], default: 1 per month }
                  - name: device-override
                    key: [profile, device]
                    limits: [{ limit: device.limits.send-data, per: 1m, optional: true }]
                  - name: pooled
                    key: [account]
                    limits: { name: daily, limit: 10, times: account.devices, per: 1 day }
                  - name: burst
                    key: ["token|ip/64"]
                    limits: [{ limit: 1, per: 100ms, algorithm: bucket, burst: 5 }]
                    mode: shadow
                blocks:
                  - { name: repeat-offenders, key: [ip], after: 10 per minute, for: 1 hour }
                  - name: failed-logins
                    key: ip
                    of: { status: [401, 403] }
                    after: 30 per 3 minutes
                    for: [1 hour, 4 hours, 1 day]
                  - { name: bursts, key: [token], of: { rules: [burst] }, after: 1 per day, for: 1 week }
                allow: [ip in 10.0.0.0/8]
                deny: [ip in 203.0.113.0/24, token = leaked, "plan in [free, trial]"]
                """);

        // Then
        assertThat(policy.domain()).isEqualTo("example");
        assertThat(policy.zone()).isEqualTo(ZoneId.of("Europe/Madrid"));
        assertThat(policy.deduplicateMs()).isEqualTo(300_000);
        assertThat(policy.ignoreCase()).isTrue();
        assertThat(policy.rules().get(0).limits())
                .extracting(Limit::name, Limit::count)
                .containsExactly(tuple("minute", 60L), tuple("day", 5_000L), tuple("2 weeks", 200_000L));
        assertThat(policy.rules().get(1).limits())
                .extracting(limit -> limit.plan() + " " + limit.name())
                .containsExactly("free minute", "starter minute", "starter 100ms", "default month");
        assertThat(policy.rules().get(2).limits().get(0).reference())
                .isEqualTo(new Limit.Reference("device", true, "send-data"));
        assertThat(policy.rules().get(3).limits().get(0).times())
                .isEqualTo(new Limit.Reference("account", false, "devices"));
        assertThat(policy.rules().get(4).limits().get(0).algorithm()).isEqualTo(Algorithm.BUCKET);
        assertThat(policy.rules().get(4).shadow()).isTrue();
        assertThat(policy.blocks().get(1).forMs()).containsExactly(3_600_000L, 14_400_000L, 86_400_000L);
        assertThat(policy.blocks().get(2).offences().rules()).containsExactly("burst");
        assertThat(policy.deny()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # what is wrong                                                     | line:column: path: expected …, found …
                    {}                                                                  | 1:1: expected policy: the domain that the policy governs, found no 'policy'
                    - a                                                                 | 1:1: expected a mapping with policy and rules, found a list
                    {policy: x, zone: Mars}                                             | 1:19: zone: expected a time zone like Europe/Madrid or UTC, found 'Mars'
                    {policy: x, deduplicate: often}                                     | 1:26: deduplicate: expected [n] <unit> with a unit that is one of
                    {policy: x, routes: loose}                                          | 1:21: routes: expected one of match-case, ignore-case, found 'loose'
                    {policy: x, ruls: []}                                               | 1:13: ruls: expected one of policy, zone, deduplicate, routes, mode, rules, blocks, allow, deny, responses, usage (did you mean 'rules'?), found 'ruls'
                    {policy: x, policy: y}                                              | 1:13: policy: expected each name once, found 'policy' again
                    {policy: x, rules: 7}                                               | 1:20: rules: expected a list of rules, found '7'
                    {policy: x, rules: [7]}                                             | 1:21: rules[0]: expected a rule with name, key and limits, found '7'
                    {policy: x, rules: [{name: a, key: [token]}]}                       | 1:21: rules[0]: expected limits like [60 per minute], found no 'limits'
                    {policy: x, rules: [{name: a, limits: [1 per day]}]}                | 1:21: rules[0]: expected key: what is counted per, like [token], found no 'key'
                    {policy: x, rules: [{key: [token], limits: [1 per day]}]}           | 1:21: rules[0]: expected a name, found no 'name'
                    {policy: x, rules: [{name: a, key: [tokn], limits: [1 per day]}]}   | 1:37: rules[0].key[0]: expected a key attribute: token, ip, ip/<bits>, device, account, profile, user, route, method, path.<param> or attributes.<name>, found 'tokn'
                    {policy: x, rules: [{name: a, key: [ip/0], limits: [1 per day]}]}   | 1:37: rules[0].key[0]: expected ip/<bits> with 1 to 128 bits, found 'ip/0'
                    {policy: x, rules: [{name: a, key: [path.id], limits: [1 per day]}]} | 1:36: rules[0].key: expected {id} in every route that the rule matches, found 'path.id'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 a day]}]}    | 1:54: rules[0].limits[0]: expected <count> per [n] <unit>, like 60 per minute, found '1 a day'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 per minuet]}]} | (did you mean 'minute'?), found 'minuet'
                    {policy: x, rules: [{name: a, key: [token], limits: [-1 per day]}]} | 1:54: rules[0].limits[0]: expected a count from 0 to 1000000000000 before 'per', found '-1 per day'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 per 0 days]}]} | expected a length from 1 ms to 120 months, found '0 days'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 per 121 months]}]} | expected a length from 1 ms to 120 months, found '121 months'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 per day, 2 per day]}]} | expected each limit's name once (give one a name), found 'day' again
                    {policy: x, rules: [{name: a, key: [token], limits: [{per: day}]}]} | expected limit: a count, or limit and per, found no 'limit'
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: 5}]}]} | expected per: a length like 1 minute, found no 'per'
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: acount.x, per: day}]}]} | expected a number, or <entity>.<attribute> or <entity>.limits.<name> with an entity of account, profile, device, token, user, ip, found 'acount.x'
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: 5, per: day, algorithm: leaky}]}]} | expected one of fixed, sliding, bucket, found 'leaky'
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: 5, per: day, burst: 9}]}]} | expected burst only with algorithm: bucket, found fixed
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: 5, per: month, algorithm: bucket}]}]} | expected a bucket that refills over a fixed length, at most weeks, found month
                    {policy: x, rules: [{name: a, key: [token], limits: [{limit: 5, per: day, align: first-hit, algorithm: sliding}]}]} | expected align: first-hit only with algorithm: fixed, found sliding
                    {policy: x, rules: [{name: a, match: /a/**/b, key: [token], limits: [1 per day]}]} | 1:38: rules[0].match: expected ** only as the first or last segment, found '/a/**/b'
                    {policy: x, rules: [{name: a, hits: tokens, key: [token], limits: [1 per day]}]} | expected attributes.<name>, the event's attribute that gives the hits, found 'tokens'
                    {policy: x, rules: [{name: a, when: {status: 999}, key: [token], limits: [1 per day]}]} | expected an HTTP status from 100 to 599, found '999'
                    {policy: x, rules: [{name: a, mode: on, key: [token], limits: [1 per day]}]} | expected one of enforce, shadow, found 'on'
                    {policy: x, rules: [{name: a, key: [token], limits: [1 per day]}, {name: a, key: [ip], limits: [1 per day]}]} | rules[1]: expected each name once, found 'a' again
                    {policy: x, blocks: [{name: b, key: [ip], after: 1 per day}]}       | expected for: how long, like 1 hour or [1 hour, 1 day], found no 'for'
                    {policy: x, blocks: [{name: b, key: [ip], after: 0 per day, for: 1h}]} | expected a constant of at least 1 in a window, like 10 per minute, found '0 per day'
                    {policy: x, blocks: [{name: b, key: [ip], after: 1 per day, for: 1 month}]} | expected a fixed length, at most in weeks, found '1 month'
                    {policy: x, blocks: [{name: b, key: [ip], of: {rules: [r]}, after: 1 per day, for: 1h}]} | expected the name of a rule: but the policy has none, found 'r'
                    {policy: x, blocks: [{name: b, key: [route], after: 1 per day, for: 1h}]} | expected what is blocked on every route, like ip or token, found 'route'
                    {policy: x, allow: [ip in 10.0.0.1/8]}                              | 1:21: allow[0]: expected the range's first address, 10.0.0.0/8, found '10.0.0.1/8'
                    {policy: x, deny: [leaked]}                                         | 1:20: deny[0]: expected <attribute> = <value> or <attribute> in <values>, found 'leaked'
                    {policy: x, responses: {throttled: {status: 42}}}                   | expected an HTTP status from 100 to 599, found '42'
                    {policy: x, responses: {throttled: {headers: {"a b": c}}}}          | expected a header name of letters, digits and -, found 'a b'
                    {policy: x, usage: {path: /u}}                                      | expected both path and body, found no 'body'
                    {policy: x, rules: [                                                | expected well-formed YAML, one document, found
                    """)
    void shouldSayWhatIsWrongAndWhere(String yaml, String message) {
        assertThat(problems(yaml).get(0)).startsWith("my.yaml:").contains(message);
    }

    @Test
    void shouldTellEverythingAtOnceInOrder() {
        assertThat(problems("""
                        policy: x
                        zone: Mars
                        rules:
                          - name: a
                            key: [tokn]
                            limits: [1 per dya]
                        blocks:
                          - { name: b, key: [ip], after: never, for: ever }
                        """))
                .hasSize(5)
                .extracting(problem -> problem.substring(0, 10))
                .containsExactly("my.yaml:2:", "my.yaml:5:", "my.yaml:6:", "my.yaml:8:", "my.yaml:8:");
    }

    @Test
    void shouldRefuseSeveralDocumentsAndNone() {
        assertThat(problems("policy: x\n---\npolicy: y\n").get(0)).contains("well-formed YAML, one document");
        assertThat(problems("").get(0)).contains("expected a policy, found an empty document");
        assertThat(problems("# nothing\n").get(0)).contains("expected a policy, found an empty document");
    }

    @Test
    void shouldSurviveHostileYaml() {
        // Given: aliases of aliases, deep nesting, endless text
        StringBuilder bomb = new StringBuilder("policy: x\nzone: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("z").append(i).append(": &a").append(i);
            bomb.append(" [*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
        }
        String wide = "policy: x\nallow: &a [" + "z = z, ".repeat(999)
                + "z = z]\nrules: [{ name: r, key: [token], limits: [" + "*a, ".repeat(200) + "1 per day] }]";

        // Then
        assertThat(problems(bomb.toString())).isNotEmpty();
        assertThat(problems(wide)).isNotEmpty();
        assertThat(problems("[".repeat(100_000))).isNotEmpty();
        assertThat(problems("policy: " + "x".repeat(2_000_000)).get(0)).contains("at most 1000000 characters");
    }

    @Test
    void shouldThrowNothingElseWhateverItReads() {
        // Given: a valid policy with bytes changed, lost and doubled
        String valid = """
                policy: x
                rules:
                  - { name: a, match: GET /a/{b}?c=d, key: [token|ip/64], limits: { free: 1 per day, default: [{ limit: 2, per: 1m }] } }
                blocks: [{ name: b, key: [ip], of: { rules: [a] }, after: 2 per minute, for: [1h, 2h] }]
                deny: ["ip in [10.0.0.0/8, ::/0]"]
                """;
        String alphabet = "{}[]:,#&*!|>'\"%@`-? \n\t0aé\u0000";
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
            try {
                read(text.toString());
            } catch (InvalidPolicyException invalid) {
                assertThat(invalid.problems()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    @Test
    void shouldNameTheFile() {
        assertThatThrownBy(() -> PolicyReader.read("policies/x.yaml", "{}"))
                .hasMessageStartingWith("policies/x.yaml:1:1: ");
    }
}
