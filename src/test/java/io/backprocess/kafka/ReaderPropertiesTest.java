package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ReaderPropertiesTest {

    @Test
    void leavesNoTrace() {
        Properties given = new Properties();
        given.putAll(Map.of("bootstrap.servers", "here:9092", "group.id", "mine", "enable.auto.commit", "true"));

        Properties properties = ReaderProperties.of(given, "read_committed", "none");

        assertThat(properties)
                .containsEntry("bootstrap.servers", "here:9092")
                .containsEntry("enable.auto.commit", "false")
                .containsEntry("allow.auto.create.topics", "false")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("auto.offset.reset", "none")
                .doesNotContainKey("group.id");
        assertThat(given).containsEntry("group.id", "mine");
    }

    @Test
    void isClosedAtOnceUnlessTheUserWantsLongFetches() {
        Properties given = new Properties();
        assertThat(ReaderProperties.of(given, "read_committed", "none")).containsEntry("fetch.max.wait.ms", "20");

        given.put("fetch.max.wait.ms", "500");
        assertThat(ReaderProperties.of(given, "read_committed", "none")).containsEntry("fetch.max.wait.ms", "500");
    }
}
