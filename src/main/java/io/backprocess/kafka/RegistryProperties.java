package io.backprocess.kafka;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;

/**
 * The client properties that are for the schema registry. They have the names of Confluent's clients, and stand in the same file
 * as Kafka's.
 */
public final class RegistryProperties {
    public static final String PREFIX = "schema.registry.";
    /** The URL of a registry that has moved since the batch was planned. */
    public static final String URL = "url";
    /** USER:PASSWORD. */
    public static final String USER_INFO = "basic.auth.user.info";

    public static final String TOKEN = "bearer.auth.token";
    /** The only source is {@code USER_INFO}. */
    public static final String USER_INFO_SOURCE = "basic.auth.credentials.source";
    /** The only source is {@code STATIC_TOKEN}. */
    public static final String TOKEN_SOURCE = "bearer.auth.credentials.source";

    private RegistryProperties() {}

    /** Returns the definition of the properties for TLS, without the prefix. Their values are read as Kafka's own are. */
    public static ConfigDef ssl() {
        ConfigDef ssl = new ConfigDef();
        SslConfigs.addClientSslSupport(ssl);
        return ssl;
    }

    /** Returns all names, with the prefix. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(ssl().names());
        // Java's client always checks the name of the host, and has an engine of its own.
        names.remove(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG);
        names.remove(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG);
        names.addAll(List.of(URL, USER_INFO, TOKEN, USER_INFO_SOURCE, TOKEN_SOURCE));
        return names.stream().map(name -> PREFIX + name).collect(Collectors.toCollection(TreeSet::new));
    }
}
