package io.backprocess.event;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventOf;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TravelSerializerTest {
    private static final SourceRecord FULL = new SourceRecord(
            3,
            1_234_567_890_123L,
            1_700_000_000_000L,
            new byte[] {0, (byte) 0xFF},
            envelope("caf\\u00e9", "1.0", "{\"a\":99.990}").getBytes(UTF_8),
            new RecordHeaders()
                    .add("trace", new byte[] {1})
                    .add("none", null)
                    .add("trace", new byte[0])
                    .add("caf\u00e9", new byte[] {2}));
    private static final SourceRecord EMPTY = new SourceRecord(0, 0, -1, null, null, new RecordHeaders());

    private final TypeSerializer<Outcome> outcomes =
            TravelType.of(Outcome.class).createSerializer(new SerializerConfigImpl());

    @Test
    void carriesRecords() throws Exception {
        TypeSerializer<SourceRecord> records =
                TravelType.of(SourceRecord.class).createSerializer(new SerializerConfigImpl());

        SourceRecord full = carried(records, FULL);
        SourceRecord empty = carried(records, EMPTY);

        assertThat(full).usingRecursiveComparison().isEqualTo(FULL);
        assertThat(empty).usingRecursiveComparison().isEqualTo(EMPTY);
        assertThat(empty.key()).isNull();
        assertThat(empty.value()).isNull();
    }

    @Test
    void carriesEvents() throws Exception {
        Event event = eventOf(FULL);

        Event arrived = (Event) carried(outcomes, event);

        assertThat(arrived.record()).usingRecursiveComparison().isEqualTo(FULL);
        assertThat(arrived.eventId()).isEqualTo("caf\u00e9");
        assertThat(arrived.payload().get("a")).hasToString("99.990");
        assertThat(arrived.envelope().document()).isEqualTo(FULL.value());
    }

    @Test
    void carriesPositionsOfAnyLength() throws Exception {
        String longText = "\"" + "x".repeat(300) + "\"";
        String members = IntStream.range(0, 40)
                .mapToObj(i -> "\"m%d\": %s".formatted(i, i % 7 == 0 ? longText : "{\"a\": [%d]}".formatted(i)))
                .collect(Collectors.joining(" , "));
        Event event = eventOf(recordAt(
                3,
                17,
                "{\"eventId\":\"e\",\"p\\u0072ocessVersion\":1,\"more\":[1,{}], \"payload\":{%s}}".formatted(members)));

        Event arrived = (Event) carried(outcomes, event);

        assertThat(arrived.payload().members()).hasSize(40);
        assertThat(arrived.payload().members().toString())
                .isEqualTo(event.payload().members().toString());
        assertThat(arrived.envelope().members().toString())
                .isEqualTo(event.envelope().members().toString());
        assertThat(arrived.processVersion()).isEqualTo(event.processVersion());
    }

    /** The state {@code revise/answered} may have one. */
    @Test
    void readsAnEventThatAnEarlierVersionHasWritten() throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        outcomes.serialize(new Taken(eventOf(FULL), List.of()), out);
        byte[] written = out.getCopyOfBuffer();
        written[0] = 1;

        Event read = (Event) outcomes.deserialize(new DataInputDeserializer(written));

        assertThat(read.record()).usingRecursiveComparison().isEqualTo(FULL);
        assertThat(read.eventId()).isEqualTo("caf\u00e9");
    }

    @Test
    void carriesAnEventWhoseEnvelopeIsNotTheRecordsValue() throws Exception {
        byte[] revised = envelope("e-2", "2", "{}").getBytes(UTF_8);
        Event event = new EventReader().read(FULL, revised);

        Event arrived = (Event) carried(outcomes, event);

        assertThat(arrived.eventId()).isEqualTo("e-2");
        assertThat(arrived.record()).usingRecursiveComparison().isEqualTo(FULL);
    }

    @Test
    void carriesEventsAndResultsOfAMapping() throws Exception {
        EnvelopeMapping mapping = new EnvelopeMapping(
                "headers",
                "orders",
                List.of(new EnvelopeForm(
                        null,
                        null,
                        List.of(new Place(Place.Kind.ORIGIN, "")),
                        new VersionSource(
                                Place.header("v"), null, new TreeMap<>(), new TreeMap<>(), ProcessVersion.of("1")),
                        null,
                        new Place(Place.Kind.VALUE, ""),
                        new TreeMap<>(),
                        Set.of(),
                        new EnvelopeForm.Stamp(null, Place.header("v"), Place.header("batch")))),
                false,
                false);
        TypeSerializer<Outcome> mapped =
                TravelType.of(Outcome.class, mapping).createSerializer(new SerializerConfigImpl());
        SourceRecord record = recordAt(3, 17, "{\"a\":1}");
        Event event = new EventReader(mapping).read(record, "{\"a\":1}".getBytes(UTF_8));
        Result result = event.edit().apply(event, new BatchLabel("b"), ProcessVersion.of("2"), null);

        Taken arrived = (Taken) carried(mapped, new Taken(event, List.of(result, new Result(event, new byte[] {1}))));

        assertThat(arrived.event().eventId()).isEqualTo("orders/3/17");
        assertThat(arrived.results().get(0).headers()).isEqualTo(result.headers());
        assertThat(result.headers()).hasSize(2);
        assertThat(arrived.results().get(1).changedHeaders()).isNull();
    }

    @Test
    void carriesCounts() throws Exception {
        for (Outcome outcome : List.of(
                new Skipped(3, ProcessVersion.of("2.50")),
                new Skipped(3, ProcessVersion.of("1e99999999999")),
                new Duplicate(Integer.MAX_VALUE),
                new Progress(3, 0, Long.MAX_VALUE, 17))) {
            Outcome arrived = carried(outcomes, outcome);

            assertThat(arrived).isEqualTo(outcome);
        }
    }

    @ParameterizedTest
    @EnumSource
    void carriesDeadLetters(Reason reason) throws Exception {
        DeadLetter letter = new DeadLetter(
                FULL, "revise", reason, "caf\u00e9 \ud83d\ude00 \ud83d", "a.B", "at x\n".repeat(30_000), 5, "\ude00");
        DeadLetter bare = DeadLetter.of(EMPTY, "decode", reason, "");

        DeadLetter arrived = (DeadLetter) carried(outcomes, letter);
        DeadLetter arrivedBare = (DeadLetter) carried(outcomes, bare);

        assertThat(arrived).usingRecursiveComparison().isEqualTo(letter);
        assertThat(arrivedBare).usingRecursiveComparison().isEqualTo(bare);
    }

    @Test
    void carriesWhatWasTaken() throws Exception {
        Event event = eventOf(FULL);
        Taken none = new Taken(event, List.of());
        Taken two = new Taken(event, List.of(new Result(event, new byte[] {1}), new Result(event, new byte[0])));

        Taken arrivedNone = (Taken) carried(outcomes, none);
        Taken arrivedTwo = (Taken) carried(outcomes, two);

        assertThat(arrivedNone.results()).isEmpty();
        assertThat(arrivedTwo.results()).extracting(Result::envelope).containsExactly(new byte[] {1}, new byte[0]);
        assertThat(arrivedTwo.results())
                .allSatisfy(result -> assertThat(result.source()).isSameAs(arrivedTwo.event()));
        assertThat(arrivedTwo.event().eventId()).isEqualTo("caf\u00e9");
    }

    @Test
    void carriesPublications() throws Exception {
        TypeSerializer<Publication> publications =
                TravelType.of(Publication.class).createSerializer(new SerializerConfigImpl());

        Result result = (Result) carried(publications, new Result(eventOf(FULL), new byte[] {7}));
        LedgerEntry entry = (LedgerEntry) carried(publications, new LedgerEntry(5, new byte[] {8}));

        assertThat(result.envelope()).containsExactly(7);
        assertThat(result.source().record()).usingRecursiveComparison().isEqualTo(FULL);
        assertThat(entry.partition()).isEqualTo(5);
        assertThat(entry.line()).containsExactly(8);
    }

    @Test
    void copiesWhatItDoesNotLookAt() throws Exception {
        DataOutputSerializer first = new DataOutputSerializer(64);
        DataOutputSerializer second = new DataOutputSerializer(64);
        outcomes.serialize(eventOf(FULL), first);

        outcomes.copy(new DataInputDeserializer(first.getCopyOfBuffer()), second);

        assertThat(second.getCopyOfBuffer()).isEqualTo(first.getCopyOfBuffer());
    }

    @Test
    void refusesWhatDoesNotTravel() {
        @SuppressWarnings("unchecked")
        TypeSerializer<Object> any = (TypeSerializer<Object>) (TypeSerializer<?>) outcomes;

        assertThatThrownBy(() -> any.serialize("text", new DataOutputSerializer(64)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text");
    }

    @Test
    void isRestoredFromItsSnapshot() throws Exception {
        TypeSerializerSnapshot<Outcome> snapshot = outcomes.snapshotConfiguration();

        TypeSerializer<Outcome> restored = snapshot.restoreSerializer();

        assertThat(restored).isEqualTo(outcomes).hasSameHashCodeAs(outcomes);
        assertThat(snapshot.resolveSchemaCompatibility(restored.snapshotConfiguration())
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void hasAReaderOfItsOwnForEachThread() throws Exception {
        Outcome event = eventOf(FULL);
        carried(outcomes, event);

        TypeSerializer<Outcome> duplicate = outcomes.duplicate();
        TypeSerializer<Outcome> sent = InstantiationUtil.clone(outcomes);

        assertThat(duplicate).isNotSameAs(outcomes);
        assertThat(carried(duplicate, event)).isInstanceOf(Event.class);
        assertThat(carried(sent, event)).isInstanceOf(Event.class);
    }

    private static <T> T carried(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        T arrived = serializer.deserialize(in);
        assertThat(in.available()).as("bytes that are left").isZero();
        return arrived;
    }
}
