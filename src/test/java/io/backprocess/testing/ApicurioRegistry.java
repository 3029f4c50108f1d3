package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real schema registry on the loopback: {@code @RegisterExtension static final ApicurioRegistry REGISTRY = new
 * ApicurioRegistry();}
 *
 * <p>One process serves all test classes of a JVM; it starts with the first and ends with the JVM. Tests therefore name their
 * subjects with {@link #unique}. It needs Java 21 or newer. Where there is none, the tests are skipped; they fail where CI is set.
 */
public final class ApicurioRegistry implements BeforeAllCallback {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    /** A schema that another one refers to. */
    public record Reference(String name, String subject, int version) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        if (NewerJava.find().isEmpty() && System.getenv("CI") == null) {
            abort("Java 21 or newer is not there, which the schema registry needs");
        }
        assertThat(Shared.PROCESS.isAlive()).as("see %s", Shared.LOG).isTrue();
    }

    /** The process of this JVM. */
    private static final class Shared {
        static final int PORT = freePort();
        static final Path LOG = Path.of("target", "apicurio-registry-%d.log".formatted(PORT));
        static final Process PROCESS = start();

        private static int freePort() {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Process start() {
            Path home = Path.of("target", "apicurio-registry").toAbsolutePath();
            assertThat(home.resolve("quarkus-run.jar"))
                    .as("unpack it with: mvn dependency:unpack@registry")
                    .exists();
            Path java = NewerJava.find().orElseThrow(() -> new AssertionError("no Java 21 or newer is there"));
            try {
                Process process = new ProcessBuilder(
                                java.toString(),
                                // As little as it starts well with.
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dquarkus.http.host=127.0.0.1",
                                "-Dquarkus.http.port=" + PORT,
                                "-Dquarkus.management.host=127.0.0.1",
                                "-Dquarkus.management.port=0",
                                "-Dquarkus.http.access-log.enabled=false",
                                "-jar",
                                "quarkus-run.jar")
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(LOG.toFile())
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
                TestBatch.await("the schema registry to start; see " + LOG, () -> answers(process));
                return process;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean answers(Process process) {
            assertThat(process.isAlive())
                    .as("the schema registry has ended; see %s", LOG)
                    .isTrue();
            HttpRequest request = HttpRequest.newBuilder(URI.create(root() + "/apis/registry/v3/system/info"))
                    .build();
            try {
                return HttpClient.newHttpClient()
                                .send(request, BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        private static String root() {
            return "http://127.0.0.1:" + PORT;
        }
    }

    /** A name that no other test of this JVM has. */
    public String unique(String name) {
        return name + "-" + NAMES.incrementAndGet();
    }

    /** Apicurio's own API. */
    public String url() {
        return Shared.root() + "/apis/registry/v3";
    }

    /** Confluent's API. */
    public String confluentUrl() {
        return Shared.root() + "/apis/ccompat/v7";
    }

    /**
     * Registers a version of a subject, as Confluent's serializers do it.
     *
     * @param type AVRO, PROTOBUF or JSON
     * @return the id, which is a content id of Apicurio too
     */
    public int register(String subject, String type, String schema, Reference... references) {
        String body = json(Map.of("schemaType", type, "schema", schema, "references", List.of(references)));
        HttpResponse<String> response = send(HttpRequest.newBuilder(subject(subject, "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        try {
            return JSON.readTree(response.body()).required("id").asInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets the rule that new versions of a subject have to obey, such as BACKWARD. */
    public void setCompatibility(String subject, String level) {
        send(HttpRequest.newBuilder(URI.create(confluentUrl() + "/config/" + encode(subject)))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .PUT(HttpRequest.BodyPublishers.ofString(json(Map.of("compatibility", level)))));
    }

    /** Returns Apicurio's global id of a version. */
    public long globalId(String subject, int version) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(
                URI.create("%s/groups/default/artifacts/%s/versions/%d".formatted(url(), encode(subject), version))));
        try {
            return JSON.readTree(response.body()).required("globalId").asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a subject, so that it can be brought back. */
    public void delete(String subject) {
        send(HttpRequest.newBuilder(subject(subject, "")).DELETE());
    }

    private URI subject(String subject, String rest) {
        return URI.create(confluentUrl() + "/subjects/" + encode(subject) + rest);
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
