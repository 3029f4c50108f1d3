package io.backprocess.job;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogEvents;
import io.backprocess.batch.SizeLimits;
import io.backprocess.batch.TopicNames;
import io.backprocess.context.ContextJoin;
import io.backprocess.control.BatchOwner;
import io.backprocess.control.HiddenEnd;
import io.backprocess.deadletter.DeadLetterSerializer;
import io.backprocess.decode.DecodeRecords.RescueOpener;
import io.backprocess.decode.Rescue;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.References;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.LedgerSummaries;
import io.backprocess.metrics.LedgerWatch;
import io.backprocess.plan.Topics;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.read.Claim;
import io.backprocess.read.ClientCheck;
import io.backprocess.read.HistorySource;
import io.backprocess.read.SourceWatch;
import io.backprocess.read.TopicWatch;
import io.backprocess.upsert.UpsertDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ParameterTool;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a plan to a running Flink job. No logic. */
public final class BackprocessJob {
    /** How often a running batch looks whether its source is still there and, if it follows, whether it has grown. */
    public static final ConfigOption<Duration> SOURCE_WATCH_INTERVAL = ConfigOptions.key(
                    "backprocess.source-watch.interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(30));
    /** How often a running batch's metrics are read from its ledger; 0 for no metrics. */
    public static final ConfigOption<Duration> METRICS_INTERVAL =
            ConfigOptions.key("backprocess.metrics.interval").durationType().defaultValue(Duration.ofSeconds(5));

    private static final Logger LOG = LoggerFactory.getLogger(BackprocessJob.class);
    private static final Duration SUMMARY_INTERVAL = Duration.ofSeconds(30);
    private static final Duration HIDDEN_NOTICE = Duration.ofSeconds(30);
    /** How long a start waits for open transactions in the ledger: as long as the broker keeps them by default. */
    private static final Duration LEDGER_PATIENCE = Duration.ofMinutes(15);

    /**
     * What may differ between two starts of the same batch.
     *
     * @param kafka client properties with the bootstrap servers
     * @param sizes of what the topics take
     * @param transactionTimeout of the producers
     * @param maxRecordsPerSecond over the whole job, null for no limit
     * @param dedupeMemory heap for the eventIds of each subtask, null for its share of the TaskManager's
     * @param deadLetterLimits which stop the batch
     * @param logEvents which get a line of their own
     * @param asks whether the plan's revision asks outside
     * @param tablePassword of the database that results go to too; empty for none
     */
    public record Settings(
            Properties kafka,
            SizeLimits sizes,
            Duration transactionTimeout,
            @Nullable Long maxRecordsPerSecond,
            @Nullable MemorySize dedupeMemory,
            DeadLetterLimits deadLetterLimits,
            LogEvents logEvents,
            boolean asks,
            String tablePassword) {}

    private BackprocessJob() {}

    public static JobClient submit(StreamExecutionEnvironment env, BatchPlan plan, Settings settings) throws Exception {
        define(env, plan, settings);
        return env.executeAsync(name(plan.spec()));
    }

    /** A job by the batch's name that ends at once, reads and writes nothing, and restores nothing. */
    public static JobClient submitNothing(StreamExecutionEnvironment env, BatchPlan plan) throws Exception {
        Configuration required = new Configuration();
        required.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        env.configure(required);
        env.fromSource(new NumberSequenceSource(0, 0), WatermarkStrategy.noWatermarks(), "completed already")
                .uid("completed")
                .sinkTo(new DiscardingSink<>())
                .name("nothing to write")
                .uid("nothing");
        return env.executeAsync(name(plan.spec()));
    }

    /** As the Flink web UI shows it. */
    public static String name(BatchSpec spec) {
        return "backprocess %s: %s → %s".formatted(spec.batchId(), spec.sourceTopic(), spec.resultTopic());
    }

    static void define(StreamExecutionEnvironment env, BatchPlan plan, Settings settings) {
        env.configure(RequiredOptions.over(env.getConfiguration(), plan.maxParallelism()));
        BatchSpec spec = plan.spec();
        env.getConfig().setGlobalJobParameters(ParameterTool.fromMap(shown(plan)));
        HistorySource history = new HistorySource(
                spec.sourceTopic(),
                plan.ranges(),
                plan.keyGroups(),
                plan.hash(),
                withGroup(settings.kafka(), spec.batchId()),
                check(spec.batchId(), settings.kafka()),
                CommittedOffsets.supplier(plan, settings.kafka(), LEDGER_PATIENCE),
                claim(plan, settings.kafka()),
                settings.maxRecordsPerSecond(),
                watches(plan, settings.kafka(), env.getConfiguration().get(SOURCE_WATCH_INTERVAL)));
        ResultSerializer results = new ResultSerializer(
                spec.batchId(),
                spec.sourceTopic(),
                spec.resultTopic(),
                spec.revision(),
                spec.resultHeaders(),
                TopicNames.LEDGER,
                plan.ledgerPartition());
        DeadLetterSerializer deadLetters = new DeadLetterSerializer(
                spec.batchId(),
                spec.sourceTopic(),
                spec.deadLetterTopic(),
                spec.revision(),
                settings.sizes().deadLetter());
        Pipeline.build(
                env,
                plan,
                settings,
                history,
                ExactlyOnce.sink(spec.batchId(), "results", results, settings.kafka(), settings.transactionTimeout()),
                ExactlyOnce.sink(
                        spec.batchId(), "deadletters", deadLetters, settings.kafka(), settings.transactionTimeout()));
    }

    /** The plan, as the web UI's configuration tab shows it. Revisions may have options that are nobody's business: only their names. */
    static Map<String, String> shown(BatchPlan plan) {
        BatchSpec spec = plan.spec();
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("batch-id", spec.batchId());
        shown.put("source-topic", spec.sourceTopic());
        shown.put("result-topic", spec.resultTopic());
        shown.put("dead-letter-topic", spec.deadLetterTopic());
        shown.put("from", spec.from());
        shown.put("until", spec.until());
        shown.put("from-version", spec.fromVersion());
        shown.put("revision", spec.revision());
        shown.put("revision-options", String.join(", ", spec.revisionOptions().keySet()));
        if (spec.exactTimes() != null) {
            shown.put("exact-times", spec.exactTimes().toString().toLowerCase(Locale.ROOT));
        }
        if (spec.context() != null) {
            shown.put("context-topic", spec.context().topic());
            shown.put("context-key", spec.context().key());
        }
        if (spec.upsert() != null) {
            shown.put(
                    "upsert-jdbc", UpsertDefinition.read("plan", spec.upsert()).describe());
        }
        shown.put("dedupe-scope", spec.dedupeScope().toString().toLowerCase(Locale.ROOT));
        shown.put("partitions", String.valueOf(plan.ranges().size()));
        shown.put("offsets", plan.isFollowing() ? "no end" : String.valueOf(plan.size()));
        shown.put("planned-at", plan.createdAt().toString());
        shown.put("planned-by", plan.createdBy());
        shown.put("plan-hash", plan.hash());
        return shown;
    }

    static @Nullable RescueOpener rescue(BatchPlan plan, Properties kafka) {
        return plan.spec().context() == null ? null : directory -> rescue(plan, kafka, directory);
    }

    /** What will not get better ends the job for good. */
    private static Rescue rescue(BatchPlan plan, Properties kafka, Path directory) {
        try {
            return Objects.requireNonNull(Rescue.of(plan.spec(), ContextJoin.open(plan, kafka, directory)));
        } catch (BatchException e) {
            throw e.kind() == BatchException.Kind.REFUSED ? new SuppressRestartsException(e) : e;
        }
    }

    /** Counts what the batch has committed up to a checkpoint. */
    static SerializableFunction<Long, Counts> committedCounts(BatchPlan plan, Properties kafka) {
        LedgerReader ledger = LedgerReader.of(plan, kafka);
        return checkpoint -> settled(ledger, checkpoint, kafka).total();
    }

    static SerializableFunction<MetricGroup, AutoCloseable> metrics(
            BatchPlan plan, Properties kafka, Duration interval) {
        LedgerReader ledger = LedgerReader.of(plan, kafka);
        return group -> {
            AutoCloseable summaries = LedgerSummaries.start(ledger, SUMMARY_INTERVAL);
            AutoCloseable watch =
                    interval.isZero() ? () -> {} : LedgerWatch.start(plan, ledger, kafka, interval, group);
            return () -> {
                summaries.close();
                watch.close();
            };
        };
    }

    /** Waits as long as Kafka lets a transaction live, and says meanwhile whose it is. */
    static BatchLedger settled(LedgerReader ledger, long upToCheckpoint, Properties kafka) {
        long deadline = System.nanoTime() + LEDGER_PATIENCE.toNanos();
        while (true) {
            try {
                return ledger.readSettled(HIDDEN_NOTICE, upToCheckpoint);
            } catch (HiddenLedgerException e) {
                String sentence = "cannot tell yet where the batch goes on: "
                        + HiddenEnd.find(e, kafka).inWords();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(sentence, e);
                }
                LOG.warn("The start waits: {}.", sentence);
            }
        }
    }

