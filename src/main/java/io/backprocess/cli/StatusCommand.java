package io.backprocess.cli;

import io.backprocess.BackprocessJob;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how far a batch is. */
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

    @Option(names = "--watch", description = "A live progress bar, until the batch ends.")
    private boolean watch;

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws InterruptedException {
        Properties kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        try (LedgerFollower ledger = BackprocessJob.ledger(plan, kafka).follow()) {
            BatchStatus status = status(plan, ledger.poll());
            if (watch) {
                try (ProgressDisplay progress =
                        new ProgressDisplay(plan, command.commandLine().getErr())) {
                    while (progress.show(status)) {
                        Thread.sleep(1000);
                        status = status(plan, ledger.poll());
                    }
                }
            }
            print(status);
        }
        return 0;
    }

    private BatchStatus status(BatchPlan plan, BatchLedger ledger) {
        return BatchStatus.of(plan, ledger, BatchState.of(ledger, job(ledger)), Instant.now());
    }

    private Optional<FlinkCluster.Job> job(BatchLedger ledger) {
        if (ledger.isComplete()) {
            return Optional.empty();
        }
        try {
            return connection.flink().job(batch.id());
        } catch (BatchException e) {
            command.commandLine().getErr().println(e.getMessage() + " (the state is told from the ledger alone)");
            return Optional.empty();
        }
    }

    private void print(BatchStatus status) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(status));
        } else {
            out.print(StatusText.of(status));
        }
        out.flush();
    }
}
