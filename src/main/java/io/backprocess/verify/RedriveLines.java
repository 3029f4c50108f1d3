package io.backprocess.verify;

import io.backprocess.ledger.BatchLedger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Collects the ledger lines of redrives. Their number does not depend on how long the batch ran. */
final class RedriveLines implements Consumer<BatchLedger.Commit> {
    private final Map<Integer, List<BatchLedger.Commit>> lines = new HashMap<>();

    @Override
    public void accept(BatchLedger.Commit commit) {
        if (commit.redriven() != null) {
            lines.computeIfAbsent(commit.line().partition(), any -> new ArrayList<>())
                    .add(commit);
        }
    }

    /** Returns the lines of a partition, in the order of the ledger. */
    List<BatchLedger.Commit> of(int partition) {
        return lines.getOrDefault(partition, List.of());
    }
}
