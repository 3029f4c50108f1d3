package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One error that a recount has found.
 *
 * @param topic the topic of the record that is wrong. If a record is missing, topic, partition and offset are those of its source
 *     record. For a finding about the ledger they are those of the source offsets that the ledger counts. For a finding about a
 *     row they are those of the result that the row is held to
 * @param offset the offset; null if the finding concerns the whole partition
 * @param message a sentence that says what is wrong
 * @param row the row of the table; null if the finding is about a record or the ledger
 */
public record Finding(
        FindingKind kind,
        String topic,
        int partition,
        @Nullable Long offset,
        String message,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Row row) {

    /**
     * A row of the table that results go to as well.
     *
     * @param key the columns of its key, and their values
     * @param columns the columns that differ; empty for a missing row
     */
    public record Row(Map<String, String> key, List<DifferingColumn> columns) {}

    /**
     * A column of a row that is not what the result says. Long values are cut; NULL is the word.
     *
     * @param result the value by the result
     * @param table the value in the table
     */
    public record DifferingColumn(String column, String result, String table) {}

    public Finding(FindingKind kind, String topic, int partition, @Nullable Long offset, String message) {
        this(kind, topic, partition, offset, message, null);
    }

    @Override
    public String toString() {
        return offset == null
                ? "%s at %s/%d: %s".formatted(kind, topic, partition, message)
                : "%s at %s/%d/%d: %s".formatted(kind, topic, partition, offset, message);
    }
}
