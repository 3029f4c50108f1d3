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
import io.backprocess.ledger.BatchLedger;
import io.backprocess.status.BatchState;
import io.backprocess.status.LedgerLook;
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
            Optional<FlinkCluster.Job> job = flink.job(batch.id());
            if (job.filter(FlinkCluster.Job::isLive).isEmpty()) {
                return notRunning(plan, kafka, flink, job, marks);
            }
            String jobId = job.get().id();
            String directory = savepointDirectory(snapshots);
            sayWhyItMayTakeLong(plan, kafka, flink);
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka)) {
                Optional<BatchMark> before = marks.find(batch.id());
                String checkpoints = checkpoints(before, snapshots);
                FlinkSnapshots.Stop stop =
                        snapshots.stop(jobId, savepointDirectory, begun(before, jobId), new FlinkSnapshots.Company() {
                            @Override
                            public void about(String trigger) {
                                marks.put(batch.id(), pausing(jobId, trigger, before, checkpoints, directory));
                            }

                            @Override
                            public void meanwhile() {
                                lock.keep();
                            }
                        });
                return ended(plan, kafka, flink, jobId, stop, before, marks);
            }
        }
    }

    /** A job of which not all subtasks run makes no savepoint; it is asked again and again, and may not get there. */
    private void sayWhyItMayTakeLong(BatchPlan plan, Properties kafka, FlinkCluster flink) {
        FlinkWatch.running(plan, kafka, flink)
                .filter(job -> job.isRestarting() || job.waiting() > 0)
                .ifPresent(job -> {
                    PrintWriter err = command.commandLine().getErr();
                    err.println("no savepoint can be made while not all subtasks run, which is waited for: "
                            + FlinkStateText.withAdvice(job));
                    err.flush();
                });
    }

    /** Asked once, before anything begins: a JobManager that goes away meanwhile does not end the pause. */
    private String savepointDirectory(FlinkSnapshots snapshots) {
        return Optional.ofNullable(savepointDirectory)
                .or(snapshots::savepointDirectory)
                .orElseThrow(
                        () -> BatchException.usage(
                                "Flink has no directory for savepoints; name one with --savepoint-dir, or set execution.checkpointing.savepoint-dir in Flink's configuration"));
    }

    /** The pause of this job that a command began which has died since. */
    private static @Nullable String begun(Optional<BatchMark> before, String jobId) {
        return before.filter(mark -> jobId.equals(mark.jobId()))
                .map(BatchMark::pausing)
                .map(BatchMark.Pausing::trigger)
                .orElse(null);
    }

    private int ended(
            BatchPlan plan,
            Properties kafka,
            FlinkCluster flink,
            String jobId,
            FlinkSnapshots.Stop stop,
            Optional<BatchMark> before,
            MarkStore marks)
            throws InterruptedException {
        FlinkSnapshots snapshots = new FlinkSnapshots(flink);
        // Of a job that was not stopped there is no end to wait for.
        Optional<FlinkCluster.Job> job =
                snapshots.awaitEnd(jobId, stop.location() == null ? END_PATIENCE.dividedBy(10) : END_PATIENCE);
        LedgerLook look = LedgerLook.at(plan, kafka, LEDGER_PATIENCE);
        BatchLedger ledger = look.ledger();
        if (ledger.isComplete()) {
            return completed(jobId);
        }
        // Where Flink has named the savepoint and then forgotten the job, all tasks had finished before.
        boolean finished = job.map(FlinkCluster.Job::state).orElse("FINISHED").equals("FINISHED");
        if (stop.location() != null && finished) {
            return paused(jobId, stop.location(), before, marks, snapshots);
        }
        // Somebody else may have been quicker.
        marks.find(batch.id()).filter(last -> jobId.equals(last.jobId())).ifPresent(this::refusePaused);
        if (job.filter(FlinkCluster.Job::isLive).isPresent()) {
            // Nothing has come of it, and nothing more will.
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
                        stop.location() == null ? "" : ", and there is a savepoint at " + stop.location()));
    }

    /**
     * Ends a pause that was interrupted, or that nobody has asked this command for, if the savepoint is there.
     *
     * @return the exit code; nothing where there is no such savepoint
     */
    private Optional<Integer> byItsSavepoint(
            BatchPlan plan, BatchLedger ledger, FlinkCluster flink, Optional<FlinkCluster.Job> job, MarkStore marks) {
        Optional<BatchMark> mark = marks.find(batch.id());
        Optional<Snapshot> stopped = new SnapshotSearch(plan, ledger, flink, job, mark).stopped();
        if (stopped.isEmpty()) {
            return Optional.empty();
        }
        String savepoint = stopped.get().path();
        if (job.filter(last -> last.state().equals("FINISHED") && flink.isStopped(last))
                .isEmpty()) {
            throw BatchException.failed(
                    "%s was stopped with the savepoint %s, but Flink has forgotten the job, and nobody knows whether the last dead letters of it are committed; go on soon, which commits them: resume --batch-id %s"
                            .formatted(batch.id(), savepoint, batch.id()));
        }
        return Optional.of(paused(job.get().id(), savepoint, mark, marks, new FlinkSnapshots(flink)));
    }

    private int paused(
            String jobId, String savepoint, Optional<BatchMark> before, MarkStore marks, FlinkSnapshots snapshots) {
        marks.put(
                batch.id(),
                new BatchMark(
                        BatchMark.Kind.PAUSED,
                        jobId,
                        checkpoints(before, snapshots),
                        savepoint,
                        Instant.now(),
                        ExecutionOptions.user()));
        return print(BatchState.PAUSED, jobId, savepoint, "%s is paused; go on with: resume --batch-id %s");
    }

    /** What the batch's mark says, and what is about to be asked of Flink. */
    private static BatchMark pausing(
            String jobId, String trigger, Optional<BatchMark> before, @Nullable String checkpoints, String directory) {
        Optional<BatchMark> same = before.filter(mark -> jobId.equals(mark.jobId()));
        return new BatchMark(
                BatchMark.Kind.STARTED,
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

    /** A JobManager that has named the savepoint may be gone by now, which takes nothing away from the pause. */
    private static Optional<String> configured(FlinkSnapshots snapshots) {
        try {
            return snapshots.checkpointDirectory();
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    private int notRunning(
            BatchPlan plan, Properties kafka, FlinkCluster flink, Optional<FlinkCluster.Job> job, MarkStore marks) {
        LedgerLook look = LedgerLook.at(plan, kafka, LEDGER_PATIENCE);
        BatchLedger ledger = look.ledger();
        if (ledger.isComplete()) {
            return completed(null);
        }
        Optional<BatchMark> mark = marks.find(batch.id());
        mark.ifPresent(this::refusePaused);
        mark.filter(last -> last.kind() == BatchMark.Kind.ABANDONED).ifPresent(last -> {
            throw BatchException.refused(
                    "%s was abandoned by %s at %s; it does not run".formatted(batch.id(), last.by(), last.at()));
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
