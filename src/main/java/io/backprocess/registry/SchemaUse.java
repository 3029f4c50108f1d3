package io.backprocess.registry;

/** The purpose of the schemas. */
enum SchemaUse {
    /** A command reads what the batch has stored, and stores nothing. */
    COMMAND,
    /** The job stores every schema that it meets first. */
    JOB,
    /** The proof of a redrive also reads the schemas that redrives have stored. */
    REDRIVEN,
    /** A redrive that is tried out also asks again for the schemas that the registry did not have. */
    REDRIVE_DRY,
    /** A redrive stores those that the registry has now. */
    REDRIVE;

    boolean readsLater() {
        return this == REDRIVEN || asksAgain();
    }

    /** Tells whether what the registry gives is stored. */
    boolean stores() {
        return this == JOB || this == REDRIVE;
    }

    boolean asksAgain() {
        return this == REDRIVE_DRY || this == REDRIVE;
    }
}
