package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class SettingsTest {
    @TempDir
    Path directory;

    @Test
    void readsWhatItHasWritten() throws Exception {
        Settings written = new Settings();
        written.set(Setting.KAFKA_PORT, 9092);
        written.set(Setting.TM_MEMORY, "2g");
        written.write(directory.resolve("stack.env"));

        Settings read = Settings.read(directory.resolve("stack.env")).orElseThrow();

        assertThat(Files.readString(directory.resolve("stack.env")))
                .startsWith("KAFKA_PORT=9092\nFLINK_PORT=\nTASK_MANAGERS=\nSLOTS=\nTM_MEMORY=2g\nHA=\nMONITORING=\n");
        assertThat(read.number(Setting.KAFKA_PORT)).isEqualTo(9092);
        assertThat(read.get(Setting.TM_MEMORY)).isEqualTo("2g");
        assertThat(read.has(Setting.FLINK_PORT)).isFalse();
    }

    @Test
    void skipsLinesThatAreNoSettings() throws Exception {
        Path file = Files.writeString(directory.resolve("stack.env"), "PATH=/bin\nnonsense\n\nSLOTS=3\n");

        assertThat(Settings.read(file).orElseThrow().number(Setting.SLOTS)).isEqualTo(3);
        assertThat(Settings.read(directory.resolve("none"))).isEmpty();
    }

    @Test
    void namesTheProcessesAfterThoseThatTheyNeed() {
        Settings settings = new Settings();
        settings.set(Setting.TASK_MANAGERS, 2);
        assertThat(settings.components()).containsExactly("broker", "jobmanager", "taskmanager-1", "taskmanager-2");

        settings.set(Setting.HA, "yes");
        settings.set(Setting.MONITORING, "yes");

        assertThat(settings.components())
                .containsExactly(
                        "zookeeper",
                        "broker",
                        "jobmanager",
                        "taskmanager-1",
                        "taskmanager-2",
                        "alertmanager",
                        "prometheus");
    }

    @Test
    void knowsWhichProcessIsMeant() {
        Settings settings = new Settings();

        assertThat(settings.component("taskmanager")).isEqualTo("taskmanager-1");
        assertThat(settings.component("taskmanager-12")).isEqualTo("taskmanager-12");
        assertThatThrownBy(() -> settings.component("zookeeper"))
                .hasMessage("this stack has no zookeeper: it was started without --ha");
        assertThatThrownBy(() -> settings.component("taskmanager-0"))
                .hasMessageStartingWith("unknown name: taskmanager-0;");
    }
}
