package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.Backprocess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTest {
    @ParameterizedTest
    @CsvSource({
        "securty.protocol, security.protocol",
        "security_protocol, security.protocol",
        "SASL.mechanism, sasl.mechanism",
        "sasl.jaas, sasl.jaas.config",
        "ssl.truststore.pasword, ssl.truststore.password",
        "ssl.trustore.location, ssl.truststore.location"
    })
    void namesTheNearestKeyThatAClientHas(String misspelt, String meant) {
        assertThat(ClientProperties.misspelt(properties(misspelt)))
                .containsExactly("no Kafka client has a property '%s', so it does nothing; is it '%s'?"
                        .formatted(misspelt, meant));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schema.registry.basic.auth.userinfo | ; is it 'schema.registry.basic.auth.user.info'?",
                "schema.registry.bearer.auth.tokn | ; is it 'schema.registry.bearer.auth.token'?",
                "schema.registry.ssl.trustore.location | ; is it 'schema.registry.ssl.truststore.location'?",
                "schema.registry.ssl.endpoint.identification.algorithm | ''"
            })
    void warnsOfEachKeyThatTheRegistrysClientDoesNotKnow(String key, String hint) {
        assertThat(ClientProperties.misspelt(properties(key)))
                .containsExactly("the client of the schema registry has no property '%s', so it does nothing%s"
                        .formatted(key, hint));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "schema.registry.basic.auth.user.info",
                "schema.registry.url",
                "schema.registry.ssl.keystore.type",
                "schema.registry.ssl.truststore.certificates",
                "security.protocol",
                "transactional.id",
                "group.id",
                "config.providers",
                "config.providers.file.class",
                "config.providers.file.param.allowed.paths",
                "confluent.metrics.reporter.topic",
                "my.login.module.url"
            })
    void leavesAloneWhatIsKnownOrForSomethingElse(String key) {
        assertThat(ClientProperties.misspelt(properties(key))).isEmpty();
    }

    @Test
    void skipsAByteOrderMark(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), "\uFEFFsecurity.protocol=SSL\n");

        assertThat(ClientProperties.read(file)).containsExactly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void warnsOnStandardErrorOnce(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("client.properties"),
                "securty.protocol=SSL\ndefault.api.timeout.ms=500\nrequest.timeout.ms=400\n");
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();

        Backprocess.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("batches", "--bootstrap-servers", "127.0.0.1:1", "--command-config", file.toString());

        assertThat(err.toString().lines().filter(line -> line.startsWith("warning:")))
                .containsExactly(
                        "warning: --command-config %s: no Kafka client has a property 'securty.protocol', so it does nothing; is it 'security.protocol'?"
                                .formatted(file));
        assertThat(out.toString()).isEmpty();
    }

    private static Properties properties(String key) {
        Properties properties = new Properties();
        properties.setProperty(key, "x");
        return properties;
    }
}
