package io.backprocess.verify;

import io.backprocess.event.Origin;
import io.backprocess.kafka.PartitionRange;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One partition of one of the batch's topics. It finds the origins of its records and words the findings about them. */
final class OutputPartition {
    /** The origin of a record that states none, or one that cannot be in this partition. */
    static final long FOREIGN = -1;

    private static final String GONE =
            "the source has lost this record since the batch read it, so its outcome is not known";
    private static final String EARLIER_COPY =
            "none of its records is there, and it is not known whether an earlier copy was taken: the source has lost"
                    + " records before it";
    private static final String NO_ORIGIN =
            "it may come from a source record that is deleted or whose outcome is not known; it does not state its origin"
                    + " (--result-headers none)";

    final Output output;
    final PartitionRange span;
    private final String sourceTopic;
    private final LedgerRange ledgerRange;
    private final Findings findings;
    private final Unknowns unknowns;
    private final SourceGaps gaps;
    /** How records differ that did not match at once, by their offsets, as far as it is known. */
    private final Map<Long, String> differences = new HashMap<>();

    private long ahead;
    /** The first source offset whose record may still come; {@link Long#MAX_VALUE} if there is none. */
    private long awaited = Long.MAX_VALUE;

    OutputPartition(
            Output output,
            PartitionRange span,
            String sourceTopic,
            LedgerRange ledgerRange,
            Findings findings,
            Unknowns unknowns,
            SourceGaps gaps) {
        this.output = output;
        this.span = span;
        this.sourceTopic = sourceTopic;
        this.ledgerRange = ledgerRange;
        this.findings = findings;
        this.unknowns = unknowns;
        this.gaps = gaps;
    }

    /** Creates a second object for the same partition, with its own count of records ahead of the ledger. */
    OutputPartition again() {
        return new OutputPartition(output, span, sourceTopic, ledgerRange, findings, unknowns, gaps);
    }

    int partition() {
        return ledgerRange.partition();
    }

    /** Returns the source offset that the record states as its origin, or {@link #FOREIGN}. */
    long origin(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = output.origin(record.headers());
        boolean own = origin != null
                && origin.topic().equals(sourceTopic)
                && origin.partition() == ledgerRange.partition()
                && origin.offset() >= ledgerRange.start()
                && origin.offset() < ledgerRange.end();
        return own && origin != null ? origin.offset() : FOREIGN;
    }

    /**
     * Tells whether the batch may have written this origin's records after the ledger was read, so that it does not count them.
     */
    boolean mayRunAhead(long origin) {
        return ledgerRange.mayRunAhead(origin);
    }

    boolean isIncomplete() {
        return ledgerRange.isIncomplete();
    }

    void countAhead() {
        ahead++;
    }

    long ahead() {
        return ahead;
    }

    /**
     * Returns the first source offset that is committed and whose record may still come; {@link Long#MAX_VALUE} if there is none.
     */
    long awaited() {
        return awaited;
    }

    /** Writes what is kept of the records so far. */
    void write(DataOutput out) throws IOException {
        out.writeLong(ahead);
        out.writeLong(awaited);
        out.writeInt(differences.size());
        for (Map.Entry<Long, String> each : differences.entrySet()) {
            out.writeLong(each.getKey());
            StateJson.write(each.getValue(), out);
        }
    }

