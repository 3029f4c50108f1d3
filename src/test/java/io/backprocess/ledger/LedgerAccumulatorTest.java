package io.backprocess.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.OffsetRange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger whose redrives have processed more dead letters than one list of offsets may name. */
class LedgerAccumulatorTest {
    private static final long HALF = 1L << 23;

    private final ObjectMapper json = new ObjectMapper();
    private final LedgerAccumulator start = accumulator(false);
    private final LedgerAccumulator evidence = accumulator(true);
    private long offset;

    @BeforeEach
    void summariesOfEachSize() throws IOException {
        for (int line = 0; line < LedgerSummary.EVERY; line++) {
            take(line());
        }
        take(redrive(0, HALF));
        take(redrive(HALF, 2 * HALF + 1));
        for (int line = 2; line < LedgerSummary.EVERY; line++) {
            take(line());
        }
    }

    @Test
    void aSummaryIsDueOnlyIfItCanBeRead() throws IOException {
        LedgerSummary newest = Objects.requireNonNull(start.newest());

        assertThat(newest.extent().lines()).isEqualTo(LedgerSummary.EVERY);
        assertThat(LedgerSummary.read(newest.write())).isEqualTo(newest);
        assertThat(start.batch().redriven(0).deadLetters().size()).isEqualTo(2 * HALF + 1);
    }

    @Test
    void aSummaryThatAnEarlierVersionWroteTooLargeIsPassedOver() throws IOException {
        ConsumerRecord<byte[], byte[]> tooLarge = summary(start.batch()
                .summary("batch", 0, 2L * LedgerSummary.EVERY, start.from())
                .write());
        assertThatThrownBy(() -> LedgerSummary.read(tooLarge.value())).isInstanceOf(IOException.class);

        evidence.take(tooLarge);

        assertThat(evidence.wrongSummaries()).isEmpty();
        assertThat(accumulator(false).goOnFrom(tooLarge)).isFalse();
    }

    @Test
    void aSummaryThatCanBeReadIsStillCompared() throws IOException {
        String right = new String(Objects.requireNonNull(start.newest()).write(), UTF_8);
        ConsumerRecord<byte[], byte[]> wrong = summary(
                right.replace("\"read\":" + LedgerSummary.EVERY, "\"read\":7").getBytes(UTF_8));

        evidence.take(summary(right.getBytes(UTF_8)));
        evidence.take(wrong);

        assertThat(evidence.wrongSummaries()).containsExactly(wrong.offset());
    }

    private void take(byte[] line) throws IOException {
        ConsumerRecord<byte[], byte[]> record = record("batch/0", line);
        start.take(record);
        evidence.take(record);
    }

    private byte[] line() throws IOException {
        return json.writeValueAsBytes(Ledgers.line(new OffsetRange(0, offset, offset + 1)));
    }

    private static byte[] redrive(long from, long to) {
        Redriven redriven = new Redriven(
                List.of("purchase-split"),
                Map.of(),
                Offsets.of(List.of(List.of(from, to))),
                new Offsets(),
                new Offsets());
        return redriven.write(new LedgerLine(
                "batch", 0, -1, 0, LedgerLine.Covered.NONE, new LedgerLine.Outcomes(0, Map.of(), 0, Map.of(), 0, 0)));
    }

    private ConsumerRecord<byte[], byte[]> summary(byte[] value) {
        return record(LedgerSummary.key("batch"), value);
    }

    private ConsumerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ConsumerRecord<>("ledger", 0, offset++, key.getBytes(UTF_8), value);
    }

    private static LedgerAccumulator accumulator(boolean evidence) {
        return new LedgerAccumulator(
                "batch", List.of(OffsetRange.openFrom(0, 0)), 0, Long.MAX_VALUE, line -> {}, evidence);
    }
}
