package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.tools.stack.Failure;
import io.backprocess.tools.stack.Words;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void takesAllOptions() {
        Options options = Options.parse(List.of(
                "--minutes",
                "2",
                "--seed",
                "20261129",
                "--events",
                "300",
                "--faults",
                "pause kill-broker",
                "--envelopes",
                "shop-orders backprocess",
                "--table",
                "x/table.md",
                "--keep",
                "--kafka-port",
                "19000",
                "--flink-port",
                "19001"));

        assertThat(options.minutes).isEqualTo(2);
        assertThat(options.historySeed(4)).isEqualTo(20_261_129_004L);
        assertThat(options.events).isEqualTo(300);
        assertThat(options.faults).containsExactly(Fault.PAUSE, Fault.KILL_BROKER);
        assertThat(List.of(options.history(0), options.history(1), options.history(2)))
                .containsExactly(History.SHOP_ORDERS, History.BACKPROCESS, History.SHOP_ORDERS);
        assertThat(options.table).hasValue(Path.of("x/table.md").toAbsolutePath());
        assertThat(options.keep).isTrue();
        assertThat(options.kafkaPort).isEqualTo(19000);
        assertThat(options.flinkPort).isEqualTo(19001);
    }

    @Test
    void breaksEverythingByDefault() {
        Options options = Options.parse(List.of());

        assertThat(options.faults).containsExactly(Fault.values());
        assertThat(options.histories).containsExactly(History.BACKPROCESS);
        assertThat(options.minutes).isEqualTo(5);
        assertThat(options.keep).isFalse();
    }

    @Test
    void namesEachFaultInTheHelp() {
        assertThat(Options.parse(List.of("-h")).help).isTrue();
        for (Fault fault : Fault.values()) {
            assertThat(Help.TEXT).contains(fault.toString().replaceFirst("^(kill|freeze)-.*", "$1-K"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--minutes | --minutes needs a value",
                "--minutes 0 | --minutes needs a number, not '0'",
                "--envelopes own | unknown envelope: own; --help lists them",
                "--faults flood | unknown fault: flood; --help lists them",
                "up | unknown option: up; --help lists them",
            })
    void saysWhatIsWrong(String arguments, String message) {
        assertThatThrownBy(() -> Options.parse(Words.of(arguments)))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(2))
                .hasMessage(message);
    }
}
