package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.OffsetRange;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RepairedTest {
    private static final List<OffsetRange> RANGES = List.of(new OffsetRange(0, 10, 100), new OffsetRange(1, 0, 50));

    @Test
    void namesGapsAndWhatIsLeftAtTheEnd() {
        BatchLedger ledger = Ledgers.of(RANGES, range(10, 30), range(50, 60), range(60, 90));

        assertThat(ledger.missing()).containsExactly(range(30, 50), range(90, 100), new OffsetRange(1, 0, 50));
        assertThat(ledger.partition(0).gaps()).containsExactly(range(30, 50));
        assertThat(ledger.isComplete()).isFalse();
    }

    @Test
    void isALineLikeAnyOtherWithThePlacesBesideIt() throws Exception {
        BatchLedger ledger = Ledgers.of(RANGES, range(10, 30), range(50, 100), new OffsetRange(1, 0, 50));
        Repaired repaired = new Repaired(
                Offsets.of(List.of(List.of(500L, 519L))),
                Offsets.of(List.of(List.of(7L, 8L))),
                Offsets.of(List.of(List.of(33L, 34L))));
        byte[] written = repaired.write(Ledgers.line(range(30, 50)));

        ledger.add(new ConsumerRecord<>("backprocess.ledger", 0, 0, new byte[0], written));

        assertThat(ledger.missing()).isEmpty();
        assertThat(ledger.isComplete()).isTrue();
        assertThat(ledger.repairedStretches(0)).containsExactly(range(30, 50));
        assertThat(ledger.repairedStretches(1)).isEmpty();
        assertThat(ledger.repaired(0).results().size()).isEqualTo(19);
        assertThat(ledger.repaired(0).deadLetters().contains(7)).isTrue();
        assertThat(ledger.repaired(0).origins().contains(33)).isTrue();
        assertThat(ledger.redriven(0).deadLetters().isEmpty()).isTrue();
        LedgerLine asBefore = new ObjectMapper()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .readValue(written, LedgerLine.class);
        assertThat(asBefore).isEqualTo(Ledgers.line(range(30, 50)));
    }

    private static OffsetRange range(long start, long end) {
        return new OffsetRange(0, start, end);
    }
}
