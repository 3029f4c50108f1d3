package io.backprocess.report;

import io.backprocess.ledger.BatchLedger.Commit;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a report shows of a ledger's lines, which it is told one by one and does not keep. */
public final class LedgerHistory implements Consumer<Commit> {
    private final Timeline.Builder timeline;
    private final Map<Integer, Instant> last = new HashMap<>();
    private @Nullable Instant lastOfAll;

    /** @param planned when the batch was */
    public LedgerHistory(Instant planned) {
        timeline = new Timeline.Builder(planned);
    }

    /** In the order of the ledger. */
    @Override
    public void accept(Commit commit) {
        timeline.add(commit);
        last.put(commit.line().partition(), commit.at());
        lastOfAll = commit.at();
    }

    /** Null where nothing is committed yet. */
    @Nullable
    Timeline timeline() {
        return timeline.build();
    }

    /** When the last line was written, null where there is none. */
    @Nullable
    Instant lastCommit() {
        return lastOfAll;
    }

    /** The same of one partition. */
    @Nullable
    Instant lastCommit(int partition) {
        return last.get(partition);
    }
}
