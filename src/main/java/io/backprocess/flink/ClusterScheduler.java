package io.backprocess.flink;

import io.backprocess.batch.BatchException;

/** Checks the scheduler that a cluster gives to every job. A job cannot choose it. */
final class ClusterScheduler {
    private ClusterScheduler() {}

    /** @throws BatchException refused, when the scheduler makes no checkpoints */
    static void check(FlinkCluster flink) {
        flink.configured("jobmanager.scheduler")
                .filter("AdaptiveBatch"::equalsIgnoreCase)
                .ifPresent(scheduler -> {
                    throw BatchException.refused(
                            "Flink at %s is configured with jobmanager.scheduler: %s, which makes no checkpoints, but a batch commits with them; remove it from the cluster's configuration"
                                    .formatted(flink.webUi(), scheduler));
                });
    }
}
