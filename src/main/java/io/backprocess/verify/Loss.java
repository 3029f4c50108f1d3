package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
import java.util.List;
import java.util.Map;

/**
 * What a batch lacks because transactions were lost.
 *
 * @param rest the recount of all else, as if what is lost were not asked for
 * @param partitions those that lack something
 */
public record Loss(Verification rest, List<Partition> partitions) {

    /**
     * The same of one partition.
     *
     * @param start of the batch's range
     * @param spans source offsets that no ledger line counts, and whose results are not there
     * @param missingDeadLetters source offsets whose dead letters are not there, whether in a stretch or not
     * @param deadLettersThere those of the stretches that survived, and what they died of
     * @param figures what has to become of the records of the stretches
     */
    public record Partition(
            int partition,
            long start,
            List<OffsetRange> spans,
            Offsets missingDeadLetters,
            Map<Long, Reason> deadLettersThere,
            Figures figures) {

        boolean isEmpty() {
            return spans.isEmpty() && missingDeadLetters.isEmpty();
        }

        public boolean covers(long sourceOffset) {
            return spans.stream().anyMatch(span -> sourceOffset >= span.start() && sourceOffset < span.end());
        }

        /** Behind the last source offset that lacks something. */
        public long end() {
            long end = missingDeadLetters.isEmpty() ? start : missingDeadLetters.last() + 1;
            for (OffsetRange span : spans) {
                end = Math.max(end, span.end());
            }
            return end;
        }
    }

    public boolean isEmpty() {
        return partitions.isEmpty();
    }
}
