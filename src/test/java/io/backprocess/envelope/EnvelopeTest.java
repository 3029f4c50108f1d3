package io.backprocess.envelope;

import static io.backprocess.envelope.Records.chain;
import static io.backprocess.envelope.Records.event;
import static io.backprocess.envelope.Records.headers;
import static io.backprocess.envelope.Records.record;
import static io.backprocess.envelope.Records.revise;
import static io.backprocess.envelope.Records.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.rules.RuleRevision;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories that keep the parts of an envelope elsewhere: what is read, and what a result changes. */
class EnvelopeTest {
    private static final String SHOP = """
            name: shop-orders
            eventId: /meta/event_id
            processVersion: { from: header:x-event-version, map: { v1: 1, v2: 2, "2024-06": 3 }, absent: 1 }
            eventTimestamp: { from: /meta/occurred_at, unit: millis }
            payload: /data
            attributes: { type: /type, tenant: header:x-tenant }
            write: [type, tenant]
            stamp: { batch: /meta/correlation_id }
            """;

    private static final String VALUE =
            "{ \"type\":\"Purchased\",\"meta\": {\"event_id\":17,\"occurred_at\":1735689600250,\"correlation_id\":\"t-1\"},"
                    + "\"data\":{\"amount\":9.50}, \"more\":[1e400]}";

    private static final String RENAME = """
            name: rename
            from: 1
            to: 2
            rules:
              - when: attributes.type == "Purchased" && headers["x-tenant"] == "acme" && recordKey == "user-1"
                set: { attributes.type: SubscriptionAPurchased, attributes.tenant: ACME, cents: "${payload.amount * 100}" }
            """;

    @Test
    void readsThePartsWhereTheMappingSays() throws Exception {
        Event event = event(SHOP, record(VALUE, "x-event-version=v1", "x-tenant=acme"));

        assertThat(event.eventId()).isEqualTo("17");
        assertThat(event.processVersion()).isEqualTo(ProcessVersion.of("1"));
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2025-01-01T00:00:00.250Z"));
        assertThat(event.payload().number("amount")).hasToString("9.50");
        assertThat(event.attribute("type")).isEqualTo("Purchased");
        assertThat(event.attribute("tenant")).isEqualTo("acme");
        assertThat(event.correlationId()).isEqualTo("t-1");
        assertThatThrownBy(() -> event.attribute("kind"))
                .hasMessage("the envelope has no attribute 'kind'; it has: tenant, type");
    }

    @Test
    void changesNothingButWhatIsNamed() throws Exception {
        SourceRecord source = record(VALUE, "a=1", "x-event-version=v1", "x-tenant=acme", "z=9");

        List<Result> results = revise(SHOP, RENAME, source);

        assertThat(results).hasSize(1);
        assertThat(value(results.get(0)))
                .isEqualTo(
                        "{ \"type\":\"SubscriptionAPurchased\",\"meta\": {\"event_id\":17,\"occurred_at\":1735689600250,"
                                + "\"correlation_id\":\"batch-7\"},\"data\":{\"amount\":9.50,\"cents\":950.00}, \"more\":[1e400]}");
        assertThat(headers(results.get(0))).containsExactly("a=1", "x-event-version=v2", "x-tenant=ACME", "z=9");
        assertThat(source.headers().lastHeader("x-tenant").value())
                .as("of the source")
                .containsExactly('a', 'c', 'm', 'e');
    }

    @Test
    void addsWhatWasAbsentLastInItsParent() throws Exception {
        SourceRecord source = record(
                "{\"type\":\"Purchased\",\"meta\":{\"event_id\":\"e\"},\"data\":{\"amount\":1}}", "x-tenant=acme");

        Result result = revise(SHOP, RENAME, source).get(0);

        assertThat(value(result)).contains("\"meta\":{\"event_id\":\"e\",\"correlation_id\":\"batch-7\"}");
        assertThat(headers(result)).containsExactly("x-tenant=ACME", "x-event-version=v2");
    }

