package io.backprocess.flink;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchMark;
import io.backprocess.ledger.BatchLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds the snapshot that a batch should go on from. It checks every snapshot that Flink and the mark name, and every
 * snapshot in the directories that they name. A JobManager that was killed after a stop-with-savepoint has forgotten the job.
 * The job's checkpoints are then deleted, and the client that requested the savepoint may have ended too. The snapshots
 * themselves and the ledger prove which of them fits.
 */
public final class SnapshotSearch {
    private static final String CHECKPOINT = "chk-";

    private final BatchPlan plan;
    private final BatchLedger ledger;
    private final FlinkCluster flink;
    private final Optional<FlinkCluster.Job> job;
    private final Optional<BatchMark> mark;
    private final Set<String> directories = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();
    /** The snapshots that were read, by path. Reading one again would load its metadata a second time. */
    private final Map<String, Snapshot> loaded = new HashMap<>();

    /** @param job the batch's youngest job; empty when Flink knows none */
    public SnapshotSearch(
            BatchPlan plan,
            BatchLedger ledger,
            FlinkCluster flink,
            Optional<FlinkCluster.Job> job,
            Optional<BatchMark> mark) {
        this.plan = plan;
        this.ledger = ledger;
        this.flink = flink;
        this.job = job;
        this.mark = mark;
    }

    /**
     * Returns the newest snapshot that fits. When the batch is paused, the savepoint of the last pause comes first. Otherwise
     * the candidates are the snapshots that Flink knows of the youngest job, those that the last job has left behind, and the
     * one that the last job was started from.
     *
     * <p>The savepoint of a pause may not fit. A JobManager may be killed between an earlier savepoint and the end of its
     * commit. It goes on from the checkpoint before that savepoint, and the job is then stopped for good from there. The
     * earlier savepoint is the one that fits.
     *
     * @return empty when there is no snapshot
     * @throws BatchException refused, when there are snapshots and none fits
     */
    public Optional<Snapshot> newest() {
        Collection<String> paths = isPaused() ? List.of(String.valueOf(savepoint())) : List.of();
        List<Snapshot> fitting = fitting(paths);
        if (fitting.isEmpty()) {
            problems.clear();
            paths = candidates();
            fitting = fitting(paths);
        }
        if (fitting.isEmpty() && !paths.isEmpty()) {
            throw BatchException.refused(problems.get(0)
                    + (problems.size() == 1
                            ? ""
                            : "; %d others do not fit either: %s"
                                    .formatted(
                                            problems.size() - 1,
                                            String.join("; ", problems.subList(1, problems.size())))));
        }
        return fitting.stream().max(Comparator.comparingLong(Snapshot::checkpoint));
    }

    /** Returns the places that {@link #newest} has searched, and the problems that it met. */
    public String places() {
        return Stream.concat(directories.stream(), problems.stream()).collect(Collectors.joining(", "));
    }

    /**
     * Returns the savepoint that the batch's last job was stopped with, if the ledger has everything that it holds. Then no
     * job works on the batch and no commit is outstanding, whether or not Flink remembers the job.
     */
    public Optional<Snapshot> stopped() {
        return fitting(savepoints()).stream()
                .filter(snapshot -> snapshot.stopping() && snapshot.isCommitted(ledger))
                .max(Comparator.comparingLong(Snapshot::checkpoint));
    }

    private boolean isPaused() {
        return mark.filter(last -> last.isPauseOf(job.map(FlinkCluster.Job::id).orElse(null)))
                .isPresent();
    }

    private @Nullable String savepoint() {
        return mark.map(BatchMark::savepoint).orElse(null);
    }

    private Collection<String> candidates() {
        Set<String> paths = new LinkedHashSet<>();
        job.ifPresent(known -> paths.addAll(new FlinkSnapshots(flink).of(known.id())));
        mark.ifPresent(last -> paths.addAll(retained(last)));
        paths.addAll(savepoints());
        if (savepoint() != null) {
            paths.add(savepoint());
        }
        return paths;
    }

    private List<Snapshot> fitting(Collection<String> paths) {
        List<Snapshot> fitting = new ArrayList<>();
        for (String path : paths) {
            try {
                Snapshot snapshot = load(path);
                snapshot.checkFits(plan, ledger);
                fitting.add(snapshot);
            } catch (BatchException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return fitting;
    }

    private Snapshot load(String path) {
        Snapshot known = loaded.get(path);
        if (known == null) {
            known = Snapshot.load(path);
            loaded.put(path, known);
        }
        return known;
    }

    private List<String> savepoints() {
        Set<String> jobIds = new LinkedHashSet<>();
        job.map(FlinkCluster.Job::id).ifPresent(jobIds::add);
        mark.map(BatchMark::jobId).ifPresent(jobIds::add);
        Set<String> places = new LinkedHashSet<>();
        mark.map(BatchMark::pausing).map(BatchMark.Pausing::directory).ifPresent(places::add);
        mark.map(BatchMark::checkpoints).ifPresent(places::add);
        mark.map(BatchMark::savepoint)
                .filter(SavepointFiles::isSavepoint)
                .map(path -> new Path(path).getParent())
                .ifPresent(parent -> places.add(parent.toString()));
        try {
            FlinkSnapshots configured = new FlinkSnapshots(flink);
            configured.savepointDirectory().ifPresent(places::add);
            configured.checkpointDirectory().ifPresent(places::add);
        } catch (BatchException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        directories.addAll(places);
        SavepointFiles files = new SavepointFiles(places, jobIds);
        List<String> found = files.newestFirst();
        problems.addAll(files.problems());
        // Without a job id the directories may also hold the savepoints of other batches.
        return jobIds.isEmpty() ? found.stream().filter(this::isOfThisPlan).toList() : found;
    }

    private boolean isOfThisPlan(String path) {
        try {
            return load(path).planHash().equals(plan.hash());
        } catch (BatchException e) {
            return false;
        }
    }

    /** Returns the snapshots in the last job's checkpoint directory. Flink may have forgotten the job. */
    private List<String> retained(BatchMark last) {
        if (last.checkpoints() == null || last.jobId() == null) {
            return List.of();
        }
        Path directory = new Path(last.checkpoints(), last.jobId());
        directories.add(directory.toString());
        List<String> retained = new ArrayList<>();
        try {
            FileSystem files = directory.getFileSystem();
            FileStatus[] found = files.exists(directory) ? files.listStatus(directory) : null;
            for (Path snapshot : Arrays.stream(found == null ? new FileStatus[0] : found)
                    .map(FileStatus::getPath)
                    .filter(path -> path.getName().matches(CHECKPOINT + "\\d+"))
                    .sorted(Comparator.comparingLong(SnapshotSearch::number).reversed())
                    .toList()) {
                // Without this file the checkpoint was never completed.
                if (files.exists(new Path(snapshot, "_metadata"))) {
                    retained.add(snapshot.toString());
                }
            }
        } catch (IOException e) {
            problems.add("%s cannot be listed: %s".formatted(directory, e.getMessage()));
        }
        return retained;
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getName().substring(CHECKPOINT.length()));
    }
}
