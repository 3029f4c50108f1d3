package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultBasis;
import io.backprocess.batch.TopicNames;
import io.backprocess.job.CommittedOffsets;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.Topics;
import io.backprocess.read.Committed;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verifier;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The ledger's topic was deleted and made again: it reads as if a half-done batch had done nothing. */
@SuppressWarnings("NullAway.Init")
class LedgerMadeAgainITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    @Test
    void noJobStartsOverBesideWhatIsNotKnownAnyMore() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, 2, 7).records(100));
        BatchPlan plan = new TestBatch(
                        KAFKA,
                        topic,
                        "purchase-split",
                        DedupeScope.PARTITION,
                        directory.toUri().toString())
                .plan;
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            ResultBasis basis = new ResultBasis(1 << 20, new TreeMap<>(), new TreeMap<>(), null);
            BatchPlan same = plan.with(basis, admin.topicId(TopicNames.LEDGER));
            BatchPlan other = plan.with(basis, "4Z2wXhHxQdyAA6q2lVfYZQ");

            for (BatchPlan fits : new BatchPlan[] {plan, same}) {
                assertThat(new Topics(admin).ledgerProblems(fits)).isEmpty();
                assertThat(start(fits)).isNotNull();
            }
            assertThatThrownBy(() -> start(other))
                    .isInstanceOf(SuppressRestartsException.class)
                    .rootCause()
                    .hasMessageContaining("topic backprocess.ledger was deleted and made again since batch");
            assertThatThrownBy(() ->
                            new Verifier(other, KAFKA.clients(), getClass().getClassLoader()).verify())
                    .isInstanceOf(BatchException.class)
                    .hasMessageContaining("topic backprocess.ledger was deleted and made again since batch");
        }
    }

    private static Committed start(BatchPlan plan) {
        return CommittedOffsets.read(plan, KAFKA.clients());
    }
}
