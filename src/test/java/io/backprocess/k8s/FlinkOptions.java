package io.backprocess.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** Every option that Flink's jars declare, the operator's, and those that are read by name only; so that no typo can hide. */
final class FlinkOptions {
    /** One class of each jar with options. */
    private static final List<Class<?>> ANCHORS = List.of(
            CoreOptions.class,
            JobGraph.class,
            ClientOptions.class,
            RocksDBOptions.class,
            KubernetesConfigOptions.class);

    private static final Path OPERATOR = Path.of("src/test/resources/k8s/operator-options-1.15.0.txt");

    /** What Flink documents, but declares nowhere: of a reporter, and of the S3 file systems. */
    private static final Map<String, ConfigOption<?>> BY_NAME = Map.of(
            "metrics.reporter.prom.factory.class", of("metrics.reporter.prom.factory.class", "string"),
            "metrics.reporter.prom.port", of("metrics.reporter.prom.port", "string"),
            "metrics.reporter.prom.filterLabelValueCharacters",
                    of("metrics.reporter.prom.filterLabelValueCharacters", "boolean"),
            "s3.endpoint", of("s3.endpoint", "string"),
            "s3.path.style.access", of("s3.path.style.access", "boolean"));

    private final Map<String, ConfigOption<?>> options = new TreeMap<>(BY_NAME);

    FlinkOptions() {
        ANCHORS.forEach(this::addAllBeside);
        for (String line : lines(OPERATOR)) {
            if (!line.startsWith("#")) {
                String[] words = line.split(" ", 2);
                options.put(words[0], of(words[0], words[1]));
            }
        }
    }

    int size() {
        return options.size();
    }

    /** What is wrong with a line of a configuration: an unknown key, one that has another name by now, an unreadable value. */
    Optional<String> problem(String key, String value) {
        ConfigOption<?> option = options.get(key);
        if (option == null) {
            return Optional.of("%s is no option of Flink or its operator".formatted(key));
        }
        try {
            new Configuration(Configuration.fromMap(Map.of(key, value))).get(option);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("%s: %s is no value for it: %s".formatted(key, value, e.getMessage()));
        }
    }

    private void addAllBeside(Class<?> anchor) {
        try (JarFile jar = new JarFile(Path.of(anchor.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toFile())) {
            jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/apache/flink/[^$]*Options(Internal)?\\.class"))
                    .filter(name -> !name.contains("/shaded/"))
                    .forEach(name -> add(name.replace('/', '.').replaceFirst("\\.class$", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(String type) {
        try {
            for (Field field : Class.forName(type).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && ConfigOption.class == field.getType()) {
                    field.setAccessible(true);
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    options.put(option.key(), option);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type, e);
        }
    }

    private static ConfigOption<?> of(String key, String type) {
        ConfigOptions.OptionBuilder builder = ConfigOptions.key(key);
        return switch (type) {
            case "boolean" -> builder.booleanType().noDefaultValue();
            case "int" -> builder.intType().noDefaultValue();
            case "double" -> builder.doubleType().noDefaultValue();
            case "duration" -> builder.durationType().noDefaultValue();
            case "memory" -> builder.memoryType().noDefaultValue();
            case "map" -> builder.mapType().noDefaultValue();
            default -> builder.stringType().noDefaultValue();
        };
    }

    private static List<String> lines(Path file) {
        try {
            return new ArrayList<>(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keys that the operator refuses, because it sets them itself (its DefaultValidator). */
    static final Set<String> FORBIDDEN =
            Set.of("kubernetes.namespace", "kubernetes.cluster-id", "high-availability.cluster-id");
}
