package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.dedupe.SeenIds.Identity;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AcrossPartitionsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    /** Whatever is written to /dev/full finds no room. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void leavesNoFileBehindWhereTheDiskIsFull() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("buckets"));
        for (int bucket = 0; bucket < 256; bucket++) {
            Files.createSymbolicLink(directory.resolve(String.valueOf(bucket)), Path.of("/dev/full"));
        }

        try (AcrossPartitions across = new AcrossPartitions("orders", directory)) {
            for (long bucket = 0; bucket < 3; bucket++) {
                across.taken(new Identity(bucket << 56, 1), 0, bucket);
            }
            assertThatThrownBy(across::count).isInstanceOf(UncheckedIOException.class);
        }

        assertThat(directory).doesNotExist();
        assertThat(Path.of("/dev/full")).exists();
    }

    @Test
    void leavesNoFileBehindWhenItIsDone() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("buckets"));

        try (AcrossPartitions across = new AcrossPartitions("orders", directory)) {
            across.taken(new Identity(7, 1), 0, 3);
            across.taken(new Identity(7, 1), 2, 0);
            assertThat(across.count().eventIds()).isEqualTo(1);
        }

        assertThat(directory).doesNotExist();
    }
}
