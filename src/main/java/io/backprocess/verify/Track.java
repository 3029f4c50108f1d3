package io.backprocess.verify;

import io.backprocess.event.Origin;
import io.backprocess.verify.Finding.Kind;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One partition of one of the batch's topics: whose records these are, and how findings about them are worded. */
final class Track {
    /** The origin of a record that says none, or one that cannot be in this partition. */
    static final long FOREIGN = -1;

    final Output output;
    final Stretch stretch;
    private final String sourceTopic;
    private final Extent extent;
    private final Findings findings;
    private final Unknowns unknowns;
    private long ahead;

    Track(Output output, Stretch stretch, String sourceTopic, Extent extent, Findings findings, Unknowns unknowns) {
        this.output = output;
        this.stretch = stretch;
        this.sourceTopic = sourceTopic;
        this.extent = extent;
        this.findings = findings;
        this.unknowns = unknowns;
    }

    int partition() {
        return extent.partition();
    }

    /** The source offset that the record says it came from, or {@link #FOREIGN}. */
    long origin(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = output.origin(record.headers());
        boolean own = origin != null
                && origin.topic().equals(sourceTopic)
                && origin.partition() == extent.partition()
                && origin.offset() >= extent.start()
                && origin.offset() < extent.end();
        return own && origin != null ? origin.offset() : FOREIGN;
    }

    /** Whether the batch went on while this was read, so that there are records which the ledger as read does not count. */
    boolean mayRunAhead(long origin) {
        return extent.mayRunAhead(origin);
    }

    boolean isIncomplete() {
        return extent.isIncomplete();
    }

    void countAhead() {
        ahead++;
    }

    long ahead() {
        return ahead;
    }

    void missing(long sourceOffset) {
        if (extent.mustBeThere(output, sourceOffset)) {
            lost(sourceOffset);
        }
    }

    /** It is missing, however far the batch may be. */
    void lost(long sourceOffset) {
        findings.add(new Finding(
                output.missing,
                sourceTopic,
                extent.partition(),
                sourceOffset,
                "its %s is not on %s".formatted(output.word, stretch.partition())));
    }

    /** Nobody can tell what has to come of the source offset. */
    void unknown(long sourceOffset, String why) {
        unknowns.add(sourceTopic, extent.partition(), sourceOffset, why);
    }

    void unexpected(long offset) {
        unexpected(offset, "a %s that no source record has, or a second copy of one".formatted(output.word));
    }

    void unexpected(long offset, String message) {
        add(output.unexpected, offset, message);
    }

    void altered(long offset, long sourceOffset) {
        add(
                output.altered,
                offset,
                "key, value, timestamp or headers are not what %s/%d/%d gives"
                        .formatted(sourceTopic, extent.partition(), sourceOffset));
    }

    void outOfOrder(long offset, long sourceOffset) {
        add(
                output.outOfOrder,
                offset,
                "the %s of %s/%d/%d does not stand in the order of its source"
                        .formatted(output.word, sourceTopic, extent.partition(), sourceOffset));
    }

    /** Of a ledger line about the partition. */
    void ledgerMismatch(String message) {
        findings.add(new Finding(Kind.LEDGER_MISMATCH, sourceTopic, extent.partition(), null, message));
    }

    /** Of a record of the topic. */
    void finding(Kind kind, long offset, String message) {
        add(kind, offset, message);
    }

    private void add(Kind kind, long offset, String message) {
        findings.add(new Finding(
                kind, stretch.partition().topic(), stretch.partition().partition(), offset, message));
    }
}
