package io.backprocess.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ContextSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.Planner;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OldEvents;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Old events and their contexts, in batches that are paused, and that find other contexts than those of their plan. */
class ContextLoaderITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path checkpoints = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final OldEvents old = new OldEvents(KAFKA);

    @Test
    void goesOnWithTheContextsOfItsPlan() throws Exception {
        TestBatch batch = batch();
        JobClient first = batch.submit(2, null, 100L);
        batch.awaitCommitted(100);
        String savepoint = batch.stopWithSavepoint(first);
        old.sendMoreContexts();

        batch.runToItsEnd(1, savepoint);

        assertThat(old.found(batch.plan.spec().batchId())).isEqualTo(old.expected);
        shell.backprocess("verify", "--batch-id", batch.plan.spec().batchId()).succeeds();
    }

    @Test
    void endsForGoodWhenContextsOfItsPlanAreGone() throws Exception {
        TestBatch batch = batch();
        KAFKA.deleteRecordsBefore(old.contexts, 0, 5);

        JobClient job = batch.submit(2, null, null);

        assertThat(job.getJobExecutionResult())
                .failsWithin(60, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingRootCause()
                .withMessageContaining("the contexts in topic " + old.contexts + " are no longer those that batch '"
                        + batch.plan.spec().batchId() + "' was planned with: some have been deleted");
        assertThat(KAFKA.read(batch.plan.spec().resultTopic())).isEmpty();
        shell.backprocess("verify", "--batch-id", batch.plan.spec().batchId())
                .says(5, "the contexts in topic " + old.contexts + " are no longer those that");
    }

    private TestBatch batch() {
        BatchSpec spec = new BatchSpec(
                        KAFKA.unique("batch"),
                        new BatchSpec.Range(old.topic, "earliest", BatchSpec.LATEST),
                        new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                        DedupeScope.PARTITION,
                        ResultHeaders.ORIGIN)
                .withContext(new ContextSpec(old.contexts, "userId"));
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin)
                    .plan(spec, DropDuplicates.STATE_FORMAT, "test", null)
                    .with(ContextTopic.freeze(spec, admin));
            return new TestBatch(KAFKA, plan, checkpoints.toUri().toString());
        }
    }
}
