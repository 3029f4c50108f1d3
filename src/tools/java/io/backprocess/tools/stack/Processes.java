package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The processes of a stack. Each has a pid file in {@code run} and two logs, its own and that of its standard output. */
final class Processes {
    private static final int STOP_MILLIS = 20_000;
    private static final Path PROC = Path.of("/proc/self/stat");
    /**
     * The shell commands that start a process. Job control gives it a group of its own, so that Ctrl-C in the terminal does not
     * end it.
     */
    private static final String DETACHED = "set -m; out=$1; shift; nohup \"$@\" </dev/null >>\"$out\" 2>&1 & echo $!";

    private final Place place;
    private final List<String> launched = new ArrayList<>();

    /**
     * A pid file. It is one line: the pid, the process's start (a recycled pid is another process), and the size that its log
     * had then.
     */
    private record PidFile(long pid, String start, long logSize) {
        static Optional<PidFile> read(Path file) throws IOException {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            List<String> words = Words.of(Files.readString(file));
            return words.size() == 3
                    ? Optional.of(new PidFile(Long.parseLong(words.get(0)), words.get(1), Long.parseLong(words.get(2))))
                    : Optional.empty();
        }

        void write(Path file) throws IOException {
            Files.writeString(file, "%d %s %d%n".formatted(pid, start, logSize));
        }
    }

    Processes(Place place) {
        this.place = place;
    }

    /** Returns the pid of the process, if it runs. */
    OptionalLong pid(String name) throws IOException {
        Optional<PidFile> file = PidFile.read(place.run(name + ".pid"));
        return file.isPresent() && startOf(file.get().pid()).equals(file.get().start())
                ? OptionalLong.of(file.get().pid())
                : OptionalLong.empty();
    }

    boolean runs(String name) throws IOException {
        return pid(name).isPresent();
    }

    boolean anyRuns() throws IOException {
        for (String name : started()) {
            if (runs(name)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the names of all processes that were started here, running or not. */
    List<String> started() {
        return place.namesInRun(".pid");
    }

    /** Returns the names of those that this object has started. */
    List<String> launched() {
        return launched;
    }

    /** Returns the size that the log of a process had at its start. */
    long logSizeAtStart(String name) throws IOException {
        return PidFile.read(place.run(name + ".pid")).map(PidFile::logSize).orElse(0L);
    }

    /** Starts a process that goes on when this program has ended. */
    void launch(String name, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = place.log(name + ".log");
        if (Files.notExists(log)) {
            Files.createFile(log);
        }
        long logSize = Files.size(log);
        List<String> detached = new ArrayList<>(
                List.of("bash", "-c", DETACHED, "bash", place.log(name + ".out").toString()));
        detached.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(detached)
                // A crashing JVM writes its report into the working directory.
                .directory(place.directory().resolve("log").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        launched.add(name);
        Process bash = builder.start();
        String pid = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (bash.waitFor() != 0 || pid.isEmpty()) {
            throw new Failure(name + " could not be started");
        }
        new PidFile(Long.parseLong(pid), startOf(Long.parseLong(pid)), logSize).write(place.run(name + ".pid"));
    }

    /** Ends the processes together, with SIGTERM first, and with force after 20 s. */
    void stop(List<String> names) throws IOException, InterruptedException {
        for (String name : names) {
            handle(name).ifPresent(ProcessHandle::destroy);
        }
        long until = System.currentTimeMillis() + STOP_MILLIS;
        for (String name : names) {
            while (runs(name) && System.currentTimeMillis() < until) {
                Thread.sleep(50);
            }
            handle(name).ifPresent(ProcessHandle::destroyForcibly);
            Files.deleteIfExists(place.run(name + ".pid"));
        }
    }

    /** Ends a process as a failure would, and returns when it has ended. */
    void kill(String name) throws IOException, InterruptedException {
        handle(name).ifPresent(ProcessHandle::destroyForcibly);
        while (runs(name)) {
            Thread.sleep(20);
        }
    }

    private Optional<ProcessHandle> handle(String name) throws IOException {
        OptionalLong pid = pid(name);
        return pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.empty();
    }

    /** Returns a value that is different for each process with this pid, and an empty string if the process has ended. */
    static String startOf(long pid) {
        if (!Files.isReadable(PROC)) {
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().startInstant())
                    .map(Instant::toEpochMilli)
                    .map(String::valueOf)
                    .orElse("");
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            List<String> fields = Words.of(stat.substring(stat.lastIndexOf(')') + 1));
            // A zombie has ended, whether or not its parent has waited for it.
            return fields.get(0).matches("[ZX]") ? "" : fields.get(19);
        } catch (IOException e) {
            return "";
        }
    }
}
