package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Reads the file with properties for Kafka's clients. The clients accept any key and ignore unknown ones, so a misspelt key
 * ends in an error about something else.
 */
public final class ClientProperties {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ClientProperties() {}

    /** @throws BatchException usage, when the file cannot be read */
    public static Properties read(Path file) {
        Properties properties = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw BatchException.usage("--command-config %s cannot be read: %s".formatted(file, e.getMessage()));
        }
        return properties;
    }

    /**
     * Returns a warning for each key that no Kafka client knows and that resembles a known one. Other unknown keys may be for
     * classes that the file names itself: a login module, an interceptor, a metrics reporter. Keys for the schema registry are
     * for its client alone, so each unknown one has a warning.
     */
    public static List<String> misspelt(Properties properties) {
        Set<String> known = new TreeSet<>(ConsumerConfig.configNames());
        known.addAll(ProducerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        List<String> lines = new ArrayList<>();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            if (key.startsWith(RegistryProperties.PREFIX)) {
                unknownOfRegistry(key).ifPresent(lines::add);
            } else if (!known.contains(key) && !key.startsWith("config.providers.")) {
                nearest(key, known)
                        .ifPresent(
                                near -> lines.add("no Kafka client has a property '%s', so it does nothing; is it '%s'?"
                                        .formatted(key, near)));
            }
        }
        return lines;
    }

    /** Returns a warning if the registry's client does not know the key. It is for no other class. */
    private static Optional<String> unknownOfRegistry(String key) {
        Set<String> known = RegistryProperties.names();
        if (known.contains(key)) {
            return Optional.empty();
        }
        String does = "the client of the schema registry has no property '%s', so it does nothing".formatted(key);
        return Optional.of(nearest(key, known)
                .map(near -> "%s; is it '%s'?".formatted(does, near))
                .orElse(does));
    }

    private static Optional<String> nearest(String key, Set<String> known) {
        String plain = plain(key);
        Map<String, Integer> near = new HashMap<>();
        for (String name : known) {
            int distance = distance(plain, plain(name));
            boolean isBeginning = name.startsWith(key + ".");
            if (isBeginning || distance <= Math.max(1, plain.length() / 6)) {
                near.put(name, distance);
            }
        }
        return near.entrySet().stream()
                .min(Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .map(Map.Entry::getKey);
    }

    /** Undoes the spelling of environment variables and YAML: security_protocol. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
    }

    /** Returns how many characters must be added, removed or replaced (Levenshtein). */
    private static int distance(String one, String other) {
        int[] before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, Math.min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        return before[other.length()];
    }
}
