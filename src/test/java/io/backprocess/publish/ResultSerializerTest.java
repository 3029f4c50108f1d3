package io.backprocess.publish;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.testing.NoSinkContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResultSerializerTest {
    private static final byte[] ENVELOPE = "{\"new\":true}".getBytes(UTF_8);

    private final byte[] key = {0, (byte) 0xFF};
    private final Headers headers =
            new RecordHeaders().add("trace", new byte[] {1}).add("none", null).add("trace", new byte[] {2});

    @ParameterizedTest
    @EnumSource
    void keepsPartitionKeyTimestampAndHeadersOfTheOriginal(ResultHeaders wanted) throws Exception {
        SourceRecord source = source(1_700_000_000_123L, key, headers);

        ProducerRecord<byte[], byte[]> record = serialize(wanted, result(source));

        assertThat(record.topic()).isEqualTo("orders.batch-1");
        assertThat(record.partition()).isEqualTo(3);
        assertThat(record.timestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(record.key()).isSameAs(key);
        assertThat(record.value()).isSameAs(ENVELOPE);
        assertThat(List.of(record.headers().toArray()).subList(0, 3)).containsExactly(headers.toArray());
        assertThat(headers.toArray()).as("the source's own headers").hasSize(3);
    }

    @Test
    void saysWhereTheSourceRecordStands() throws Exception {
        Result result = result(source(0, key, new RecordHeaders()));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.ORIGIN, result);

        assertThat(texts(record.headers())).containsExactly("backprocess.source=orders/3/1234567");
    }

    @Test
    void saysAllWhereAllIsWanted() throws Exception {
        Result result = result(source(0, key, new RecordHeaders()));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.FULL, result);

        assertThat(texts(record.headers()))
                .containsExactly(
                        "backprocess.source=orders/3/1234567",
                        "backprocess.batch-id=batch-1",
                        "backprocess.revision=purchase-split",
                        "backprocess.source-event-id=caf\u00e9");
    }

    @Test
    void addsNothingWhereNothingIsWanted() throws Exception {
        Result result = result(source(0, key, headers));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.NONE, result);

        assertThat(record.headers().toArray()).containsExactly(headers.toArray());
    }

    @Test
    void hasTheLastWordWhereTheSourceIsAResultItself() throws Exception {
        Headers earlier = new RecordHeaders().add("backprocess.source", "older/0/1".getBytes(UTF_8));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.ORIGIN, result(source(0, key, earlier)));

        assertThat(texts(record.headers()))
                .containsExactly("backprocess.source=older/0/1", "backprocess.source=orders/3/1234567");
    }

    @Test
    void keepsThatThereIsNoKey() throws Exception {
        Result result = result(source(0, null, headers));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.ORIGIN, result);

        assertThat(record.key()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void neverLetsTheClockSetATimestamp(ResultHeaders wanted) throws Exception {
        Result result = result(source(-1, key, headers));

        ProducerRecord<byte[], byte[]> record = serialize(wanted, result);

        assertThat(record.timestamp()).isZero();
    }

    @Test
    void leavesTheHeadersOfSeveralResultsApart() throws Exception {
        SourceRecord source = source(0, key, headers);
        ProducerRecord<byte[], byte[]> first = serialize(ResultHeaders.NONE, result(source));

        first.headers().add("by the producer", new byte[0]);
        ProducerRecord<byte[], byte[]> second = serialize(ResultHeaders.NONE, result(source));

        assertThat(second.headers().toArray()).hasSize(3);
        assertThat(source.headers().toArray()).hasSize(3);
    }

    @Test
    void sendsLedgerLinesToTheBatchsPartitionOfTheLedger() throws Exception {
        LedgerEntry entry = new LedgerEntry(3, "{\"partition\":3}".getBytes(UTF_8));

        ProducerRecord<byte[], byte[]> record = serialize(ResultHeaders.FULL, entry);

        assertThat(record.topic()).isEqualTo("backprocess.ledger");
        assertThat(record.partition()).isEqualTo(7);
        assertThat(record.key()).asString(UTF_8).isEqualTo("batch-1/3");
        assertThat(record.value()).isSameAs(entry.line());
        assertThat(record.headers()).isEmpty();
        assertThat(record.timestamp()).as("of the writing").isNull();
    }

    private static ProducerRecord<byte[], byte[]> serialize(ResultHeaders wanted, Publication publication)
            throws Exception {
        ResultSerializer sent = new ResultSerializer(
                "batch-1", "orders", "orders.batch-1", "purchase-split", wanted, "backprocess.ledger", 7);
        return InstantiationUtil.clone(sent).serialize(publication, new NoSinkContext(), 42L);
    }

    private static SourceRecord source(long timestamp, byte @Nullable [] key, Headers headers) {
        byte[] value = envelope("caf\\u00e9").getBytes(UTF_8);
        return new SourceRecord(3, 1_234_567, timestamp, key, value, headers);
    }

    private static Result result(SourceRecord source) {
        return new Result(eventOf(source), ENVELOPE);
    }

    private static List<String> texts(Headers headers) {
        List<String> texts = new ArrayList<>();
        for (Header header : headers) {
            texts.add(header.key() + "=" + new String(header.value(), UTF_8));
        }
        return texts;
    }
}
