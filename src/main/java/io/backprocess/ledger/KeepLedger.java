package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogContext;
import io.backprocess.batch.LogEvents;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Progress;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Counts the outcome of every record. Ahead of every checkpoint barrier it writes the counts as ledger lines into the stream of
 * results. The result sink puts both into one Kafka transaction: a reader sees the results and the line that counts them, or
 * neither.
 *
 * <p>The operator has no state. If it is killed after pre-commit and before commit, the restored sink commits the transaction
 * with the line and the results. If it is killed before, both are aborted, and the records are read and counted again.
 */
public final class KeepLedger extends AbstractStreamOperator<Publication>
        implements OneInputStreamOperator<Outcome, Publication>, BoundedOneInput {
    private static final long serialVersionUID = 1;
    static final long AFTER_LAST_CHECKPOINT = -1;

    private final String batchId;
    private final OutputTag<DeadLetter> deadLetters;

    private transient TreeMap<Integer, PartitionCounter> counters = new TreeMap<>();
    private transient StreamRecord<Publication> out = new StreamRecord<>(null);
    private transient @Nullable PartitionCounter current;
    private transient @Nullable OperatorEventGateway breaker;
    private transient @Nullable DeadRuns runs;
    private transient @Nullable EventLog log;
    /** One example of a dead letter for each reason since the last checkpoint, for the breaker's message. */
    private transient Map<String, String> examples = new TreeMap<>();

    public KeepLedger(String batchId, OutputTag<DeadLetter> deadLetters) {
        this.batchId = batchId;
        this.deadLetters = deadLetters;
    }

    /** Creates an operator that reports its counts to the breaker and ends the job at too many dead letters in a row. */
    KeepLedger(
            StreamOperatorParameters<Publication> parameters,
            String batchId,
            String sourceTopic,
            OutputTag<DeadLetter> deadLetters,
            DeadLetterLimits limits,
            LogEvents logged) {
        super(parameters);
        this.batchId = batchId;
        this.deadLetters = deadLetters;
        if (limits.maxRatio() < 1) {
            breaker = parameters
                    .getOperatorEventDispatcher()
                    .getOperatorEventGateway(parameters.getStreamConfig().getOperatorID());
        }
        if (limits.maxConsecutive() > 0) {
            runs = new DeadRuns(limits.maxConsecutive(), batchId, sourceTopic);
        }
        log = new EventLog(batchId, sourceTopic, logged);
    }

    @Override
    public void open() throws Exception {
        super.open();
        // Every later log line of this task's thread carries the batch id.
        MDC.put(LogContext.CORRELATION_ID, batchId);
        examples = new TreeMap<>();
        counters = new TreeMap<>();
        out = new StreamRecord<>(null);
    }

    @Override
    public void close() throws Exception {
        MDC.remove(LogContext.CORRELATION_ID);
        super.close();
    }

    @Override
    public void processElement(StreamRecord<Outcome> element) {
        Outcome outcome = element.getValue();
        PartitionCounter tally = tally(outcome.partition());
        if (runs != null) {
            watch(runs, outcome);
        }
        if (outcome instanceof Taken taken) {
            tally.counter.take(taken.results().size());
            if (log != null && log.logsSuccess()) {
                log.processed(taken.event());
            }
            for (Result result : taken.results()) {
                output.collect(out.replace(result));
            }
        } else if (outcome instanceof Duplicate) {
            tally.counter.duplicate();
        } else if (outcome instanceof Outside) {
            tally.counter.leaveOut();
        } else if (outcome instanceof Skipped skipped) {
            tally.counter.skip(skipped.kind());
        } else if (outcome instanceof DeadLetter deadLetter) {
            tally.counter.deadLetter(deadLetter.reason());
            if (log != null) {
                log.dead(deadLetter);
            }
            remember(deadLetter);
            output.collect(deadLetters, new StreamRecord<>(deadLetter));
        } else if (outcome instanceof Progress progress) {
            tally.advance(progress);
        } else if (outcome instanceof Event event) {
            throw new IllegalStateException(event + " reached the ledger before it was revised");
        }
    }

    private static void watch(DeadRuns runs, Outcome outcome) {
        if (outcome instanceof DeadLetter deadLetter) {
            runs.dead(deadLetter);
        } else if (!(outcome instanceof Progress || outcome instanceof Outside)) {
            runs.alive(outcome.partition());
        }
    }

    private void remember(DeadLetter deadLetter) {
        String reason = deadLetter.reason().toString();
        if (breaker != null && !examples.containsKey(reason)) {
            examples.put(reason, SubtaskCounts.example(deadLetter));
        }
    }

    private PartitionCounter tally(int partition) {
        PartitionCounter tally = current;
        if (tally == null || tally.partition != partition) {
            tally = counters.computeIfAbsent(partition, PartitionCounter::new);
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
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        Counts counts = Counts.NONE;
        for (PartitionCounter tally : counters.values()) {
            LedgerLine line = tally.line(batchId, checkpoint, subtask);
            output.collect(out.replace(new LedgerEntry(tally.partition, line.write())));
            counts = counts.plus(line.counts());
        }
        counters.clear();
        current = null;
        if (log != null) {
            log.checkpoint();
        }
        if (breaker != null) {
            // Sent even without counts, because the breaker checks a checkpoint only when all subtasks have reported.
            breaker.sendEventToCoordinator(
                    new SubtaskCounts(checkpoint, counts.inRange(), counts.deadLettersByReason(), examples));
            examples.clear();
        }
    }
}
