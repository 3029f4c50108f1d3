package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EstimateTest {
    @Test
    void growsWithTheOffsets() {
        assertThat(Estimate.of(0)).isEqualTo(new Estimate(0, 0, 0));
        assertThat(Estimate.of(1)).isEqualTo(new Estimate(1, 1, 1));
        assertThat(Estimate.of(1_000_000_000L)).isEqualTo(new Estimate(28_611, 16_213, 10_000));
    }
}
