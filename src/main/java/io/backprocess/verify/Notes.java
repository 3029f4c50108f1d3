package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.render.Words;
import java.util.ArrayList;
import java.util.List;

/** The facts about a batch that the verdict does not cover. */
final class Notes {
    private Notes() {}

    static List<String> of(BatchPlan plan, BatchLedger ledger, KafkaAdmin admin) {
        List<String> notes = new ArrayList<>(RangeWarnings.ofStored(plan, admin));
        String notSearched = RangeWarnings.notSearched(plan, admin);
        if (notSearched != null) {
            notes.add(notSearched);
        }
        long keyless = ledger.total().keyless();
        if (keyless > 0 && plan.spec().dedupeScope() == DedupeScope.PARTITION) {
            notes.add(
                    "%s of the records that were read have no key, so copies of them may be in any partition; --dedupe-scope partition finds copies within one partition, and verify --across-partitions counts the others"
                            .formatted(Words.count(keyless)));
        }
        return notes;
    }
}
