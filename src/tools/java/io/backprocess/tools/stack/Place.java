package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The directory of a stack. {@code data}, {@code run} and {@code conf} come and go with the stack; {@code log} stays. */
public record Place(Path directory) {
    /** The characters that the path may have. Kafka, Flink and Java would each need another kind of quotes for others. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9 /._+-]+");

    private static final int DELETE_TRIES = 10;

    public Place {
        if (!PLAIN.matcher(directory.toString()).matches()) {
            throw new Failure("--dir must not hold special characters: " + directory);
        }
    }

    public Path data(String name) {
        return directory.resolve("data").resolve(name);
    }

    public Path run(String name) {
        return directory.resolve("run").resolve(name);
    }

    public Path log(String name) {
        return directory.resolve("log").resolve(name);
    }

    Path conf(String name) {
        return directory.resolve("conf").resolve(name);
    }

    Path settings() {
        return directory.resolve("stack.env");
    }

    /** Tells whether there are files that look like a stack's. */
    boolean isUsed() {
        return Stream.of("data", "conf", "run").anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    /** Returns the names of the files of {@code run} with this ending, without it, in alphabetical order. */
    List<String> namesInRun(String ending) {
        try (Stream<Path> files = Files.list(directory.resolve("run"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes only the files that a stack has made, and only where a stack is. */
    void wipe() throws IOException {
        if (Files.isRegularFile(settings())) {
            for (String name : List.of("data", "run", "conf")) {
                delete(directory.resolve(name));
            }
            Files.delete(settings());
        }
    }

    /** Deletes a file, or a directory with all that is in it. Processes that run may delete some of it too, or write more. */
    public static void delete(Path path) throws IOException {
        for (int tries = 0; Files.exists(path); tries++) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            } catch (UncheckedIOException | DirectoryNotEmptyException | NoSuchFileException e) {
                if (tries == DELETE_TRIES) {
                    throw new IOException("cannot delete " + path, e);
                }
            }
        }
    }
}
