package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchRunTest {
    @Test
    void asksAYoungJobOftenAndAnOldOneSeldom() {
        Duration first = BatchRun.pause(Duration.ZERO);
        Duration afterFourSeconds = BatchRun.pause(Duration.ofSeconds(4));
        Duration afterAnHour = BatchRun.pause(Duration.ofHours(1));

        assertThat(first).isEqualTo(Duration.ofMillis(50));
        assertThat(afterFourSeconds).isEqualTo(Duration.ofMillis(100));
        assertThat(afterAnHour).isEqualTo(Duration.ofMillis(500));
    }
}
