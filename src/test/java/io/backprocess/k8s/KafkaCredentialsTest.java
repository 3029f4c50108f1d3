package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's credentials stay in the files that they are mounted as. */
class KafkaCredentialsTest {
    private static final Path EXAMPLE = Manifests.K8S.resolve("kafka/client.properties");
    private static final String MOUNT = "/opt/flink/kafka";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path mounted;

    @Test
    void readsUserAndPasswordWhereTheyAreMounted() throws IOException {
        // As Kubernetes mounts a Secret: each file is a link through a link.
        Path version = Files.createDirectory(mounted.resolve("..2026_01_01"));
        Files.writeString(version.resolve("username"), "backprocess");
        Files.writeString(version.resolve("password"), "s3cr3t");
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_01_01"));
        Files.createSymbolicLink(mounted.resolve("username"), Path.of("..data/username"));
        Files.createSymbolicLink(mounted.resolve("password"), Path.of("..data/password"));
        Properties given = new Properties();
        given.load(new StringReader(Files.readString(EXAMPLE).replace(MOUNT, mounted.toString())));
        given.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "kafka:9093");

        AdminClientConfig client = new AdminClientConfig(given);

        assertThat(client.getPassword(SaslConfigs.SASL_JAAS_CONFIG).value())
                .contains("username=\"backprocess\" password=\"s3cr3t\";");
        assertThat(client.getString(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)).endsWith("/ca.crt");
        assertThat(given.toString()).doesNotContain("s3cr3t");
        assertThat(JaasContext.loadClientContext(client.values()).configurationEntries())
                .hasSize(1);
    }
}
