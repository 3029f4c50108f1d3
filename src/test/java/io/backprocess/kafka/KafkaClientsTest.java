package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {

    @Test
    void leavesNoTraceWhereItReads() {
        Properties given = new Properties();
        given.putAll(Map.of("bootstrap.servers", "here:9092", "group.id", "mine", "enable.auto.commit", "true"));

        Properties properties = KafkaClients.of(given).ofConsumer("read_committed", "none");

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
    void closesConsumersAtOnceUnlessTheUserWantsLongFetches() {
        KafkaClients clients = KafkaClients.of(new Properties());
        assertThat(clients.ofConsumer("read_committed", "none")).containsEntry("fetch.max.wait.ms", "20");

        KafkaClients patient = clients.with("fetch.max.wait.ms", "500");
        assertThat(patient.ofConsumer("read_committed", "none")).containsEntry("fetch.max.wait.ms", "500");
    }

    @Test
    void takesDefaultsOnlyWhereTheUserHasSetNothing() {
        KafkaClients clients = KafkaClients.of(new Properties()).with("linger.ms", "5");

        assertThat(clients.withDefault("linger.ms", "1000")
                        .withDefault("acks", "all")
                        .properties())
                .isEqualTo(Map.of("linger.ms", "5", "acks", "all"));
        assertThat(clients.with("linger.ms", 0).without("acks").properties()).isEqualTo(Map.of("linger.ms", 0));
        assertThat(clients.without("linger.ms").properties()).isEmpty();
        assertThat(clients.properties()).isEqualTo(Map.of("linger.ms", "5"));
    }

    @Test
    void givesThePropertiesBelowAPrefix() {
        KafkaClients clients = KafkaClients.of(new Properties())
                .with("linger.ms", 5)
                .with("schema.registry.ssl.key.password", "secret")
                .with("ssl.key.password", "other");

        assertThat(clients.propertiesBelow("schema.registry.")).isEqualTo(Map.of("ssl.key.password", "secret"));
    }

    @Test
    void doesNotFollowTheObjectThatItWasMadeFrom() {
        Properties given = new Properties();
        given.setProperty("bootstrap.servers", "here:9092");
        KafkaClients clients = KafkaClients.of(given);

        given.setProperty("bootstrap.servers", "there:9092");
        clients.properties().setProperty("bootstrap.servers", "nowhere:9092");

        assertThat(clients.bootstrapServers()).isEqualTo("here:9092");
    }

    @Test
    void travelsWithAJob() throws IOException, ClassNotFoundException {
        KafkaClients sent = KafkaClients.of(new Properties()).with("bootstrap.servers", "here:9092");

        KafkaClients received = InstantiationUtil.deserializeObject(
                InstantiationUtil.serializeObject(sent), getClass().getClassLoader());

        assertThat(received.properties()).isEqualTo(sent.properties());
    }

    @Test
    void showsNoSecret() {
        KafkaClients clients = KafkaClients.of(new Properties())
                .with("bootstrap.servers", "here:9092")
                .with("sasl.jaas.config", "password=\"canary\"");

        assertThat(clients).hasToString("Kafka at here:9092");
    }
}
