package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ContextSpec;
import io.backprocess.batch.Instants;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.Ranges;
import io.backprocess.batch.Topics;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.OpenTails;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans: resolves instants to offsets, once, as a read_committed reader sees them, and checks that the batch can run.
 * Writes nothing.
 */
public final class Planner {
    public static final String EARLIEST = "earliest";
    public static final String LATEST = "latest";
    /** The batch follows its topic. */
    public static final String NEVER = "never";

    /** Without a dot, so that no batch's topics and transactional ids can be taken for another's. */
    private static final Pattern BATCH_ID = Pattern.compile("[a-zA-Z0-9_-]+");

    private static final List<String> OWN = List.of(Topics.BATCHES, Topics.LEDGER, Topics.ALIASES);

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final int MAX_TOPIC_NAME = 249;
    /** With as many key groups as partitions times subtasks, every subtask gets its fair share of the partitions. */
    private static final int MIN_MAX_PARALLELISM = 1024;

    private static final int KEY_GROUPS_PER_PARTITION = 16;
    private static final Duration MAX_DISORDER = Duration.ofDays(36_525);

    private final KafkaAdmin kafka;

    public Planner(KafkaAdmin kafka) {
        this.kafka = kafka;
    }

    /**
     * The problems that are in the specification itself; no broker is asked.
     *
     * @throws BatchException usage, with all of them
     */
    public static void check(BatchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (!BATCH_ID.matcher(spec.batchId()).matches()) {
            problems.add("--batch-id '%s' can only have letters, digits, '_' and '-', as it becomes part of topic names"
                    .formatted(spec.batchId()));
        }
        if (spec.batchId().equals("alias")) {
            problems.add("--batch-id alias is taken: transactional ids with this word are those of promote");
        }
        if (!TOPIC.matcher(spec.sourceTopic()).matches()) {
            problems.add("--source-topic '%s' is no name that a topic can have".formatted(spec.sourceTopic()));
        }
        if (OWN.contains(spec.sourceTopic())) {
            problems.add("--source-topic %s is Backprocess's own and no history".formatted(spec.sourceTopic()));
        }
        if (spec.deadLetterTopic().length() > MAX_TOPIC_NAME) {
            problems.add("--batch-id is too long: the topic %s would have %d characters, and Kafka takes %d"
                    .formatted(spec.deadLetterTopic(), spec.deadLetterTopic().length(), MAX_TOPIC_NAME));
        }
        problems.addAll(contextProblems(spec));
        problems.addAll(exactnessProblems(spec));
        Instant from = Instants.parse("--from", spec.from(), List.of(EARLIEST), problems);
        Instant until = Instants.parse("--until", spec.until(), List.of(LATEST, NEVER), problems);
        if (from != null && until != null && until.isBefore(from)) {
            problems.add("--until %s is before --from %s".formatted(spec.until(), spec.from()));
        }
        if (!problems.isEmpty()) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
    }

    /**
     * What batches of earlier versions may be called and new ones may not.
     *
     * @throws BatchException usage
     */
    static void checkNew(BatchSpec spec) {
        if (spec.batchId().equals("dlq")) {
            throw BatchException.usage(
                    "--batch-id dlq is taken: its results over orders.x would go to orders.x.dlq, where the dead letters of batch x over orders are");
        }
        for (String topic : List.of(spec.resultTopic(), spec.deadLetterTopic())) {
            if (OWN.contains(topic)) {
                throw BatchException.usage(
                        "--batch-id %s would make the topic %s, which is Backprocess's own; choose another --batch-id"
                                .formatted(spec.batchId(), topic));
            }
        }
    }

