package io.backprocess.revise.testkit;

import io.backprocess.event.ProcessVersion;
import io.backprocess.event.SourceRecord;
import io.backprocess.revise.Revision;
import io.backprocess.revise.operator.RevisionChain;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Tests revisions in any test framework, with the code that the job itself puts events through: an event in, its results or its
 * rejection out, byte for byte as they would stand in Kafka. What is not as expected is an {@link AssertionError}.
 *
 * <pre>{@code
 * RevisionTester tester = RevisionTester.of(PriceInCents::new);
 * tester.givenPayload("{\"price\":9.90}").givesPayloads("{\"cents\":990}");
 * tester.givenPayload("{}").isRejected("No price");
 * }</pre>
 *
 * <p>Each event is also a test of purity. It goes through the revision twice, the second time a millisecond later, and once
 * through a fresh instance; all three must agree, and the event must stay as it was. A clock that shows seconds, files and the
 * network are not caught that way. A {@link io.backprocess.revise.TransientException} is taken for one that does not pass:
 * nobody waits in a test.
 */
public final class RevisionTester {
    /** The correlationId of the results. */
    public static final String BATCH_ID = "batch-1";

    /** The eventId of an event that is given as a payload. */
    public static final String EVENT_ID = "event-1";

    private final Supplier<List<Revision>> revisions;
    private final Map<String, String> options;
    private @Nullable Attempts attempts;

    private RevisionTester(Supplier<List<Revision>> revisions, Map<String, String> options) {
        this.revisions = revisions;
        this.options = options;
    }

    /** Of a revision's constructor: {@code RevisionTester.of(PriceInCents::new)}. */
    public static RevisionTester of(Supplier<? extends Revision> revision) {
        return new RevisionTester(() -> List.of(revision.get()), Map.of());
    }

    /**
     * Of what {@code --revision} names, found as the job finds it: by {@code META-INF/services/io.backprocess.revise.Revision}.
     * Several names are a chain.
     */
    public static RevisionTester named(String... names) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader classes = context == null ? RevisionTester.class.getClassLoader() : context;
        return new RevisionTester(() -> RevisionChain.find(List.of(names), classes), Map.of());
    }

    /** The same with one more {@code --revision-option}. */
    public RevisionTester withOption(String name, String value) {
        Map<String, String> more = new TreeMap<>(options);
        more.put(name, value);
        return new RevisionTester(revisions, more);
    }

    /**
     * Puts an event through the revision.
     *
     * @param envelope the value of a Kafka record: all of {@code {"eventId":…,"processVersion":…,"payload":{…}}}, or what else may
     *     stand in a topic
     * @throws AssertionError when the revision is not pure
     * @throws IllegalArgumentException when the job would not start: options or versions do not fit
     */
    public Revised given(String envelope) {
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        byte[] value = envelope.getBytes(StandardCharsets.UTF_8);
        return given(new SourceRecord(0, 0, 1_763_200_800_000L, key, value, new RecordHeaders()));
    }

    /** The same of an event of the version that the revision takes, of which only the payload matters. */
    public Revised givenPayload(String payload) {
        return given(
                "{\"eventId\":\"%s\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-11-15T10:00:00Z\",\"processVersion\":%s,\"payload\":%s}"
                        .formatted(EVENT_ID, attempts().from(), payload));
    }

    /** The same of a record whose key, headers or timestamp the revision looks at. */
    public Revised given(SourceRecord record) {
        return attempts().given(record);
    }

    /**
     * Puts each line of a history through the revision and compares what comes out with a file that was looked at before and found
     * good. {@code -Dbackprocess.golden=write} writes that file instead: look at its diff. Every line is revised, also a copy of
     * an earlier one, which a batch would drop before.
     *
     * @param history one record's value a line; empty lines are passed over
     * @param golden a comment line for every record, and below it its results, one a line
     */
    public void matchesGolden(Path history, Path golden) {
        new Golden(this, history).matches(golden);
    }

    private Attempts attempts() {
        if (attempts == null) {
            attempts = new Attempts(this::chain, from(revisions.get()));
        }
        return attempts;
    }

    private RevisionChain chain() {
        List<Revision> fresh = revisions.get();
        return RevisionChain.of(fresh, options, from(fresh), BATCH_ID);
    }

    private static ProcessVersion from(List<Revision> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no revision is given; name one");
        }
        return chain.get(0).from();
    }
}
