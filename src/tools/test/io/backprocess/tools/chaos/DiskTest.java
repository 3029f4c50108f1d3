package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.tools.stack.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class DiskTest {
    @TempDir
    Path directory;

    private Path flink;
    private Path mark;
    private Disk disk;

    @BeforeEach
    void begin() throws Exception {
        disk = new Disk(new Place(directory));
        flink = directory.resolve("data/flink");
        mark = write("mark", 100);
    }

    @Test
    void deletesTheNewestCheckpointOfAllJobs() throws Exception {
        write("data/flink/checkpoints/a/chk-9/_metadata", 10);
        write("data/flink/checkpoints/b/chk-2/_metadata", 20);
        write("data/flink/checkpoints/b/shared/x", 30);
        Files.setLastModifiedTime(flink.resolve("checkpoints/a/chk-9"), FileTime.fromMillis(10));

        assertThat(disk.deleteNewestCheckpoint()).hasValue("chk-2");
        assertThat(disk.deleteNewestCheckpoint()).hasValue("chk-9");
        assertThat(disk.deleteNewestCheckpoint()).isEmpty();
        assertThat(flink.resolve("checkpoints/b/shared/x")).exists();
    }

    @Test
    void findsOnlySnapshotsThatWereCompletedSince() throws Exception {
        assertThat(disk.hasSnapshotSince(mark)).isFalse();

        write("data/flink/checkpoints/a/chk-1/_metadata", 99);
        write("data/flink/checkpoints/a/chk-2/part", 101);
        assertThat(disk.hasSnapshotSince(mark)).isFalse();

        write("data/flink/checkpoints/a/chk-2/_metadata", 101);
        assertThat(disk.hasSnapshotSince(mark)).isTrue();
        assertThat(disk.hasSavepointSince(mark)).isFalse();

        write("data/flink/savepoints/savepoint-1/_metadata", 101);
        assertThat(disk.hasSavepointSince(mark)).isTrue();
    }

    private Path write(String name, long millis) throws Exception {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        return Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
    }
}
