package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.SpecCheck;
import io.backprocess.cli.options.BatchSize;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.SizeOptions;
import io.backprocess.cli.options.SpecOptions;
import io.backprocess.context.ContextTopic;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.envelope.Envelope;
import io.backprocess.job.RequiredOptions;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.BatchEstimate;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.plan.Retention;
import io.backprocess.plan.RetentionCheck;
import io.backprocess.plan.Rights;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.upsert.ResultTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.GlobalConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a batch would read and write. */
@Command(
        name = "plan",
        description = "Resolve the range and print what a batch would read and write, with all checks. Writes nothing.",
        mixinStandardHelpOptions = true)
public final class PlanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private SpecOptions specification = new SpecOptions();

    @Mixin
    private ExecutionOptions execution = new ExecutionOptions();

    @Mixin
    private SizeOptions sizing = new SizeOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    @Option(
            names = "--accept-dead-letters",
            description = "Only warn if no sampled record is an event, as run does with this option.")
    private boolean acceptDeadLetters;

    /** The JSON of {@code --output json}. The size is only present if {@code --size} was given. */
    private record PlanOutput(
            BatchPlan plan,
            BatchEstimate estimate,
            boolean stored,
            List<String> problems,
            Retention retention,
            List<String> warnings,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String resultSchema,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            BatchSize size) {}

    @Override
    public Integer call() {
        sizing.check();
        BatchSpec spec = specification.spec(execution.revisionClasses());
        SpecCheck.check(spec);
        try (KafkaAdmin admin = connection.kafka().openAdmin()) {
            List<String> lacking = new Rights(admin).problems(spec);
            if (!lacking.isEmpty()) {
                throw BatchException.refused(String.join(System.lineSeparator(), lacking));
            }
            Planner planner = new Planner(admin);
            Optional<BatchPlan> stored = new PlanStore(admin).find(spec.batchId());
            List<String> problems = new ArrayList<>();
            stored.ifPresent(plan -> {
                problems.addAll(plan.spec().differencesTo(spec));
                plan.spec().adviceOnTheEnd(spec).ifPresent(problems::add);
            });
            RegistryStart registry = RegistryStart.of(spec, connection.kafka());
            Optional<String> resultSchema = stored.isPresent()
                    ? Optional.empty()
                    : registry.look(
                            specification.registers(),
                            BatchRun.chain(spec, execution.revisionClasses()).to());
            problems.addAll(registry.problems());
            BatchPlan plan = stored.orElseGet(() -> planner.plan(
                            spec, DropDuplicates.STATE_FORMAT, ExecutionOptions.user(), specification.reason())
                    .with(ContextTopic.freeze(spec, admin)));
            specification.warnOfContexts(spec, admin, command);
            Duration interval =
                    RequiredOptions.checkpointInterval(execution.configure(GlobalConfiguration.loadConfiguration()));
            problems.addAll(
                    stored.isPresent()
                            ? planner.timingProblems(execution.transactionTimeout(), interval)
                            : planner.problems(plan, execution.transactionTimeout(), interval));
            problems.addAll(ResultTable.problems(spec, execution.transactionTimeout(), execution.revisionClasses()));
            long size = plan.isFollowing() ? catchingUp(plan, admin.stableEnds(spec.sourceTopic())) : plan.size();
            BatchEstimate estimate = BatchEstimate.of(size);
            Retention retention = new RetentionCheck(admin)
                    .of(plan, Map.of(), Duration.ofSeconds(estimate.slotSeconds()), Instant.now());
            RangeWarnings look = RangeWarnings.at(plan, admin);
            // A start that goes on with a stored plan does not check a sample.
            boolean onlyWarns = acceptDeadLetters || stored.isPresent();
            if (stored.isEmpty()) {
                problems.addAll(look.problems(onlyWarns));
            }
            BatchSize needed = sizing.isAsked() ? sizing.of(plan, size, admin) : null;
            print(
                    new PlanOutput(
                            plan,
                            estimate,
                            stored.isPresent(),
                            problems,
                            retention,
                            look.warnings(onlyWarns),
                            resultSchema.orElse(null),
                            needed),
                    size);
            if (!problems.isEmpty()) {
                throw BatchException.refused("the batch cannot run like this: " + String.join("; ", problems));
            }
            return 0;
        }
    }

    /** Returns the number of offsets that already exist for a batch that follows its topic. */
    private static long catchingUp(BatchPlan plan, Map<Integer, Long> ends) {
        return plan.ranges().stream()
                .mapToLong(range -> Math.max(0, ends.getOrDefault(range.partition(), 0L) - range.start()))
                .sum();
    }

    private void print(PlanOutput shown, long size) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(shown));
            return;
        }
        BatchPlan plan = shown.plan();
        BatchSpec spec = plan.spec();
        out.printf(
                "batch     %s (%s)%n",
                spec.batchId(), shown.stored() ? "planned " + plan.creation().at() : "new");
        out.printf(
                "reads     %s, version %s, from %s until %s%n",
                spec.sourceTopic(),
                spec.logic().fromVersion(),
                spec.range().from(),
                spec.range().until());
        if (spec.context() != null && plan.contexts() != null) {
            out.printf(
                    "joins     %s, %s contexts by %s, as of now%n",
                    spec.context().topic(),
                    Words.count(plan.contexts().records()),
                    spec.context().key());
        }
        if (spec.deadLettersOf() != null) {
            out.printf("letters   %s%n", Printable.line(spec.deadLettersOf().inWords()));
        }
        if (spec.envelope() != null) {
            Envelope envelope = Envelope.of(spec);
            out.printf(
                    "envelope  %s%s%n",
                    Printable.line(envelope.mapping().name()),
                    envelope.selection() == null ? "" : ", takes only what its select says");
        }
        if (spec.encoding() != null) {
            print(spec.encoding(), out);
        }
        out.printf("revises   %s%n", spec.revision());
        if (shown.resultSchema() != null) {
            out.printf("results   %s%n", Printable.line(shown.resultSchema()));
        }
        out.printf("writes    %s%n          %s (dead letters)%n", spec.resultTopic(), spec.deadLetterTopic());
        if (plan.isPlaced()) {
            out.printf(
                    "places    results in %d partitions by %s%n",
                    plan.resultPartitions(),
                    spec.placement() == null || spec.placement().key() == null
                            ? "key"
                            : Printable.line(spec.placement().key()));
        }
        if (spec.headerChanges() != null) {
            spec.headerChanges()
                    .add()
                    .forEach((name, value) ->
                            out.printf("adds      %s: %s%n", Printable.line(name), Printable.line(value)));
            spec.headerChanges().drop().forEach(pattern -> out.printf("drops     %s%n", Printable.line(pattern)));
        }
        ResultTable.of(spec)
                .ifPresent(
                        table -> out.printf("upserts   %s%n", table.definition().describe()));
        // The hash of a new plan depends on topics that are created when the plan is stored.
        out.printf(shown.stored() ? "plan      %s%n%n".formatted(plan.hash()) : "%n");
        Table table = new Table("partition", "start", "end", "offsets");
        for (OffsetRange range : plan.ranges()) {
            if (range.isOpen()) {
                table.row(range.partition(), range.start(), "open", "");
            } else {
                table.row(range.partition(), range.start(), range.end(), range.size());
            }
        }
        table.row(plan.isFollowing() ? "until now" : "total", "", "", size);
        out.print(table);
        out.printf(
                "%nneeds     %sat most about %s MiB of heap for eventIds, %s MiB of state, %s of one slot's time%n",
                plan.isFollowing() ? "until it has caught up " : "",
                Words.count(shown.estimate().heapMib()),
                Words.count(shown.estimate().stateMib()),
                Words.duration(Duration.ofSeconds(shown.estimate().slotSeconds())));
        out.print(RetentionText.of(shown.retention()));
        shown.warnings().forEach(warning -> out.println("warning   " + Printable.lines(warning)));
        if (shown.size() != null) {
            out.print(shown.size().text());
        }
        out.flush();
    }

    private static void print(Encoding encoding, PrintWriter out) {
        out.printf("format    %s%n", encoding.format());
        if (encoding.framing() != null) {
            out.printf("framing   %s%n", encoding.framing());
        }
        if (encoding.registry() != null) {
            out.printf("registry  %s%n", Printable.line(encoding.registry()));
        }
        if (encoding.resultSchema() != null) {
            out.printf(
                    "schema    %s (results)%n",
                    Printable.line(encoding.resultSchema().toString()));
        }
    }
}
