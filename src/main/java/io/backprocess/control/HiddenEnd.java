package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.OpenTransaction;
import io.backprocess.ledger.HiddenLedgerException;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of a batch's ledger that an open transaction hides. It can belong to another batch, because batches share the
 * partitions of the ledger.
 *
 * @param from the first hidden offset, up to which readers see the ledger
 * @param to the exclusive end offset of the ledger
 * @param holder the open transaction; empty if Kafka does not report it
 */
public record HiddenEnd(TopicPartition ledger, long from, long to, Optional<OpenTransaction> holder) {

    /** Queries Kafka for the open transaction. */
    public static HiddenEnd find(TopicPartition ledger, long from, long to, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return new HiddenEnd(ledger, from, to, admin.transactions().oldestOpen(ledger));
        } catch (BatchException e) {
            return new HiddenEnd(ledger, from, to, Optional.empty());
        }
    }

    /** Queries Kafka for the open transaction that a reader has met. */
    public static HiddenEnd find(HiddenLedgerException hidden, KafkaClients kafka) {
        return find(hidden.ledger(), hidden.from(), hidden.to(), kafka);
    }

    /**
     * Tells whether a transaction of the batch itself hides the end.
     *
     * @param open the partitions that the batch's open transactions write to, as far as they are known. They decide if Kafka
     *     does not name the transaction
     */
    public boolean isOwn(String batchId, Set<TopicPartition> open) {
        return holder.map(OpenTransaction::transactionalId).isPresent()
                ? holder.flatMap(OpenTransaction::batchId).equals(Optional.of(batchId))
                : open.contains(ledger);
    }

    /** Creates the error of a command whose answer depends on the hidden end. It names the open transaction. */
    public static BatchException cannotTell(String batchId, HiddenLedgerException hidden, KafkaClients kafka) {
        return find(hidden, kafka).cannotTell(batchId);
    }

    /** Creates the error of a command whose answer depends on the hidden end. */
    public BatchException cannotTell(String batchId) {
        return BatchException.cannotTell(
                "cannot tell yet what %s has committed: %s. Try again when it has ended".formatted(batchId, inWords()));
    }

    /** Says what is hidden, by which transaction, since when, and what ends the transaction. */
    public String inWords() {
        return "the end of its ledger (%s, offsets %s to %s) is hidden by %s"
                .formatted(
                        ledger,
                        from,
                        to,
                        holder.map(OpenTransaction::inWords)
                                .orElse(
                                        "a transaction that is still open; find its producer with: kafka-transactions.sh describe-producers --topic %s --partition %s"
                                                .formatted(ledger.topic(), ledger.partition())));
    }
}