    private static ClientCheck check(String batchId, Properties kafka) {
        return () -> References.checkInJob(batchId, kafka);
    }

    private static SerializableSupplier<SourceWatch> watches(BatchPlan plan, Properties kafka, Duration interval) {
        LedgerReader ledger = LedgerReader.of(plan, kafka);
        return () -> new TopicWatch(
                plan.spec().sourceTopic(),
                plan.topicId(),
                kafka,
                interval,
                () -> ledger.read().committed(),
                plan.isFollowing() ? partitions -> grow(plan, kafka, partitions) : null);
    }

    private static void grow(BatchPlan plan, Properties kafka, int partitions) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            new Topics(admin).growTo(plan, partitions);
        }
    }

    /** One for each submission: a JobManager that comes back with the same job has the same claim. */
    private static SerializableSupplier<Claim> claim(BatchPlan plan, Properties kafka) {
        String batchId = plan.spec().batchId();
        String planHash = plan.hash();
        String start = UUID.randomUUID().toString();
        return () -> {
            BatchOwner owner = new BatchOwner(batchId, start, planHash, kafka);
            return Claim.of(batchId, owner::prove, owner::close);
        };
    }

    private static Properties withGroup(Properties kafka, String batchId) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, "backprocess." + batchId);
        return properties;
    }
}
