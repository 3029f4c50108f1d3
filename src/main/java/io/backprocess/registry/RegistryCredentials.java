package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.RegistryProperties;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/** How a client proves who it is, and which registries it trusts. Its text shows no secret. */
final class RegistryCredentials {
    private final Map<String, String> properties;

    private RegistryCredentials(Map<String, String> properties) {
        this.properties = properties;
    }

    /** @throws BatchException usage, when two properties contradict each other or one has a value that is not supported */
    static RegistryCredentials of(KafkaClients kafka) {
        RegistryCredentials credentials = new RegistryCredentials(kafka.propertiesBelow(RegistryProperties.PREFIX));
        credentials.checkSource(RegistryProperties.USER_INFO_SOURCE, "USER_INFO");
        credentials.checkSource(RegistryProperties.TOKEN_SOURCE, "STATIC_TOKEN");
        String token = credentials.properties.getOrDefault(RegistryProperties.TOKEN, "");
        if (!token.chars().allMatch(character -> character > ' ' && character < 0x7F)) {
            // Java's own message would repeat the token.
            throw BatchException.usage("%s%s has a space or another character that no token has"
                    .formatted(RegistryProperties.PREFIX, RegistryProperties.TOKEN));
        }
        String user = credentials.properties.get(RegistryProperties.USER_INFO);
        if (user != null && credentials.properties.containsKey(RegistryProperties.TOKEN)) {
            throw BatchException.usage("%1$s%2$s and %1$s%3$s cannot be used together"
                    .formatted(RegistryProperties.PREFIX, RegistryProperties.USER_INFO, RegistryProperties.TOKEN));
        }
        if (user != null && user.indexOf(':') < 0) {
            throw BatchException.usage("%s%s has to be USER:PASSWORD, and it has no ':'"
                    .formatted(RegistryProperties.PREFIX, RegistryProperties.USER_INFO));
        }
        return credentials;
    }

    private void checkSource(String name, String supported) {
        String source = properties.getOrDefault(name, supported);
        if (!source.equals(supported)) {
            throw BatchException.usage(
                    "%s%s=%s is not supported; use %s".formatted(RegistryProperties.PREFIX, name, source, supported));
        }
    }

    /** Returns the header that each request has; null without credentials. */
    @Nullable
    String authorization() {
        String user = properties.get(RegistryProperties.USER_INFO);
        if (user != null) {
            return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        }
        String token = properties.get(RegistryProperties.TOKEN);
        return token == null ? null : "Bearer " + token;
    }

    /**
     * Sets the stores and protocols of TLS, if the properties name any.
     *
     * @throws BatchException usage, when a store cannot be read
     */
    HttpClient.Builder encrypt(HttpClient.Builder client) {
        Map<String, String> ssl = properties.entrySet().stream()
                .filter(property -> property.getKey().startsWith("ssl."))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (ssl.isEmpty()) {
            return client;
        }
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AbstractConfig(RegistryProperties.ssl(), ssl, false).values());
            SSLParameters parameters = factory.createClientSslEngine("", 0, "").getSSLParameters();
            return client.sslContext(factory.sslContext()).sslParameters(parameters);
        } catch (KafkaException e) {
            throw BatchException.usage(
                    "the properties %sssl.* cannot be used: %s".formatted(RegistryProperties.PREFIX, e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return "credentials of the schema registry";
    }
}
