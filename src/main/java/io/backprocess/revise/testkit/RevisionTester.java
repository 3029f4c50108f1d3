package io.backprocess.revise.testkit;

import io.backprocess.envelope.Envelope;
import io.backprocess.envelope.EnvelopeText;
import io.backprocess.event.EnvelopeMapping;
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
 * Tests revisions in any test framework, with the same code that the job uses. It takes an event and gives its results or its
 * rejection, byte for byte as they would be in Kafka. An unexpected outcome is an {@link AssertionError}.
 *
 * <pre>{@code
 * RevisionTester tester = RevisionTester.of(PriceInCents::new);
 * tester.givenPayload("{\"price\":9.90}").givesPayloads("{\"cents\":990}");
 * tester.givenPayload("{}").isRejected("No price");
 * }</pre>
 *
 * <p>Each event is also a test of purity. It goes through the revision twice, the second time a millisecond later, and once
 * through a fresh instance. All three outcomes must agree, and the event must stay unchanged. This does not detect a clock that
 * shows seconds, files, or the network. A {@link io.backprocess.revise.TransientException} counts as one that does not pass, so
 * that tests do not wait.
 */
public final class RevisionTester {
    /** The correlationId of the results. */
    public static final String BATCH_ID = "batch-1";

    /** The eventId of an event that is given as a payload. */
    public static final String EVENT_ID = "event-1";

    private final Supplier<List<Revision>> revisions;
    private final Map<String, String> options;
    private final EnvelopeMapping mapping;
    private @Nullable Attempts attempts;

    private RevisionTester(Supplier<List<Revision>> revisions, Map<String, String> options, EnvelopeMapping mapping) {
        this.revisions = revisions;
        this.options = options;
        this.mapping = mapping;
    }

    /** Returns a tester for a revision's constructor: {@code RevisionTester.of(PriceInCents::new)}. */
    public static RevisionTester of(Supplier<? extends Revision> revision) {
        return new RevisionTester(() -> List.of(revision.get()), Map.of(), EnvelopeMapping.OWN);
    }

    /**
     * Returns a tester for the names that {@code --revision} takes. The job's lookup finds them:
     * {@code META-INF/services/io.backprocess.revise.Revision}. Several names make a chain.
     */
    public static RevisionTester named(String... names) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader classes = context == null ? RevisionTester.class.getClassLoader() : context;
        return new RevisionTester(() -> RevisionChain.find(List.of(names), classes), Map.of(), EnvelopeMapping.OWN);
    }

    /** Returns a tester with one more {@code --revision-option}. */
    public RevisionTester withOption(String name, String value) {
        Map<String, String> more = new TreeMap<>(options);
        more.put(name, value);
        return new RevisionTester(revisions, more, mapping);
    }

    /**
     * Returns a tester for records whose envelope {@code --envelope} describes. The records are those of topic {@code history}.
     *
     * @param envelope the name of a preset, or a mapping file
     * @throws IllegalArgumentException with all problems of the mapping
     */
    public RevisionTester withEnvelope(String envelope) {
        return new RevisionTester(
                revisions,
                options,
                Envelope.of(EnvelopeText.of(envelope), "history").mapping());
    }

    /**
     * Puts an event through the revision.
     *
     * @param envelope the value of a Kafka record: a whole {@code {"eventId":…,"processVersion":…,"payload":{…}}}, or any other
     *     value that a topic may contain
     * @throws AssertionError when the revision is not pure
     * @throws IllegalArgumentException when the job would not start because options or versions do not fit
     */
    public Revised given(String envelope) {
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        byte[] value = envelope.getBytes(StandardCharsets.UTF_8);
        return given(new SourceRecord(0, 0, 1_763_200_800_000L, key, value, new RecordHeaders()));
    }

    /**
     * Puts an event of the revision's version through it, where only the payload matters.
     *
     * @throws IllegalStateException with another envelope than Backprocess's own, for which a test gives whole records
     */
    public Revised givenPayload(String payload) {
        if (!mapping.isOwn()) {
            throw new IllegalStateException("with another envelope a test gives whole records: use given");
        }
        return given(
                "{\"eventId\":\"%s\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-11-15T10:00:00Z\",\"processVersion\":%s,\"payload\":%s}"
                        .formatted(EVENT_ID, attempts().from(), payload));
    }

    /** Puts a record through a revision that reads its key, headers or timestamp. */
    public Revised given(SourceRecord record) {
        return attempts().given(record);
    }

    /**
     * Puts each line of a history through the revision and compares the results with a file that a person has reviewed.
     * {@code -Dbackprocess.golden=write} writes that file instead; then review its diff. Every line is revised, including a copy
     * of an earlier line, which a batch would drop as a duplicate.
     *
     * @param history a file with one record's value on each line; empty lines are ignored
     * @param golden a file with a comment line for every record, followed by the record's results, one on each line
     */
    public void matchesGolden(Path history, Path golden) {
        new Golden(this, history).matches(golden);
    }

    private Attempts attempts() {
        if (attempts == null) {
            attempts = new Attempts(this::chain, from(revisions.get()), mapping);
        }
        return attempts;
    }

    private RevisionChain chain() {
        List<Revision> fresh = revisions.get();
        return RevisionChain.of(fresh, options, from(fresh), BATCH_ID, mapping);
    }

    private static ProcessVersion from(List<Revision> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no revision is given; name one");
        }
        return chain.get(0).from();
    }
}
