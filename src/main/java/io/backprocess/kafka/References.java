package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigTransformer;

/**
 * What client properties only refer to: {@code ${file:/etc/kafka/secret.properties:jaas}}. Kafka's clients fetch it through
 * {@code config.providers} in whichever process they run, so that a job takes nothing but the reference along.
 *
 * <p>What is not there they leave as it is written, and then complain about something else, for instance a keystore's password:
 * here it is said first.
 */
public final class References {
    private References() {}

    /**
     * The properties as Kafka's clients see them in this process. They hold secrets then and go nowhere else.
     *
     * @throws BatchException usage, when something is not there
     */
    static Properties fetched(Properties kafka) {
        if (!kafka.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            return kafka;
        }
        Properties fetched = new Properties();
        try {
            fetched.putAll(new AbstractConfig(new ConfigDef(), kafka, false).originals());
        } catch (KafkaException e) {
            throw BatchException.usage("what --command-config refers to cannot be fetched on %s: %s"
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
            throw BatchException.usage("what --command-config refers to is not there on %s: %s"
                    .formatted(LocalHost.name(), String.join(", ", missing)));
        }
        return fetched;
    }

    /** @throws BatchException usage, when something is not there */
    public static void check(Properties kafka) {
        fetched(kafka);
    }

    /**
     * The same in a job.
     *
     * @throws SuppressRestartsException since a restart would find the same
     */
    public static void checkInJob(String batchId, Properties kafka) {
        try {
            check(kafka);
        } catch (BatchException e) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "%s; put it there, then go on with: resume --batch-id %s".formatted(e.getMessage(), batchId)));
        }
    }
}
