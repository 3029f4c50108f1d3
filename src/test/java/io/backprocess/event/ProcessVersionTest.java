package io.backprocess.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessVersionTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.0, 1",
        "1e0, 1",
        "10e-1, 1",
        "0.1E+1, 1",
        "2.30, 2.3",
        "100, 100",
        "1e2, 100",
        "-1.50, -1.5",
        "0, 0",
        "-0, 0",
        "0.000, 0",
        "0e5, 0",
        "1e40, 10000000000000000000000000000000000000000",
        "1e41, 1E+41",
        "10e40, 1E+41",
        "1e-41, 1E-41",
        "1e1000000000, 1E+1000000000",
        "100e2147483647, 100e2147483647",
        "1e99999999999, 1e99999999999",
    })
    void isWrittenInOneWay(String written, String canonical) {
        ProcessVersion version = ProcessVersion.of(written);

        ProcessVersion again = ProcessVersion.of(version.toString());

        assertThat(version).hasToString(canonical);
        assertThat(again).isEqualTo(version).hasSameHashCodeAs(version);
    }

    @Test
    void tellsVersionsApart() {
        String[] numbers = {"1", "1.5", "2", "10", "-1", "0", "1e41", "1e-41", "1e99999999999", "1e99999999998"};

        for (String one : numbers) {
            for (String other : numbers) {
                assertThat(ProcessVersion.of(one).equals(ProcessVersion.of(other)))
                        .as("%s is %s", one, other)
                        .isEqualTo(one.equals(other));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "v1",
                "one",
                "1 ",
                " 1",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "NaN",
                "Infinity",
                "1,5",
                "0x1",
                "\u0663",
                "\u0661.\u0665",
                "1.0.0",
                "1f",
                "1d",
                "1_0",
            })
    void refusesWhatIsNoJsonNumber(String text) {
        assertThatThrownBy(() -> ProcessVersion.of(text))
                .isInstanceOf(NumberFormatException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("give a number");
    }

    @Test
    void travelsToTheTaskManagers() throws Exception {
        ProcessVersion version = ProcessVersion.of("2.30");

        ProcessVersion arrived = InstantiationUtil.clone(version);

        assertThat(arrived).isEqualTo(version);
    }
}
