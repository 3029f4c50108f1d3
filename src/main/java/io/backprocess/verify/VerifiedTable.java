package io.backprocess.verify;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table that results go to as well, held to the fold of the result topic.
 *
 * @param name the table, as the definition names it
 * @param database the JDBC URL without its parameters
 * @param sample the part of the keys that was compared, in words; null for all
 * @param passes the number of times that the result topic was read
 * @param problem what ended the comparison early; null if it is whole
 */
public record VerifiedTable(
        String name,
        String database,
        @Nullable String sample,
        int passes,
        RowCounts rows,
        List<UnknownRow> unknown,
        List<Map<String, String>> others,
        @Nullable String problem) {

    /**
     * The keys of results, by what the table has for them. The first number is the sum of the next seven.
     *
     * @param keys the keys that were compared
     * @param right the rows that are what the fold gives
     * @param missing the keys that have no row
     * @param altered the rows that are not what their result says
     * @param older the rows that are older than their result, by the guards
     * @param newer the rows that are newer than their results, by the guards: nothing is known about them
     * @param ahead the rows that may come from results which are not committed yet
     * @param unsure the rows of which the right one is not known
     * @param withoutResult the rows of the table that no result has written, which nothing is known about; null if they were not
     *     counted
     * @param unreadableResults the results that cannot be read, or cannot be rows
     */
    public record RowCounts(
            long keys,
            long right,
            long missing,
            long altered,
            long older,
            long newer,
            long ahead,
            long unsure,
            @Nullable Long withoutResult,
            long unreadableResults) {
        /** Returns the number of findings. */
        long wrong() {
            return missing + altered + older;
        }
    }

    /**
     * A row of which it is not known whether it is right. The first thousand are kept.
     *
     * @param key the columns of its key, and their values
     * @param partition the partition of the result topic with the result that it was held to
     * @param offset the offset of that result
     * @param why a sentence that says why it is not known
     */
    public record UnknownRow(Map<String, String> key, int partition, long offset, String why) {}

    /** Tells whether there is no row that nothing is known about. */
    boolean isKnown() {
        return problem == null
                && rows.newer + rows.ahead + rows.unsure + rows.unreadableResults == 0
                && (rows.withoutResult == null || rows.withoutResult == 0);
    }
}
