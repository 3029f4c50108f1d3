package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.PlanJson;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what the stores of this package keep as JSON in backprocess.batches. */
final class StoredJson {
    private StoredJson() {}

    /**
     * Parses the value of a record.
     *
     * @param refusal makes the sentence that says what is damaged, given the first line of the reason
     * @throws BatchException of kind refused, if the value is not a JSON document of the type
     */
    static <T> T parse(ConsumerRecord<byte[], byte[]> record, Class<T> type, UnaryOperator<String> refusal) {
        try {
            T parsed = PlanJson.read(record.value(), type);
            if (parsed == null) {
                throw new IOException("it says null");
            }
            return parsed;
        } catch (IOException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw BatchException.refused(refusal.apply(reason));
        }
    }
}
