package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchPlan;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.upsert.ResultTable;
import io.backprocess.upsert.TableAudit;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import io.backprocess.verify.table.Selection;
import io.backprocess.verify.table.TableVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify --table} as a user types it, as a database user who may only read. */
@SuppressWarnings("NullAway.Init")
class VerifyTableITCase {
    private static final int USERS = 500;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);

    @RegisterExtension
    static final DatabaseServer MARIADB = new DatabaseServer(Kind.MARIADB);

    private static final Shell SHELL = new Shell(KAFKA);

    @TempDir
    Path directory;

    private static DatabaseServer server(Kind kind) {
        return kind == Kind.POSTGRESQL ? POSTGRESQL : MARIADB;
    }

    /** A table of users, and one user of its own who may read it and nothing else. */
    private static String users(Kind kind) throws Exception {
        String table = server(kind).unique("users");
        server(kind)
                .execute(
                        "CREATE TABLE %s (id bigint PRIMARY KEY, email varchar(12), balance decimal(12,3), version decimal(10,4), at %s)"
                                .formatted(table, kind == Kind.POSTGRESQL ? "timestamptz" : "datetime(6)"));
        String user = kind == Kind.POSTGRESQL ? table : table + "@'127.0.0.1'";
        server(kind)
                .execute(
                        "CREATE USER %s %s 'reads only'"
                                .formatted(user, kind == Kind.POSTGRESQL ? "PASSWORD" : "IDENTIFIED BY"),
                        "GRANT SELECT ON %s TO %s".formatted(table, user));
        return table;
    }

    private String login(String table) throws IOException {
        Path password = Files.writeString(directory.resolve("reads-only"), "reads only\n");
        return Files.writeString(
                        directory.resolve("login.yaml"), "user: %s\npassword-file: %s\n".formatted(table, password))
                .toString();
    }

    private String definition(Kind kind, String table) throws IOException {
        Path password = Files.writeString(directory.resolve("password"), DatabaseServer.PASSWORD + "\n");
        return Files.writeString(directory.resolve(table + ".yaml"), """
                url: %s
                user: %s
                password-file: %s
                table: %s
                retry-for: 1s
                columns:
                  id: {path: /userId, type: bigint, key: true}
                  email: {path: /email, type: text}
                  balance: {path: /balance, type: numeric}
                  version: {envelope: processVersion, type: numeric, guard: version}
                  at: {envelope: eventTimestamp, type: timestamp, guard: time}
                """.formatted(
                                server(kind).url(), DatabaseServer.USER, password, table))
                .toString();
    }

    /** Two events of each user, some of them out of order, and a few that the table refuses. */
    private static String history() {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 2 * USERS; i++) {
            int user = i % USERS;
            String email = i % 97 == 0 ? "far too long for it" : "user-" + i;
            String event =
                    "{\"eventId\":\"e-%d\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-01-01T00:00:%02dZ\",\"processVersion\":1,\"payload\":{\"userId\":%d,\"email\":\"%s\",\"balance\":%d.50}}"
                            .formatted(i, i % 2 == user % 2 ? 10 + i % 7 : 9, user, email, i);
            records.add(new ProducerRecord<>(topic, user % 3, ("user-" + user).getBytes(UTF_8), event.getBytes(UTF_8)));
        }
        KAFKA.send(records);
        return topic;
    }

    private String batch(Kind kind, String table) throws IOException {
        String batch = KAFKA.unique("batch");
        SHELL.run(history(), batch, "--upsert-jdbc", definition(kind, table)).succeeds();
        return batch;
    }

    private Shell.Answer verify(String batch, String... more) {
        List<String> args = new ArrayList<>(List.of("verify", "--batch-id", batch));
        args.addAll(List.of(more));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private static List<String> findings(JsonNode json) {
        return StreamSupport.stream(json.get("findings").spliterator(), false)
                .map(each -> "%s %s %s"
                        .formatted(
                                each.get("kind").asText(),
                                each.at("/row/key/id").asText(),
                                each.at("/row/columns").findValuesAsText("column")))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void findsEachSabotageByItsKey(Kind kind) throws Exception {
        String table = users(kind);
        String batch = batch(kind, table);
        String login = login(table);
        long there = Long.parseLong(
                server(kind).rows("SELECT count(*) FROM " + table).get(0));

        Shell.Answer right = verify(batch, "--table", "--table-login", login).succeeds();
        assertThat(right.out())
                .contains("table %s: %d keys, %d right".formatted(table, there, there))
                .contains(batch + " is complete");

        server(kind)
                .execute(
                        "DELETE FROM %s WHERE id = 1".formatted(table),
                        "UPDATE %s SET email = 'altered', balance = -1 WHERE id = 2".formatted(table),
                        "UPDATE %s SET email = NULL, balance = NULL, version = NULL, at = NULL WHERE id = 3"
                                .formatted(table),
                        "UPDATE %s SET at = '2024-01-01 00:00:00' WHERE id = 4".formatted(table),
                        "UPDATE %s SET at = '2030-01-01 00:00:00', email = 'live' WHERE id = 5".formatted(table),
                        "UPDATE %s SET balance = balance + 0.000 WHERE id = 6".formatted(table),
                        "INSERT INTO %s VALUES (-7, 'foreign', 1, 1, NULL)".formatted(table));
        Shell.Answer wrong =
                verify(batch, "--table", "--table-login", login, "--table-memory", "20kb", "--output", "json");

        assertThat(wrong.exitCode()).as(wrong.err()).isEqualTo(1);
        JsonNode json = wrong.json();
        assertThat(json.get("verdict").asText()).isEqualTo("wrong");
        assertThat(json.get("findingsTotal").asInt()).isEqualTo(4);
        assertThat(findings(json))
                .containsExactlyInAnyOrder(
                        "missing-row 1 []",
                        "altered-row 2 [email, balance]",
                        "older-row 3 [email, balance, version, at]",
                        "older-row 4 [at]");
        JsonNode compared = json.get("table");
        assertThat(compared.get("passes").asInt()).isBetween(4, 20);
        assertThat(compared.get("name").asText()).isEqualTo(table);
        JsonNode rows = compared.get("rows");
        assertThat(rows.get("keys").asLong()).isEqualTo(there);
        assertThat(rows.get("right").asLong()).isEqualTo(there - 5);
        assertThat(rows.get("newer").asLong()).isEqualTo(1);
        assertThat(rows.get("withoutResult").asLong()).isEqualTo(1);
        assertThat(compared.at("/unknown/0/key/id").asText()).isEqualTo("5");
        assertThat(compared.at("/unknown/0/why").asText())
                .startsWith("row id 5 of %s is newer than its results: email is live and not user-".formatted(table));
        assertThat(json.get("unknown")).isEmpty();

        Shell.Answer text = verify(batch, "--table", "--table-login", login);
        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out())
                .contains("row id 1 of " + table + " is missing")
                .contains("row id 2 of " + table + " is not what its result says: email is altered and not user-")
                .contains("cannot tell: row id 5 of " + table)
                .contains("rows without a result, for example: id -7")
                .contains("table %s: %d keys, %d right, 1 missing, 1 altered, 2 older than their result"
                        .formatted(table, there, there - 5))
                .contains(batch + " is wrong: 4 findings")
                .doesNotContain("reads only", "canary");
    }

    @ParameterizedTest
    @EnumSource
    void cannotTellOfRowsThatAreNewerOrOfOthers(Kind kind) throws Exception {
        String table = users(kind);
        String batch = batch(kind, table);
        server(kind).execute("INSERT INTO %s VALUES (-7, 'foreign', 1, 1, NULL)".formatted(table));

        Shell.Answer foreign = verify(batch, "--table");
        assertThat(foreign.exitCode()).as(foreign.err()).isEqualTo(5);
        assertThat(foreign.out())
                .contains("cannot tell whether " + batch + " is right: the recount finds no error, and of the table")
                .contains("1 without a result");
        assertThat(verify(batch, "--table", "--table-shared").succeeds().out()).contains("is complete");

        server(kind).execute("UPDATE %s SET version = 7 WHERE id = 123".formatted(table));
        Shell.Answer newer = verify(batch, "--table", "--table-shared", "--output", "json");
        assertThat(newer.exitCode()).isEqualTo(5);
        assertThat(newer.json().get("verdict").asText()).isEqualTo("cannot-tell");
        assertThat(newer.json().get("findings")).isEmpty();
        assertThat(newer.json().at("/table/rows/withoutResult").isNull()).isTrue();

        Shell.Answer some = verify(batch, "--table", "--table-keys", "0..100", "--output", "json")
                .succeeds();
        assertThat(some.json().at("/table/rows/keys").asLong()).isBetween(95L, 101L);
        assertThat(some.json().at("/table/sample").asText()).isEqualTo("keys 0..100");
        Shell.Answer sample = verify(batch, "--table", "--table-sample", "20", "--output", "json");
        assertThat(sample.json().at("/table/rows/keys").asLong()).isBetween(60L, 140L);
    }

    @Test
    void saysBeforeTheRecountThatTheTableCannotBeRead() throws Exception {
        String table = users(Kind.POSTGRESQL);
        String batch = batch(Kind.POSTGRESQL, table);

        POSTGRESQL.execute("REVOKE ALL ON %s FROM %s".formatted(table, table));
        verify(batch, "--table", "--table-login", login(table)).says(5, "permission denied");
        POSTGRESQL.kill();
        try {
            verify(batch, "--table").says(3, "does not answer");
        } finally {
            POSTGRESQL.start();
        }
    }

    @Test
    void leavesTheRecountStandingWhenTheDatabaseEnds() throws Exception {
        String table = users(Kind.POSTGRESQL);
        String batch = batch(Kind.POSTGRESQL, table);
        BatchPlan plan;
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            plan = new PlanStore(admin).get(batch);
        }
        ClassLoader classes = getClass().getClassLoader();
        Verification recount = new Verifier(plan, KAFKA.clients(), classes).verify();
        try (TableAudit audit = ResultTable.of(plan.spec()).orElseThrow().audit(EnvelopeMapping.OWN, classes)) {
            POSTGRESQL.kill();

            Verification verification =
                    new TableVerifier(plan, KAFKA.clients(), audit, Selection.ALL, 1 << 20).verify(recount, read -> {});

            assertThat(verification.verdict()).isEqualTo(Verdict.CANNOT_TELL);
            assertThat(Objects.requireNonNull(verification.table()).problem()).contains("does not answer");
            assertThat(verification.outcomes()).isEqualTo(recount.outcomes());
            assertThat(VerificationText.of(verification))
                    .contains("the table could not be compared to its end: ")
                    .contains("a part could not be read; verify again when the database answers");
        } finally {
            POSTGRESQL.start();
        }
    }

    /** Without guards any of several rows can be the last one, so none of them is wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"--dedupe-scope global", "--result-partitions 2", "--result-headers none"})
    void acceptsTheOrdersThatABatchCanHaveWrittenIn(String options) throws Exception {
        String table = users(Kind.POSTGRESQL);
        String file = definition(Kind.POSTGRESQL, table);
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replaceAll(", guard: \\w+", ""));
        String batch = KAFKA.unique("batch");
        List<String> more = new ArrayList<>(List.of(options.split(" ")));
        more.addAll(List.of("--upsert-jdbc", file));
        SHELL.run(history(), batch, more.toArray(String[]::new)).succeeds();

        verify(batch, "--table").succeeds();

        POSTGRESQL.execute("UPDATE %s SET email = 'altered' WHERE id = 2".formatted(table));
        assertThat(verify(batch, "--table").exitCode()).isEqualTo(1);
    }

    @Test
    void refusesWhatDoesNotFitTogether() throws Exception {
        String batch = KAFKA.unique("batch");
        SHELL.run(history(), batch).succeeds();

        verify(batch, "--table").says(2, batch + " writes to no table");
        verify(batch, "--table-sample", "5").says(2, "--table-sample needs --table");
        verify(batch, "--table-memory", "5mb").says(2, "--table-memory needs --table");
        verify(batch, "--table", "--table-sample", "0").says(2, "--table-sample 0 is not more than 0");
        verify(batch, "--table", "--table-keys", "5").says(2, "--table-keys '5' is not FROM..TO");
        verify(batch, "--table", "--repair").says(2, "--table cannot be used with --repair");
    }

    @Test
    void refusesALoginThatCannotBeMeant() throws Exception {
        String table = users(Kind.POSTGRESQL);
        String batch = batch(Kind.POSTGRESQL, table);
        Path login = Files.writeString(
                directory.resolve("bad.yaml"), "url: jdbc:mariadb://127.0.0.1/shop\npassword: x\ntable: other\n");

        Shell.Answer refused = verify(batch, "--table", "--table-login", login.toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("another kind of database")
                .contains("a password does not belong here")
                .contains("table");
    }
}
