package io.backprocess.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.envelope.ForeignRecords;
import io.backprocess.event.LetterFamily.Letter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** What dead letters say that Spring for Apache Kafka, Kafka Connect, Kafka Streams and a Kafka broker themselves have written. */
class LetterFamilyTest {
    /** One line for each letter: the first origin, the attempts, and the first line of the failure. */
    private static List<String> read(LetterFamily family) {
        List<String> lines = new ArrayList<>();
        for (ForeignRecords.Foreign foreign : ForeignRecords.of("foreign-dlt/" + family + ".jsonl")) {
            Letter letter = family.read(foreign.record());
            lines.add("%s %s %s"
                    .formatted(
                            letter.firstSource(),
                            letter.attempts(),
                            letter.failure().lines().findFirst().orElse("")));
        }
        return lines;
    }

    @Test
    void readsSpring() {
        assertThat(read(LetterFamily.SPRING))
                .containsExactly(
                        "orders/1/100 1 io.backprocess.foreign.dlt.SpringDlt$UnknownSkuException",
                        "orders/1/101 3 java.lang.IllegalStateException",
                        "orders/1/102 1 java.lang.IllegalStateException",
                        "orders/1/100 2 io.backprocess.foreign.dlt.SpringDlt$UnknownSkuException",
                        "orders/1/100 3 java.lang.IllegalStateException",
                        "orders/1/100 1 java.lang.IllegalStateException",
                        "orders/1/105 1 org.springframework.kafka.support.serializer.DeserializationException",
                        "orders/1/106 1 org.springframework.kafka.support.serializer.DeserializationException",
                        "orders/1/107 1 org.springframework.kafka.support.serializer.DeserializationException",
                        "orders/1/108 1 io.backprocess.foreign.dlt.SpringDlt$UnknownSkuException",
                        "orders/1/108 2 io.backprocess.foreign.dlt.SpringDlt$UnknownSkuException",
                        "orders/1/108 3 io.backprocess.foreign.dlt.SpringDlt$UnknownSkuException",
                        "orders/1/109 1 java.lang.ClassCastException",
                        "orders/1/110 2 java.lang.IllegalStateException");
    }

    @Test
    void readsConnect() {
        assertThat(read(LetterFamily.CONNECT))
                .containsExactly(
                        "orders/1/100 1 org.apache.kafka.connect.errors.DataException",
                        "orders/1/101 1 org.apache.kafka.connect.errors.DataException",
                        "orders/1/102 1 org.apache.kafka.connect.errors.DataException",
                        "orders/1/103 1 org.apache.kafka.connect.errors.DataException",
                        "orders/1/104 1 org.apache.kafka.connect.errors.DataException",
                        "orders/1/105 1 java.lang.IllegalStateException",
                        "null 0 ",
                        "orders/1/104 2 org.apache.kafka.connect.errors.DataException",
                        "orders/1/104 3 org.apache.kafka.connect.errors.DataException");
    }

    @Test
    void readsStreams() {
        assertThat(read(LetterFamily.STREAMS))
                .containsExactly(
                        "orders/1/100 1 org.apache.kafka.common.errors.SerializationException",
                        "orders/1/101 1 java.lang.IllegalStateException",
                        "orders/1/102 1 java.lang.IllegalStateException",
                        "orders/1/103 1 java.lang.IllegalStateException",
                        "orders-repartition-by-user-repartition/0/0 1 java.lang.IllegalStateException",
                        "orders/1/105 1 org.apache.kafka.common.errors.SerializationException",
                        "orders/1/106 1 org.apache.kafka.common.errors.RecordTooLargeException",
                        "null 1 java.lang.IllegalStateException",
                        "orders/1/101 2 java.lang.IllegalStateException",
                        "orders/1/101 3 java.lang.IllegalStateException");
    }

    /** Kafka 4.4 copies no headers, so the second failure and the third know nothing of the first. */
    @Test
    void readsShare() {
        assertThat(read(LetterFamily.SHARE))
                .containsExactly(
                        "orders/1/100 1 Offset rejected by client.",
                        "orders/1/101 3 Offset delivery count exceeded the threshold.",
                        "orders/1/102 3 Offset delivery count exceeded the threshold.",
                        "orders/1/103 1 Offset rejected by client.",
                        "orders/1/104 1 Offset rejected by client.",
                        "orders/1/105 1 Offset rejected by client.",
                        "orders/1/106 1 Offset rejected by client.",
                        "orders/1/107 1 Offset rejected by client.",
                        "orders/1/108 3 Offset delivery count exceeded the threshold.",
                        "orders/1/109 1 Offset rejected by client.",
                        "orders/1/110 1 Offset rejected by client.",
                        "dlq.orders/1/9 1 Offset rejected by client.",
                        "orders/1/111 1 Offset rejected by client.");
    }

