package io.backprocess.verify;

/** The records of one partition of a topic, indexed by their origin or by their content. Several may have the same key. */
interface ArrivalIndex {
    /** The result of {@link #take} if there is no such record. */
    long NONE = -1;

    /** Receives the records that were not taken. */
    interface Rest {
        void accept(long key, long offset);
    }

    void add(long key, long digest, long offset);

    /** Takes a record with this key and this content. Returns its offset, or {@link #NONE} if there is none. */
    long take(long key, long digest);

    /** Takes any record with this key. Returns its offset, or {@link #NONE} if there is none. */
    long takeAny(long key);

    boolean has(long key);

    void forEachLeft(Rest rest);
}
