package io.backprocess.verify;

import io.backprocess.event.Origin;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.verify.Finding.Kind;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One partition of one of the batch's topics: whose records these are, and how findings about them are worded. */
final class OutputPartition {
    /** The origin of a record that says none, or one that cannot be in this partition. */
    static final long FOREIGN = -1;

    private static final String GONE =
            "the source has lost this record since the batch read it, so what has to come of it cannot be told";
    private static final String EARLIER_COPY =
            "nothing is there of it, and whether an earlier copy was taken cannot be told: the source has lost records"
                    + " before it";
    private static final String NO_ORIGIN =
            "it may come of a source record that is gone or cannot be asked about; it does not say which"
                    + " (--result-headers none)";

    final Output output;
    final PartitionRange span;
    private final String sourceTopic;
    private final LedgerRange ledgerRange;
    private final Findings findings;
    private final Unknowns unknowns;
    private final SourceGaps gaps;
    private long ahead;

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

    /** Another one of the same. */
    OutputPartition again() {
        return new OutputPartition(output, span, sourceTopic, ledgerRange, findings, unknowns, gaps);
    }

    int partition() {
        return ledgerRange.partition();
    }

    /** The source offset that the record says it came from, or {@link #FOREIGN}. */
    long origin(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = output.origin(record.headers());
        boolean own = origin != null
                && origin.topic().equals(sourceTopic)
                && origin.partition() == ledgerRange.partition()
                && origin.offset() >= ledgerRange.start()
                && origin.offset() < ledgerRange.end();
        return own && origin != null ? origin.offset() : FOREIGN;
    }

    /** Whether the batch went on while this was read, so that there are records which the ledger as read does not count. */
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

    void missing(long sourceOffset) {
        if (!ledgerRange.mustBeThere(output, sourceOffset)) {
            return;
        }
        if (gaps.isUncertain(sourceOffset)) {
            gaps.either(lostFinding(sourceOffset), sourceOffset, EARLIER_COPY);
        } else {
            lost(sourceOffset);
        }
    }

    /** It is missing, however far the batch may be. */
    void lost(long sourceOffset) {
        findings.add(lostFinding(sourceOffset));
    }

    private Finding lostFinding(long sourceOffset) {
        return new Finding(
                output.missing,
                sourceTopic,
                ledgerRange.partition(),
                sourceOffset,
                "its %s is not on %s".formatted(output.word, span.partition()));
    }

    /** Nobody can tell what has to come of the source offset. */
    void unknown(long sourceOffset, String why) {
        unknowns.add(sourceTopic, ledgerRange.partition(), sourceOffset, why);
    }

    /** It is there, and nothing of that origin is expected any more. */
    void surplus(long offset, long origin) {
        if (gaps.isGone(origin)) {
            gaps.either(of(output.unexpected, offset, surplus()), origin, GONE);
        } else if (!gaps.isUnasked(origin)) {
            unexpected(offset);
        }
    }

    /** The same where it does not say where it came from. */
    void surplus(long offset) {
        if (gaps.mayLack()) {
            gaps.either(of(output.unexpected, offset, surplus()), topic(), offset, NO_ORIGIN);
        } else if (gaps.areAny()) {
            unknowns.add(topic(), ledgerRange.partition(), offset, NO_ORIGIN);
        } else {
            unexpected(offset);
        }
    }

    /** Whether something may be there that cannot be expected. */
    boolean isDoubtful() {
        return gaps.areAny();
    }

    private String topic() {
        return span.partition().topic();
    }

    private String surplus() {
        return "a %s that no source record has, or a second copy of one".formatted(output.word);
    }

    void unexpected(long offset) {
        unexpected(offset, surplus());
    }

    void unexpected(long offset, String message) {
        add(output.unexpected, offset, message);
    }

    void altered(long offset, long sourceOffset) {
        add(
                output.altered,
                offset,
                "key, value, timestamp or headers are not what %s/%d/%d gives"
                        .formatted(sourceTopic, ledgerRange.partition(), sourceOffset));
    }

    void outOfOrder(long offset, long sourceOffset) {
        add(output.outOfOrder, offset, outOfOrder(sourceOffset));
    }

    private String outOfOrder(long sourceOffset) {
        return "the %s of %s/%d/%d does not stand in the order of its source"
                .formatted(output.word, sourceTopic, ledgerRange.partition(), sourceOffset);
    }

    /** As far as can be told by content alone, among what cannot be expected. */
    void maybeOutOfOrder(long offset, long sourceOffset) {
        if (gaps.mayLack()) {
            gaps.either(of(output.outOfOrder, offset, outOfOrder(sourceOffset)), topic(), offset, NO_ORIGIN);
        } else if (!gaps.areAny()) {
            outOfOrder(offset, sourceOffset);
        }
    }

    /** Of a ledger line about the partition. */
    void ledgerMismatch(String message) {
        findings.add(new Finding(Kind.LEDGER_MISMATCH, sourceTopic, ledgerRange.partition(), null, message));
    }

    /** Of a record of the topic. */
    void finding(Kind kind, long offset, String message) {
        add(kind, offset, message);
    }

    private void add(Kind kind, long offset, String message) {
        findings.add(of(kind, offset, message));
    }

    private Finding of(Kind kind, long offset, String message) {
        return new Finding(kind, topic(), span.partition().partition(), offset, message);
    }
}