    private static List<String> contextProblems(BatchSpec spec) {
        ContextSpec context = spec.context();
        List<String> problems = new ArrayList<>();
        if (context == null) {
            return problems;
        }
        if (!TOPIC.matcher(context.topic()).matches()) {
            problems.add("--context-topic '%s' is no name that a topic can have".formatted(context.topic()));
        }
        if (context.key().isEmpty()) {
            problems.add("--context-key is empty; name the member by which events say whom they happened to");
        }
        if (spec.until().equals(NEVER)) {
            problems.add(
                    "--until never does not go with --context-topic: the contexts are frozen with the plan, and new"
                            + " events would get old ones");
        }
        return problems;
    }

    private static List<String> exactnessProblems(BatchSpec spec) {
        List<String> problems = new ArrayList<>();
        Duration disorder = spec.maxDisorder();
        boolean times = !spec.from().equals(EARLIEST) || !List.of(LATEST, NEVER).contains(spec.until());
        if (spec.exactTimes() != null && !times) {
            problems.add("--exact-times takes what lies between two times; give an instant as --from or --until");
        }
        if (disorder != null && spec.exactTimes() == null) {
            problems.add("--max-disorder says how far to look for what --exact-times takes; add it");
        }
        if (disorder != null && (disorder.isNegative() || disorder.compareTo(MAX_DISORDER) > 0)) {
            problems.add("--max-disorder %d days is not between 0 and %d days; without it everything is read"
                    .formatted(disorder.toDays(), MAX_DISORDER.toDays()));
        }
        return problems;
    }

    /**
     * Freezes the specification against the topic as it is now.
     *
     * @throws BatchException when the topic does not exist or Kafka does not answer
     */
    public BatchPlan plan(BatchSpec spec, int stateFormat, String createdBy, @Nullable String reason) {
        check(spec);
        checkNew(spec);
        int partitions = kafka.partitions(spec.sourceTopic());
        if (partitions == 0) {
            throw BatchException.usage("topic '%s' does not exist; check --source-topic".formatted(spec.sourceTopic()));
        }
        int ledgerPartitions = kafka.partitions(Topics.LEDGER);
        int ledgerPartition = Math.floorMod(
                spec.batchId().hashCode(), ledgerPartitions == 0 ? Topics.LEDGER_PARTITIONS : ledgerPartitions);
        long ledgerStart = ledgerPartitions == 0 ? 0 : kafka.highWatermark(Topics.LEDGER, ledgerPartition);
        OpenTails tails = new OpenTails(spec, partitions, kafka);
        List<OffsetRange> ranges = Ranges.of(spec, partitions, kafka);
        return BatchPlan.freeze(
                        spec,
                        ranges,
                        kafka.topicId(spec.sourceTopic()),
                        maxParallelism(partitions),
                        stateFormat,
                        ledgerPartition,
                        ledgerStart,
                        Instant.now(),
                        createdBy,
                        reason)
                .without(tails.of(ranges));
    }

    public static long offset(Map<Integer, ListOffsetsResultInfo> offsets, int partition, long otherwise) {
        ListOffsetsResultInfo info = offsets.get(partition);
        return info == null || info.offset() < 0 ? otherwise : info.offset();
    }

    /** Room to rescale, and a key group for every partition; a power of two, as Flink likes it. */
    private static int maxParallelism(int partitions) {
        if (partitions > Topics.MAX_PARTITIONS) {
            throw BatchException.usage("the topic has %d partitions; a batch takes %d at most"
                    .formatted(partitions, Topics.MAX_PARTITIONS));
        }
        int enough =
                Math.max(MIN_MAX_PARALLELISM, Math.min(Topics.MAX_PARTITIONS, partitions * KEY_GROUPS_PER_PARTITION));
        return Integer.highestOneBit(enough - 1) << 1;
    }

