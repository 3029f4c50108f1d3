package io.backprocess.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " [ ] ",
                "\"\"",
                "-12",
                "1.5e3",
                "true",
                "{\"a\":[1,{\"b\":\"c\\n\\u00e9\\\"\\\\\\/\"}],\"d\":false,\"e\":{\"f\":[[]]}}",
                "{\"a\" : 1 ,\n\"a\" : 2}",
            })
    void readsWhatALibraryReads(String text) throws Exception {
        Object expected = new ObjectMapper().readValue(text, Object.class);

        assertThat(new ObjectMapper().writeValueAsString(Json.parse(text)))
                .isEqualTo(new ObjectMapper().writeValueAsString(expected));
    }

    @Test
    void leavesNullOut() {
        assertThat(Json.parse("null")).isNull();
        assertThat(Json.parse("[null,1]")).isEqualTo(List.of(1L));
        assertThat(Json.parse("{\"a\":null}")).hasToString("{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "\"a",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "nul",
                "1x",
                "-",
                "{} {}"
            })
    void refusesWhatIsNoDocument(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void doesNotOverflowTheStack() {
        assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000))).isInstanceOf(IllegalArgumentException.class);
    }
}
