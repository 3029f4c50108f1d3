package io.backprocess.preview;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultChangesTest {
    private final ResultChanges changes = new ResultChanges(EnvelopeMapping.OWN, 2);

    @Test
    void sortsEventsByTheFieldsThatHaveChanged() {
        revise("{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":1}");
        revise("{\"a\":1,\"b\":1}", "{\"a\":3,\"b\":1}");
        revise("{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":1}");
        revise("{\"a\":1,\"b\":1}", "{\"a\":2}");
        revise("{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":1}");

        assertThat(changes.kinds().kinds())
                .extracting(ChangeKind::title, ChangeKind::count)
                .containsExactly(tuple("payload.a changed", 3L), tuple("payload.a changed, payload.b removed", 1L));
        ChangeKind first = changes.kinds().kinds().get(0);
        assertThat(first.fields().get(0).values())
                .containsExactly(new ChangeKind.ValuePair("1", "2", 2), new ChangeKind.ValuePair("1", "3", 1));
        assertThat(changes.changed()).isEqualTo(4);
        assertThat(changes.unchanged()).isEqualTo(1);
        assertThat(changes.version()).isEqualTo("2");
    }

    @Test
    void countsValuesWhereTheyAreTooManyToTell() {
        for (int i = 0; i < 9; i++) {
            revise("{\"a\":%d}".formatted(i), "{\"a\":%d}".formatted(i + 100));
        }

        ChangeKind.Field field = changes.kinds().kinds().get(0).fields().get(0);
        assertThat(field.values()).isEmpty();
        assertThat(field.different()).isEqualTo(9);
    }

    @Test
    void tellsLongValuesApartThatBeginAlike() {
        String alike = "x".repeat(1000);
        revise("{\"a\":\"%s1\"}".formatted(alike), "{\"a\":\"\"}");
        revise("{\"a\":\"%s2\"}".formatted(alike), "{\"a\":\"\"}");

        ChangeKind.Field field = changes.kinds().kinds().get(0).fields().get(0);
        assertThat(field.different()).isEqualTo(2);
        assertThat(field.values())
                .allSatisfy(values -> assertThat(values.before()).hasSize(160).endsWith("…"));
    }

    @Test
    void makesAKindOfSeveralResultsAndOneOfNone() {
        revise("{\"a\":1}", "{\"a\":1}", "{\"a\":2}");
        revise("{\"a\":1}");
        revise("{\"a\":1}");

        assertThat(changes.kinds().kinds())
                .extracting(ChangeKind::title)
                .containsExactly("1 → no result", "1 → 2 results");
        ChangeKind split = changes.kinds().kinds().get(1);
        assertThat(split.fields()).isEmpty();
        assertThat(split.examples()).singleElement().satisfies(example -> {
            assertThat(example.results().get(0).lines()).isEmpty();
            assertThat(example.results().get(1).lines())
                    .containsExactly(new Example.Line("payload.a", Operation.CHANGED, "1", "2"));
        });
        assertThat(changes.split()).isEqualTo(1);
        assertThat(changes.withoutResult()).isEqualTo(2);
        assertThat(changes.results()).isEqualTo(2);
    }

    @Test
    void looksAtFieldsBesideThePayloadToo() {
        Event event = event("{\"eventId\":\"e\",\"trace\":\"x\",\"processVersion\":1,\"payload\":{}}");
        add(
                event,
                "{\"eventId\":\"e\",\"trace\":\"y\",\"correlationId\":\"preview\",\"processVersion\":2,\"payload\":{}}");

        assertThat(changes.kinds().kinds()).extracting(ChangeKind::title).containsExactly("trace changed");
    }

    @Test
    void keepsAFewExamplesAndAlwaysTheSame() {
        ResultChanges again = new ResultChanges(EnvelopeMapping.OWN, 2);
        for (int i = 0; i < 1000; i++) {
            revise("{\"a\":%d}".formatted(i), "{\"a\":-1}");
            again.add(String.valueOf(i), taken("{\"a\":%d}".formatted(i), "{\"a\":-1}"));
        }

        List<Example> examples = again.kinds().kinds().get(0).examples();
        assertThat(examples).hasSize(2);
        assertThat(examples)
                .extracting(Example::results)
                .isEqualTo(changes.kinds().kinds().get(0).examples().stream()
                        .map(Example::results)
                        .toList());
        // Not just those at the head.
        assertThat(Integer.parseInt(examples.get(1).origin())).isGreaterThan(10);
        assertThat(Integer.parseInt(examples.get(0).origin()))
                .isLessThan(Integer.parseInt(examples.get(1).origin()));
    }

    @Test
    void keepsSoManyKindsAndCountsTheOthers() {
        for (int i = 0; i < 300; i++) {
            revise("{\"user-%d\":1}".formatted(i), "{}");
        }

        assertThat(changes.kinds().kinds()).hasSize(200);
        assertThat(changes.kinds().others()).isEqualTo(100);
    }

    @Test
    void survivesAResultThatIsNoEnvelope() {
        add(event(envelope("e")), "[");

        assertThat(changes.kinds().kinds()).extracting(ChangeKind::title).containsExactly("result unreadable");
    }

    private void revise(String before, String... after) {
        changes.add("orders/0/0", taken(before, after));
    }

    private static Taken taken(String before, String... after) {
        Event event = event(envelope("e", "1", before));
        List<Result> results = new ArrayList<>();
        for (String each : after) {
            String id = after.length == 1 ? "e" : "e-" + results.size();
            results.add(result(event, envelope(id, "2", each).replace("\"live\"", "\"preview\"")));
        }
        return new Taken(event, results);
    }

    private void add(Event event, String result) {
        changes.add("orders/0/0", new Taken(event, List.of(result(event, result))));
    }

    private static Result result(Event event, String envelope) {
        return new Result(event, envelope.getBytes(StandardCharsets.UTF_8));
    }
}
