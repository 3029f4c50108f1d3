package io.backprocess.job;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Counts;
import io.backprocess.context.ContextLoader;
import io.backprocess.control.BatchOwner;
import io.backprocess.decode.DecodeRecords.LegacyContextOpener;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.LedgerAccess;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.LedgerSummaries;
import io.backprocess.metrics.LedgerWatch;
import io.backprocess.plan.Topics;
import io.backprocess.read.BatchAccess;
import io.backprocess.read.BatchLease;
import io.backprocess.read.Committed;
import io.backprocess.read.SourceWatch;
import io.backprocess.read.TopicWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Reads from Kafka what the steps of one submission need to know about their batch. It travels with the job, so it holds the
 * plan and no open resource.
 */
final class BatchConnection implements BatchAccess, LedgerAccess, LegacyContextOpener {
    private static final long serialVersionUID = 1;

    private static final Duration SUMMARY_INTERVAL = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final Duration sourceWatchInterval;
    private final Duration metricsInterval;
    /** The id of this submission. A JobManager that comes back with the same job has the same claim. */
    private final String start = UUID.randomUUID().toString();

    /** @param metricsInterval the time between two updates of the metrics; 0 for no metrics */
    BatchConnection(BatchPlan plan, KafkaClients kafka, Duration sourceWatchInterval, Duration metricsInterval) {
        this.plan = plan;
        this.kafka = kafka;
        this.sourceWatchInterval = sourceWatchInterval;
        this.metricsInterval = metricsInterval;
    }

    @Override
    public void checkClient() {
        checkReferences(plan.spec().batchId(), kafka);
    }

    /**
     * Checks the references in the client properties.
     *
     * @throws SuppressRestartsException when the target of a reference is missing, because a restart would find the same
     */
    static void checkReferences(String batchId, KafkaClients kafka) {
        try {
            kafka.checkReferences();
        } catch (BatchException e) {
            throw new SuppressRestartsException(
                    new IllegalStateException("%s; add what is missing there, then go on with: resume --batch-id %s"
                            .formatted(e.getMessage(), batchId)));
        }
    }

    @Override
    public Committed committed() {
        return CommittedOffsets.read(plan, kafka);
    }

    @Override
    public BatchLease lease() {
        String batchId = plan.spec().batchId();
        BatchOwner owner = new BatchOwner(batchId, start, plan.hash(), kafka);
        return BatchLease.of(batchId, owner::prove, owner::close);
    }

    @Override
    public SourceWatch watch() {
        LedgerReader ledger = LedgerReader.of(plan, kafka);
        return new TopicWatch(
                plan.spec().sourceTopic(),
                plan.inputs().topicId(),
                kafka,
                sourceWatchInterval,
                () -> ledger.read().committed(),
                plan.isFollowing() ? this::growTo : null);
    }

    private void growTo(int partitions) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            new Topics(admin).growTo(plan, partitions);
        }
    }

    /** Opens the contexts. A failure that a restart cannot resolve ends the job for good. */
    @Override
    public LegacyContextJoin open(Path directory) {
        try {
            return Objects.requireNonNull(
                    LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka, directory)));
        } catch (BatchException e) {
            throw e.kind() == BatchException.Kind.REFUSED ? new SuppressRestartsException(e) : e;
        }
    }

    @Override
    public Counts committed(long upToCheckpoint) {
        return CommittedOffsets.settled(LedgerReader.of(plan, kafka), upToCheckpoint, kafka)
                .total();
    }

    @Override
    public AutoCloseable metrics(MetricGroup group) {
        LedgerReader ledger = LedgerReader.of(plan, kafka);
        AutoCloseable summaries = LedgerSummaries.start(ledger, SUMMARY_INTERVAL);
        AutoCloseable watch =
                metricsInterval.isZero() ? () -> {} : LedgerWatch.start(plan, ledger, kafka, metricsInterval, group);
        return () -> {
            summaries.close();
            watch.close();
        };
    }
}
