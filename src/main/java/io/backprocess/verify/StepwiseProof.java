package io.backprocess.verify;

/** The proof of one partition, done in steps. After each step another object can go on with what {@link #state} returns. */
public interface StepwiseProof extends AutoCloseable {

    /** Takes up to that number of records, and returns false when there are no more. */
    boolean advance(int records);

    /** Returns the number of source records that are taken. */
    long taken();

    /** Returns the number of source offsets that are done. */
    long passed();

    /** Returns what another proof needs to go on from here. */
    byte[] state();

    /** Tells whether a later proof of more records can go on with the {@link #state}. Asked when there are no more records. */
    boolean canGoOn();

    /** Ends the proof, and returns its result. There must be no more records. */
    byte[] end();

    @Override
    void close();
}
