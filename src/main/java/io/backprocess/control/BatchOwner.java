package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.Sha256;
import io.backprocess.batch.TopicNames;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.LocalHost;
import io.backprocess.plan.PlanStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The right of one start of a batch to commit. Kafka lets only one producer at a time write under the transactional id
 * {@code backprocess.<batch-id>.owner}. The newest start takes this id over, and a former start detects that before its next
 * checkpoint.
 *
 * <p>The record {@code <batch-id>/owner} in {@code backprocess.batches} names the owner and the starts before it. A start that is
 * listed there as a former one never claims the batch again. Otherwise a copy that was overtaken could take the batch back when
 * its JobManager restarts.
 */
public final class BatchOwner implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int REMEMBERED = 50;

    /**
     * The start that may commit.
     *
     * @param start the id of one submission; it stays the same when the JobManager restarts
     * @param former the ids of the earlier starts, oldest first
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Owner(String start, String host, Instant at, List<String> former) {
        Owner {
            former = former == null ? List.of() : List.copyOf(former);
        }
    }

    private final String batchId;
    private final String start;
    private final @Nullable String planHash;
    private final KafkaClients kafka;
    private List<String> former = List.of();
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /** @param start the unique id of this submission */
    public BatchOwner(String batchId, String start, KafkaClients kafka) {
        this(batchId, start, null, kafka);
    }

    /**
     * Creates the right of a start that carries a plan. It does not claim the batch if the stored plan is another one.
     *
     * @param start the unique id of this submission
     * @param planHash the hash of the plan that the start carries; null if it carries none
     */
    public BatchOwner(String batchId, String start, @Nullable String planHash, KafkaClients kafka) {
        this.batchId = batchId;
        this.start = start;
        this.planHash = planHash;
        this.kafka = kafka;
    }

    /**
     * Claims the batch at the first call. Every later call proves that no other start has claimed it since.
     *
     * @throws SuppressRestartsException if another start has claimed it, or if the batch was abandoned or has another plan
     * @throws IllegalStateException if Kafka does not answer; the next call tries again
     */
    public synchronized void prove() {
        try {
            KafkaProducer<byte[], byte[]> owning = producer == null ? claim() : producer;
            owning.beginTransaction();
            owning.send(BatchesTopic.record(
                            ownerKey(), PlanJson.write(new Owner(start, LocalHost.name(), Instant.now(), former))))
                    .get();
            owning.commitTransaction();
        } catch (ExecutionException | RuntimeException e) {
            close();
            if (e instanceof SuppressRestartsException refusal) {
                throw refusal;
            }
            if (FencedWriter.isFenced(e)) {
                throw takenOver();
            }
            throw new IllegalStateException("cannot prove that this start owns batch " + batchId, e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while proving that this start owns batch " + batchId, e);
        }
    }

    private KafkaProducer<byte[], byte[]> claim() {
        former = former();
        KafkaProducer<byte[], byte[]> claiming = FencedWriter.producer(
                TransactionalIds.of(batchId, TransactionalIds.OWNER),
                kafka.with(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2)
                        .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis()));
        producer = claiming;
        claiming.initTransactions();
        return claiming;
    }

    /** Reads the starts before this one. This happens before the claim fences another start. */
    private List<String> former() {
        List<ConsumerRecord<byte[], byte[]>> last = new ArrayList<>();
        PlanStore.Plans plans = PlanStore.Plans.of(batchId);
        BatchesTopic.readSettled(kafka, record -> {
            plans.take(record);
            if (BatchesTopic.hasKey(record, ownerKey())) {
                last.clear();
                last.add(record);
            }
            if (MarkStore.isMark(record, batchId) && record.value() != null) {
                BatchMark mark = MarkStore.parse(batchId, record);
                if (mark.isFinal()) {
                    throw refused("batch '%s' was %s; start a new batch id".formatted(batchId, mark.kind()));
                }
            }
        });
        refuseAnotherPlan(plans);
        if (last.isEmpty() || last.get(0).value() == null) {
            return List.of();
        }
        Owner before;
        try {
            before = PlanJson.read(last.get(0).value(), Owner.class);
            if (before == null || before.start() == null) {
                throw new IOException("it names no start");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw refused("the record %s in %s at offset %d is damaged; write an empty record under this key"
                    .formatted(ownerKey(), TopicNames.BATCHES, last.get(0).offset()));
        }
        List<String> starts = new ArrayList<>(before.former());
        if (starts.contains(start)) {
            throw takenOver();
        }
        if (!before.start().equals(start)) {
            starts.add(before.start());
        }
        return starts.subList(Math.max(0, starts.size() - REMEMBERED), starts.size());
    }

    /**
     * Refuses a claim for a plan that is not the stored one, because every command that reads, verifies or resumes the batch uses
     * the stored plan. A damaged plan is no reason to refuse.
     */
    private void refuseAnotherPlan(PlanStore.Plans plans) {
        Optional<BatchPlan> stored;
        try {
            stored = plans.find(batchId);
        } catch (BatchException e) {
            return;
        }
        if (planHash != null && stored.isPresent() && !stored.get().hash().equals(planHash)) {
            throw refused(
                    "batch '%s' has another plan in %s (hash %s) than this job (hash %s), so nothing of the job is committed; check it with: status --batch-id %s"
                            .formatted(
                                    batchId,
                                    TopicNames.BATCHES,
                                    Sha256.shown(stored.get().hash()),
                                    Sha256.shown(planHash),
                                    batchId));
        }
    }

    private String ownerKey() {
        return batchId + "/owner";
    }

    private SuppressRestartsException takenOver() {
        return refused("another copy of batch '%s' has taken over; this copy ends here and commits nothing more"
                .formatted(batchId));
    }

    private static SuppressRestartsException refused(String message) {
        return new SuppressRestartsException(new IllegalStateException(message));
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
