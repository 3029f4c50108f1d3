package io.backprocess.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.kafka.KafkaClients;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class BatchConnectionTest {
    @TempDir
    Path directory;

    @Test
    void endsAJobForGoodWhenAReferenceRefersToNothing() {
        Properties properties = new Properties();
        properties.setProperty("config.providers", "file");
        properties.setProperty(
                "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        properties.setProperty("sasl.jaas.config", "${file:%s/none.properties:jaas}".formatted(directory));
        KafkaClients kafka = KafkaClients.of(properties);

        assertThatThrownBy(() -> BatchConnection.checkReferences("b", kafka))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageEndingWith(
                        "none.properties; add what is missing there, then go on with: resume --batch-id b");
    }
}
