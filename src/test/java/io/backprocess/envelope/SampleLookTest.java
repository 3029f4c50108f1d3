package io.backprocess.envelope;

import static io.backprocess.envelope.Records.record;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.EventReader;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sample looks like, where its records are no events of the batch's envelope. */
class SampleLookTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}; CloudEvents 1.0 (structured): try --envelope cloudevents",
                "{\"before\":null,\"after\":{},\"source\":{},\"op\":\"c\"}; Debezium change events: try --envelope debezium",
                "{\"schema\":{},\"payload\":{\"source\":{},\"op\":\"c\"}}; Debezium change events: try --envelope debezium",
                "{\"messageId\":\"1\",\"messageType\":[\"urn:a\"],\"message\":{}}; MassTransit: try --envelope masstransit",
                "{\"event_id\":\"1\",\"process_version\":1,\"payload\":{}}; our envelope with other names, such as 'process_version': write an --envelope file with 'eventId', 'processVersion' and 'payload' as they are named here",
                "{\"eventId\":\"1\",\"processVersion\":\"v1\",\"payload\":{}}; our envelope with a processVersion that is text: write an --envelope file with 'processVersion: /processVersion', and 'map' where the text is no number",
                "{\"eventId\":7,\"processVersion\":1,\"payload\":{}}; our envelope with an eventId that is a number: write an --envelope file with 'eventId: /eventId'",
                "{\"meta\":{\"eventId\":\"7\"},\"data\":{}}; our envelope inside of member 'meta': write an --envelope file whose pointers begin with /meta",
                "\"{\\\"eventId\\\":1}\"; JSON in a JSON string: the writer has serialized the value twice, which is not read",
                "[{}]; JSON arrays: a record has one event, which is an object",
                "<a/>; XML: such records are not read: they are no JSON",
                "{\"eventId\":; JSON that is cut off or malformed",
            })
    void saysWhatItLooksLikeAndWhatToTry(String value, String words) {
        SampleLook look = new SampleLook(Envelope.OWN);

        look.addUnreadable(record(value), null);

        assertThat(look.unreadable())
                .isEqualTo("1 of 1 sampled records are no events of --envelope backprocess: 100 % look like " + words);
        assertThat(look.isHopeless()).isTrue();
    }

    @Test
    void knowsFormatsByTheirFirstBytes() {
        assertThat(words("\u0000\u0000\u0000\u0000*{}")).contains("Confluent wire format, schema id 42");
        assertThat(words("\u001F\u008B\u0008\u0000")).contains("gzip");
        assertThat(words("(\u00B5/\u00FD")).contains("zstd");
        assertThat(words("\u00AC\u00ED\u0000\u0005")).contains("serialized Java objects");
        assertThat(words("Obj\u0001")).contains("Avro container files");
        assertThat(words("")).contains("bytes that are no JSON");
    }

    @Test
    void tellsLettersWithoutACopyFromTombstones() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("__dlq.errors.topic", "orders".getBytes(ISO_8859_1));
        SampleLook look = new SampleLook(Envelope.OWN);

        look.addUnreadable(new SourceRecord(0, 0, 0, null, null, headers), null);
        look.addUnreadable(new SourceRecord(0, 1, 0, null, null, new RecordHeaders()), null);

        assertThat(look.unreadable())
                .contains("50 % look like dead letters of a share group without a copy of the record: set errors.")
                .contains("50 % look like tombstones");
    }

    private static String words(String latin) {
        SampleLook look = new SampleLook(Envelope.OWN);
        look.addUnreadable(new SourceRecord(0, 0, 0, null, latin.getBytes(ISO_8859_1), new RecordHeaders()), null);
        return String.valueOf(look.unreadable());
    }

    @Test
    void namesThePlacesThatNoRecordHas() throws Exception {
        Envelope envelope = Envelope.of("""
                name: shop
                eventId: /id
                processVersion: { from: /v, map: { v1: 1 } }
                eventTimestamp: /at
                payload: /data
                attributes: { type: /type, tenant: header:tenant }
                stamp: { batch: /trace/batch }
                """, "orders");
        SampleLook look = new SampleLook(envelope);
        EventReader reader = new EventReader(envelope.mapping());
        SourceRecord good = record("{\"id\":1,\"v\":\"v1\",\"type\":\"x\",\"data\":{}}");
        SourceRecord unmapped = record("{\"id\":1,\"v\":\"v9\",\"data\":{}}");

        look.add(reader.read(good, Objects.requireNonNull(good.value())));
        try {
            look.add(reader.read(unmapped, Objects.requireNonNull(unmapped.value())));
        } catch (UnreadableException e) {
            look.addUnreadable(unmapped, e);
        }

        assertThat(look.isHopeless()).isFalse();
        assertThat(look.misfits())
                .containsExactly(
                        "line 3, column 25: processVersion at /v is text \"v9\", a number or a text of 'map' is needed: see --envelope; a version that the batch shall skip needs an entry too",
                        "line 7, column 17: no sampled record has an object in which a result could write its batch",
                        "line 4, column 17: no sampled record has an eventTimestamp",
                        "line 6, column 36: no sampled record has attribute 'tenant'");
    }
}
