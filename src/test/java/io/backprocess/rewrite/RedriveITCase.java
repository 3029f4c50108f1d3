package io.backprocess.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.deadletter.DeadLetterFilter;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Origin;
import io.backprocess.event.Reason;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TransientException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch run by Flink with a revision that fails on some events, and what redrives make of its dead letters. */
@SuppressWarnings("NullAway.Init")
class RedriveITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(3);

    @TempDir
    Path directory;

    private TestBatch batch;
    private RedrivenTopics topics;

    @BeforeEach
    void allPurchasesFail() {
        FaultyPurchaseSplit.throwsAt =
                event -> switch (Math.floorMod(event.eventId().hashCode(), 4)) {
                    case 0 -> new RejectedException("not known yet");
                    case 1 -> new IllegalStateException("broken");
                    default -> null;
                };
    }

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void makesResultsOfWhatWasDead(DedupeScope scope) throws Exception {
        run(scope, 900, 41);
        Map<Origin, StoredDeadLetter> before = topics.dead();
        long deadBefore = batch.ledger().total().deadLetters();

        nothingFails();
        RedriveSummary summary = redrive().execute();

        assertThat(summary.executed()).isTrue();
        assertThat(summary.redriven().succeeded()).isGreaterThan(100);
        assertThat(batch.ledger().total().deadLetters())
                .isEqualTo(deadBefore - summary.redriven().succeeded());
        assertThat(batch.ledger().isComplete()).isTrue();
        topics.assertComplete();
        if (scope == DedupeScope.PARTITION) {
            topics.assertResultsAsIfNothingHadFailed();
        }
        // What is dead for good is dead with its first origin and one attempt more.
        topics.dead().forEach((origin, letter) -> {
            StoredDeadLetter first = Objects.requireNonNull(before.get(origin));
            boolean conflict = letter.failure().reason() == Reason.CONFLICTING_DUPLICATE;
            assertThat(letter.failure().attempts())
                    .isEqualTo(conflict ? 1 : first.failure().attempts() + 1);
            assertThat(letter.record().timestamp()).isEqualTo(first.record().timestamp());
            assertThat(letter.record().headers()).isEqualTo(first.record().headers());
            assertThat(letter.record().value()).isEqualTo(first.record().value());
            assertThat(letter.record().key()).isEqualTo(first.record().key());
        });
    }

    @Test
    void writesNothingInADryRunAndSaysWhatWouldBe() throws Exception {
        run(DedupeScope.PARTITION, 400, 42);
        nothingFails();
        Map<String, Object> before = topics.ends();

        RedriveSummary tried = redrive().tryOut();

        assertThat(topics.ends()).isEqualTo(before);
        RedriveSummary done = redrive().execute();
        assertThat(tried.executed()).isFalse();
        assertThat(tried).usingRecursiveComparison().ignoringFields("executed").isEqualTo(done);
        assertThat(tried.selected())
                .isEqualTo(tried.redriven().succeeded()
                        + tried.redriven().failed()
                        + tried.kept().unchanged()
                        + tried.kept().conflicts());
    }

    @Test
    void doesNothingTwice() throws Exception {
        run(DedupeScope.PARTITION, 400, 43);
        nothingFails();
        RedriveSummary first = redrive().execute();
        Map<String, Object> before = topics.ends();

        RedriveSummary second = redrive().execute();

        assertThat(topics.ends()).isEqualTo(before);
        assertThat(second.redriven().succeeded() + second.redriven().failed()).isZero();
        assertThat(second.kept().unchanged()).isEqualTo(first.redriven().failed());
        assertThat(second.leftOut().redrivenBefore())
                .isEqualTo(first.redriven().succeeded() + first.redriven().failed());
        topics.assertComplete();
    }

    @Nightly
    @Test
    void sendsBackWhatFailsAgainWithTheNewReason() throws Exception {
        run(DedupeScope.PARTITION, 300, 44);
        Map<Origin, StoredDeadLetter> before = topics.dead();
        FaultyPurchaseSplit.throwsAt =
                event -> isFaulty(event) ? RejectedException.missingContext("no price list") : null;

        RedriveSummary summary = redrive().execute();

        assertThat(summary.redriven().failedByReason().get("missing-context")).isPositive();
        List<StoredDeadLetter> again = topics.dead().values().stream()
                .filter(letter -> "no price list".equals(letter.failure().message()))
                .toList();
        assertThat(again).isNotEmpty().allSatisfy(letter -> {
            assertThat(letter.failure().reason()).isEqualTo(Reason.MISSING_CONTEXT);
            assertThat(letter.failure().stage()).isEqualTo("revise");
            assertThat(letter.failure().attempts()).isEqualTo(2);
            assertThat(Objects.requireNonNull(before.get(letter.origin()))
                            .failure()
                            .reason())
                    .isIn(Reason.REJECTED, Reason.UNEXPECTED);
        });
        assertThat(batch.ledger().total().deadLettersByReason())
                .containsEntry("missing-context", count(topics.dead(), Reason.MISSING_CONTEXT))
                .doesNotContainKey("unexpected");
        topics.assertComplete();
        nothingFails();
        assertThat(redrive().execute().redriven().succeeded()).isPositive();
        topics.assertComplete();
        topics.assertResultsAsIfNothingHadFailed();
    }

    @Nightly
    @Test
    void countsAttemptsUpToTheirLimit() throws Exception {
        run(DedupeScope.PARTITION, 200, 45);
        long rejected = count(topics.dead(), Reason.REJECTED);
        DeadLetterFilter filter = new DeadLetterFilter(Set.of(Reason.REJECTED), null, null);

        RedriveSummary second = redrive(filter, 3).execute();
        RedriveSummary third = redrive(filter, 3).execute();
        RedriveSummary fourth = redrive(filter, 3).execute();

        assertThat(List.of(
                        second.redriven().failed(),
                        third.redriven().failed(),
                        fourth.redriven().failed()))
                .containsExactly(rejected, rejected, 0L);
        assertThat(fourth.leftOut().attemptsExhausted()).isEqualTo(rejected);
        assertThat(topics.dead().values())
                .filteredOn(letter -> letter.failure().reason() == Reason.REJECTED)
                .isNotEmpty()
                .allMatch(letter -> letter.failure().attempts() == 3);
        topics.assertComplete();
    }

    @Test
    void takesOnlyWhatIsSelected() throws Exception {
        run(DedupeScope.PARTITION, 300, 46);
        nothingFails();
        long rejected = count(topics.dead(), Reason.REJECTED);
        long all = topics.dead().size();
        Instant since = Instant.ofEpochMilli(1_700_000_500_000L);
        long young = topics.dead().values().stream()
                .filter(letter -> letter.record().timestamp() >= since.toEpochMilli())
                .count();

        RedriveSummary byReason = redrive(new DeadLetterFilter(Set.of(Reason.REJECTED), null, null), null)
                .tryOut();
        RedriveSummary byStage =
                redrive(new DeadLetterFilter(Set.of(), "decode", null), null).tryOut();
        RedriveSummary byTime =
                redrive(new DeadLetterFilter(Set.of(), null, since), null).tryOut();

        assertThat(byReason.selected()).isEqualTo(rejected);
        assertThat(byReason.leftOut().notSelected()).isEqualTo(all - rejected);
        assertThat(byStage.redriven().succeeded()).isZero();
        assertThat(byStage.redriven().failed()).isPositive();
        assertThat(byTime.selected()).isEqualTo(young).isBetween(1L, all - 1);
    }

    @Nightly
    @Test
    void triesWhatDidNotPassBeforeInAnyCase() throws Exception {
        FaultyPurchaseSplit.throwsAt = event -> event.eventId().equals("e-1")
                        || event.eventId().equals("e-2")
                        || event.eventId().equals("e-4")
                ? new TransientException("the rates are down")
                : null;
        run(DedupeScope.PARTITION, 60, 47);
        DeadLetterFilter filter = new DeadLetterFilter(Set.of(Reason.RETRIES_EXHAUSTED), null, null);
        long exhausted = count(topics.dead(), Reason.RETRIES_EXHAUSTED);
        assertThat(exhausted).isPositive();

        assertThat(redrive(filter, null).execute().redriven().failed()).isEqualTo(exhausted);
        assertThat(redrive(filter, null).execute().redriven().failed()).isEqualTo(exhausted);
        nothingFails();
        assertThat(redrive(filter, null).execute().selected()).isEqualTo(exhausted);

        topics.assertComplete();
    }

    @Test
    void goesOnAfterAKillBetweenTwoCommits() throws Exception {
        run(DedupeScope.PARTITION, 600, 48);
        nothingFails();
        Redrive killed = redrive(count -> {}, count -> {
            if (count == 2) {
                throw new KilledException();
            }
        });

        assertThatThrownBy(killed::execute).isInstanceOf(KilledException.class);
        RedriveSummary rest = redrive().execute();

        assertThat(rest.leftOut().redrivenBefore()).isBetween(20L, 80L);
        topics.assertComplete();
        topics.assertResultsAsIfNothingHadFailed();
    }

    @Nightly
    @Test
    void doesAgainWhatWasKilledBeforeItsCommit() throws Exception {
        run(DedupeScope.PARTITION, 600, 49);
        nothingFails();
        Redrive killed = redrive(
                count -> {
                    if (count == 1) {
                        throw new KilledException();
                    }
                },
                count -> {});

        assertThatThrownBy(killed::execute).isInstanceOf(KilledException.class);
        RedriveSummary rest = redrive().execute();

        assertThat(rest.leftOut().redrivenBefore()).isBetween(10L, 40L);
        topics.assertComplete();
        topics.assertResultsAsIfNothingHadFailed();
    }

    @Test
    void isTakenOverByAnotherRedrive() throws Exception {
        run(DedupeScope.PARTITION, 600, 50);
        nothingFails();
        Redrive overtaken = redrive(
                count -> {
                    if (count == 1) {
                        redrive().execute();
                    }
                },
                count -> {});

        assertThatThrownBy(overtaken::execute)
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("another redrive of the batch has taken over");

        topics.assertComplete();
        topics.assertResultsAsIfNothingHadFailed();
    }

    @Test
    void leavesAloneWhatAnotherProcessHasPutThere() throws Exception {
        run(DedupeScope.PARTITION, 300, 51);
        nothingFails();
        String topic = batch.plan.spec().deadLetterTopic();
        ConsumerRecord<byte[], byte[]> letter = KAFKA.read(topic).get(0);
        KAFKA.send(
                new ProducerRecord<>(topic, 0, 1L, null, "junk".getBytes(StandardCharsets.UTF_8)),
                new ProducerRecord<>(
                        topic, letter.partition(), letter.timestamp(), letter.key(), letter.value(), letter.headers()));

        RedriveSummary summary = redrive().execute();

        assertThat(summary.leftOut().foreign()).isEqualTo(2);
        topics.assertResultsAsIfNothingHadFailed();
    }

    /** The process ends here. */
    private static final class KilledException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static boolean isFaulty(Event event) {
        return Math.floorMod(event.eventId().hashCode(), 4) < 2;
    }

    private void run(DedupeScope scope, int records, long seed) throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(records));
        batch = new TestBatch(
                KAFKA,
                topic,
                "purchase-split-with-faults",
                scope,
                directory.toUri().toString());
        topics = new RedrivenTopics(KAFKA, batch);
        batch.runToItsEnd(2, null);
        assertThat(batch.ledger().isComplete()).isTrue();
    }

    private Redrive redrive() {
        return redrive(new DeadLetterFilter(Set.of(), null, null), null);
    }

    private Redrive redrive(DeadLetterFilter filter, @Nullable Integer maxAttempts) {
        return redrive(filter, maxAttempts, CommitPolicy.USUAL);
    }

    /** Commits every 40 records. */
    private Redrive redrive(IntConsumer before, IntConsumer after) {
        return redrive(
                new DeadLetterFilter(Set.of(), null, null),
                null,
                new CommitPolicy(40, Duration.ofMinutes(1), before, after));
    }

    private Redrive redrive(DeadLetterFilter filter, @Nullable Integer maxAttempts, CommitPolicy commits) {
        return new Redrive(
                batch.plan,
                KAFKA.clients(),
                getClass().getClassLoader(),
                new RedriveRequest(
                        filter, maxAttempts, batch.plan.spec().logic().revisions(), Map.of(), null),
                commits);
    }

    private static long count(Map<Origin, StoredDeadLetter> letters, Reason reason) {
        return letters.values().stream()
                .filter(letter -> letter.failure().reason() == reason)
                .count();
    }
}
