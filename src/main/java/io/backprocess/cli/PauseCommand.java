package io.backprocess.cli;

import io.backprocess.BackprocessJob;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchLock;
import io.backprocess.plan.BatchMark;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.MarkStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Pauses a batch. */
@Command(
        name = "pause",
        description = {
            "Stop a running batch with a savepoint, which resume goes on from. Everything up to it is committed.",
            "Prints the savepoint's path, and keeps it with the batch."
        },
        mixinStandardHelpOptions = true)
public final class PauseCommand implements Callable<Integer> {
    private static final Duration END_PATIENCE = Duration.ofSeconds(60);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--savepoint-dir",
            paramLabel = "URI",
            description = "Where the savepoint is written (default: as Flink is configured).")
    private @Nullable String savepointDirectory;

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws InterruptedException {
        Properties kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        FlinkCluster flink = connection.flink();
        FlinkSnapshots snapshots = new FlinkSnapshots(flink);
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            MarkStore marks = new MarkStore(admin, kafka);
            Optional<FlinkCluster.Job> live = flink.job(batch.id()).filter(FlinkCluster.Job::isLive);
            if (live.isEmpty()) {
                return notRunning(ledger(plan, kafka), marks.find(batch.id()));
            }
            String jobId = live.get().id();
            if (savepointDirectory == null && snapshots.savepointDirectory().isEmpty()) {
                throw BatchException.usage(
                        "Flink has no directory for savepoints; name one with --savepoint-dir, or set execution.checkpointing.savepoint-dir in Flink's configuration");
            }
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka)) {
                FlinkSnapshots.Stop stop = snapshots.stop(jobId, savepointDirectory, lock::keep);
                String state = snapshots.awaitEnd(jobId, END_PATIENCE).state();
                if (ledger(plan, kafka).isComplete()) {
                    return completed(jobId);
                }
                Optional<BatchMark> before = marks.find(batch.id());
                if (stop.location() == null || !state.equals("FINISHED")) {
                    // Somebody else may have been quicker.
                    before.filter(last -> jobId.equals(last.jobId())).ifPresent(this::refusePaused);
                    throw BatchException.failed("%s was not paused: %s; Flink job %s is %s%s"
                            .formatted(
                                    batch.id(),
                                    stop.failure(),
                                    jobId,
                                    state,
                                    stop.location() == null ? "" : ", and there is a savepoint at " + stop.location()));
                }
                marks.put(batch.id(), paused(jobId, stop.location(), before, snapshots));
                return print(
                        BatchState.PAUSED, jobId, stop.location(), "%s is paused; go on with: resume --batch-id %s");
            }
        }
    }

    private static BatchMark paused(
            String jobId, String savepoint, Optional<BatchMark> before, FlinkSnapshots snapshots) {
        return new BatchMark(
                BatchMark.Kind.PAUSED,
                jobId,
                before.map(BatchMark::checkpoints)
                        .or(snapshots::checkpointDirectory)
                        .orElse(null),
                savepoint,
                Instant.now(),
                ExecutionOptions.user());
    }

    private static BatchLedger ledger(BatchPlan plan, Properties kafka) {
        try {
            return BackprocessJob.ledger(plan, kafka).readSettled(Duration.ofSeconds(30));
        } catch (IllegalStateException e) {
            // Another batch's transaction is open in the same partition.
            return BackprocessJob.ledger(plan, kafka).read();
        }
    }

    private int notRunning(BatchLedger ledger, Optional<BatchMark> mark) {
        if (ledger.isComplete()) {
            return completed(null);
        }
        mark.ifPresent(this::refusePaused);
        mark.filter(last -> last.kind() == BatchMark.Kind.ABANDONED).ifPresent(last -> {
            throw BatchException.refused(
                    "%s was abandoned by %s at %s; it does not run".formatted(batch.id(), last.by(), last.at()));
        });
        throw BatchException.failed(
                ledger.isEmpty() && mark.isEmpty()
                        ? "%s does not run and never has; start it with: run".formatted(batch.id())
                        : "%s does not run, so there is nothing to pause; go on with: resume --batch-id %s"
                                .formatted(batch.id(), batch.id()));
    }

    private void refusePaused(BatchMark mark) {
        if (mark.kind() != BatchMark.Kind.PAUSED) {
            return;
        }
        throw BatchException.refused("%s is paused already, by %s at %s, into %s; go on with: resume --batch-id %s"
                .formatted(batch.id(), mark.by(), mark.at(), mark.savepoint(), batch.id()));
    }

    private int completed(@Nullable String jobId) {
        return print(
                BatchState.COMPLETED,
                jobId,
                null,
                "%s is completed, there is nothing to pause; look at: verify --batch-id %s");
    }

    private int print(BatchState state, @Nullable String jobId, @Nullable String savepoint, String sentence) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("batchId", batch.id());
            values.put("state", state.toString());
            values.put("savepoint", savepoint);
            values.put("jobId", jobId);
            out.println(OutputOption.json(values));
        } else {
            if (savepoint != null) {
                out.println(savepoint);
            }
            command.commandLine().getErr().println(sentence.formatted(batch.id(), batch.id()));
            command.commandLine().getErr().flush();
        }
        out.flush();
        return 0;
    }
}
