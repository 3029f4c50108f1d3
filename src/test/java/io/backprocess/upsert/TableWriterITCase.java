package io.backprocess.upsert;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.upsert.UserTable.GUARDS;
import static io.backprocess.upsert.UserTable.KEY_AND_EMAIL;
import static io.backprocess.upsert.UserTable.TEXT_KEY_AND_EMAIL;
import static io.backprocess.upsert.UserTable.dead;
import static io.backprocess.upsert.UserTable.definition;
import static io.backprocess.upsert.UserTable.problems;
import static io.backprocess.upsert.UserTable.taken;
import static io.backprocess.upsert.UserTable.user;
import static io.backprocess.upsert.UserTable.users;
import static io.backprocess.upsert.UserTable.write;
import static io.backprocess.upsert.UserTable.writeInBackground;
import static io.backprocess.upsert.UserTable.writer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import io.backprocess.testing.LogLines;
import io.backprocess.testing.TestBatch;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows in real tables. */
class TableWriterITCase {
    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);

    @RegisterExtension
    static final DatabaseServer MARIADB = new DatabaseServer(Kind.MARIADB);

    private static DatabaseServer server(Kind kind) {
        return kind == Kind.POSTGRESQL ? POSTGRESQL : MARIADB;
    }

    @ParameterizedTest
    @EnumSource
    void insertsAndUpdates(Kind kind) throws Exception {
        String table = users(server(kind), "");
        server(kind).execute("INSERT INTO " + table + " VALUES (1, 'old', NULL, NULL), (9, 'other', 5, NULL)");

        List<Outcome> outcomes = write(definition(server(kind), table, KEY_AND_EMAIL), user(1, "new"), user(2, "two"));

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Taken.class));
        assertThat(server(kind).rows("SELECT id, email, version FROM " + table + " ORDER BY id"))
                .containsExactly("1|new|null", "2|two|null", "9|other|5.00");
    }

    @ParameterizedTest
    @EnumSource
    void neverOverwritesANewerRow(Kind kind) throws Exception {
        String table = users(server(kind), "");
        String noon = "2025-01-01 12:00:00";
        server(kind)
                .execute(
                        "INSERT INTO %s VALUES (1,'1',NULL,NULL), (2,'2',1.5,'%s'), (3,'3',2,'%s'), (4,'4',2,'%s'), (5,'5',2,'%s'), (6,'6',10,'%s'), (7,'7',2,NULL)"
                                .formatted(table, noon, noon, noon, noon, noon));

        write(
                definition(server(kind), table, KEY_AND_EMAIL + GUARDS),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":1,\"email\":\"nothing known\"}"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":2,\"email\":\"older version\"}"),
                user("2", "2025-01-01T13:00:00+01:00", "{\"id\":3,\"email\":\"same time\"}"),
                user("2", "2025-01-01T12:00:00.000001Z", "{\"id\":4,\"email\":\"later\"}"),
                user("2", "2025-01-01T11:59:59.999999Z", "{\"id\":5,\"email\":\"no: earlier\"}"),
                user("9", "2025-01-02T00:00:00Z", "{\"id\":6,\"email\":\"no: 9 < 10\"}"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":7,\"email\":\"time unknown\"}"));

        assertThat(server(kind).rows("SELECT id, email, version FROM " + table + " ORDER BY id"))
                .containsExactly(
                        "1|nothing known|2.00",
                        "2|older version|2.00",
                        "3|same time|2.00",
                        "4|later|2.00",
                        "5|5|2.00",
                        "6|6|10.00",
                        "7|time unknown|2.00");
        assertThat(server(kind).rows("SELECT id FROM " + table + " WHERE at = '2025-01-01 12:00:00.000001'"))
                .containsExactly("4");
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, timestamptz(0), timestamptz",
        "POSTGRESQL, timestamp(3), timestamp",
        "MARIADB, datetime, datetime(6)",
        "MARIADB, timestamp(3) NULL, timestamp(6)"
    })
    void refusesAGuardThatIsCoarserThanTheEvents(Kind kind, String coarse, String fine) throws Exception {
        String table = server(kind).unique("users");
        server(kind)
                .execute("CREATE TABLE %s (id bigint PRIMARY KEY, email varchar(40), version decimal(10, 2), at %s)"
                        .formatted(table, coarse));
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL + GUARDS);

        assertThat(problems(definition))
                .singleElement()
                .asString()
                .contains("column at of " + table + " is a ", "coarser than the times of events")
                .endsWith("make it " + fine);

        server(kind)
                .execute(
                        kind == Kind.POSTGRESQL
                                ? "ALTER TABLE " + table + " ALTER at TYPE " + fine
                                : "ALTER TABLE " + table + " MODIFY at " + fine + " NULL");
        assertThat(problems(definition)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void takesACoarseColumnThatGuardsNothing(Kind kind) throws Exception {
        String table = server(kind).unique("users");
        server(kind)
                .execute("CREATE TABLE %s (id bigint PRIMARY KEY, email varchar(40), at %s)"
                        .formatted(table, kind == Kind.POSTGRESQL ? "timestamptz(0)" : "datetime"));

        assertThat(problems(definition(
                        server(kind), table, KEY_AND_EMAIL + "  at: {envelope: eventTimestamp, type: timestamp}\n")))
                .isEmpty();
    }

    @Test
    void refusesARowWhoseKeyAnotherRowHasButForItsCase() throws Exception {
        String table = MARIADB.unique("users");
        MARIADB.execute("CREATE TABLE %s (id varchar(20) PRIMARY KEY, email varchar(40))".formatted(table));
        MARIADB.execute("INSERT INTO " + table + " VALUES ('ann', 'hers')");

        List<Outcome> outcomes = write(
                definition(MARIADB, table, TEXT_KEY_AND_EMAIL),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":\"ANN\",\"email\":\"another's\"}"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":\"ann \",\"email\":\"a third one's\"}"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":\"ann\",\"email\":\"hers again\"}"));

        assertThat(dead(outcomes.get(0)).message()).contains("a key that the column's collation takes for this one");
        assertThat(dead(outcomes.get(1)).reason()).isEqualTo(Reason.REJECTED);
        assertThat(MARIADB.rows("SELECT * FROM " + table)).containsExactly("ann|hers again");
    }

    @Test
    void refusesAKeyThatTakesDifferentTextsForOne() throws Exception {
        String table = POSTGRESQL.unique("users");
        POSTGRESQL.execute(
                "CREATE COLLATION IF NOT EXISTS careless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        POSTGRESQL.execute(
                "CREATE TABLE %s (id text COLLATE careless PRIMARY KEY, email varchar(40))".formatted(table));

        assertThat(problems(definition(POSTGRESQL, table, TEXT_KEY_AND_EMAIL)))
                .singleElement()
                .asString()
                .contains("column id of " + table + " is a key that treats different texts as equal", "careless");
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheNewestOfSeveralRowsInOneBatch(Kind kind) throws Exception {
        String table = users(server(kind), "");

        write(
                definition(server(kind), table, KEY_AND_EMAIL + GUARDS),
                user("2", "2025-01-01T00:00:03Z", "{\"id\":1,\"email\":\"third\"}"),
                user("2", "2025-01-01T00:00:01Z", "{\"id\":1,\"email\":\"first\"}"),
                user("2", "2025-01-01T00:00:02Z", "{\"id\":1,\"email\":\"second\"}"));

        assertThat(server(kind).rows("SELECT email FROM " + table)).containsExactly("third");
    }

    @ParameterizedTest
    @EnumSource
    void makesDeadLettersOfTheRefusedRowsOnly(Kind kind) throws Exception {
        String table = users(server(kind), ", CHECK (id > 0)");
        server(kind).execute("INSERT INTO " + table + " VALUES (100, 'taken', NULL, NULL)");
        List<Outcome> given = new ArrayList<>();
        for (int id = 1; id <= 50; id++) {
            given.add(user(id, "user-" + id));
        }
        given.set(6, user(7, "x".repeat(41)));
        given.set(20, user(-21, "negative"));
        given.set(21, user(22, "taken"));

        List<Outcome> outcomes = write(definition(server(kind), table, KEY_AND_EMAIL), given.toArray(Outcome[]::new));

        for (int place = 0; place < given.size(); place++) {
            if (List.of(6, 20, 21).contains(place)) {
                DeadLetter letter = dead(outcomes.get(place));
                assertThat(letter.stage()).isEqualTo("upsert");
                assertThat(letter.reason()).isEqualTo(Reason.REJECTED);
                assertThat(letter.attempts()).isEqualTo(1);
                assertThat(letter.exception()).contains("SQL");
            } else {
                assertThat(outcomes.get(place)).isSameAs(given.get(place));
            }
        }
        assertThat(dead(outcomes.get(6)).message())
                .containsAnyOf("too long for type character varying(40)", "Data too long for column 'email'");
        assertThat(dead(outcomes.get(20)).message()).containsAnyOf("violates check constraint", "CONSTRAINT");
        assertThat(dead(outcomes.get(21)).message())
                .containsAnyOf("violates unique constraint", "another row has the same value in another unique index");
        assertThat(server(kind).rows("SELECT count(*), sum(id) FROM " + table))
                .containsExactly("48|" + (1275 - 7 - 21 - 22 + 100));
        assertThat(server(kind).rows("SELECT email FROM " + table + " WHERE id = 100"))
                .containsExactly("taken");
    }

    @ParameterizedTest
    @EnumSource
    void writesAllRowsOfAnEventOrNone(Kind kind) throws Exception {
        String table = users(server(kind), "");
        String good = envelope("e-1", "2", "{\"id\":1,\"email\":\"one\"}");
        String bad = envelope("e-1", "2", "{\"id\":2,\"email\":\"%s\"}".formatted("x".repeat(41)));
        String unfit = envelope("e-2", "2", "{\"id\":\"four\",\"email\":\"four\"}");

        List<Outcome> outcomes = write(
                definition(server(kind), table, KEY_AND_EMAIL),
                taken(good, bad),
                taken(good.replace(":1", ":3"), unfit),
                user(5, "five"));

        assertThat(outcomes.get(0)).isInstanceOf(DeadLetter.class);
        assertThat(dead(outcomes.get(1)).message()).isEqualTo("column id: /id is text and no bigint");
        assertThat(server(kind).rows("SELECT id FROM " + table)).containsExactly("5");
    }

    @ParameterizedTest
    @EnumSource
    void keepsValuesWithoutLoss(Kind kind) throws Exception {
        String table = users(
                server(kind),
                ", amount numeric(30,10), ratio double precision, ok boolean, day date, doc jsonb, tag uuid");
        String columns = KEY_AND_EMAIL + """
                  amount: {path: /amount, type: numeric}
                  ratio: {path: /ratio, type: double}
                  ok: {path: /ok, type: boolean}
                  day: {path: /day, type: date}
                  doc: {path: /doc, type: json}
                  tag: {path: /tag, type: uuid}
                  at: {path: /at, type: timestamp}
                """;
        String payload =
                "{\"id\":9007199254740993,\"email\":\"Ünï 😀 'quoted' \\\\ \\\"\",\"amount\":12345678901234567890.0123456789,\"ratio\":0.1,\"ok\":true,\"day\":\"2024-02-29\",\"doc\":{\"a\":[1,99.990]},\"tag\":\"7d444840-9dc0-11d1-b245-5ffdce74fad2\",\"at\":\"2025-06-01T02:00:00.123456+02:00\"}";

        List<Outcome> outcomes = write(
                definition(server(kind), table, columns),
                user("2", "2025-01-01T00:00:00Z", payload),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":2,\"amount\":null}"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":3,\"amount\":0.12345678901}"));

        assertThat(outcomes.subList(0, 2))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Taken.class));
        assertThat(dead(outcomes.get(2)).message())
                .isEqualTo("column amount: /amount has more than the 10 decimals that the column keeps");
        assertThat(server(kind).rows("SELECT id, email, amount, ratio, day, tag FROM " + table + " ORDER BY id"))
                .containsExactly(
                        "2|null|null|null|null|null",
                        "9007199254740993|Ünï 😀 'quoted' \\ \"|12345678901234567890.0123456789|0.1|2024-02-29|7d444840-9dc0-11d1-b245-5ffdce74fad2");
        assertThat(server(kind).rows("SELECT doc FROM " + table + " WHERE ok AND at = '2025-06-01 00:00:00.123456'"))
                .singleElement()
                .asString()
                .isIn("{\"a\": [1, 99.990]}", "{\"a\":[1,99.990]}");
    }

    @ParameterizedTest
    @EnumSource
    void deadLettersWhatACharacterSetOrAServerCannotHold(Kind kind) throws Exception {
        String table = users(server(kind), "");
        if (kind == Kind.MARIADB) {
            MARIADB.execute("ALTER TABLE " + table + " MODIFY email varchar(40) CHARACTER SET latin1");
        }

        List<Outcome> outcomes = write(
                definition(server(kind), table, KEY_AND_EMAIL),
                user(1, "half \\ud83d a character"),
                user(2, "a NUL \\u0000"),
                user("2", "2025-01-01T00:00:00Z", "{\"id\":1e30}"),
                user("2", "2025-01-01T00:00:00Z", "{\"email\":\"no key\"}"),
                user(5, "\uD83D\uDE00"));

        assertThat(dead(outcomes.get(0)).message()).contains("half a character");
        assertThat(outcomes.get(1) instanceof DeadLetter).isEqualTo(kind == Kind.POSTGRESQL);
        assertThat(dead(outcomes.get(2)).message()).isEqualTo("column id: /id is a number that bigint does not hold");
        assertThat(dead(outcomes.get(3)).reason()).isEqualTo(Reason.MISSING_CONTEXT);
        assertThat(outcomes.get(4) instanceof DeadLetter).isEqualTo(kind == Kind.MARIADB);
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingOfResultsThatAreNotWanted(Kind kind) throws Exception {
        String table = users(server(kind), "");
        Taken wanted = user("2", "2025-01-01T00:00:00Z", "{\"id\":1,\"actionType\":\"UserRegistered\"}");
        Taken other = user("2", "2025-01-01T00:00:00Z", "{\"id\":\"none\",\"actionType\":\"Purchased\"}");

        List<Outcome> outcomes =
                write(definition(server(kind), table, KEY_AND_EMAIL, "when: UserRegistered"), wanted, other);

        assertThat(outcomes).containsExactly(wanted, other);
        assertThat(server(kind).rows("SELECT id FROM " + table)).containsExactly("1");
    }

    @ParameterizedTest
    @EnumSource
    void takesUpWithADatabaseThatComesBack(Kind kind) throws Exception {
        String table = users(server(kind), "");
        try (TableWriter writer = writer(definition(server(kind), table, KEY_AND_EMAIL));
                LogLines log = new LogLines(TableWriter.class)) {
            writer.write(user(1, "before"));
            server(kind).kill();
            Thread starting = server(kind).startInBackground();

            Outcome outcome = writer.write(user(2, "after"));

            starting.join();
            assertThat(outcome).isInstanceOf(Taken.class);
            assertThat(server(kind).rows("SELECT id FROM " + table + " ORDER BY id"))
                    .containsExactly("1", "2");
            assertThat(log.parsed()).isNotEmpty().allSatisfy(line -> assertThat(
                            line.get("Message").asText())
                    .contains("did not take rows", "Tried", server(kind).url())
                    .doesNotContain("canary"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpOnADatabaseThatStaysAway(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL, "retry-for: 1s");
        server(kind).kill();

        try (TableWriter writer = writer(definition)) {
            assertThatThrownBy(() -> writer.write(user(1, "one")))
                    .isInstanceOfSatisfying(UpsertException.class, e -> assertThat(e.isForGood())
                            .isFalse())
                    .hasMessageContaining("batch batch-1 cannot write " + table + " in "
                            + server(kind).url())
                    .hasMessageContaining("resume --batch-id batch-1")
                    .hasMessageNotContaining("canary");
        } finally {
            server(kind).start();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsAtOnceWhereTheTableIsGone(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL);
        server(kind).execute("DROP TABLE " + table);

        try (TableWriter writer = writer(definition)) {
            assertThatThrownBy(() -> writer.write(user(1, "one")))
                    .isInstanceOfSatisfying(UpsertException.class, e -> assertThat(e.isForGood())
                            .isTrue())
                    .hasMessageContaining(definition.describe())
                    .hasMessageContaining(
                            "fix the table or the user's rights, then go on with: resume --batch-id batch-1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void triesAgainAfterADeadlock(Kind kind) throws Exception {
        String table = users(server(kind), "");
        server(kind).execute("INSERT INTO " + table + " VALUES (1, 'a', NULL, NULL), (2, 'b', NULL, NULL)");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL);
        try (Connection other = server(kind).asAdmin(DatabaseServer.DATABASE);
                TableWriter writer = writer(definition)) {
            other.setAutoCommit(false);
            other.createStatement().execute("UPDATE " + table + " SET version = 1 WHERE id = 2");
            Thread writing = writeInBackground(writer, user(1, "one"), user(2, "two"));
            TestBatch.await("the writer to wait for row 2", server(kind)::isWaitingForALock);
            try {
                other.createStatement().execute("UPDATE " + table + " SET version = 1 WHERE id = 1");
                other.commit();
            } catch (java.sql.SQLException chosenAsVictim) {
                other.rollback();
            }
            writing.join();
        }
        assertThat(server(kind).rows("SELECT id, email FROM " + table + " ORDER BY id"))
                .containsExactly("1|one", "2|two");
    }
}
