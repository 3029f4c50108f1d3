package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.status.BatchQuality;
import io.backprocess.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options for a batch that is complete but not good, which is promoted all the same. */
public final class AcceptOptions {
    @Option(
            names = "--accept-dead-letters",
            description = "Promote the batch even if it has more dead letters than --max-dlq-ratio allows.")
    private boolean acceptDeadLetters;

    @Option(names = "--accept-empty", description = "Promote the batch even if its result topic is empty.")
    private boolean acceptEmpty;

    /**
     * Refuses a batch that is complete but not good. Complete only says that every record is accounted for.
     *
     * @throws BatchException refused, unless the option for it was given
     */
    public void refuseWorthless(BatchPlan plan, Verification verification, KafkaClients kafka) {
        BatchQuality quality = new BatchQuality(
                verification.recounted(),
                BatchQuality.toleratedRatio(StartSettings.stored(plan.spec().batchId(), kafka, complaint -> {})));
        List<String> missing = new ArrayList<>();
        if (quality.isTooDead() && !acceptDeadLetters) {
            missing.add("--accept-dead-letters");
        }
        if (quality.isEmpty() && !acceptEmpty) {
            missing.add("--accept-empty");
        }
        if (!missing.isEmpty()) {
            throw BatchException.refused(
                    "%s is complete but is not promoted: %s%s. Consumers of the alias would follow it; if this is intended: %s"
                            .formatted(
                                    plan.spec().batchId(),
                                    quality.sentence(),
                                    quality.isEmpty() ? "; topic " + plan.spec().resultTopic() + " is empty" : "",
                                    String.join(" ", missing)));
        }
    }
}
