package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.TopicNames;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.control.BatchMark;
import io.backprocess.control.HiddenEnd;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SetStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerSurvey;
import io.backprocess.plan.PlanStore;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.status.BatchSituation;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import io.backprocess.status.LedgerLook;
import io.backprocess.status.SourceEnds;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists all batches. */
@Command(
        name = "batches",
        description = "List all batches: state, percent, range, revision, when and why they were started.",
        mixinStandardHelpOptions = true)
public final class BatchesCommand implements Callable<Integer> {
    private static final Duration HIDDEN_PATIENCE = Duration.ofSeconds(3);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--set",
            paramLabel = "NAME",
            description = "Only list the batches of this set. With --batch-id, put these batches into it first.")
    private @Nullable String set;

    @Option(names = "--no-set", description = "With --batch-id: take these batches out of the sets that they are in.")
    private boolean noSet;

    @Option(
            names = "--batch-id",
            paramLabel = "ID",
            description = "The batch to put into the set or to take out of it; can be repeated.")
    private List<String> batchIds = new ArrayList<>();

    @Mixin
    private OutputOption output = new OutputOption();

    /** A batch in the JSON. Its field names must not change. */
    record ListedBatch(
            String batchId,
            String state,
            double percent,

            @JsonUnwrapped @JsonIgnoreProperties({"exactTimes", "maxDisorder"})
            BatchSpec.Range range,

            @JsonUnwrapped ListedLogic logic,
            @JsonUnwrapped Start start,
            String resultTopic,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String set) {}

    record ListedLogic(String fromVersion, String revision) {}

    record Start(
            Instant started, String createdBy, @Nullable String reason) {}

    private record Progress(BatchState state, double percent) {
        private static final Progress COMPLETED = new Progress(BatchState.COMPLETED, 100);
        private static final Progress RETIRED = new Progress(BatchState.RETIRED, 100);
    }

    /** The JSON that the command prints. */
    record BatchListing(List<ListedBatch> batches) {}

    @Override
    public Integer call() {
        checkOptions();
        KafkaClients kafka = connection.kafka();
        BatchListing listing;
        try (KafkaAdmin admin = kafka.openAdmin()) {
            putIntoSet(admin);
            Collection<BatchPlan> plans = new PlanStore(admin)
                    .all()
                    .readable(damaged -> note(damaged.getMessage() + " (this batch is left out)"))
                    .values();
            Map<String, String> sets = new SetStore(admin).all();
            if (set != null) {
                // It is an error if there is no such set.
                Set<String> members = Set.copyOf(SetStore.batches(set, sets));
                plans.removeIf(plan -> !members.contains(plan.spec().batchId()));
            }
            listing = plans.isEmpty()
                    ? new BatchListing(List.of())
                    : new BatchListing(
                            lines(plans, new MarkStore(admin).all(), ledgers(plans, kafka), sets, new Ends(admin)));
        }
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(listing));
        } else {
            out.print(text(listing));
        }
        out.flush();
        return 0;
    }

    private void checkOptions() {
        if (set != null && noSet) {
            throw BatchException.usage("--set and --no-set exclude each other; leave one out");
        }
        if (!batchIds.isEmpty() && set == null && !noSet) {
            throw BatchException.usage("--batch-id needs --set NAME or --no-set; to see one batch: status --batch-id %s"
                    .formatted(batchIds.get(0)));
        }
        if (noSet && batchIds.isEmpty()) {
            throw BatchException.usage("--no-set needs --batch-id ID, which can be repeated");
        }
        if (set != null) {
            SetStore.checkName(set);
        }
    }

    /** Puts the batches that were given into the set, or takes them out of theirs, if each of them exists. */
    private void putIntoSet(KafkaAdmin admin) {
        PlanStore plans = new PlanStore(admin);
        batchIds.forEach(plans::get);
        SetStore sets = new SetStore(admin);
        batchIds.forEach(batchId -> sets.put(batchId, set, ExecutionOptions.user()));
    }

    /** The ends of the sources that batches follow. Each topic is asked once, no matter how many batches follow it. */
    private static final class Ends {
        private final KafkaAdmin admin;
        private final Map<String, Map<Integer, Long>> byTopic = new HashMap<>();

        Ends(KafkaAdmin admin) {
            this.admin = admin;
        }

        Map<Integer, Long> of(BatchPlan plan) {
            return plan.isFollowing()
                    ? byTopic.computeIfAbsent(plan.spec().sourceTopic(), topic -> SourceEnds.of(topic, admin, Map.of()))
                    : Map.of();
        }
    }

    /** Returns the ledgers of the batches that are not complete. */
    private Map<String, LedgerLook> ledgers(Collection<BatchPlan> plans, KafkaClients kafka) {
        LedgerSurvey survey = new LedgerSurvey();
        for (BatchPlan plan : plans) {
            survey.add(
                    plan.spec().batchId(),
                    plan.ranges(),
                    new TopicPartition(TopicNames.LEDGER, plan.ledger().partition()),
                    plan.ledger().start());
        }
        Map<String, BatchLedger> ledgers = survey.read(kafka, HIDDEN_PATIENCE);
        if (!survey.damaged().isEmpty()) {
            note("another process has written to the ledgers of: " + String.join(", ", survey.damaged()));
        }
        Map<TopicPartition, HiddenEnd> hidden = new HashMap<>();
        survey.hidden()
                .forEach((partition, range) ->
                        hidden.put(partition, HiddenEnd.find(partition, range.start(), range.end(), kafka)));
        Map<String, LedgerLook> looks = new HashMap<>();
        for (BatchPlan plan : plans) {
            BatchLedger ledger = ledgers.get(plan.spec().batchId());
            if (ledger != null) {
                TopicPartition partition =
                        new TopicPartition(TopicNames.LEDGER, plan.ledger().partition());
                looks.put(plan.spec().batchId(), new LedgerLook(ledger, hidden.get(partition)));
            }
        }
        hidden.values()
                .retainAll(looks.values().stream()
                        .map(LedgerLook::hidden)
                        .filter(Objects::nonNull)
                        .toList());
        hidden.values()
                .forEach(end -> note("cannot tell the state of all batches yet: " + end.inWords()
                        + "; the states shown are the last known ones"));
        return looks;
    }

    private List<ListedBatch> lines(
            Collection<BatchPlan> plans,
            MarkStore.Marks marks,
            Map<String, LedgerLook> ledgers,
            Map<String, String> sets,
            Ends ends) {
        FlinkCluster flink = connection.flink();
        Map<String, FlinkCluster.Job> jobs = jobs(flink, plans);
        Instant now = Instant.now();
        List<ListedBatch> lines = new ArrayList<>();
        for (BatchPlan plan : plans) {
            BatchSpec spec = plan.spec();
            Optional<BatchMark> mark = mark(marks, spec.batchId());
            Progress progress = mark.filter(BatchMark::isRetired).isPresent() ? Progress.RETIRED : Progress.COMPLETED;
            LedgerLook look = ledgers.get(spec.batchId());
            if (look != null) {
                Optional<FlinkCluster.Job> job = Optional.ofNullable(jobs.get(spec.batchId()));
                BatchState state =
                        BatchSituation.of(plan, look, flink, job, mark).state();
                progress = new Progress(
                        state,
                        BatchStatus.of(plan, look.ledger(), state, now, ends.of(plan))
                                .percent());
            }
            lines.add(new ListedBatch(
                    spec.batchId(),
                    progress.state.toString(),
                    progress.percent,
                    spec.range(),
                    new ListedLogic(spec.logic().fromVersion(), spec.revision()),
                    new Start(
                            plan.creation().at(),
                            plan.creation().by(),
                            plan.creation().reason()),
                    spec.resultTopic(),
                    sets.get(spec.batchId())));
        }
        return lines;
    }

    /** Reads a batch's mark. A damaged mark must not hide all other batches, so it only gives a note. */
    private Optional<BatchMark> mark(MarkStore.Marks marks, String batchId) {
        try {
            return marks.of(batchId);
        } catch (BatchException e) {
            note(e.getMessage() + " (the state is derived without it)");
            return Optional.empty();
        }
    }

    /** Returns the youngest job of each batch. */
    private Map<String, FlinkCluster.Job> jobs(FlinkCluster flink, Collection<BatchPlan> plans) {
        try {
            return flink.byBatch(plans);
        } catch (BatchException e) {
            note(e.getMessage() + " (the states are derived without it)");
            return Map.of();
        }
    }

    private void note(String text) {
        command.commandLine().getErr().println(Printable.line(text));
        command.commandLine().getErr().flush();
    }

    private static String text(BatchListing listing) {
        if (listing.batches().isEmpty()) {
            return "no batch exists yet; make one with: run%n".formatted();
        }
        boolean hasSets = listing.batches().stream().anyMatch(line -> line.set() != null);
        List<String> titles =
                new ArrayList<>(List.of("batch", "state", "percent", "source", "from", "until", "revision", "started"));
        if (hasSets) {
            titles.add("set");
        }
        titles.add("reason");
        Table table = new Table(titles.toArray(String[]::new));
        for (ListedBatch line : listing.batches()) {
            List<Object> cells = new ArrayList<>(List.of(
                    line.batchId(),
                    line.state(),
                    Words.percent(line.percent()),
                    line.range().sourceTopic(),
                    line.range().from(),
                    line.range().until(),
                    line.logic().revision(),
                    line.start().started().truncatedTo(ChronoUnit.SECONDS)));
            if (hasSets) {
                cells.add(Objects.requireNonNullElse(line.set(), ""));
            }
            cells.add(
                    line.start().reason() == null
                            ? ""
                            : Printable.line(line.start().reason()));
            table.row(cells.toArray());
        }
        return table.toString();
    }
}
