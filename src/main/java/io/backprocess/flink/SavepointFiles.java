package io.backprocess.flink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The savepoints in directories, whichever client requested them. Flink names a savepoint {@code savepoint-<first six digits
 * of the job id>-<random>}. It reports the name only to the client that requested it, if that still runs.
 */
final class SavepointFiles {
    private static final String PREFIX = "savepoint-";
    private static final int DIGITS = 6;
    /** The largest number of savepoints to return. The caller opens each to find out which batch it belongs to. */
    private static final int MOST = 50;

    private final Set<String> directories;
    private final Set<String> jobIds;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param directories URIs of directories; those that do not exist hold nothing
     * @param jobIds the jobs whose savepoints are wanted; empty for those of any job
     */
    SavepointFiles(Set<String> directories, Set<String> jobIds) {
        this.directories = directories;
        this.jobIds = jobIds;
    }

    /** Returns the paths of the savepoints, the youngest first. */
    List<String> newestFirst() {
        List<FileStatus> found = new ArrayList<>();
        for (String name : directories) {
            try {
                Path directory = new Path(name);
                FileSystem files = directory.getFileSystem();
                FileStatus[] listed = files.exists(directory) ? files.listStatus(directory) : null;
                for (FileStatus file : listed == null ? new FileStatus[0] : listed) {
                    if (isWanted(file.getPath().getName())) {
                        found.add(file);
                    }
                }
            } catch (IOException | IllegalArgumentException e) {
                problems.add("%s cannot be listed: %s".formatted(name, e.getMessage()));
            }
        }
        return found.stream()
                .sorted(Comparator.comparingLong(FileStatus::getModificationTime)
                        .reversed())
                .limit(MOST)
                .map(file -> file.getPath().toString())
                .toList();
    }

    private boolean isWanted(String name) {
        return name.startsWith(PREFIX)
                && (jobIds.isEmpty()
                        || jobIds.stream()
                                .filter(jobId -> jobId.length() >= DIGITS)
                                .anyMatch(jobId -> name.startsWith(PREFIX + jobId.substring(0, DIGITS) + "-")));
    }

    static boolean isSavepoint(String path) {
        return new Path(path).getName().startsWith(PREFIX);
    }

    /** Returns the directories that {@link #newestFirst} could not read, with the reasons. */
    List<String> problems() {
        return problems;
    }
}
