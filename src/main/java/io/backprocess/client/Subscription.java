package io.backprocess.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;

/**
 * The topics that a group subscribes to: those that it may have to read. One that it has left stays, for the way back, as long as the
 * group has offsets there.
 */
final class Subscription {
    private static final System.Logger LOG = System.getLogger(Subscription.class.getName());

    private final Consumer<?, ?> consumer;
    private final ConsumerRebalanceListener listener;
    private final Set<String> subscribed = new TreeSet<>();
    private final Set<String> visited = new TreeSet<>();
    private final Set<String> missing = new TreeSet<>();

    Subscription(Consumer<?, ?> consumer, ConsumerRebalanceListener listener) {
        this.consumer = consumer;
        this.listener = listener;
    }

    /** Subscribes to these topics and to those that the group has visited, as far as they exist. */
    void add(String... topics) {
        Set<String> wanted = new TreeSet<>(visited);
        wanted.addAll(List.of(topics));
        if (!wanted.equals(subscribed)) {
            wanted.removeIf(topic -> !subscribed.contains(topic) && !exists(topic));
        }
        if (!wanted.equals(subscribed)) {
            subscribed.clear();
            subscribed.addAll(wanted);
            consumer.subscribe(wanted, listener);
        }
    }

    /** Notes that the group has offsets in a topic on its way. */
    void visit(String topic) {
        visited.add(topic);
    }

    /**
     * Notes in which topics the group has offsets on its way.
     *
     * @param offsets its committed offsets, by the partition's number and the topic
     * @param known the topics of the alias
     */
    void visit(Map<Integer, Map<String, OffsetAndMetadata>> offsets, List<String> known) {
        offsets.values()
                .forEach(own -> own.forEach((topic, offset) -> {
                    if (known.contains(topic) || Place.parse(offset.metadata()).isPresent()) {
                        visited.add(topic);
                    }
                }));
    }

    /** Tells whether a topic has a partition of this number. */
    boolean has(String topic, int partition) {
        return exists(topic) && consumer.partitionsFor(topic).size() > partition;
    }

    private boolean exists(String topic) {
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        boolean exists = partitions != null && !partitions.isEmpty();
        if (!exists && missing.add(topic)) {
            LOG.log(System.Logger.Level.WARNING, "Topic {0} does not exist, so the group does not read it.", topic);
        }
        return exists;
    }
}
