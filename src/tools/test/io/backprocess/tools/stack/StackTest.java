package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a stack without Kafka and Flink; {@code scripts/e2e} runs it with them. */
@SuppressWarnings("NullAway.Init")
class StackTest {
    private static final Project PROJECT = new Project(Path.of("").toAbsolutePath());

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Place place;
    private Stack stack;

    @BeforeEach
    void begin() {
        place = new Place(directory);
        stack = new Stack(PROJECT, place, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Test
    void stopsWhatRunsAndDeletesItsDataButNotItsLogs() throws Exception {
        pretend("broker", "jobmanager");
        Files.createDirectories(place.data("kafka"));
        assertThat(stack.stopped()).containsExactly("taskmanager-1");

        assertThat(stack.status()).isFalse();
        stack.down(false);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("(?m)^broker           running  pid [0-9]+ +127.0.0.1:1$")
                .containsPattern("(?m)^taskmanager-1    stopped$")
                .contains("The stack in %s is down and its data deleted; logs are in %s/log."
                        .formatted(directory, directory));
        assertThat(directory).isDirectoryNotContaining("glob:**/{data,run,conf,stack.env}");
        assertThat(place.log("broker.log")).exists();
    }

    @Test
    void keepsTheDataIfAsked() throws Exception {
        pretend("broker");

        stack.down(true);

        assertThat(place.settings()).exists();
        assertThat(stack.stopped()).contains("broker");
    }

    @Test
    void killsAProcessByTheNameThatIsTyped() throws Exception {
        pretend("taskmanager-1");

        stack.kill("taskmanager");

        assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("killed taskmanager-1 (pid ");
        assertThatThrownBy(() -> stack.kill("taskmanager")).hasMessage("taskmanager-1 is not running");
    }

    @Test
    void refusesOtherSettingsWhileItRuns() throws Exception {
        pretend("broker");
        try {
            assertThatThrownBy(() -> stack.up(Map.of(Setting.SLOTS, "7")))
                    .hasMessage("the stack in %s runs with another --slots; first: scripts/stack down --dir %s"
                            .formatted(directory, directory));
        } finally {
            stack.down(false);
        }
    }

    @Test
    void refusesFilesThatAreNoStackAndPortsThatAreInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> stack.up(Map.of(Setting.KAFKA_PORT, port)))
                    .hasMessage("port " + port + " is in use; choose another one with --kafka-port");
            assertThatThrownBy(() -> stack.up(Map.of(Setting.KAFKA_PORT, port, Setting.FLINK_PORT, port)))
                    .hasMessage("--kafka-port and --flink-port are both " + port);
        }
        Files.createDirectories(place.data("precious"));

        assertThatThrownBy(() -> stack.up(Map.of()))
                .hasMessage(directory + " holds files that are not a stack; choose another --dir");
        stack.down(false);

        assertThat(place.data("precious")).exists();
    }

    @Test
    void takesNoDirectoryThatWouldNeedQuotesInAConfiguration() {
        assertThat(new Place(Path.of("/tmp/with a space")).data("x")).hasToString("/tmp/with a space/data/x");
        assertThatThrownBy(() -> new Place(Path.of("/tmp/a,b")))
                .hasMessage("--dir must not hold special characters: /tmp/a,b");
    }

    /** Makes a stack whose processes do nothing, as an earlier version of the program may have left it. */
    private void pretend(String... names) throws Exception {
        Files.createDirectories(place.run("x").getParent());
        Files.createDirectories(place.log("x").getParent());
        Files.writeString(
                place.settings(),
                "KAFKA_PORT=1\nFLINK_PORT=2\nTASK_MANAGERS=1\nSLOTS=2\nTM_MEMORY=1g\nHA=no\nMONITORING=no\n");
        for (String name : names) {
            new Processes(place).launch(name, List.of("sleep", "60"), Map.of());
        }
    }
}
