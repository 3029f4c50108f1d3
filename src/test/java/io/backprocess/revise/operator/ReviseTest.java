package io.backprocess.revise.operator;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TestRevisions;
import io.backprocess.revise.TransientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a revision does to an event, the event is in one place, and the job goes on. */
class ReviseTest {
    static final int MAX_RESULT_BYTES = 1_048_588;

    private final Path directory;

    ReviseTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void takesAnEventWithItsResult() throws Exception {
        Event event = eventAt(3, 7, envelope("e-1", "1", "{\"a\":99.990}"));

        Outcome outcome = revise().map(event);

        assertThat(results(outcome))
                .containsExactly(
                        envelope("e-1", "2", "{\"a\":99.990,\"calls\":\"1\"}").replace("live", "batch-1"));
        assertThat(((Taken) outcome).event()).isSameAs(event);
        assertThat(((Taken) outcome).results())
                .allSatisfy(result -> assertThat(result.source()).isSameAs(event));
    }

    @Test
    void takesAnEventWithoutAResult() throws Exception {
        Event event = order("emit nothing");

        Outcome outcome = revise().map(event);

        assertThat(outcome).isEqualTo(new Taken(event, List.of()));
    }

    @Test
    void takesAnEventWithSeveralResultsInTheirOrder() throws Exception {
        Event event = order("emit three");

        Outcome outcome = revise().map(event);

        assertThat(results(outcome))
                .hasSize(3)
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"part\":\"a\""),
                        second -> assertThat(second).contains("\"part\":\"b\""),
                        third -> assertThat(third).contains("\"part\":\"c\""));
    }

    @Test
    void writesOneEditTwiceWhereItIsEmittedTwice() throws Exception {
        Event event = order("emit one edit twice");

        List<String> results = results(revise().map(event));

        assertThat(results).hasSize(2).doesNotHaveDuplicates().allMatch(result -> result.contains("\"part\":\"a\""));
    }

    @Test
    void handsOnWhatIsNoEvent() throws Exception {
        Revise revise = revise();
        List<Outcome> others = List.of(
                new Skipped(0, ProcessVersion.of("2")),
                new Duplicate(1),
                new Progress(2, 0, 10, 7),
                DeadLetter.of(recordAt(1, 5, null), "decode", Reason.TOMBSTONE, "null"));

        for (Outcome other : others) {
            assertThat(revise.map(other)).isSameAs(other);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "reject, REJECTED, Invalid amount: -999",
        "emit and reject, REJECTED, 'No, after all'",
        "miss context, MISSING_CONTEXT, itemSku is missing",
        "find a field invalid, INVALID_FIELD, no date: yesterday",
    })
    void makesADeadLetterOfARejectedEvent(String order, Reason reason, String message) throws Exception {
        Event event = order(order);

        DeadLetter letter = (DeadLetter) revise().map(event);

        assertThat(letter.record()).isSameAs(event.record());
        assertThat(letter.stage()).isEqualTo("revise");
        assertThat(letter.reason()).isEqualTo(reason);
        assertThat(letter.message()).isEqualTo(message);
        assertThat(letter.exception()).isEqualTo(RejectedException.class.getName());
        assertThat(letter.stackTrace())
                .as("it would say nothing, a million times")
                .isNull();
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(letter.eventId()).isEqualTo("e-1");
    }

    @ParameterizedTest
    @CsvSource({
        "throw NullPointerException, java.lang.NullPointerException, of null",
        "throw with a cause, java.lang.ArithmeticException, outer",
        "throw a checked exception, java.io.IOException, checked",
        "throw an assertion, java.lang.AssertionError, asserted",
        "throw a linkage error, java.lang.NoClassDefFoundError, com/example/Missing",
        "throw its own cause, io.backprocess.revise.TestRevisions$OwnCause, OwnCause",
    })
    void makesADeadLetterOfWhateverIsThrown(String order, String exception, String message) throws Exception {
        Event event = order(order);

        DeadLetter letter = (DeadLetter) revise().map(event);

        assertThat(letter.record()).isSameAs(event.record());
        assertThat(letter.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(letter.exception()).isEqualTo(exception);
        assertThat(letter.message()).contains(message);
        assertThat(letter.stackTrace()).contains("TestRevisions$Obedient.revise");
        assertThat(letter.eventId()).isEqualTo("e-1");
    }

    @ParameterizedTest
    @CsvSource({"throw what throws, Hostile", "throw what never stops talking, Talkative"})
    void makesADeadLetterOfWhatThrowsWhenItIsLookedAt(String order, String exception) throws Exception {
        Event event = order(order);

        DeadLetter letter = (DeadLetter) revise().map(event);

        assertThat(letter.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(letter.message()).contains("TestRevisions$" + exception);
    }

    @Test
    void makesADeadLetterOfAnOverflownStackAndGoesOn() throws Exception {
        Revise revise = revise();

        DeadLetter letter = (DeadLetter) revise.map(order("overflow the stack"));
        Outcome next = revise.map(order("go on"));

        assertThat(letter.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(letter.exception()).isEqualTo("java.lang.StackOverflowError");
        assertThat(letter.message()).isEqualTo("the revision recursed too deep");
        assertThat(next).isInstanceOf(Taken.class);
    }

    @Test
    void letsADyingJvmDie() {
        Revise revise = revise();

        assertThatThrownBy(() -> revise.map(order("run out of memory"))).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void triesAgainWhatMayPass() throws Exception {
        Revise revise = revise();

        Outcome outcome = revise.map(order("fail twice"));
        List<String> next = results(revise.map(order("count")));

        assertThat(results(outcome)).hasSize(1);
        assertThat(next).singleElement().asString().contains("\"calls\":\"4\"");
    }

    @Test
    void givesUpAfterFiveTries() throws Exception {
        Event event = order("fail for ever");

        DeadLetter letter = (DeadLetter) revise().map(event);

        assertThat(letter.reason()).isEqualTo(Reason.RETRIES_EXHAUSTED);
        assertThat(letter.message()).isEqualTo("try number 5");
        assertThat(letter.attempts()).isEqualTo(5);
        assertThat(letter.exception()).isEqualTo(TransientException.class.getName());
        assertThat(letter.record()).isSameAs(event.record());
    }

    @ParameterizedTest
    @CsvSource({"'fail, then reject', REJECTED", "'fail, then throw NullPointerException', UNEXPECTED"})
    void tellsWhatHappenedAtTheSecondTry(String order, Reason reason) throws Exception {
        Revise revise = revise();

        DeadLetter letter = (DeadLetter) revise.map(order(order));

        assertThat(letter.reason()).isEqualTo(reason);
        assertThat(letter.attempts()).isEqualTo(2);
    }

    @Test
    void countsTheTriesOfEachEventAnew() throws Exception {
        Revise revise = revise();
        revise.map(order("fail twice"));

        DeadLetter letter = (DeadLetter) revise.map(order("reject"));

        assertThat(letter.attempts()).isEqualTo(1);
    }

    @Test
    void makesADeadLetterOfAnInterruptionThatIsTheRevisionsOwn() throws Exception {
        Event event = order("throw an interruption");

        DeadLetter letter = (DeadLetter) revise().map(event);

        assertThat(letter.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(letter.exception()).isEqualTo("java.lang.InterruptedException");
    }

    @Test
    void blamesNoEventWhenTheTaskIsCancelledAfterTheSecondTry() {
        Revise revise = revise();
        Event event = order("fail, and be cancelled after the second try");

        try {
            assertThatThrownBy(() -> revise.map(event)).isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void blamesNoEventWhenTheTaskIsCancelled() {
        Revise revise = revise();

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> revise.map(order("fail for ever"))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void makesADeadLetterOfAResultThatTheTopicWouldNotTake() throws Exception {
        Revise revise = revise(20_000);
        Event fits = eventAt(0, 1, envelope("e-1", "1", "{\"text\":\"" + "x".repeat(18_000) + "\"}"));
        Event tooLarge = eventAt(0, 2, envelope("e-2", "1", "{\"text\":\"" + "x".repeat(20_000) + "\"}"));

        Outcome taken = revise.map(fits);
        DeadLetter letter = (DeadLetter) revise.map(tooLarge);

        assertThat(taken).isInstanceOf(Taken.class);
        assertThat(letter.reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(letter.record()).isSameAs(tooLarge.record());
        assertThat(letter.message()).contains("20000").contains("max.message.bytes");
        assertThat(letter.eventId()).isEqualTo("e-2");
    }

    @Test
    void countsKeyAndHeadersAmongAResultsBytes() throws Exception {
        Revise revise = revise(20_000);
        byte[] value = envelope("e-1").getBytes(UTF_8);
        byte[] large = new byte[20_000];
        SourceRecord largeKey = new SourceRecord(0, 1, 0, large, value, new RecordHeaders());
        SourceRecord largeHeader = new SourceRecord(0, 2, 0, null, value, new RecordHeaders().add("h", large));
        SourceRecord nullHeader = new SourceRecord(0, 3, 0, null, value, new RecordHeaders().add("h", null));

        Outcome key = revise.map(io.backprocess.event.Samples.eventOf(largeKey));
        Outcome header = revise.map(io.backprocess.event.Samples.eventOf(largeHeader));
        Outcome none = revise.map(io.backprocess.event.Samples.eventOf(nullHeader));

        assertThat(key).isInstanceOf(DeadLetter.class);
        assertThat(header).isInstanceOf(DeadLetter.class);
        assertThat(none).isInstanceOf(Taken.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-revision", "Obedient"})
    void refusesToStartWithARevisionThatDoesNotExist(String name) {
        Revise revise = new Revise("batch-1", ProcessVersion.of("1"), List.of(name), Map.of(), MAX_RESULT_BYTES);

        assertThatThrownBy(() -> revise.open(loader()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void travelsToTheTaskManagers() throws Exception {
        Revise sent = new Revise("batch-1", ProcessVersion.of("1"), List.of("obedient"), Map.of(), MAX_RESULT_BYTES);

        Revise arrived = InstantiationUtil.clone(sent);
        arrived.open(loader());

        assertThat(results(arrived.map(order("go on")))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"emit for ever, more than 100, UNEXPECTED", "emit 100 MB, more than 64 MiB, TOO_LARGE"})
    void deadLettersAnEventThatBecomesTooMuch(String what, String message, Reason reason) throws Exception {
        DeadLetter letter = (DeadLetter) revise().map(order(what));

        assertThat(letter.reason()).isEqualTo(reason);
        assertThat(letter.message()).contains(message).contains("results of one event");
    }

    private Revise revise() {
        return revise(MAX_RESULT_BYTES);
    }

    private Revise revise(int maxResultBytes) {
        Revise revise = new Revise("batch-1", ProcessVersion.of("1"), List.of("obedient"), Map.of(), maxResultBytes);
        revise.open(loader());
        return revise;
    }

    private ClassLoader loader() {
        return TestRevisions.loader(directory, TestRevisions.Obedient.class);
    }

    static Event order(String what) {
        return eventAt(0, 1, envelope("e-1", "1", "{\"do\":\"%s\"}".formatted(what)));
    }

    static List<String> results(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Taken.class);
        return ((Taken) outcome)
                .results().stream()
                        .map(result -> new String(result.envelope(), UTF_8))
                        .toList();
    }
}
