package io.backprocess.plan;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.SizeLimits;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of a batch and of all batches: how they are created, and what an existing one must be like. */
public final class Topics {
    /** Room for the headers of a dead letter, and for records that fitted only when compressed. */
    private static final int HEADROOM_BYTES = 1024 * 1024;

    private static final int SMALLEST_LIMIT_BYTES = 16 * 1024 * 1024;

    private final KafkaAdmin kafka;

    public Topics(KafkaAdmin kafka) {
        this.kafka = kafka;
    }

    /** Creates the topics that are missing. */
    public void create(BatchPlan plan) {
        String source = plan.spec().sourceTopic();
        int partitions = plan.ranges().size();
        short replication = kafka.replication(source);
        int results = Math.max(
                newResultBytes(source), plan.basis() == null ? 0 : plan.basis().maxResultBytes());
        List<NewTopic> topics = new ArrayList<>(List.of(
                new NewTopic(TopicNames.BATCHES, 1, replication).configs(compacted()),
                new NewTopic(TopicNames.LEDGER, TopicNames.LEDGER_PARTITIONS, replication)
                        .configs(kept(SMALLEST_LIMIT_BYTES)),
                new NewTopic(plan.spec().deadLetterTopic(), partitions, replication)
                        .configs(kept(results + HEADROOM_BYTES))));
        if (!plan.spec().isInto()) {
            topics.add(new NewTopic(plan.spec().resultTopic(), plan.resultPartitions(), replication)
                    .configs(kept(results)));
        }
        kafka.createTopics(topics);
    }

    /**
     * Adds partitions when the source has more, because dead letters keep their partition number, and results do unless the plan
     * places them elsewhere.
     */
    public void growTo(BatchPlan plan, int partitions) {
        if (!plan.isPlaced()) {
            kafka.growTo(plan.spec().resultTopic(), partitions);
        }
        kafka.growTo(plan.spec().deadLetterTopic(), partitions);
    }

