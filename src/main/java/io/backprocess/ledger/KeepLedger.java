package io.backprocess.ledger;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Outcome;
import io.backprocess.event.Progress;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import java.util.TreeMap;
import org.apache.flink.formats.json.JsonSerializationSchema;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Counts what became of every record, and ahead of every checkpoint barrier writes the counts as ledger lines into the
 * stream of results. The result sink puts both into one Kafka transaction: a reader sees the results and the line that
 * counts them, or neither.
 *
 * <p>Without state. Killed after pre-commit, before commit: the restored sink commits the transaction, line and results.
 * Killed before: both are aborted, the records are read and counted again.
 */
public final class KeepLedger extends AbstractStreamOperator<Publication>
        implements OneInputStreamOperator<Outcome, Publication>, BoundedOneInput {
    private static final long serialVersionUID = 1;
    private static final long AFTER_LAST_CHECKPOINT = -1;

    private final String batchId;
    private final OutputTag<DeadLetter> deadLetters;

    private transient TreeMap<Integer, Tally> tallies = new TreeMap<>();
    private transient StreamRecord<Publication> out = new StreamRecord<>(null);
    private transient @Nullable JsonSerializationSchema<LedgerLine> json;
    private transient @Nullable Tally current;

    public KeepLedger(String batchId, OutputTag<DeadLetter> deadLetters) {
        this.batchId = batchId;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open() throws Exception {
        super.open();
        tallies = new TreeMap<>();
        out = new StreamRecord<>(null);
        json = new JsonSerializationSchema<>();
        json.open(null);
    }

    @Override
    public void processElement(StreamRecord<Outcome> element) {
        Outcome outcome = element.getValue();
        Tally tally = tally(outcome.partition());
        if (outcome instanceof Taken taken) {
            tally.take(taken.results().size());
            for (Result result : taken.results()) {
                output.collect(out.replace(result));
            }
        } else if (outcome instanceof Duplicate) {
            tally.duplicate();
        } else if (outcome instanceof Skipped skipped) {
            tally.skip(skipped.version());
        } else if (outcome instanceof DeadLetter deadLetter) {
            tally.bury(deadLetter.reason());
            output.collect(deadLetters, new StreamRecord<>(deadLetter));
        } else if (outcome instanceof Progress progress) {
            tally.advance(progress);
        } else if (outcome instanceof Event event) {
            throw new IllegalStateException(event + " came to the ledger without having been revised");
        }
    }

    private Tally tally(int partition) {
        Tally tally = current;
        if (tally == null || tally.partition != partition) {
            tally = tallies.computeIfAbsent(partition, Tally::new);
            current = tally;
        }
        return tally;
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        close(checkpointId);
    }

    @Override
    public void endInput() {
        close(AFTER_LAST_CHECKPOINT);
    }

    private void close(long checkpoint) {
        if (json == null) {
            throw new IllegalStateException("used before open");
        }
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        for (Tally tally : tallies.values()) {
            byte[] line = json.serialize(tally.line(batchId, checkpoint, subtask));
            output.collect(out.replace(new LedgerEntry(tally.partition, line)));
        }
        tallies.clear();
        current = null;
    }
}
