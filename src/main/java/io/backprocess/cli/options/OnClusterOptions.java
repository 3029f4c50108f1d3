package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a proof in a Flink job. */
public final class OnClusterOptions {
    @Option(
            names = "--on-cluster",
            description = {
                "Prove the partitions in a Flink job, 'backprocess-verify BATCH', and not in this process. The verdict is the"
                        + " same.",
                "If it is interrupted, the same command goes on with it. At the end the job is stopped with a savepoint."
            })
    private boolean onCluster;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description =
                    "With --on-cluster: number of subtasks (default: the free slots, at most the number of partitions).")
    private @Nullable Integer parallelism;

    @Option(
            names = "--dedupe-memory",
            paramLabel = "SIZE",
            converter = ExecutionOptions.FlinkMemorySize.class,
            description =
                    "With --on-cluster: heap that each subtask may use for eventIds. EventIds that do not fit go to"
                            + " RocksDB (default: 60 %% of the TaskManager's heap, shared by its slots).")
    private @Nullable MemorySize dedupeMemory;

    @Option(
            names = "--savepoint-dir",
            paramLabel = "DIR",
            description =
                    "With --on-cluster: directory for the savepoint at the end (default: Flink's configured directory).")
    private @Nullable String savepointDirectory;

    @Option(
            names = "--savepoint",
            paramLabel = "PATH",
            description =
                    "With --on-cluster: savepoint or checkpoint of a proof to go on from (default: the newest one of"
                            + " an earlier job of this proof that did not reach its end, if Flink knows one).")
    private @Nullable String savepoint;

    /** @throws BatchException usage, if an option does not fit the others */
    public void check() {
        needsCluster("--parallelism", parallelism);
        needsCluster("--dedupe-memory", dedupeMemory);
        needsCluster("--savepoint-dir", savepointDirectory);
        needsCluster("--savepoint", savepoint);
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
    }

    private void needsCluster(String name, @Nullable Object value) {
        if (!onCluster && value != null) {
            throw BatchException.usage("%s needs --on-cluster; add --on-cluster".formatted(name));
        }
    }

    public boolean isGiven() {
        return onCluster;
    }

    @Nullable
    public Integer parallelism() {
        return parallelism;
    }

    @Nullable
    public MemorySize dedupeMemory() {
        return dedupeMemory;
    }

    @Nullable
    public String savepointDirectory() {
        return savepointDirectory;
    }

    @Nullable
    public String savepoint() {
        return savepoint;
    }
}
