package io.backprocess.cli;

import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import java.util.ArrayList;
import java.util.List;

/** What a batch has written and what is not there any more: its ledger outlives its topics. */
final class GoneOutput {
    private GoneOutput() {}

    /** In words; empty where all is there. */
    static List<String> of(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        List<String> gone = new ArrayList<>();
        check(plan.spec().resultTopic(), "results", ledger.total().results(), admin, gone);
        check(plan.spec().deadLetterTopic(), "dead letters", ledger.total().deadLetters(), admin, gone);
        return gone;
    }

    private static void check(String topic, String what, long written, KafkaAdmin admin, List<String> gone) {
        if (written == 0) {
            return;
        }
        if (!admin.topicExists(topic)) {
            gone.add("topic %s does not exist any more, and with it %,d %s".formatted(topic, written, what));
            return;
        }
        // An end never goes back, whatever retention deletes: each record has had an offset.
        long ends = admin.highWatermarks(topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (ends < written) {
            gone.add(
                    "topic %s was made again: it ends at offset %,d, all partitions together, and the batch wrote %,d %s"
                            .formatted(topic, ends, written, what));
        }
    }
}
