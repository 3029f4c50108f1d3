package io.backprocess.report;

import io.backprocess.ledger.BatchLedger.Commit;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what a report shows of a ledger's lines. It gets them one by one and does not keep them. */
public final class LedgerHistory implements Consumer<Commit> {
    private final Timeline.Builder timeline;
    private final Map<Integer, Instant> last = new HashMap<>();
    private @Nullable Instant lastOfAll;

    /** @param planned when the batch was planned */
    public LedgerHistory(Instant planned) {
        timeline = new Timeline.Builder(planned);
    }

    /** Adds a line. The lines must come in the order of the ledger. */
    @Override
    public void accept(Commit commit) {
        timeline.add(commit);
        last.put(commit.line().partition(), commit.at());
        lastOfAll = commit.at();
    }

    /** Returns the timeline, or null if nothing is committed yet. */
    @Nullable
    Timeline timeline() {
        return timeline.build();
    }

    /** Returns when the last line was written, or null if there is none. */
    @Nullable
    Instant lastCommit() {
        return lastOfAll;
    }

    /** Returns when the last line of a partition was written, or null if there is none. */
    @Nullable
    Instant lastCommit(int partition) {
        return last.get(partition);
    }
}