    @Test
    void rejectsARecordWithoutAParentForAStamp() {
        String mapping = SHOP.replace("/meta/correlation_id", "/trace/batch");

        assertThatThrownBy(() -> revise(mapping, RENAME, record(VALUE, "x-tenant=acme")))
                .isInstanceOf(RejectedException.class)
                .hasMessage("/trace/batch cannot be written: the record has no object for it");
    }

    /** Either value may be the true one, so no condition holds for the record, and none fails. */
    @ParameterizedTest
    @ValueSource(strings = {"has", "lacks"})
    void refusesAConditionOnAMemberThatIsGivenTwice(String condition) {
        String mapping =
                "{name: two, processVersion: {from: /v, absent: 1}, payload: /data, forms: [{when: {%s: [/a/b]}, eventId: /id}, {eventId: /id}]}"
                        .formatted(condition);

        assertThatThrownBy(() -> event(mapping, record("{\"id\":\"e\",\"a\":{\"b\":1,\"b\":1},\"data\":{}}")))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("b is given twice");
        assertThatThrownBy(() -> event(mapping, record("{\"id\":\"e\",\"a\":{\"b\":1},\"a\":{},\"data\":{}}")))
                .hasMessage("a is given twice");
    }

    @Test
    void takesAFlatEventWhoseValueIsThePayload() throws Exception {
        String mapping = """
                name: flat
                eventId: [/source, /order/id]
                processVersion: /version
                payload: value
                stamp: { eventId: /order/id, batch: none }
                """;
        String split = """
                name: split
                from: 1
                to: 2
                rules:
                  - split: payload.items
                    set: { item: "${item}" }
                    remove: [items]
                """;
        SourceRecord source =
                record("{\"source\":\"a|b\",\"order\":{\"id\":7,\"x\":[ ]},\"version\":\"1\",\"items\":[1,2]}");

        List<Result> results = revise(mapping, split, source);

        assertThat(event(mapping, source).eventId()).isEqualTo("a\\|b|7");
        assertThat(results).hasSize(2);
        assertThat(value(results.get(0)))
                .matches(
                        "\\{\"source\":\"a\\|b\",\"order\":\\{\"id\":\"[-0-9a-f]{36}\",\"x\":\\[ \\]},\"version\":\"2\",\"item\":1}");
        assertThat(value(results.get(0))).isNotEqualTo(value(results.get(1)));
        assertThat(results.get(0).headers()).isSameAs(source.headers());
    }

    @Test
    void joinsIdsSoThatDifferentListsNeverMeet() throws Exception {
        String mapping = "{name: j, eventId: [/a, /b], processVersion: {from: /v, absent: 1}, payload: value}";

        assertThat(List.of(
                        event(mapping, record("{\"a\":\"x|y\",\"b\":\"z\"}")).eventId(),
                        event(mapping, record("{\"a\":\"x\",\"b\":\"y|z\"}")).eventId(),
                        event(mapping, record("{\"a\":\"x\\\\\",\"b\":\"y|z\"}"))
                                .eventId(),
                        event(mapping, record("{\"a\":\"x\\\\|y\",\"b\":\"z\"}"))
                                .eventId()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"key, user-1", "origin, orders/3/17", "header:id, h-1", "/n, 1234567890123456789"})
    void takesTheIdFrom(String place, String id) throws Exception {
        String mapping =
                "{name: i, eventId: '%s', processVersion: {from: /v, absent: 1}, payload: value}".formatted(place);

        Event event = event(mapping, record("{\"n\":1234567890123456789}", "id=\"h-1\""));

        assertThat(event.eventId()).isEqualTo(id);
        assertThat(event.eventIdBytes()).asString().isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "seconds, 1735689600, 2025-01-01T00:00:00Z",
        "seconds, 1735689600.25, 2025-01-01T00:00:00.250Z",
        "millis, -1, 1969-12-31T23:59:59.999Z",
        "micros, 1735689600000001, 2025-01-01T00:00:00.000001Z",
        "nanos, 1735689600000000001, 2025-01-01T00:00:00.000000001Z",
        "millis, '\"2025-01-01T02:00:00+02:00\"', 2025-01-01T00:00:00Z",
        "millis, '\"1735689600000\"', 2025-01-01T00:00:00Z",
        "millis, 1e999999999, ",
        "millis, '{}', ",
    })
    void countsTimesInTheirUnit(String unit, String time, Instant expected) throws Exception {
        String mapping =
                "{name: t, eventId: key, processVersion: {from: /v, absent: 1}, eventTimestamp: {from: /t, unit: %s}, payload: value}"
                        .formatted(unit);

        assertThat(event(mapping, record("{\"t\":%s}".formatted(time))).eventTime())
                .isEqualTo(expected);
    }

