package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of checkpoints and savepoints. Flink may write and delete files while they are read; that is no error. */
final class Disk {
    private static final int CHECKPOINTS_MB = 48;
    private static final int BLOCK = 64 * 1024;

    private final Path checkpoints;
    private final Path savepoints;

    Disk(Place place) {
        checkpoints = place.data("flink").resolve("checkpoints");
        savepoints = place.data("flink").resolve("savepoints");
    }

    Path savepoints() {
        return savepoints;
    }

    /**
     * Mounts a separate disk for the checkpoints, small enough to be filled, below the stack's data, which {@code down} deletes.
     * Returns false if that is not possible here.
     */
    boolean mount() throws IOException, InterruptedException {
        return run("mount", "-t", "tmpfs", "-o", "size=" + CHECKPOINTS_MB + "m", "tmpfs", checkpoints.toString());
    }

    void unmount() throws IOException, InterruptedException {
        if (run("mountpoint", "-q", checkpoints.toString())) {
            run("umount", "-l", checkpoints.toString());
        }
    }

    boolean makeReadOnly() throws IOException, InterruptedException {
        return run("mount", "-o", "remount,ro", checkpoints.toString());
    }

    void makeWritable() throws IOException, InterruptedException {
        run("mount", "-o", "remount,rw", checkpoints.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Writes until there is no space. */
    void fill() {
        byte[] block = new byte[BLOCK];
        try (OutputStream filling = Files.newOutputStream(filling())) {
            while (true) {
                filling.write(block);
            }
        } catch (IOException e) {
            // The disk is full, as it should be.
        }
    }

    void empty() throws IOException {
        Files.deleteIfExists(filling());
    }

    private Path filling() {
        return checkpoints.resolve("filling");
    }

    /** Deletes the newest checkpoint of all jobs, and returns its name. */
    Optional<String> deleteNewestCheckpoint() throws IOException {
        Optional<Path> newest = below(checkpoints, 2).stream()
                .filter(path -> path.getFileName().toString().startsWith("chk-"))
                .max(Comparator.comparing(Disk::changed));
        if (newest.isPresent()) {
            Place.delete(newest.get());
        }
        return newest.map(path -> path.getFileName().toString());
    }

    boolean hasSavepointSince(Path mark) {
        return isCompletedSince(mark, savepoints);
    }

    boolean hasSnapshotSince(Path mark) {
        return isCompletedSince(mark, checkpoints) || isCompletedSince(mark, savepoints);
    }

    private static boolean isCompletedSince(Path mark, Path directory) {
        FileTime since = changed(mark);
        return below(directory, 3).stream()
                .anyMatch(path -> path.endsWith("_metadata") && changed(path).compareTo(since) > 0);
    }

    private static FileTime changed(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static List<Path> below(Path directory, int depth) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.toList()) {
                found.add(path);
                if (depth > 1 && Files.isDirectory(path)) {
                    found.addAll(below(path, depth - 1));
                }
            }
        } catch (IOException e) {
            // It has been deleted.
        }
        return found;
    }
}
