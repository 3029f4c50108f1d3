package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A consumer in another language: kcat, on librdkafka. */
public final class Kcat {
    private static final String SEPARATOR = "\u001E";

    private Kcat() {}

    /** Reads the committed values of a topic. The test is skipped where kcat is not installed, but not in CI. */
    public static List<String> values(String bootstrapServers, String topic) throws IOException, InterruptedException {
        Process kcat;
        try {
            kcat = new ProcessBuilder(
                            "kcat",
                            "-b",
                            bootstrapServers,
                            "-C",
                            "-t",
                            topic,
                            "-o",
                            "beginning",
                            "-e",
                            "-q",
                            "-X",
                            "isolation.level=read_committed",
                            "-f",
                            "%s" + SEPARATOR)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            if (System.getenv("CI") == null) {
                Assumptions.abort("kcat is not installed");
            }
            throw e;
        }
        String all = new String(kcat.getInputStream().readAllBytes(), UTF_8);
        assertThat(kcat.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kcat.exitValue()).isZero();
        return all.isEmpty() ? List.of() : List.of(all.split(SEPARATOR));
    }
}
