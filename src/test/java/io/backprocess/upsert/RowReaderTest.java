package io.backprocess.upsert;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowReaderTest {
    private static RowReader reader(String database, String columns) {
        return new RowReader(
                UpsertDefinition.read(
                        "users.yaml",
                        "url: jdbc:%s://db/shop\nuser: u\ntable: users\ncolumns:\n  id: {path: /id, type: bigint, key: true}\n%s"
                                .formatted(database, columns)),
                EnvelopeMapping.OWN);
    }

    private static PendingOutcome read(RowReader reader, String... results) {
        Event source = event(envelope("e-1"));
        return reader.read(new Taken(
                source,
                List.of(results).stream()
                        .map(result -> new Result(source, result.getBytes(UTF_8)))
                        .toList()));
    }

    private static @Nullable Object[] row(String database, String type, String value) {
        RowReader reader = reader(database, "  v: {path: /v, type: " + type + "}\n");
        PendingOutcome entry = read(reader, envelope("e-1", "2", "{\"id\":1,\"v\":" + value + "}"));
        assertThat(entry.outcome()).isInstanceOf(Taken.class);
        return entry.rows().get(0);
    }

    private static String refusal(String database, String type, String value) {
        RowReader reader = reader(database, "  v: {path: /v, type: " + type + "}\n");
        PendingOutcome entry = read(reader, envelope("e-1", "2", "{\"id\":1,\"v\":" + value + "}"));
        assertThat(entry.rows()).isEmpty();
        DeadLetter letter = (DeadLetter) entry.outcome();
        assertThat(letter.stage()).isEqualTo("upsert");
        assertThat(letter.reason()).isEqualTo(Reason.REJECTED);
        return letter.message();
    }

    @Test
    void keepsEveryDigit() {
        assertThat(row("postgresql", "numeric", "99.990")[1]).isEqualTo(new BigDecimal("99.990"));
        assertThat(row("postgresql", "numeric", "1e400")[1]).isEqualTo(new BigDecimal("1e400"));
        assertThat(row("postgresql", "bigint", "9223372036854775807")[1]).isEqualTo(Long.MAX_VALUE);
        assertThat(row("postgresql", "bigint", "1.0")[1]).isEqualTo(1L);
        assertThat(row("postgresql", "text", "99.990")[1]).isEqualTo("99.990");
        assertThat(row("postgresql", "json", "[1.10 , {\"a\":null}]")[1]).isEqualTo("[1.10 , {\"a\":null}]");
    }

    @Test
    void givesEachDriverTheTimesThatItTakes() {
        String time = "\"2025-11-15T18:30:00.25+09:00\"";

        assertThat(row("postgresql", "timestamp", time)[1]).isEqualTo(OffsetDateTime.parse("2025-11-15T09:30:00.250Z"));
        assertThat(row("mariadb", "timestamp", time)[1]).isEqualTo(LocalDateTime.parse("2025-11-15T09:30:00.250"));
        assertThat(row("mariadb", "date", "\"2024-02-29\"")[1]).isEqualTo(LocalDate.parse("2024-02-29"));
    }

    @Test
    void takesWhatIsMissingOrNullForNull() {
        RowReader reader = reader("postgresql", "  v: {path: /a/b/0, type: text}\n");

        assertThat(read(reader, envelope("e-1", "2", "{\"id\":1}")).rows().get(0))
                .containsExactly(1L, null);
        assertThat(read(reader, envelope("e-1", "2", "{\"id\":1,\"a\":{\"b\":[null]}}"))
                        .rows()
                        .get(0))
                .containsExactly(1L, null);
        assertThat(read(reader, envelope("e-1", "2", "{\"id\":1,\"a\":{\"b\":[\"x\"]}}"))
                        .rows()
                        .get(0))
                .containsExactly(1L, "x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bigint    | \"1\"                  | is text and no bigint",
                "bigint    | 1.5                    | is a number that bigint does not hold",
                "bigint    | 9223372036854775808    | is a number that bigint does not hold",
                "bigint    | 1e2000000000           | is a number that bigint does not hold",
                "numeric   | 1e2000000000           | is a number that numeric does not hold",
                "numeric   | 1e-20000               | is a number that numeric does not hold",
                "numeric   | 1e99999999999          | is a number that numeric does not hold",
                "numeric   | true                   | is true or false and no numeric",
                "double    | 1e400                  | is a number that double does not hold",
                "double    | \"1\"                  | is text and no double",
                "boolean   | 1                      | is a number and no boolean",
                "text      | {}                     | is an object and no text",
                "timestamp | \"2025-11-15T18:30:00\" | is text and no timestamp",
                "timestamp | 1700000000             | is a number and no timestamp",
                "date      | \"2025-02-30\"         | is text and no date",
                "date      | [1]                    | is an array and no date",
                "uuid      | \"1-1-1-1-1\"          | is text and no uuid",
                "text      | \"a\\u0000b\"          | has a NUL character, which PostgreSQL does not take",
                "text      | \"\\udc00\"            | has half a character, which UTF-8 cannot hold",
            })
    void deadLettersWhatIsNoSuchValue(String type, String value, String message) {
        assertThat(refusal("postgresql", type, value)).isEqualTo("column v: /v " + message);
    }

    @Test
    void deadLettersTimesThatMariaDbHasNot() {
        assertThat(refusal("mariadb", "date", "\"0999-12-31\"")).contains("is not between the years 1000 and 9999");
        assertThat(refusal("mariadb", "timestamp", "\"+10000-01-01T00:00:00Z\""))
                .contains("1000 and 9999");
        assertThat(row("mariadb", "text", "\"a\\u0000b\"")[1]).isEqualTo("a\0b");
    }

    @Test
    void deadLettersAnEventWithoutKeyOrGuard() {
        RowReader reader = reader("postgresql", "  t: {envelope: eventTimestamp, type: timestamp, guard: time}\n");

        for (String result : List.of(
                envelope("e-1", "2", "{}"),
                envelope("e-1", "2", "{\"id\":null}"),
                envelope("e-1", "2", "{\"id\":1}").replace("eventTimestamp", "when"))) {
            assertThat(read(reader, result).outcome())
                    .isInstanceOfSatisfying(DeadLetter.class, letter -> assertThat(letter.reason())
                            .isEqualTo(Reason.MISSING_CONTEXT));
        }
        assertThat(read(reader, envelope("e-1", "2", "{\"id\":1}").replace("12:00:00Z", "noon"))
                        .outcome())
                .isInstanceOfSatisfying(DeadLetter.class, letter -> {
                    assertThat(letter.reason()).isEqualTo(Reason.REJECTED);
                    assertThat(letter.message()).isEqualTo("column t: eventTimestamp is text and no timestamp");
                });
    }

    @Test
    void deadLettersTheEventWhereOneOfItsResultsIsNoRow() {
        RowReader reader = reader("postgresql", "");

        PendingOutcome entry =
                read(reader, envelope("e-1", "2", "{\"id\":1}"), envelope("e-2", "2", "{\"id\":\"two\"}"));

        assertThat(entry.rows()).isEmpty();
        assertThat(entry.outcome()).isInstanceOf(DeadLetter.class);
    }

    @Test
    void handsOnWhatIsNoResult() {
        Duplicate duplicate = new Duplicate(3);

        assertThat(reader("postgresql", "").read(duplicate).outcome()).isSameAs(duplicate);
    }
}
