package io.backprocess.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.testing.Keytool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryCredentialsITCase {
    private static final String PASSWORD = "canary-store-91b2";
    private static final String USER = "schema.registry.basic.auth.user.info";
    private static final String TOKEN = "schema.registry.bearer.auth.token";

    private static Path directory = Path.of("");
    private static RegistryAnswers registry;

    @BeforeAll
    static void aRegistryWithACertificate(@TempDir Path folder) throws Exception {
        directory = folder;
        for (String name : new String[] {"registry", "client"}) {
            Keytool.run(
                    "-genkeypair -alias NAME -dname CN=NAME -keyalg EC -groupname secp256r1 -validity 2 -ext SAN=ip:127.0.0.1"
                            .replace("NAME", name),
                    store(name),
                    PASSWORD);
        }
        trust("trusted-by-registry", "client");
        trust("trust", "registry");
        Files.writeString(
                pem("registry"),
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                        .formatted(Base64.getMimeEncoder()
                                .encodeToString(load("registry")
                                        .getCertificate("registry")
                                        .getEncoded())));
        registry = RegistryAnswers.encrypted(context());
        registry.on("/schemas/ids/7", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            boolean known = ("Basic " + Base64.getEncoder().encodeToString("me:pass:word".getBytes(UTF_8)))
                            .equals(authorization)
                    || "Bearer abc.def".equals(authorization);
            RegistryAnswers.json(known ? 200 : 401, known ? "{\"schema\":\"{}\"}" : "{}")
                    .to(exchange);
        });
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Test
    void provesWhoItIsByUserAndCertificate() throws Exception {
        assertThat(client(with(USER, "me:pass:word"))
                        .get(SchemaId.of("7"))
                        .text()
                        .text())
                .isEqualTo("{}");
        assertThat(client(with(TOKEN, "abc.def")).get(SchemaId.of("7")).text().text())
                .isEqualTo("{}");
    }

    @Test
    void trustsARegistryByItsCertificateInAPemFile() throws Exception {
        Properties properties = with(USER, "me:pass:word");
        properties.setProperty(
                "schema.registry.ssl.truststore.location", pem("registry").toString());
        properties.setProperty("schema.registry.ssl.truststore.type", "PEM");
        properties.remove("schema.registry.ssl.truststore.password");

        assertThat(client(properties).get(SchemaId.of("7")).text().text()).isEqualTo("{}");
    }

    @Test
    void takesSecretsFromAFileThatThePropertiesReferTo() throws Exception {
        Path secrets = Files.writeString(directory.resolve("secrets"), "user=me:pass:word\n");
        Properties properties = with(USER, "${file:%s:user}".formatted(secrets));
        properties.setProperty("config.providers", "file");
        properties.setProperty(
                "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");

        assertThat(client(properties).get(SchemaId.of("7")).text().text()).isEqualTo("{}");
    }

    @Test
    void isDownWithTheWrongPasswordWhichItDoesNotRepeat() {
        RegistryException failure = failure(with(USER, "me:canary"));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessageContaining("answers 401").hasMessageNotContaining("canary");
    }

    @Test
    void isDownWhereTheRegistryIsNotTrusted() {
        Properties properties = with(USER, "me:pass:word");
        properties.setProperty(
                "schema.registry.ssl.truststore.location",
                store("trusted-by-registry").toString());

        RegistryException failure = failure(properties);

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessageContaining("TLS fails: ");
    }

    @Test
    void isDownWithoutItsCertificate() {
        Properties properties = with(USER, "me:pass:word");
        properties.keySet().removeIf(name -> name.toString().contains(".ssl.key"));

        assertThat(failure(properties).kind()).isEqualTo(RegistryException.Kind.DOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schema.registry.ssl.truststore.location | /not-there.p12 | the properties schema.registry.ssl.* cannot be used: ",
                "schema.registry.ssl.truststore.password | canary-wrong | the properties schema.registry.ssl.* cannot be used: ",
                "schema.registry.basic.auth.user.info | canary | has to be USER:PASSWORD, and it has no ':'",
                "schema.registry.bearer.auth.token | canary canary | has a space or another character",
                "schema.registry.bearer.auth.token | canary | cannot be used together",
                "schema.registry.basic.auth.credentials.source | SASL_INHERIT | =SASL_INHERIT is not supported; use USER_INFO",
                "schema.registry.bearer.auth.credentials.source | OAUTHBEARER | =OAUTHBEARER is not supported; use STATIC_TOKEN"
            })
    void refusesPropertiesThatCannotBeUsed(String name, String value, String words) {
        Properties properties = with(USER, "me:pass:word");
        properties.setProperty(name, value);

        assertThatThrownBy(() -> client(properties))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("canary");
    }

    @Test
    void showsNoSecretInItsText() {
        assertThat(RegistryCredentials.of(KafkaClients.of(with(USER, "me:canary"))))
                .hasToString("credentials of the schema registry");
    }

    private static RegistryException failure(Properties properties) {
        return catchThrowableOfType(
                RegistryException.class, () -> client(properties).get(SchemaId.of("7")));
    }

    private static RegistryClient client(Properties properties) {
        return RegistryClient.open(registry.url(), Framing.CONFLUENT, Format.AVRO, KafkaClients.of(properties));
    }

    private static Properties with(String name, String value) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                name,
                value,
                "schema.registry.ssl.truststore.location",
                store("trust").toString(),
                "schema.registry.ssl.truststore.password",
                PASSWORD,
                "schema.registry.ssl.truststore.type",
                "PKCS12",
                "schema.registry.ssl.keystore.location",
                store("client").toString(),
                "schema.registry.ssl.keystore.password",
                PASSWORD,
                "schema.registry.ssl.key.password",
                PASSWORD));
        return properties;
    }

    private static SSLContext context() throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load("registry"), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load("trusted-by-registry"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Stores the certificate of another store, as one that is trusted. */
    private static void trust(String name, String trusted) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(trusted, load(trusted).getCertificate(trusted));
        try (OutputStream out = Files.newOutputStream(store(name))) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static KeyStore load(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store(name))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static Path store(String name) {
        return directory.resolve(name + ".p12");
    }

    private static Path pem(String name) {
        return directory.resolve(name + ".crt");
    }
}