    /** Goes on with what {@link #write} has written. */
    void resume(DataInput in) throws IOException {
        ahead = in.readLong();
        awaited = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            differences.put(in.readLong(), StateJson.read(in, String.class));
        }
    }

    void missing(long sourceOffset) {
        missing(sourceOffset, span.partition().toString());
    }

    /** Reports a record that may be missing in any partition of the topic. */
    void missingInAny(long sourceOffset) {
        missing(sourceOffset, topic());
    }

    private void missing(long sourceOffset, String from) {
        if (!ledgerRange.mustBeThere(output, sourceOffset)) {
            awaited = Math.min(awaited, sourceOffset);
            return;
        }
        if (gaps.isUncertain(sourceOffset)) {
            gaps.either(lost(sourceOffset, from), sourceOffset, EARLIER_COPY);
        } else {
            findings.add(lost(sourceOffset, from));
        }
    }

    /** Reports a missing record, no matter how far the batch has come. */
    void lost(long sourceOffset) {
        findings.add(lost(sourceOffset, span.partition().toString()));
    }

    private Finding lost(long sourceOffset, String from) {
        return new Finding(
                output.missing,
                sourceTopic,
                ledgerRange.partition(),
                sourceOffset,
                "its %s is not on %s".formatted(output.word, from));
    }

    /** Reports a source offset whose outcome is not known. */
    void unknown(long sourceOffset, String why) {
        unknowns.add(sourceTopic, ledgerRange.partition(), sourceOffset, why);
    }

    /** Reports a record that is there although no more records of its origin are expected. */
    void surplus(long offset, long origin) {
        if (gaps.isGone(origin)) {
            gaps.either(of(output.unexpected, offset, surplus()), origin, GONE);
        } else if (!gaps.isUnasked(origin)) {
            unexpected(offset);
        }
    }

    /** Reports a surplus record that does not state its origin. */
    void surplus(long offset) {
        if (gaps.mayLack()) {
            gaps.either(of(output.unexpected, offset, surplus()), topic(), offset, NO_ORIGIN);
        } else if (gaps.areAny()) {
            unknowns.add(topic(), ledgerRange.partition(), offset, NO_ORIGIN);
        } else {
            unexpected(offset);
        }
    }

    /** Tells whether records may be there that the recount cannot derive from the source. */
    boolean isDoubtful() {
        return gaps.areAny();
    }

    private String topic() {
        return span.partition().topic();
    }

    private String surplus() {
        return "a %s that comes from no source record, or a second copy of one".formatted(output.word);
    }

    void unexpected(long offset) {
        unexpected(offset, surplus());
    }

    void unexpected(long offset, String message) {
        add(output.unexpected, offset, message);
    }

    /** Notes how a record differs from the expected one, for the finding that it may become. */
    void differs(long offset, String how) {
        if (differences.size() < Findings.MAX_KEPT) {
            differences.put(offset, how);
        }
    }

    void altered(long offset, long sourceOffset) {
        String how = differences.get(offset);
        add(
                output.altered,
                offset,
                "key, value, timestamp or headers differ from what %s/%d/%d gives%s"
                        .formatted(sourceTopic, ledgerRange.partition(), sourceOffset, how == null ? "" : ": " + how));
    }

    void outOfOrder(long offset, long sourceOffset) {
        add(output.outOfOrder, offset, outOfOrder(sourceOffset));
    }

    private String outOfOrder(long sourceOffset) {
        return "the %s of %s/%d/%d is not in the order of its source"
                .formatted(output.word, sourceTopic, ledgerRange.partition(), sourceOffset);
    }

    /**
     * Reports a record that seems to be out of order by its content alone. It is not a finding if unexplained records may be
     * there.
     */
    void maybeOutOfOrder(long offset, long sourceOffset) {
        if (gaps.mayLack()) {
            gaps.either(of(output.outOfOrder, offset, outOfOrder(sourceOffset)), topic(), offset, NO_ORIGIN);
        } else if (!gaps.areAny()) {
            outOfOrder(offset, sourceOffset);
        }
    }

    /** Adds a finding about a ledger line of the partition. */
    void ledgerMismatch(String message) {
        findings.add(new Finding(FindingKind.LEDGER_MISMATCH, sourceTopic, ledgerRange.partition(), null, message));
    }

    /** Adds a finding about a record of the topic. */
    void finding(FindingKind kind, long offset, String message) {
        add(kind, offset, message);
    }

    private void add(FindingKind kind, long offset, String message) {
        findings.add(of(kind, offset, message));
    }

    private Finding of(FindingKind kind, long offset, String message) {
        return new Finding(kind, topic(), span.partition().partition(), offset, message);
    }
}
