package io.backprocess.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaIdTest {
    /** The texts are parts of keys in a topic, so they never change. */
    @ParameterizedTest
    @CsvSource({
        "7, CONFLUENT",
        "2147483647, CONFLUENT",
        "content-7, CONTENT",
        "global-7, GLOBAL",
        "global-9223372036854775807, GLOBAL",
        "89791762-2336-4186-9674-299b90a802e2, GUID",
        "00000000-0000-0000-0000-000000000007, GUID"
    })
    void hasATextThatNoOtherIdHas(String text, SchemaId.Kind kind) {
        SchemaId id = SchemaId.of(text);

        assertThat(id.kind()).isEqualTo(kind);
        assertThat(id).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "07", "content-", "content-07", "1-2-3-4-5", "7/1", "9223372036854775808"})
    void readsNoOtherText(String text) {
        assertThatThrownBy(() -> SchemaId.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
