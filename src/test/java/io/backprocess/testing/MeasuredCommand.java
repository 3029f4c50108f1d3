package io.backprocess.testing;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import io.backprocess.Backprocess;
import java.io.File;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Runs one command in a JVM of its own, with the flags of {@code scripts/backprocess}, and measures what it costs. */
public final class MeasuredCommand {
    private static final Path CONFIG = Path.of("metric.properties");

    private MeasuredCommand() {}

    /**
     * What a command costs.
     *
     * @param peakMib the most that a collection left in the heap; 0 where the heap was never full
     */
    public record Cost(
            int exitCode, double seconds, double cpuSeconds, long records, long requests, long peakMib, long lines) {
        public static String heads() {
            return "%-44s %4s %8s %8s %10s %9s %9s %7s"
                    .formatted("command", "exit", "seconds", "CPU s", "records", "requests", "peak MiB", "lines");
        }

        public String row(String what) {
            return "%-44s %4d %8.1f %8.1f %,10d %,9d %9d %,7d"
                    .formatted(what, exitCode, seconds, cpuSeconds, records, requests, peakMib, lines);
        }
    }

    /**
     * Runs the command.
     *
     * @param classes the classes of the program; a directory of an earlier build shows what a change has brought
     * @param directory for files
     */
    public static Cost run(Path classes, Path directory, String heap, List<String> args)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(CONFIG), "metric.reporters=" + CountedClients.class.getName() + "\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseParallelGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                MeasuredCommand.class.getName()));
        command.addAll(args);
        command.addAll(List.of("--command-config", CONFIG.toString()));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long lines;
        try (var text = Files.lines(out)) {
            lines = text.count();
        }
        Path measured = directory.resolve("measured");
        if (!Files.exists(measured)) {
            return new Cost(process.exitValue(), seconds, 0, 0, 0, -1, lines);
        }
        String[] figures = Files.readString(measured).split(" ", -1);
        Files.delete(measured);
        return new Cost(
                process.exitValue(),
                seconds,
                Long.parseLong(figures[0]) / 1e9,
                Long.parseLong(figures[1]),
                Long.parseLong(figures[2]),
                Long.parseLong(figures[3]) >> 20,
                lines);
    }

    public static void main(String[] args) throws IOException {
        AtomicLong peak = new AtomicLong();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                GarbageCollectionNotificationInfo collection = GarbageCollectionNotificationInfo.from(
                                        (CompositeData) notification.getUserData());
                                long left = collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                                        .filter(pool -> pool.getKey().startsWith("PS "))
                                        .mapToLong(pool -> heap(pool.getValue()))
                                        .sum();
                                peak.accumulateAndGet(left, Math::max);
                            },
                            null,
                            null);
        }
        int exit = Backprocess.commandLine().execute(args);
        System.out.flush();
        CountedClients.Work work = CountedClients.work();
        long cpu =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        Files.writeString(
                Path.of("measured"),
                "%d %d %d %d %d".formatted(cpu, work.records(), work.requests(), peak.get(), work.clients()));
        System.exit(exit);
    }

    private static long heap(MemoryUsage pool) {
        return pool.getUsed();
    }
}
