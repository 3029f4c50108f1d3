package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Recounts a batch. */
@Command(
        name = "verify",
        description = {
            "Recount a batch from Kafka alone: source range, results, dead letters and ledger. Writes nothing.",
            "Ends with 0 when the batch is proven complete, with 1 when it is incomplete or wrong."
        },
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--batch-id", paramLabel = "ID", required = true, description = "The batch.")
    private String batchId = "";

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        Properties kafka = connection.kafka();
        BatchPlan plan;
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            plan = new PlanStore(admin, kafka).get(batchId);
        }
        Verification verification = verify(plan, new Verifier(plan, kafka, revisionClasses(plan)));
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(verification));
        } else {
            out.print(VerificationText.of(verification));
        }
        out.flush();
        return verification.verdict() == Verdict.COMPLETE ? 0 : 1;
    }

    /** Checked before anything is read. */
    private ClassLoader revisionClasses(BatchPlan plan) {
        ClassLoader classes = revisionJars.classes();
        try {
            Verifier.checkRevisions(plan, classes);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(
                    "batch '%s' was made with revision %s: %s; where it is in a jar of your own, name it with --revision-jar"
                            .formatted(batchId, plan.spec().revision(), e.getMessage()));
        }
        return classes;
    }

    @SuppressWarnings("SystemConsoleNull") // Java 17
    private Verification verify(BatchPlan plan, Verifier verifier) {
        if (System.console() == null) {
            return verifier.verify();
        }
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("verify " + plan.spec().batchId())
                .setInitialMax(plan.size())
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(500)
                .showSpeed()
                .build()) {
            return verifier.verify(bar::stepTo);
        }
    }
}
