package io.backprocess.verify;

/** Counts what became of a partition's records. */
final class Recount {
    private long read;
    private long skipped;
    private long duplicates;
    private long deadLetters;
    private long taken;
    private long results;
    private long outside;

    void read() {
        read++;
    }

    void skip() {
        skipped++;
    }

    void leaveOut() {
        outside++;
    }

    void duplicate() {
        duplicates++;
    }

    void bury() {
        deadLetters++;
    }

    void take(int numberOfResults) {
        taken++;
        results += numberOfResults;
    }

    Figures figures() {
        return new Figures(read, skipped, duplicates, deadLetters, taken, results, outside);
    }
}
