package io.backprocess.registry;

import static io.backprocess.registry.RegistryAnswers.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.ResultSchema;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResultSchemasTest {
    private static final String TEXT = "{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}";
    private static final String LATEST = "/subjects/a-value/versions/latest";
    private static final String FIND = "/subjects/a-value";
    private static final String VERSIONS = "/subjects/a-value/versions";
    private static final String COMPATIBILITY = "/compatibility/subjects/a-value/versions/latest?verbose=true";
    private static final String SEVEN = "/schemas/ids/7";
    private static final String OF_SEVEN =
            "{\"subject\":\"a-value\",\"version\":%d,\"id\":7,\"schema\":\"\",\"references\":[%s]}";

    private final List<String> registered = new CopyOnWriteArrayList<>();
    private RegistryAnswers registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryAnswers();
        registry.on(SEVEN, json(200, "{\"schema\":\"%s\"}".formatted(TEXT.replace("\"", "\\\""))));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void asksOnceForASchemaThatTheRegistryHas() {
        registry.on(FIND, json(200, OF_SEVEN.formatted(3, "")));

        ResultSchemas.Look look = schemas().look(false);

        assertThat(look).isInstanceOfSatisfying(ResultSchemas.Registered.class, found -> {
            assertThat(found.id()).isEqualTo(SchemaId.of("7"));
            assertThat(found.version()).isEqualTo(3);
            assertThat(found.schema().text().text()).isEqualTo(TEXT);
        });
        assertThat(registry.asked()).containsExactly(LATEST, FIND, SEVEN);
    }

    @Test
    void readsFromTheRegistryWhatItHasRegistered() {
        ResultSchemas schemas = schemas();
        ResultSchemas.Unregistered look = unregistered(schemas);
        assertThat(schemas.inWords(look)).isEqualTo("the registry says that it is compatible as version 1 of a-value");
        assertThat(registry.asked()).containsExactly(LATEST, FIND, VERSIONS, COMPATIBILITY);
        takeSchemasAs(4);
        registry.asked().clear();

        ResultSchemas.Registered now = schemas.register(look);

        // Another client was faster three times.
        assertThat(now.version()).isEqualTo(4);
        assertThat(now.id()).isEqualTo(SchemaId.of("7"));
        assertThat(registry.asked()).containsExactly(VERSIONS, FIND, SEVEN);
    }

    @Test
    void registersTheReferencesThatItHasLookedAt() {
        registry.on(LATEST, json(200, OF_SEVEN.formatted(1, reference(1))));
        registry.on("/subjects/b/versions/1?deleted=true", json(200, "{\"schema\":\"\\\"string\\\"\"}"));
        registry.on(VERSIONS, json(200, "[]"));
        ResultSchemas schemas = schemas();
        ResultSchemas.Unregistered look = unregistered(schemas);
        takeSchemasAs(2);

        registry.on(LATEST, json(200, OF_SEVEN.formatted(1, reference(2))));
        schemas.register(look);

        assertThat(registered).singleElement().asString().contains(reference(1)).doesNotContain(reference(2));
    }

    @Test
    void refusesASchemaThatTheRegistryDoesNotHaveAfterwards() {
        ResultSchemas schemas = schemas();
        ResultSchemas.Unregistered look = unregistered(schemas);
        registry.on(VERSIONS, json(200, "{\"id\":7}"));

        assertThatThrownBy(() -> schemas.register(look))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("does not have this schema under subject 'a-value'");
    }

    private static String reference(int version) {
        return "{\"name\":\"b\",\"subject\":\"b\",\"version\":%d}".formatted(version);
    }

    private void takeSchemasAs(int version) {
        registry.on(VERSIONS, exchange -> {
            registered.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            json(200, "{\"id\":7}").to(exchange);
        });
        registry.on(FIND, json(200, OF_SEVEN.formatted(version, "")));
    }

    private static ResultSchemas.Unregistered unregistered(ResultSchemas schemas) {
        return (ResultSchemas.Unregistered) schemas.look(true);
    }

    private ResultSchemas schemas() {
        Encoding encoding =
                new Encoding(Format.AVRO, Framing.CONFLUENT, registry.url(), new ResultSchema("a-value", null, TEXT));
        return Objects.requireNonNull(ResultSchemas.of("b", encoding, KafkaClients.of(new Properties())));
    }
}
