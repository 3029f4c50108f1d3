package io.backprocess.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.Format;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SettingsStore;
import io.backprocess.format.SchemaText;
import io.backprocess.format.SchemaText.Reference;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.BarePlans;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoredSchemasITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final SchemaId SEVEN = SchemaId.of("7");
    private static final SchemaId CONTENT = SchemaId.of("content-7");
    private static final SchemaId GUID = SchemaId.of("89791762-2336-4186-9674-299b90a802e2");
    private static final StoredSchema SMALL =
            new StoredSchema(Format.AVRO, new SchemaText("\"string\"", List.of(new Reference("a.B", "\"int\""))));

    private final String batch = KAFKA.unique("batch");
    private final StoredSchemas schemas = StoredSchemas.of(batch, KAFKA.clients());

    @BeforeAll
    static void aTopicForAllBatches() {
        BarePlans.aTopicForAllBatches(KAFKA);
    }

    @Test
    void keepsTheSchemasOfOneBatchByTheirIds() {
        StoredSchema protobuf = new StoredSchema(
                Format.PROTOBUF, new SchemaText("syntax = \"proto3\"; // \u00fc\uD83D\uDE00", List.of()));
        StoredSchema json = new StoredSchema(Format.JSON_SCHEMA, new SchemaText("{}", List.of()));

        assertThat(schemas.putIfAbsent(SEVEN, SMALL).schemas()).isEqualTo(Map.of(SEVEN, SMALL));
        schemas.putIfAbsent(CONTENT, protobuf);
        schemas.putIfAbsent(GUID, json);
        StoredSchemas.of(batch + "-2", KAFKA.clients()).putIfAbsent(SEVEN, json);

        assertThat(StoredSchemas.of(batch, KAFKA.clients()).all())
                .isEqualTo(Map.of(SEVEN, SMALL, CONTENT, protobuf, GUID, json));
    }

    @Test
    void storesASchemaOnce() {
        schemas.putIfAbsent(SEVEN, SMALL);
        schemas.putIfAbsent(SEVEN, SMALL);

        assertThat(records()).hasSize(1);
    }

    @Test
    void splitsALargeSchemaBetweenCharacters() {
        // Characters of three and four bytes, so that hardly a part would end with a whole one by chance.
        StoredSchema large = new StoredSchema(
                Format.JSON_SCHEMA,
                new SchemaText(
                        "\u20ac".repeat(SchemaRecords.MAX_BYTES / 2),
                        List.of(new Reference("n", "\uD83D\uDE00".repeat(SchemaRecords.MAX_BYTES / 4)))));

        schemas.putIfAbsent(SEVEN, large);

        // Without their texts, which are too long for a message.
        assertThat(schemas.all().equals(Map.of(SEVEN, large))).isTrue();
        List<Integer> sizes = records().stream()
                .map(value -> value.getBytes(StandardCharsets.UTF_8).length)
                .toList();
        assertThat(sizes).hasSize(4).allMatch(size -> size <= SchemaRecords.MAX_BYTES);
        assertThat(records().stream().anyMatch(value -> value.indexOf('\uFFFD') >= 0))
                .as("half a character")
                .isFalse();
    }

    @Test
    void refusesAnotherTextForAnId() {
        schemas.putIfAbsent(SEVEN, SMALL);

        assertThatThrownBy(() -> schemas.putIfAbsent(
                        SEVEN, new StoredSchema(Format.AVRO, new SchemaText("\"string\"", List.of()))))
                .isInstanceOfSatisfying(BatchException.class, refused -> assertThat(refused.kind())
                        .isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageMatching(
                        "schema 7 of batch '%s' is stored with another text \\([0-9a-f]{12}\\) than the registry has now \\([0-9a-f]{12}\\): the registry was replaced or changed; .*"
                                .formatted(batch));
        assertThat(schemas.all()).isEqualTo(Map.of(SEVEN, SMALL));
    }

    @Test
    void letsSubtasksStoreTheSameSchemaAtOnce() throws Exception {
        ExecutorService subtasks = Executors.newFixedThreadPool(4);
        Callable<StoredSchemas.Contents> store =
                () -> StoredSchemas.of(batch, KAFKA.clients()).putIfAbsent(SEVEN, SMALL);

        List<Future<StoredSchemas.Contents>> stored = subtasks.invokeAll(List.of(store, store, store, store));

        for (Future<StoredSchemas.Contents> each : stored) {
            assertThat(each.get().schemas()).isEqualTo(Map.of(SEVEN, SMALL));
        }
        assertThat(schemas.all()).isEqualTo(Map.of(SEVEN, SMALL));
        subtasks.shutdown();
    }

    @Test
    void takesTheFirstAnswerWhenSubtasksGotTwo() {
        schemas.putUnknown(SEVEN, "not there");
        schemas.putIfAbsent(CONTENT, SMALL);

        BatchesTopic.write(
                KAFKA.clients(), key("7"), "{\"type\":\"avro\",\"schema\":\"\\\"int\\\"\",\"references\":[]}");
        BatchesTopic.write(KAFKA.clients(), key("content-7"), "{\"unknown\":\"not there\"}");

        assertThat(schemas.contents())
                .isEqualTo(new StoredSchemas.Contents(Map.of(CONTENT, SMALL), Map.of(SEVEN, "not there")));
        assertThat(schemas.putIfAbsent(SEVEN, SMALL).unknown()).containsEntry(SEVEN, "not there");
        assertThat(schemas.putUnknown(CONTENT, "gone").schemas()).containsEntry(CONTENT, SMALL);
    }

    @RepeatedTest(5)
    void givesSubtasksThatGotTwoAnswersAtOnceTheSameOneAndKeepsIt() throws Exception {
        ExecutorService subtasks = Executors.newFixedThreadPool(2);

        List<Future<StoredSchemas.Contents>> stored = subtasks.invokeAll(List.of(
                () -> StoredSchemas.of(batch, KAFKA.clients()).putIfAbsent(SEVEN, SMALL),
                () -> StoredSchemas.of(batch, KAFKA.clients()).putUnknown(SEVEN, "not there")));

        assertThat(stored.get(0).get()).isEqualTo(stored.get(1).get()).isEqualTo(schemas.contents());
        List<String> records = records();
        assertThat(records.get(records.size() - 1)).as("what compaction keeps").isEqualTo(records.get(0));
        subtasks.shutdown();
    }

    @Test
    void cutsALongReason() {
        schemas.putUnknown(SEVEN, "x".repeat(10_000_000));

        assertThat(schemas.contents().unknown()).isEqualTo(Map.of(SEVEN, "x".repeat(1000)));
    }

    @Test
    void refusesTwoTextsOfSubtasksThatAskedAtOnce() {
        schemas.putIfAbsent(SEVEN, SMALL);
        BatchesTopic.write(
                KAFKA.clients(), key("7"), "{\"type\":\"avro\",\"schema\":\"\\\"int\\\"\",\"references\":[]}");

        assertRefused(
                "schema 7 of batch '%s' has another text in backprocess.batches at offset ",
                "the registry was replaced");
    }

    @Test
    void refusesWhatIsDamagedWithItsOffset() {
        BatchesTopic.write(KAFKA.clients(), key("7"), "{\"type\":\"avro\",\"schema\":\"{}\"}");

        assertRefused("schema 7 of batch '%s' in backprocess.batches at offset ", "is damaged (a member is missing)");
    }

    @Test
    void refusesASplitSchemaWithoutOneOfItsPartsOrWithAnotherOne() {
        StoredSchema large =
                new StoredSchema(Format.AVRO, new SchemaText("x".repeat(2 * SchemaRecords.MAX_BYTES), List.of()));
        schemas.putIfAbsent(SEVEN, large);

        BatchesTopic.write(KAFKA.clients(), key("7/2"), null);
        assertRefused("schema 7 of batch '%s'", "is damaged (part 2 of 3 is missing)");

        BatchesTopic.write(KAFKA.clients(), key("7/2"), "yyy");
        assertRefused("schema 7 of batch '%s'", "its 3 parts do not have the hash that the first record names");
    }

    @Test
    void refusesAKeyThatNamesNoSchema() {
        BatchesTopic.write(KAFKA.clients(), key("seven"), "{}");

        assertRefused("schema seven of batch '%s'", "is damaged (its key names no schema)");
    }

    @Test
    void takesASchemaAgainWhoseRecordWasDeleted() {
        BatchesTopic.write(KAFKA.clients(), key("7"), "damaged");
        BatchesTopic.write(KAFKA.clients(), key("7"), null);

        schemas.putIfAbsent(SEVEN, SMALL);

        assertThat(schemas.all()).isEqualTo(Map.of(SEVEN, SMALL));
    }

    @Test
    void isNoPlanNoMarkAndNoSettingsOfABatch() {
        schemas.putIfAbsent(SEVEN, SMALL);

        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            List<BatchException> damaged = new ArrayList<>();
            assertThat(new PlanStore(admin).all().readable(damaged::add)).doesNotContainKey(batch);
            // The topic has damaged plans of other tests.
            assertThat(damaged)
                    .extracting(BatchException::getMessage)
                    .noneMatch(message -> message.contains("'" + batch + "'") || message.contains("'" + batch + "/"));
            assertThat(new MarkStore(admin).find(batch)).isEmpty();
            assertThat(new SettingsStore(admin).get(batch)).isEqualTo(BatchSettings.NONE);
        }
    }

    private void assertRefused(String start, String words) {
        assertThatThrownBy(schemas::all)
                .isInstanceOfSatisfying(BatchException.class, refused -> assertThat(refused.kind())
                        .isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageStartingWith(start.formatted(batch))
                .hasMessageContaining(words);
    }

    private String key(String end) {
        return batch + "/schema/" + end;
    }

    /** The values of the batch's schemas, as they are in the topic. */
    private List<String> records() {
        List<String> values = new ArrayList<>();
        BatchesTopic.readUncommitted(KAFKA.clients(), record -> {
            if (new String(record.key(), StandardCharsets.UTF_8).startsWith(key(""))) {
                values.add(new String(record.value(), StandardCharsets.UTF_8));
            }
        });
        return values;
    }
}
