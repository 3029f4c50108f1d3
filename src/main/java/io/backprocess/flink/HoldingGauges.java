package io.backprocess.flink;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the gauges {@code holding} of a job. The steps that ask a service or the schema registry have one in each subtask. */
final class HoldingGauges {
    /** The operators that may hold, as Flink writes their names in the names of metrics. */
    private static final List<String> OPERATORS = List.of("Source__read", "revise");
    /** A metric that each vertex has, so that its absence means that Flink has not collected any. */
    private static final String COLLECTED = "numRecordsIn";
    /** Flink collects metrics after a request, at most every ten seconds, and answers before with what it has. */
    private static final Duration COLLECTING = Duration.ofMillis(500);

    private HoldingGauges() {}

    /**
     * Tells whether a subtask of a running job holds. The answer is some seconds old at most. It is false when Flink has collected
     * nothing yet.
     *
     * @param job what Flink says about the job
     */
    static boolean show(FlinkCluster flink, JsonNode job, String batchId) {
        if (!job.path("state").asText().equals("RUNNING")) {
            return false;
        }
        if (isFinal(read(flink, job, batchId))) {
            return false;
        }
        try {
            Thread.sleep(COLLECTING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while waiting for Flink", e);
        }
        return read(flink, job, batchId).stream()
                .anyMatch(metric -> isGauge(metric) && metric.path("max").asDouble() > 0);
    }

    /** Tells whether a second look would find the same: metrics are collected, and none of them is a gauge that may be outdated. */
    private static boolean isFinal(List<JsonNode> metrics) {
        return !metrics.isEmpty() && metrics.stream().noneMatch(HoldingGauges::isGauge);
    }

    private static boolean isGauge(JsonNode metric) {
        return !metric.path("id").asText().equals(COLLECTED);
    }

    /** Asks for one metric at a time, because Flink's answer is empty if it lacks one of those asked for. */
    private static List<JsonNode> read(FlinkCluster flink, JsonNode job, String batchId) {
        List<String> names = new ArrayList<>(List.of(COLLECTED));
        OPERATORS.forEach(operator -> names.add("%s.batch.%s.backprocess.holding".formatted(operator, batchId)));
        List<JsonNode> metrics = new ArrayList<>();
        for (JsonNode vertex : job.path("vertices")) {
            for (String name : names) {
                flink.find("/jobs/%s/vertices/%s/subtasks/metrics?agg=max&get=%s"
                                .formatted(
                                        job.path("jid").asText(),
                                        vertex.path("id").asText(),
                                        name))
                        .ifPresent(answer -> answer.forEach(metrics::add));
            }
        }
        return metrics;
    }
}
