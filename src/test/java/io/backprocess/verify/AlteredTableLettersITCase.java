package io.backprocess.verify;

import static io.backprocess.testing.Completeness.assertComplete;
import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sabotage on what the dead letters of results that did not come into a table state. */
class AlteredTableLettersITCase {
    private static final String ERRORS = "__backprocess.errors.";

    private static final String TABLE = """
            url: jdbc:postgresql://db/shop
            user: u
            table: purchases
            when: [SubscriptionAPurchased]
            columns:
              user: {path: /userId, type: text, key: true}
              amount: {path: /amount, type: bigint}
            """;

    /** The offsets of the letters in the dead-letter topic. */
    private static final long NO_KEY = 0;

    private static final long UNFIT = 1;
    private static final long REFUSED = 2;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aHistory() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 1, "retention.ms=-1");
        KAFKA.send(
                record(purchase("fits", "SKU-PREMIUM-1", "\"userId\":\"u\",\"amount\":1")),
                record(purchase("no-key", "SKU-PREMIUM-1", "\"amount\":1")),
                record(purchase("unfit", "SKU-PREMIUM-1", "\"userId\":\"u\",\"amount\":2.5")),
                record(purchase("refused", "SKU-PREMIUM-1", "\"userId\":\"u\",\"amount\":1")),
                record(purchase("elsewhere", "SKU-BASIC-1", "\"amount\":1")),
                record(purchase("last", "SKU-PREMIUM-1", "\"userId\":\"u\",\"amount\":1")));
    }

    @ParameterizedTest
    @EnumSource
    void aBatchIsCompleteWhateverTheDatabaseSaid(DedupeScope scope) {
        WrittenBatch batch = batch(scope, TABLE);
        alter(batch, REFUSED, "message", "another one");
        alter(batch, REFUSED, "exception", "java.sql.SQLDataException");
        alter(batch, REFUSED, "attempts", "3");
        batch.write();

        Verification verification = batch.verify();

        assertThat(batch.deadLetters.get(0)).hasSize(3);
        assertComplete(verification);
    }

    static Stream<Arguments> alterations() {
        return Stream.of(DedupeScope.values())
                .flatMap(scope -> Stream.of(
                        Arguments.of(scope, REFUSED, "stage", "revise"),
                        Arguments.of(scope, UNFIT, "stage", "publish"),
                        Arguments.of(scope, REFUSED, "reason", "missing-context"),
                        Arguments.of(scope, UNFIT, "reason", "invalid-field"),
                        Arguments.of(scope, NO_KEY, "reason", "rejected"),
                        Arguments.of(scope, REFUSED, "event-id", "another"),
                        Arguments.of(scope, UNFIT, "revision", "another")));
    }

    @ParameterizedTest
    @MethodSource("alterations")
    void namesTheLetterThatStatesSomethingElse(DedupeScope scope, long offset, String header, String text) {
        WrittenBatch batch = batch(scope, TABLE);
        alter(batch, offset, header, text);

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.ALTERED_DEAD_LETTER, batch.deadLetterTopic(), 0, offset));
    }

    @ParameterizedTest
    @CsvSource({
        "stage, revise, its header %sstage is 'revise' and must be 'upsert'",
        "reason, invalid-field, its header %sreason is 'invalid-field' and must be 'rejected'",
        "event-id, another, its header %sevent-id differs"
    })
    void saysWhatTheLetterStatesAndWhatItMustState(String header, String text, String message) {
        WrittenBatch batch = batch(DedupeScope.PARTITION, TABLE);
        alter(batch, REFUSED, header, text);

        Verification verification = batch.write().verify();

        assertThat(verification.remarks().findings())
                .extracting(Finding::message)
                .containsExactly("key, value, timestamp or headers differ from what %s/0/3 gives: %s"
                        .formatted(source, message.formatted(ERRORS)));
    }

    @Test
    void noLetterIsOfAResultThatDoesNotGoToTheTable() {
        WrittenBatch batch = WrittenBatch.upserting(
                KAFKA,
                source,
                List.of("purchase-split"),
                TABLE,
                DedupeScope.PARTITION,
                taken -> is(taken, "elsewhere") ? refused(taken.event()) : table(taken));

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.MISSING_RESULT, source, 0, 4L),
                new Place(FindingKind.UNEXPECTED_DEAD_LETTER, batch.deadLetterTopic(), 0, 3L),
                new Place(FindingKind.LEDGER_MISMATCH, source, 0, null));
    }

    /** The reason may be right under rules that this version does not know. What else the letter states must be right. */
    @ParameterizedTest
    @CsvSource({"reason, missing-context, complete", "event-id, another, wrong"})
    void comparesNoReasonsIfItCannotReadTheDefinitionOfTheTable(String header, String text, String verdict) {
        WrittenBatch batch = batch(DedupeScope.PARTITION, "columns: of another version");
        alter(batch, REFUSED, header, text);
        if (header.equals("reason")) {
            batch.lines.set(1, AlteredLedgerITCase.withDeadLetters(batch.lines.get(1), Map.of("missing-context", 1L)));
        }

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).hasToString(verdict);
    }

    private static WrittenBatch batch(DedupeScope scope, String definition) {
        return WrittenBatch.upserting(
                KAFKA, source, List.of("purchase-split"), definition, scope, AlteredTableLettersITCase::table);
    }

    private static Outcome table(Taken taken) {
        if (is(taken, "no-key")) {
            return DeadLetter.of(
                    taken.event(),
                    "upsert",
                    Reason.MISSING_CONTEXT,
                    "column user: /userId is missing, and a row needs it as its key");
        }
        if (is(taken, "unfit")) {
            return DeadLetter.of(taken.event(), "upsert", Reason.REJECTED, "column amount: /amount is not whole");
        }
        return is(taken, "refused") ? refused(taken.event()) : taken;
    }

    private static boolean is(Taken taken, String eventId) {
        return taken.event().eventId().equals(eventId);
    }

    private static DeadLetter refused(Event event) {
        return DeadLetter.of(
                event.record(),
                "upsert",
                Reason.REJECTED,
                "too long",
                new SQLException("too long"),
                1,
                event.eventId());
    }

    private static void alter(WrittenBatch batch, long letter, String header, String text) {
        Headers headers = batch.deadLetters.get(0).get((int) letter).headers();
        replace(headers, ERRORS + header, text);
    }

    /** Replaces the text of a header at its place. */
    static void replace(Headers headers, String name, String text) {
        List<org.apache.kafka.common.header.Header> all = List.of(headers.toArray());
        all.forEach(each -> headers.remove(each.key()));
        all.forEach(each -> headers.add(each.key(), each.key().equals(name) ? bytes(text) : each.value()));
    }

    private static String purchase(String eventId, String sku, String rest) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"%s\",%s}}"
                .formatted(eventId, sku, rest);
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>(source, 0, 1_700_000_000_000L, bytes("key"), bytes(value));
    }
}
