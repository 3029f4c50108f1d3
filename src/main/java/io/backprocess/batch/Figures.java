package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** The number of records by outcome. {@code read = skipped + outside + duplicates + deadLetters + taken}. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Figures(
        long read, long skipped, long duplicates, long deadLetters, long taken, long results, long outside) {
    /** Creates the figures of a batch without an exact time range, so that no record is outside. */
    public Figures(long read, long skipped, long duplicates, long deadLetters, long taken, long results) {
        this(read, skipped, duplicates, deadLetters, taken, results, 0);
    }

    public static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0);

    public Figures plus(Figures other) {
        return new Figures(
                read + other.read,
                skipped + other.skipped,
                duplicates + other.duplicates,
                deadLetters + other.deadLetters,
                taken + other.taken,
                results + other.results,
                outside + other.outside);
    }

    /** Counts duplicates as taken, for a comparison in which it is unknown which copy of an eventId was taken. */
    public Figures withoutChoice() {
        return new Figures(read, skipped, 0, deadLetters, taken + duplicates, results, outside);
    }
}
