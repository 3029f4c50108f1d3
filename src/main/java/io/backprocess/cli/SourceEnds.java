package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.KafkaAdmin;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Where the source of a batch that follows it ends now. Of any other batch nobody needs to ask. */
final class SourceEnds implements AutoCloseable {
    private final String topic;
    private final @Nullable KafkaAdmin admin;
    private Map<Integer, Long> last = Map.of();

    SourceEnds(BatchPlan plan, Properties kafka) {
        this.topic = plan.spec().sourceTopic();
        this.admin = plan.isFollowing() ? new KafkaAdmin(kafka) : null;
    }

    /** By partition, as a read_committed reader sees it; what was last seen of a topic that is going away. */
    Map<Integer, Long> now() {
        if (admin != null) {
            try {
                last = admin.stableEnds(topic);
            } catch (BatchException e) {
                if (e.kind() != BatchException.Kind.FAILED) {
                    throw e;
                }
            }
        }
        return last;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
    }
}
