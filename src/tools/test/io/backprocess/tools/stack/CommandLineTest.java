package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @Test
    void takesTheOptionsOfUp() {
        CommandLine line =
                parse("--dir", "d", "up", "--kafka-port", "19092", "--task-managers", "3", "--tm-memory", "1g", "--ha");

        assertThat(line.command).isEqualTo("up");
        assertThat(line.directory).isEqualTo("d");
        assertThat(line.asked)
                .isEqualTo(Map.of(
                        Setting.KAFKA_PORT,
                        "19092",
                        Setting.TASK_MANAGERS,
                        "3",
                        Setting.TM_MEMORY,
                        "1g",
                        Setting.HA,
                        "yes"));
    }

    @Test
    void takesANameAndTheLinesOfAConfiguration() {
        CommandLine line = parse("start", "taskmanager", "-D", "a=1", "-D", "b=2 3");

        assertThat(line.name).isEqualTo("taskmanager");
        assertThat(line.taskManagerOptions).containsExactly("a=1", "b=2 3");
    }

    @Test
    void helpsAtAnyPlace() {
        assertThat(parse("up", "--help", "nonsense").help).isTrue();
        assertThat(parse("kill", "-h").help).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "begin | unknown command: begin; scripts/stack --help lists them",
                "--slots 2 up | unknown command: --slots; scripts/stack --help lists them",
                "up --keep-data | unknown option of up: --keep-data; scripts/stack --help lists them",
                "up broker | up takes no argument: broker",
                "up --slots | --slots needs a value",
                "up --slots 0 | --slots needs a number, not '0'",
                "up --kafka-port 80 | --kafka-port needs a port from 1024 to 65535, not 80",
                "kill broker jobmanager | one name only: broker or jobmanager",
                "logs -f | logs needs a name: broker, jobmanager, taskmanager[-N], zookeeper, prometheus or alertmanager",
            })
    void saysWhatIsWrong(String arguments, String message) {
        assertThatThrownBy(() -> CommandLine.parse(Words.of(arguments)))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(2))
                .hasMessage(message);
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments));
    }
}
