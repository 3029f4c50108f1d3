package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the current end offsets of the source if the batch follows it. Any other batch has its ends in the plan. */
public final class SourceEnds implements AutoCloseable {
    private final String topic;
    private final @Nullable KafkaAdmin admin;
    private Map<Integer, Long> last = Map.of();

    public SourceEnds(BatchPlan plan, KafkaClients kafka) {
        this.topic = plan.spec().sourceTopic();
        this.admin = plan.isFollowing() ? kafka.openAdmin() : null;
    }

    /**
     * Returns the end offset of each partition as a read_committed reader sees it. If the topic is being deleted, it returns
     * the last known offsets. If the batch does not follow its source, the map is empty.
     */
    public Map<Integer, Long> now() {
        if (admin != null) {
            last = of(topic, admin, last);
        }
        return last;
    }

    /**
     * Returns the end offset of each partition of a topic as a read_committed reader sees it.
     *
     * @param otherwise the answer while the topic is being deleted
     */
    public static Map<Integer, Long> of(String topic, KafkaAdmin admin, Map<Integer, Long> otherwise) {
        try {
            return admin.stableEnds(topic);
        } catch (BatchException e) {
            if (e.kind() != BatchException.Kind.FAILED) {
                throw e;
            }
            return otherwise;
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
    }
}
