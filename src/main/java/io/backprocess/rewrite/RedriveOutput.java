package io.backprocess.rewrite;

import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Succeeded;

/** The destination of a redrive's records. */
interface RedriveOutput extends AutoCloseable {
    /** The output of a dry run, which discards everything. */
    RedriveOutput NOWHERE = new RedriveOutput() {
        @Override
        public void write(Succeeded attempt) {}

        @Override
        public void write(FailedAgain attempt) {}

        @Override
        public void commitIfDue() {}

        @Override
        public void finish() {}

        @Override
        public void close() {}
    };

    void write(Succeeded attempt);

    void write(FailedAgain attempt);

    /**
     * Commits when a commit is due. The caller calls it regularly, even while nothing is written, because a transaction must not
     * stay open for long.
     */
    void commitIfDue();

    /** Commits the rest, after everything is written. */
    void finish();

    @Override
    void close();
}
