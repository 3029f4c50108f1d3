package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.event.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossFinderTest {
    @Test
    void knowsTheReasonsOfTheDeadLettersThatSurvivedInALostSpan() {
        LossFinder finder = LossFinder.of(3, List.of(new OffsetRange(3, 10, 20), new OffsetRange(3, 40, 50)));

        finder.deadLetterIsThere(9, Reason.REJECTED);
        finder.deadLetterIsThere(10, Reason.REJECTED);
        finder.deadLetterIsThere(11, Reason.UNEXPECTED);
        finder.deadLetterIsThere(20, Reason.REJECTED);
        finder.deadLetterIsThere(49, Reason.REJECTED);
        Loss.PartitionLoss loss = finder.found(0);

        assertThat(loss.deadLettersThere().of(9)).isNull();
        assertThat(loss.deadLettersThere().of(10)).isEqualTo(Reason.REJECTED);
        assertThat(loss.deadLettersThere().of(11)).isEqualTo(Reason.UNEXPECTED);
        assertThat(loss.deadLettersThere().of(20)).isNull();
        assertThat(loss.deadLettersThere().of(49)).isEqualTo(Reason.REJECTED);
        assertThat(loss.deadLettersThere().of(50)).isNull();
    }

    @Test
    void coversTheSourceOffsetsOfItsSpans() {
        LossFinder finder = LossFinder.of(0, List.of(new OffsetRange(0, 10, 20), new OffsetRange(0, 40, 41)));

        assertThat(List.of(9L, 10L, 19L, 20L, 39L, 40L, 41L).stream()
                        .filter(finder::covers)
                        .toList())
                .containsExactly(10L, 19L, 40L);
        assertThat(LossFinder.of(0, List.of()).covers(0)).isFalse();
    }
}
