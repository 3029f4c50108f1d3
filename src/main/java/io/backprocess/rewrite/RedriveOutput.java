package io.backprocess.rewrite;

import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Succeeded;

/** Where a redrive's records go. */
interface RedriveOutput extends AutoCloseable {
    /** A dry run's: nowhere. */
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

    /** To be called now and then, also while nothing is written: a transaction must not stay open for long. */
    void commitIfDue();

    /** Everything is written. */
    void finish();

    @Override
    void close();
}
