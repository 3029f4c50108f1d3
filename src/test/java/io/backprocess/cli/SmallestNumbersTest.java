package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Numbers that make no sense are refused before Kafka is asked for anything. */
class SmallestNumbersTest {
    private static final int USAGE = 2;

    private final StringWriter err = new StringWriter();

    @Test
    void peekRefusesALimitBelowOne() {
        assertThat(run(new PeekCommand(), "--batch-id", "b1", "--limit", "0")).isEqualTo(USAGE);

        assertThat(err.toString()).contains("--limit 0 is less than one");
    }

    @Test
    void sampleRefusesPartitionsBelowOne() {
        assertThat(run(new SampleCommand(), "--topic", "orders", "--partitions", "0"))
                .isEqualTo(USAGE);

        assertThat(err.toString()).contains("--partitions 0 is less than one");
    }

    @Test
    void sampleRefusesEventsBelowOne() {
        assertThat(run(new SampleCommand(), "--topic", "orders", "--events", "-5"))
                .isEqualTo(USAGE);

        assertThat(err.toString()).contains("--events -5 is less than one");
    }

    private int run(Object command, String... args) {
        CommandLine commandLine = ExitCodes.commandLine(command).setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }
}
