package io.backprocess.cli;

import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.NewFile;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.envelope.Envelope;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.render.Words;
import io.backprocess.report.DeadLetterReader;
import io.backprocess.report.LedgerHistory;
import io.backprocess.report.Report;
import io.backprocess.status.BatchLook;
import io.backprocess.status.BatchStatus;
import io.backprocess.status.SourceEnds;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the outcome of a batch as an HTML page. */
@Command(
        name = "report",
        description = {
            "Write a batch's verdict, figures, charts and plan as one HTML page that needs no network. Changes nothing in Kafka.",
            "Ends with 0 if the page is written, whatever its verdict."
        },
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "File for the page, such as report.html.")
    private Path out = Path.of("");

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    @Option(
            names = "--verify",
            description = "Recount the batch first, as verify does; without it the page shows what the ledger claims.")
    private boolean verify;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    /** The JSON of {@code --output json}. */
    private record WrittenReport(
            String path, String state, @Nullable Verdict verdict, long bytes) {}

    @Override
    public Integer call() {
        NewFile file = new NewFile(out, force);
        file.check();
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.planWithTopics(kafka);
        Verification verification = verify ? recount(plan, kafka) : null;
        LedgerHistory history = new LedgerHistory(plan.creation().at());
        BatchLook look = look(plan, kafka, history);
        BatchLedger ledger = look.ledger().ledger();
        Instant now = Instant.now();
        BatchStatus status = status(plan, look, kafka, now);
        Report report = new Report(
                plan,
                status,
                OutputOption.json(status),
                history,
                verification,
                DeadLetterReader.read(
                        plan.spec().deadLetterTopic(),
                        Envelope.of(plan, kafka).mapping(),
                        kafka,
                        partition -> ledger.redriven(partition).deadLetters()::contains),
                now);
        byte[] page = report.html().getBytes(StandardCharsets.UTF_8);
        file.write(page);
        print(new WrittenReport(
                out.toString(), status.state(), verification == null ? null : verification.verdict(), page.length));
        return 0;
    }

    private BatchLook look(BatchPlan plan, KafkaClients kafka, LedgerHistory history) {
        try (LedgerFollower follower = LedgerReader.of(plan, kafka).follow(history)) {
            return BatchLook.at(
                    plan,
                    follower,
                    connection::flink,
                    kafka,
                    command.commandLine().getErr());
        }
    }

    private BatchStatus status(BatchPlan plan, BatchLook look, KafkaClients kafka, Instant now) {
        try (SourceEnds source = new SourceEnds(plan, kafka)) {
            return BatchStatus.of(plan, look.ledger().ledger(), look.state(), now, source.now())
                    .with(look.ledger().hidden())
                    .with(batch.settings(kafka, command.commandLine().getErr()));
        }
    }

    private Verification recount(BatchPlan plan, KafkaClients kafka) {
        return VerifyCommand.verify(plan, new Verifier(plan, kafka, revisionJars.classes(plan)));
    }

    private void print(WrittenReport written) {
        PrintWriter to = command.commandLine().getOut();
        if (output.isJson()) {
            to.println(OutputOption.json(written));
        } else {
            to.printf(
                    "wrote %s (%s bytes): %s is %s, %s%n",
                    written.path(),
                    Words.count(written.bytes()),
                    batch.id(),
                    written.state(),
                    written.verdict() == null
                            ? "not recounted (--verify does)"
                            : "and by the recount " + written.verdict());
        }
        to.flush();
    }
}
