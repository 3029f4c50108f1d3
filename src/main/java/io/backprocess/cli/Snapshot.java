package io.backprocess.cli;

import io.backprocess.BackprocessJob;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import io.backprocess.read.SnapshotPlan;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.Path;
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
 * @param checkpoint its number, which grows over all the jobs of a batch
 * @param planHash of the batch that it was taken of
 * @param written when it was completed
 */
record Snapshot(String path, long checkpoint, String planHash, Instant written) {

    /** @throws BatchException refused, when there is no snapshot of a batch at the path */
    static Snapshot load(String path) {
        try {
            FsCompletedCheckpointStorageLocation location =
                    AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path);
            StreamStateHandle handle = location.getMetadataHandle();
            CheckpointMetadata metadata;
            try (DataInputStream in = new DataInputStream(handle.openInputStream())) {
                metadata = Checkpoints.loadCheckpointMetadata(in, Snapshot.class.getClassLoader(), path);
            }
            Path file = new Path(location.getExclusiveCheckpointDir(), "_metadata");
            return new Snapshot(
                    path,
                    metadata.getCheckpointId(),
                    planHash(metadata),
                    Instant.ofEpochMilli(
                            file.getFileSystem().getFileStatus(file).getModificationTime()));
        } catch (IOException | RuntimeException e) {
            throw BatchException.refused("no snapshot of a batch can be read at %s: %s; check the path"
                    .formatted(
                            path,
                            String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }

    private static String planHash(CheckpointMetadata metadata) throws IOException {
        OperatorID source = new OperatorID(StreamGraphHasherV2.generateUserSpecifiedHash(SnapshotPlan.UID));
        for (OperatorState state : metadata.getOperatorStates()) {
            if (state.getOperatorID().equals(source) && state.getCoordinatorState() != null) {
                try (DataInputStream in =
                        new DataInputStream(state.getCoordinatorState().openInputStream())) {
                    return SnapshotPlan.hash(in);
                }
            }
        }
        throw new IOException("it is of another job, which has no operator '%s'".formatted(SnapshotPlan.UID));
    }

    /** @throws BatchException refused, when going on from here would mix batches up or write something twice */
    void checkFits(BatchPlan plan, BatchLedger ledger) {
        if (!planHash.equals(plan.hash())) {
            throw BatchException.refused(
                    "%s was taken of another batch or of another plan (plan %s, and that of %s is %s); name a snapshot of this batch"
                            .formatted(path, planHash, plan.spec().batchId(), plan.hash()));
        }
        long committed = ledger.commits().stream()
                .mapToLong(commit -> commit.line().checkpoint())
                .max()
                .orElse(-1);
        if (committed > checkpoint) {
            throw BatchException.refused(
                    "%s is checkpoint %d, but %s has committed checkpoint %d, and what lies between them would be written twice; resume from its newest snapshot"
                            .formatted(path, checkpoint, plan.spec().batchId(), committed));
        }
    }

    /**
     * Why Kafka may have aborted what was about to be committed with this snapshot. Its oldest transaction was begun one
     * checkpoint before it.
     */
    Optional<String> tooOld(Duration transactionTimeout, ReadableConfig flink) {
        Duration interval = BackprocessJob.checkpointInterval(flink);
        Duration age = Duration.between(written, Instant.now());
        return age.plus(interval).compareTo(transactionTimeout) <= 0
                ? Optional.empty()
                : Optional.of(
                        "%s was taken %s ago (at %s), which with the checkpoint interval of %s is longer than the transaction timeout of %s, so Kafka may have aborted what it was about to commit"
                                .formatted(
                                        path,
                                        StatusText.eta(age.toSeconds()),
                                        written,
                                        StatusText.eta(interval.toSeconds()),
                                        StatusText.eta(transactionTimeout.toSeconds())));
    }
}
