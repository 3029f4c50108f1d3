package io.backprocess.upsert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpsertDefinitionTest {
    private static final String ALL = """
            url: jdbc:postgresql://127.0.0.1:5432/shop?sslmode=require
            user: backprocess
            password-file: /run/secrets/db
            table: public.users
            when: [UserRegistered, UserChanged]
            when-path: /kind
            columns:
              user_id: {path: /userId, type: bigint, key: true}
              email:
                path: /contact/e~1mail
                type: text
              process_version: {envelope: processVersion, type: numeric, guard: version}
              event_time: {envelope: eventTimestamp, type: timestamp, guard: time}
            batch-size: 500
            retry-for: 90s
            """;

    private static final String SHORT =
            "url: jdbc:mariadb://db/shop\nuser: u\ntable: users\ncolumns:\n  id: {path: /id, type: bigint, key: true}\n";

    private static UpsertDefinition read(String yaml) {
        return UpsertDefinition.read("users.yaml", yaml);
    }

    @Test
    void readsAllThatThereIs() {
        UpsertDefinition definition = read(ALL);

        assertThat(definition.dialect()).isEqualTo(Dialect.POSTGRESQL);
        assertThat(definition.login().passwordFile()).isEqualTo("/run/secrets/db");
        assertThat(definition.filter().when()).containsExactly("UserRegistered", "UserChanged");
        assertThat(definition.filter().whenPath()).isEqualTo("/kind");
        assertThat(definition.batchSize()).isEqualTo(500);
        assertThat(definition.retryFor()).isEqualTo(Duration.ofSeconds(90));
        assertThat(definition.columns())
                .containsExactly(
                        new Column("user_id", false, "/userId", ColumnType.BIGINT, true, Column.Guard.NONE),
                        new Column("email", false, "/contact/e~1mail", ColumnType.TEXT, false, Column.Guard.NONE),
                        new Column(
                                "process_version",
                                true,
                                "processVersion",
                                ColumnType.NUMERIC,
                                false,
                                Column.Guard.VERSION),
                        new Column(
                                "event_time", true, "eventTimestamp", ColumnType.TIMESTAMP, false, Column.Guard.TIME));
    }

    @Test
    void takesTheUsualForWhatIsLeftOut() {
        UpsertDefinition definition = read(SHORT);

        assertThat(definition.filter().when()).isEmpty();
        assertThat(definition.filter().whenPath()).isEqualTo("/actionType");
        assertThat(definition.batchSize()).isEqualTo(1000);
        assertThat(definition.retryFor()).isEqualTo(Duration.ofMinutes(2));
        assertThat(definition.login().passwordFile()).isNull();
    }

    @Test
    void isTheSameTextHoweverItsFileIsLaidOut() {
        String json = read(ALL).toJson();

        assertThat(read(json)).isEqualTo(read(ALL));
        assertThat(read(json).toJson()).isEqualTo(json);
        assertThat(read("# with a remark\n" + ALL.replace("batch-size: 500\n", "") + "batch-size: \"500\"\n")
                        .toJson())
                .isEqualTo(json);
        assertThat(read(SHORT).toJson())
                .isEqualTo(
                        "{\"url\":\"jdbc:mariadb://db/shop\",\"user\":\"u\",\"table\":\"users\",\"columns\":{\"id\":{\"path\":\"/id\",\"type\":\"bigint\",\"key\":true}},\"batch-size\":1000,\"retry-for\":\"120s\"}");
    }

    @Test
    void showsTheDatabaseWithoutParameters() {
        assertThat(read(ALL).describe())
                .isEqualTo("public.users in jdbc:postgresql://127.0.0.1:5432/shop, of UserRegistered, UserChanged");
    }

    @Test
    void travelsToTheCluster() throws Exception {
        new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(read(ALL));
    }

    @Test
    void saysAllThatIsWrongAtOnceAndWhere() {
        assertThatThrownBy(() -> read("""
                        url: jdbc:oracle:thin
                        password: canary
                        table: a.b.c
                        colour: red
                        columns:
                          id: {path: id, type: bigint}
                          "x; DROP": {envelope: sourceTopic, type: varchar}
                          v: {path: /v, type: text, guard: version, envelope: eventId}
                          w: {}
                        batch-size: many
                        retry-for: 10ms
                        """)).hasMessage("""
                        users.yaml:1:1: 'user' is missing
                        users.yaml:1:6: the url does not start with one of jdbc:postgresql: jdbc:mariadb: jdbc:mysql:
                        users.yaml:2:1: a password does not belong here, because the file becomes part of the plan; put it into a file or an environment variable, and name that with password-file or password-env
                        users.yaml:3:8: 'a.b.c' is not a table: give its name, or schema.name
                        users.yaml:4:1: 'colour' is not one of batch-size, columns, password-env, password-file, retry-for, table, url, user, when, when-path
                        users.yaml:6:3: no column is a key: add key: true to those that identify a row
                        users.yaml:6:14: 'id' is no JSON Pointer: start each step with a slash, as in /device/os
                        users.yaml:7:3: 'x; DROP' is not a valid name here: use ASCII letters, digits, _ and $, not a digit first, at most 63 characters
                        users.yaml:7:25: 'envelope' must be one of eventId, correlationId, eventTimestamp, processVersion, not 'sourceTopic'
                        users.yaml:7:44: 'type' must be one of text, bigint, numeric, double, boolean, timestamp, date, json, uuid, not 'varchar'
                        users.yaml:8:3: guard: version compares values of type numeric
                        users.yaml:8:7: there is an envelope already; a column has one source
                        users.yaml:9:6: column w has neither path (a JSON Pointer below the payload) nor envelope
                        users.yaml:9:6: column w has no type: one of text, bigint, numeric, double, boolean, timestamp, date, json, uuid
                        users.yaml:10:13: 'many' is not a number of rows from 1 to 100000
                        users.yaml:11:12: 'retry-for' is wrong
                        """.strip().replace(
                "'retry-for' is wrong", "'10ms' is not a duration of a second or more; give one like 90s or 2min"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://h/d?user=u&password=canary",
                "jdbc:mariadb://u:canary@h/d",
                "jdbc:mysql://h/d?PASSWORD=canary",
                "jdbc:postgresql://h/d?sslpassword=canary",
                "jdbc:mariadb://h/d?trustStorePassword=canary",
                "jdbc:mariadb://h/d?password1=canary",
            })
    void refusesASecretInTheUrl(String url) {
        assertThatThrownBy(() -> read(SHORT.replace("jdbc:mariadb://db/shop", url)))
                .hasMessageContaining("users.yaml:1:6: the url has a password in it; put it into a file")
                .hasMessageNotContaining("canary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "batch-size: [1, 2] => 'batch-size' must be a single value",
                "url: x => 'url' is given twice",
                "when: [] => 'when' has an empty list",
                "when: [{a: 1}] => each of 'when' must be a single value",
                "when: &a [b] => anchors and aliases cannot be used: write the value out",
                "when: !a b => '!a' is not a JSON type",
                "when: => 'when' must be a single value",
            })
    void refusesWhatIsOfNoUse(String more, String message) {
        assertThatThrownBy(() -> read(SHORT + more))
                .hasMessageContaining("users.yaml:6:")
                .hasMessageContaining(message);
    }

    @Test
    void refusesTwoPlacesForThePassword() {
        assertThatThrownBy(() -> read(SHORT + "password-env: A\npassword-file: B"))
                .hasMessageContaining("users.yaml:6:1: there is a password-file already");
    }

    @Test
    void refusesGuardsThatGuardNothing() {
        String columns = SHORT
                + "  v: {path: /v, type: numeric, guard: version}\n  w: {path: /w, type: numeric, guard: version}\n  t: {path: /t, type: timestamp, guard: time, key: true}\n  k: {path: /k, type: text, key: yes}\n";

        assertThatThrownBy(() -> read(columns))
                .hasMessageContaining("users.yaml:7:3: there is a guard: version already")
                .hasMessageContaining("users.yaml:8:3: a key is the same in the old and the new row")
                .hasMessageContaining("users.yaml:9:34: 'key' must be one of true, false, not 'yes'");
    }

    @Test
    void refusesWhatIsNoYaml() {
        assertThatThrownBy(() -> read("url: {")).hasMessageStartingWith("users.yaml:1:7: this is not YAML: ");
        assertThatThrownBy(() -> read("")).hasMessage("users.yaml:1:1: the file is empty");
        assertThatThrownBy(() -> read("- a"))
                .hasMessageContaining("users.yaml:1:1: the file must have names with values");
    }

    @Test
    void upsertsOnPostgreSql() {
        assertThat(Upserts.onConflict(read(ALL))).isEqualTo("""
                        INSERT INTO "public"."users" AS "row" ("user_id", "email", "process_version", "event_time") VALUES (?, ?, ?, ?)
                         ON CONFLICT ("user_id") DO UPDATE SET "email" = EXCLUDED."email", "event_time" = EXCLUDED."event_time", "process_version" = EXCLUDED."process_version"
                         WHERE ("row"."process_version" IS NULL OR "row"."process_version" < EXCLUDED."process_version"
                         OR ("row"."process_version" = EXCLUDED."process_version" AND ("row"."event_time" IS NULL OR "row"."event_time" <= EXCLUDED."event_time")))
                        """.replace("\n", ""));
    }

    @Test
    void upsertsOnMariaDb() {
        String yaml = SHORT
                + "  v: {envelope: processVersion, type: numeric, guard: version}\n  t: {envelope: eventTimestamp, type: timestamp, guard: time}\n  e: {path: /e, type: text}\n";
        String newer =
                "(`v` IS NULL OR `v` < VALUES(`v`) OR (`v` = VALUES(`v`) AND (`t` IS NULL OR `t` <= VALUES(`t`))))";

        assertThat(Upserts.onDuplicateKey(read(yaml)))
                .isEqualTo("INSERT INTO `users` (`id`, `v`, `t`, `e`) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                        + " `id` = IF(`id` <=> VALUES(`id`), `id`, NULL),"
                        + " `e` = IF(N, VALUES(`e`), `e`), `t` = IF(N, VALUES(`t`), `t`), `v` = IF(N, VALUES(`v`), `v`)"
                                .replace("N", newer));
    }

    @Test
    void updatesAlwaysWithoutAGuardAndNothingWithoutAValue() {
        String postgresql = SHORT.replace("mariadb", "postgresql");

        assertThat(Upserts.onConflict(read(postgresql)))
                .isEqualTo("INSERT INTO \"users\" AS \"row\" (\"id\") VALUES (?) ON CONFLICT (\"id\") DO NOTHING");
        assertThat(Upserts.onConflict(read(postgresql + "  e: {path: /e, type: text}\n")))
                .endsWith(" ON CONFLICT (\"id\") DO UPDATE SET \"e\" = EXCLUDED.\"e\"");
        assertThat(Upserts.onDuplicateKey(read(SHORT + "  e: {path: /e, type: text}\n")))
                .endsWith(", `e` = VALUES(`e`)");
    }
}
