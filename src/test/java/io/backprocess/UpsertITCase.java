package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.rewrite.Repair;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.TestBatch;
import io.backprocess.upsert.TableWriter;
import io.backprocess.upsert.UpsertDefinition;
import io.backprocess.verify.Verdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole batches whose results go to a real table too: what is in it is what a plain fold over the result topic gives. */
@SuppressWarnings("NullAway.Init")
class UpsertITCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);

    @RegisterExtension
    static final DatabaseServer MARIADB = new DatabaseServer(Kind.MARIADB);

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.fails = event -> false;
    }

    private static DatabaseServer server(Kind kind) {
        return kind == Kind.POSTGRESQL ? POSTGRESQL : MARIADB;
    }

    /** With one user of each kind that a replay must respect: older, newer, of a newer version, and one that is not in the history. */
    private static String filledTable(Kind kind) throws Exception {
        String table = server(kind).unique("users");
        server(kind)
                .execute(
                        "CREATE TABLE %s (user_id bigint PRIMARY KEY, email varchar(30) NOT NULL UNIQUE, balance decimal(12, 3), process_version decimal(10, 4), event_time %s, note varchar(20))"
                                .formatted(table, kind == Kind.POSTGRESQL ? "timestamptz" : "datetime(6)"),
                        "INSERT INTO %s VALUES (1, 'older', 1.000, 1, '2024-01-01 00:00:00', 'keep'), (2, 'newer', 2.000, 2, '2030-01-01 00:00:00', 'keep'), (3, 'newest version', 3.000, 3, '2024-01-01 00:00:00', 'keep'), (4, 'unknown', 4.000, NULL, NULL, 'keep'), (5000, 'not in the history', 5.000, 1, '2024-01-01 00:00:00', 'keep')"
                                .formatted(table));
        return table;
    }

    private static UpsertDefinition definition(Kind kind, String table, String... more) {
        return UpsertDefinition.read(
                "users.yaml", """
                url: %s
                user: %s
                table: %s
                %s
                when: UserRegistered
                columns:
                  user_id: {path: /userId, type: bigint, key: true}
                  email: {path: /email, type: text}
                  balance: {path: /balance, type: numeric}
                  process_version: {envelope: processVersion, type: numeric, guard: version}
                  event_time: {envelope: eventTimestamp, type: timestamp, guard: time}
                """.formatted(server(kind).url(), DatabaseServer.USER, table, String.join("\n", more)));
    }

    private static String history(long seed, int count) {
        return UserHistory.send(KAFKA, seed, count);
    }

    private TestBatch batch(String topic, UpsertDefinition definition) {
        return TestBatch.upserting(
                KAFKA,
                topic,
                "purchase-split-with-faults",
                definition,
                directory.toUri().toString());
    }

    private static List<String> rows(Kind kind, String table) {
        String time = kind == Kind.POSTGRESQL ? "event_time AT TIME ZONE 'UTC'" : "event_time";
        return server(kind)
                .rows(
                        "SELECT user_id, email, balance, process_version, CAST(%s AS char(19)), note FROM %s ORDER BY user_id"
                                .formatted(time, table));
    }

    private record Row(String email, String balance, String version, Instant time, String note) {}

    /** What the table should be: the rows that were there, and each result over the one before unless that is newer. */
    private static List<String> folded(TestBatch batch) {
        Instant old = Instant.parse("2024-01-01T00:00:00Z");
        Map<Integer, Row> users = new TreeMap<>();
        users.put(1, new Row("older", "1.000", "1.0000", old, "keep"));
        users.put(2, new Row("newer", "2.000", "2.0000", Instant.parse("2030-01-01T00:00:00Z"), "keep"));
        users.put(3, new Row("newest version", "3.000", "3.0000", old, "keep"));
        users.put(4, new Row("unknown", "4.000", "0", Instant.MIN, "keep"));
        users.put(5000, new Row("not in the history", "5.000", "1.0000", old, "keep"));
        return folded(users, results(batch));
    }

    private static List<ConsumerRecord<byte[], byte[]>> results(TestBatch batch) {
        return KAFKA.read(batch.plan.spec().resultTopic());
    }

    /** @param users rows that are there */
    private static List<String> folded(Map<Integer, Row> users, List<ConsumerRecord<byte[], byte[]>> results) {
        for (ConsumerRecord<byte[], byte[]> result : results) {
            JsonNode event = json(result.value());
            JsonNode payload = event.get("payload");
            if (payload.get("actionType").asText().equals("UserRegistered")) {
                int user = payload.get("userId").asInt();
                Instant time = Instant.parse(event.get("eventTimestamp").asText());
                Row before = users.get(user);
                boolean newer = before == null
                        || Comparator.comparing((Row row) -> Double.parseDouble(row.version))
                                        .thenComparing(Row::time)
                                        .compare(before, new Row("", "", "2.0000", time, ""))
                                <= 0;
                if (newer) {
                    String note = before == null ? "null" : before.note;
                    String balance = payload.get("balance").asText();
                    users.put(user, new Row(payload.get("email").asText(), text(balance), "2.0000", time, note));
                }
            }
        }
        List<String> rows = new ArrayList<>();
        users.forEach((user, row) -> rows.add(String.join(
                "|",
                "" + user,
                row.email,
                row.balance,
                row.version,
                row.time.toString().replace("T", " ").replace("Z", ""),
                row.note)));
        return rows;
    }

    /** As the column keeps it. */
    private static String text(String balance) {
        return new BigDecimal(balance).setScale(3).toPlainString();
    }

    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertProven(TestBatch batch) {
        BatchLedger ledger = batch.ledger();
        assertThat(ledger.isComplete()).isTrue();
        assertThat(ledger.total().deadLettersByReason().getOrDefault("rejected", 0L))
                .isPositive();
        assertThat(KAFKA.read(batch.plan.spec().deadLetterTopic()))
                .hasSize((int) ledger.total().deadLetters());
        assertThat(results(batch)).hasSize((int) ledger.total().results());
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource
    void changesOnlyWhatItShouldInAFilledTable(Kind kind) throws Exception {
        String table = filledTable(kind);
        TestBatch batch = batch(history(1, 2000), definition(kind, table));

        batch.runToItsEnd(2, null);

        assertProven(batch);
        assertThat(rows(kind, table)).containsExactlyElementsOf(folded(batch));
        assertThat(rows(kind, table)).contains("2|newer|2.000|2.0000|2030-01-01 00:00:00|keep");
    }

    @Nightly
    @ParameterizedTest
    @EnumSource
    void leavesTheSameTableWhenItIsRunAgain(Kind kind) throws Exception {
        String table = filledTable(kind);
        String topic = history(2, 1000);
        batch(topic, definition(kind, table)).runToItsEnd(1, null);
        List<String> once = rows(kind, table);

        TestBatch again = batch(topic, definition(kind, table, "batch-size: 7"));
        again.runToItsEnd(3, null);

        assertProven(again);
        assertThat(rows(kind, table)).containsExactlyElementsOf(once).containsExactlyElementsOf(folded(again));
    }

    @Test
    void leavesTheSameTableWhenItIsKilledMidway() throws Exception {
        leavesTheSameTableWhenItIsKilledMidway(Kind.POSTGRESQL);
    }

    @Test
    @Nightly
    void leavesTheSameTableWhenItIsKilledMidwayOnMariaDb() throws Exception {
        leavesTheSameTableWhenItIsKilledMidway(Kind.MARIADB);
    }

    private void leavesTheSameTableWhenItIsKilledMidway(Kind kind) throws Exception {
        String table = filledTable(kind);
        TestBatch batch = batch(history(3, 4000), definition(kind, table, "batch-size: 50"));

        JobClient job = batch.submit(2, null, 400L);
        for (long committed : List.of(200L, 700L, 1200L)) {
            batch.awaitCommitted(committed);
            AtomicBoolean due = new AtomicBoolean(true);
            FaultyPurchaseSplit.fails = event -> due.getAndSet(false);
            TestBatch.await("death " + committed, () -> !due.get());
        }
        batch.awaitTheEnd(job);

        assertProven(batch);
        assertThat(rows(kind, table)).containsExactlyElementsOf(folded(batch));
    }

    @Nightly
    @ParameterizedTest
    @EnumSource
    void waitsForADatabaseThatIsStartedAgain(Kind kind) throws Exception {
        String table = filledTable(kind);
        TestBatch batch = batch(history(4, 4000), definition(kind, table, "batch-size: 50", "retry-for: 60s"));

        JobClient job = batch.submit(2, null, 700L);
        batch.awaitCommitted(300);
        server(kind).kill();
        server(kind).start();
        batch.awaitTheEnd(job);

        assertProven(batch);
        assertThat(rows(kind, table)).containsExactlyElementsOf(folded(batch));
    }

    @Nightly
    @ParameterizedTest
    @EnumSource
    void failsLoudlyWhereTheDatabaseStaysAwayAndGoesOnWhenItIsBack(Kind kind) throws Exception {
        String table = filledTable(kind);
        TestBatch batch = batch(history(5, 4000), definition(kind, table, "batch-size: 50", "retry-for: 1s"));
        batch.restarts = 1;

        JobClient job = batch.submit(2, null, 700L);
        batch.awaitCommitted(300);
        server(kind).kill();
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining(
                        "batch %s cannot write %s".formatted(batch.plan.spec().batchId(), table))
                .hasStackTraceContaining("Nothing is lost: make sure that the database is up");
        assertThat(batch.ledger().isComplete()).isFalse();
        server(kind).start();
        batch.runToItsEnd(2, newestCheckpoint());

        assertProven(batch);
        assertThat(rows(kind, table)).containsExactlyElementsOf(folded(batch));
    }

    /** The job writes rows ahead of the results, so they are taken away first. */
    @Nightly
    @ParameterizedTest
    @EnumSource
    void getsTheRowsOfALostTransactionByItsRepair(Kind kind) throws Exception {
        String table = filledTable(kind);
        UpsertDefinition definition = definition(kind, table);
        TestBatch batch = batch(history(7, 4000), definition);
        batch.runToItsEndWithALoss(200, "results", "deadletters");
        List<ConsumerRecord<byte[], byte[]>> kept = results(batch);
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.WRONG);
        server(kind).execute("DELETE FROM " + table);

        try (TableWriter writer = new TableWriter(
                definition,
                DatabaseServer.PASSWORD,
                batch.plan.spec().batchId(),
                "repair",
                EnvelopeMapping.OWN,
                getClass().getClassLoader())) {
            new Repair(batch.plan, KAFKA.clients(), getClass().getClassLoader())
                    .into(writer)
                    .execute(progress -> {}, () -> {});
        }

        assertProven(batch);
        Set<String> before = kept.stream().map(UpsertITCase::place).collect(Collectors.toSet());
        List<ConsumerRecord<byte[], byte[]>> repaired = results(batch).stream()
                .filter(result -> !before.contains(place(result)))
                .toList();
        assertThat(repaired).isNotEmpty();
        assertThat(rows(kind, table)).containsExactlyElementsOf(folded(new TreeMap<>(), repaired));
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + "/" + record.offset();
    }

    @ParameterizedTest
    @EnumSource
    void failsAtOnceWhereTheTableIsGone(Kind kind) throws Exception {
        String table = filledTable(kind);
        TestBatch batch = batch(history(6, 100), definition(kind, table));
        server(kind).execute("DROP TABLE " + table);

        JobClient job = batch.submit(1, null, null);

        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("SuppressRestartsException")
                .hasStackTraceContaining("fix the table or the user's rights, then go on with: resume --batch-id "
                        + batch.plan.spec().batchId());
    }

    private String newestCheckpoint() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            Path metadata = files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .orElseThrow();
            return metadata.resolveSibling("").toUri().toString();
        }
    }
}
