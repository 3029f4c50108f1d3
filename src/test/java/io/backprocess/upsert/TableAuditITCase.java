package io.backprocess.upsert;

import static io.backprocess.upsert.UserTable.GUARDS;
import static io.backprocess.upsert.UserTable.KEY_AND_EMAIL;
import static io.backprocess.upsert.UserTable.TEXT_KEY_AND_EMAIL;
import static io.backprocess.upsert.UserTable.definition;
import static io.backprocess.upsert.UserTable.user;
import static io.backprocess.upsert.UserTable.users;
import static io.backprocess.upsert.UserTable.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of real tables, held to the results that wrote them. */
class TableAuditITCase {
    private static final KeyRange ALL = new KeyRange(0, KeyRange.HASHES);

    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);

    @RegisterExtension
    static final DatabaseServer MARIADB = new DatabaseServer(Kind.MARIADB);

    private static DatabaseServer server(Kind kind) {
        return kind == Kind.POSTGRESQL ? POSTGRESQL : MARIADB;
    }

    private static TableAudit audit(UpsertDefinition definition) {
        return new TableAudit(
                definition, DatabaseServer.PASSWORD, EnvelopeMapping.OWN, TableAuditITCase.class.getClassLoader());
    }

    private static RowFold fold(TableAudit audit, Taken... results) {
        RowFold fold = audit.fold(ALL, Long.MAX_VALUE);
        ResultRows rows = audit.results(fold);
        long offset = 0;
        for (Taken taken : results) {
            for (Result result : taken.results()) {
                assertThat(rows.take(result.record(), 0, 0, offset++)).isEqualTo(ResultRows.Taken.ROW);
            }
        }
        return fold;
    }

    private static List<String> differing(UpsertDefinition definition, Taken... results) {
        try (TableAudit audit = audit(definition)) {
            List<String> differing = new ArrayList<>();
            RowFold fold = fold(audit, results);
            TableAudit.Compared compared = audit.compare(
                    fold,
                    true,
                    true,
                    row -> differing.add(row.verdict() + " " + row.key() + " "
                            + row.differences().stream()
                                    .map(each -> "%s %s->%s".formatted(each.column(), each.result(), each.table()))
                                    .toList()));
            assertThat(compared.right() + differing.size()).isEqualTo(compared.keys());
            return differing;
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesEveryTypeForRightAsTheDatabaseKeepsIt(Kind kind) throws Exception {
        String table = users(
                server(kind),
                ", amount numeric(30,10), ratio double precision, ok boolean, day date, doc jsonb, tag uuid, code char(8), coarse "
                        + (kind == Kind.POSTGRESQL ? "timestamp(3)" : "datetime(3)"));
        String columns = KEY_AND_EMAIL + """
                  amount: {path: /amount, type: numeric}
                  ratio: {path: /ratio, type: double}
                  ok: {path: /ok, type: boolean}
                  day: {path: /day, type: date}
                  doc: {path: /doc, type: json}
                  tag: {path: /tag, type: uuid}
                  code: {path: /code, type: text}
                  at: {path: /at, type: timestamp}
                  coarse: {path: /at, type: timestamp}
                """;
        String payload =
                "{\"id\":9007199254740993,\"email\":\"Ünï 😀 'quoted' \\\\ \\\"\",\"amount\":12345678901234567890.0123456789,\"ratio\":0.1,\"ok\":true,\"day\":\"2024-02-29\",\"doc\":{\"b\":[1,99.990],\"a\":1e2},\"tag\":\"7D444840-9dc0-11d1-b245-5ffdce74fad2\",\"code\":\"ab\",\"at\":\"2025-06-01T02:00:00.123456789+02:00\"}";
        Taken[] results = {
            user("2", "2025-01-01T00:00:00Z", payload),
            user("2", "2025-01-01T00:00:00Z", "{\"id\":2,\"ok\":false,\"amount\":-1.50}"),
            user("2", "2025-01-01T00:00:00Z", "{\"id\":3.0,\"email\":\"three\",\"amount\":1e3}")
        };
        UpsertDefinition definition = definition(server(kind), table, columns);
        assertThat(write(definition, results)).containsExactly(results);

        assertThat(differing(definition, results)).isEmpty();

        server(kind)
                .execute(
                        "UPDATE %s SET email = 'three ', amount = 1000.0000000001 WHERE id = 3".formatted(table),
                        "UPDATE %s SET ok = NULL WHERE id = 2".formatted(table),
                        "UPDATE %s SET doc = '{\"a\": 100, \"b\": [1, 99.991]}', at = '2025-06-01 00:00:00.123455' WHERE id > 3"
                                .formatted(table));
        assertThat(differing(definition, results))
                .containsExactlyInAnyOrder(
                        "ALTERED {id=3} [email three->three , amount 1000->1000.0000000001]",
                        "ALTERED {id=2} [ok false->NULL]",
                        "ALTERED {id=9007199254740993} [doc {\"b\":[1,99.990],\"a\":1e2}->{\"a\": 100, \"b\": [1, 99.991]}, at 2025-06-01T00:00:00.123456789Z->2025-06-01T00:00:00.123455Z]");
    }

    @ParameterizedTest
    @EnumSource
    void tellsRowsApartByTheGuards(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL + GUARDS);
        Taken[] results = new Taken[8];
        for (int id = 0; id < results.length; id++) {
            results[id] = user("2", "2025-01-01T12:00:00Z", "{\"id\":%d,\"email\":\"user %d\"}".formatted(id, id));
        }
        write(definition, results);

        server(kind)
                .execute(
                        "DELETE FROM %s WHERE id = 1".formatted(table),
                        "UPDATE %s SET email = 'x' WHERE id = 2".formatted(table),
                        "UPDATE %s SET version = 3, email = 'y' WHERE id = 3".formatted(table),
                        "UPDATE %s SET at = '2025-01-01 12:00:00.000001' WHERE id = 4".formatted(table),
                        "UPDATE %s SET at = '2025-01-01 11:59:59.999999' WHERE id = 5".formatted(table),
                        "UPDATE %s SET version = NULL, at = NULL, email = NULL WHERE id = 6".formatted(table),
                        "INSERT INTO %s VALUES (100, 'foreign', NULL, NULL)".formatted(table));

        assertThat(differing(definition, results))
                .containsExactlyInAnyOrder(
                        "MISSING {id=1} []",
                        "ALTERED {id=2} [email user 2->x]",
                        "NEWER {id=3} [email user 3->y, version 2->3.00]",
                        "NEWER {id=4} [at 2025-01-01T12:00:00Z->2025-01-01T12:00:00.000001Z]",
                        "OLDER {id=5} [at 2025-01-01T12:00:00Z->2025-01-01T11:59:59.999999Z]",
                        "OLDER {id=6} [email user 6->NULL, version 2->NULL, at 2025-01-01T12:00:00Z->NULL]");
        try (TableAudit audit = audit(definition)) {
            assertThat(audit.count()).isEqualTo(8);
            assertThat(audit.others(fold(audit, results))).containsExactly(Map.of("id", "100"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsRowsByKeysOfSeveralColumnsAndOfAllTypes(Kind kind) throws Exception {
        String table = server(kind).unique("keys");
        String time = kind == Kind.POSTGRESQL ? "timestamptz" : "datetime(6)";
        server(kind)
                .execute(
                        "CREATE TABLE %s (a varchar(20), b numeric(10,2), c %s, d date, e uuid, v int, PRIMARY KEY (a, b, c, d, e))"
                                .formatted(table, time));
        UpsertDefinition definition = definition(server(kind), table, """
              v: {path: /v, type: bigint}
              a: {path: /a, type: text, key: true}
              b: {path: /b, type: numeric, key: true}
              c: {path: /c, type: timestamp, key: true}
              d: {path: /d, type: date, key: true}
              e: {path: /e, type: uuid, key: true}
            """);
        String key =
                "\"a\":\"it's\",\"b\":%s,\"c\":\"2025-06-01T02:00:00.123456%s+02:00\",\"d\":\"2024-02-29\",\"e\":\"%s-9dc0-11d1-b245-5ffdce74fad2\"";
        Taken[] results = {
            user("2", "2025-01-01T00:00:00Z", "{\"v\":1," + key.formatted("1", "", "7D444840") + "}"),
            user("2", "2025-01-01T00:00:00Z", "{\"v\":2," + key.formatted("1.0", "001", "7d444840") + "}"),
            user("2", "2025-01-01T00:00:00Z", "{\"v\":3," + key.formatted("1.5", "", "7d444840") + "}")
        };
        assertThat(write(definition, results)).containsExactly(results);
        assertThat(server(kind).rows("SELECT v FROM " + table + " ORDER BY v")).containsExactly("2", "3");

        assertThat(differing(definition, results)).isEmpty();

        server(kind).execute("UPDATE " + table + " SET v = 4 WHERE v = 2");
        assertThat(differing(definition, results)).singleElement().asString().contains("v 2->4");
    }

    @Test
    void doesNotTakeARowOfAnotherSpellingForItsOwn() throws Exception {
        String table = MARIADB.unique("users");
        MARIADB.execute("CREATE TABLE %s (id varchar(20) PRIMARY KEY, email varchar(40))".formatted(table));
        UpsertDefinition definition = definition(MARIADB, table, TEXT_KEY_AND_EMAIL);
        Taken ann = user("2", "2025-01-01T00:00:00Z", "{\"id\":\"ann\",\"email\":\"hers\"}");
        write(definition, ann);

        MARIADB.execute("UPDATE " + table + " SET id = 'ANN'");

        assertThat(differing(definition, ann)).containsExactly("MISSING {id=ann} []");
    }

    @Test
    void doesNotBlameATypeThatWritesTextInItsOwnWay() throws Exception {
        String table = POSTGRESQL.unique("users");
        POSTGRESQL.execute("CREATE TABLE %s (id bigint PRIMARY KEY, email inet)".formatted(table));
        UpsertDefinition definition = definition(POSTGRESQL, table, KEY_AND_EMAIL);
        Taken[] results = {user(1, "::FFFF:1.2.3.4"), user(2, "10.0.0.1")};
        assertThat(write(definition, results)).containsExactly(results);

        assertThat(differing(definition, results)).singleElement().asString().startsWith("UNSURE {id=1}");
    }

    @ParameterizedTest
    @EnumSource
    void comparesOnlyTheKeysThatAreAskedFor(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL);
        Taken[] results = {user(9, "nine"), user(10, "ten"), user(11, "eleven")};

        try (TableAudit audit = audit(definition).only("9", "10.0")) {
            List<String> missing = new ArrayList<>();
            audit.compare(
                    fold(audit, results),
                    true,
                    true,
                    row -> missing.add(row.key().toString()));
            assertThat(missing).containsExactlyInAnyOrder("{id=9}", "{id=10}");
            assertThatThrownBy(() -> audit.only("ten", "11"))
                    .isInstanceOf(BatchException.class)
                    .hasMessage("--table-keys: 'ten' is no bigint, as column id of the key is");
            assertThatThrownBy(() -> audit.only("11", "9")).hasMessageContaining("11 is after 9");
        }
    }

    @ParameterizedTest
    @EnumSource
    void neverWrites(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL);
        Database database =
                new Database(definition, DatabaseServer.PASSWORD, getClass().getClassLoader());

        try (java.sql.Connection connection = database.connectToRead();
                java.sql.Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("INSERT INTO " + table + " VALUES (1, 'x', NULL, NULL)"))
                    .isInstanceOf(java.sql.SQLException.class)
                    .hasMessageMatching("(?is).*(read-only|read only).*");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysWhenTheTableIsGone(Kind kind) throws Exception {
        UpsertDefinition definition = definition(server(kind), "nowhere", KEY_AND_EMAIL);

        assertThatThrownBy(() -> audit(definition))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.CANNOT_TELL))
                .hasMessageContaining(
                        "the table does not exist, or the user " + DatabaseServer.USER + " cannot see it");
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWhenTheConnectionWasLost(Kind kind) throws Exception {
        String table = users(server(kind), "");
        UpsertDefinition definition = definition(server(kind), table, KEY_AND_EMAIL);
        Taken one = user(1, "one");
        write(definition, one);
        try (TableAudit audit = audit(definition)) {
            RowFold fold = fold(audit, one);
            server(kind).kill();
            Thread starting = server(kind).startInBackground();

            TableAudit.Compared compared = audit.compare(fold, true, true, row -> {});

            starting.join();
            assertThat(compared).isEqualTo(new TableAudit.Compared(1, 1, 1));
        }
    }
}
