package io.backprocess.decode;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.backprocess.batch.DeadLettersOf;
import io.backprocess.event.Contexts;
import io.backprocess.event.Contexts.Context;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.Origin;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.testing.Specs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of old events on one level; everything else is {@link DecodeRecordsTest}'s. */
class DecoderTest {
    private static final String FLAT =
            "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":\"2021-01-01T00:00:00Z\"}";
    private static final Origin SOURCE = new Origin("users", 0, 9);

    private final List<String> asked = new ArrayList<>();

    @Test
    void givesAFlatEventTheContextOfItsTime() {
        Outcome outcome = decoder(known("{\"plan\":\"premium\"}")).decode(recordAt(0, 1, FLAT));

        assertThat(asked).containsExactly("u-1 at 2021-01-01T00:00:00Z");
        assertThat(outcome).isInstanceOf(Event.class);
        Event event = (Event) outcome;
        assertThat(event.eventId()).isEqualTo("e-1");
        assertThat(event.processVersion()).isEqualTo(ProcessVersion.of("1.5"));
        assertThat(event.payload().text("plan")).isEqualTo("premium");
        assertThat(event.envelope().text("contextSource")).isEqualTo("users/0/9");
    }

    @Test
    void asksForNoContextOfAnEnvelope() {
        assertThat(decoder(null).decode(recordAt(0, 1, envelope("e-1")))).isInstanceOf(Event.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void leavesAFlatEventDeadWhereNoContextIsKnown() {
        assertThat(dead(decoder(null), FLAT))
                .isEqualTo("missing-context: no context of its userId is known at 2021-01-01T00:00:00Z or before");
        assertThat(dead(decoder(new Context(SOURCE, null)), FLAT))
                .isEqualTo(
                        "missing-context: the context of its userId was deleted at 2021-01-01T00:00:00Z or before, by users/0/9");
        assertThat(dead(decoder(known("[1]")), FLAT))
                .isEqualTo("missing-context: the context of its userId, users/0/9, is no JSON object");
        assertThat(dead(decoder(known("{\"a\":")), FLAT))
                .isEqualTo("missing-context: the context of its userId, users/0/9, is no JSON object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "{\"eventId\":\"e\",\"userId\":null,\"actionType\":\"x\",\"timestamp\":1}; missing-context: a flat event whose userId is missing, or neither text nor a number",
                "{\"eventId\":\"e\",\"userId\":1,\"actionType\":\"x\",\"timestamp\":\"soon\"}; missing-context: a flat event whose timestamp is no time, so that its context cannot be found",
                "{\"eventId\":\"e\",\"userId\":1,\"actionType\":\"x\",\"timestamp\":1,\"processVersion\":\"1\"}; not-an-envelope: processVersion is text \"1\", a number is needed: see --envelope",
                "{\"userId\":1,\"actionType\":\"x\",\"timestamp\":1}; not-an-envelope: eventId is missing (the value has userId, actionType, timestamp): see --envelope",
            })
    void saysOfAFlatEventWhatIsWrongWithIt(String flat, String expected) {
        assertThat(dead(decoder(known("{}")), flat)).isEqualTo(expected);
    }

    @Test
    void leavesEveryFlatEventDeadWithoutContexts() {
        assertThat(dead(new Decoder(EnvelopeMapping.OWN, null, null), FLAT))
                .isEqualTo("missing-context: a flat legacy event: it has no payload that says what it was about");
    }

    @Test
    void findsTheSubjectUnderTheNameThatItIsGiven() {
        String flat =
                "{\"eventId\":\"e\",\"customer\":\"c-7\",\"actionType\":\"x\",\"timestamp\":\"2021-01-01T00:00:00Z\"}";

        Outcome outcome = new Decoder(
                        EnvelopeMapping.OWN,
                        new LegacyContextJoin(contexts(known("{}")), "customer", ProcessVersion.of("1")),
                        null)
                .decode(recordAt(0, 1, flat));

        assertThat(outcome).isInstanceOf(Event.class);
        assertThat(asked).containsExactly("c-7 at 2021-01-01T00:00:00Z");
        assertThat(dead(new Decoder(EnvelopeMapping.OWN, null, null), flat)).startsWith("not-an-envelope");
    }

    /** A batch that was written before dead letters could be a source expects the words of then. */
    @Test
    void saysOnlyOfDeadLettersThatTheyAreStoredByReference() {
        SourceRecord reference = recordAt(0, 1, null);
        reference.headers().add("__backprocess.errors.value-size", "17".getBytes(UTF_8));
        LetterGate letters = LetterGate.of(Specs.whole("b", "orders.a.dlq")
                .withDeadLettersOf(new DeadLettersOf(LetterFamily.BACKPROCESS, null, null, null)));

        assertThat(tombstone(new Decoder(EnvelopeMapping.OWN, null, null), reference))
                .isEqualTo("the record's value is null");
        assertThat(tombstone(new Decoder(EnvelopeMapping.OWN, null, letters), reference))
                .isEqualTo(
                        "the dead letter is stored by reference, so its value is not here: redrive its batch instead");
    }

    @Test
    void skipsNoLetterThatTheBrokerHasNotCopied() {
        SourceRecord letter = new SourceRecord(0, 1, 5, null, null, new RecordHeaders());
        letter.headers().add("__dlq.errors.topic", "orders".getBytes(UTF_8));
        SourceRecord tombstone = new SourceRecord(0, 2, 5, "key".getBytes(UTF_8), null, letter.headers());
        LetterGate letters = LetterGate.of(Specs.whole("b", "dlq.orders")
                .withDeadLettersOf(new DeadLettersOf(LetterFamily.SHARE, null, null, null)));
        EnvelopeMapping skipping = new EnvelopeMapping("e", "dlq.orders", EnvelopeMapping.OWN.forms(), true, false);

        for (EnvelopeMapping mapping : List.of(EnvelopeMapping.OWN, skipping)) {
            assertThat(new Decoder(mapping, null, letters).decode(letter))
                    .asInstanceOf(type(DeadLetter.class))
                    .satisfies(dead -> {
                        assertThat(dead.reason()).isEqualTo(Reason.TOMBSTONE);
                        assertThat(dead.message()).contains("errors.deadletterqueue.copy.record.enable=true");
                    });
        }
        assertThat(tombstone(new Decoder(EnvelopeMapping.OWN, null, letters), tombstone))
                .isEqualTo("the record's value is null");
        assertThat(tombstone(new Decoder(EnvelopeMapping.OWN, null, null), letter))
                .isEqualTo("the record's value is null");
    }

    private static String tombstone(Decoder decoder, SourceRecord record) {
        DeadLetter letter = (DeadLetter) decoder.decode(record);
        assertThat(letter.reason()).isEqualTo(Reason.TOMBSTONE);
        return letter.message();
    }

    private Decoder decoder(@Nullable Context context) {
        return new Decoder(
                EnvelopeMapping.OWN,
                new LegacyContextJoin(contexts(context), "userId", ProcessVersion.of("1.5")),
                null);
    }

    private Contexts contexts(@Nullable Context context) {
        return new Contexts() {
            @Override
            public @Nullable Context asOf(byte[] subject, Instant time) {
                asked.add(new String(subject, UTF_8) + " at " + time);
                return context;
            }

            @Override
            public void close() {}
        };
    }

    private static Context known(String json) {
        return new Context(SOURCE, json.getBytes(UTF_8));
    }

    private static String dead(Decoder decoder, String value) {
        DeadLetter letter = (DeadLetter) decoder.decode(recordAt(0, 1, value));
        assertThat(letter.stage()).isEqualTo("decode");
        assertThat(letter.reason()).isIn(Reason.MISSING_CONTEXT, Reason.NOT_AN_ENVELOPE);
        return letter.reason() + ": " + letter.message();
    }
}
