package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.tools.chaos.Operator.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorTest {
    @ParameterizedTest
    @CsvSource({
        "0, b runs as Flink job 1, NONE",
        "4, may be recounted: add --accept-recount, NEEDS_RECOUNT",
        "4, b is running already, NOT_NOW",
        "4, cannot be resumed at this moment, NOT_NOW",
        "4, there is no snapshot, NO_SNAPSHOT",
        "4, they would be written twice, NO_SNAPSHOT",
        "4, for another reason, ANOTHER",
        "2, not started: start it with: run, NOT_STARTED",
        "2, no such option, ANOTHER",
        "1, there is no snapshot, ANOTHER",
    })
    void knowsWhatAResumeMeansByItsAnswer(int code, String said, Refusal refusal) {
        assertThat(Refusal.of(new Backprocess.Answer(code, said))).isEqualTo(refusal);
    }
}
