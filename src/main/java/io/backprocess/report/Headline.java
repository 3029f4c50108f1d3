package io.backprocess.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The first statement of the page. Only a recount is a proof. Without one, the page shows what the ledger claims and the
 * command that proves it.
 *
 * @param tone {@code proven}, {@code good}, {@code busy}, {@code idle} or {@code bad}
 * @param proof the command that proves the claim; null if the page has a recount
 */
record Headline(
        String tone,
        String title,
        String sentence,
        @Nullable String proof) {

    static Headline of(JsonNode status, @Nullable Verification verification) {
        Headline headline = withoutConcern(status, verification);
        String concern = concern(status);
        boolean good = headline.tone.equals("good") || headline.tone.equals("proven");
        return concern.isEmpty() || !good
                ? headline
                : new Headline("idle", headline.title, headline.sentence + " But " + concern, headline.proof);
    }

    /** A batch that accounts for every record can still be bad. */
    private static String concern(JsonNode status) {
        String read = Words.count(status.path("read").asLong());
        return switch (status.path("concern").asText()) {
            case "dead-letters" ->
                "%s of %s records are dead letters."
                        .formatted(Words.count(status.path("deadLetters").asLong()), read);
            case "no-results" -> "%s records gave no result.".formatted(read);
            case "nothing-read" -> "the range has no record.";
            default -> "";
        };
    }

    private static Headline withoutConcern(JsonNode status, @Nullable Verification verification) {
        if (verification != null && verification.verdict() != Verdict.INCOMPLETE) {
            return proven(verification);
        }
        Headline claimed = claimed(status);
        return verification == null
                ? claimed
                : new Headline(
                        claimed.tone,
                        claimed.title,
                        claimed.sentence + " A recount from Kafka alone confirms everything that is committed.",
                        null);
    }

    private static Headline claimed(JsonNode status) {
        Headline claim = claim(status);
        return new Headline(
                claim.tone,
                claim.title,
                claim.sentence,
                "backprocess verify --batch-id " + status.path("batchId").asText());
    }

    private static Headline proven(Verification verification) {
        if (verification.verdict() == Verdict.WRONG) {
            return new Headline(
                    "bad",
                    "Wrong",
                    "The recount from Kafka alone has %s, listed below. Do not use the results until each is explained."
                            .formatted(
                                    verification.remarks().findingsTotal() == 1
                                            ? "1 finding"
                                            : Words.count(verification.remarks().findingsTotal()) + " findings"),
                    null);
        }
        if (verification.verdict() == Verdict.CANNOT_TELL) {
            return new Headline(
                    "idle",
                    "Cannot tell",
                    "A part of the batch cannot be recounted because data is missing or a service does not answer. It is"
                            + " listed below. The rest was recounted from Kafka alone and is right.",
                    null);
        }
        return new Headline(
                "proven",
                "Complete, and proven",
                "Each of %s records is accounted for: nothing is missing, nothing is doubled%s. Recounted from Kafka alone."
                        .formatted(
                                Words.count(verification.recounted().read()),
                                verification.remarks().dedupeScope() == DedupeScope.PARTITION
                                        ? " within a partition"
                                        : ""),
                null);
    }

    private static Headline claim(JsonNode status) {
        String percent = Words.percent(status.path("percent").asDouble());
        String remaining = Words.count(status.path("remaining").asLong());
        return switch (status.path("state").asText()) {
            case "completed" ->
                new Headline(
                        "good",
                        "Completed",
                        "According to its ledger, the batch has read its whole range and accounted for every record.",
                        null);
            case "running" ->
                new Headline(
                        "busy",
                        "Running, " + percent,
                        "%s offsets remain%s.".formatted(remaining, eta(status.path("etaSeconds"))),
                        null);
            case "planned" ->
                new Headline(
                        "idle", "Planned", "%s offsets to read; nothing is committed yet.".formatted(remaining), null);
            case "paused" ->
                new Headline(
                        "idle",
                        "Paused at " + percent,
                        "%s offsets remain. Committed results stay.".formatted(remaining),
                        null);
            case "failed" ->
                new Headline(
                        "bad",
                        "Failed at " + percent,
                        "%s offsets remain, and no job is working on them.".formatted(remaining),
                        null);
            default -> {
                String state = status.path("state").asText("unknown");
                yield new Headline(
                        "idle",
                        Character.toUpperCase(state.charAt(0)) + state.substring(1) + ", " + percent,
                        "%s offsets remain.".formatted(remaining),
                        null);
            }
        };
    }

    private static String eta(JsonNode seconds) {
        return seconds.isNumber() ? ", about " + Words.duration(Duration.ofSeconds(seconds.asLong())) : "";
    }

    void write(Html html, JsonNode status) {
        html.open("section", "class", "verdict " + tone, "aria-labelledby", "verdict");
        html.element("p", title, "class", "title", "id", "verdict");
        html.element("p", sentence);
        if (proof != null) {
            html.open("p").text("This comes from the ledger and was not recounted. To prove it, run ");
            html.element("code", proof)
                    .text("or write this page with ")
                    .element("code", "--verify")
                    .close("p");
        }
        if (status.path("percent").asDouble() < 100) {
            html.element(
                    "progress",
                    Words.percent(status.path("percent").asDouble()),
                    "max",
                    "100",
                    "value",
                    String.valueOf(status.path("percent").asDouble()),
                    "aria-label",
                    "offsets committed");
        }
        html.close("section");
    }
}
