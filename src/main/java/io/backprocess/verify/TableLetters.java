package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.replay.BareLetter;
import io.backprocess.replay.Replay;
import io.backprocess.upsert.RowCheck;
import io.backprocess.upsert.UpsertResults;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of results that did not come into a batch's table. What the database said then is not known now, so such a
 * letter is compared without message, exception and attempts. Its stage, its reason, its eventId and its revision are known.
 *
 * <p>If this version cannot read the definition of the table, the reason is not known either.
 */
final class TableLetters {
    private static final Set<String> WITHOUT_REASON =
            Set.of(DeadLetterHeaders.STAGE, DeadLetterHeaders.EVENT_ID, DeadLetterHeaders.REVISION);
    private static final Set<String> WITH_REASON = Set.of(
            DeadLetterHeaders.STAGE, DeadLetterHeaders.REASON, DeadLetterHeaders.EVENT_ID, DeadLetterHeaders.REVISION);

    private final BatchSpec spec;
    private final Optional<RowCheck> rows;

    private TableLetters(BatchSpec spec, Optional<RowCheck> rows) {
        this.spec = spec;
        this.rows = rows;
    }

    static TableLetters of(BatchPlan plan) {
        return new TableLetters(
                plan.spec(), RowCheck.of(plan.spec(), Envelope.of(plan).mapping()));
    }

    /** Tells whether the results of the batch go to a table. */
    boolean mayBe() {
        return spec.upsert() != null;
    }

    /** Tells whether a dead letter states that its results did not come into the table. */
    boolean isOne(ConsumerRecord<byte[], byte[]> letter) {
        return mayBe() && Output.isOfStage(letter.headers(), UpsertResults.STAGE);
    }

    /** Returns the part of such a letter that is compared. */
    ConsumerRecord<byte[], byte[]> compared(ConsumerRecord<byte[], byte[]> letter) {
        return BareLetter.of(letter, kept());
    }

    private Set<String> kept() {
        return rows.isPresent() ? WITH_REASON : WITHOUT_REASON;
    }

    /**
     * Returns the reason that the event's dead letter must have; null if the event cannot have such a letter.
     *
     * @param recorded the statements of the letters that are there
     * @param there looks up the results that are there
     */
    @Nullable
    Reason reason(
            long sourceOffset, Taken taken, RecordedDeadLetters recorded, Replay replay, RevisionReplay.There there) {
        boolean stated = recorded.refused().contains(sourceOffset);
        if (taken.results().isEmpty() || !(stated || recorded.isOfATable(sourceOffset))) {
            return null;
        }
        if (rows.isEmpty()) {
            return stated ? recorded.reasonOf(sourceOffset) : null;
        }
        // A letter that states another stage counts only if the results are not there.
        return stated || !there.has(sourceOffset, replay.results(taken).get(0))
                ? rows.get().refusal(taken).orElse(null)
                : null;
    }

    /** Returns the part of the event's dead letter that is compared. */
    ProducerRecord<byte[], byte[]> required(Taken taken, Reason reason, Replay replay) {
        return BareLetter.of(replay.deadLetter(DeadLetter.of(taken.event(), UpsertResults.STAGE, reason, "")), kept());
    }
}
