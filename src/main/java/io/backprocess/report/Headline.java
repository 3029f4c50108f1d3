package io.backprocess.report;

import io.backprocess.batch.DedupeScope;
import io.backprocess.render.PageWords;
import io.backprocess.render.Words;
import io.backprocess.status.BatchStatus;
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

    static Headline of(BatchStatus status, @Nullable Verification verification) {
        Headline headline = withoutConcern(status, verification);
        String concern = concern(status);
        boolean good = headline.tone.equals("good") || headline.tone.equals("proven");
        return concern.isEmpty() || !good
                ? headline
                : new Headline("idle", headline.title, headline.sentence + " But " + concern, headline.proof);
    }

    /**
     * Says why a completed batch is not good; empty if there is no concern. A batch that accounts for every record can still be
     * bad.
     */
    private static String concern(BatchStatus status) {
        String read = PageWords.count(status.read());
        return switch (status.concern() == null ? "" : status.concern()) {
            case "dead-letters" ->
                "%s of %s records are dead letters.".formatted(PageWords.count(status.deadLetters()), read);
            case "no-results" -> "%s records gave no result.".formatted(read);
            case "nothing-read" -> "the range has no record.";
            default -> "";
        };
    }

    private static Headline withoutConcern(BatchStatus status, @Nullable Verification verification) {
        if (verification != null && !isProvenInPart(verification)) {
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

    /** Tells whether what is committed is right, and more is to come. */
    private static boolean isProvenInPart(Verification verification) {
        return verification.verdict() == Verdict.INCOMPLETE
                || (verification.verdict() == Verdict.COMPLETE && verification.follows() != null);
    }

    private static Headline claimed(BatchStatus status) {
        Headline claim = claim(status);
        return new Headline(
                claim.tone, claim.title, claim.sentence, "backprocess verify --batch-id " + status.batchId());
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
                                            : PageWords.count(verification
                                                            .remarks()
                                                            .findingsTotal()) + " findings"),
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
                                PageWords.count(verification.recounted().read()),
                                verification.remarks().dedupeScope() == DedupeScope.PARTITION
                                        ? " within a partition"
                                        : ""),
                null);
    }

    private static Headline claim(BatchStatus status) {
        String percent = PageWords.percent(status.percent());
        String remain = PageWords.count(status.remaining()) + " offsets remain";
        String state = status.state();
        return switch (state) {
            case "completed" ->
                claim(
                        "good",
                        "Completed",
                        "According to its ledger, the batch has read its whole range and accounted for every record.");
            case "running" -> claim("busy", "Running, " + percent, remain + eta(status.etaSeconds()) + ".");
            case "planned" ->
                claim(
                        "idle",
                        "Planned",
                        PageWords.count(status.remaining()) + " offsets to read; nothing is committed yet.");
            case "paused" -> claim("idle", "Paused at " + percent, remain + ". Committed results stay.");
            case "failed" -> claim("bad", "Failed at " + percent, remain + ", and no job is working on them.");
            default ->
                claim(
                        "idle",
                        Character.toUpperCase(state.charAt(0)) + state.substring(1) + ", " + percent,
                        remain + ".");
        };
    }

    private static Headline claim(String tone, String title, String sentence) {
        return new Headline(tone, title, sentence, null);
    }

    private static String eta(@Nullable Long seconds) {
        return seconds == null ? "" : ", about " + Words.duration(Duration.ofSeconds(seconds));
    }
}
