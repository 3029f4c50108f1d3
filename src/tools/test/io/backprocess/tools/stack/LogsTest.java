package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class LogsTest {
    @TempDir
    Path directory;

    private Place place;
    private Logs logs;

    @BeforeEach
    void begin() throws Exception {
        place = new Place(directory);
        logs = new Logs(place);
        Files.createDirectories(place.log("x").getParent());
    }

    @Test
    void looksOnlyAtWhatIsLoggedAfterTheStart() throws Exception {
        Files.writeString(place.log("broker.log"), "Kafka Server started\nmore\n");

        assertThat(logs.has("broker", "Kafka Server started", 0)).isTrue();
        assertThat(logs.has("broker", "Kafka Server started", 5)).isFalse();
        assertThat(logs.has("broker", "more", 100)).isFalse();
    }

    @Test
    void showsTheEndsOfBothLogs() throws Exception {
        Files.writeString(place.log("broker.out"), "");
        Files.writeString(
                place.log("broker.log"),
                IntStream.range(0, 10_000).mapToObj(n -> "line " + n).collect(Collectors.joining("\n")));

        assertThat(logs.ends("broker"))
                .startsWith("--- end of " + place.log("broker.log") + "\nline 9985\n")
                .endsWith("line 9999\n");
    }

    @Test
    void findsTheLastWordOnLeadership() throws Exception {
        assertThat(logs.lastWordOnLeadership()).isEqualTo("its start");
        Files.writeString(place.log("jobmanager.log"), """
                {"Timestamp":"2026-01-01T00:00:01Z","Message":"granted Leadership"}
                {"Timestamp":"2026-01-01T00:00:02Z","Message":"Connection to ZooKeeper suspended"}
                {"Timestamp":"2026-01-01T00:00:03Z","Message":"another"}
                not JSON about leadership
                """);

        assertThat(logs.lastWordOnLeadership()).isEqualTo("2026-01-01T00:00:02Z");
    }

    @Test
    void takesTheStandardOutputOfAProcessThatLogsThere() throws Exception {
        assertThatThrownBy(() -> logs.of("prometheus"))
                .hasMessage(
                        "there is no log of prometheus in " + place.directory().resolve("log"));
        Files.writeString(place.log("prometheus.log"), "");

        assertThat(logs.of("prometheus")).isEqualTo(place.log("prometheus.out"));
    }
}
