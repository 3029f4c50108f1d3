package io.backprocess.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.PlanJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BatchMarkTest {
    @Test
    void isStoredWithTheFieldsOfTheFormat() throws IOException {
        BatchMark mark = new BatchMark(
                BatchMark.Action.ABANDONED, "id", null, null, Instant.parse("2026-01-02T03:04:05Z"), "ann");

        String json = PlanJson.write(mark);

        assertThat(json.replaceAll("\\s", ""))
                .isEqualTo(
                        "{\"kind\":\"ABANDONED\",\"jobId\":\"id\",\"checkpoints\":null,\"savepoint\":null,\"at\":\"2026-01-02T03:04:05Z\",\"by\":\"ann\"}");
        assertThat(PlanJson.read(json.getBytes(StandardCharsets.UTF_8), BatchMark.class))
                .isEqualTo(mark);
    }

    @Test
    void isOutOfDateOnceAYoungerJobExists() {
        BatchMark mark = new BatchMark(BatchMark.Action.PAUSED, "id", null, "/savepoint-1", Instant.EPOCH, "ann");

        assertThat(mark.isPauseOf("id")).isTrue();
        assertThat(mark.isPauseOf(null)).isTrue();
        assertThat(mark.isPauseOf("younger")).isFalse();
    }
}
