package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSettings;
import io.backprocess.control.SettingsStore;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of a batch: those of its earlier starts, overridden by those of this start, and stored for the next start. */
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

    /** Reads the settings of the batch's starts. If they are damaged, passes the error to {@code complaint} and returns null. */
    public static @Nullable BatchSettings stored(
            String batchId, KafkaClients kafka, Consumer<@Nullable String> complaint) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new SettingsStore(admin).get(batchId);
        } catch (BatchException e) {
            complaint.accept(e.getMessage());
            return null;
        }
    }

    /** Fills the options and the submission with the settings of earlier starts where this start gives no value. */
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
        // Flink's own client and an application's configuration set the parallelism at each start.
        start.adopt(Submission.isInFlinkClient() ? told.parallelism() : now.parallelism(), now.maxRate());
        execution.configure(submission.configuration());
        return new StartSettings(batchId, store, before, now, forgets);
    }

    /** Stores the settings for the next start and for commands that show them. The caller must hold the batch's lock. */
    public void store() {
        if (forgets || !now.equals(before)) {
            store.put(batchId, now);
        }
    }

    /** Returns the settings of earlier starts that still apply, each as an option: {@code --max-rate 3000}. */
    public List<String> kept() {
        return before.options().stream().filter(now.options()::contains).toList();
    }
}
