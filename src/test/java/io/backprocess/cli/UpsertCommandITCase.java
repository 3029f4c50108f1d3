package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.TopicNames;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --upsert-jdbc} as a user types it. */
@SuppressWarnings("NullAway.Init")
class UpsertCommandITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);

    @RegisterExtension
    static final DatabaseServer MARIADB = new DatabaseServer(Kind.MARIADB);

    private static final Shell SHELL = new Shell(KAFKA);
    private static final String COLUMNS =
            "columns:\n  id: {path: /userId, type: bigint, key: true}\n  email: {path: /email, type: text}\n";

    @TempDir
    Path directory;

    private static DatabaseServer server(Kind kind) {
        return kind == Kind.POSTGRESQL ? POSTGRESQL : MARIADB;
    }

    private static String users(Kind kind) throws Exception {
        String table = server(kind).unique("users");
        server(kind).execute("CREATE TABLE " + table + " (id bigint PRIMARY KEY, email varchar(10))");
        return table;
    }

    private String file(String url, String table, String rest) throws IOException {
        Path password = Files.writeString(directory.resolve("password"), DatabaseServer.PASSWORD + "\n");
        return Files.writeString(
                        directory.resolve(table + ".yaml"),
                        "url: %s\nuser: %s\npassword-file: %s\ntable: %s\n%s"
                                .formatted(url, DatabaseServer.USER, password, table, rest))
                .toString();
    }

    private static String history(String... payloads) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String payload : payloads) {
            String event =
                    "{\"eventId\":\"e-%d\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-01-01T00:00:00Z\",\"processVersion\":1,\"payload\":%s}"
                            .formatted(records.size(), payload);
            records.add(new ProducerRecord<>(topic, 0, "key".getBytes(UTF_8), event.getBytes(UTF_8)));
        }
        KAFKA.send(records);
        return topic;
    }

    @ParameterizedTest
    @EnumSource
    void fillsATableAndRedrivesWhatItRefused(Kind kind) throws Exception {
        String table = users(kind);
        String topic = history(
                "{\"userId\":1,\"email\":\"one\"}",
                "{\"userId\":2,\"email\":\"too long for it\"}",
                "{\"userId\":\"x\",\"email\":\"no number\"}",
                "{\"userId\":4,\"email\":\"four\"}");
        String batch = KAFKA.unique("batch");
        String file = file(server(kind).url(), table, COLUMNS);

        Shell.Answer run = SHELL.run(topic, batch, "--upsert-jdbc", file).succeeds();

        assertThat(server(kind).rows("SELECT * FROM " + table + " ORDER BY id")).containsExactly("1|one", "4|four");
        assertThat(SHELL.backprocess("verify", "--batch-id", batch, "--table")
                        .succeeds()
                        .out())
                .contains("is complete");
        assertThat(SHELL.backprocess("dlq", "stats", "--batch-id", batch)
                        .succeeds()
                        .out())
                .contains("rejected", "upsert");
        assertThat(SHELL.backprocess("dlq", "list", "--batch-id", batch, "--stage", "upsert")
                        .succeeds()
                        .out())
                .contains(topic + "/0/1", topic + "/0/2");

        server(kind)
                .execute(
                        kind == Kind.POSTGRESQL
                                ? "ALTER TABLE " + table + " ALTER email TYPE varchar(20)"
                                : "ALTER TABLE " + table + " MODIFY email varchar(20)");
        SHELL.backprocess("redrive", "--batch-id", batch).succeeds();
        assertThat(server(kind).rows("SELECT count(*) FROM " + table)).containsExactly("2");
        SHELL.backprocess("redrive", "--batch-id", batch, "--stage", "upsert", "--execute")
                .succeeds();

        assertThat(server(kind).rows("SELECT * FROM " + table + " ORDER BY id"))
                .containsExactly("1|one", "2|too long for it", "4|four");
        assertThat(SHELL.backprocess("verify", "--batch-id", batch, "--table")
                        .succeeds()
                        .out())
                .contains("is complete");
        assertThat(SHELL.backprocess("dlq", "show", "--batch-id", batch, "--origin", topic + "/0/2")
                        .succeeds()
                        .out())
                .contains("column id: /userId is text and no bigint");
        assertThat(run.out() + run.err()).doesNotContain("canary");
        // Other tests' batches end in tombstones.
        assertThat(KAFKA.read(TopicNames.BATCHES).stream().filter(record -> record.value() != null))
                .isNotEmpty()
                .allSatisfy(
                        record -> assertThat(new String(record.value(), UTF_8)).doesNotContain("canary"));
    }

    @Nightly
    @Test
    void runsTheSameDefinitionAgainAndRefusesAnother() throws Exception {
        String table = users(Kind.POSTGRESQL);
        String topic = history("{\"userId\":1,\"email\":\"one\"}");
        String batch = KAFKA.unique("batch");
        String file = file(POSTGRESQL.url(), table, COLUMNS);
        SHELL.run(topic, batch, "--upsert-jdbc", file).succeeds();

        SHELL.run(topic, batch, "--upsert-jdbc", file).succeeds();
        SHELL.run(topic, batch).says(4, "upsert-jdbc: {\"url\":\"" + POSTGRESQL.url());
        SHELL.run(topic, batch, "--upsert-jdbc", file(POSTGRESQL.url(), table, COLUMNS + "batch-size: 5\n"))
                .says(4, "\"batch-size\":5");
    }

    @ParameterizedTest
    @EnumSource
    void saysAllThatIsWrongWithATableBeforeAnythingIsMade(Kind kind) throws Exception {
        String table = server(kind).unique("users");
        server(kind)
                .execute(
                        "CREATE TABLE %s (id int, email varchar(10), at date, needed int NOT NULL, given int NOT NULL DEFAULT 1)"
                                .formatted(table));
        String topic = history("{}");
        String batch = KAFKA.unique("batch");
        String file = file(
                server(kind).url(),
                table,
                COLUMNS + "  at: {path: /at, type: timestamp}\n  Email: {path: /email, type: text}\n");

        Shell.Answer run = SHELL.run(topic, batch, "--upsert-jdbc", file);

        run.says(4, "column id of " + table + " is a key but takes NULL");
        assertThat(run.err())
                .contains("table " + table + " has no column Email")
                .contains("column at of " + table
                        + " is a date and cannot hold values of type timestamp"
                                .replace("a date", kind == Kind.POSTGRESQL ? "a date" : "a DATE"))
                .contains("column needed of " + table + " takes no NULL, has no default and is not in the definition")
                .contains("table " + table + " has no primary key or unique index over just id")
                .doesNotContain("given");
        assertThat(KAFKA.exists(topic + "." + batch)).isFalse();
        Shell.Answer plan = SHELL.backprocess(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                batch,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split",
                "--upsert-jdbc",
                file);
        plan.says(4, "is a key but takes NULL");
        assertThat(plan.out())
                .contains("upserts   " + table + " in " + server(kind).url());
    }

    @ParameterizedTest
    @EnumSource
    void refusesAUserWithoutTheRightAndATableThatIsNotThere(Kind kind) throws Exception {
        String topic = history("{}");
        String table = users(kind);
        if (kind == Kind.POSTGRESQL) {
            POSTGRESQL.execute("REVOKE UPDATE ON " + table + " FROM " + DatabaseServer.USER);
            SHELL.run(topic, "b", "--upsert-jdbc", file(POSTGRESQL.url(), table, COLUMNS))
                    .says(
                            4,
                            "table " + table + " in " + POSTGRESQL.url()
                                    + " cannot be written: ERROR: permission denied");
        } else {
            MARIADB.execute("ALTER TABLE " + table + " ENGINE = MyISAM");
            SHELL.run(topic, "b", "--upsert-jdbc", file(MARIADB.url(), table, COLUMNS))
                    .says(4, "table " + table + " has the engine MyISAM, which does not support transactions");
        }
        SHELL.run(topic, "b", "--upsert-jdbc", file(server(kind).url(), "nowhere", COLUMNS))
                .says(4, "table nowhere in " + server(kind).url() + ": it does not exist, or the user ");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAWrongPasswordAndEndsWithThreeWhereNoServerAnswers(Kind kind) throws Exception {
        String topic = history("{}");
        String file = file(server(kind).url(), users(kind), COLUMNS);
        Files.writeString(directory.resolve("password"), "wrong");

        SHELL.run(topic, "b", "--upsert-jdbc", file)
                .says(4, kind == Kind.POSTGRESQL ? "password authentication failed" : "Access denied");
        SHELL.run(
                        topic,
                        "b",
                        "--upsert-jdbc",
                        file(server(kind).url().replaceFirst(":[0-9]+/", ":1/"), "users", COLUMNS))
                .says(3, "does not answer");
        assertThat(KAFKA.exists(topic + ".b")).isFalse();
    }

    @Test
    void refusesWhatCannotBeRead() throws Exception {
        String topic = history("{}");
        String file = file("jdbc:postgresql://127.0.0.1:1/x", "users", "columns: {}\n");

        SHELL.run(topic, "b", "--upsert-jdbc", directory + "/none.yaml").says(2, "cannot be read");
        SHELL.run(topic, "b", "--upsert-jdbc", file).says(2, file + ":5:");
        Files.delete(directory.resolve("password"));
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replace("columns: {}\n", COLUMNS));
        SHELL.run(topic, "b", "--upsert-jdbc", file).says(2, "the password-file of --upsert-jdbc");
        Files.writeString(
                Path.of(file),
                Files.readString(Path.of(file)).replaceFirst("password-file: .*", "password-env: NO_SUCH"));
        SHELL.run(topic, "b", "--upsert-jdbc", file).says(2, "the password-env of --upsert-jdbc, NO_SUCH, is not set");
    }
}
