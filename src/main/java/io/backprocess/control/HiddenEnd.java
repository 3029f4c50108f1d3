package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.OpenTransaction;
import io.backprocess.ledger.HiddenLedgerException;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of a batch's ledger, where another transaction that is still open hides it: batches share the partitions of the ledger.
 *
 * @param from up to where readers see it
 * @param to where it ends
 * @param holder whose transaction it is, empty where nobody says
 */
public record HiddenEnd(TopicPartition ledger, long from, long to, Optional<OpenTransaction> holder) {

    /** Asks Kafka who it is. */
    public static HiddenEnd find(TopicPartition ledger, long from, long to, Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return new HiddenEnd(ledger, from, to, admin.oldestOpen(ledger));
        } catch (BatchException e) {
            return new HiddenEnd(ledger, from, to, Optional.empty());
        }
    }

    /** The same, of a reader that has met it. */
    public static HiddenEnd find(HiddenLedgerException hidden, Properties kafka) {
        return find(hidden.ledger(), hidden.from(), hidden.to(), kafka);
    }

    /** Names who hides what the answer depends on. */
    public static BatchException cannotTell(String batchId, HiddenLedgerException hidden, Properties kafka) {
        return find(hidden, kafka).cannotTell(batchId);
    }

    /** For where the answer depends on what is hidden. */
    public BatchException cannotTell(String batchId) {
        return BatchException.cannotTell(
                "cannot tell yet what %s has committed: %s. Try again when it has ended".formatted(batchId, inWords()));
    }

    /** Says what is hidden, by whom and since when, and what ends it. */
    public String inWords() {
        return "the end of its ledger (%s, offsets %s to %s) is hidden by %s"
                .formatted(
                        ledger,
                        from,
                        to,
                        holder.map(OpenTransaction::inWords)
                                .orElse(
                                        "a transaction that is still open; to see whose it is: kafka-transactions.sh describe-producers --topic %s --partition %s"
                                                .formatted(ledger.topic(), ledger.partition())));
    }
}
