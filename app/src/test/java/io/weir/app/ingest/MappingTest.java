package io.weir.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.topology.ingest.Converted;
import io.weir.topology.ingest.LogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingTest {
    private static final String ENTRY = """
            {
              "empty": "", "dash": "-", "nothing": null, "no": false, "number": 1234567890123456789, "big": 1E+3,
              "redacted": "REDACTED", "object": { "a": 1 }, "tags": ["gold", "eu"], "none": [],
              "headers": { "X-Api-Key": ["k1", "k2"], "Authorization": "bearer abc", "basic": "Basic eA==" },
              "forwarded": "203.0.113.9, 198.51.100.7", "a.b": { "c": "dots" }, ":authority": "host",
              "source": "s3", "event": "List", "code": "Throttling"
            }""";

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    source                                                    | value
                    number                                                    | 1234567890123456789
                    big                                                       | 1000.0
                    no                                                        | false
                    empty                                                     |
                    dash                                                      |
                    nothing                                                   |
                    missing.of.all                                            |
                    object                                                    |
                    none                                                      |
                    object.a                                                  | 1
                    object.a.b                                                |
                    tags                                                      | gold
                    tags.1                                                    | eu
                    tags.2                                                    |
                    tags.eu                                                   |
                    headers.x-api-key                                         | k1
                    HEADERS.X-API-KEY.1                                       | k2
                    '''"a.b".c'''                                             | dots
                    ':authority'                                              | host
                    [missing, dash, source]                                   | s3
                    { from: [redacted, headers.x-api-key], unless: REDACTED } | k1
                    { from: headers.authorization, after: 'Bearer ' }         | abc
                    { from: headers.basic, after: 'Bearer ' }                 |
                    { from: forwarded, item: first }                          | 203.0.113.9
                    { from: forwarded, item: last }                           | 198.51.100.7
                    { from: tags, item: last }                                | eu
                    { from: none, item: last }                                |
                    '/{source}/{event}'                                       | /s3/List
                    ['/{source}/{missing}', event]                            | List
                    { from: code, map: { Throttling: 429 } }                  | 429
                    { from: source, map: { Throttling: 429 } }                | s3
                    { from: source, map: { Throttling: 429, '*': 400 } }      | 400
                    { from: missing, map: { '*': 400 }, default: 200 }        | 200
                    { default: POST }                                         | POST
                    """)
    void shouldFindTheValue(String source, @Nullable String value) throws IOException {
        // Given
        Mapping mapping = MappingReader.read("m.yaml", MappingReaderTest.with("user: " + source));
        JsonNode entry = new ObjectMapper().readTree(ENTRY);

        // Then
        assertThat(mapping.fields().get("user"))
                .satisfies(found -> assertThat(found.value(entry)).isEqualTo(value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    format   | text                                | millis
                    EPOCH_MS | 1700000000123                       | 1700000000123
                    EPOCH_MS | 1700000000123.999                   | 1700000000123
                    EPOCH_MS | 1.7E+12                             | 1700000000000
                    EPOCH_S  | 1700000000                          | 1700000000000
                    EPOCH_S  | 1700000000.123                      | 1700000000123
                    EPOCH_S  | 1795418014.921                      | 1795418014921
                    EPOCH_S  | 1700000000.1239999999               | 1700000000123
                    RFC3339  | 2023-11-14T22:13:20Z                | 1700000000000
                    RFC3339  | 2023-11-14T22:13:20.123999999Z      | 1700000000123
                    RFC3339  | 2023-11-14t23:13:20.123+01:00       | 1700000000123
                    RFC3339  | 2023-11-14T23:13:20+0100            | 1700000000000
                    RFC3339  | 2023-11-14 22:13:20z                | 1700000000000
                    CLF      | 14/Nov/2023:22:13:20 +0000          | 1700000000000
                    CLF      | 14/Nov/2023:16:43:20 -0530          | 1700000000000
                    """)
    void shouldReadTimesInAnyFormat(TimeFormat format, String text, long millis) throws RefusedEntryException {
        assertThat(format.millis(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    format   | text                                | message
                    EPOCH_MS | 1700000000                          | found '1700000000' (another unit?)
                    EPOCH_S  | 1700000000123                       | expected epoch seconds like 1700000000.123, found '1700000000123'
                    EPOCH_MS | -1                                  | found '-1'
                    EPOCH_MS | 1e999999999                         | found '1e999999999'
                    EPOCH_MS | 1e-999999999                        | found '1e-999999999'
                    EPOCH_MS | NaN                                 | found 'NaN'
                    RFC3339  | 2023-11-14T22:13:20                 | expected a time with its offset
                    RFC3339  | 2023-02-30T22:13:20Z                | found '2023-02-30T22:13:20Z'
                    RFC3339  | 0001-01-01T00:00:00Z                | and after 1970
                    CLF      | 14/Nov/2023:25:13:20 +0000          | found '14/Nov/2023:25:13:20 +0000'
                    """)
    void shouldSayWhatIsWrongWithATime(TimeFormat format, String text, String message) {
        assertThatThrownBy(() -> format.millis(text))
                .isInstanceOf(RefusedEntryException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    text                    | address          | or nothing
                    192.0.2.1               | 192.0.2.1        | 192.0.2.1
                    192.0.2.1:40000         | 192.0.2.1        | 192.0.2.1
                    2001:db8::1             | 2001:db8::1      | 2001:db8::1
                    [2001:db8::1]:443       | 2001:db8::1      | 2001:db8::1
                    [2001:db8::1]           | 2001:db8::1      | 2001:db8::1
                    fe80::1%eth0            | fe80::1          | fe80::1
                    ::ffff:192.0.2.1        | ::ffff:192.0.2.1 | ::ffff:192.0.2.1
                    client.example.com:8080 | client.example.com |
                    AWS Internal            | AWS Internal     |
                    unix:                   | unix:            |
                    """)
    void shouldReadAddresses(String text, String address, @Nullable String orNothing) {
        assertThat(Addresses.address(text, false)).isEqualTo(address);
        assertThat(Addresses.address(text, true)).isEqualTo(orNothing);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    condition                                   | holds
                    code                                        | true
                    object                                      | true
                    no                                          | true
                    empty                                       | false
                    nothing                                     | false
                    { field: code, is: [Throttling] }           | true
                    { field: code, is: Thr* }                   | true
                    { field: code, is: [Other, Another*] }      | false
                    { field: code, not: Throttling }            | false
                    { field: missing, not: Throttling }         | true
                    { field: missing, is: Throttling }          | false
                    [code, { field: source, not: s* }]          | false
                    [code, { field: source, not: x* }]          | true
                    """)
    void shouldTellTheKindOfAnEntry(String condition, boolean holds) throws IOException {
        Mapping mapping = MappingReader.read("m.yaml", MappingReaderTest.with("when: " + condition));
        assertThat(mapping.matches(new ObjectMapper().readTree(ENTRY))).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    record                                                                | found
                    {"started_at":1700000000000,"m":"GET","u":"/1"}                       | /1
                    [{"started_at":1700000000000,"m":"GET","u":"/1"},["x"],7,null,true]   | /1 skipped skipped skipped skipped
                    {"started_at":1700000000000,"m":"GET","u":"/1"} {"started_at":1700000000000,"m":"GET","u":"/2"} | /1 /2
                    [{"started_at":1700000000000,"m":"GET","u":"/1"}] [{"started_at":1700000000000,"m":"GET","u":"/2"}] | /1 /2
                    ["{\\"started_at\\":1700000000000,\\"m\\":\\"GET\\",\\"u\\":\\"/1\\"}"] | /1
                    {"message":"{\\"started_at\\":1700000000000,\\"m\\":\\"GET\\",\\"u\\":\\"/1\\"}\\n{\\"a\\":1}"} | /1 skipped
                    {"log":{"started_at":1700000000000,"m":"GET","u":"/1"}}               | /1
                    {"message":"hello"}                                                   | skipped
                    {"message":"{\\"started_at\\":17"}                                    | refused
                    {"started_at":1700000000000,"m":"GET","u":"/1"} {"a                   | /1 refused
                    {"message":{"message":{"message":{"message":{"message":{"message":1}}}}}} | skipped
                    []                                                                    | skipped
                    nonsense                                                              | refused
                    {"started_at":1700000000000,"m":"GET","u":"/1","status":"ok"}         | refused
                    {"started_at":1700000000000,"m":"GET","u":"/1","status":-1}           | refused
                    {"started_at":1700000000000,"m":"GET","u":"/1","hits":1.5}            | refused
                    """)
    void shouldLeaveNoEntryOut(String record, String found) {
        // Given
        MappedLog log = new MappedLog(MappingReader.read(
                "m.yaml",
                MappingReaderTest.LEAST.replace("request.method", "m").replace("request.uri", "u")
                        + "status: status\nhits: hits\n"));

        // When
        List<Converted> converted = log.convert(new LogRecord(record.getBytes(StandardCharsets.UTF_8), 0, "topic/0/1"));

        // Then
        assertThat(converted.stream().map(MappingTest::word)).containsExactly(found.split(" "));
    }

    private static String word(Converted converted) {
        return converted instanceof Converted.Event event
                ? event.request().path()
                : converted.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    @Test
    void shouldTakeTheTimeOfTheKafkaRecordOnlyIfToldAndThere() {
        // Given
        MappedLog log = new MappedLog(MappingReader.read(
                "m.yaml",
                MappingReaderTest.with("timestamp: kafka")
                        .replace("request.method", "started_at")
                        .replace("request.uri", "started_at")));
        byte[] entry = "{\"started_at\":\"x\"}".getBytes(StandardCharsets.UTF_8);

        // When
        Converted timed = log.convert(new LogRecord(entry, 1_700_000_000_000L, "topic/0/1"))
                .get(0);
        Converted untimed = log.convert(new LogRecord(entry, -1, "topic/0/1")).get(0);

        // Then
        assertThat(((Converted.Event) timed).request().timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(((Converted.Refused) untimed).reason())
                .isEqualTo("timestamp: expected a Kafka record with a time, found -1");
        assertThat(((Converted.Refused) untimed).value()).isEqualTo(entry);
    }
}
