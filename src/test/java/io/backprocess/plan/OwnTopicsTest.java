package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnTopicsTest {
    private static final Map<String, String> BATCHES = Map.of("cleanup.policy", "compact", "retention.ms", "604800000");
    private static final Map<String, String> LEDGER = Map.of(
            "cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1", "max.message.bytes", "16777216");

    @Test
    void takesThoseThatItMakesAndNone() {
        assertThat(OwnTopics.problems(Map.of(), Map.of())).isEmpty();
        assertThat(OwnTopics.problems(BATCHES, LEDGER)).isEmpty();
    }

    @Test
    void refusesPlansThatAreDeletedByAgeWithWhatToType() {
        assertThat(OwnTopics.problems(Map.of("cleanup.policy", "delete", "retention.ms", "604800000"), LEDGER))
                .containsExactly(
                        "topic backprocess.batches would lose plans and marks (cleanup.policy=delete); correct it with: kafka-configs.sh --alter --topic backprocess.batches --add-config cleanup.policy=compact");
        assertThat(OwnTopics.problems(Map.of("cleanup.policy", "compact,delete"), LEDGER))
                .singleElement()
                .asString()
                .contains("(cleanup.policy=[compact,delete])");
    }

    @Test
    void refusesALedgerThatIsDeletedOrCompactedWithWhatToType() {
        assertThat(OwnTopics.problems(
                        BATCHES,
                        Map.of("cleanup.policy", "delete", "retention.ms", "604800000", "retention.bytes", "-1")))
                .containsExactly(
                        "topic backprocess.ledger would lose what batches have done (retention.ms=604800000); correct it with: kafka-configs.sh --alter --topic backprocess.ledger --add-config retention.ms=-1");
        assertThat(OwnTopics.problems(BATCHES, Map.of("cleanup.policy", "compact", "retention.bytes", "1000")))
                .containsExactly(
                        "topic backprocess.ledger would lose what batches have done (cleanup.policy=compact, retention.bytes=1000); correct it with: kafka-configs.sh --alter --topic backprocess.ledger --add-config cleanup.policy=delete,retention.bytes=-1");
    }

    @Test
    void refusesRecordsThatAreTooSmallForItsLines() {
        assertThat(OwnTopics.problems(Map.of("cleanup.policy", "compact", "max.message.bytes", "20000"), LEDGER))
                .singleElement()
                .asString()
                .contains("takes records up to 20000 bytes")
                .endsWith("--add-config max.message.bytes=16777216");
    }
}
