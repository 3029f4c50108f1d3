package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.render.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Finds records that a batch has written and that no longer exist. The ledger outlives the batch's topics. */
public final class GoneOutput {
    private GoneOutput() {}

    /** Returns what is missing, in words; empty if nothing is missing. */
    public static List<String> of(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        List<String> gone = new ArrayList<>();
        long before = IntStream.range(0, plan.resultPartitions())
                .mapToLong(plan::resultStart)
                .sum();
        check(plan.spec().resultTopic(), "results", before, ledger.total().results(), admin, gone);
        check(plan.spec().deadLetterTopic(), "dead letters", 0, ledger.total().deadLetters(), admin, gone);
        return gone;
    }

    /** @param before the number of offsets that the topic had before the batch wrote to it */
    private static void check(
            String topic, String what, long before, long written, KafkaAdmin admin, List<String> gone) {
        if (written == 0) {
            return;
        }
        if (!admin.topicExists(topic)) {
            gone.add("topic %s no longer exists, so its %s %s are lost".formatted(topic, Words.count(written), what));
            return;
        }
        // Retention never lowers an end offset, and each record has had an offset.
        long ends = admin.highWatermarks(topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (ends < before + written) {
            gone.add("topic %s was created again: its partitions end at offset %s in total, but the batch wrote %s %s"
                    .formatted(topic, Words.count(ends), Words.count(written), what));
        }
    }
}
