package io.backprocess.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.testing.HostileRecords;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForeignJsonTest {
    private static final int COLLIDING = 1 << 15;

    /** A factory with a table refuses the first document for most of the random numbers that it starts with, and then all others. */
    @Test
    void readsNamesWithTheSameHashAndOthersAfterThem() throws Exception {
        String colliding = IntStream.range(0, 2_000)
                .mapToObj(i -> "\"%s\":%d".formatted(HostileRecords.collidingName(COLLIDING, i), i))
                .collect(Collectors.joining(",", "{", "}"));

        for (int factory = 0; factory < 10; factory++) {
            ObjectMapper json = new ObjectMapper(ForeignJson.factory().build());

            assertThat(json.readTree(colliding.getBytes(StandardCharsets.UTF_8)))
                    .hasSize(2_000);
            assertThat(json.readTree(colliding)).hasSize(2_000);
            for (int name = 0; name < 300; name++) {
                String other = "{\"name-%d\":1}".formatted(name);
                assertThat(json.readTree(other.getBytes(StandardCharsets.UTF_8)))
                        .hasSize(1);
                assertThat(json.readTree(other)).hasSize(1);
            }
        }
    }
}
