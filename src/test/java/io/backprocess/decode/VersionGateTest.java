package io.backprocess.decode;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionGateTest {
    private final VersionGate gate = new VersionGate(ProcessVersion.of("1"));

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1e0", "10e-1"})
    void letsTheWantedVersionThroughHoweverItIsWritten(String written) {
        Event event = eventAt(3, 7, envelope("e-1", written, "{}"));

        Outcome outcome = gate.map(event);

        assertThat(outcome).isSameAs(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2",
                "1.1",
                "0",
                "-1",
                "10",
                "1e1",
                "1e99999999999",
                "100e2147483647",
                "0.99999999999999999999999"
            })
    void skipsEveryOtherVersion(String written) {
        Event event = eventAt(3, 7, envelope("e-1", written, "{}"));

        Outcome outcome = gate.map(event);

        assertThat(outcome).isEqualTo(new Skipped(3, event.processVersion()));
    }

    @Test
    void handsOnWhatIsNoEvent() {
        Outcome progress = new Progress(0, 1, 2, 1);
        Outcome dead = DeadLetter.of(recordAt(1, 5, null), "decode", Reason.TOMBSTONE, "null");

        Outcome first = gate.map(progress);
        Outcome second = gate.map(dead);

        assertThat(first).isSameAs(progress);
        assertThat(second).isSameAs(dead);
    }
}
