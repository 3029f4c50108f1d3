package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.TopicNames;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.control.MarkStore;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerSurvey;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.promote.Aliases;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.Specs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client that may write to Backprocess's own topics writes nonsense there. It is reported in one line, and all other batches
 * go on.
 */
@SuppressWarnings("NullAway.Init")
class HostileTopicsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static final String RED = "\u001b[31m";
    private static final List<ProducerRecord<byte[], byte[]>> WRITTEN = new ArrayList<>();

    private static String topic;
    private static String good;
    private static boolean deserialised;

    /** What Java's own serialization would run. */
    static final class Trap implements Serializable {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("UnusedMethod")
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            deserialised = true;
        }
    }

    @BeforeAll
    static void aBatch() {
        topic = SHELL.sample(50);
        good = KAFKA.unique("good");
        SHELL.run(topic, good).succeeds();
    }

    /** The other tests shall not trip over it. */
    @AfterAll
    static void takeItBack() {
        WRITTEN.forEach(record -> KAFKA.send(new ProducerRecord<>(record.topic(), 0, record.key(), null)));
    }

    private static Map<String, byte[]> nonsense() throws IOException {
        Map<String, byte[]> nonsense = new LinkedHashMap<>();
        for (String text : List.of(
                "",
                "null",
                "[]",
                "17",
                "\"text\"",
                "{}",
                "{\"spec\":null}",
                "{\"spec\":{\"batchId\":7}}",
                "{\"spec\":")) {
            nonsense.put(text, bytes(text));
        }
        nonsense.put("deep", bytes("[".repeat(90_000)));
        nonsense.put("deep objects", bytes("{\"previous\":".repeat(9_000)));
        nonsense.put("huge", bytes("\"" + "x".repeat(900_000) + "\""));
        nonsense.put("a huge number", bytes("{\"maxParallelism\":1e1000000000}"));
        nonsense.put("no text", new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1, 2});
        ByteArrayOutputStream java = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(java)) {
            out.writeObject(new Trap());
        }
        nonsense.put("a Java object", java.toByteArray());
        nonsense.put(
                "a class name",
                bytes(
                        "[\"io.backprocess.cli.HostileTopicsITCase$Trap\",{\"@class\":\"java.net.URL\",\"val\":\"http://127.0.0.1:1\"}]"));
        return nonsense;
    }

    @Test
    void damagedPlansConcernOnlyTheirOwnBatch() throws Exception {
        Map<String, byte[]> plans = nonsense();
        BatchPlan plan = plan("x");
        plans.put(
                "negative offsets",
                text(plan).replace("\"start\":0", "\"start\":-5").getBytes(StandardCharsets.UTF_8));
        plans.put(
                "another hash",
                text(plan)
                        .replace("\"maxParallelism\":1024", "\"maxParallelism\":2048")
                        .getBytes(StandardCharsets.UTF_8));
        List<String> ids = new ArrayList<>();
        plans.forEach((what, value) -> ids.add(write(TopicNames.BATCHES, KAFKA.unique("bad"), value)));
        // These have the right hash.
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(new OffsetRange(7, 0, 9)), 1024, 0, 0)));
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(), 1024, 0, 0)));
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(new OffsetRange(0, 0, 9)), -1, 0, 0)));
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(new OffsetRange(0, 0, 9)), Integer.MAX_VALUE, 0, 0)));
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(new OffsetRange(0, 0, 9)), 1024, -1, 0)));
        ids.add(put(batch -> freeze(plan(batch).spec(), List.of(new OffsetRange(0, 0, 9)), 1024, 0, -1)));
        ids.add(put(batch -> freeze(plan("another").spec(), List.of(new OffsetRange(0, 0, 9)), 1024, 0, 0)));
        ids.add(put(batch -> freeze(spec(batch, "../" + topic), List.of(new OffsetRange(0, 0, 9)), 1024, 0, 0)));

        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            PlanStore.Plans stored = new PlanStore(admin).all();
            for (String id : ids) {
                refused(() -> stored.find(id), "the plan of batch '" + id + "' in backprocess.batches at offset ");
            }
            assertThat(stored.find(good)).isPresent();
        }
        oneLine(SHELL.backprocess("status", "--batch-id", ids.get(1)), "is damaged");
        oneLine(SHELL.run(topic, ids.get(0)), "is damaged");
        SHELL.backprocess("status", "--batch-id", good).succeeds();
        SHELL.backprocess("verify", "--batch-id", good).succeeds();
        SHELL.run(topic, KAFKA.unique("new")).succeeds();
        write(TopicNames.BATCHES, "bad" + RED, bytes("{}"));
        Answer batches = SHELL.backprocess("batches", "--flink", "127.0.0.1:1").succeeds();
        assertThat(batches.out()).contains(good).doesNotContain(ids.get(0));
        assertThat(batches.err())
                .contains("the plan of batch '" + ids.get(0) + "'")
                .doesNotContain("\u001b")
                .doesNotContain("\tat ");
        assertThat(deserialised).isFalse();
    }

    @Test
    void damagedMarksLocksAndOwnersConcernOnlyTheirOwnBatch() throws Exception {
        List<String> ids = new ArrayList<>();
        for (byte[] value : nonsense().values()) {
            ids.add(KAFKA.unique("bad"));
            write(TopicNames.BATCHES, ids.get(ids.size() - 1) + "/mark", value);
        }

        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            MarkStore.Marks marks = new MarkStore(admin).all();
            for (String id : ids) {
                refused(() -> marks.of(id), "the mark of batch '" + id + "'");
            }
            assertThat(marks.of(good)).isPresent();
        }
        put(ids.get(0), plan(ids.get(0)));
        oneLine(
                SHELL.backprocess("status", "--batch-id", ids.get(0), "--flink", "127.0.0.1:1"),
                "the mark of batch '" + ids.get(0) + "'");
        String locked = KAFKA.unique("locked");
        write(TopicNames.BATCHES, locked + "/lock", bytes("null"));
        SHELL.run(topic, locked).succeeds();
        SHELL.backprocess("status", "--batch-id", good).succeeds();
        assertThat(deserialised).isFalse();
    }

    @Test
    void damagedLedgersConcernOnlyTheirOwnBatch() throws Exception {
        Map<String, byte[]> lines = nonsense();
        String line =
                "{\"batchId\":\"b\",\"partition\":0,\"checkpoint\":1,\"subtask\":0,\"from\":0,\"next\":5,\"read\":5,\"skipped\":{},\"duplicates\":0,\"deadLetters\":{},\"taken\":5,\"results\":5}";
        lines.put("a partition out of range", bytes(line.replace("\"partition\":0", "\"partition\":99")));
        lines.put("a negative partition", bytes(line.replace("\"partition\":0", "\"partition\":-1")));
        lines.put("a negative offset", bytes(line.replace("\"from\":0", "\"from\":-1")));
        lines.put("an end before its start", bytes(line.replace("\"from\":0", "\"from\":9")));
        lines.put("a count that is none", bytes(line.replace("\"skipped\":{}", "\"skipped\":{\"1\":null}")));
        lines.put("no counts", bytes(line.replace("\"skipped\":{}", "\"skipped\":null")));
        lines.put(
                "more offsets than there are",
                bytes(
                        line.replace(
                                "\"from\"",
                                "\"redrive\":{\"revisions\":[],\"options\":{},\"deadLetters\":[[0,9000000000000000000]],\"results\":[],\"failed\":[]},\"from\"")));
        List<String> ids = new ArrayList<>();
        LedgerSurvey survey = new LedgerSurvey();
        for (byte[] value : lines.values()) {
            String id = KAFKA.unique("bad");
            BatchPlan plan = plan(id);
            put(id, plan);
            survey.add(
                    id,
                    plan.ranges(),
                    new TopicPartition(TopicNames.LEDGER, plan.ledger().partition()),
                    plan.ledger().start());
            KAFKA.send(new ProducerRecord<>(TopicNames.LEDGER, plan.ledger().partition(), bytes(id + "/0"), value));
            ids.add(id);
        }

        survey.read(KAFKA.clients(), Duration.ZERO);
        assertThat(survey.damaged()).containsExactlyInAnyOrderElementsOf(ids);
        oneLine(
                SHELL.backprocess("status", "--batch-id", ids.get(0), "--flink", "127.0.0.1:1"),
                "is not a ledger line of a batch: another process has written there");
        SHELL.backprocess("verify", "--batch-id", good).succeeds();
        Answer batches = SHELL.backprocess("batches", "--flink", "127.0.0.1:1").succeeds();
        assertThat(batches.out()).contains(good);
        assertThat(batches.err())
                .contains("another process has written to the ledgers of: ")
                .contains(ids);
        assertThat(deserialised).isFalse();
    }

    @Test
    void damagedAliasesConcernOnlyTheirOwnReaders() throws Exception {
        SHELL.backprocess("promote", "--batch-id", good, "--alias", good, "--execute")
                .succeeds();
        List<String> damaged = new ArrayList<>();
        for (byte[] value : nonsense().values()) {
            damaged.add(write(TopicNames.ALIASES, KAFKA.unique("bad"), value));
        }
        damaged.add(
                write(
                        TopicNames.ALIASES,
                        KAFKA.unique("bad"),
                        bytes(
                                "{\"alias\":\"" + good
                                        + "\",\"resultTopic\":\"t\",\"batchId\":\"b\",\"planHash\":\"h\",\"at\":\"2025-01-01T00:00:00Z\",\"by\":\"me\"}")));

        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            Aliases.Pointers pointers = new Aliases(admin).all();
            for (String alias : damaged) {
                refused(() -> pointers.of(alias), "the pointer of alias '" + alias + "'");
            }
        }
        oneLine(
                SHELL.backprocess("promote", "--alias", damaged.get(0)),
                "the pointer of alias '" + damaged.get(0) + "'");
        assertThat(SHELL.backprocess("promote", "--alias", good).succeeds().out())
                .contains(good);
        Answer list = SHELL.backprocess("promote", "--list").succeeds();
        assertThat(list.out()).contains(good + " → ");
        assertThat(list.err()).contains(damaged.get(0)).doesNotContain("\tat ");
        assertThat(deserialised).isFalse();
    }

    private static void oneLine(Answer answer, String said) {
        answer.says(4, said);
        assertThat(answer.err().lines().filter(line -> !line.startsWith("Flink at ")))
                .hasSize(1);
    }

    private static void refused(ThrowingCallable read, String said) {
        assertThatThrownBy(read)
                .isInstanceOfSatisfying(BatchException.class, refusal -> assertThat(refusal.kind())
                        .isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining(said);
    }

    private static BatchSpec spec(String batch, String source) {
        return Specs.whole(batch, source);
    }

    private static BatchPlan plan(String batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new Planner(admin).plan(spec(batch, topic), DropDuplicates.STATE_FORMAT, "test", null);
        }
    }

    private static BatchPlan freeze(
            BatchSpec spec, List<OffsetRange> ranges, int maxParallelism, int ledgerPartition, long ledgerStart) {
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(ranges, null),
                new BatchPlan.StateLayout(maxParallelism, DropDuplicates.STATE_FORMAT),
                new BatchPlan.LedgerPlace(ledgerPartition, ledgerStart),
                new BatchPlan.Creation(java.time.Instant.EPOCH, "me", null));
    }

    private static String put(java.util.function.Function<String, BatchPlan> of) {
        String id = KAFKA.unique("bad");
        put(id, of.apply(id));
        return id;
    }

    private static void put(String id, BatchPlan plan) {
        write(TopicNames.BATCHES, id, bytes(text(plan)));
    }

    /** As the store writes it, without the store's own checks. */
    private static String text(BatchPlan plan) {
        return OutputOption.json(plan);
    }

    private static String write(String into, String key, byte @Nullable [] value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(into, 0, bytes(key), value);
        WRITTEN.add(record);
        KAFKA.send(record);
        return key;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
