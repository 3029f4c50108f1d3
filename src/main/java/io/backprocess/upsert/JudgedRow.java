package io.backprocess.upsert;

import java.util.List;
import java.util.Map;

/**
 * A row of the table that is not what the results say, or of which that is not known.
 *
 * @param key the key's columns and their values
 * @param partition the partition of the result topic with the result that the row is held to
 * @param offset the offset of that result
 * @param differences the columns that differ; empty for a missing row
 */
public record JudgedRow(
        RowVerdict verdict, Map<String, String> key, int partition, long offset, List<Difference> differences) {

    /**
     * A column that differs. Long values are cut.
     *
     * @param result the value that the result gives
     * @param table the value in the table
     */
    public record Difference(String column, String result, String table) {}
}
