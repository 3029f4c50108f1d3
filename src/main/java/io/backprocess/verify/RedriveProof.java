package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.BareLetter;
import io.backprocess.replay.Replay;
import io.backprocess.verify.Finding.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Proves what redrives have done with the dead letters of one partition, ledger line by ledger line: each dead letter that a
 * line names is there and named once, and what the line says has come of it is what its revision makes of it. An attempt
 * that was redriven again later is taken as it is. Memory: one line's offsets and hashes, and a bit a dead letter.
 */
final class RedriveProof {
    private final Evidence evidence;
    private final List<BatchLedger.Commit> lines;
    private final Originals originals;
    private final OutputPartition results;
    private final OutputPartition deadLetters;
    private final Map<Output, Consumer<byte[], byte[]>> consumers = new EnumMap<>(Output.class);
    private final Map<List<?>, Replay> replays = new HashMap<>();
    /** By all lines. */
    private final Offsets redriven = new Offsets();

    private final Offsets written = new Offsets();
    /** By the lines so far. */
    private final Offsets named = new Offsets();

    private final Offsets origins = new Offsets();
    private final Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
    private long succeeded;
    private long unknown;
    private long resultsMade;
    private long resultsThere;
    private long deadLettersThere;

    /**
     * The dead letter of one that failed again.
     *
     * @param digest of all that can be recounted of it
     * @param bare the same without what it died of
     * @param reason null where it says none that is one
     * @param refused by a database, which nobody can recount
     */
    private record Again(
            long offset, long digest, long bare, @Nullable Reason reason, boolean refused) {
        static Again of(ConsumerRecord<byte[], byte[]> letter, boolean refused) {
            Reason reason =
                    StoredDeadLetter.read(letter).map(StoredDeadLetter::reason).orElse(null);
            return new Again(
                    letter.offset(),
                    Content.digest(Output.DEAD_LETTERS, letter),
                    Content.digest(Output.DEAD_LETTERS, BareLetter.of(letter)),
                    reason,
                    refused);
        }
    }

    RedriveProof(Evidence evidence, int partition) {
        this.evidence = evidence;
        this.lines = evidence.redrives(partition);
        this.originals = evidence.originals();
        this.results = evidence.outputPartition(Output.RESULTS, partition);
        this.deadLetters = evidence.outputPartition(Output.DEAD_LETTERS, partition);
    }

    RedriveChanges prove() {
        for (BatchLedger.Commit commit : lines) {
            redriven.addAll(redriven(commit).deadLetters());
            written.addAll(redriven(commit).failed());
        }
        try (originals) {
            lines.forEach(this::prove);
        } finally {
            consumers.values().forEach(Consumer::close);
        }
        return new RedriveChanges(
                origins,
                new Offsets(),
                new Figures(0, 0, 0, -succeeded, succeeded, resultsMade, 0),
                byReason,
                resultsThere,
                deadLettersThere,
                unknown);
    }

    private static Redriven redriven(BatchLedger.Commit commit) {
        return Objects.requireNonNull(commit.redriven());
    }

    private void prove(BatchLedger.Commit commit) {
        Redriven line = redriven(commit);
        Map<String, Long> reasons = new TreeMap<>();
        Replay replay = replays.computeIfAbsent(
                Arrays.asList(line.revisions(), line.options(), line.maxResultBytes()), any -> evidence.replay(line));
        Map<Long, Again> failed = failed(line, reasons);
        RedrivenResults made = new RedrivenResults(results, evidence.hasOrigins(Output.RESULTS));
        read(results, line.results(), record -> {
            resultsThere++;
            made.arrives(record);
        });
        Offsets found = new Offsets();
        read(deadLetters, line.deadLetters(), record -> {
            found.add(record.offset());
            StoredDeadLetter letter = letter(record);
            if (letter != null) {
                reasons.merge(letter.reason().toString(), -1L, Long::sum);
                Again again = failed.remove(letter.origin().offset());
                byReason.merge(letter.reason(), -1L, Long::sum);
                if (again != null && again.reason() != null) {
                    byReason.merge(again.reason(), 1L, Long::sum);
                }
                StoredDeadLetter whole = originals.whole(letter).orElse(null);
                if (whole == null) {
                    leaveAside(letter, again, made);
                } else if (again == null) {
                    expectResults(whole, replay, made);
                } else {
                    expectFailure(whole, replay, again);
                }
            }
        });
        resultsMade += made.finish();
        failed.values()
                .forEach(again -> deadLetters.unexpected(
                        again.offset(), "a redrive's dead letter, but the redrive has not dealt with its origin"));
        line.deadLetters().forEach(offset -> {
            if (!found.contains(offset)) {
                deadLetters.finding(
                        deadLetters.output.missing,
                        offset,
                        "a redrive dealt with this dead letter, but it is not there");
            }
        });
        compare(commit.line(), reasons);
    }

    /** What the line counts is what the redrive has read in the dead letters, and what it has written into those that failed again. */
    private void compare(LedgerLine line, Map<String, Long> reasons) {
        Map<String, Long> counted = new TreeMap<>(line.deadLetters());
        counted.values().removeIf(count -> count == 0);
        reasons.values().removeIf(count -> count == 0);
        if (!counted.equals(reasons)) {
            deadLetters.ledgerMismatch(
                    "a redrive's ledger line counts %s dead letters by reason, but by the reasons that they say there are %s"
                            .formatted(counted, reasons));
        }
    }

