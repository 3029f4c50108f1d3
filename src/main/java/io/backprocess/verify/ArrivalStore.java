package io.backprocess.verify;

/** Keeps numbers for an index of arrivals, in state that may be on disk. */
public interface ArrivalStore {
    /** Returns the numbers of a key; none if it has none. */
    long[] get(long key);

    /** @param numbers none to remove the key */
    void put(long key, long[] numbers);

    void forEach(Visitor visitor);

    /** Receives the numbers of each key. */
    interface Visitor {
        void accept(long key, long[] numbers);
    }
}
