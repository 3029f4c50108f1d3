package io.backprocess.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.Place;
import org.junit.jupiter.api.Test;

/** A mapping that cannot work is refused, with all its problems, each with its line and column. */
class EnvelopeFileTest {
    @Test
    void reportsAllProblemsAtOnce() {
        String file = """
                name: shop
                eventID: /id
                eventId: [meta/id, origin]
                processVersion: { from: header:v, map: { v1: one, v2: 2 }, write: { 3: v2, 1: x }, absent: first, as: json }
                eventTimestamp: { from: record, unit: hours }
                payload: /items/0/data
                attributes: { type: /type, kind: /type, a-b: /x, k: key }
                write: [type, colour]
                select: attributes.tipe == 1 &&
                stamp: { eventId: same place, batch: header:backprocess.source, processVersion: /v }
                """;

        assertThatThrownBy(() -> Envelope.of(file, "orders")).hasMessage("""
                        line 2, column 1: 'eventID' is not one of attributes, eventId, eventTimestamp, forms, name, payload, processVersion, select, stamp, tombstones, write
                        line 3, column 11: 'meta/id' is not a place: give a JSON Pointer such as /meta/id, header:NAME, or a word of docs/envelopes.md
                        line 4, column 46: 'one' is not a version: give a number such as 1 or 2.3
                        line 4, column 72: 'write' gives version 3 the text 'v2', which 'map' reads as version 2
                        line 4, column 79: 'write' gives version 1 the text 'x', which 'map' does not have
                        line 4, column 92: 'first' is not a version: give a number such as 1 or 2.3
                        line 4, column 103: 'as' must be one of text, number, not 'json'
                        line 5, column 39: 'unit' has no effect: the record's timestamp is in milliseconds
                        line 5, column 39: 'unit' must be one of seconds, millis, micros, nanos, not 'hours'
                        line 6, column 10: 'payload' leads through an array: a record has one payload, which is an object
                        line 7, column 34: 'kind' has two names: /type is another attribute already
                        line 7, column 46: 'a-b' is not an attribute's name: use letters, digits and '_'
                        line 7, column 53: 'key' is not a place: give a JSON Pointer such as /meta/id or header:NAME
                        line 8, column 15: 'colour' is none of the attributes: a-b, type
                        line 9, column 32: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
                        line 10, column 8: header:backprocess.source is one of Backprocess's own headers: choose another for batch
                        line 10, column 19: there is no place to write to: ids that are key, origin or joined need a pointer or header
                        line 10, column 81: a result's version belongs where it is read: header:v; give 'same place'""".stripIndent());
    }

    @Test
    void refusesPlacesThatResultsWouldWriteTwice() {
        String file = """
                name: shop
                eventId: /id
                processVersion: /v
                payload: /data/order
                attributes: { type: /type, data: /data, own: "header:backprocess.revision" }
                write: [type, data, own]
                stamp: { batch: /type }
                """;

        assertThatThrownBy(() -> Envelope.of(file, "orders")).hasMessage("""
                        line 7, column 8: attribute data would be written over the payload: /data
                        line 7, column 8: attribute type and batch would be written to the same place: /type
                        line 7, column 8: header:backprocess.revision is one of Backprocess's own headers: choose another for attribute own""".stripIndent());
    }

    @Test
    void refusesAttributesThatCannotBeSetAndTextsThatAreNumbers() {
        String file = """
                name: shop
                eventId: [/src, /id]
                processVersion: { from: /v, map: { 1: 2, "1.0": 1, v1: 1 } }
                payload: /p
                attributes: { src: /src, n: /p/n, good: /good, odd: /a~2b }
                write: [src, n, good]
                """;

        assertThatThrownBy(() -> Envelope.of(file, "orders")).hasMessage("""
                        line 1, column 1: attribute n cannot be written: /p/n is inside of the payload, where a revision sets it
                        line 1, column 1: attribute src cannot be written: /src is a part of the id
                        line 3, column 39: '1' is a number, which means itself: only texts can mean another version
                        line 5, column 53: '/a~2b' is not a JSON Pointer: write ~0 for a tilde, and ~1 for a slash in a name""".stripIndent());
    }

    @Test
    void needsAConditionForEachFormButTheLast() {
        String file = """
                name: shop
                processVersion: /v
                payload: value
                forms:
                  - eventId: /id
                  - when: {}
                    eventId: key
                  - when: { has: [/x], like: 1 }
                """;

        assertThatThrownBy(() -> Envelope.of(file, "orders")).hasMessage("""
                        line 5, column 5: 'when' is missing: only the last form may take every record that is left
                        line 6, column 11: 'when' says nothing: give has, lacks or header
                        line 8, column 5: 'eventId' is missing: give the place of the id: a JSON Pointer, header:NAME, key, origin, or a list
                        line 8, column 24: 'like' is not one of has, header, lacks""".stripIndent());
    }

    @Test
    void takesTheVersionOfASchemaFromTheSubjectOfTheTopicUnlessTheFileNamesOne() {
        assertThat(versionOf("schema-version")).isEqualTo(Place.schemaVersion("orders-value"));
        assertThat(versionOf("{ from: schema-version }")).isEqualTo(Place.schemaVersion("orders-value"));
        assertThat(versionOf("{ from: schema-version, subject: shop }")).isEqualTo(Place.schemaVersion("shop"));
    }

    private static Place versionOf(String processVersion) {
        String file = "{name: shop, eventId: key, processVersion: %s, payload: value}".formatted(processVersion);
        return Envelope.of(file, "orders")
                .mapping()
                .forms()
                .get(0)
                .processVersion()
                .from();
    }

    @Test
    void keepsTheNameOfTheOwnEnvelope() {
        assertThatThrownBy(() ->
                        Envelope.of("{name: backprocess, eventId: key, processVersion: /v, payload: value}", "orders"))
                .hasMessage(
                        "line 1, column 8: 'backprocess' is the name of Backprocess's own envelope: choose another");
        assertThat(Envelope.of(null, "orders").mapping().isOwn()).isTrue();
    }
}
