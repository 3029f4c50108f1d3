package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What kustomize makes of a directory below {@code k8s}: the real one, which {@code .ci/kustomize} fetches. */
final class Manifests {
    static final Path K8S = Path.of("k8s");
    static final String NAMESPACE = "namespace";
    static final String PROOF = "proof";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, List<JsonNode>> RENDERED = new ConcurrentHashMap<>();
    /** Of .ci/kustomize, when there is no kubectl to be had. */
    private static final int NO_KUBECTL = 3;

    private Manifests() {}

    /** Every overlay, as {@code overlays/production}. */
    static List<String> overlays() {
        try (Stream<Path> directories = Files.list(K8S.resolve("overlays"))) {
            return directories.map(K8S::relativize).map(Path::toString).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that is applied as a whole. */
    static List<String> all() {
        return Stream.concat(Stream.of(NAMESPACE), clusters().stream()).toList();
    }

    /** All that brings a Flink cluster. */
    static List<String> clusters() {
        return Stream.concat(overlays().stream(), Stream.of(PROOF)).toList();
    }

    /** Copies of the documents of a directory, which may be changed. */
    static List<JsonNode> of(String directory) {
        return RENDERED.computeIfAbsent(directory, Manifests::render).stream()
                .<JsonNode>map(JsonNode::deepCopy)
                .toList();
    }

    static List<JsonNode> of(String directory, String kind) {
        return of(directory).stream().filter(kind(kind)).toList();
    }

    static Predicate<JsonNode> kind(String kind) {
        return document -> document.path("kind").asText().equals(kind);
    }

    /** {@code FlinkDeployment/batch-1}. */
    static String name(JsonNode document) {
        return document.path("kind").asText() + "/"
                + document.at("/metadata/name").asText();
    }

    static List<JsonNode> read(Path file) {
        try {
            return read(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> read(String text) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll();
        }
    }

    private static List<JsonNode> render(String directory) {
        try {
            Path log = Files.createTempFile("kustomize", ".log");
            Process kustomize = new ProcessBuilder(
                            ".ci/kustomize", K8S.resolve(directory).toString())
                    .redirectError(log.toFile())
                    .start();
            String text;
            try (InputStream out = kustomize.getInputStream()) {
                text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            }
            int exitCode = kustomize.waitFor();
            String complaints = Files.readString(log);
            Files.delete(log);
            // Whoever only builds may have neither npm nor kubectl; what has to pass before a change lands has them.
            if (exitCode == NO_KUBECTL && System.getenv("CI") == null) {
                abort("the manifests are not checked: " + complaints);
            }
            assertThat(exitCode).as(complaints).isZero();
            return new ArrayList<>(read(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
