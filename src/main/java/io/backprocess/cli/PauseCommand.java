package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.FlinkWatch;
import io.backprocess.flink.Snapshot;
import io.backprocess.flink.SnapshotSearch;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.status.BatchState;
import io.backprocess.status.LedgerLook;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
            "Stop a running batch with a savepoint, so that resume can go on from it. Everything up to it is committed.",
            "Prints the savepoint's path and stores it with the batch."
        },
        mixinStandardHelpOptions = true)
public final class PauseCommand implements Callable<Integer> {
    private static final Duration LEDGER_PATIENCE = Duration.ofSeconds(30);
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
            description = "Directory for the savepoint (default: Flink's configured directory).")
    private @Nullable String savepointDirectory;

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws InterruptedException {
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.planWithTopics(kafka);
        FlinkCluster flink = connection.flink();
        FlinkSnapshots snapshots = new FlinkSnapshots(flink);
        try (KafkaAdmin admin = kafka.openAdmin()) {
            MarkStore marks = new MarkStore(admin);
            Optional<FlinkCluster.Job> job = flink.job(plan);
            if (job.filter(FlinkCluster.Job::isLive).isEmpty()) {
                return notRunning(plan, kafka, flink, job, marks);
            }
            String jobId = job.get().id();
            // It is read before the pause, so a later loss of the JobManager does no harm.
            String directory = snapshots.savepointDirectory(savepointDirectory);
            sayWhyItMayTakeLong(plan, kafka, flink);
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka, admin.batches())) {
                Optional<BatchMark> before = marks.find(batch.id());
                String checkpoints = checkpoints(before, snapshots);
                FlinkSnapshots.Stop stop = snapshots.stop(
                        jobId, savepointDirectory, begun(before, jobId), new FlinkSnapshots.StopListener() {
                            @Override
                            public void requesting(String trigger) {
                                marks.put(batch.id(), pausing(jobId, trigger, before, checkpoints, directory));
                            }

                            @Override
                            public void waiting() {
                                lock.keep();
                            }
                        });
                return ended(plan, kafka, flink, jobId, stop, before, marks);
            }
        }
    }

    /** Warns that a job cannot make a savepoint while not all its subtasks run. The request is repeated and may never succeed. */
    private void sayWhyItMayTakeLong(BatchPlan plan, KafkaClients kafka, FlinkCluster flink) {
        FlinkWatch.running(plan, kafka, flink)
                .filter(job -> job.isRestarting() || job.needs().waiting() > 0)
                .ifPresent(job -> {
                    PrintWriter err = command.commandLine().getErr();
                    err.println("waiting until all subtasks run, because no savepoint can be made before: "
                            + FlinkStateText.withAdvice(job));
                    err.flush();
                });
    }

    /** Returns the trigger of a pause of this job that an earlier command began and did not finish; null if there is none. */
    private static @Nullable String begun(Optional<BatchMark> before, String jobId) {
        return before.filter(mark -> jobId.equals(mark.jobId()))
                .map(BatchMark::pausing)
                .map(BatchMark.Pausing::trigger)
                .orElse(null);
    }

    private int ended(
            BatchPlan plan,
            KafkaClients kafka,
            FlinkCluster flink,
            String jobId,
            FlinkSnapshots.Stop stop,
            Optional<BatchMark> before,
            MarkStore marks)
            throws InterruptedException {
        FlinkSnapshots snapshots = new FlinkSnapshots(flink);
        // A job that was not stopped may not end, so this waits only briefly for it.
        Optional<FlinkCluster.Job> job =
                snapshots.awaitEnd(jobId, stop.location() == null ? END_PATIENCE.dividedBy(10) : END_PATIENCE);
        LedgerLook look = LedgerLook.at(plan, kafka, LEDGER_PATIENCE);
        BatchLedger ledger = look.ledger();
        if (ledger.isComplete()) {
            return completed(jobId);
        }
        // If Flink has named the savepoint and then forgotten the job, all tasks had finished before.
        boolean finished = job.isEmpty() || job.get().isFinished();
        if (stop.location() != null && finished) {
            return paused(jobId, stop.location(), before, marks, snapshots);
        }
        // Another command may have paused the job first.
        marks.find(batch.id()).filter(last -> jobId.equals(last.jobId())).ifPresent(this::refusePaused);
        if (job.filter(FlinkCluster.Job::isLive).isPresent()) {
            // The pause has failed for good, so the mark goes back to the one before.
            marks.put(batch.id(), before.orElse(null));
        } else {
            Optional<Integer> found = byItsSavepoint(plan, ledger, flink, job, marks);
            if (found.isPresent()) {
                return found.get();
            }
        }
        look.orCannotTell(batch.id());
        throw BatchException.failed("%s was not paused: %s; Flink job %s is %s%s"
                .formatted(
                        batch.id(),
                        stop.failure(),
                        jobId,
                        job.map(FlinkCluster.Job::state).orElse("forgotten, or Flink does not answer"),
                        stop.location() == null ? "" : ", and a savepoint exists at " + stop.location()));
    }

    /**
     * Finishes a pause that was interrupted or that was not made by this command, if its savepoint exists.
     *
     * @return the exit code; empty if no such savepoint exists
     * @throws BatchException if the savepoint exists but Flink has forgotten the job
     */
    private Optional<Integer> byItsSavepoint(
            BatchPlan plan, BatchLedger ledger, FlinkCluster flink, Optional<FlinkCluster.Job> job, MarkStore marks) {
        Optional<BatchMark> mark = marks.find(batch.id());
        Optional<Snapshot> stopped = new SnapshotSearch(plan, ledger, flink, job, mark).stopped();
        if (stopped.isEmpty()) {
            return Optional.empty();
        }
        String savepoint = stopped.get().path();
        if (job.filter(last -> last.isFinished() && flink.isStopped(last)).isEmpty()) {
            throw BatchException.failed(
                    ("%s was stopped with the savepoint %s, but Flink has forgotten the job, so it is"
                                    + " unknown whether its last dead letters are committed; resume soon to commit them:"
                                    + " resume --batch-id %s")
                            .formatted(batch.id(), savepoint, batch.id()));
        }
        return Optional.of(paused(job.get().id(), savepoint, mark, marks, new FlinkSnapshots(flink)));
    }

    private int paused(
            String jobId, String savepoint, Optional<BatchMark> before, MarkStore marks, FlinkSnapshots snapshots) {
        marks.put(
                batch.id(),
                new BatchMark(
                        BatchMark.Action.PAUSED,
                        jobId,
                        checkpoints(before, snapshots),
                        savepoint,
                        Instant.now(),
                        ExecutionOptions.user()));
        return print(BatchState.PAUSED, jobId, savepoint, "%s is paused; go on with: resume --batch-id %s");
    }

    /** Returns the mark for a stop-with-savepoint that this command will request from Flink next. */
    private static BatchMark pausing(
            String jobId, String trigger, Optional<BatchMark> before, @Nullable String checkpoints, String directory) {
        Optional<BatchMark> same = before.filter(mark -> jobId.equals(mark.jobId()));
        return new BatchMark(
                BatchMark.Action.STARTED,
                jobId,
                checkpoints,
                before.map(BatchMark::savepoint).orElse(null),
                same.map(BatchMark::at).orElseGet(Instant::now),
                same.map(BatchMark::by).orElseGet(ExecutionOptions::user),
                new BatchMark.Pausing(directory, trigger, Instant.now(), ExecutionOptions.user()));
    }

    private static @Nullable String checkpoints(Optional<BatchMark> before, FlinkSnapshots snapshots) {
        return before.map(BatchMark::checkpoints)
                .or(() -> configured(snapshots))
                .orElse(null);
    }

    /** Reads Flink's checkpoint directory; empty if the JobManager went down after naming the savepoint. The pause is valid. */
    private static Optional<String> configured(FlinkSnapshots snapshots) {
        try {
            return snapshots.checkpointDirectory();
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    private int notRunning(
            BatchPlan plan, KafkaClients kafka, FlinkCluster flink, Optional<FlinkCluster.Job> job, MarkStore marks) {
        LedgerLook look = LedgerLook.at(plan, kafka, LEDGER_PATIENCE);
        BatchLedger ledger = look.ledger();
        if (ledger.isComplete()) {
            return completed(null);
        }
        Optional<BatchMark> mark = marks.find(batch.id());
        mark.ifPresent(this::refusePaused);
        mark.filter(BatchMark::isFinal).ifPresent(last -> {
            throw BatchException.refused("%s was %s; it does not run".formatted(batch.id(), last.inWords()));
        });
        if (mark.isPresent() || job.isPresent()) {
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka)) {
                Optional<Integer> found = byItsSavepoint(plan, ledger, flink, job, marks);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        if (mark.isPresent() || job.isPresent()) {
            look.orCannotTell(batch.id());
        }
        throw BatchException.failed(
                ledger.isEmpty() && mark.isEmpty()
                        ? "%s does not run and never has; start it with: run".formatted(batch.id())
                        : "%s does not run, so it cannot be paused; go on with: resume --batch-id %s"
                                .formatted(batch.id(), batch.id()));
    }

    private void refusePaused(BatchMark mark) {
        if (mark.kind() != BatchMark.Action.PAUSED) {
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
                "%s is completed, so it cannot be paused; recount it with: verify --batch-id %s");
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
