package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.SpecOptions;
import io.backprocess.flink.FlinkAdvice;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkWatch;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.Retention;
import io.backprocess.plan.RetentionCheck;
import io.backprocess.render.Printable;
import io.backprocess.status.BatchLook;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import io.backprocess.status.SourceEnds;
import io.backprocess.verify.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the progress of a batch. */
@Command(
        name = "status",
        description = "Show a batch's state, percent, counts, rate and ETA, from its ledger.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(names = "--watch", description = "Show a live progress bar until the batch ends.")
    private boolean watch;

    @Option(
            names = "--expect",
            paramLabel = "STATE",
            description =
                    "End with 1 unless this is the state: completed, running, paused, ... End with 5 if another batch's open"
                            + " transaction hides it.")
    private @Nullable String expected;

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws InterruptedException {
        BatchState wanted = expected == null ? null : SpecOptions.word(BatchState.class, "--expect", expected);
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        try (LedgerFollower ledger = LedgerReader.of(plan, kafka).follow();
                SourceEnds source = new SourceEnds(plan, kafka)) {
            FlinkWatch flink = new FlinkWatch(plan, kafka, connection.flink());
            BatchStatus status = status(plan, ledger, source, kafka, flink);
            if (watch) {
                try (ProgressDisplay progress =
                        new ProgressDisplay(plan, command.commandLine().getErr())) {
                    while (progress.show(status)) {
                        Thread.sleep(1000);
                        status = status(plan, ledger, source, kafka, flink);
                    }
                }
            }
            BatchStatus last =
                    status.with(batch.settings(kafka, command.commandLine().getErr()));
            print(last.remaining() == 0 ? last : last.with(retention(plan, kafka, last)), plan, kafka);
            return exitCode(status, wanted);
        }
    }

    private static int exitCode(BatchStatus status, @Nullable BatchState wanted) {
        if (wanted == null || status.is(wanted)) {
            return 0;
        }
        return status.ledgerHidden() == null ? 1 : ExitCodes.of(Verdict.CANNOT_TELL);
    }

    private BatchStatus status(
            BatchPlan plan, LedgerFollower ledger, SourceEnds source, KafkaClients kafka, FlinkWatch flink) {
        BatchLook look = BatchLook.at(
                plan, ledger, connection::flink, kafka, command.commandLine().getErr());
        return BatchStatus.of(plan, look.ledger().ledger(), look.state(), Instant.now(), source.now())
                .with(
                        look.state() == BatchState.RUNNING
                                ? flink.look()
                                : FlinkWatch.ended(plan, connection.flink()).orElse(null))
                .with(look.ledger().hidden());
    }

    private static Retention retention(BatchPlan plan, KafkaClients kafka, BatchStatus status) {
        Map<Integer, Long> next = status.partitions().stream()
                .collect(Collectors.toMap(BatchStatus.PartitionStatus::partition, BatchStatus.PartitionStatus::next));
        Long eta = status.etaSeconds();
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new RetentionCheck(admin)
                    .of(plan, next, eta == null ? null : Duration.ofSeconds(eta), Instant.now());
        }
    }

    /** Returns the failure that Flink reports; empty if the batch has not failed or Flink does not know the job any more. */
    private Optional<String> failure(BatchStatus status, BatchPlan plan) {
        if (!status.is(BatchState.FAILED)) {
            return Optional.empty();
        }
        try {
            FlinkCluster flink = connection.flink();
            return flink.job(plan).filter(FlinkCluster.Job::isFailed).map(job -> flink.failure(job.id()));
        } catch (BatchException e) {
            // A message that Flink does not answer has already been printed.
            return Optional.empty();
        }
    }

    /** Returns what to do with a failed batch. It can be resumed if it has committed records and its topics still exist. */
    private static String nextStep(BatchStatus status, BatchPlan plan, KafkaClients kafka) {
        String batchId = status.batchId();
        if (status.read() == 0) {
            return "remove the cause, then start it again with: run; it has committed nothing";
        }
        return FlinkWatch.missingTopic(plan, kafka)
                .map(topic -> FlinkAdvice.ofMissingTopic(topic, batchId))
                .orElseGet(() -> "remove the cause, then: resume --batch-id %s".formatted(batchId));
    }

    private void print(BatchStatus status, BatchPlan plan, KafkaClients kafka) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(status));
        } else {
            out.print(StatusText.of(status));
            if (status.settings() != null && !status.settings().options().isEmpty()) {
                out.println("settings  " + String.join(" ", status.settings().options()));
            }
            if (status.retention() != null) {
                out.print(RetentionText.of(status.retention()));
            }
            failure(status, plan).ifPresent(failure -> out.println("failed    " + Printable.line(failure)));
            if (status.is(BatchState.FAILED)) {
                out.println("to do     " + nextStep(status, plan, kafka));
            }
        }
        out.flush();
    }
}
