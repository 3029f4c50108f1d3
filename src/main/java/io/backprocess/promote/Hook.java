package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A command that does for other systems what the alias does for consumers, as the pointer keeps it.
 *
 * @param command the absolute path of the program
 * @param previousTopic the topic that the alias pointed to before the move; null if there was none
 * @param at the time at which the state was reached
 * @param outcome what went wrong; null if nothing did, or if it has not ended
 */
public record Hook(
        String command,
        State state,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String previousTopic,
        Instant at,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String outcome) {
    /** The state of the command. */
    public enum State {
        /** The alias was moved, and the command has not ended since, as far as is known. */
        PENDING,
        DONE,
        FAILED;

        @Override
        @JsonValue
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the hook in another state. */
    Hook with(State another, Instant now, @Nullable String why) {
        return new Hook(command, another, previousTopic, now, why);
    }

    /** Tells whether nothing is left to do for a command. */
    public boolean isDone(String path) {
        return state == State.DONE && command.equals(path);
    }

    /** Tells whether all parts are there. Any writer to the topic of aliases may have left one out. */
    boolean isWhole() {
        return command != null && state != null && at != null;
    }
}
