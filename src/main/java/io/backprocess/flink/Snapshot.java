package io.backprocess.flink;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.job.RequiredOptions;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.read.SnapshotOffsets;
import io.backprocess.read.SnapshotPlan;
import io.backprocess.render.Words;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.filesystem.FsCompletedCheckpointStorageLocation;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;

/**
 * A checkpoint or savepoint that a batch could go on from.
 *
 * @param path the snapshot's path
 * @param checkpoint the snapshot's number, which grows over all the jobs of a batch
 * @param planHash the hash of the plan that the snapshot belongs to
 * @param next the offset at which each partition goes on; a missing partition was read to its end
 * @param stopping whether it is the savepoint that a job was stopped with
 * @param written when it was completed
 */
public record Snapshot(
        String path, long checkpoint, String planHash, Map<Integer, Long> next, boolean stopping, Instant written) {

    /** @throws BatchException refused, when the path holds no readable snapshot of a batch */
    public static Snapshot load(String path) {
        try {
            FsCompletedCheckpointStorageLocation location =
                    AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path);
            StreamStateHandle handle = location.getMetadataHandle();
            CheckpointMetadata metadata;
            try (DataInputStream in = new DataInputStream(handle.openInputStream())) {
                metadata = Checkpoints.loadCheckpointMetadata(in, Snapshot.class.getClassLoader(), path);
            }
            Path file = new Path(location.getExclusiveCheckpointDir(), "_metadata");
            OperatorState source = source(metadata);
            CheckpointProperties properties = metadata.getCheckpointProperties();
            return new Snapshot(
                    path,
                    metadata.getCheckpointId(),
                    planHash(source),
                    SnapshotOffsets.of(source),
                    properties != null && properties.isSavepoint() && properties.isSynchronous(),
                    Instant.ofEpochMilli(
                            file.getFileSystem().getFileStatus(file).getModificationTime()));
        } catch (IOException | RuntimeException e) {
            throw BatchException.refused("no snapshot of a batch can be read at %s: %s; check the path"
                    .formatted(
                            path,
                            String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }

    private static OperatorState source(CheckpointMetadata metadata) throws IOException {
        OperatorID source = new OperatorID(StreamGraphHasherV2.generateUserSpecifiedHash(SnapshotPlan.UID));
        for (OperatorState state : metadata.getOperatorStates()) {
            if (state.getOperatorID().equals(source) && state.getCoordinatorState() != null) {
                return state;
            }
        }
        throw new IOException("it belongs to another job, which has no operator '%s'".formatted(SnapshotPlan.UID));
    }

    private static String planHash(OperatorState source) throws IOException {
        try (DataInputStream in =
                new DataInputStream(source.getCoordinatorState().openInputStream())) {
            return SnapshotPlan.hash(in);
        }
    }

    /** @throws BatchException refused, when going on from here would mix batches up or write records twice */
    public void checkFits(BatchPlan plan, BatchLedger ledger) {
        if (!planHash.equals(plan.hash())) {
            throw BatchException.refused(
                    "%s belongs to another batch or another plan (plan %s, and that of %s is %s); name a snapshot of this batch"
                            .formatted(path, planHash, plan.spec().batchId(), plan.hash()));
        }
        long committed = ledger.checkpoint();
        if (committed > checkpoint) {
            throw BatchException.refused(
                    "%s is checkpoint %d, but %s has committed checkpoint %d, and what lies between them would be written twice; resume from its newest snapshot"
                            .formatted(path, checkpoint, plan.spec().batchId(), committed));
        }
        Map<Integer, Long> offsets = ledger.committed();
        next.forEach((partition, offset) -> {
            long end = offsets.getOrDefault(partition, 0L);
            if (end > offset) {
                throw BatchException.refused(
                        "%s stands at offset %s of partition %d, but %s has committed up to %s, and what lies between them would be written twice; resume from its newest snapshot"
                                .formatted(
                                        path,
                                        Words.count(offset),
                                        partition,
                                        plan.spec().batchId(),
                                        Words.count(end)));
            }
        });
    }

    /**
     * Tells whether the ledger has everything that the snapshot has read. The snapshot then holds no result that still has to
     * be committed. Dead letters have their own transaction.
     */
    boolean isCommitted(BatchLedger ledger) {
        Map<Integer, Long> starts = ledger.next();
        Map<Integer, Long> committed = ledger.committed();
        return next.entrySet().stream().allMatch(split -> {
            int partition = split.getKey();
            return Math.max(starts.getOrDefault(partition, 0L), committed.getOrDefault(partition, 0L))
                    >= split.getValue();
        });
    }

    /**
     * Says why Kafka may have aborted what would be committed with this snapshot; empty when it is young enough. Its oldest
     * transaction was begun one checkpoint before it.
     */
    public Optional<String> tooOld(Duration transactionTimeout, ReadableConfig flink) {
        Duration interval = RequiredOptions.checkpointInterval(flink);
        Duration age = Duration.between(written, Instant.now());
        return age.plus(interval).compareTo(transactionTimeout) <= 0
                ? Optional.empty()
                : Optional.of(
                        "%s was taken %s ago (at %s), which with the checkpoint interval of %s is longer than the transaction timeout of %s, so Kafka may have aborted what it was about to commit"
                                .formatted(
                                        path,
                                        Words.duration(age),
                                        written,
                                        Words.duration(interval),
                                        Words.duration(transactionTimeout)));
    }
}
