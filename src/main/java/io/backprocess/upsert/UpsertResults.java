package io.backprocess.upsert;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes results to the table, many in one transaction, and hands everything on in its order. What goes on to the ledger as
 * taken is in the table. What the table refuses goes on as a dead letter.
 *
 * <p>It has no state: ahead of every checkpoint barrier it writes and hands on everything that it holds. Killed in between:
 * the records are read again, and their rows are written over themselves.
 */
public final class UpsertResults extends AbstractStreamOperator<Outcome>
        implements OneInputStreamOperator<Outcome, Outcome>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    public static final String STAGE = "upsert";
    /** The longest time in milliseconds that a row waits for others to fill the batch. */
    private static final long LINGER_MS = 1000;
    /** A factor that limits what is held: there may be many outcomes without rows between a few rows. */
    private static final int OUTCOMES_A_ROW = 8;

    private static final long MAX_BYTES = 16L * 1024 * 1024;

    private final UpsertDefinition definition;
    private final String password;
    private final String batchId;
    private final EnvelopeMapping mapping;

    private transient @Nullable TableWriter table;
    private transient List<PendingOutcome> held = new ArrayList<>();
    private transient StreamRecord<Outcome> out = new StreamRecord<>(null);
    private transient int rows;
    private transient long bytes;
    private transient @Nullable ScheduledFuture<?> timer;

    /**
     * @param password the user's password; empty for none
     * @param mapping where results keep the parts of an envelope
     */
    public UpsertResults(UpsertDefinition definition, String password, String batchId, EnvelopeMapping mapping) {
        this.definition = definition;
        this.password = password;
        this.batchId = batchId;
        this.mapping = mapping;
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new ArrayList<>();
        out = new StreamRecord<>(null);
        getRuntimeContext().registerUserCodeClassLoaderReleaseHookIfAbsent("jdbc", Database::forgetDrivers);
        table = new TableWriter(
                definition,
                password,
                batchId,
                "resume",
                mapping,
                getRuntimeContext().getUserCodeClassLoader());
    }

    @Override
    public void processElement(StreamRecord<Outcome> element) throws Exception {
        PendingOutcome entry = table().read(element.getValue());
        if (held.isEmpty() && entry.rows().isEmpty()) {
            output.collect(out.replace(entry.outcome()));
            return;
        }
        held.add(entry);
        rows += entry.rows().size();
        bytes += entry.bytes();
        if (rows >= definition.batchSize()
                || bytes >= MAX_BYTES
                || held.size() >= definition.batchSize() * OUTCOMES_A_ROW) {
            flush();
        } else if (timer == null) {
            long due = getProcessingTimeService().getCurrentProcessingTime() + LINGER_MS;
            timer = getProcessingTimeService().registerTimer(due, time -> flush());
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        flush();
    }

    @Override
    public void endInput() throws Exception {
        flush();
    }

    private void flush() throws InterruptedException {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        try {
            table().write(held);
        } catch (UpsertException e) {
            throw e.isForGood() ? new SuppressRestartsException(e) : e;
        }
        List<PendingOutcome> written = held;
        held = new ArrayList<>();
        rows = 0;
        bytes = 0;
        for (PendingOutcome entry : written) {
            output.collect(out.replace(entry.outcome()));
        }
    }

    private TableWriter table() {
        if (table == null) {
            throw new IllegalStateException("used before open");
        }
        return table;
    }

    @Override
    public void close() throws Exception {
        if (table != null) {
            table.close();
        }
        super.close();
    }
}
