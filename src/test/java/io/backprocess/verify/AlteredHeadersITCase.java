package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.PLAIN;
import static io.backprocess.verify.DirtyTopic.records;
import static io.backprocess.verify.DirtyTopic.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sabotage on each header that a batch writes. */
class AlteredHeadersITCase {
    private static final String ERRORS = "__backprocess.errors.";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aDirtyHistory() {
        source = DirtyTopic.create(KAFKA);
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp, 1",
        "stage, decode",
        "reason, missing-context",
        "exception, java.lang.Error",
        "message, another",
        "attempts, 2",
        "batch-id, another",
        "event-id, another",
        "revision, another",
        "value-size, 3"
    })
    void namesTheDeadLetter(String header, String text) {
        WrittenBatch batch = batch();
        ProducerRecord<byte[], byte[]> letter =
                records(batch, Output.DEAD_LETTERS).get(3);
        if (letter.headers().lastHeader(ERRORS + header) == null) {
            letter.headers().add(ERRORS + header, text.getBytes(StandardCharsets.UTF_8));
        } else {
            AlteredTableLettersITCase.replace(letter.headers(), ERRORS + header, text);
        }

        Verification verification = batch.write().verify();

        assertWrong(
                verification, new Place(FindingKind.ALTERED_DEAD_LETTER, topic(batch, Output.DEAD_LETTERS), PLAIN, 3L));
    }

    @ParameterizedTest
    @CsvSource({"topic, another", "partition, 1", "offset, 12345"})
    void namesTheDeadLetterAndItsSourceIfItStatesAnotherOrigin(String header, String text) {
        WrittenBatch batch = batch();
        AlteredTableLettersITCase.replace(
                records(batch, Output.DEAD_LETTERS).get(3).headers(), ERRORS + header, text);

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.MISSING_DEAD_LETTER, source, PLAIN, 39L),
                new Place(FindingKind.UNEXPECTED_DEAD_LETTER, topic(batch, Output.DEAD_LETTERS), PLAIN, 3L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"trace", "backprocess.batch-id", "backprocess.revision", "backprocess.source-event-id"})
    void namesTheResult(String header) {
        WrittenBatch batch = batch();
        ProducerRecord<byte[], byte[]> result = records(batch, Output.RESULTS).get(3);
        assertThat(result.headers().lastHeader(header)).isNotNull();
        AlteredTableLettersITCase.replace(result.headers(), header, "another");

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.ALTERED_RESULT, topic(batch, Output.RESULTS), PLAIN, 3L));
        assertThat(verification.remarks().findings().get(0).message())
                .endsWith(": its header %s differs".formatted(header));
    }

    private static WrittenBatch batch() {
        return WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, ResultHeaders.FULL);
    }
}
