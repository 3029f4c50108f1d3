package io.backprocess.verify;

/** Keeps a proof, from which a later one goes on. */
public interface ProofKeeper {
    /** Makes this proof the last one. */
    void commit();

    /** Leaves the last proof as it is, because this one has found something wrong or unknown. */
    void leave();
}
