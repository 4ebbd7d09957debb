package io.weir.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.match.RoutePattern;
import io.weir.engine.policy.Limit.Algorithm;
import io.weir.engine.policy.Limit.Reference;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each entry of the language means. What is refused is in {@link InvalidPolicyTest}. */
class PolicyReaderTest {
    static final String EVERYTHING = """
            policy: example
            zone: Europe/Madrid
            deduplicate: 5m
            routes: ignore-case
            mode: shadow
            rules:
              - name: modifying
                match: ["POST,PUT /**", "DELETE /api/{id}"]
                except: /api/spaces/checkin
                key: [account, token|ip]
                limits: [60 per minute, 5000 per day]
                hits: attributes.tokens
                when: { status: [401, 403] }
                where: { plan: [free, trial], region: eu }
                count: all
                missing: deny
                mode: shadow
            blocks:
              - name: repeat-offenders
                key: ip/64
                of: { rules: [modifying] }
                after: 10 per minute
                for: [1 hour, 1 day]
                mode: shadow
            allow: [ip in 10.0.0.0/8]
            deny: [ip in 203.0.113.0/24, token = leaked]
            responses:
              headers: [ietf, classic]
              body: problem
              allowed: { headers: { X-RateLimit-Limit: "{{limit}}" } }
              throttled: { status: 409, reason: Slow down, body: "{}", contentType: application/json }
            usage: { path: /rate-limit, body: "{{limits.minute.current}}", contentType: text/plain, counted: true }
            """;

    @Test
    void shouldReadThePolicyItself() {
        // When
        Policy policy = PolicyReader.read("example.yaml", EVERYTHING);

        // Then
        assertThat(policy.domain()).isEqualTo("example");
        assertThat(policy.zone()).isEqualTo(ZoneId.of("Europe/Madrid"));
        assertThat(policy.deduplicateMs()).isEqualTo(300_000);
        assertThat(policy.ignoreCase()).isTrue();
        assertThat(policy.shadow()).isTrue();
        assertThat(policy.usage())
                .isEqualTo(new UsageEndpoint("/rate-limit", "{{limits.minute.current}}", "text/plain", true));
        assertThat(policy.allow()).extracting(Condition::text).containsExactly("ip in 10.0.0.0/8");
        assertThat(policy.deny()).extracting(Condition::text).containsExactly("ip in 203.0.113.0/24", "token = leaked");
    }

    @Test
    void shouldReadARule() {
        // When
        Rule rule = PolicyReader.read("example.yaml", EVERYTHING).rules().get(0);

        // Then
        assertThat(rule.name()).isEqualTo("modifying");
        assertThat(rule.match()).extracting(RoutePattern::text).containsExactly("POST,PUT /**", "DELETE /api/{id}");
        assertThat(rule.except()).extracting(RoutePattern::text).containsExactly("/api/spaces/checkin");
        assertThat(rule.key()).extracting(KeyAttribute::text).containsExactly("account", "token|ip");
        assertThat(rule.key().get(1).sources())
                .extracting(KeyAttribute.Source::kind)
                .containsExactly(KeyAttribute.Kind.TOKEN, KeyAttribute.Kind.IP);
        assertThat(rule.limits()).extracting(Limit::name).containsExactly("minute", "day");
        assertThat(rule.limits()).extracting(Limit::count).containsExactly(60L, 5000L);
        assertThat(rule.hitsAttribute()).isEqualTo("tokens");
        assertThat(rule.whenStatus()).containsExactlyInAnyOrder(401, 403);
        assertThat(rule.where()).isEqualTo(Map.of("plan", Set.of("free", "trial"), "region", Set.of("eu")));
        assertThat(rule.countDenied()).isTrue();
        assertThat(rule.missingDenies()).isTrue();
        assertThat(rule.shadow()).isTrue();
    }

    @Test
    void shouldReadABlock() {
        // When
        BlockRule block = PolicyReader.read("example.yaml", EVERYTHING).blocks().get(0);

        // Then
        assertThat(block.name()).isEqualTo("repeat-offenders");
        assertThat(block.key().get(0).sources().get(0).prefixLength()).isEqualTo(64);
        assertThat(block.after().count()).isEqualTo(10);
        assertThat(block.after().window().nominalMs()).isEqualTo(60_000);
        assertThat(block.forMs()).containsExactly(3_600_000L, 86_400_000L);
        assertThat(block.offences().rules()).containsExactly("modifying");
        assertThat(block.shadow()).isTrue();
    }

