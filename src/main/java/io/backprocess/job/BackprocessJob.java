package io.backprocess.job;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.deadletter.DeadLetterSerializer;
import io.backprocess.decode.LetterGate;
import io.backprocess.envelope.Envelope;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.read.HistorySource;
import io.backprocess.registry.SchemaGate;
import io.backprocess.registry.Schemas;
import io.backprocess.upsert.UpsertDefinition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ParameterTool;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Turns a plan into a running Flink job: its definition, its name, and what the web UI shows about it. */
public final class BackprocessJob {
    /** The entry of the web UI's configuration tab that tells the jobs of a batch from others of the same name. */
    public static final String PLAN_HASH = "plan-hash";

    /** The time between two checks that the source still exists and, if the batch follows it, whether it has grown. */
    public static final ConfigOption<Duration> SOURCE_WATCH_INTERVAL = ConfigOptions.key(
                    "backprocess.source-watch.interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(30));
    /** The time between two updates of a running batch's metrics from its ledger; 0 for no metrics. */
    public static final ConfigOption<Duration> METRICS_INTERVAL =
            ConfigOptions.key("backprocess.metrics.interval").durationType().defaultValue(Duration.ofSeconds(5));

    /** The pause before a registry is asked again for a schema that it does not have. */
    public static final ConfigOption<Duration> UNKNOWN_SCHEMA_INTERVAL = ConfigOptions.key(
                    "backprocess.unknown-schema.interval")
            .durationType()
            .defaultValue(Duration.ofMinutes(1));

    private BackprocessJob() {}

    public static JobClient submit(StreamExecutionEnvironment env, BatchPlan plan, JobSettings settings)
            throws Exception {
        define(env, plan, settings);
        return env.executeAsync(name(plan.spec()));
    }

    /** Submits a job with the batch's name that ends at once. It reads, writes and restores nothing. */
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

    /** Returns the job's name as the Flink web UI shows it. */
    public static String name(BatchSpec spec) {
        return "backprocess %s: %s → %s".formatted(spec.batchId(), spec.sourceTopic(), spec.resultTopic());
    }

    static void define(StreamExecutionEnvironment env, BatchPlan plan, JobSettings settings) {
        env.configure(RequiredOptions.over(env.getConfiguration(), plan.layout().maxParallelism()));
        BatchSpec spec = plan.spec();
        env.getConfig().setGlobalJobParameters(ParameterTool.fromMap(shown(plan)));
        BatchConnection connection = new BatchConnection(
                plan,
                settings.kafka().clients(),
                env.getConfiguration().get(SOURCE_WATCH_INTERVAL),
                env.getConfiguration().get(METRICS_INTERVAL));
        Envelope envelope =
                Envelope.of(plan).reading(Schemas.ofJob(plan, settings.kafka().clients()));
        HistorySource history = new HistorySource(
                spec.sourceTopic(),
                plan.ranges(),
                plan.keyGroups(),
                plan.hash(),
                withGroup(settings.kafka().clients(), spec.batchId()),
                connection,
                envelope.mapping().values() instanceof Schemas schemas
                        ? new SchemaGate(
                                spec.batchId(),
                                schemas,
                                settings.deadLetterLimits().maxUnknownSchemas(),
                                env.getConfiguration().get(UNKNOWN_SCHEMA_INTERVAL))
                        : null,
                settings.maxRecordsPerSecond());
        ResultSerializer results = ResultSerializer.of(plan, spec.revision(), envelope.mapping());
        DeadLetterSerializer deadLetters = new DeadLetterSerializer(
                        spec.batchId(),
                        spec.sourceTopic(),
                        spec.deadLetterTopic(),
                        spec.revision(),
                        settings.kafka().sizes().deadLetter())
                .overOwnLetters(LetterGate.readsOwn(spec));
        Pipeline.build(
                env,
                plan,
                settings,
                connection,
                envelope,
                history,
                ExactlyOnce.sink(
                        spec.batchId(),
                        "results",
                        results,
                        settings.kafka().clients(),
                        settings.kafka().transactionTimeout()),
                ExactlyOnce.sink(
                        spec.batchId(),
                        "deadletters",
                        deadLetters,
                        settings.kafka().clients(),
                        settings.kafka().transactionTimeout()));
    }

    /**
     * Returns the plan as the web UI's configuration tab shows it. A revision's options may hold secrets, so only their names
     * are shown.
     */
    static Map<String, String> shown(BatchPlan plan) {
        BatchSpec spec = plan.spec();
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("batch-id", spec.batchId());
        shown.put("source-topic", spec.sourceTopic());
        shown.put("result-topic", spec.resultTopic());
        shown.put("dead-letter-topic", spec.deadLetterTopic());
        shown.put("from", spec.range().from());
        shown.put("until", spec.range().until());
        shown.put("from-version", spec.logic().fromVersion());
        shown.put("revision", spec.revision());
        shown.put(
                "revision-options",
                String.join(", ", spec.logic().revisionOptions().keySet()));
        if (spec.deadLettersOf() != null) {
            shown.put("dead-letters-of", spec.deadLettersOf().inWords());
        }
        if (spec.headerChanges() != null) {
            shown.put("add-header", String.join(", ", spec.headerChanges().add().keySet()));
            shown.put("drop-header", String.join(", ", spec.headerChanges().drop()));
        }
        if (plan.isPlaced()) {
            shown.put("result-partitions", String.valueOf(plan.resultPartitions()));
        }
        if (spec.placement() != null && spec.placement().key() != null) {
            shown.put("result-key", spec.placement().key());
        }
        if (spec.envelope() != null) {
            shown.put("envelope", Envelope.mappingOf(spec).name());
        }
        if (spec.encoding() != null) {
            spec.encoding().values().forEach((name, value) -> shown.put(name, String.valueOf(value)));
        }
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
        shown.put("planned-at", plan.creation().at().toString());
        shown.put("planned-by", plan.creation().by());
        shown.put(PLAN_HASH, plan.hash());
        return shown;
    }

    private static KafkaClients withGroup(KafkaClients kafka, String batchId) {
        return kafka.with(ConsumerConfig.GROUP_ID_CONFIG, "backprocess." + batchId);
    }
}
