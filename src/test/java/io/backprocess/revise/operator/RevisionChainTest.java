package io.backprocess.revise.operator;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Samples;
import io.backprocess.revise.TestRevisions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionChainTest {
    private static final ProcessVersion ONE = ProcessVersion.of("1");

    private final Path directory;

    RevisionChainTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void findsARevisionInAJarBesideTheJobs() throws Exception {
        RevisionChain chain = load("obedient");

        List<byte[]> envelopes = Samples.envelopes(chain.revise(event(envelope("e-1"))));

        assertThat(envelopes).hasSize(1);
        assertThat(chain.to()).isEqualTo(ProcessVersion.of("2"));
    }

    @Test
    void findsTheShippedRevision() {
        RevisionChain chain = load("purchase-split");

        ProcessVersion to = chain.to();

        assertThat(to).isEqualTo(ProcessVersion.of("2"));
    }

    @Test
    void saysWhichRevisionsThereAreWhereOneIsUnknown() {
        assertThatThrownBy(() -> load("purchase-spilt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'purchase-spilt'")
                .hasMessageContaining("obedient")
                .hasMessageContaining("purchase-split")
                .hasMessageContaining("two-to-three");
    }

    @Test
    void refusesToBeEmpty() {
        assertThatThrownBy(() -> load())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--revision");
    }

    @Test
    void refusesAGap() {
        assertThatThrownBy(() -> load("two-to-three"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'two-to-three' takes version 2, but gets version 1");
    }

    @Test
    void refusesRevisionsInTheWrongOrder() {
        assertThatThrownBy(() -> load("two-to-three", "obedient"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two-to-three (2 → 3), obedient (1 → 2)");
    }

    @Test
    void refusesTheSameRevisionTwice() {
        assertThatThrownBy(() -> load("obedient", "obedient"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'obedient' takes version 1, but gets version 2");
    }

    @Test
    void refusesAFromVersionThatNoRevisionTakes() {
        ClassLoader classes = loader();

        assertThatThrownBy(() -> RevisionChain.load(
                        List.of("obedient"),
                        Map.of(),
                        ProcessVersion.of("1.5"),
                        "batch-1",
                        EnvelopeMapping.OWN,
                        classes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes version 1, but gets version 1.5");
    }

    @Test
    void refusesToEndWhereItBegan() {
        assertThatThrownBy(() -> load("obedient", "two-to-one"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'two-to-one' goes back to version 1, where the chain has been before");
    }

    @Test
    void refusesTwoRevisionsOfOneName() {
        ClassLoader classes =
                TestRevisions.loader(directory, TestRevisions.Greeting.class, TestRevisions.SecondGreeting.class);

        assertThatThrownBy(() ->
                        RevisionChain.load(List.of("greeting"), Map.of(), ONE, "batch-1", EnvelopeMapping.OWN, classes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two revisions are called 'greeting'");
    }

    @Test
    void givesEachRevisionItsOwnOptions() throws Exception {
        RevisionChain chain = RevisionChain.load(
                List.of("greeting", "two-to-three"),
                Map.of("word", "good evening"),
                ONE,
                "batch-1",
                EnvelopeMapping.OWN,
                loader());

        List<byte[]> envelopes = Samples.envelopes(chain.revise(event(envelope("e-1"))));

        assertThat(envelopes)
                .singleElement()
                .extracting(bytes -> new String(bytes, UTF_8))
                .asString()
                .contains("\"word\":\"good evening\"");
    }

    @Test
    void refusesAnOptionThatNoRevisionHas() {
        ClassLoader classes = loader();

        assertThatThrownBy(() -> RevisionChain.load(
                        List.of("greeting"), Map.of("wrod", "x"), ONE, "batch-1", EnvelopeMapping.OWN, classes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'wrod'")
                .hasMessageContaining("tone, word");
    }

    @Test
    void refusesAnOptionOfARevisionThatIsNotInTheChain() {
        ClassLoader classes = loader();

        assertThatThrownBy(() -> RevisionChain.load(
                        List.of("obedient"), Map.of("word", "x"), ONE, "batch-1", EnvelopeMapping.OWN, classes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'word'");
    }

    @Test
    void handsOnWhatARevisionSaysOfAnOption() {
        ClassLoader classes = loader();

        assertThatThrownBy(() -> RevisionChain.load(
                        List.of("greeting"), Map.of("word", " "), ONE, "batch-1", EnvelopeMapping.OWN, classes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("greeting: the word is blank");
    }

    @Test
    void givesTheSecondRevisionWhatTheFirstHasMade() throws Exception {
        RevisionChain chain = load("obedient", "two-to-three");

        List<Event> events = revise(chain, "{\"x\":1.10}");

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.eventId()).isEqualTo("e-1");
            assertThat(event.correlationId()).isEqualTo("batch-1");
            assertThat(event.processVersion()).isEqualTo(ProcessVersion.of("3"));
            assertThat(event.payload().text("given")).isEqualTo("batch-1 2 e-1");
            assertThat(event.payload().get("x")).hasToString("1.10");
        });
    }

    @Test
    void keepsTheEventIdOfASingleResult() throws Exception {
        RevisionChain chain = load("obedient");

        List<Event> events = revise(chain, "{}");

        assertThat(events).extracting(Event::eventId).containsExactly("e-1");
    }

    /** The form of a derived id is a promise: another one would make a resumed or repeated batch write other ids. */
    @Test
    void derivesTheEventIdsOfASplitByName() throws Exception {
        RevisionChain chain = load("obedient");

        List<Event> events = revise(chain, "{\"do\":\"emit three\"}");

        assertThat(events)
                .extracting(Event::eventId)
                .containsExactly(derived("obedient/0/e-1"), derived("obedient/1/e-1"), derived("obedient/2/e-1"))
                .first()
                .isEqualTo("d0ba54f2-7c45-3d39-849a-3687b2ecd832");
    }

    @Test
    void derivesDistinctAndStableEventIdsWhereBothRevisionsSplit() throws Exception {
        RevisionChain chain = load("obedient", "two-to-three");
        RevisionChain again = load("obedient", "two-to-three");

        List<Event> first = revise(chain, "{\"do\":\"emit three\",\"twice\":true}");
        List<Event> second = revise(again, "{\"do\":\"emit three\",\"twice\":true}");

        assertThat(first)
                .hasSize(6)
                .extracting(Event::eventId)
                .doesNotHaveDuplicates()
                .doesNotContain("e-1");
        assertThat(second)
                .extracting(Event::eventId)
                .containsExactlyElementsOf(first.stream().map(Event::eventId).toList());
        assertThat(first)
                .extracting(event -> event.payload().text("part"))
                .containsExactly("a", null, "b", null, "c", null);
    }

    @Test
    void derivesTheSameIdsHoweverTheEventIdIsEscaped() throws Exception {
        RevisionChain chain = load("obedient");

        List<byte[]> plain =
                Samples.envelopes(chain.revise(event(envelope("caf\u00e9", "1", "{\"do\":\"emit three\"}"))));
        List<byte[]> escaped =
                Samples.envelopes(chain.revise(event(envelope("caf\\u00e9", "1", "{\"do\":\"emit three\"}"))));

        assertThat(escaped).containsExactlyElementsOf(plain);
    }

    @Test
    void endsWhereTheFirstRevisionEmitsNothing() throws Exception {
        RevisionChain chain = load("obedient", "two-to-three");

        List<Event> events = revise(chain, "{\"do\":\"emit nothing\"}");

        assertThat(events).isEmpty();
    }

    private RevisionChain load(String... names) {
        return RevisionChain.load(List.of(names), Map.of(), ONE, "batch-1", EnvelopeMapping.OWN, loader());
    }

    private ClassLoader loader() {
        return TestRevisions.loader(
                directory,
                TestRevisions.Obedient.class,
                TestRevisions.TwoToThree.class,
                TestRevisions.TwoToOne.class,
                TestRevisions.Greeting.class);
    }

    private static List<Event> revise(RevisionChain chain, String payload) throws Exception {
        List<Event> events = new ArrayList<>();
        for (byte[] envelope : Samples.envelopes(chain.revise(event(envelope("e-1", "1", payload))))) {
            events.add(Samples.event(new String(envelope, UTF_8)));
        }
        return events;
    }

    private static String derived(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    }
}