    @Test
    void readsAHeaderThatJavaWroteAsALong() throws Exception {
        String mapping =
                "{name: t, eventId: key, processVersion: {from: /v, absent: 1}, eventTimestamp: {from: 'header:at', unit: millis}, payload: value}";
        SourceRecord record = record("{}");
        record.headers()
                .add("at", ByteBuffer.allocate(8).putLong(1_735_689_600_000L).array());

        assertThat(event(mapping, record).eventTime()).isEqualTo(Instant.parse("2025-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"v\":1}; 1; {\"v\":2}",
                "{\"v\":1.0}; 1; {\"v\":2}",
                "{\"v\":\"1\"}; 1; {\"v\":\"2\"}",
                "{\"v\":\"1.0\"}; 1; {\"v\":\"2\"}",
                "{\"v\": null }; 1; {\"v\": 2 }",
                "{}; 1; {\"v\":2}",
            })
    void keepsTheKindOfAVersion(String value, String version, String result) throws Exception {
        String mapping =
                "{name: v, eventId: key, processVersion: {from: /v, absent: 1}, payload: value, stamp: {batch: none}}";
        SourceRecord record = record(value);

        assertThat(event(mapping, record).processVersion()).hasToString(version);
        assertThat(value(revise(mapping, "{name: r, from: 1, to: 2, rules: [{when: 'false', drop: true}]}", record)
                        .get(0)))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"id\":\"e\",\"v\":\"v9\",\"p\":{}}; processVersion at /v is text \"v9\", a number or a text of 'map' is needed: see --envelope",
                "{\"id\":\"e\",\"p\":{}}; processVersion at /v is missing (the value has id, p): see --envelope",
                "{\"v\":1,\"p\":{},\"x\":1,\"y\":1,\"z\":1,\"a\":1,\"b\":1,\"c\":1}; eventId at /id is missing (the value has v, p, x, y, z, a and 2 more): see --envelope",
                "{\"id\":true,\"v\":1,\"p\":{}}; eventId at /id is true, text or a number is needed: see --envelope",
                "{\"id\":\"\",\"v\":1,\"p\":{}}; eventId at /id is an empty text, text or a number is needed: see --envelope",
                "{\"id\":\"e\",\"v\":1,\"p\":[1]}; payload at /p is an array, an object is needed: see --envelope",
                "{\"id\":\"e\",\"v\":1,\"p\":{},\"p\":{}}; p is given twice",
                "[1]; the value is no JSON object but an array",
                "\"{}\"; the value is no JSON object but text",
            })
    void saysWhatStandsThere(String value, String message) {
        String mapping = "{name: m, eventId: /id, processVersion: {from: /v, map: {v1: 1}}, payload: /p}";

        assertThatThrownBy(() -> event(mapping, record(value)))
                .isInstanceOf(UnreadableException.class)
                .hasMessage(message);
    }

