package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The startup cache with the real scripts, in a copy of the project. A cache that is not as it was made must cost time only: Java
 * crashes on an archive in which a byte was changed.
 */
class StartupCacheITCase {
    private static Path project = Path.of("");
    private static Path cache = Path.of("");
    private static Path whole = Path.of("");

    @BeforeAll
    static void aCacheInACopyOfTheProject(@TempDir Path directory) throws Exception {
        project = directory;
        String here = Path.of("").toAbsolutePath().toString();
        Files.createDirectories(project.resolve("target"));
        assertThat(bash("cp -pr %1$s/pom.xml %1$s/flink-conf . && mkdir scripts && cp -pr %1$s/scripts/backprocess"
                                .formatted(here)
                        + " %1$s/scripts/startup-cache %1$s/scripts/stack.d scripts && cp -p %1$s/target/backprocess.jar target"
                                .formatted(here)))
                .startsWith("0 ");
        Path lib = Files.createDirectories(project.resolve("flink/lib"));
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            Path jar = Path.of(entry);
            if (jar.getFileName().toString().matches("(flink|log4j|slf4j)-.*\\.jar")) {
                Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
            }
        }

        assertThat(bash("scripts/startup-cache")).startsWith("0 the commands now use " + project);

        try (Stream<Path> caches = Files.list(project.resolve("target/startup-cache"))) {
            cache = caches.findFirst().orElseThrow();
        }
        whole = Files.move(cache, project.resolve("whole"));
    }

    @AfterEach
    void deleteTheCache() throws Exception {
        bash("rm -rf " + cache);
    }

    @Test
    void isUsedByTheCommands() throws Exception {
        restore();

        assertThat(bash("scripts/startup-cache check")).startsWith("0 ");
        assertThat(commandUsesIt()).isTrue();
    }

    @Test
    void isNotUsedAfterItWasCutShort() throws Exception {
        restore();
        long size = Files.size(archive());
        for (long cut : new long[] {size - 1, size / 2, 5000, 1, 0}) {
            try (FileChannel channel = FileChannel.open(archive(), StandardOpenOption.WRITE)) {
                channel.truncate(cut);
            }

            assertThat(commandUsesIt()).as("cut at %d", cut).isFalse();
        }
        assertThat(bash("scripts/startup-cache check")).startsWith("1 ").contains("it is damaged");
    }

    @Test
    void isNotUsedAfterAByteWasChanged() throws Exception {
        for (double place : new double[] {0, 0.0001, 0.3, 0.6, 0.9}) {
            restore();
            try (RandomAccessFile file = new RandomAccessFile(archive().toFile(), "rw")) {
                long at = (long) (place * file.length());
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ 0x10);
            }

            assertThat(commandUsesIt()).as("a byte at %s of it", place).isFalse();
        }
    }

    @Test
    void isNotUsedWithoutItsKey() throws Exception {
        restore();
        Files.delete(cache.resolve("key"));

        assertThat(commandUsesIt()).isFalse();
    }

    @Test
    void isNotUsedForAnotherJarJavaOrOptions() throws Exception {
        restore();
        Path jar = project.resolve("target/backprocess.jar");
        FileTime built = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(built.toMillis() + 2000));
        assertThat(commandUsesIt()).isFalse();
        Files.setLastModifiedTime(jar, built);
        assertThat(commandUsesIt()).isTrue();

        String key = Files.readString(cache.resolve("key"));
        Files.writeString(cache.resolve("key"), key.replace("JAVA_VERSION=\"", "JAVA_VERSION=\"9"));
        assertThat(commandUsesIt()).isFalse();
        Files.writeString(cache.resolve("key"), key);

        assertThat(bash("BACKPROCESS_JAVA_OPTS=-XX:-UseCompressedOops scripts/startup-cache check"))
                .startsWith("1 ")
                .contains("it was made for another jar, another Java or other options");
    }

    @Test
    void isNotUsedIfAnotherUserCanWriteIt() throws Exception {
        restore();
        Files.setPosixFilePermissions(archive(), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(commandUsesIt()).isFalse();
        assertThat(bash("scripts/startup-cache check"))
                .startsWith("1 ")
                .contains("another user owns it, or can write it");
    }

    @Test
    void isNotUsedIfAnotherUserOwnsIt() throws Exception {
        restore();
        Assumptions.assumeTrue(bash("chown 12345 " + archive()).startsWith("0 "), "only root can give a file away");

        assertThat(commandUsesIt()).isFalse();
    }

    private static Path archive() {
        return cache.resolve("classes.jsa");
    }

    private static void restore() throws Exception {
        assertThat(bash("rm -rf " + cache + " && cp -pr " + whole + " " + cache + " && chmod u+w " + archive()))
                .startsWith("0 ");
    }

    /** Runs a command, which must end as ever, and tells whether it had its classes from the cache. */
    private static boolean commandUsesIt() throws Exception {
        assertThat(bash("scripts/backprocess pause")).startsWith("2 ").contains("--batch-id");
        String main = Files.readAllLines(project.resolve("classes")).stream()
                .filter(line -> line.contains(" io.backprocess.Backprocess source: "))
                .findFirst()
                .orElseThrow();
        return main.contains("shared objects file");
    }

    /** Returns the exit code and everything that was said. */
    private static String bash(String script) throws Exception {
        Path out = project.resolve("out");
        ProcessBuilder bash = new ProcessBuilder(List.of("bash", "-c", script))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        bash.environment().keySet().removeIf(name -> name.startsWith("FLINK_") || name.startsWith("BACKPROCESS_"));
        bash.environment().put("FLINK_HOME", project.resolve("flink").toString());
        bash.environment().put("JAVA_HOME", System.getProperty("java.home"));
        bash.environment().put("BACKPROCESS_JAVA_OPTS", "-Xmx256m -Xlog:class+load:file=" + project.resolve("classes"));
        Process process = bash.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + Files.readString(out);
    }
}