    @Test
    void shouldReadResponsesAndKeepTheUsualOnesWhereNothingIsSaid() {
        // When
        Responses responses = PolicyReader.read("example.yaml", EVERYTHING).responses();

        // Then
        assertThat(responses.allowed().status()).isEqualTo(200);
        assertThat(responses.allowed().headers()).isEqualTo(Map.of("X-RateLimit-Limit", "{{limit}}"));
        assertThat(responses.throttled())
                .isEqualTo(new Responses.Response(409, "Slow down", Map.of(), "{}", "application/json"));
        assertThat(responses.blocked()).isEqualTo(Responses.DEFAULT.blocked());
        assertThat(responses.fields()).containsExactly(Responses.Fields.IETF, Responses.Fields.CLASSIC);
        assertThat(responses.problems()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no tags, a } and a {",
                "{{limit}}/{{ remaining }}, {{retryAfter}}",
                "{ \"left\": { \"minute\": {{limits.minute.remaining}} } }",
                "{{limits.r.minute.current}} of {{limits.r.12 minutes.limit}}",
                "[{{#limits}}{{limit}} {{window}}{{^-last}},{{/-last}}{{/limits}}]{{! a comment }}",
                "{{#limits}}{{#exhausted}}{{rule}} {{retryAfter}}{{/exhausted}}{{/limits}}",
                "{{#rule}}by {{rule}}{{/rule}}{{^rule}}by nobody{{/rule}}",
            })
    void shouldAcceptTemplates(String template) {
        // When
        Policy policy = PolicyReader.read("p.yaml", """
                policy: p
                rules: [{ name: r, key: token, limits: [60 per minute, 90 per 12 minutes] }]
                responses: { throttled: { body: '%s' } }
                """.formatted(template));

        // Then
        assertThat(policy.responses().throttled().body()).isEqualTo(template);
    }

