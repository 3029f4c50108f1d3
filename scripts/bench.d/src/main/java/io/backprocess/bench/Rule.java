package io.backprocess.bench;

import java.io.IOException;

/**
 * The rule of the revision purchase-split for envelopes of one item, as it is usually written: on an object that a library makes of
 * the value, and that becomes the result.
 */
interface Rule<E> {
    /** The reason why a record becomes a dead letter. */
    final class RejectedException extends Exception {
        RejectedException(String message) {
            // An unused stack trace would be the largest part of a rejection's cost.
            super(message, null, false, false);
        }
    }

    /**
     * Returns the rule for a history in JSON, or in Avro if there is a registry.
     *
     * @param correlationId the correlationId of the results
     * @param registry the URL of the registry; empty if there is none
     */
    static Rule<?> of(String correlationId, String registry) {
        return registry.isEmpty() ? new JsonRule(correlationId) : new AvroRule(correlationId, registry);
    }

    /** Returns the last argument of a peer: the URL of the registry, or nothing. */
    static String registry(String[] args, int index) {
        return args.length > index ? args[index] : "";
    }

    /** Reads an envelope, which counts until the next one is read. */
    E read(byte[] value) throws RejectedException;

    boolean isVersion1(E envelope);

    String eventId(E envelope);

    /** Changes the envelope and writes it. */
    byte[] revise(E envelope) throws RejectedException, IOException;
}
