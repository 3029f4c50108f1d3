package io.backprocess.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupedRecordReaderTest {
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Span(long from, @Nullable Long to) {
        Span {
            if (from < 0) {
                throw new IllegalArgumentException("from %d is below 0".formatted(from));
            }
        }
    }

    @JsonDeserialize(using = GroupedRecordReader.class)
    record Line(
            @Nullable String name,
            @JsonUnwrapped Span span,
            @Nullable List<Part> parts,
            int count) {}

    @JsonDeserialize(using = GroupedRecordReader.class)
    record Part(@JsonUnwrapped Span span, int count) {}

    @Test
    void readsWhatJacksonWrites() throws Exception {
        Line line = new Line("a", new Span(1, 2L), List.of(new Part(new Span(3, null), 4)), 5);

        String json = JSON.writeValueAsString(line);

        assertThat(json)
                .isEqualTo("{\"name\":\"a\",\"from\":1,\"to\":2,\"parts\":"
                        + "[{\"from\":3,\"to\":null,\"count\":4}],\"count\":5}");
        assertThat(JSON.readValue(json, Line.class)).isEqualTo(line);
        assertThat(JSON.treeToValue(JSON.readTree(json), Line.class)).isEqualTo(line);
    }

    @Test
    void readsMembersInAnyOrderAndPassesOverThoseItDoesNotKnow() throws Exception {
        Line line = JSON.readValue("{\"to\":2,\"later\":{\"from\":[7]},\"count\":5,\"from\":1}", Line.class);

        assertThat(line).isEqualTo(new Line(null, new Span(1, 2L), null, 5));
    }

    @Test
    void takesMissingMembersAsTheMapperSays() throws Exception {
        ObjectMapper strict = JSON.copy().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

        assertThat(JSON.readValue("{}", Line.class)).isEqualTo(new Line(null, new Span(0, null), null, 0));
        assertThatThrownBy(() -> strict.readValue("{\"from\":1}", Line.class))
                .isInstanceOf(MismatchedInputException.class);
        assertThatThrownBy(() -> strict.readValue("{\"count\":1}", Line.class))
                .isInstanceOf(MismatchedInputException.class);
    }

    @Test
    void saysWhatAConstructorRefuses() {
        assertThatThrownBy(() -> JSON.readValue("{\"from\":-1}", Line.class))
                .isInstanceOf(ValueInstantiationException.class)
                .hasMessageContaining("from -1 is below 0");
        assertThatThrownBy(() -> JSON.readValue("[]", Line.class)).isInstanceOf(MismatchedInputException.class);
    }
}
