package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class ReferencesTest {
    @TempDir
    Path directory;

    private final Properties kafka = new Properties();

    @BeforeEach
    void secrets() throws IOException {
        Files.writeString(
                directory.resolve("secret.properties"), "jaas=Login required username=\"alice\" password=\"canary\";");
        Files.writeString(directory.resolve("username"), "bob");
        kafka.setProperty("security.protocol", "SASL_SSL");
        kafka.setProperty("config.providers", "file,directory");
        kafka.setProperty("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        kafka.setProperty(
                "config.providers.directory.class", "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
    }

    @Test
    void areWhatTheyReferTo() {
        kafka.setProperty("sasl.jaas.config", reference("file", "secret.properties:jaas"));

        assertThat(References.fetched(kafka).getProperty("sasl.jaas.config")).contains("canary");
        assertThat(KafkaPrincipal.of(References.fetched(kafka)).principal()).isEqualTo("User:alice");
        assertThat(kafka.getProperty("sasl.jaas.config")).doesNotContain("canary");
    }

    /** As k8s/kafka/client.properties does it. */
    @Test
    void mayBeAPartOfAValue() {
        kafka.setProperty(
                "sasl.jaas.config",
                "Login required username=\"${directory:%s:username}\" password=\"p\";".formatted(directory));

        assertThat(KafkaPrincipal.of(References.fetched(kafka)).principal()).isEqualTo("User:bob");
    }

    @Test
    void mayBeVariables() {
        kafka.setProperty("config.providers", "env");
        kafka.setProperty("config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider");
        kafka.setProperty("ssl.keystore.password", "${env:PATH}");
        kafka.setProperty("ssl.key.password", "${env:NEVER_SET}");

        assertThatThrownBy(() -> References.check(kafka)).hasMessageEndingWith("${env:NEVER_SET} in ssl.key.password");
        kafka.remove("ssl.key.password");
        assertThat(References.fetched(kafka)).containsEntry("ssl.keystore.password", System.getenv("PATH"));
    }

    @Test
    void saysWhichFileIsNotThere() {
        kafka.setProperty("ssl.keystore.password", reference("file", "other.properties:password"));

        assertThatThrownBy(() -> References.check(kafka))
                .isInstanceOf(BatchException.class)
                .hasMessageMatching("the references in --command-config cannot be resolved on \\S+: Could not read .*"
                        + "other.properties");
    }

    /** Kafka's clients would take the reference itself for the password. */
    @Test
    void saysWhichKeyIsNotThere() {
        kafka.setProperty("sasl.jaas.config", reference("file", "secret.properties:jaas"));
        kafka.setProperty("ssl.keystore.password", reference("file", "secret.properties:keystore"));

        assertThatThrownBy(() -> References.check(kafka))
                .isInstanceOf(BatchException.class)
                .hasMessageEndingWith(reference("file", "secret.properties:keystore") + " in ssl.keystore.password")
                .hasMessageNotContaining("canary");
    }

    @Test
    void saysWhichProviderDoesNotExist() {
        kafka.setProperty("config.providers.file.class", "com.example.Vault");
        kafka.setProperty("sasl.jaas.config", reference("file", "secret.properties:jaas"));

        assertThatThrownBy(() -> References.check(kafka))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("com.example.Vault");
    }

    /** A password may look like one. */
    @Test
    void areNoneWithoutAProviderOfThatName() {
        kafka.setProperty("ssl.keystore.password", "${vault:a:b}");

        assertThat(References.fetched(kafka)).containsEntry("ssl.keystore.password", "${vault:a:b}");
        kafka.remove("config.providers");
        kafka.setProperty("ssl.keystore.password", reference("file", "none:a"));
        assertThat(References.fetched(kafka)).containsEntry("ssl.keystore.password", reference("file", "none:a"));
    }

    private String reference(String provider, String place) {
        return "${%s:%s/%s}".formatted(provider, directory, place);
    }
}