    @Test
    void chainsRevisionsThroughHeaders() throws Exception {
        String mapping = SHOP.replace("\"2024-06\": 3", "v3: 3");
        Revision first = RuleRevision.parse(RENAME);
        Revision second = RuleRevision.parse(
                "{name: second, from: 2, to: 3, rules: [{when: 'attributes.tenant == \"ACME\"', set: {again: '${attributes.type}'}}]}");

        List<Result> results = chain(mapping, first, second)
                .revise(event(mapping, record(VALUE, "x-event-version=v1", "x-tenant=acme")));

        assertThat(value(results.get(0))).contains("\"again\":\"SubscriptionAPurchased\"");
        assertThat(headers(results.get(0))).contains("x-event-version=v3");
    }

    @Test
    void givesJavaRevisionsTheSameAttributes() throws Exception {
        Revision java = new Revision() {
            @Override
            public String name() {
                return "java";
            }

            @Override
            public ProcessVersion from() {
                return ProcessVersion.of("1");
            }

            @Override
            public ProcessVersion to() {
                return ProcessVersion.of("2");
            }

            @Override
            public void revise(Event event, Results results) {
                results.emit(event.edit().attribute("type", event.attribute("type") + "!"));
            }
        };

        Result result = chain(SHOP, java)
                .revise(event(SHOP, record(VALUE, "x-tenant=acme")))
                .get(0);

        assertThat(value(result)).startsWith("{ \"type\":\"Purchased!\"");
        assertThatThrownBy(() -> event(SHOP.replace("[type, tenant]", "[tenant]"), record(VALUE))
                        .edit()
                        .attribute("type", "x"))
                .hasMessage("attribute 'type' cannot be set: name it under 'write' of the envelope's mapping");
    }

    @Test
    void putsAHeaderBackBetweenTheQuotesThatItHad() throws Exception {
        RecordHeaders headers = new RecordHeaders();
        SourceRecord record = record(VALUE, "x-tenant=first", "x-event-version=\"v1\"", "x-tenant=\"acme\"");

        Result result = revise(SHOP, RENAME, record).get(0);

        assertThat(headers).isEmpty();
        assertThat(headers(result)).containsExactly("x-tenant=first", "x-event-version=\"v2\"", "x-tenant=\"ACME\"");
    }

    /** An attribute of another form, one that is taken away, and names that are no attributes. */
    @Test
    void setsNoAttributeThatARecordCannotHave() {
        String forms = """
                name: forms
                eventId: key
                processVersion: { from: header:v, absent: 1 }
                payload: /data
                write: [type]
                attributes: { type: /kind }
                forms:
                  - when: { has: [/plain] }
                    attributes: {}
                    write: []
                  - when: { has: [/kind] }
                """;
        String retype = "{name: r, from: 1, to: 2, rules: [{set: {attributes.type: '${payload.?x}'}}]}";

        assertThatThrownBy(
                        () -> revise(forms, retype.replace("${payload.?x}", "a"), record("{\"plain\":1,\"data\":{}}")))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("the envelope has no attribute 'type'");
        assertThatThrownBy(() -> revise(forms, retype, record("{\"kind\":\"a\",\"data\":{}}")))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("attribute 'type' cannot be removed: give it a text");
        assertThatThrownBy(() -> chain(
                        forms, RuleRevision.parse("{name: r, from: 1, to: 2, rules: [{remove: [attributes.type]}]}")))
                .hasMessageContaining("rules 'r' remove or rename attribute 'type', which can only be set");
        assertThatThrownBy(() -> chain(
                        "{name: none, eventId: key, processVersion: {from: /v, absent: 1}, payload: value}",
                        RuleRevision.parse(retype)))
                .hasMessage("--envelope 'none': rules 'r' name attribute 'type'; the attributes are: none");
    }

