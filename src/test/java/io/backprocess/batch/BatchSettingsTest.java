package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchSettingsTest {
    private static final BatchSettings BEFORE =
            new BatchSettings(2, 3000L, new BatchSettings.DlqLimits(1.0, 5L, 20L), "2 s", null, "512 mb", null);

    @Test
    void holdUntilAStartIsToldOtherwise() {
        assertThat(BEFORE.then(BatchSettings.NONE)).isEqualTo(BEFORE);
        assertThat(BEFORE.then(new BatchSettings(4, 500L, BatchSettings.DlqLimits.NONE, null, "5 min", null, "all")))
                .isEqualTo(new BatchSettings(
                        4, 500L, new BatchSettings.DlqLimits(1.0, 5L, 20L), "2 s", "5 min", "512 mb", "all"));
    }

    @Test
    void haveNoLimitAnyMoreOnceThatIsSaid() {
        BatchSettings none = new BatchSettings(
                null,
                BatchSettings.NO_LIMIT,
                new BatchSettings.DlqLimits(null, BatchSettings.NO_LIMIT, null),
                null,
                null,
                null,
                null);

        assertThat(BEFORE.then(none))
                .isEqualTo(new BatchSettings(
                        2, null, new BatchSettings.DlqLimits(1.0, null, 20L), "2 s", null, "512 mb", null));
        assertThat(BatchSettings.NONE.then(none)).isEqualTo(BatchSettings.NONE);
    }

    @Test
    void areShownAsOptions() {
        assertThat(BEFORE.options())
                .containsExactly(
                        "--parallelism 2",
                        "--max-rate 3000",
                        "--max-dlq-ratio 1.0",
                        "--max-dlq-consecutive 5",
                        "--max-unknown-schemas 20",
                        "--checkpoint-interval '2 s'",
                        "--dedupe-memory '512 mb'");
    }

    @Test
    void comeBackFromTheirJsonAlsoWhereALaterVersionHasAdded() throws Exception {
        String json = PlanJson.write(BEFORE);
        String later = json.replace("{", "{\"colour\":\"red\",");

        assertThat(PlanJson.read(json.getBytes(StandardCharsets.UTF_8), BatchSettings.class))
                .isEqualTo(BEFORE);
        assertThat(PlanJson.read(later.getBytes(StandardCharsets.UTF_8), BatchSettings.class))
                .isEqualTo(BEFORE);
        assertThat(PlanJson.read("{}".getBytes(StandardCharsets.UTF_8), BatchSettings.class))
                .isEqualTo(BatchSettings.NONE);
    }
}
