package io.backprocess.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.format.SchemaText;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.ApicurioRegistry.Reference;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryClientITCase {
    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final String COUNTRY =
            "{\"type\":\"record\",\"name\":\"Country\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"code\",\"type\":\"string\"}]}";
    private static final String ADDRESS =
            "{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"in\",\"type\":\"shop.Country\"}]}";
    private static final String USER =
            "{\"type\":\"record\",\"name\":\"User\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"home\",\"type\":\"shop.Address\"},{\"name\":\"born\",\"type\":\"shop.Country\"}]}";

    @Test
    void fetchesAvroWithReferencesOnThreeLevels() throws Exception {
        String subject = REGISTRY.unique("user-value");
        int id = registerUser(subject);

        List<StoredSchema> fetched = List.of(
                client(Framing.CONFLUENT, Format.AVRO).get(confluent(id)),
                client(REGISTRY.confluentUrl() + "/", Framing.APICURIO_CONTENT4, Format.AVRO)
                        .get(content(id)),
                client(Framing.APICURIO_CONTENT4, Format.AVRO).get(content(id)),
                client(Framing.APICURIO_HEADERS, Format.AVRO).get(content(id)),
                client(Framing.APICURIO_GLOBAL8, Format.AVRO).get(global(REGISTRY.globalId(subject, 1))));

        assertThat(fetched)
                .containsOnly(new StoredSchema(
                        Format.AVRO,
                        new SchemaText(
                                USER,
                                List.of(
                                        new SchemaText.Reference("shop.Country", COUNTRY),
                                        new SchemaText.Reference("shop.Address", ADDRESS)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONFLUENT", "APICURIO_CONTENT4", "APICURIO_GLOBAL8", "APICURIO_HEADERS"})
    void registersAVersionThatRefersToWhatTheLatestOneRefersTo(Framing framing) throws Exception {
        String subject = REGISTRY.unique("user-value");
        registerUser(subject);
        REGISTRY.setCompatibility(subject, "BACKWARD");
        String good = USER.replace("]}", ",{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}]}");
        String bad = USER.replace("]}", ",{\"name\":\"note\",\"type\":\"string\"}]}");
        RegistryClient client = client(framing, Format.AVRO);

        RegistryApi.Draft goodDraft = client.draft(subject, good);
        RegistryApi.Draft badDraft = client.draft(subject, bad);

        // Apicurio's Confluent API forgets the references when it is asked this.
        if (framing != Framing.CONFLUENT) {
            assertThat(client.objections(subject, goodDraft)).isEmpty();
        }
        assertThat(client.objections(subject, badDraft)).isNotEmpty();
        assertThat(client.find(subject, goodDraft)).isEmpty();
        assertThat(client.nextVersion(subject)).isEqualTo(2);
        RegistryException refused =
                catchThrowableOfType(RegistryException.class, () -> client.register(subject, badDraft));
        assertThat(refused.kind()).isEqualTo(RegistryException.Kind.BAD);
        assertThat(refused).hasMessageContaining("ncompatible");
        client.register(subject, goodDraft);
        client.register(subject, goodDraft);

        RegistryApi.Version version = client.find(subject, goodDraft).orElseThrow();
        assertThat(version.number()).isEqualTo(2);
        assertThat(client.version(subject, 2)).isEqualTo(version);
        assertThat(client.versions(subject))
                .extracting(RegistryApi.Version::number)
                .containsExactlyInAnyOrder(1, 2);
        assertThat(client.versions(subject)).contains(version);
        assertThat(client.get(version.id())).isEqualTo(client.resolve(goodDraft));
    }

    @Test
    void asksTheRegistryWhereAPropertySaysThatItHasMoved() throws Exception {
        int id = registerUser(REGISTRY.unique("user-value"));
        Properties moved = new Properties();
        moved.setProperty("schema.registry.url", REGISTRY.confluentUrl());

        RegistryClient client =
                RegistryClient.open("http://127.0.0.1:1", Framing.CONFLUENT, Format.AVRO, KafkaClients.of(moved));

        assertThat(client.get(confluent(id)).text().text()).isEqualTo(USER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONFLUENT", "APICURIO_GLOBAL8"})
    void registersTheFirstVersionOfASubject(Framing framing) throws Exception {
        String subject = REGISTRY.unique("first-value");
        String text = "syntax = \"proto3\"; message First { string a = 1; }";
        RegistryClient client = client(framing, Format.PROTOBUF);
        RegistryApi.Draft draft = client.draft(subject, text);

        assertThat(client.find(subject, draft)).isEmpty();
        assertThat(client.nextVersion(subject)).isOne();
        assertThat(client.objections(subject, draft)).isEmpty();
        client.register(subject, draft);

        assertThat(client.find(subject, draft).orElseThrow().number()).isEqualTo(1);
        assertThat(catchThrowableOfType(RegistryException.class, () -> client.versions(subject + "-other"))
                        .kind())
                .isEqualTo(RegistryException.Kind.UNKNOWN);
    }

    @Test
    void fetchesWhatProtobufImports() throws Exception {
        String money = "syntax = \"proto3\"; package shop; message Money { string amount = 1; }";
        String item =
                "syntax = \"proto3\"; package shop; import \"shop/money.proto\"; message Item { Money price = 1; }";
        String order =
                "syntax = \"proto3\"; package shop; import \"shop/item.proto\"; import \"google/protobuf/timestamp.proto\"; message Order { Item item = 1; google.protobuf.Timestamp at = 2; }";
        String subject = REGISTRY.unique("order-value");
        // A name with what a path has to encode.
        String imported = REGISTRY.unique("shop/money %.proto");
        String between = REGISTRY.unique("shop/item.proto");
        REGISTRY.register(imported, "PROTOBUF", money);
        REGISTRY.register(between, "PROTOBUF", item, new Reference("shop/money.proto", imported, 1));
        int id = REGISTRY.register(subject, "PROTOBUF", order, new Reference("shop/item.proto", between, 1));

        List<StoredSchema> fetched = List.of(
                client(Framing.CONFLUENT, Format.PROTOBUF).get(confluent(id)),
                client(Framing.APICURIO_CONTENT4, Format.PROTOBUF).get(content(id)),
                client(Framing.APICURIO_GLOBAL8, Format.PROTOBUF).get(global(REGISTRY.globalId(subject, 1))));

        assertThat(fetched)
                .containsOnly(new StoredSchema(
                        Format.PROTOBUF,
                        new SchemaText(
                                order,
                                List.of(
                                        new SchemaText.Reference("shop/money.proto", money),
                                        new SchemaText.Reference("shop/item.proto", item)))));
    }

    @Test
    void fetchesWhatAJsonSchemaRefersTo() throws Exception {
        String money = "{\"type\":\"object\",\"properties\":{\"amount\":{\"type\":\"number\"}}}";
        String order = "{\"type\":\"object\",\"properties\":{\"price\":{\"$ref\":\"money.json\"}}}";
        String subject = REGISTRY.unique("order-value");
        String referred = REGISTRY.unique("money");
        REGISTRY.register(referred, "JSON", money);
        int id = REGISTRY.register(subject, "JSON", order, new Reference("money.json", referred, 1));

        List<StoredSchema> fetched = List.of(
                client(Framing.CONFLUENT, Format.JSON_SCHEMA).get(confluent(id)),
                client(Framing.APICURIO_CONTENT4, Format.JSON_SCHEMA).get(content(id)),
                client(Framing.APICURIO_GLOBAL8, Format.JSON_SCHEMA).get(global(REGISTRY.globalId(subject, 1))));

        assertThat(fetched)
                .containsOnly(new StoredSchema(
                        Format.JSON_SCHEMA,
                        new SchemaText(order, List.of(new SchemaText.Reference("money.json", money)))));
    }

    @Test
    void fetchesASchemaWhoseSubjectIsDeleted() throws Exception {
        String subject = REGISTRY.unique("user-value");
        String deleted = "{\"type\":\"enum\",\"name\":\"%s\",\"symbols\":[\"A\"]}".formatted(subject.replace('-', '_'));
        int id = REGISTRY.register(subject, "AVRO", deleted);
        REGISTRY.delete(subject);

        StoredSchema stored = new StoredSchema(Format.AVRO, new SchemaText(deleted, List.of()));
        assertThat(client(Framing.CONFLUENT, Format.AVRO).get(confluent(id))).isEqualTo(stored);
        assertThat(client(Framing.APICURIO_CONTENT4, Format.AVRO).get(content(id)))
                .isEqualTo(stored);
    }

    @Test
    void saysThatTheRegistryDoesNotKnowAnId() {
        assertThat(failure(client(Framing.CONFLUENT, Format.AVRO), confluent(987_654)))
                .hasMessage("schema 987654: GET %s/schemas/ids/987654 answers 404: the registry does not have it"
                        .formatted(REGISTRY.confluentUrl()))
                .extracting(RegistryException::kind)
                .isEqualTo(RegistryException.Kind.UNKNOWN);
        assertThat(failure(client(Framing.APICURIO_CONTENT4, Format.AVRO), content(987_654))
                        .kind())
                .isEqualTo(RegistryException.Kind.UNKNOWN);
        assertThat(failure(client(Framing.APICURIO_GLOBAL8, Format.AVRO), global(987_654))
                        .kind())
                .isEqualTo(RegistryException.Kind.UNKNOWN);
    }

    /** Apicurio answers this path with 404 and an empty body; RegistryClientTest has an answer as Confluent's registry gives it. */
    @Test
    void doesNotTakeAMissingPathForAnUnknownSchema() {
        RegistryException guid = failure(
                client(Framing.CONFLUENT_HEADER, Format.AVRO), SchemaId.of("0f5e7e8a-0000-4000-8000-000000000001"));
        RegistryException path =
                failure(client(REGISTRY.url().replace("v3", "v9"), Framing.APICURIO_CONTENT4, Format.AVRO), content(1));

        assertThat(guid.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(path.kind()).isEqualTo(RegistryException.Kind.DOWN);
        assertThat(path).hasMessageContaining("answers 404, but not as a schema registry does; check --registry");
    }

    @Test
    void refusesASchemaOfAnotherType() {
        String subject = REGISTRY.unique("user-value");
        int id = registerUser(subject);

        for (RegistryException failure : List.of(
                failure(client(Framing.CONFLUENT, Format.PROTOBUF), confluent(id)),
                failure(client(Framing.APICURIO_CONTENT4, Format.PROTOBUF), content(id)),
                failure(client(Framing.APICURIO_GLOBAL8, Format.PROTOBUF), global(REGISTRY.globalId(subject, 1))))) {
            assertThat(failure.kind()).isEqualTo(RegistryException.Kind.BAD);
            assertThat(failure).hasMessageEndingWith("it is of type AVRO, and --format protobuf needs PROTOBUF");
        }
    }

    private static int registerUser(String subject) {
        String country = REGISTRY.unique("country");
        String address = REGISTRY.unique("address");
        REGISTRY.register(country, "AVRO", COUNTRY);
        REGISTRY.register(address, "AVRO", ADDRESS, new Reference("shop.Country", country, 1));
        return REGISTRY.register(
                subject,
                "AVRO",
                USER,
                new Reference("shop.Address", address, 1),
                new Reference("shop.Country", country, 1));
    }

    private static SchemaId confluent(long id) {
        return SchemaId.number(SchemaId.Kind.CONFLUENT, id);
    }

    private static SchemaId content(long id) {
        return SchemaId.number(SchemaId.Kind.CONTENT, id);
    }

    private static SchemaId global(long id) {
        return SchemaId.number(SchemaId.Kind.GLOBAL, id);
    }

    private static RegistryException failure(RegistryClient client, SchemaId id) {
        return catchThrowableOfType(RegistryException.class, () -> client.get(id));
    }

    private static RegistryClient client(Framing framing, Format format) {
        boolean confluent = framing == Framing.CONFLUENT || framing == Framing.CONFLUENT_HEADER;
        return client(confluent ? REGISTRY.confluentUrl() : REGISTRY.url(), framing, format);
    }

    private static RegistryClient client(String url, Framing framing, Format format) {
        return RegistryClient.open(url, framing, format, KafkaClients.of(new Properties()));
    }
}
