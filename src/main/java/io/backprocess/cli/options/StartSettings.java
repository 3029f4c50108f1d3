package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import io.backprocess.control.SettingsStore;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaAdmin;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a batch's earlier starts were told, with what this one is: it holds for this start, and is stored for the next. */
public final class StartSettings {
    private final String batchId;
    private final SettingsStore store;
    private final BatchSettings before;
    private final BatchSettings now;
    private final boolean forgets;

    private StartSettings(
            String batchId, SettingsStore store, BatchSettings before, BatchSettings now, boolean forgets) {
        this.batchId = batchId;
        this.store = store;
        this.before = before;
        this.now = now;
        this.forgets = forgets;
    }

    /** Reads what the batch's starts were told; null, after the complaint, where that is damaged. */
    public static @Nullable BatchSettings stored(
            String batchId, Properties kafka, Consumer<@Nullable String> complaint) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return new SettingsStore(admin, kafka).get(batchId);
        } catch (BatchException e) {
            complaint.accept(e.getMessage());
            return null;
        }
    }

    /** From here on the options and the submission are as an earlier start was told, where this one is told nothing. */
    public static StartSettings adopt(
            String batchId,
            SettingsStore store,
            StartOptions start,
            ExecutionOptions execution,
            Submission submission) {
        BatchSettings told = start.told(execution);
        boolean forgets = start.forgetsSettings();
        BatchSettings before = forgets ? BatchSettings.NONE : store.get(batchId);
        BatchSettings now = before.then(told);
        execution.adopt(now);
        // Flink's own client and an application's configuration say the parallelism at each start.
        start.adopt(Submission.isInFlinkClient() ? told.parallelism() : now.parallelism(), now.maxRate());
        execution.configure(submission.configuration());
        return new StartSettings(batchId, store, before, now, forgets);
    }

    /** For the next start, and for who looks. By who holds the batch's lock. */
    public void store() {
        if (forgets || !now.equals(before)) {
            store.put(batchId, now);
        }
    }

    /** What earlier starts were told and holds: {@code --max-rate 3000}. */
    public List<String> kept() {
        return before.options().stream().filter(now.options()::contains).toList();
    }
}
