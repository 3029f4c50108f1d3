package io.backprocess.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

    @Test
    void isTopicPartitionAndOffset() {
        Origin origin = new Origin("orders", 3, 1_234_567);

        String text = origin.toString();

        assertThat(text).isEqualTo("orders/3/1234567");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders/3/1234567", "a.b-c_d/0/0", "x/2147483647/9223372036854775807"})
    void readsWhatItWrote(String text) {
        Origin origin = Origin.parse(text);

        assertThat(origin).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "orders/3",
                "orders/3/",
                "orders//7",
                "/3/7",
                "orders/3/7/",
                "orders/3/7/1",
                "orders/x/7",
                "orders/3/x",
                "orders/3/9223372036854775808",
                "orders/2147483648/7",
                "orders/3/ 7"
            })
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Origin.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not topic/partition/offset");
    }
}
