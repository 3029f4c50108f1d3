package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigTransformer;

/**
 * Resolves references in client properties: {@code ${file:/etc/kafka/secret.properties:jaas}}. Kafka's clients resolve them
 * through {@code config.providers} in every process that they run in, so a job carries only the reference.
 *
 * <p>When the target of a reference is missing, Kafka's clients keep the text of the reference. Later they complain about
 * something else, for instance a keystore's password. This class reports the missing target first.
 */
final class References {
    private References() {}

    /**
     * Returns the properties as Kafka's clients see them in this process. They hold secrets, so they must not leave it.
     *
     * @throws BatchException usage, when the target of a reference is missing
     */
    static Properties fetched(Properties kafka) {
        if (!kafka.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            return kafka;
        }
        Properties fetched = new Properties();
        try {
            fetched.putAll(new AbstractConfig(new ConfigDef(), kafka, false).originals());
        } catch (KafkaException e) {
            throw BatchException.usage("the references in --command-config cannot be resolved on %s: %s"
                    .formatted(LocalHost.name(), e.getMessage()));
        }
        Set<String> providers = Arrays.stream(kafka.getProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG)
                        .split(","))
                .collect(Collectors.toSet());
        Set<String> missing = new HashSet<>();
        kafka.stringPropertyNames().forEach(name -> {
            Matcher reference = ConfigTransformer.DEFAULT_PATTERN.matcher(kafka.getProperty(name));
            while (reference.find()) {
                if (providers.contains(reference.group(1))
                        && fetched.getProperty(name, "").contains(reference.group())) {
                    missing.add("%s in %s".formatted(reference.group(), name));
                }
            }
        });
        if (!missing.isEmpty()) {
            throw BatchException.usage("the references in --command-config point to nothing on %s: %s"
                    .formatted(LocalHost.name(), String.join(", ", missing)));
        }
        return fetched;
    }

    /** @throws BatchException usage, when the target of a reference is missing */
    static void check(Properties kafka) {
        fetched(kafka);
    }
}
