package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchEstimateTest {
    @Test
    void growsWithTheOffsets() {
        assertThat(BatchEstimate.of(0)).isEqualTo(new BatchEstimate(0, 0, 0));
        assertThat(BatchEstimate.of(1)).isEqualTo(new BatchEstimate(1, 1, 1));
        assertThat(BatchEstimate.of(1_000_000_000L)).isEqualTo(new BatchEstimate(28_611, 16_213, 10_000));
    }
}
