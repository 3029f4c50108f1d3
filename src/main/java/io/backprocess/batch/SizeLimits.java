package io.backprocess.batch;

import io.backprocess.kafka.ExactlyOnce;
import java.io.Serializable;
import java.util.Properties;

/**
 * How large what a batch writes can be for sure: before compression, since a topic's limit counts after it and a codec promises
 * nothing.
 *
 * @param result beyond it the event is a dead letter, {@code too-large}
 * @param deadLetter beyond it a dead letter goes by reference
 */
public record SizeLimits(int result, int deadLetter) implements Serializable {
    private static final long serialVersionUID = 1;

    /** The batch's topics must exist. */
    public static SizeLimits of(BatchPlan plan, Topics topics, Properties kafka) {
        int client = ExactlyOnce.largestRecord(kafka);
        return new SizeLimits(
                Math.min(client, topics.maxResultBytes(plan)), Math.min(client, topics.maxDeadLetterBytes(plan)));
    }

    /** The same by what the result topic takes now, which may be more than as the batch was planned. */
    public static SizeLimits now(BatchPlan plan, Topics topics, Properties kafka) {
        int client = ExactlyOnce.largestRecord(kafka);
        return new SizeLimits(
                Math.min(client, topics.maxResultBytesNow(plan)), Math.min(client, topics.maxDeadLetterBytes(plan)));
    }

    /** For those who write no dead letters. */
    public static SizeLimits ofResults(int result) {
        return new SizeLimits(result, Integer.MAX_VALUE);
    }
}
