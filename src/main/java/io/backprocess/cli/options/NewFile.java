package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is written as a whole or not at all. It replaces an existing file only if that was requested. */
public final class NewFile {
    private final Path file;
    private final boolean replace;

    public NewFile(Path file, boolean replace) {
        this.file = file;
        this.replace = replace;
    }

    /**
     * Checks before any work is done that the file can be written.
     *
     * @throws BatchException if it cannot be written
     */
    public void check() {
        if (Files.isDirectory(file)) {
            throw BatchException.usage("--out %s is a directory; name a file in it".formatted(file));
        }
        Path directory = directory();
        if (!Files.isDirectory(directory)) {
            throw BatchException.usage("--out %s: the directory %s does not exist; create it or name another file"
                    .formatted(file, directory));
        }
        if (!replace && Files.exists(file)) {
            throw exists();
        }
    }

    public void write(byte[] content) {
        Path whole = directory()
                .resolve(".%s.%d.tmp"
                        .formatted(file.getFileName(), ProcessHandle.current().pid()));
        try {
            try {
                // The name can be guessed, so another user may have put a link there. Never write through it.
                Files.deleteIfExists(whole);
                Files.write(whole, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                if (replace) {
                    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
                } else {
                    Files.move(whole, file);
                }
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists();
        } catch (IOException e) {
            throw BatchException.failed("cannot write %s: %s".formatted(file, e), e);
        }
    }

    private Path directory() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    private BatchException exists() {
        return BatchException.refused(
                "--out %s already exists; name another file, or replace it with --force".formatted(file));
    }
}
