package io.backprocess.preview;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventOf;
import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.preview.Comparison.Fate;
import io.backprocess.preview.Comparison.Instance;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ComparingTest {
    private final SourceRecord record = recordAt(0, 7, envelope("e", "1", "{\"a\":1}"));
    private final Comparing comparing =
            new Comparing("then", "purchase-split", EnvelopeMapping.OWN, EnvelopeMapping.OWN, 1);

    @Test
    void takesResultsForTheSameThatDifferInNothingButTheBatch() {
        compare(written("{\"a\":2}"), taken("{\"a\":2}"));
        compare(written(), taken());
        compare(dead("rejected"), deadLetter(Reason.REJECTED));
        compare(written(), new Skipped(0, ProcessVersion.of("2")));
        compare(written(), new Duplicate(0));

        Comparison comparison = comparing.comparison();
        assertThat(comparison.tally().same())
                .isEqualTo(5)
                .isEqualTo(comparison.tally().compared());
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.fates()).isEmpty();
    }

    @Test
    void showsHowResultsDiffer() {
        compare(written("{\"a\":2}"), taken("{\"a\":3}"));
        compare(written("{\"a\":2}", "{\"a\":3}"), taken("{\"a\":2}"));
        compare(written("{\"a\":2}", "{\"a\":3}"), taken("{\"a\":2}", "{\"a\":4}"));

        Comparison comparison = comparing.comparison();
        assertThat(comparison.tally().different()).isEqualTo(3);
        assertThat(comparison.differences())
                .extracting(ChangeKind::title, ChangeKind::count)
                .containsExactlyInAnyOrder(
                        tuple("payload.a changed", 1L), tuple("2 → 1 result", 1L), tuple("payload.a changed", 1L));
    }

    @Test
    void saysWhatHadAnotherEndThen() {
        compare(dead("rejected"), taken("{}"));
        compare(dead("rejected"), taken("{}"));
        compare(written("{}"), deadLetter(Reason.REJECTED));
        compare(dead("unexpected"), deadLetter(Reason.REJECTED));
        compare(written(), taken("{}"));
        compare(written("{}"), new Duplicate(0));
        comparing.addOutside();

        Comparison comparison = comparing.comparison();
        assertThat(comparison.fates())
                .extracting(Fate::then, Fate::now, Fate::count)
                .containsExactlyInAnyOrder(
                        tuple("rejected", "taken", 2L),
                        tuple("taken", "rejected", 1L),
                        tuple("unexpected", "rejected", 1L),
                        tuple("nothing", "taken", 1L),
                        tuple("taken", "nothing", 1L));
        assertThat(comparison.fates().get(0).examples()).containsExactly(new Instance("orders/0/7", "e"));
        assertThat(comparison.tally().compared()).isEqualTo(6);
        assertThat(comparison.outside()).isEqualTo(1);
    }

    @Test
    void survivesAResultThatAnotherProcessHasWritten() {
        Written written = new Written();
        written.addResult(stored(new byte[] {'['}));

        compare(written, taken("{}"));

        assertThat(comparing.comparison().differences())
                .extracting(ChangeKind::title)
                .containsExactly("result unreadable");
    }

    private void compare(Written written, Outcome now) {
        comparing.add("orders/0/7", record, written, now);
    }

    private static Written written(String... payloads) {
        Written written = new Written();
        Arrays.stream(payloads).map(payload -> stored(result(payload, "then"))).forEach(written::addResult);
        return written;
    }

    private static Written dead(String reason) {
        Written written = new Written();
        written.setDead(reason);
        return written;
    }

    private Taken taken(String... payloads) {
        var event = eventOf(record);
        List<Result> results = Arrays.stream(payloads)
                .map(payload -> new Result(event, result(payload, "preview")))
                .toList();
        return new Taken(event, results);
    }

    private DeadLetter deadLetter(Reason reason) {
        return new DeadLetter(record, "revise", reason, "no", null, null, 1, "e");
    }

    private static SourceRecord stored(byte[] result) {
        return new SourceRecord(0, 7, 0, null, result, new RecordHeaders());
    }

    private static byte[] result(String payload, String batch) {
        return envelope("e", "2", payload)
                .replace("\"live\"", "\"" + batch + "\"")
                .getBytes(StandardCharsets.UTF_8);
    }
}
