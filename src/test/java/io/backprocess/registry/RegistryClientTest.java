package io.backprocess.registry;

import static io.backprocess.registry.RegistryAnswers.json;
import static io.backprocess.registry.RegistryAnswers.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.format.SchemaText;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryClientTest {
    private static final SchemaId SEVEN = SchemaId.of("7");
    private static final String PATH = "/schemas/ids/7";
    private static final String LEAF = "{\"schema\":\"{}\"}";

    private RegistryAnswers registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryAnswers();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void fetchesASchemaByItsGuid() throws Exception {
        String guid = "89791762-2336-4186-9674-299b90a802e2";
        registry.on(
                "/schemas/guids/" + guid,
                json(200, "{\"guid\":\"%s\",\"schema\":\"\\\"string\\\"\",\"schemaType\":\"AVRO\"}".formatted(guid)));

        StoredSchema fetched = client(registry.url()).get(SchemaId.of(guid));

        assertThat(fetched).isEqualTo(new StoredSchema(Format.AVRO, new SchemaText("\"string\"", List.of())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | check schema.registry.basic.auth.user.info or schema.registry.bearer.auth.token",
                "403 | check schema.registry.basic.auth.user.info or schema.registry.bearer.auth.token",
                "429 | the registry refuses the request",
                "500 | the registry or what stands before it fails",
                "503 | the registry or what stands before it fails"
            })
    void isDownWhileTheRegistryRefuses(int status, String words) {
        registry.on(PATH, json(status, "{\"error_code\":%d02,\"message\":\"no\"}".formatted(status)));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure)
                .hasMessageStartingWith("schema 7: GET %s%s answers %d: ".formatted(registry.url(), PATH, status))
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error_code\":40403,\"message\":\"Schema not found\"} | UNKNOWN",
                "{\"error_code\":40401,\"message\":\"Subject not found\"} | UNKNOWN",
                "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"} | DOWN",
                "{\"status\":404} | DOWN",
                "<html>Not Found</html> | DOWN"
            })
    void takesA404ForAnUnknownSchemaOnlyIfTheRegistrySaysSo(String body, RegistryException.Kind kind) {
        registry.on(PATH, text(404, "text/html", body));

        assertThat(failure(client(registry.url())).kind()).isEqualTo(kind);
    }

    @Test
    void isDownWhereNobodyAnswers() {
        String url = registry.url();
        registry.close();

        RegistryException failure = failure(client(url));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessage("schema 7: GET %s%s: the connection is refused".formatted(url, PATH));
    }

    @Test
    void isDownWhereTheHostIsNotKnown() {
        // A name that no server is asked for: its first part is too long.
        RegistryException failure = failure(client("http://%s.invalid:8081".formatted("x".repeat(64))));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessageEndingWith("the host is not known");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html>Welcome</html> | something that is not JSON",
                "{\"schema\": | something that is not JSON",
                "'' | something that is not JSON",
                "{\"status\":\"ok\"} | JSON that no schema registry writes",
                "{\"schema\":{\"type\":\"string\"}} | JSON that no schema registry writes"
            })
    void isDownWhenSomethingElseAnswers(String body, String words) {
        registry.on(PATH, text(200, "text/html", body));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessageContaining(words);
    }

    @Test
    void followsNoRedirectAndNamesItsTarget() throws Exception {
        try (RegistryAnswers other = new RegistryAnswers()) {
            other.on("/other", json(200, LEAF));
            registry.on(PATH, exchange -> {
                exchange.getResponseHeaders().set("Location", other.url() + "/other?token=secret");
                exchange.sendResponseHeaders(302, -1);
            });

            RegistryException failure = failure(client(registry.url()));

            assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
            assertThat(failure)
                    .hasMessageContaining("answers 302: a redirect to %s/other, which is not followed", other.url());
            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void waitsForNoAnswerThatStopsInTheMiddle() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        registry.on(PATH, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"schema\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await(end);
        });
        registry.on("/schemas/ids/8", exchange -> await(end));

        RegistryClient impatient = client(registry.url(), Duration.ofMillis(200));
        RegistryException inTheMiddle = failure(impatient);
        RegistryException atOnce = catchThrowableOfType(RegistryException.class, () -> impatient.get(SchemaId.of("8")));
        end.countDown();

        assertThat(List.of(inTheMiddle.kind(), atOnce.kind())).containsOnly(RegistryException.Kind.DOWN);
        assertThat(inTheMiddle).hasMessageContaining("does not answer within");
        assertThat(atOnce).hasMessageContaining("answer within");
    }

    @Test
    void waitsForNoAnswerThatDrips() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        registry.on(PATH, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (!cut.await(10, TimeUnit.MILLISECONDS)) {
                    out.write(' ');
                    out.flush();
                }
            } catch (IOException | InterruptedException e) {
                cut.countDown();
            }
        });

        RegistryException failure = failure(client(registry.url(), Duration.ofMillis(200)));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(failure).hasMessageContaining("does not answer within");
        assertThat(await(cut)).isTrue();
    }

    @Test
    void readsNoBodyBeyondTheBound() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        registry.on(PATH, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) ' ');
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                cut.countDown();
            }
        });

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure).hasMessage("schema 7: it has more than 64 MB with all schemas that it refers to");
        assertThat(await(cut)).isTrue();
    }

    @Test
    void boundsTheTextOfAllSchemasTogether() {
        String big = LEAF + " ".repeat(33 << 20);
        registry.on(PATH, json(200, schema("{}", "a", "b")));
        for (String subject : List.of("a", "b")) {
            registry.on(pathOf(subject), json(200, big));
        }

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure).hasMessageContaining("more than 64 MB");
    }

    @Test
    void refusesACycleWithItsPath() {
        registry.on(PATH, json(200, schema("{}", "a")));
        registry.on(pathOf("a"), json(200, schema("{}", "b")));
        registry.on(pathOf("b"), json(200, schema("{}", "c")));
        registry.on(pathOf("c"), json(200, schema("{}", "b")));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure)
                .hasMessage(
                        "schema 7: it refers to itself: version 1 of 'a' → version 1 of 'b' → version 1 of 'c' → version 1 of 'b'");
    }

    @Test
    void followsReferencesToADepthOf32() throws Exception {
        registry.on(PATH, json(200, schema("{}", "s1")));
        for (int depth = 1; depth < 32; depth++) {
            registry.on(pathOf("s" + depth), json(200, schema("{}", "s" + (depth + 1))));
        }
        registry.on(pathOf("s32"), json(200, LEAF));
        assertThat(client(registry.url()).get(SEVEN).text().references()).hasSize(32);

        registry.on(pathOf("s32"), json(200, schema("{}", "s33")));
        registry.on(pathOf("s33"), json(200, LEAF));

        RegistryException failure = failure(client(registry.url()));
        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure).hasMessageContaining("references are nested deeper than 32: version 1 of 's1' → ");
    }

    @Test
    void refusesTooManyReferencesBeforeItFetchesThem() {
        registry.on(
                PATH,
                json(
                        200,
                        schema(
                                "{}",
                                IntStream.rangeClosed(0, 10_000)
                                        .mapToObj(i -> "s" + i)
                                        .toArray(String[]::new))));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure).hasMessageContaining("it refers to more than 10000 schemas");
        assertThat(registry.asked()).containsExactly(PATH);
    }

    @Test
    void fetchesASchemaOnceThatSeveralReferTo() throws Exception {
        registry.on(PATH, json(200, schema("root", "left", "right")));
        registry.on(pathOf("left"), json(200, schema("left text", "shared")));
        registry.on(pathOf("right"), json(200, schema("right text", "shared")));
        registry.on(pathOf("shared"), json(200, schema("shared text")));

        SchemaText text = client(registry.url()).get(SEVEN).text();

        assertThat(text)
                .isEqualTo(new SchemaText(
                        "root",
                        List.of(
                                new SchemaText.Reference("shared", "shared text"),
                                new SchemaText.Reference("left", "left text"),
                                new SchemaText.Reference("right", "right text"))));
        assertThat(registry.asked()).doesNotHaveDuplicates();
    }

    @Test
    void refusesANameThatStandsForTwoSchemas() {
        registry.on(
                PATH,
                json(
                        200,
                        "{\"schema\":\"{}\",\"references\":[{\"name\":\"n\",\"subject\":\"a\",\"version\":1},{\"name\":\"n\",\"subject\":\"b\",\"version\":1}]}"));
        registry.on(pathOf("a"), json(200, schema("one")));
        registry.on(pathOf("b"), json(200, schema("other")));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(failure)
                .hasMessageContaining("the name 'n' stands for two schemas, one of which is version 1 of 'b'");
    }

    @Test
    void isUnknownWhenAReferenceIs() {
        registry.on(PATH, json(200, schema("{}", "gone")));

        RegistryException failure = failure(client(registry.url()));

        assertThat(failure.kind()).isEqualTo(RegistryException.Kind.UNKNOWN);
        assertThat(failure).hasMessageContaining("/subjects/gone/versions/1?deleted=true answers 404");
    }

    @Test
    void refusesAUrlThatIsNotOneOfARegistry() {
        assertThatThrownBy(() -> client("http://me:secret@registry:8081"))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("--registry has a user or a password in it")
                .hasMessageNotContaining("secret");
    }

    private static String schema(String text, String... subjects) {
        return "{\"schema\":\"%s\",\"references\":[%s]}"
                .formatted(
                        text,
                        Arrays.stream(subjects)
                                .map("{\"name\":\"%1$s\",\"subject\":\"%1$s\",\"version\":1}"::formatted)
                                .collect(Collectors.joining(",")));
    }

    private static String pathOf(String subject) {
        return "/subjects/%s/versions/1?deleted=true".formatted(subject);
    }

    /** The server interrupts its threads when it is closed. */
    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static RegistryException failure(RegistryClient client) {
        return catchThrowableOfType(RegistryException.class, () -> client.get(SEVEN));
    }

    private static RegistryClient client(String url) {
        return client(url, Duration.ofSeconds(20));
    }

    private static RegistryClient client(String url, Duration patience) {
        return RegistryClient.open(url, Framing.CONFLUENT, Format.AVRO, KafkaClients.of(new Properties()), patience);
    }
}
