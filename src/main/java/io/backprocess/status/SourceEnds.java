package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Where the source of a batch that follows it ends now. Of any other batch nobody needs to ask. */
public final class SourceEnds implements AutoCloseable {
    private final String topic;
    private final @Nullable KafkaAdmin admin;
    private Map<Integer, Long> last = Map.of();

    public SourceEnds(BatchPlan plan, Properties kafka) {
        this.topic = plan.spec().sourceTopic();
        this.admin = plan.isFollowing() ? new KafkaAdmin(kafka) : null;
    }

    /** By partition, as a read_committed reader sees it; what was last seen of a topic that is going away. */
    public Map<Integer, Long> now() {
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
