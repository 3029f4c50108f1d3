package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.BatchSpec;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.StartOptions;
import io.backprocess.cli.options.StartSettings;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.HiddenEnd;
import io.backprocess.control.MarkStore;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.ProcessVersion;
import io.backprocess.flink.FlinkAdvice;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.FlinkWatch;
import io.backprocess.flink.Submission;
import io.backprocess.job.BackprocessJob;
import io.backprocess.job.JobSettings;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.Topics;
import io.backprocess.registry.Schemas;
import io.backprocess.render.Printable;
import io.backprocess.revise.operator.RevisionChain;
import io.backprocess.status.BatchQuality;
import io.backprocess.status.BatchSituation;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import io.backprocess.status.JobEnd;
import io.backprocess.status.LedgerLook;
import io.backprocess.status.MissingText;
import io.backprocess.status.SourceEnds;
import io.backprocess.upsert.ResultTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** Submits a batch's job and watches it to its end. The commands run and resume share it. */
final class BatchRun {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
    private static final Duration DISPLAY_PAUSE = Duration.ofMillis(500);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LAST_COMMIT_PATIENCE = Duration.ofMinutes(1);
    private static final Duration START_PATIENCE = Duration.ofSeconds(20);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(2);
    /** The pause command writes its mark a moment after the job has ended, so the mark may be late. */
    private static final Duration MARK_PATIENCE = Duration.ofSeconds(5);

    private final CommandSpec command;
    private final KafkaClients kafka;
    private final MarkStore marks;
    private final Submission submission;
    /** The settings of this and earlier starts, from the first time that they were needed at the end. */
    private @Nullable BatchSettings told;

    BatchRun(CommandSpec command, KafkaClients kafka, MarkStore marks, Submission submission) {
        this.command = command;
        this.kafka = kafka;
        this.marks = marks;
        this.submission = submission;
    }

    /**
     * Tells whether main runs again because the JobManager was restarted. Flink then already has the job and continues it from
     * its last checkpoint. If Flink has lost the job, the job that is submitted now refuses to start over.
     */
    boolean isFailover(BatchPlan plan) {
        Optional<String> jobId = submission.fixedJobId();
        return jobId.isPresent()
                && marks.find(plan.spec().batchId())
                        .filter(mark -> mark.kind() == BatchMark.Action.STARTED)
                        .map(BatchMark::jobId)
                        .equals(jobId);
    }

    /** Submits a job that does nothing, because Flink treats an application that submits no job as failed. */
    void finishEmpty(BatchPlan plan) throws Exception {
        if (submission.isEmbedded()) {
            BackprocessJob.submitNothing(submission.environment(1, 1), plan);
        }
    }

    /** @param lock the lock that keeps other processes from submitting this batch at the same time */
    JobClient submit(
            BatchLock lock,
            BatchPlan plan,
            Topics topics,
            ExecutionOptions execution,
            StartOptions start,
            StartSettings told)
            throws Exception {
        String batchId = plan.spec().batchId();
        lock.keep();
        new StartChecks(marks, submission).refuseEnded(plan);
        Schemas schemas = Schemas.of(plan, kafka);
        if (schemas != null) {
            schemas.checkStored();
        }
        JobSettings settings = new JobSettings(
                new JobSettings.Kafka(kafka, topics.limits(plan), execution.transactionTimeout()),
                start.maxRate(),
                execution.dedupeMemory(),
                execution.deadLetterLimits(),
                execution.logEvents(),
                asks(plan.spec(), execution.revisionClasses()),
                ResultTable.password(plan.spec()));
        if (!isFailover(plan)) {
            told.store();
        }
        if (!told.kept().isEmpty()) {
            out("%s keeps the settings of an earlier start: %s".formatted(batchId, String.join(" ", told.kept())));
        }
        // If the job's id is known, the mark comes before the job. A JobManager that dies in between then finds the
        // mark when it restarts.
        submission.fixedJobId().ifPresent(fixed -> marks.put(batchId, started(fixed)));
        JobClient job = BackprocessJob.submit(
                submission.environment(plan.ranges().size(), start.parallelism()), plan, settings);
        String jobId = job.getJobID().toString();
        if (submission.fixedJobId().isEmpty()) {
            marks.put(batchId, started(jobId));
        }
        out("%s runs as Flink job %s%s".formatted(batchId, jobId, submission.webUi(jobId)));
        return job;
    }

    private static boolean asks(BatchSpec spec, ClassLoader classes) {
        return chain(spec, classes).asking().isPresent();
    }

    /** Loads the revisions of a batch. */
    static RevisionChain chain(BatchSpec spec, ClassLoader classes) {
        return RevisionChain.load(
                spec.logic().revisions(),
                spec.logic().revisionOptions(),
                ProcessVersion.of(spec.logic().fromVersion()),
                spec.batchId(),
                Envelope.mappingOf(spec),
                classes);
    }

