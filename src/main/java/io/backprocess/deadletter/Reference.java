package io.backprocess.deadletter;

import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The description of what a dead letter {@link ByReference} leaves out.
 *
 * @param valueSize the size of the original's value in bytes; -1 where the value is null
 * @param valueSha256 the SHA-256 of the value in hexadecimal digits; null where the original's value is null
 * @param keySha256 the SHA-256 of the key; null where the letter has the key itself
 * @param headersDropped the number of the original's headers that are left out
 * @param headersSha256 the SHA-256 of the headers that are left out; null where none are
 */
public record Reference(
        long valueSize,
        @Nullable String valueSha256,
        @Nullable String keySha256,
        int headersDropped,
        @Nullable String headersSha256) {

    /**
     * Reads the reference; empty where the letter is whole.
     *
     * @throws IllegalArgumentException when a number is malformed
     */
    static Optional<Reference> read(Headers headers) {
        String size = DeadLetterHeaders.text(headers, DeadLetterHeaders.VALUE_SIZE);
        if (size == null) {
            return Optional.empty();
        }
        String dropped = DeadLetterHeaders.text(headers, DeadLetterHeaders.HEADERS_DROPPED);
        return Optional.of(new Reference(
                Long.parseLong(size),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.VALUE_SHA256),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.KEY_SHA256),
                dropped == null ? 0 : Integer.parseInt(dropped),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.HEADERS_SHA256)));
    }
}
