package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.kafka.ClientProperties;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.RegistryProperties;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The credentials of Kafka and of the schema registry stay in the files that they are mounted as. */
class KafkaCredentialsTest {
    private static final Path EXAMPLE = Manifests.K8S.resolve("kafka/client.properties");
    private static final Path REGISTRY = Manifests.K8S.resolve("kafka/registry.properties");
    private static final String MOUNT = "/opt/flink/kafka";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path mounted;

    @Test
    void readsUserAndPasswordWhereTheyAreMounted() throws IOException {
        mount("username", "backprocess");
        mount("password", "s3cr3t");
        Properties given = given(EXAMPLE);

        AdminClientConfig client = new AdminClientConfig(given);

        assertThat(client.getPassword(SaslConfigs.SASL_JAAS_CONFIG).value())
                .contains("username=\"backprocess\" password=\"s3cr3t\";");
        assertThat(client.getString(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)).endsWith("/ca.crt");
        assertThat(given.toString()).doesNotContain("s3cr3t");
        assertThat(JaasContext.loadClientContext(client.values()).configurationEntries())
                .hasSize(1);
    }

    @Test
    void readsTheRegistrysUserFromTheSameSecret() throws IOException {
        mount("username", "backprocess");
        mount("password", "s3cr3t");
        mount("registry-user-info", "reader:r3gistry");
        Properties given = given(EXAMPLE, REGISTRY);

        Map<String, String> registry = KafkaClients.of(given).propertiesBelow(RegistryProperties.PREFIX);

        assertThat(registry)
                .containsEntry(RegistryProperties.USER_INFO, "reader:r3gistry")
                .containsEntry(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, mounted + "/registry-ca.crt");
        assertThat(ClientProperties.misspelt(given)).isEmpty();
        assertThat(given.toString()).doesNotContain("r3gistry");
        assertThat(Files.readString(Path.of("docs/kubernetes.md")))
                .contains(
                        "k8s/kafka/registry.properties",
                        "--from-file=registry-user-info",
                        "--from-file=registry-ca.crt");
    }

    /** As Kubernetes mounts a Secret: each file is a link through a link. */
    private void mount(String name, String content) throws IOException {
        Path version = Files.createDirectories(mounted.resolve("..2026_01_01"));
        Files.writeString(version.resolve(name), content);
        if (!Files.exists(mounted.resolve("..data"))) {
            Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_01_01"));
        }
        Files.createSymbolicLink(mounted.resolve(name), Path.of("..data", name));
    }

    private Properties given(Path... files) throws IOException {
        Properties given = new Properties();
        for (Path file : files) {
            given.load(new StringReader(Files.readString(file).replace(MOUNT, mounted.toString())));
        }
        given.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "kafka:9093");
        return given;
    }
}