    private BatchMark started(String jobId) {
        return new BatchMark(
                BatchMark.Action.STARTED,
                jobId,
                submission
                        .configuration()
                        .getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .or(() -> submission.flink().flatMap(flink -> new FlinkSnapshots(flink).checkpointDirectory()))
                        .orElse(null),
                submission
                        .configuration()
                        .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                        .orElse(null),
                Instant.now(),
                ExecutionOptions.user());
    }

    /** Waits until the job has ended and everything that it has committed can be read. */
    JobEnd await(BatchPlan plan, JobClient job) throws InterruptedException {
        try (Farewell farewell = farewell(plan, job);
                LedgerFollower ledger = LedgerReader.of(plan, kafka).follow();
                SourceEnds source = new SourceEnds(plan, kafka);
                ProgressDisplay progress =
                        new ProgressDisplay(plan, command.commandLine().getErr())) {
            JobStatus status = Submission.statusOf(job, JobStatus.INITIALIZING);
            FlinkWatch watch = new FlinkWatch(plan, kafka, submission.flink().orElse(null));
            long begun = System.nanoTime();
            while (!status.isGloballyTerminalState()) {
                progress.show(BatchStatus.of(plan, ledger.poll(), BatchState.RUNNING, Instant.now(), source.now())
                        .with(watch.look()));
                status = next(job, status, begun);
            }
            boolean finished = status == JobStatus.FINISHED;
            LedgerLook look =
                    finished ? LedgerLook.at(ledger, kafka, LAST_COMMIT_PATIENCE) : new LedgerLook(ledger.poll(), null);
            JobEnd end = new JobEnd(
                    status, look, finished ? "" : Submission.failureOf(job), !finished && Submission.isRefused(job));
            progress.show(BatchStatus.of(plan, end.ledger(), end.state(plan), Instant.now(), source.now()));
            return end;
        }
    }

    /** Returns the job's status after half a second, or earlier if the job has ended. */
    private static JobStatus next(JobClient job, JobStatus last, long begun) throws InterruptedException {
        long shown = System.nanoTime();
        JobStatus status = last;
        while (!status.isGloballyTerminalState() && System.nanoTime() - shown < DISPLAY_PAUSE.toNanos()) {
            Thread.sleep(pause(Duration.ofNanos(System.nanoTime() - begun)).toMillis());
            status = Submission.statusOf(job, status);
        }
        return status;
    }

    /** Returns the pause before the job is asked again. It grows with the job's age, so that the end of a small batch shows at once. */
    static Duration pause(Duration age) {
        Duration share = age.dividedBy(40);
        return share.compareTo(SHORTEST_PAUSE) < 0
                ? SHORTEST_PAUSE
                : share.compareTo(DISPLAY_PAUSE) > 0 ? DISPLAY_PAUSE : share;
    }

    /** Returns null inside a cluster, where no one presses Ctrl-C and the job ends together with its process. */
    private @Nullable Farewell farewell(BatchPlan plan, JobClient job) {
        if (submission.isEmbedded()) {
            return null;
        }
        String batchId = plan.spec().batchId();
        String words = submission.isLocal()
                ? Farewell.inThisProcess(
                        batchId, submission.configuration().get(CheckpointingOptions.CHECKPOINTS_DIRECTORY))
                : Farewell.onACluster(batchId, job.getJobID().toString());
        return Farewell.of(words, command.commandLine().getErr());
    }

    /** Waits for the end and reports it. */
    int watch(BatchPlan plan, JobClient job, ExecutionOptions execution, StartOptions start)
            throws InterruptedException {
        String batchId = plan.spec().batchId();
        JobEnd end = await(plan, job);
        if (end.state(plan) == BatchState.COMPLETED) {
            report(plan, end.ledger(), BatchState.COMPLETED, execution);
            out("%nEvery record is accounted for. Recount it from Kafka alone: backprocess verify --batch-id %s"
                    .formatted(batchId));
            return conclude(plan, end.ledger(), execution, start);
        }
        if (!end.isFinished()) {
            throw failed(plan, end);
        }
        Optional<BatchMark> paused = pausedMark(batchId, job.getJobID().toString());
        HiddenEnd hidden = end.look().hidden();
        if (paused.isEmpty() && hidden != null && !plan.isFollowing()) {
            return cannotTell(batchId, hidden);
        }
        String stopped = paused.map(mark -> "%s was paused by %s into %s; go on with: resume --batch-id %s"
                        .formatted(batchId, mark.by(), mark.savepoint(), batchId))
                .orElseGet(() -> plan.isFollowing() || wasStopped(plan, end.look())
                        ? "%s was stopped with a savepoint; go on with: resume --batch-id %s"
                                .formatted(batchId, batchId)
                        : ("%s ended, but transactions were lost: %s are not committed; check it with:"
                                        + " backprocess verify --batch-id %s; %s")
                                .formatted(
                                        batchId,
                                        MissingText.of(plan, end.ledger().missing()),
                                        batchId,
                                        MissingText.remedy(batchId, plan.spec().dedupeScope())));
        if (!plan.isFollowing()) {
            throw BatchException.failed(stopped);
        }
        out(stopped);
        return 0;
    }

