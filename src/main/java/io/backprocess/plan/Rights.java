package io.backprocess.plan;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.KafkaRights;
import io.backprocess.kafka.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * Checks which of a batch's actions Kafka's authorizer allows. It queries them before the batch does any, and writes nothing.
 * docs/security.md has the same list as commands, and a test removes each of them in turn.
 */
public final class Rights {
    private static final AclOperation[] OWN = {READ, WRITE, CREATE, DESCRIBE_CONFIGS};

    private final KafkaAdmin admin;

    public Rights(KafkaAdmin admin) {
        this.admin = admin;
    }

    /**
     * Returns the rights that a batch lacks to run, all at once, each with what to do. For a topic that does not exist yet,
     * Kafka only says whether it may be created.
     */
    public List<String> problems(BatchSpec spec) {
        Map<String, AclOperation[]> topics = new TreeMap<>();
        topics.put(spec.sourceTopic(), new AclOperation[] {READ, DESCRIBE_CONFIGS});
        if (spec.context() != null) {
            topics.put(spec.context().topic(), new AclOperation[] {READ, DESCRIBE_CONFIGS});
        }
        topics.put(TopicNames.BATCHES, OWN);
        topics.put(TopicNames.LEDGER, OWN);
        AclOperation[] written = spec.range().until().equals(BatchSpec.NEVER)
                ? new AclOperation[] {READ, WRITE, CREATE, DESCRIBE_CONFIGS, ALTER}
                : OWN;
        topics.put(spec.resultTopic(), spec.isInto() ? new AclOperation[] {READ, WRITE, DESCRIBE_CONFIGS} : written);
        topics.put(spec.deadLetterTopic(), written);
        List<String> problems = new ArrayList<>();
        topics.forEach((topic, needed) ->
                lacking(topic, List.of(needed)).ifPresent(right -> problems.add(right.refusedTo(admin.identity()))));
        String group = Right.OWN + spec.batchId();
        check(problems, () -> admin.rights().checkGroup(group, Right.group(group, READ)));
        String ids = Right.OWN + spec.batchId() + ".";
        check(problems, () -> admin.rights().checkTransactions(ids, Right.transactions(ids, WRITE)));
        check(problems, admin::brokerConfig);
        return problems;
    }

    private Optional<Right> lacking(String topic, List<AclOperation> needed) {
        List<AclOperation> lacking = new ArrayList<>(needed);
        // The right to create a topic that exists already does not matter.
        lacking.remove(CREATE);
        try {
            Optional<Set<AclOperation>> allowed = admin.rights().allowed(topic);
            if (allowed.isEmpty()) {
                lacking.clear();
            } else {
                lacking.removeAll(allowed.get());
            }
            if (allowed.isEmpty() && needed.contains(CREATE) && !admin.rights().mayCreate(topic)) {
                lacking.add(CREATE);
            }
        } catch (BatchException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
            // The client may not describe the topic, so it can neither read nor write it. The other rights are
            // unknown.
            lacking.remove(DESCRIBE_CONFIGS);
            lacking.remove(ALTER);
            if (needed.contains(CREATE) && !admin.rights().mayCreate(topic)) {
                lacking.add(CREATE);
            }
        }
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of(Right.topic(topic, lacking.toArray(AclOperation[]::new)));
    }

    private static void check(List<String> problems, Runnable question) {
        try {
            question.run();
        } catch (BatchException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Turns a Kafka client's authorization or authentication failure into a message that says what to do.
     *
     * @return empty when the failure has another cause
     */
    public static Optional<BatchException> refusal(Throwable failure, KafkaClients kafka) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BatchException batch && batch.kind() != BatchException.Kind.FAILED) {
                return Optional.empty();
            }
            if (cause instanceof AuthenticationException refused) {
                return Optional.of(KafkaRights.notLetIn(kafka.bootstrapServers(), refused));
            }
            if (cause instanceof AuthorizationException refused) {
                try (KafkaAdmin admin = kafka.openAdmin()) {
                    return Optional.of(BatchException.refused(
                            new Rights(admin).needed(refused).refusedTo(admin.identity()), refused));
                } catch (BatchException e) {
                    return Optional.of(e);
                }
            }
        }
        return Optional.empty();
    }

    private Right needed(AuthorizationException refused) {
        if (refused instanceof TopicAuthorizationException topics
                && !topics.unauthorizedTopics().isEmpty()) {
            String topic = topics.unauthorizedTopics().iterator().next();
            // A client reads what it writes, so if it may not read the topic, reading is what failed.
            Set<AclOperation> allowed = admin.rights().allowed(topic).orElse(Set.of());
            return Right.topic(topic, allowed.contains(READ) ? WRITE : READ);
        }
        if (refused instanceof GroupAuthorizationException group && group.groupId() != null) {
            return Right.group(group.groupId(), READ);
        }
        return refused instanceof TransactionalIdAuthorizationException
                ? Right.transactions(Right.OWN, WRITE)
                : Right.cluster(AclOperation.DESCRIBE);
    }
}
