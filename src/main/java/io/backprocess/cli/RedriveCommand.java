package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.DeadLetterOptions;
import io.backprocess.cli.options.EnvelopeOption;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.cli.options.RulesOption;
import io.backprocess.event.ProcessVersion;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.replay.Replay;
import io.backprocess.revise.operator.RevisionChain;
import io.backprocess.rewrite.Redrive;
import io.backprocess.rewrite.RedriveRequest;
import io.backprocess.rewrite.RedriveSummary;
import io.backprocess.upsert.ResultTable;
import io.backprocess.upsert.TableWriter;
import io.backprocess.upsert.UpsertException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts dead letters through the pipeline again. */
@Command(
        name = "redrive",
        description = {
            "Put a batch's dead letters through the pipeline again after the logic was fixed. Results go to the same topic,",
            "exactly once. Without --execute, this only shows the outcome."
        },
        mixinStandardHelpOptions = true)
public final class RedriveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Mixin
    private DeadLetterOptions deadLetters = new DeadLetterOptions();

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            split = ",",
            description = "The logic, if it differs from the batch's; it must lead to the same version.")
    private List<String> revisions = new ArrayList<>();

    @Mixin
    private RulesOption rules = new RulesOption();

    @Mixin
    private EnvelopeOption envelope = new EnvelopeOption();

    @Option(names = "--revision-option", paramLabel = "KEY=VALUE", description = "An option of a revision.")
    private Map<String, String> revisionOptions = new TreeMap<>();

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = {
                "Skip dead letters that were tried N times or more. Try all others and count their attempts.",
                "Without this option, a dead letter that fails again as before stays unchanged."
            })
    private @Nullable Integer maxAttempts;

    @Option(names = "--execute", description = "Write the outcome; without it nothing is written.")
    private boolean execute;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        if (maxAttempts != null && maxAttempts < 1) {
            throw BatchException.usage("--max-attempts %d is less than one".formatted(maxAttempts));
        }
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.planWithTopics(kafka);
        ClassLoader classes = revisionJars.classes();
        RedriveRequest request = request(plan.spec());
        check(plan, request, classes);
        RedriveSummary summary = redrive(plan, kafka, classes, request);
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(summary));
        } else {
            out.print(RedriveText.of(plan.spec(), summary));
        }
        out.flush();
        return summary.kept().unanswered() == 0 ? 0 : 1;
    }

    private RedriveSummary redrive(BatchPlan plan, KafkaClients kafka, ClassLoader classes, RedriveRequest request) {
        Redrive redrive = new Redrive(plan, kafka, classes, request);
        Optional<ResultTable> table = ResultTable.of(plan.spec());
        if (table.isEmpty()) {
            return execute ? redrive.execute() : redrive.tryOut();
        }
        try (TableWriter writer = table.get()
                .writer(
                        plan.spec().batchId(),
                        "redrive",
                        Replay.Logic.ofRedrive(plan, request.revisions(), request.options(), request.envelope())
                                .envelope()
                                .mapping(),
                        classes)) {
            redrive.into(writer);
            return execute ? redrive.execute() : redrive.tryOut();
        } catch (UpsertException e) {
            throw BatchException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the request. The same revisions keep the batch's options unless overridden. Other revisions start without them. */
    private RedriveRequest request(BatchSpec spec) {
        Map<String, String> written = rules.read();
        List<String> names = revisions.isEmpty() && written.isEmpty()
                ? spec.logic().revisions()
                : RulesOption.chain(revisions, written);
        Map<String, String> options = new TreeMap<>();
        if (names.equals(spec.logic().revisions())) {
            options.putAll(spec.logic().revisionOptions());
        }
        options.putAll(revisionOptions);
        options.putAll(RulesOption.asOptions(written));
        return new RedriveRequest(deadLetters.filter(), maxAttempts, names, options, envelope.text(spec.sourceTopic()));
    }

    private static void check(BatchPlan plan, RedriveRequest request, ClassLoader classes) {
        BatchSpec spec = plan.spec();
        ProcessVersion planned = to(spec, Replay.Logic.of(plan), classes);
        ProcessVersion now = to(
                spec,
                Replay.Logic.ofRedrive(plan, request.revisions(), request.options(), request.envelope()),
                classes);
        if (!planned.equals(now)) {
            throw BatchException.usage("--revision %s leads to version %s, but batch '%s' was made for version %s"
                    .formatted(String.join(",", request.revisions()), now, spec.batchId(), planned));
        }
    }

    private static ProcessVersion to(BatchSpec spec, Replay.Logic logic, ClassLoader classes) {
        try {
            return RevisionChain.load(
                            logic.revisions(),
                            logic.options(),
                            ProcessVersion.of(spec.logic().fromVersion()),
                            spec.batchId(),
                            logic.envelope().mapping(),
                            classes)
                    .to();
        } catch (IllegalArgumentException e) {
            throw BatchException.usage("revision %s: %s; if it is in your own jar, name the jar with --revision-jar"
                    .formatted(String.join(",", logic.revisions()), e.getMessage()));
        }
    }
}
