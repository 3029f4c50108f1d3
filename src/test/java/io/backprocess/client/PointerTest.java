package io.backprocess.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointerTest {
    @Test
    void readsWhatConsumersNeed() {
        Pointer pointer = Pointer.parse("""
                {"alias":"a","resultTopic":"t.2","batchId":"2","planHash":"h","at":"2026-01-01T00:00:00Z","by":"me",
                 "handOver":[{"partition":1,"leave":{"topic":"t","offset":7},"enter":{"topic":"t.2","offset":3}},
                  {"partition":2,"leave":{"topic":"t.1","offset":9},"enter":{"topic":"t.2","offset":4},"origin":12}],
                 "previous":{"resultTopic":"t.1","previous":{"resultTopic":"t.0","previous":null}}}
                """);

        assertThat(pointer.topic()).isEqualTo("t.2");
        assertThat(pointer.follows()).isTrue();
        assertThat(pointer.place(0)).isNull();
        assertThat(pointer.place(1)).isEqualTo(new Pointer.HandOver("t", 7, 3, 7));
        assertThat(pointer.place(2)).isEqualTo(new Pointer.HandOver("t.1", 9, 4, 12));
        assertThat(pointer.earlier()).containsExactly("t.1", "t.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"resultTopic\":1}",
                "{\"resultTopic\":\"t\",\"previous\":1}",
                "{\"resultTopic\":\"t\",\"handOver\":[{}]}",
                "{\"resultTopic\":\"t\",\"handOver\":[{\"partition\":0.5,\"leave\":{\"topic\":\"t\",\"offset\":1},"
                        + "\"enter\":{\"offset\":1}}]}"
            })
    void refusesWhatIsNoPointer(String json) {
        assertThatThrownBy(() -> Pointer.parse(json)).isInstanceOf(IllegalArgumentException.class);
    }
}
