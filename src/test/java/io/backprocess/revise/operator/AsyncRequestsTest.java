package io.backprocess.revise.operator;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.rules.RuleRevision;
import io.backprocess.testing.TestBatch;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a question is asked again, and when not at all. */
class AsyncRequestsTest {
    private static final Event EVENT = event(envelope("e-1"));
    private static final Event ANSWERED = event(envelope("answered"));
    private static final JsonValue YES = JsonValue.parse("\"yes\"");
    /** Before a question is asked again for the first time; a tenth of what a job has. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final AtomicInteger asked = new AtomicInteger();

    /** Answers the n-th question, from 1, as the test has it. */
    private class Asking implements AsyncRevision {
        private final IntFunction<CompletionStage<JsonValue>> answers;

        Asking(IntFunction<CompletionStage<JsonValue>> answers) {
            this.answers = answers;
        }

        @Override
        public String name() {
            return "asking";
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of("1");
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("2");
        }

        @Override
        public Duration timeout() {
            return Duration.ofMillis(200);
        }

        @Override
        public CompletionStage<JsonValue> ask(Event event) {
            return answers.apply(asked.incrementAndGet());
        }

        @Override
        public void revise(Event event, JsonValue answer, Results results) {
            results.emit(event.edit().set("answer", answer));
        }
    }

