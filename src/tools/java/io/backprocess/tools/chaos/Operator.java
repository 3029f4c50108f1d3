package io.backprocess.tools.chaos;

import io.backprocess.tools.chaos.Judge.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Does what an operator would do in one round, so that the batch is completed. */
final class Operator {
    private static final int ROUND_SECONDS = 600;
    private static final int BRIEF = 300;
    private static final int BRIEFER = 160;

    private final Cluster cluster;
    private final Disk disk;
    private final Journal journal;
    private final Path gone;
    private Batch batch;
    private int resumes;
    private int repairs;
    private int overs;

    /** @param gone a file that exists once the newest checkpoint was deleted; its time is the time of the deletion */
    Operator(Cluster cluster, Disk disk, Journal journal, Path gone, Batch batch) {
        this.cluster = cluster;
        this.disk = disk;
        this.journal = journal;
        this.gone = gone;
        this.batch = batch;
    }

    Batch batch() {
        return batch;
    }

    int resumes() {
        return resumes;
    }

    int repairs() {
        return repairs;
    }

    int overs() {
        return overs;
    }

    /** Waits for the end. A batch that shows as failed for a moment, while a JobManager comes back, has not failed. */
    void completeBatch() throws IOException, InterruptedException {
        int until = journal.seconds() + ROUND_SECONDS;
        String state = "";
        int failed = 0;
        while (journal.seconds() < until) {
            cluster.startWhatIsDown();
            state = batch.state();
            failed = state.equals("failed") ? failed + 1 : 0;
            switch (state) {
                case "completed" -> {
                    return;
                }
                case "paused" -> goOn();
                case "planned" -> batch.begin();
                case "failed" -> {
                    if (failed > 3) {
                        goOn();
                    }
                }
                default -> {}
            }
            Thread.sleep(2000);
        }
        batch.violation("is not completed after " + ROUND_SECONDS + " s, but " + state);
    }

    /** Waits a moment, so that the batch runs before it is broken. */
    void letItRun() throws IOException, InterruptedException {
        cluster.startWhatIsDown();
        for (int tries = 0; tries < 15; tries++) {
            if (batch.state().matches("running|completed")) {
                return;
            }
            Thread.sleep(1000);
        }
        goOn();
    }

    private void goOn() throws IOException, InterruptedException {
        if (repair()) {
            return;
        }
        Backprocess.Answer answer = batch.resume("--detached");
        switch (Refusal.of(answer)) {
            case NONE -> {
                resumes++;
                journal.note("resumed");
            }
            case NEEDS_RECOUNT -> {
                batch.resume("--accept-recount");
                resumes++;
            }
            case NO_SNAPSHOT -> startOver(answer.firstLine());
            case NOT_STARTED -> batch.begin();
            case NOT_NOW, ANOTHER -> {}
        }
    }

    /** The end of a resume. */
    enum Refusal {
        NONE,
        NEEDS_RECOUNT,
        NOT_NOW,
        NO_SNAPSHOT,
        NOT_STARTED,
        ANOTHER;

        static Refusal of(Backprocess.Answer answer) {
            String said = answer.said();
            return switch (answer.code()) {
                case 0 -> NONE;
                case 2 -> said.contains("start it with: run") ? NOT_STARTED : ANOTHER;
                case 4 -> {
                    if (said.contains("--accept-recount")) {
                        yield NEEDS_RECOUNT;
                    }
                    if (said.contains("running already") || said.contains("at this moment")) {
                        yield NOT_NOW;
                    }
                    yield said.contains("no snapshot") || said.contains("written twice") ? NO_SNAPSHOT : ANOTHER;
                }
                default -> ANOTHER;
            };
        }
    }

    /** Repairs the batch. Returns true if the batch was damaged rather than half done, and is correct now. */
    boolean repair() throws IOException, InterruptedException {
        if (!batch.command("verify", "--repair", "--execute").succeeded()) {
            return false;
        }
        journal.note("repaired");
        batch.order = Order.ANY_ORDER;
        repairs++;
        return true;
    }

    /**
     * Starts over under a new batch id: the batch's state was deleted, and a resume is refused. The old batch must not count as
     * complete.
     */
    private void startOver(String why) throws IOException, InterruptedException {
        boolean trulyGone = Files.exists(gone) && !disk.hasSnapshotSince(gone);
        if (!trulyGone) {
            batch.violation("is refused although a snapshot exists: " + brief(why, BRIEF));
        }
        Files.deleteIfExists(gone);
        journal.note("starts over: " + brief(why, BRIEFER));
        batch.command("abandon", "--execute");
        if (batch.command("verify").succeeded()) {
            batch.violation("the batch that was given up is called complete");
        }
        overs++;
        batch = batch.again();
        batch.begin();
    }

    /** Deletes the newest checkpoint, and notes the time. */
    Optional<String> deleteNewestCheckpoint() throws IOException {
        Optional<String> name = disk.deleteNewestCheckpoint();
        if (name.isPresent()) {
            Files.deleteIfExists(gone);
            Files.createFile(gone);
        }
        return name;
    }

    private static String brief(String text, int length) {
        return text.substring(0, Math.min(length, text.length()));
    }
}
