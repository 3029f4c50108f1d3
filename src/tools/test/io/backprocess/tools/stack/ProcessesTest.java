package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class ProcessesTest {
    @TempDir
    Path directory;

    private Place place;
    private Processes processes;

    @BeforeEach
    void begin() throws Exception {
        place = new Place(directory.resolve("with a space"));
        Files.createDirectories(place.run("x").getParent());
        Files.createDirectories(place.log("x").getParent());
        processes = new Processes(place);
    }

    @AfterEach
    void end() throws Exception {
        processes.stop(processes.started());
    }

    @Test
    void startsAProcessWithItsEnvironmentAndItsLog() throws Exception {
        Files.writeString(place.log("worker.log"), "earlier\n");

        processes.launch(
                "worker", List.of("bash", "-c", "echo \"$GREETING\"; exec sleep 60"), Map.of("GREETING", "good day"));

        assertThat(processes.started()).containsExactly("worker");
        assertThat(processes.runs("worker")).isTrue();
        assertThat(processes.logSizeAtStart("worker")).isEqualTo(8);
        long until = System.currentTimeMillis() + 10_000;
        while (Files.size(place.log("worker.out")) == 0 && System.currentTimeMillis() < until) {
            Thread.onSpinWait();
        }
        assertThat(place.log("worker.out")).hasContent("good day");
    }

    @Test
    void stopsAProcessThatListensAndOneThatDoesNot() throws Exception {
        processes.launch("mild", List.of("sleep", "60"), Map.of());
        processes.launch("killed", List.of("sleep", "60"), Map.of());

        processes.kill("killed");
        assertThat(processes.runs("killed")).isFalse();
        assertThat(processes.started()).containsExactly("killed", "mild");

        processes.stop(List.of("mild", "killed", "never-started"));
        assertThat(processes.anyRuns()).isFalse();
        assertThat(processes.started()).isEmpty();
    }

    @Test
    void doesNotTakeAnotherProcessWithARecycledPidForItsOwn() throws Exception {
        long own = ProcessHandle.current().pid();
        Files.writeString(place.run("old.pid"), own + " 1 0\n");
        assertThat(processes.runs("old")).isFalse();

        processes.stop(List.of("old"));

        Files.writeString(place.run("this.pid"), own + " " + Processes.startOf(own) + " 0\n");
        assertThat(processes.pid("this")).hasValue(own);
        Files.delete(place.run("this.pid"));
    }

    @Test
    void takesAHalfWrittenPidFileForNone() throws Exception {
        Files.writeString(place.run("half.pid"), "12");

        assertThat(processes.runs("half")).isFalse();
    }
}
