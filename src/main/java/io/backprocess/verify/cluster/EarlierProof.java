package io.backprocess.verify.cluster;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The proof from which one goes on that is made with {@code --continue}.
 *
 * @param savepoint its savepoint; null if there is none
 */
public record EarlierProof(@Nullable String savepoint) implements Serializable {}
