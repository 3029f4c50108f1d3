package io.backprocess.upsert;

/** The outcome of comparing a row of the table with the results of its key. */
public enum RowVerdict {
    /** The row is what a result gives, and no later one replaces that. */
    RIGHT("is right"),
    /** There is no row. */
    MISSING("is missing"),
    /** The row is not older than its results by the guards, and another one. */
    ALTERED("is not what its result says"),
    /** The row is older than its results by the guards, so an update is missing. */
    OLDER("is older than its result"),
    /** The row is newer than its results by the guards: another process has written it since, or another batch. */
    NEWER("is newer than its results"),
    /** The batch still writes rows, and this one may come from a result that is not committed yet. */
    AHEAD("may come from a result that is not committed yet"),
    /** The row may be another spelling of the right one, or that of a result which is not compared. */
    UNSURE("cannot be compared");

    private final String words;

    RowVerdict(String words) {
        this.words = words;
    }

    public boolean isWrong() {
        return this == MISSING || this == ALTERED || this == OLDER;
    }

    /** Returns the words that follow the row's name in a sentence. */
    public String words() {
        return words;
    }
}
