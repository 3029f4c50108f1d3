package io.backprocess.verify.table;

import io.backprocess.upsert.KeyRange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows to compare. A sample never counts the rows that no result has written.
 *
 * @param percent the part of the keys, chosen by their hash; 100 for all
 * @param keys the first and the last key, in words; null for all
 * @param countsOthers whether rows that no result has written are counted
 */
public record Selection(BigDecimal percent, @Nullable String keys, boolean countsOthers) {
    private static final BigDecimal ALL_PERCENT = BigDecimal.valueOf(100);
    public static final Selection ALL = new Selection(ALL_PERCENT, null, true);

    /** Returns the first hash that is not compared. */
    long end() {
        return percent.multiply(BigDecimal.valueOf(KeyRange.HASHES))
                .divide(ALL_PERCENT, RoundingMode.CEILING)
                .longValue();
    }

    boolean isSample() {
        return keys != null || percent.compareTo(ALL_PERCENT) < 0;
    }

    /** Returns the part of the keys in words; null for all. */
    @Nullable
    String words() {
        List<String> words = new ArrayList<>();
        if (percent.compareTo(ALL_PERCENT) < 0) {
            words.add(percent.toPlainString() + " % of the keys");
        }
        if (keys != null) {
            words.add("keys " + keys);
        }
        return words.isEmpty() ? null : String.join(", ", words);
    }
}