    @Test
    void asksAgainUntilThereIsAnAnswer() throws Exception {
        AsyncRequests.Answer answer = ask(n -> n < 3 ? failed(new TransientException("not yet")) : given());

        assertThat(answer).isEqualTo(new AsyncRequests.Answer(YES, null, 3));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesUpAfterFiveAttempts(boolean wrapped) throws Exception {
        TransientException never = new TransientException("never");

        AsyncRequests.Answer answer = ask(n -> failed(wrapped ? new CompletionException(never) : never));

        assertThat(answer.failure()).isSameAs(never);
        assertThat(answer.attempts()).isEqualTo(5);
        assertThat(asked).hasValue(5);
    }

    @Test
    void waitsForEachAnswerUntilTheTimeIsUp() throws Exception {
        AsyncRequests.Answer answer = ask(n -> new CompletableFuture<>());

        assertThat(answer.failure()).isInstanceOf(TransientException.class).hasMessage("no answer within PT0.2S");
        assertThat(answer.attempts()).isEqualTo(5);
    }

    @Test
    void asksOnceWhereTheAnswerIsNo() throws Exception {
        RejectedException no = new RejectedException("no");

        assertThat(ask(n -> failed(new CompletionException(no)))).isEqualTo(new AsyncRequests.Answer(null, no, 1));
        IllegalStateException flaw = new IllegalStateException("a flaw");
        assertThat(ask(n -> {
                    throw flaw;
                }))
                .isEqualTo(new AsyncRequests.Answer(null, flaw, 1));
    }

    @Test
    void holdsWhileNoServiceAnswersAndForgetsNoQuestion() throws Exception {
        CompletableFuture<Boolean> back = new CompletableFuture<>();
        Asking asking = new Asking(n -> back.isDone() ? given() : failed(new TransientException("down")));
        try (AsyncRequests requests = new AsyncRequests(
                asking,
                new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN),
                Duration.ofMillis(300),
                PAUSE)) {
            List<CompletableFuture<AsyncRequests.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(requests.ask(event(envelope("e-" + i))));
            }
            TestBatch.await("more questions", () -> asked.get() >= AsyncRequests.EVENTS_IN_A_ROW + 3);

            assertThat(requests.isHolding()).isTrue();
            assertThat(asked).as("questions in about a second").hasValueLessThan(120);
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            back.complete(true);

            for (CompletableFuture<AsyncRequests.Answer> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);
            }
            assertThat(requests.isHolding()).isFalse();
        }
    }

    /** From the first question on: that this process has had no answer yet says nothing about the events. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void holdsFromTheStartWhereNothingWasEverAnswered(int events) throws Exception {
        CompletableFuture<Boolean> back = new CompletableFuture<>();
        Asking asking = new Asking(n -> back.isDone() ? given() : failed(new TransientException("down")));
        try (AsyncRequests requests = new AsyncRequests(
                asking,
                new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN),
                Duration.ofMillis(300),
                PAUSE)) {
            List<CompletableFuture<AsyncRequests.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                answers.add(requests.ask(event(envelope("e-" + i))));
            }

            TestBatch.await("to hold", requests::isHolding);
            int before = asked.get();
            TestBatch.await("to ask more often than an event is tried", () -> asked.get() >= before + 6);
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            back.complete(true);

            for (CompletableFuture<AsyncRequests.Answer> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);
            }
        }
    }

    /** While others are answered, the one that is not is flawed, even when it was the first. */
    @Test
    void givesUpOnTheFirstEventWhereOthersAreAnsweredLater() throws Exception {
        CompletableFuture<JsonValue> slow = new CompletableFuture<>();
        Event flawed = event(envelope("flawed"));
        Asking asking = new Asking(n -> given()) {
            @Override
            public Duration timeout() {
                return Duration.ofSeconds(30);
            }

            @Override
            public CompletionStage<JsonValue> ask(Event event) {
                return event == flawed ? failed(new TransientException("a flaw in this")) : slow.copy();
            }
        };
        try (AsyncRequests requests = new AsyncRequests(
                asking,
                new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN),
                Duration.ofMillis(300),
                PAUSE)) {
            CompletableFuture<AsyncRequests.Answer> first = requests.ask(flawed);
            CompletableFuture<AsyncRequests.Answer> second = requests.ask(EVENT);
            TestBatch.await("to hold", requests::isHolding);
            assertThat(first).isNotDone();

            slow.complete(YES);

            assertThat(second.get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);
            assertThat(first.get(30, TimeUnit.SECONDS).failure()).hasMessage("a flaw in this");
        }
    }

    /** As after a restore at the last event of a range, which is flawed, or in a subtask that has no other. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesUpOnTheOnlyEventWhereAnotherWasAnsweredBefore(boolean inTheCheckpoint) throws Exception {
        LastAnswered before = known(ANSWERED);
        AtomicReference<byte[]> job = new AtomicReference<>(new byte[0]);
        LastAnswered after = new LastAnswered(
                told -> job.accumulateAndGet(told, (kept, last) -> last.length == 0 ? kept : last),
                EnvelopeMapping.OWN);
        if (inTheCheckpoint) {
            after.restore(before.snapshot());
        } else {
            job.set(before.snapshot());
        }
        Asking asking = new Asking(n -> given()) {
            @Override
            public CompletionStage<JsonValue> ask(Event event) {
                return event.eventId().equals("answered") ? given() : failed(new TransientException("a flaw in this"));
            }
        };
        try (AsyncRequests requests = new AsyncRequests(asking, after, Duration.ofMinutes(5), PAUSE)) {
            assertThat(requests.ask(EVENT).get(30, TimeUnit.SECONDS).failure()).hasMessage("a flaw in this");
        }
        assertThat(after.snapshot()).isEqualTo(before.snapshot());
        assertThat(job.get()).as("told to the others").isEqualTo(before.snapshot());
    }

    /** An HTTP client throws these, and whoever writes a revision does not always turn them into something else. */
    @Test
    void takesAConnectionThatIsRefusedForAFailureThatMayPass() throws Exception {
        ConnectException refused = new ConnectException("refused");

        AsyncRequests.Answer answer = ask(n -> failed(new CompletionException(refused)));

        assertThat(answer.failure())
                .isInstanceOf(TransientException.class)
                .hasMessage("the service cannot be reached: java.net.ConnectException: refused");
        assertThat(answer.attempts()).isEqualTo(5);
        assertThatThrownBy(() ->
                        chain(n -> failed(new UncheckedIOException(refused))).revise(EVENT))
                .isInstanceOf(TransientException.class);
    }

    /** Written by a version that is not there yet: then nothing is known, as at the start. */
    @Test
    void doesWithoutAKnownEventThatItCannotRead() {
        LastAnswered known = new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN);

        known.restore(new byte[] {99, 1, 2});
        known.restore(new byte[] {1, 77});

        assertThat(known.find()).isNull();
        assertThat(known.snapshot()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void holdsAFewWhereNoServiceAnswersAnyMore(int few) throws Exception {
        CompletableFuture<Boolean> back = new CompletableFuture<>();
        Asking asking = new Asking(n -> n == 1 || back.isDone() ? given() : failed(new TransientException("down")));
        try (AsyncRequests requests = new AsyncRequests(
                asking,
                new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN),
                Duration.ofMillis(300),
                PAUSE)) {
            assertThat(requests.ask(EVENT).get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);
            List<CompletableFuture<AsyncRequests.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < few; i++) {
                answers.add(requests.ask(event(envelope("few-" + i))));
            }

            TestBatch.await("to hold", requests::isHolding);
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            back.complete(true);

            for (CompletableFuture<AsyncRequests.Answer> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);
            }
        }
    }

    @Test
    void givesUpOnAFlawedOneWhereAnEarlierOneStillGetsItsAnswer() throws Exception {
        // The first is answered, the flawed one is asked about five times, and then the first again.
        Asking asking = new Asking(n -> n == 1 || n == 7 ? given() : failed(new TransientException("a flaw in this")));
        try (AsyncRequests requests = new AsyncRequests(
                asking,
                new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN),
                Duration.ofSeconds(5),
                PAUSE)) {
            assertThat(requests.ask(EVENT).get(30, TimeUnit.SECONDS).value()).isEqualTo(YES);

            AsyncRequests.Answer answer =
                    requests.ask(event(envelope("flawed"))).get(30, TimeUnit.SECONDS);

            assertThat(answer.failure()).hasMessage("a flaw in this");
            assertThat(answer.attempts()).isEqualTo(5);
            assertThat(asked).hasValue(7);
            assertThat(requests.isHolding()).isFalse();
        }
    }

    @Test
    void waitsForTheAnswerWhereThereIsNoStream() throws Exception {
        RevisionChain chain = chain(n -> n == 1 ? given() : new CompletableFuture<>());

        assertThat(new String(chain.revise(EVENT).get(0).envelope(), UTF_8)).contains("{\"answer\":\"yes\"}");
        assertThatThrownBy(() -> chain.revise(EVENT))
                .isInstanceOf(TransientException.class)
                .hasMessage("no answer within PT0.2S");
    }

    @Test
    void failsAsTheQuestionDoesWhereThereIsNoStream() {
        List<Exception> failures = List.of(
                new RejectedException("no"), new TransientException("later"), new IllegalStateException("a flaw"));
        RevisionChain chain = chain(n -> failed(failures.get(n - 1)));

        assertThatThrownBy(() -> chain.revise(EVENT)).isSameAs(failures.get(0));
        assertThatThrownBy(() -> chain.revise(EVENT)).isSameAs(failures.get(1));
        assertThatThrownBy(() -> chain.revise(EVENT)).hasRootCause(failures.get(2));
    }

    @Test
    void hasToComeFirstInItsChain() {
        Revision first = RuleRevision.parse("name: first\nfrom: 0.5\nto: 1\nrules: []\n");
        Revision then = RuleRevision.parse("name: then\nfrom: 2\nto: 3\nrules: []\n");
        Asking asking = new Asking(n -> given());

        RevisionChain chain = RevisionChain.of(
                List.of(asking, then), Map.of(), ProcessVersion.of("1"), "batch-1", EnvelopeMapping.OWN);

        assertThat(chain.asking()).containsSame(asking);
        assertThatThrownBy(() -> RevisionChain.of(
                        List.of(first, asking), Map.of(), ProcessVersion.of("0.5"), "batch-1", EnvelopeMapping.OWN))
                .hasMessage("revision 'asking' asks a service, so it must come first; the chain is first (0.5 → 1),"
                        + " asking (1 → 2)");
    }

    /** About an event, of a service that answers about another one. */
    private AsyncRequests.Answer ask(IntFunction<CompletionStage<JsonValue>> answers) throws Exception {
        asked.set(0);
        Asking asking = new Asking(answers) {
            @Override
            public CompletionStage<JsonValue> ask(Event event) {
                return event == ANSWERED ? given() : super.ask(event);
            }
        };
        try (AsyncRequests requests = new AsyncRequests(asking, known(ANSWERED), Duration.ofSeconds(5), PAUSE)) {
            return requests.ask(EVENT).get(30, TimeUnit.SECONDS);
        }
    }

    private static LastAnswered known(Event event) {
        LastAnswered known = new LastAnswered(LastAnswered.Others.NONE, EnvelopeMapping.OWN);
        known.add(event);
        return known;
    }

    private RevisionChain chain(IntFunction<CompletionStage<JsonValue>> answers) {
        return RevisionChain.of(
                List.of(new Asking(answers)), Map.of(), ProcessVersion.of("1"), "batch-1", EnvelopeMapping.OWN);
    }

    private static CompletionStage<JsonValue> given() {
        return CompletableFuture.completedFuture(YES);
    }

    private static CompletionStage<JsonValue> failed(Exception failure) {
        return CompletableFuture.failedFuture(failure);
    }
}
