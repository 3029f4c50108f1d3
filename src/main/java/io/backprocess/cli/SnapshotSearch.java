package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchMark;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Finds what a batch should go on from. */
final class SnapshotSearch {
    private static final String CHECKPOINT = "chk-";

    private SnapshotSearch() {}

    /**
     * The savepoint of the last pause; else the newest snapshot that Flink knows of the batch's youngest job; else, when Flink
     * has forgotten that, the newest that its checkpoint directory holds; else what the job itself was started from.
     */
    static Optional<String> newest(FlinkCluster flink, Optional<FlinkCluster.Job> job, Optional<BatchMark> mark) {
        if (mark.isPresent()
                && mark.get().kind() == BatchMark.Kind.PAUSED
                && (job.isEmpty() || job.get().id().equals(mark.get().jobId()))) {
            return Optional.ofNullable(mark.get().savepoint());
        }
        return job.flatMap(known -> new FlinkSnapshots(flink).newest(known.id()))
                .or(() -> mark.flatMap(SnapshotSearch::retained))
                .or(() -> mark.map(BatchMark::savepoint));
    }

    private static Optional<String> retained(BatchMark mark) {
        if (mark.checkpoints() == null || mark.jobId() == null) {
            return Optional.empty();
        }
        Path directory = new Path(mark.checkpoints(), mark.jobId());
        try {
            FileSystem files = directory.getFileSystem();
            FileStatus[] found = files.exists(directory) ? files.listStatus(directory) : null;
            if (found == null) {
                return Optional.empty();
            }
            for (Path snapshot : Arrays.stream(found)
                    .map(FileStatus::getPath)
                    .filter(path -> path.getName().matches(CHECKPOINT + "\\d+"))
                    .sorted(Comparator.comparingLong(SnapshotSearch::number).reversed())
                    .toList()) {
                // Without it the checkpoint was never completed.
                if (files.exists(new Path(snapshot, "_metadata"))) {
                    return Optional.of(snapshot.toString());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw BatchException.failed(
                    "the checkpoints in %s cannot be listed: %s; name one with --savepoint"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getName().substring(CHECKPOINT.length()));
    }
}
