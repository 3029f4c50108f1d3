package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A sample without events is a problem, or a warning where the dead letters are intended. */
class RangeWarningsTest {
    private static final String LOOK = "5 of 5 sampled records are no events";

    @Test
    void isAProblemWhereNoSampledRecordIsAnEvent() {
        RangeWarnings look = new RangeWarnings(null, List.of("compacted", LOOK), List.of("misfit"), LOOK);

        assertThat(look.warnings(false)).containsExactly("compacted");
        assertThat(look.problems(false))
                .containsExactly("misfit", LOOK + "; if this is intended: --accept-dead-letters");
    }

    @Test
    void isOnlyAWarningWhereDeadLettersAreIntended() {
        RangeWarnings look = new RangeWarnings(null, List.of("compacted", LOOK), List.of("misfit"), LOOK);

        assertThat(look.warnings(true)).containsExactly("compacted", LOOK);
        assertThat(look.problems(true)).containsExactly("misfit");
    }

    @Test
    void warnsOfARecordThatIsNoEventWhereOthersAre() {
        RangeWarnings look = new RangeWarnings(null, List.of("1 of 5 are no events"), List.of(), null);

        assertThat(look.warnings(false)).containsExactly("1 of 5 are no events");
        assertThat(look.problems(false)).isEmpty();
    }
}
