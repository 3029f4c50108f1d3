package io.backprocess.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Counts;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.ledger.BatchLedger.Commit;
import io.backprocess.ledger.Eta;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.status.BatchStatus;
import io.backprocess.verify.Finding;
import io.backprocess.verify.FindingKind;
import io.backprocess.verify.Unknown;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reports of batches that never were. */
final class Pages {
    static final Instant PLANNED = Instant.parse("2025-11-15T08:00:00Z");
    static final Instant WRITTEN = Instant.parse("2025-11-16T00:00:00Z");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Pages() {}

    /** Every text in it that comes from outside is this one. */
    static Report of(String text, Verdict verdict) {
        Figures figures = new Figures(100, 10, 20, 30, 40, 50);
        Verification.ComparedOutcomes outcomes = new Verification.ComparedOutcomes(figures, figures, 50, 30);
        Verification verification = new Verification(
                text,
                verdict,
                0,
                null,
                outcomes,
                0,
                List.of(new Verification.VerifiedPartition(0, 0, 100, 100, outcomes)),
                new Verification.Remarks(
                        verdict == Verdict.WRONG ? 1 : 0,
                        verdict == Verdict.WRONG
                                ? List.of(new Finding(FindingKind.MISSING_RESULT, text, 0, 7L, text))
                                : List.of(),
                        verdict == Verdict.CANNOT_TELL ? List.of(new Unknown(text, 0, 7, 9, text)) : List.of(),
                        List.of(),
                        DedupeScope.PARTITION,
                        null));
        return report(status(text), plan(text), history(text), verification, deadLetters());
    }

    /** A report of a batch that has done nothing but what its status says. */
    static Report report(String status) {
        return report(status, plan("b"), noHistory(), null, new DeadLetterTimes());
    }

    static Report report(
            String status,
            BatchPlan plan,
            LedgerHistory history,
            @Nullable Verification verification,
            DeadLetterTimes deadLetters) {
        try {
            return new Report(plan, read(status), status, history, verification, deadLetters, WRITTEN);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(status, e);
        }
    }

    /** Reads the status that a page contains as JSON. */
    private static BatchStatus read(String status) throws JsonProcessingException {
        JsonNode json = MAPPER.readTree(status);
        List<BatchStatus.PartitionStatus> partitions = new ArrayList<>();
        for (JsonNode each : json.path("partitions")) {
            partitions.add(new BatchStatus.PartitionStatus(
                    each.path("partition").asInt(),
                    each.path("start").asLong(),
                    each.path("end").asLong(),
                    each.path("next").asLong(),
                    figures(each)));
        }
        long eta = json.path("etaSeconds").asLong();
        return new BatchStatus(
                json.path("batchId").asText(),
                json.path("state").asText(),
                false,
                new BatchStatus.RangeProgress(
                        json.path("percent").asDouble(),
                        json.path("remaining").asLong(),
                        json.path("recordsPerSecond").asDouble(),
                        new Eta(eta, eta, eta)),
                new Counts(
                        figures(json),
                        counts(json.path("skippedByVersion")),
                        counts(json.path("deadLettersByReason")),
                        0),
                partitions,
                new BatchStatus.Surroundings(
                        null, null, MAPPER.treeToValue(json.get("settings"), BatchSettings.class), null));
    }

    private static Figures figures(JsonNode json) {
        return new Figures(
                json.path("read").asLong(),
                json.path("skipped").asLong(),
                json.path("duplicates").asLong(),
                json.path("deadLetters").asLong(),
                json.path("taken").asLong(),
                json.path("results").asLong(),
                json.path("outside").asLong());
    }

    private static Map<String, Long> counts(JsonNode json) {
        Map<String, Long> counts = new TreeMap<>();
        json.properties()
                .forEach(count -> counts.put(count.getKey(), count.getValue().asLong()));
        return counts;
    }

    static BatchPlan plan(String text) {
        BatchSpec spec = new BatchSpec(
                text,
                new BatchSpec.Range(text, text, text),
                new BatchSpec.Logic(text, List.of(text), new TreeMap<>(Map.of(text, text))),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(List.of(new OffsetRange(0, 0, 100)), null),
                new BatchPlan.StateLayout(128, 1),
                new BatchPlan.LedgerPlace(0, 0),
                new BatchPlan.Creation(PLANNED, text, text));
    }

    static String status(String text) {
        String quoted =
                com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
        return """
                {"batchId":%s,"state":"completed","percent":100.0,"remaining":0,"read":100,"skipped":10,"duplicates":20,\
                "deadLetters":30,"taken":40,"results":50,"recordsPerSecond":5.0,"etaSeconds":0,\
                "deadLettersByReason":{%s:30},"skippedByVersion":{%s:10},"partitions":[{"partition":0,"start":0,"end":100,\
                "next":100,"percent":100.0,"remaining":0,"read":100,"skipped":10,"duplicates":20,"deadLetters":30,\
                "taken":40,"results":50}]}""".formatted(quoted, quoted, quoted);
    }

    private static LedgerHistory history(String text) {
        LedgerHistory history = new LedgerHistory(PLANNED);
        commits(text).forEach(history);
        return history;
    }

    private static LedgerHistory noHistory() {
        return new LedgerHistory(PLANNED);
    }

    private static List<Commit> commits(String text) {
        return List.of(
                new Commit(
                        PLANNED.plusSeconds(10),
                        new LedgerLine(
                                text,
                                0,
                                1,
                                0,
                                new LedgerLine.Covered(0L, 60L),
                                new LedgerLine.Outcomes(60, Map.of(text, 10L), 20, Map.of("rejected", 10L), 20, 20)),
                        null,
                        null),
                new Commit(
                        PLANNED.plusSeconds(20),
                        new LedgerLine(
                                text,
                                0,
                                2,
                                0,
                                new LedgerLine.Covered(60L, 100L),
                                new LedgerLine.Outcomes(40, Map.of(), 0, Map.of("rejected", 20L), 20, 30)),
                        null,
                        null));
    }

    private static DeadLetterTimes deadLetters() {
        DeadLetterTimes times = new DeadLetterTimes();
        for (int i = 0; i < 30; i++) {
            times.add(PLANNED.plusSeconds(i * 600L), i % 3 == 0 ? "rejected" : "tombstone");
        }
        return times;
    }
}
