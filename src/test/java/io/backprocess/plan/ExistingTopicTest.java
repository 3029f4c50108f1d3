package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExistingTopicTest {
    private static final Map<String, String> SOURCE =
            Map.of("max.message.bytes", "2000000", "message.timestamp.after.max.ms", "7200000");
    private static final Map<String, String> FITS = Map.of(
            "cleanup.policy", "delete",
            "retention.ms", "-1",
            "retention.bytes", "-1",
            "message.timestamp.type", "CreateTime",
            "message.timestamp.before.max.ms", "9223372036854775807",
            "message.timestamp.after.max.ms", "7200000",
            "max.message.bytes", "2000000");

    private static List<String> problems(Map<String, String> config, int headroom) {
        ExistingTopic existing = new ExistingTopic("t", config, SOURCE, headroom);
        List<String> problems = new ArrayList<>(existing.retentionProblems());
        problems.addAll(existing.timestampProblems());
        problems.addAll(existing.sizeProblems());
        return problems;
    }

    @Test
    void hasNothingAgainstATopicThatKeepsEverything() {
        assertThat(problems(FITS, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            retention.ms                    | 604800000         | would delete records with old timestamps (retention.ms=604800000
            cleanup.policy                  | compact           | cleanup.policy=compact); set retention.ms=-1 and cleanup.policy=delete
            cleanup.policy                  | compact,delete    | would delete records with old timestamps
            retention.bytes                 | 1000              | would delete records when a partition holds more than 1000 bytes; set retention.bytes=-1
            message.timestamp.type          | LogAppendTime     | would replace the records' timestamps
            message.timestamp.before.max.ms | 86400000          | rejects records that are more than 86400000 ms old
            message.timestamp.after.max.ms  | 3600000           | rejects timestamps that are more than 3600000 ms ahead, but the source takes 7200000
            max.message.bytes               | 1999999           | takes records up to 1999999 bytes, but needs 2000000
            """)
    void saysWhatATopicWouldSpoil(String name, String value, String problem) {
        Map<String, String> config = new HashMap<>(FITS);
        config.put(name, value);

        assertThat(problems(config, 0))
                .singleElement()
                .asString()
                .startsWith("topic t exists and ")
                .contains(problem);
    }

    @Test
    void wantsHeadroomForDeadLetters() {
        assertThat(problems(FITS, 1000))
                .singleElement()
                .asString()
                .contains("needs 2001000 (the source takes 2000000)");
    }

    @Test
    void findsTopicsThatKafkasMetricsCannotTellApart() {
        Set<String> all = Set.of("orders.batch.1", "orders.batch_1", "orders_batch-1", "orders");

        assertThat(Topics.collisions("orders.batch_1", all))
                .isEqualTo(
                        List.of(
                                "topic orders.batch_1 cannot be created beside orders.batch.1, which differs only by '.' and '_'; choose another --batch-id"));
        assertThat(Topics.collisions("orders.batch-2", all)).isEmpty();
    }
}
