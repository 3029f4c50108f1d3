package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there as a whole or not at all, and replaces no other unless it is told to. */
public final class NewFile {
    private final Path file;
    private final boolean replace;

    public NewFile(Path file, boolean replace) {
        this.file = file;
        this.replace = replace;
    }

    /** @throws BatchException when it could not be written; before any work is done for it */
    public void check() {
        if (Files.isDirectory(file)) {
            throw BatchException.usage("--out %s is a directory; name a file in it".formatted(file));
        }
        Path directory = directory();
        if (!Files.isDirectory(directory)) {
            throw BatchException.usage("--out %s: there is no directory %s".formatted(file, directory));
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
                // Never through a link that somebody has laid there under the name that can be foretold.
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
                "--out %s exists already; name another file, or replace it with --force".formatted(file));
    }
}
