package io.backprocess.upsert;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows, in order. It writes all rows of an event or none. A row that the database refuses becomes a dead letter. After
 * a passing failure it tries again.
 *
 * <p>A transaction that holds a refused row is rolled back, and its halves are written one after the other. This goes on down
 * to the event that causes the refusal. One bad row of a thousand costs twenty transactions and not a thousand.
 *
 * <p>Killed after a commit, before Flink's checkpoint: the same rows are written again, over themselves. The connection was
 * lost during the commit, so its outcome is unknown: the same.
 */
public final class TableWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(200);

    private final UpsertDefinition definition;
    private final String batchId;
    private final String command;
    private final RowReader rows;
    private final Session session;
    private final RetryPolicy<Object> retries;
    /** The number of attempts of the current transaction. */
    private int tries;

    /**
     * @param password the user's password; empty for none
     * @param command the command that goes on after a failure: {@code resume}
     * @param mapping where results keep the parts of an envelope
     * @param drivers the class loader that finds JDBC drivers
     * @throws UpsertException when there is no driver for this database
     */
    public TableWriter(
            UpsertDefinition definition,
            String password,
            String batchId,
            String command,
            EnvelopeMapping mapping,
            ClassLoader drivers) {
        this.definition = definition;
        this.batchId = batchId;
        this.command = command;
        this.rows = new RowReader(definition, mapping);
        this.session = new Session(definition, new Database(definition, password, drivers));
        this.retries = RetryPolicy.builder()
                .handleIf(e -> e instanceof SQLException failure && SqlFailure.of(failure) == SqlFailure.PASSING)
                .withMaxAttempts(-1)
                .withMaxDuration(definition.retryFor())
                .withBackoff(FIRST_DELAY, Duration.ofSeconds(10))
                .withJitter(0.2)
                .onRetryScheduled(event -> LOG.warn(
                        "{} did not take rows: {}. Tried {} times, the next time in {} ms.",
                        definition.database(),
                        words(event.getLastException()),
                        event.getAttemptCount(),
                        event.getDelay().toMillis()))
                .build();
    }

    /** Writes one outcome. Returns it once its rows are in the table, or a dead letter when they could not be written. */
    public Outcome write(Outcome outcome) throws InterruptedException {
        PendingOutcome entry = read(outcome);
        write(List.of(entry));
        return entry.outcome();
    }

    /** Returns what would become of an outcome, as far as this is known without the database. */
    public Outcome tryOut(Outcome outcome) {
        return read(outcome).outcome();
    }

    /** Makes the outcome's rows; when it cannot have any, the outcome is a dead letter already. */
    PendingOutcome read(Outcome outcome) {
        return rows.read(outcome);
    }

    /** Writes the rows. Afterwards all of them are in the table, except those of entries that have become dead letters. */
    void write(List<PendingOutcome> entries) throws InterruptedException {
        List<PendingOutcome> writing =
                entries.stream().filter(entry -> !entry.rows().isEmpty()).toList();
        if (!writing.isEmpty()) {
            halve(writing);
        }
    }

    private void halve(List<PendingOutcome> entries) throws InterruptedException {
        try {
            transaction(entries);
        } catch (SQLException e) {
            if (SqlFailure.of(e) != SqlFailure.REFUSED) {
                throw failed(e);
            }
            if (entries.size() == 1) {
                PendingOutcome refused = entries.get(0);
                refused.become(DeadLetter.of(
                        refused.event().record(),
                        UpsertResults.STAGE,
                        Reason.REJECTED,
                        session.explain(e),
                        e,
                        tries,
                        refused.event().eventId()));
                return;
            }
            int middle = entries.size() / 2;
            halve(entries.subList(0, middle));
            halve(entries.subList(middle, entries.size()));
        }
    }

    private void transaction(List<PendingOutcome> entries) throws SQLException, InterruptedException {
        tries = 0;
        try {
            Failsafe.with(retries).run(() -> {
                tries++;
                session.commit(entries);
            });
        } catch (FailsafeException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException cancelled) {
                throw cancelled;
            }
            throw e;
        }
    }

    private UpsertException failed(SQLException failure) {
        String what =
                "batch %s cannot write %s: %s".formatted(batchId, definition.describe(), SqlFailure.words(failure));
        String next = "then go on with: %s --batch-id %s".formatted(command, batchId);
        LOG.error(what, failure);
        return switch (SqlFailure.of(failure)) {
            case PASSING ->
                new UpsertException(
                        "%s; tried %s times in %s s. Nothing is lost: make sure that the database is up and takes rows, %s"
                                .formatted(what, tries, definition.retryFor().toSeconds(), next),
                        false);
            case DEFINITION ->
                new UpsertException(
                        "%s. Nothing is lost: fix the table or the user's rights, %s".formatted(what, next), true);
            default ->
                new UpsertException("%s. Nothing is lost: find the cause and fix it, %s".formatted(what, next), false);
        };
    }

    private static String words(Throwable failure) {
        return failure instanceof SQLException said ? SqlFailure.words(said) : String.valueOf(failure);
    }

    @Override
    public void close() {
        session.close();
    }
}