    /**
     * What stands in the way of a new batch, all at once, each with what to do.
     *
     * @param transactionTimeout of the batch's producers
     * @param checkpointInterval how often transactions are committed
     */
    public List<String> problems(BatchPlan plan, Duration transactionTimeout, Duration checkpointInterval) {
        List<String> problems = timingProblems(transactionTimeout, checkpointInterval);
        for (OffsetRange range : gone(plan)) {
            problems.add("partition %s-%d: offset %d, where the batch starts, has been deleted; choose a later --from"
                    .formatted(plan.spec().sourceTopic(), range.partition(), range.start()));
        }
        problems.addAll(OpenTails.problems(plan, kafka));
        problems.addAll(new Topics(kafka).ownProblems());
        problems.addAll(new Topics(kafka).problems(plan));
        return problems;
    }

    /** What stands in the way of any start, also of one that goes on with a batch. */
    public List<String> timingProblems(Duration transactionTimeout, Duration checkpointInterval) {
        List<String> problems = new ArrayList<>();
        String cap = kafka.brokerConfig().get("transaction.max.timeout.ms");
        if (cap != null && transactionTimeout.toMillis() > Long.parseLong(cap)) {
            problems.add(
                    "--transaction-timeout %d s is more than the broker's transaction.max.timeout.ms of %d s; lower the one or raise the other"
                            .formatted(transactionTimeout.toSeconds(), Long.parseLong(cap) / 1000));
        }
        if (transactionTimeout.compareTo(checkpointInterval.multipliedBy(2)) < 0) {
            problems.add(
                    "--transaction-timeout %d s leaves no room for a checkpoint interval of %d s and a restart; make it several times as long"
                            .formatted(transactionTimeout.toSeconds(), checkpointInterval.toSeconds()));
        }
        return problems;
    }

    /** Why the source is not the topic any more that the batch was planned over; the job finds the same at its start. */
    public List<String> sourceProblems(BatchPlan plan) {
        String topic = plan.spec().sourceTopic();
        if (!kafka.topicExists(topic)) {
            return List.of("topic %s does not exist any more; what is left of it can only be read by a new batch"
                    .formatted(topic));
        }
        String id = kafka.topicId(topic);
        return plan.topicId() == null || id == null || id.equals(plan.topicId())
                ? List.of()
                : List.of(
                        "topic %s was deleted and made again since batch '%s' was planned (its id was %s, now %s), so the offsets mean other records; run a new batch id"
                                .formatted(topic, plan.spec().batchId(), plan.topicId(), id));
    }

    /**
     * Why a half-done batch cannot go on: of what it has not read yet, something is not there any more.
     *
     * @param next for each partition the first offset that is not committed
     */
    public List<String> lost(BatchPlan plan, Map<Integer, Long> next) {
        String topic = plan.spec().sourceTopic();
        int partitions = kafka.partitions(topic);
        if (partitions < plan.ranges().size()) {
            return List.of(
                    "topic %s has %d partitions, but had %d when the batch was planned: it was deleted. What the batch has not read is lost; choose another --batch-id"
                            .formatted(topic, partitions, plan.ranges().size()));
        }
        Map<Integer, ListOffsetsResultInfo> earliest = kafka.offsets(topic, partitions, OffsetSpec.earliest());
        List<String> lost = new ArrayList<>();
        for (OffsetRange range : plan.ranges()) {
            long first = offset(earliest, range.partition(), 0);
            long unread = next.getOrDefault(range.partition(), range.start());
            if (unread < range.end() && unread < first) {
                lost.add(
                        "partition %s-%d: offsets %d to %d have been deleted before the batch could read them; start another --batch-id with a later --from, over what is left"
                                .formatted(topic, range.partition(), unread, Math.min(first, range.end()) - 1));
            }
        }
        return lost;
    }

    private List<OffsetRange> gone(BatchPlan plan) {
        Map<Integer, ListOffsetsResultInfo> earliest =
                kafka.offsets(plan.spec().sourceTopic(), plan.ranges().size(), OffsetSpec.earliest());
        return plan.ranges().stream()
                .filter(range -> range.size() > 0 && range.start() < offset(earliest, range.partition(), 0))
                .toList();
    }
}