    @Test
    void tellsALetterWithoutACopyFromATombstone() {
        List<String> without = ForeignRecords.of("foreign-dlt/share.jsonl").stream()
                .filter(foreign -> LetterFamily.SHARE.whereTheValueIs(foreign.record()) != null)
                .map(foreign -> LetterFamily.SHARE.read(foreign.record()).firstSource())
                .toList();

        assertThat(without).containsExactly("orders/1/107", "orders/1/108", "orders/1/110", "orders/1/111");
        assertThat(LetterFamily.SHARE.whereTheValueIs(new SourceRecord(0, 0, 5, null, null, new RecordHeaders())))
                .isNull();
        for (ForeignRecords.Foreign foreign : ForeignRecords.of("foreign-dlt/share.jsonl")) {
            assertThat(LetterFamily.STREAMS.whereTheValueIs(foreign.record())).isNull();
        }
    }

    /** The time of these letters is that of the failure. The records of the lab have times of 2025. */
    @Test
    void knowsWhenAShareGroupGaveUp() {
        for (ForeignRecords.Foreign foreign : ForeignRecords.of("foreign-dlt/share.jsonl")) {
            assertThat(LetterFamily.SHARE.read(foreign.record()).failedAt())
                    .as(foreign.about())
                    .isEqualTo(Instant.ofEpochMilli(foreign.record().timestamp()))
                    .isAfter(Instant.parse("2026-01-01T00:00:00Z"));
        }
    }

    /** Everything that a framework adds is recognized, and nothing that the application had. */
    @Test
    void knowsTheHeadersOfEachFamily() {
        for (LetterFamily family :
                List.of(LetterFamily.SPRING, LetterFamily.CONNECT, LetterFamily.STREAMS, LetterFamily.SHARE)) {
            for (ForeignRecords.Foreign foreign : ForeignRecords.of("foreign-dlt/" + family + ".jsonl")) {
                assertThat(StreamSupport.stream(foreign.record().headers().spliterator(), false)
                                .map(Header::key)
                                .filter(name -> !LetterFamily.isContext(name))
                                .distinct())
                        .as(foreign.about())
                        .isSubsetOf("traceparent", "bad");
            }
        }
    }

    @Test
    void addsUpTheAttemptsOfEarlierReplaysAndKeepsTheFirstOrigin() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("backprocess.first-source", "orders/1/100".getBytes(UTF_8));
        headers.add("backprocess.attempts", "2".getBytes(UTF_8));
        headers.add("__connect.errors.topic", "orders".getBytes(UTF_8));
        headers.add("__connect.errors.partition", "1".getBytes(UTF_8));
        headers.add("__connect.errors.offset", "999".getBytes(UTF_8));
        headers.add("__connect.errors.exception.message", null);
        SourceRecord record = new SourceRecord(0, 0, 5, null, null, headers);

        Letter letter = LetterFamily.CONNECT.read(record);
        letter.writeTo(headers);

        assertThat(letter).isEqualTo(new Letter("orders/1/100", 3, "", Instant.ofEpochMilli(5)));
        assertThat(RecordText.headers(record))
                .containsEntry("backprocess.attempts", "3")
                .containsEntry("backprocess.first-source", "orders/1/100");
    }

    /** A broker that copies headers too adds its own behind those of the first failure. */
    @Test
    void addsUpTheDeliveriesOfSeveralShareGroups() {
        RecordHeaders headers = new RecordHeaders();
        for (String[] failure : new String[][] {{"100", "3"}, {"200", "1"}, {"300", null}}) {
            headers.add("__dlq.errors.topic", "orders".getBytes(UTF_8));
            headers.add("__dlq.errors.partition", "1".getBytes(UTF_8));
            headers.add("__dlq.errors.offset", failure[0].getBytes(UTF_8));
            headers.add("__dlq.errors.delivery.count", failure[1] == null ? null : failure[1].getBytes(UTF_8));
        }

        Letter letter = LetterFamily.SHARE.read(new SourceRecord(0, 0, 5, null, null, headers));

        assertThat(letter).isEqualTo(new Letter("orders/1/100", 4, "", Instant.ofEpochMilli(5)));
    }

    @Test
    void saysNothingOfWhatIsNoLetter() {
        SourceRecord record = new SourceRecord(0, 0, 5, null, null, new RecordHeaders());

        for (LetterFamily family : LetterFamily.values()) {
            assertThat(family.read(record)).isEqualTo(new Letter(null, 0, "", Instant.ofEpochMilli(5)));
        }
    }

    @Test
    void survivesHeadersOfAnyBytes() {
        RecordHeaders headers = new RecordHeaders();
        for (String name : List.of(
                "kafka_dlt-original-partition",
                "kafka_dlt-original-offset",
                "retry_topic-attempts",
                "retry_topic-backoff-timestamp",
                "kafka_deliveryAttempt",
                "backprocess.attempts")) {
            headers.add(name, new byte[] {(byte) 0xFF, 1, 2});
            headers.add(name, new byte[0]);
            headers.add(name, "99999999999999999999".getBytes(UTF_8));
            headers.add(name, new byte[300]);
        }
        headers.add("kafka_dlt-original-topic", new byte[] {(byte) 0xC3});

        Letter letter = LetterFamily.SPRING.read(new SourceRecord(0, 0, 5, null, null, headers));

        assertThat(letter.firstSource()).isNull();
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(letter.failedAt()).isEqualTo(Instant.ofEpochMilli(5));
    }
}
