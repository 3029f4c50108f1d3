package io.backprocess.kafka;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;

import io.backprocess.batch.BatchException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Finds out what Kafka's authorizer lets a client do, by requests that change nothing. */
public final class KafkaRights {
    private final AdminCalls calls;

    KafkaRights(AdminCalls calls) {
        this.calls = calls;
    }

    /** @throws BatchException refused, when this client may not describe transactions of such ids: Kafka would list none */
    public void checkTransactions(String prefix, Right right) {
        String id = prefix + "owner";
        try {
            calls.get(
                    calls.admin().describeTransactions(List.of(id)).description(id),
                    "describe transaction " + id,
                    right);
        } catch (BatchException e) {
            if (!(e.getCause() instanceof TransactionalIdNotFoundException)) {
                throw e;
            }
        }
    }

    /** @throws BatchException refused, when this client may not read the group's offsets */
    public void checkGroup(String group, Right right) {
        calls.get(
                calls.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                "read the offsets of consumer group " + group,
                right);
    }

    /** Tells whether this client may create a topic of that name. A topic that exists already does not change the answer. */
    public boolean mayCreate(String topic) {
        NewTopic asked = new NewTopic(topic, Optional.empty(), Optional.empty());
        try {
            calls.get(
                    calls.admin()
                            .createTopics(List.of(asked), new CreateTopicsOptions().validateOnly(true))
                            .all(),
                    "check whether topic " + topic + " could be created",
                    Right.topic(topic, CREATE));
        } catch (BatchException e) {
            // Any other answer means that the authorizer has allowed the request.
            return !(e.getCause() instanceof AuthorizationException);
        }
        return true;
    }

    /**
     * Returns the operations that the authorizer lets this client do with a topic: all of them when there is no authorizer,
     * empty when the topic does not exist.
     *
     * @throws BatchException refused, when this client may not describe the topic, whether it exists or not
     */
    public Optional<Set<AclOperation>> allowed(String topic) {
        try {
            TopicDescription description = calls.get(
                            calls.admin()
                                    .describeTopics(
                                            List.of(topic),
                                            new DescribeTopicsOptions().includeAuthorizedOperations(true))
                                    .allTopicNames(),
                            "describe topic " + topic,
                            Right.topic(topic, READ))
                    .get(topic);
            Set<AclOperation> allowed = description == null ? null : description.authorizedOperations();
            return Optional.of(allowed == null ? EnumSet.allOf(AclOperation.class) : allowed);
        } catch (BatchException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns the failure of a client that Kafka does not let in, or that does not trust Kafka. */
    public static BatchException notLetIn(String bootstrapServers, AuthenticationException refusal) {
        return BatchException.unreachable(
                "Kafka at %s and this client do not accept each other: %s; check the credentials and certificates of --command-config"
                        .formatted(bootstrapServers, refusal.getMessage()),
                refusal);
    }
}
