package io.backprocess.kafka;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Transactions as Kafka's Admin API shows them: which are open, whose they are, and how to end them. */
public final class KafkaTransactions {
    private final AdminCalls calls;

    KafkaTransactions(AdminCalls calls) {
        this.calls = calls;
    }

    /** Returns, by partition, the producers that write in transactions or idempotently. */
    public Map<TopicPartition, List<ProducerState>> producers(Collection<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerState>> producers = new HashMap<>();
        String topic = partitions.iterator().next().topic();
        calls.get(
                        calls.admin().describeProducers(partitions).all(),
                        "describe the producers of " + topic,
                        Right.topic(topic, READ))
                .forEach((partition, state) -> producers.put(partition, state.activeProducers()));
        return producers;
    }

    /** Returns the transactions of these producers that this client may see. */
    public Collection<TransactionListing> of(Set<Long> producerIds) {
        return calls.get(
                calls.admin()
                        .listTransactions(new ListTransactionsOptions().filterProducerIds(producerIds))
                        .all(),
                "list the transactions of producers " + producerIds,
                Right.anyTransaction(DESCRIBE));
    }

    /**
     * Returns the transactions of these producers whose ids have a prefix.
     *
     * @param prefix ends with a dot
     * @throws BatchException refused, if this client may not see transactions with the prefix
     */
    public Collection<TransactionListing> of(Set<Long> producerIds, String prefix) {
        new KafkaRights(calls).checkTransactions(prefix, Right.transactions(prefix, WRITE));
        return of(producerIds).stream()
                .filter(transaction -> transaction.transactionalId().startsWith(prefix))
                .toList();
    }

    /** Describes transactions that {@link #of} has found, by id; leaves out those that no longer exist. */
    public Map<String, TransactionDescription> describe(Set<String> ids) {
        Map<String, TransactionDescription> found = new HashMap<>();
        DescribeTransactionsResult described = calls.admin().describeTransactions(ids);
        for (String id : ids) {
            try {
                found.put(
                        id,
                        calls.get(
                                described.description(id),
                                "describe transaction " + id,
                                Right.anyTransaction(DESCRIBE)));
            } catch (BatchException e) {
                boolean unseen = e.getCause() instanceof TransactionalIdNotFoundException
                        || e.getCause() instanceof AuthorizationException;
                if (!unseen) {
                    throw e;
                }
            }
        }
        return found;
    }

    /** Tells whether this client may see every transaction, so that a transaction that it does not see does not exist. */
    public boolean seesAny() {
        String unusedId = UUID.randomUUID().toString();
        try {
            calls.get(
                    calls.admin().describeTransactions(List.of(unusedId)).description(unusedId),
                    "describe transaction " + unusedId,
                    Right.anyTransaction(DESCRIBE));
            return true;
        } catch (BatchException e) {
            if (e.getCause() instanceof TransactionalIdNotFoundException) {
                return true;
            }
            if (e.getCause() instanceof AuthorizationException) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Returns the transactions with this prefix that have not ended, by transactional id.
     *
     * @param prefix ends with a dot
     */
    public Map<String, TransactionDescription> open(String prefix) {
        Right own = Right.transactions(prefix, WRITE);
        new KafkaRights(calls).checkTransactions(prefix, own);
        ListTransactionsOptions open = new ListTransactionsOptions()
                .filterStates(List.of(
                        TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT));
        List<String> ids =
                calls.get(calls.admin().listTransactions(open).all(), "list the open transactions", own).stream()
                        .map(TransactionListing::transactionalId)
                        .filter(id -> id.startsWith(prefix))
                        .toList();
        Map<String, TransactionDescription> found = new TreeMap<>(
                ids.isEmpty()
                        ? Map.of()
                        : calls.get(calls.admin().describeTransactions(ids).all(), "describe the transactions", own));
        // A transaction may have ended between the two requests.
        found.values()
                .removeIf(transaction -> transaction.state() != TransactionState.ONGOING
                        && transaction.state() != TransactionState.PREPARE_COMMIT
                        && transaction.state() != TransactionState.PREPARE_ABORT);
        return found;
    }

    /** Returns the oldest open transaction in the partition; empty when there is none, or when this client may not see it. */
    public Optional<OpenTransaction> oldestOpen(TopicPartition partition) {
        try {
            return producers(List.of(partition)).getOrDefault(partition, List.of()).stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .min(Comparator.comparingLong(
                            producer -> producer.currentTransactionStartOffset().getAsLong()))
                    .map(producer -> describe(partition, producer));
        } catch (BatchException e) {
            if (e.kind() == BatchException.Kind.REFUSED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private OpenTransaction describe(TopicPartition partition, ProducerState producer) {
        String name = of(Set.of(producer.producerId())).stream()
                .map(TransactionListing::transactionalId)
                .findFirst()
                .orElse(null);
        Optional<TransactionDescription> known = name == null
                ? Optional.empty()
                : Optional.ofNullable(describe(Set.of(name)).get(name));
        return new OpenTransaction(
                partition,
                producer.currentTransactionStartOffset().orElse(0),
                producer.producerId(),
                name,
                Instant.ofEpochMilli(known.filter(transaction ->
                                transaction.transactionStartTimeMs().isPresent())
                        .map(transaction -> transaction.transactionStartTimeMs().getAsLong())
                        .orElse(producer.lastTimestamp())),
                known.map(transaction -> Duration.ofMillis(transaction.transactionTimeoutMs()))
                        .orElse(null),
                Right.anyTransaction(DESCRIBE).command(calls.identity()));
    }

    /** Fences every producer that writes under these transactional ids, and aborts its open transactions. */
    public void fence(Collection<String> transactionalIds) {
        calls.get(
                calls.admin().fenceProducers(transactionalIds).all(),
                "fence " + transactionalIds,
                Right.transactions(Right.OWN, WRITE));
    }
}