    @Test
    void shouldTakeDefaultsForWhatIsNotSaid() {
        // When
        Policy policy = PolicyReader.read("small.yaml", """
                policy: small
                rules:
                  - name: all
                    key: token
                    limits: 60 per minute
                """);

        // Then
        assertThat(policy.zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(policy.deduplicateMs()).isZero();
        assertThat(policy.ignoreCase()).isFalse();
        assertThat(policy.shadow()).isFalse();
        assertThat(policy.responses()).isEqualTo(Responses.DEFAULT);
        assertThat(policy.usage()).isNull();
        Rule rule = policy.rules().get(0);
        assertThat(rule.match()).isEmpty();
        assertThat(rule.hitsAttribute()).isNull();
        assertThat(rule.whenStatus()).isEmpty();
        assertThat(rule.countDenied() || rule.missingDenies() || rule.shadow()).isFalse();
        Limit limit = rule.limits().get(0);
        assertThat(limit.algorithm()).isEqualTo(Algorithm.FIXED);
        assertThat(limit.plan()).isNull();
        assertThat(limit.optional()).isFalse();
        assertThat(limit.burst()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            60 per minute      => minute     => 60            => 60000
            60 per 1 minute    => minute     => 60            => 60000
            1 per 100ms        => 100ms      => 1             => 100
            1 per ms           => 1ms        => 1             => 1
            0 per s            => second     => 0             => 1000
            1 per 10s          => 10 seconds => 1             => 10000
            5 per 12 minutes   => 12 minutes => 5             => 720000
            5 per 12m          => 12 minutes => 5             => 720000
            9 per h            => hour       => 9             => 3600000
            9 per 2 hours      => 2 hours    => 9             => 7200000
            200_000 per day    => day        => 200000        => 86400000
            "200,000 per day"  => day        => 200000        => 86400000
            7 per 7 days       => 7 days     => 7             => 604800000
            7 per week         => week       => 7             => 604800000
            7 per month        => month      => 7             => 2678400000
            7 per 120 months   => 120 months => 7             => 321408000000
            1000000000000 per d => day       => 1000000000000 => 86400000
            '1  per  2  weeks' => 2 weeks    => 1             => 1209600000
            """)
    void shouldReadTheTextOfALimit(String text, String name, long count, long windowMs) {
        // When
        Limit limit = only("[" + text + "]");

        // Then
        assertThat(limit.name()).isEqualTo(name);
        assertThat(limit.count()).isEqualTo(count);
        assertThat(limit.window().nominalMs()).isEqualTo(windowMs);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            { limit: 10, per: 1 minute }                                         => minute => 10   => FIXED     => 0 => false
            { limit: 10 per minute }                                             => minute => 10   => FIXED     => 0 => false
            { name: m, limit: "1,000", per: m }                                  => m      => 1000 => FIXED     => 0 => false
            { limit: 10, per: m, algorithm: fixed, align: clock }                => minute => 10   => FIXED     => 0 => false
            { limit: 10, per: m, align: first-hit }                              => minute => 10   => FIRST_HIT => 0 => false
            { limit: 10, per: m, algorithm: sliding }                            => minute => 10   => SLIDING   => 0 => false
            { limit: 10, per: 100ms, algorithm: bucket, burst: 5 }               => 100ms  => 10   => BUCKET    => 5 => false
            { limit: 0, per: m, algorithm: bucket }                              => minute => 0    => BUCKET    => 0 => false
            { limit: 10, per: m, optional: true }                                => minute => 10   => FIXED     => 0 => true
            """)
    void shouldReadALimitAsAMapping(
            String text, String name, long count, Algorithm algorithm, long burst, boolean optional) {
        // When
        Limit limit = only(text);

        // Then
        assertThat(limit.name()).isEqualTo(name);
        assertThat(limit.count()).isEqualTo(count);
        assertThat(limit.algorithm()).isEqualTo(algorithm);
        assertThat(limit.burst()).isEqualTo(burst);
        assertThat(limit.optional()).isEqualTo(optional);
    }

    @Test
    void shouldReadLimitsThatComeFromEntities() {
        // When
        Limit own = only("{ limit: device.limits.send-data, per: 1m }");
        Limit times = only("{ limit: 10, times: account.devices, per: day }");

        // Then
        assertThat(own.reference()).isEqualTo(new Reference("device", true, "send-data"));
        assertThat(own.times()).isNull();
        assertThat(times.reference()).isNull();
        assertThat(times.times()).isEqualTo(new Reference("account", false, "devices"));
    }

    @Test
    void shouldReadLimitsByPlan() {
        // When
        List<Limit> limits = limits("""
                { free: 250 per minute, scale: [5 per s, { limit: 9, per: h }], default: { limit: 1, per: m } }""");

        // Then
        assertThat(limits).extracting(Limit::plan).containsExactly("free", "scale", "scale", "default");
        assertThat(limits).extracting(Limit::name).containsExactly("minute", "second", "hour", "minute");
        assertThat(limits).extracting(Limit::count).containsExactly(250L, 5L, 9L, 1L);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            ip in 10.0.0.0/8                        => IP        => 1 => 0
            ip = 10.1.2.3                           => IP        => 1 => 0
            'ip in [10.0.0.0/8, "2001:db8::/32"]'   => IP        => 2 => 0
            token = leaked                          => TOKEN     => 0 => 1
            'token in [a, b]'                       => TOKEN     => 0 => 2
            plan = free                             => ATTRIBUTE => 0 => 1
            attributes.x = "a=b"                    => ATTRIBUTE => 0 => 1
            method = post                           => METHOD    => 0 => 1
            """)
    void shouldReadAConditionOfAList(String text, KeyAttribute.Kind kind, int networks, int values) {
        // When
        Policy policy = PolicyReader.read("p.yaml", "policy: p\ndeny:\n  - " + text + "\n");

        // Then
        Condition condition = policy.deny().get(0);
        assertThat(condition.source().kind()).isEqualTo(kind);
        assertThat(condition.networks()).hasSize(networks);
        assertThat(condition.values()).hasSize(values);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            throttles               => 0 => 0
            '{ rules: [r] }'        => 1 => 0
            '{ rules: r }'          => 1 => 0
            '{ status: 401 }'       => 0 => 1
            '{ status: [401, 403] }' => 0 => 2
            """)
    void shouldReadWhatABlockIsFor(String text, int rules, int statuses) {
        // When
        Policy policy = PolicyReader.read(
                "p.yaml",
                "policy: p\n"
                        + "rules: [{ name: r, key: ip, limits: 1 per s }]\n"
                        + "blocks: [{ name: b, key: ip, after: { limit: 3, per: m }, for: 1h, of: " + text + " }]\n");

        // Then
        BlockRule.Offences offences = policy.blocks().get(0).offences();
        assertThat(offences.rules()).hasSize(rules);
        assertThat(offences.statuses()).hasSize(statuses);
    }

    @Test
    void shouldFollowAliases() {
        // When
        Policy policy = PolicyReader.read("p.yaml", """
                policy: p
                rules:
                  - { name: a, key: token, limits: &usual [60 per minute, 500 per hour] }
                  - { name: b, key: ip, limits: *usual }
                """);

        // Then
        assertThat(policy.rules().get(1).limits())
                .isEqualTo(policy.rules().get(0).limits());
    }

    private static Limit only(String limits) {
        List<Limit> read = limits(limits);
        assertThat(read).hasSize(1);
        return read.get(0);
    }

    private static List<Limit> limits(String limits) {
        String yaml = "policy: p\nrules:\n  - name: r\n    key: token\n    limits: " + limits + "\n";
        return PolicyReader.read("p.yaml", yaml).rules().get(0).limits();
    }
}