    /**
     * Returns the configuration of a topic that is compacted often: a running batch writes at every checkpoint, and every
     * command reads the whole topic.
     */
    private static Map<String, String> compacted() {
        String hour = String.valueOf(Duration.ofHours(1).toMillis());
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.SEGMENT_MS_CONFIG,
                hour,
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                hour,
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                "0.1",
                // The broker's clock decides how old a lock is.
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                "LogAppendTime");
    }

    /** Creates the topic of the aliases if it is missing. */
    public void createAliases() {
        kafka.createTopics(List.of(new NewTopic(TopicNames.ALIASES, 1, kafka.replication(TopicNames.BATCHES))
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))));
    }

    /**
     * Returns the configuration of a topic that never deletes by age, because results carry old timestamps. It accepts any
     * timestamp, as the source did.
     */
    private static Map<String, String> kept(int maxMessageBytes) {
        Map<String, String> config = new TreeMap<>();
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        config.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
        config.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(maxMessageBytes));
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        config.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, String.valueOf(Long.MAX_VALUE));
        config.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, String.valueOf(Long.MAX_VALUE));
        return config;
    }

    /** Returns how many bytes a batch of one result may have in a result topic that does not exist yet. */
    public int newResultBytes(String sourceTopic) {
        long sourceLimit = maxMessageBytes(kafka.topicConfig(sourceTopic));
        return (int) Math.min(
                Integer.MAX_VALUE - 2L * HEADROOM_BYTES, Math.max(SMALLEST_LIMIT_BYTES, sourceLimit + HEADROOM_BYTES));
    }

    /**
     * Returns how many bytes a batch of one result may have: as planned, or as the topic takes now when the plan does not
     * say.
     */
    public int maxResultBytes(BatchPlan plan) {
        return plan.basis() == null ? maxResultBytesNow(plan) : plan.basis().maxResultBytes();
    }

    /** Returns how many bytes a batch of one result may have now in the result topic. */
    public int maxResultBytesNow(BatchPlan plan) {
        return maxMessageBytes(kafka.topicConfig(plan.spec().resultTopic()));
    }

    /** Returns how many bytes a batch of one dead letter may have. */
    public int maxDeadLetterBytes(BatchPlan plan) {
        return maxMessageBytes(kafka.topicConfig(plan.spec().deadLetterTopic()));
    }

    /** Returns how large the records that the batch writes can be. Its topics must exist. */
    public SizeLimits limits(BatchPlan plan) {
        return limits(maxResultBytes(plan), plan);
    }

    /** Returns the limits by what the result topic takes now, which may be more than when the batch was planned. */
    public SizeLimits limitsNow(BatchPlan plan) {
        return limits(maxResultBytesNow(plan), plan);
    }

    private SizeLimits limits(int result, BatchPlan plan) {
        int largest = ExactlyOnce.largestRecord(kafka.clients());
        return new SizeLimits(Math.min(largest, result), Math.min(largest, maxDeadLetterBytes(plan)));
    }

    /** Says why the result topic would reject results that the plan allows. */
    public List<String> limitProblems(BatchPlan plan) {
        if (plan.basis() == null) {
            return List.of();
        }
        int planned = plan.basis().maxResultBytes();
        int now = maxResultBytesNow(plan);
        return now >= planned
                ? List.of()
                : List.of(
                        "topic %s takes %d bytes, but took %d when the batch was planned, and a result in between would stop the job; set it with: %s"
                                .formatted(
                                        plan.spec().resultTopic(),
                                        now,
                                        planned,
                                        alter(
                                                plan.spec().resultTopic(),
                                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + planned)));
    }

    /** Says why the topics of all batches would delete what a batch needs. */
    public List<String> ownProblems() {
        return OwnTopics.problems(configWhereThere(TopicNames.BATCHES), configWhereThere(TopicNames.LEDGER));
    }

    private Map<String, String> configWhereThere(String topic) {
        return kafka.topicExists(topic) ? kafka.topicConfig(topic) : Map.of();
    }

    static String alter(String topic, String config) {
        return "kafka-configs.sh --alter --topic %s --add-config %s".formatted(topic, config);
    }

    /** Says why the ledger is no longer the one that the batch was planned with: everything done would count as not done. */
    public List<String> ledgerProblems(BatchPlan plan) {
        String id = plan.ledger().topicId() == null ? null : kafka.topicId(TopicNames.LEDGER);
        return id == null || id.equals(plan.ledger().topicId())
                ? List.of()
                : List.of(
                        "topic %s was deleted and made again since batch '%s' was planned (its id was %s, now %s), so what the batch has done is unknown and would be done twice; start a new batch id"
                                .formatted(
                                        TopicNames.LEDGER,
                                        plan.spec().batchId(),
                                        plan.ledger().topicId(),
                                        id));
    }

    public static int maxMessageBytes(Map<String, String> topicConfig) {
        return Integer.parseInt(topicConfig.getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1048588"));
    }

    /** Says why existing topics cannot be used by this new batch, or why new ones cannot be created. */
    public List<String> problems(BatchPlan plan) {
        List<String> problems = new ArrayList<>();
        BatchSpec spec = plan.spec();
        Set<String> all = kafka.topics();
        if (spec.isInto()) {
            problems.addAll(intoProblems(spec));
        } else {
            problems.addAll(problems(spec.resultTopic(), plan.resultPartitions(), spec, 0, all));
        }
        problems.addAll(problems(spec.deadLetterTopic(), plan.ranges().size(), spec, HEADROOM_BYTES, all));
        return problems;
    }

    private List<String> problems(String topic, int wanted, BatchSpec spec, int headroom, Set<String> all) {
        int partitions = kafka.partitions(topic);
        if (partitions == 0) {
            return collisions(topic, all);
        }
        List<String> problems = problems(topic, partitions, wanted);
        ExistingTopic existing = existing(topic, spec, headroom);
        problems.addAll(existing.retentionProblems());
        problems.addAll(existing.timestampProblems());
        problems.addAll(existing.sizeProblems());
        return problems;
    }

    /** Says why results cannot go into an existing topic. One that is too large for it becomes a dead letter. */
    private List<String> intoProblems(BatchSpec spec) {
        String into = spec.resultTopic();
        ExistingTopic existing = existing(into, spec, 0);
        List<String> problems = new ArrayList<>(existing.timestampProblems());
        if (existing.isCompacted()) {
            problems.add(
                    "topic %s is compacted: it rejects a result without a key, which would stop the job, and deletes results; name another topic"
                            .formatted(into));
        }
        new PlanStore(kafka)
                .all().readable(damaged -> {}).values().stream()
                        .map(BatchPlan::spec)
                        .filter(other -> (!other.isInto() && other.resultTopic().equals(into))
                                || other.deadLetterTopic().equals(into))
                        .forEach(other -> problems.add(
                                "topic %s belongs to batch '%s', which would not be complete any more; name another topic"
                                        .formatted(into, other.batchId())));
        return problems;
    }

    /** Says where results go if the topic that they go into has more partitions than when the batch was planned. */
    List<String> growthWarnings(BatchPlan plan) {
        int now = plan.spec().isInto() ? kafka.partitions(plan.spec().resultTopic()) : 0;
        return now <= plan.resultPartitions()
                ? List.of()
                : List.of(
                        "topic %s has %d partitions, but had %d when the batch was planned: results stay in those, where other producers do not put all of their keys any more"
                                .formatted(plan.spec().resultTopic(), now, plan.resultPartitions()));
    }

    private ExistingTopic existing(String topic, BatchSpec spec, int headroom) {
        return new ExistingTopic(topic, kafka.topicConfig(topic), kafka.topicConfig(spec.sourceTopic()), headroom);
    }

    /** Says what becomes of results in an existing topic that has its own retention, and of those who read it. */
    List<String> intoWarnings(BatchPlan plan) {
        BatchSpec spec = plan.spec();
        if (!spec.isInto() || !kafka.topicExists(spec.resultTopic())) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        warnings.add(
                "results go into %s beside other records: its read_committed readers wait for each commit of the batch, and promote does not take it"
                        .formatted(spec.resultTopic()));
        existing(spec.resultTopic(), spec, 0).retentionProblems().stream()
                .map(problem -> problem + ", or verify the batch before its results are deleted")
                .forEach(warnings::add);
        return warnings;
    }

    private List<String> problems(String topic, int partitions, int wanted) {
        List<String> problems = new ArrayList<>();
        if (partitions != wanted) {
            problems.add("topic %s exists with %d partitions, but needs %d; choose another --batch-id or delete it"
                    .formatted(topic, partitions, wanted));
        }
        Map<Integer, ListOffsetsResultInfo> ends = kafka.offsets(topic, partitions, OffsetSpec.latest());
        if (ends.values().stream().anyMatch(end -> end.offset() > 0)) {
            problems.add("topic %s exists and holds other records; choose another --batch-id".formatted(topic));
        }
        return problems;
    }

    /** Finds names that Kafka refuses. Its metrics cannot tell '.' from '_', so two topics must differ in more than that. */
    public static List<String> collisions(String topic, Set<String> all) {
        return all.stream()
                .filter(other -> !other.equals(topic) && other.replace('.', '_').equals(topic.replace('.', '_')))
                .sorted()
                .map(other ->
                        "topic %s cannot be created beside %s, which differs only by '.' and '_'; choose another --batch-id"
                                .formatted(topic, other))
                .toList();
    }
}