    /** Tells whether the job was stopped without a mark, for example by Flink's own client. */
    private boolean wasStopped(BatchPlan plan, LedgerLook look) {
        String batchId = plan.spec().batchId();
        return submission
                .flink()
                .map(flink -> BatchSituation.of(plan, look, flink, flink.job(plan), marks.find(batchId)))
                .filter(situation -> situation.state() == BatchState.PAUSED)
                .isPresent();
    }

    private int cannotTell(String batchId, HiddenEnd hidden) {
        String sentence = "the Flink job of %s has finished; cannot tell yet whether the batch is complete: %s"
                .formatted(batchId, hidden.inWords());
        if (submission.isEmbedded()) {
            warn(sentence);
            return 0;
        }
        throw BatchException.cannotTell(
                "%s. When that transaction has ended, run: status --batch-id %s".formatted(sentence, batchId));
    }

    /**
     * Reads what the batch has committed. If the end of the ledger is hidden and the batch was started before, it is unknown
     * whether the batch is complete.
     *
     * @throws BatchException of kind "cannot tell" if another batch's transaction hides the end
     */
    BatchLedger committed(BatchPlan plan) {
        String batchId = plan.spec().batchId();
        BatchLedger ledger = LedgerReader.of(plan, kafka).read();
        if (ledger.isComplete() || marks.find(batchId).isEmpty() || isFailover(plan)) {
            return ledger;
        }
        // The transactions of the batch's own killed job hide the end until the batch is resumed.
        LedgerLook look = LedgerLook.at(plan, kafka, FIRST_LOOK);
        return look.isHiddenByAnother(batchId)
                ? LedgerLook.at(plan, kafka, START_PATIENCE)
                        .orCannotTell(batchId)
                        .ledger()
                : look.ledger();
    }

    /**
     * Reports whether a completed batch is good. Inside a cluster this only writes a line to the log: if main failed, Flink would
     * treat the application as failed and start it again.
     */
    int conclude(BatchPlan plan, BatchLedger ledger, ExecutionOptions execution, StartOptions start) {
        BatchQuality quality =
                new BatchQuality(ledger.total().figures(), BatchQuality.toleratedRatio(told(plan, execution)));
        String batchId = plan.spec().batchId();
        if (quality.concern().isEmpty()) {
            return 0;
        }
        String sentence = "%s is completed, but %s".formatted(batchId, quality.sentence());
        boolean accepted = start.acceptsDeadLetters() && quality.isExcusedByDeadLetters();
        if (quality.concern().get() == BatchQuality.Concern.NOTHING_READ || accepted || submission.isEmbedded()) {
            warn(sentence);
            return 0;
        }
        throw BatchException.failed("%s; committed records stay. Check it with: dlq stats --batch-id %s, and %s"
                .formatted(
                        sentence,
                        batchId,
                        quality.isExcusedByDeadLetters()
                                ? ("if the revision is wrong, correct it, then run: redrive --batch-id %s;"
                                                + " or, if this is intended: --accept-dead-letters")
                                        .formatted(batchId)
                                : "check --from-version and --revision"));
    }

    private void warn(String line) {
        LOG.warn(line);
        if (!submission.isEmbedded()) {
            Printable.warn(command.commandLine().getErr(), line);
        }
    }

    static BatchException failed(BatchPlan plan, JobEnd end) {
        String message = "%s: the Flink job is %s%s%s"
                .formatted(plan.spec().batchId(), end.status(), end.failure(), FlinkAdvice.afterAnEnd(end.failure()));
        return end.isRefused() ? BatchException.refused(message) : BatchException.failed(message);
    }

    private Optional<BatchMark> pausedMark(String batchId, String jobId) throws InterruptedException {
        long deadline = System.nanoTime() + MARK_PATIENCE.toNanos();
        while (true) {
            Optional<BatchMark> mark = marks.find(batchId).filter(last -> last.isPauseOf(jobId));
            if (mark.isPresent() || System.nanoTime() > deadline) {
                return mark;
            }
            Thread.sleep(500);
        }
    }

    void report(BatchPlan plan, BatchLedger ledger, BatchState state, ExecutionOptions execution) {
        if (submission.isEmbedded()) {
            return;
        }
        PrintWriter out = command.commandLine().getOut();
        out.println();
        out.print(
                StatusText.of(BatchStatus.of(plan, ledger, state, Instant.now()).with(told(plan, execution))));
        out.flush();
    }

    /** Combines the settings of this start with those of earlier starts. Only status warns if the latter are damaged. */
    private BatchSettings told(BatchPlan plan, ExecutionOptions execution) {
        BatchSettings known = told;
        if (known == null) {
            BatchSettings now = execution.told(null, null);
            BatchSettings earlier = StartSettings.stored(plan.spec().batchId(), kafka, complaint -> {});
            known = earlier == null ? now : earlier.then(now);
            told = known;
        }
        return known;
    }

    /** Prints a line for the user. Inside a cluster it only goes to the log, because programs read standard output there. */
    void out(String line) {
        LOG.info(line);
        if (submission.isEmbedded()) {
            return;
        }
        PrintWriter out = command.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
