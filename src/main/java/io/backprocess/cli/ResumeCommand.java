package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.StartOptions;
import io.backprocess.cli.options.StartSettings;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SettingsStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.Snapshot;
import io.backprocess.flink.SnapshotSearch;
import io.backprocess.flink.Submission;
import io.backprocess.job.RequiredOptions;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.PlanBasis;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Rights;
import io.backprocess.plan.Topics;
import io.backprocess.render.Words;
import io.backprocess.status.BatchState;
import io.backprocess.status.JobEnd;
import io.backprocess.status.MissingText;
import io.backprocess.upsert.ResultTable;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Resumes a batch that was paused or that failed. */
@Command(
        name = "resume",
        description = {
            "Resume a batch that was paused, or whose job has failed or was killed.",
            "It goes on from --savepoint, else from the savepoint of the pause, else from the newest checkpoint or"
                    + " savepoint of its last job that still exists."
        },
        mixinStandardHelpOptions = true)
public final class ResumeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--savepoint",
            paramLabel = "PATH",
            description = "The savepoint or checkpoint to go on from (default: the newest).")
    private @Nullable String savepoint;

    @Mixin
    private StartOptions start = new StartOptions();

    @Mixin
    private ExecutionOptions execution = new ExecutionOptions();

    @Option(
            names = "--accept-recount",
            description = {
                "Go on even from a checkpoint that is older than the transaction timeout. Kafka may then have aborted a"
                        + " part of the batch.",
                "Therefore this waits for the end and recounts the batch, as verify does. The recount decides the exit code."
            })
    private boolean acceptRecount;

    @Override
    public Integer call() throws Exception {
        start.check();
        if (acceptRecount && start.isDetached()) {
            throw BatchException.usage("--accept-recount recounts the batch at its end, so it cannot be --detached");
        }
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        ClassLoader classes = execution.revisionClasses(plan);
        Submission submission = Submission.choose(execution::configure, execution.revisionJarUrls(), connection::flink);
        try (KafkaAdmin admin = kafka.openAdmin()) {
            MarkStore marks = new MarkStore(admin);
            BatchRun run = new BatchRun(command, kafka, marks, submission);
            StartChecks checks = new StartChecks(marks, submission);
            checks.refuseEnded(plan);
            BatchLedger ledger = run.committed(plan);
            if (ledger.isComplete()) {
                run.out("%s is completed already; nothing is written.".formatted(batch.id()));
                run.report(plan, ledger, BatchState.COMPLETED, execution);
                checks.checkOutput(plan, ledger, admin);
                return run.conclude(plan, ledger, execution, start);
            }
            checks.refuseGone(plan, ledger, admin);
            submission.checkCluster();
            StartSettings told =
                    StartSettings.adopt(batch.id(), new SettingsStore(admin), start, execution, submission);
            submission
                    .checkParallelism(plan, start.parallelism())
                    .ifPresent(command.commandLine().getErr()::println);
            PlanBasis.warn(plan, classes, command.commandLine().getErr());
            Planner planner = new Planner(admin);
            refuse(new Rights(admin).problems(plan.spec()));
            List<String> problems = new ArrayList<>(planner.timingProblems(
                    execution.transactionTimeout(), RequiredOptions.checkpointInterval(submission.configuration())));
            problems.addAll(planner.sourceProblems(plan));
            problems.addAll(new Topics(admin).ledgerProblems(plan));
            problems.addAll(new Topics(admin).ownProblems());
            problems.addAll(new Topics(admin).limitProblems(plan));
            problems.addAll(ResultTable.problems(plan.spec(), execution.transactionTimeout(), classes));
            if (problems.isEmpty()) {
                problems.addAll(planner.lost(plan, ledger.next()));
            }
            refuse(problems);
            JobClient job;
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka, admin.batches())) {
                checks.refuseLive(plan);
                Snapshot snapshot = snapshot(plan, kafka, marks.find(batch.id()), submission);
                submission.configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot.path());
                run.out("%s goes on from %s (checkpoint %d, %s)"
                        .formatted(batch.id(), snapshot.path(), snapshot.checkpoint(), snapshot.written()));
                job = run.submit(lock, plan, new Topics(admin), execution, start, told);
            }
            if (acceptRecount) {
                return recount(plan, kafka, classes, run, job);
            }
            return start.isDetached() || submission.isDetached() ? 0 : run.watch(plan, job, execution, start);
        }
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw BatchException.refused(String.join(System.lineSeparator(), problems));
        }
    }

    /** Finds the snapshot to go on from, and checks it. */
    private Snapshot snapshot(BatchPlan plan, KafkaClients kafka, Optional<BatchMark> mark, Submission submission) {
        BatchLedger ledger = LedgerReader.of(plan, kafka).read();
        FlinkCluster flink = submission.flink().orElseGet(connection::flink);
        Optional<FlinkCluster.Job> job = flink.job(plan);
        Snapshot snapshot;
        if (savepoint != null) {
            snapshot = Snapshot.load(savepoint);
            snapshot.checkFits(plan, ledger);
        } else {
            SnapshotSearch search = new SnapshotSearch(plan, ledger, flink, job, mark);
            snapshot = search.newest().orElseThrow(() -> nothingToGoOnFrom(ledger, search));
        }
        if (!endsWithACommit(snapshot, flink, job, mark) && !acceptRecount) {
            snapshot.tooOld(execution.transactionTimeout(), submission.configuration())
                    .ifPresent(problem -> {
                        throw BatchException.refused(
                                "%s; to go on anyway, and recount the batch at its end: --accept-recount"
                                        .formatted(problem));
                    });
        }
        return snapshot;
    }

    /** Tells whether the job was stopped. A stopped job has committed everything by its end, so it has no open transactions. */
    private static boolean endsWithACommit(
            Snapshot snapshot, FlinkCluster flink, Optional<FlinkCluster.Job> job, Optional<BatchMark> mark) {
        boolean paused = mark.filter(last -> last.kind() == BatchMark.Action.PAUSED)
                .map(BatchMark::savepoint)
                .filter(snapshot.path()::equals)
                .isPresent();
        return paused
                || job.filter(last -> snapshot.stopping()
                                && last.isFinished()
                                && new FlinkSnapshots(flink).of(last.id()).contains(snapshot.path()))
                        .isPresent();
    }

    private BatchException nothingToGoOnFrom(BatchLedger ledger, SnapshotSearch search) {
        return ledger.isEmpty()
                ? BatchException.usage("%s has committed nothing and has no snapshot to go on from; start it with: run"
                        .formatted(batch.id()))
                : BatchException.refused(
                        ("%s has committed %s records, but no snapshot of it is known to Flink or found in"
                                        + " %s; name one with --savepoint")
                                .formatted(
                                        batch.id(), Words.count(ledger.total().read()), search.places()));
    }

    private int recount(BatchPlan plan, KafkaClients kafka, ClassLoader classes, BatchRun run, JobClient job)
            throws InterruptedException {
        JobEnd end = run.await(plan, job);
        if (!end.isFinished()) {
            throw BatchRun.failed(plan, end);
        }
        Verification verification = new Verifier(plan, kafka, classes).verify();
        PrintWriter out = command.commandLine().getOut();
        out.print(VerificationText.of(verification));
        if (verification.verdict() != Verdict.COMPLETE && !end.ledger().isComplete()) {
            out.println("%s are not committed because their transactions were lost; %s"
                    .formatted(
                            MissingText.of(plan, end.ledger().missing()),
                            MissingText.remedy(batch.id(), plan.spec().dedupeScope())));
        }
        out.flush();
        return verification.verdict() == Verdict.COMPLETE
                ? run.conclude(plan, end.ledger(), execution, start)
                : ExitCodes.of(verification.verdict());
    }
}
