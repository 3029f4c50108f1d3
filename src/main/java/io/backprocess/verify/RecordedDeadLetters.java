package io.backprocess.verify;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
import io.backprocess.revise.operator.Revise;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The statements in the dead letters of one partition that a recount cannot reproduce, because they depend on more than the
 * record. A database, a service, a limit of the topic or a deleted earlier copy may differ now. Memory: one bit for each of these
 * dead letters.
 */
public final class RecordedDeadLetters {
    static final RecordedDeadLetters NOTHING = new RecordedDeadLetters();

    /** The message of the step. The number is the limit in bytes that the topic had then. */
    private static final Pattern LIMIT = Pattern.compile("the result topic takes (\\d{1,10}) ");

    /** The number of different limits that are kept, because another client that may write to the topic could name very many. */
    private static final int MAX_LIMITS = 100;

    private final Offsets refused = new Offsets();
    /** All letters of a batch with a table, because one that states another stage may be of the table too. */
    private final Offsets ofATable = new Offsets();

    private final Offsets exhausted = new Offsets();
    private final Offsets conflicts = new Offsets();
    private final Map<Integer, Offsets> tooLarge = new TreeMap<>();
    private final OffsetReasons taken = new OffsetReasons();

    RecordedDeadLetters() {}

    /**
     * @param isRefused true if a database refused the results
     * @param isRedriven true if a redrive has processed the letter
     */
    void add(long origin, StoredDeadLetter letter, boolean isRefused, boolean isRedriven) {
        if (isRefused) {
            refused.add(origin);
        }
        if (isRefused || isRedriven) {
            taken.add(origin, letter.failure().reason());
        } else if (letter.failure().reason() == Reason.CONFLICTING_DUPLICATE) {
            conflicts.add(origin);
        } else if (letter.failure().stage().equals(Revise.STAGE)
                && letter.failure().reason() == Reason.RETRIES_EXHAUSTED) {
            exhausted.add(origin);
        } else if (letter.failure().stage().equals(Revise.STAGE)
                && letter.failure().reason() == Reason.TOO_LARGE) {
            limit(letter.failure().message()).ifPresent(limit -> addTooLarge(origin, limit));
        }
    }

    private void addTooLarge(long origin, int limit) {
        if (tooLarge.size() < MAX_LIMITS || tooLarge.containsKey(limit)) {
            tooLarge.computeIfAbsent(limit, any -> new Offsets()).add(origin);
        }
    }

    private static OptionalInt limit(@Nullable String message) {
        Matcher matcher = LIMIT.matcher(message == null ? "" : message);
        try {
            return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /** Notes a letter of a batch whose results go to a table, whatever stage it states. */
    void addOfATable(long origin) {
        ofATable.add(origin);
    }

    /** Tells whether the batch's results go to a table and there is a dead letter of the record. */
    boolean isOfATable(long sourceOffset) {
        return ofATable.contains(sourceOffset);
    }

    /** Returns the source offsets of results that a database refused. To query it again would prove nothing. */
    Offsets refused() {
        return refused;
    }

    /** Tells whether the batch gave up the record after its retries. The service may answer at another time. */
    public boolean isExhausted(long sourceOffset) {
        return exhausted.contains(sourceOffset);
    }

    boolean isConflict(long sourceOffset) {
        return conflicts.contains(sourceOffset);
    }

    /** Returns the limit in bytes of the result topic when a result of the record was too large; null if no letter states it. */
    @Nullable
    public Integer limitOf(long sourceOffset) {
        for (Map.Entry<Integer, Offsets> each : tooLarge.entrySet()) {
            if (each.getValue().contains(sourceOffset)) {
                return each.getKey();
            }
        }
        return null;
    }

    /**
     * Returns the reason of a dead letter that was redriven since, or that a database caused; null if there is no such letter.
     */
    @Nullable
    Reason reasonOf(long sourceOffset) {
        return taken.of(sourceOffset);
    }
}
