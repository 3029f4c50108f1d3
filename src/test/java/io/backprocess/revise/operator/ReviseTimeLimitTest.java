package io.backprocess.revise.operator;

import static io.backprocess.revise.operator.ReviseTest.order;
import static io.backprocess.revise.operator.ReviseTest.results;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.revise.TestRevisions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a limit, a call of the revision runs in a thread of its own, and is left behind when it does not come back. */
class ReviseTimeLimitTest {
    private final Path directory;

    ReviseTimeLimitTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "loop"})
    void leavesACallBehindThatDoesNotComeBack(String what) throws Exception {
        Revise revise = limited();

        DeadLetter letter = (DeadLetter) revise.map(order(what));
        Outcome next = revise.map(order("go on"));

        assertThat(letter.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(letter.message()).isEqualTo("the revision did not come back within 100 ms (--revision-timeout)");
        assertThat(letter.exception()).isEqualTo(TimeoutException.class.getName());
        assertThat(results(next)).hasSize(1);
        TestRevisions.Obedient.loops = false;
        revise.close();
    }

    @Test
    void endsTheJobWhenTooManyCallsDoNotComeBack() throws Exception {
        Revise revise = limited();

        for (int i = 0; i < TimeLimit.MOST_LEFT_BEHIND; i++) {
            assertThat(revise.map(order("loop"))).isInstanceOf(DeadLetter.class);
        }

        assertThatThrownBy(() -> revise.map(order("go on")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8 calls of the revision have not returned within 100 ms");
        TestRevisions.Obedient.loops = false;
        revise.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"go on", "emit three", "reject", "throw NullPointerException", "overflow the stack", "fail twice"
            })
    void makesTheSameOfAnEventInAThreadOfItsOwn(String what) throws Exception {
        assertThat(describe(limited().map(order(what))))
                .isEqualTo(describe(unlimited().map(order(what))));
    }

    @Test
    void isCancelledWhileACallRuns() throws Exception {
        Revise revise = limited();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> revise.map(order("wait"))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    private Revise limited() {
        TestRevisions.Obedient.loops = true;
        return open(revise().within(Duration.ofMillis(100)));
    }

    private Revise unlimited() {
        return open(revise());
    }

    private static Revise revise() {
        return new Revise(
                "batch-1", ProcessVersion.of("1"), List.of("obedient"), Map.of(), ReviseTest.MAX_RESULT_BYTES);
    }

    private Revise open(Revise revise) {
        revise.open(TestRevisions.loader(directory, TestRevisions.Obedient.class));
        return revise;
    }

    private static String describe(Outcome outcome) {
        return outcome instanceof DeadLetter letter
                ? letter.reason() + ": " + letter.message() + ": " + letter.attempts()
                : results(outcome).toString();
    }
}
