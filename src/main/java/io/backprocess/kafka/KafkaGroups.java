package io.backprocess.kafka;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;

import io.backprocess.batch.BatchException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** Consumer groups and their committed offsets. */
public final class KafkaGroups {
    /** The number of groups that one request asks about. */
    private static final int MOST_IN_A_REQUEST = 500;

    private final AdminCalls calls;

    KafkaGroups(AdminCalls calls) {
        this.calls = calls;
    }

    /** Returns the names of the consumer groups that this client may see. */
    public List<String> names() {
        return calls
                .get(
                        calls.admin()
                                .listGroups(ListGroupsOptions.forConsumerGroups())
                                .all(),
                        "list the consumer groups",
                        Right.cluster(DESCRIBE))
                .stream()
                .map(GroupListing::groupId)
                .sorted()
                .toList();
    }

    /** Returns the number of members of a group; 0 if there is no such group. */
    public int members(String group) {
        try {
            ConsumerGroupDescription description = calls.get(
                            calls.admin().describeConsumerGroups(List.of(group)).all(),
                            "describe group " + group,
                            Right.group(group, DESCRIBE))
                    .get(group);
            return description == null ? 0 : description.members().size();
        } catch (BatchException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw e;
        }
    }

    /** Returns the offsets that a group has committed; none if there is no such group. */
    public Map<TopicPartition, OffsetAndMetadata> offsets(String group) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        calls.get(
                        calls.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                        "read the offsets of group " + group,
                        Right.group(group, READ))
                .forEach((partition, offset) -> {
                    // Kafka answers null for a partition whose offset cannot be read now.
                    if (offset != null) {
                        offsets.put(partition, offset);
                    }
                });
        return offsets;
    }

    /** Returns the offsets that a group has committed, by the partition's number and the topic. */
    public Map<Integer, Map<String, OffsetAndMetadata>> offsetsByPartition(String group) {
        Map<Integer, Map<String, OffsetAndMetadata>> byPartition = new TreeMap<>();
        offsets(group).forEach((partition, offset) -> byPartition
                .computeIfAbsent(partition.partition(), any -> new HashMap<>())
                .put(partition.topic(), offset));
        return byPartition;
    }

    /** Returns the committed offsets of all groups that this client may see, as far as they are in one of the topics. */
    public Map<String, Map<TopicPartition, Long>> offsetsIn(Set<String> topics) {
        Map<String, Map<TopicPartition, Long>> found = new TreeMap<>();
        List<String> names = names();
        for (int from = 0; from < names.size(); from += MOST_IN_A_REQUEST) {
            List<String> some = names.subList(from, Math.min(names.size(), from + MOST_IN_A_REQUEST));
            calls.get(
                            calls.admin()
                                    .listConsumerGroupOffsets(some.stream()
                                            .collect(Collectors.toMap(
                                                    name -> name, name -> new ListConsumerGroupOffsetsSpec())))
                                    .all(),
                            "read the offsets of the consumer groups",
                            Right.group("'*'", READ))
                    .forEach((group, offsets) -> offsets.forEach((partition, offset) -> {
                        if (offset != null && topics.contains(partition.topic())) {
                            found.computeIfAbsent(group, any -> new HashMap<>()).put(partition, offset.offset());
                        }
                    }));
        }
        return found;
    }

    /**
     * Commits offsets for a group that has no members.
     *
     * @throws BatchException refused, if it has become active
     */
    public void commit(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            calls.get(
                    calls.admin().alterConsumerGroupOffsets(group, offsets).all(),
                    "commit the offsets of group " + group,
                    Right.group(group, READ));
        } catch (BatchException e) {
            if (e.getCause() instanceof UnknownMemberIdException || e.getCause() instanceof GroupNotEmptyException) {
                throw BatchException.refused(
                        "group %s has become active; stop its consumers, then run the same again".formatted(group), e);
            }
            throw e;
        }
    }
}
