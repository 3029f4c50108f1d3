package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.TestBatch;
import io.backprocess.testing.UserEvents;
import io.backprocess.testing.UserService;
import java.nio.file.Path;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is under way to a service when a batch is stopped. */
@Nightly
class AsyncSavepointITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    private static final UserEvents EVENTS = new UserEvents(KAFKA);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void goesOnFromASavepointAtAnotherParallelism() throws Exception {
        try (UserService users = new UserService()) {
            String topic = EVENTS.history(2000);
            TestBatch batch = new TestBatch(
                    KAFKA,
                    topic,
                    "look-up-user",
                    DedupeScope.PARTITION,
                    directory.toUri().toString());
            batch.plan.spec().logic().revisionOptions().put("users", users.address());
            batch.asks = true;

            JobClient first = batch.submit(2, null, 150L);
            batch.awaitCommitted(100);
            String savepoint = batch.stopWithSavepoint(first);
            long committed = batch.ledger().total().read();
            batch.runToItsEnd(1, savepoint);

            assertThat(committed).isBetween(100L, 1999L);
            assertThat(EVENTS.results(batch.plan.spec().resultTopic())).isEqualTo(EVENTS.expected(topic));
        }
    }
}