    /** Two different events would get one id. */
    @Test
    void keepsTheIdOutOfTheReachOfRules() {
        String same = "{name: r, from: 1, to: 2, rules: [{set: {src: same}}]}";

        assertThatThrownBy(() -> chain(
                        "{name: m, eventId: [/src, /id], processVersion: {from: /v, absent: 1}, payload: value}",
                        RuleRevision.parse(same)))
                .hasMessage(
                        "--envelope 'm': line 1, column 21: rules 'r' change /src, where a result says what it is (/src)");
        assertThatThrownBy(() -> chain(
                        "{name: m, eventId: /src, processVersion: {from: /v, absent: 1}, payload: value, stamp: {eventId: /other}}",
                        RuleRevision.parse(same)))
                .hasMessage(
                        "--envelope 'm': line 1, column 20: rules 'r' change /src, where a result says what it is (/src)");
    }

    @Test
    void skipsTombstonesWhereItIsToldTo() {
        String mapping =
                "{name: t, eventId: key, processVersion: {from: /v, absent: 1}, payload: value, tombstones: skip}";

        Decoder skipping = new Decoder(Envelope.of(mapping, "orders").mapping(), null, null);
        Decoder keeping = new Decoder(
                Envelope.of(mapping.replace("skip", "dead-letter"), "orders").mapping(), null, null);

        assertThat(skipping.decode(record(null))).isEqualTo(new Skipped(3, "tombstone"));
        assertThat(keeping.decode(record(null))).isInstanceOf(DeadLetter.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "map: { v1: 1 }; --envelope 'm': line 1, column 48: no text of 'map' means version 2, which a revision makes: add it, as in 'map: { TEXT: 2 }', or write the number itself with 'write: { \"2\": \"2\" }'",
                "map: { v1: 1, v2: 2, two: 2 }; --envelope 'm': line 1, column 48: several texts mean version 2: say which one results get with 'write: { \"2\": TEXT }'",
            })
    void refusesAVersionWithoutAText(String map, String message) {
        String mapping = "{name: m, eventId: key, processVersion: {from: /v, %s}, payload: value}".formatted(map);

        assertThatThrownBy(() -> chain(mapping, RuleRevision.parse("{name: r, from: 1, to: 2, rules: [{drop: true}]}")))
                .hasMessage(message);
    }

    @Test
    void writesTheTextThatItIsToldTo() throws Exception {
        String mapping =
                "{name: m, eventId: key, processVersion: {from: /v, map: {one: 1, two: 2, zwei: 2}, write: {2: zwei}}, payload: value, stamp: {batch: none}}";

        assertThat(value(revise(
                                mapping,
                                "{name: r, from: 1, to: 2, rules: [{when: 'false', drop: true}]}",
                                record("{\"v\":\"one\"}"))
                        .get(0)))
                .isEqualTo("{\"v\":\"zwei\"}");
    }

    @Test
    void refusesRulesThatHaveNoPlaceForWhatTheyWrite() {
        String mapping =
                "{name: m, eventId: origin, processVersion: /v, payload: value, attributes: {type: /type}, stamp: {batch: /trace/batch}}";
        String rules = """
                name: r
                from: 1
                to: 2
                rules:
                  - split: payload.items
                    set: { v: 3, attributes.type: x, attributes.kind: y, /trace: z }
                  - when: attributes.tpye == "x"
                    drop: true
                """;

        assertThatThrownBy(() -> chain(mapping, RuleRevision.parse(rules))).hasMessage("""
                        --envelope 'm': line 1, column 20: rules 'r' split events, and the results have no place for an id: add 'eventId' under 'stamp'
                        --envelope 'm': line 1, column 44: rules 'r' change /v, where a result says what it is (/v)
                        --envelope 'm': line 1, column 106: rules 'r' change /trace, where a result says what it is (/trace/batch)
                        --envelope 'm': rules 'r' name attribute 'kind'; the attributes are: type
                        --envelope 'm': rules 'r' name attribute 'tpye'; the attributes are: type
                        --envelope 'm': rules 'r' set attribute 'type': name it under 'write'""".stripIndent());
    }
}