    /** Those that the line says have failed again, by their origin. */
    private Map<Long, Again> failed(Redriven line, Map<String, Long> reasons) {
        Map<Long, Again> failed = new HashMap<>();
        read(deadLetters, line.failed(), record -> {
            deadLettersThere += redriven.contains(record.offset()) ? 0 : 1;
            StoredDeadLetter.read(record)
                    .ifPresent(letter -> reasons.merge(letter.reason().toString(), 1L, Long::sum));
            if (failed.put(deadLetters.origin(record), Again.of(record, evidence.isRefused(record))) != null) {
                deadLetters.unexpected(record.offset());
            }
        });
        return failed;
    }

    /** The dead letter that a line names; null where it is not worth a further look. */
    private @Nullable StoredDeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        boolean again = !named.add(record.offset());
        boolean ofTheJob = !written.contains(record.offset());
        deadLettersThere -= ofTheJob && !again ? 1 : 0;
        Optional<StoredDeadLetter> letter = StoredDeadLetter.read(record);
        if (again) {
            deadLetters.finding(Kind.LEDGER_OVERLAP, record.offset(), "more than one redrive has dealt with it");
        } else if (letter.isEmpty() || deadLetters.origin(record) == OutputPartition.FOREIGN) {
            deadLetters.unexpected(record.offset(), "a redrive dealt with it, but it is no dead letter of the batch");
            return null;
        } else if (ofTheJob && !origins.add(letter.get().origin().offset())) {
            deadLetters.unexpected(record.offset(), "a redrive dealt with it, and with another one of the same origin");
        }
        return letter.orElse(null);
    }

    /** Without its original nobody can tell what had to come of it; what is there is counted as it is. */
    private void leaveAside(StoredDeadLetter letter, @Nullable Again again, RedrivenResults made) {
        deadLetters.unknown(
                letter.origin().offset(),
                "a redrive dealt with its dead letter, which stands by reference, and the original is not there any more");
        if (again == null) {
            succeeded++;
            resultsMade += made.leaveAside(letter.origin().offset());
        }
    }

    private void expectResults(StoredDeadLetter letter, Replay replay, RedrivenResults made) {
        long origin = letter.origin().offset();
        Outcome outcome = outcome(letter, replay);
        if (outcome == null) {
            succeeded++;
            cannotTell(origin);
            made.cannotTell(origin);
        } else if (outcome instanceof Taken taken) {
            succeeded++;
            resultsMade += taken.results().size();
            for (ProducerRecord<byte[], byte[]> expected : replay.results(taken)) {
                made.expect(origin, expected);
            }
        } else {
            deadLetters.lost(origin);
        }
    }

    private void expectFailure(StoredDeadLetter letter, Replay replay, Again again) {
        long origin = letter.origin().offset();
        // What a service did not answer then it may answer now.
        boolean takenAsItIs = redriven.contains(again.offset()) || again.reason == Reason.RETRIES_EXHAUSTED;
        Outcome outcome = takenAsItIs ? null : outcome(letter, replay);
        boolean refused = again.refused
                && outcome instanceof Taken taken
                && !taken.results().isEmpty();
        if (takenAsItIs || refused) {
            ProducerRecord<byte[], byte[]> former = BareLetter.of(
                    replay.deadLetter(DeadLetter.of(letter.record(), letter.stage(), letter.reason(), "")));
            if (Content.digest(Output.DEAD_LETTERS, former) != again.bare) {
                deadLetters.altered(again.offset(), origin);
            }
            return;
        }
        if (outcome == null) {
            cannotTell(origin);
        } else if (outcome instanceof Taken taken) {
            succeeded++;
            resultsMade += taken.results().size();
            deadLetters.unexpected(again.offset(), "the redrive's revision makes results of it");
            taken.results().forEach(any -> results.lost(origin));
        } else if (!(outcome instanceof DeadLetter failure)
                || Content.digest(Output.DEAD_LETTERS, replay.deadLetter(letter.triedAgain(failure))) != again.digest) {
            deadLetters.altered(again.offset(), origin);
        }
    }

    private void cannotTell(long origin) {
        unknown++;
        deadLetters.unknown(origin, evidence.asking.why());
    }

    /** Null where nobody can tell now. */
    private @Nullable Outcome outcome(StoredDeadLetter letter, Replay replay) {
        Outcome outcome = replay.decode(letter.record());
        return outcome instanceof Event event ? evidence.asking.revise(replay, event) : outcome;
    }

    /** Those of the offsets that are there. */
    private void read(
            OutputPartition outputPartition,
            Offsets offsets,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
        if (offsets.isEmpty()) {
            return;
        }
        long from = Math.max(outputPartition.span.from(), offsets.first());
        long to = Math.min(outputPartition.span.to(), offsets.last() + 1);
        if (from >= to) {
            return;
        }
        Consumer<byte[], byte[]> consumer =
                consumers.computeIfAbsent(outputPartition.output, any -> evidence.consumer());
        // Not closed: the next line is read with the same consumer.
        PartitionReader reader =
                new PartitionReader(new PartitionRange(outputPartition.span.partition(), from, to), () -> consumer);
        for (ConsumerRecord<byte[], byte[]> record = reader.next(); record != null; record = reader.next()) {
            if (offsets.contains(record.offset())) {
                action.accept(record);
            }
        }
    }
}
