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
 * Proves the work of redrives on the dead letters of one partition, one ledger line after the other. Each dead letter that a line
 * names must be there and must be named once. Its outcome in the line must be what its revision makes of it. The dead letter of
 * an attempt that was redriven again later is not recounted. Memory: one line's offsets and hashes, and one bit per dead letter.
 */
final class RedriveProof {
    private final Evidence evidence;
    private final List<BatchLedger.Commit> lines;
    private final Originals originals;
    private final int partition;
    private final OutputPartition deadLetters;
    private final RedrivenStatements statements;
    /** The partitions of the result topic that hold results of redrives. */
    private final Map<Integer, OutputPartition> results = new HashMap<>();

    private final Map<Output, Consumer<byte[], byte[]>> consumers = new EnumMap<>(Output.class);
    private final Map<List<?>, Replay> replays = new HashMap<>();
    /** The dead letters that any line names. */
    private final Offsets redriven = new Offsets();

    private final Offsets written = new Offsets();
    /** The dead letters that the lines processed so far name. */
    private final Offsets named = new Offsets();

    private final Offsets origins = new Offsets();
    private final Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
    private long succeeded;
    private long unknown;
    private long resultsMade;
    private long resultsThere;
    private long deadLettersThere;

    /**
     * The dead letter of a record that failed again in a redrive.
     *
     * @param digest the digest of everything in it that can be recounted
     * @param bare the digest without the headers that describe the failure
     * @param reason the reason that the dead letter states; null if it states none, or an unknown one
     * @param refused true if a database refused the record, which cannot be recounted
     * @param stated the statements about the failure
     */
    private record Again(
            long offset, long digest, long bare, @Nullable Reason reason, boolean refused, StatedFailure stated) {
        static Again of(ConsumerRecord<byte[], byte[]> letter, @Nullable Reason reason, boolean refused) {
            return new Again(
                    letter.offset(),
                    Content.digest(Output.DEAD_LETTERS, letter),
                    Content.digest(Output.DEAD_LETTERS, BareLetter.of(letter)),
                    reason,
                    refused,
                    StatedFailure.of(letter.headers()));
        }
    }

    RedriveProof(Evidence evidence, int partition) {
        this.evidence = evidence;
        this.lines = evidence.redrives(partition);
        this.originals = evidence.originals();
        this.partition = partition;
        this.deadLetters = evidence.outputPartition(Output.DEAD_LETTERS, partition);
        this.statements = evidence.statements(deadLetters);
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
                Arrays.asList(line.revisions(), line.options(), line.maxResultBytes(), line.envelope()),
                any -> evidence.replay(line));
        Map<Long, Again> failed = failed(line, reasons);
        Map<Integer, RedrivenResults> made = new TreeMap<>();
        line.resultsFrom(partition)
                .forEach((each, offsets) -> read(results(each), offsets, record -> {
                    resultsThere++;
                    made(made, each).arrives(record);
                }));
        Offsets found = new Offsets();
        read(deadLetters, line.deadLetters(), record -> {
            found.add(record.offset());
            StoredDeadLetter letter = letter(record);
            if (letter != null) {
                reasons.merge(letter.failure().reason().toString(), -1L, Long::sum);
                Again again = failed.remove(letter.origin().offset());
                byReason.merge(letter.failure().reason(), -1L, Long::sum);
                if (again != null && again.reason() != null) {
                    byReason.merge(again.reason(), 1L, Long::sum);
                }
                StoredDeadLetter whole = originals.whole(letter).orElse(null);
                if (whole != null && !written.contains(record.offset())) {
                    statements.checkOfTheJob(whole, StatedFailure.of(record.headers()));
                }
                if (whole == null) {
                    leaveAside(letter, again, made);
                } else if (again == null) {
                    expectResults(whole, replay, made);
                } else {
                    expectFailure(whole, replay, line, again);
                }
            }
        });
        made.values().forEach(each -> resultsMade += each.finish());
        failed.values()
                .forEach(again -> deadLetters.unexpected(
                        again.offset(), "a redrive's dead letter, but the redrive has not processed its origin"));
        line.deadLetters().forEach(offset -> {
            if (!found.contains(offset)) {
                deadLetters.finding(
                        deadLetters.output.missing,
                        offset,
                        "a redrive processed this dead letter, but it is not there");
            }
        });
        compare(commit.line(), reasons);
    }

    private OutputPartition results(int resultPartition) {
        return results.computeIfAbsent(resultPartition, each -> evidence.resultPartition(partition, each));
    }

    private RedrivenResults made(Map<Integer, RedrivenResults> made, int resultPartition) {
        return made.computeIfAbsent(
                resultPartition, each -> new RedrivenResults(results(each), evidence.hasOrigins(Output.RESULTS)));
    }

    /**
     * Compares the counts of the line with the reasons in the dead letters that the redrive has read, and in those that it has
     * written for records that failed again.
     */
    private void compare(LedgerLine line, Map<String, Long> reasons) {
        Map<String, Long> counted = new TreeMap<>(line.outcomes().deadLetters());
        counted.values().removeIf(count -> count == 0);
        reasons.values().removeIf(count -> count == 0);
        if (!counted.equals(reasons)) {
            deadLetters.ledgerMismatch(
                    "a redrive's ledger line counts %s dead letters by reason, but the dead letters give %s"
                            .formatted(counted, reasons));
        }
    }

    /** Returns the dead letters that failed again according to the line, by their origin. */
    private Map<Long, Again> failed(Redriven line, Map<String, Long> reasons) {
        Map<Long, Again> failed = new HashMap<>();
        read(deadLetters, line.failed(), record -> {
            deadLettersThere += redriven.contains(record.offset()) ? 0 : 1;
            Reason reason = StoredDeadLetter.read(record)
                    .map(letter -> letter.failure().reason())
                    .orElse(null);
            if (reason != null) {
                reasons.merge(reason.toString(), 1L, Long::sum);
            }
            Again again = Again.of(record, reason, evidence.tableLetters.isOne(record));
            if (failed.put(deadLetters.origin(record), again) != null) {
                deadLetters.unexpected(record.offset());
            }
        });
        return failed;
    }

    /** Parses and checks a dead letter that a line names; null if it cannot be checked further. */
    private @Nullable StoredDeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        boolean again = !named.add(record.offset());
        boolean ofTheJob = !written.contains(record.offset());
        deadLettersThere -= ofTheJob && !again ? 1 : 0;
        Optional<StoredDeadLetter> letter = StoredDeadLetter.read(record);
        if (again) {
            deadLetters.finding(FindingKind.LEDGER_OVERLAP, record.offset(), "more than one redrive has processed it");
        } else if (letter.isEmpty() || deadLetters.origin(record) == OutputPartition.FOREIGN) {
            deadLetters.unexpected(record.offset(), "a redrive processed it, but it is not a dead letter of the batch");
            return null;
        } else if (ofTheJob && !origins.add(letter.get().origin().offset())) {
            deadLetters.unexpected(record.offset(), "a redrive processed it, and also another one of the same origin");
        }
        return letter.orElse(null);
    }

    /**
     * Handles a dead letter whose original is deleted. Its outcome is not known, so the records that are there are counted as
     * right.
     */
    private void leaveAside(StoredDeadLetter letter, @Nullable Again again, Map<Integer, RedrivenResults> made) {
        deadLetters.unknown(
                letter.origin().offset(),
                "a redrive processed its dead letter, which is stored by reference, and the original is deleted");
        if (again == null) {
            succeeded++;
            long origin = letter.origin().offset();
            made.values().forEach(each -> resultsMade += each.leaveAside(origin));
        }
    }

    private void expectResults(StoredDeadLetter letter, Replay replay, Map<Integer, RedrivenResults> made) {
        long origin = letter.origin().offset();
        Outcome outcome = outcome(letter, replay);
        if (outcome == null) {
            succeeded++;
            cannotTell(origin);
            made.values().forEach(each -> each.cannotTell(origin));
        } else if (outcome instanceof Taken taken) {
            succeeded++;
            resultsMade += taken.results().size();
            for (ProducerRecord<byte[], byte[]> expected : replay.results(taken)) {
                made(made, expected.partition()).expect(origin, expected);
            }
        } else {
            deadLetters.lost(origin);
        }
    }

    private void expectFailure(StoredDeadLetter letter, Replay replay, Redriven line, Again again) {
        long origin = letter.origin().offset();
        // A service that did not answer then may answer now, so exhausted retries are not recounted.
        boolean takenAsItIs = redriven.contains(again.offset()) || again.reason == Reason.RETRIES_EXHAUSTED;
        Outcome outcome = takenAsItIs ? null : outcome(letter, replay);
        boolean refused = again.refused
                && outcome instanceof Taken taken
                && !taken.results().isEmpty();
        if (takenAsItIs || refused) {
            ProducerRecord<byte[], byte[]> former = BareLetter.of(replay.deadLetter(DeadLetter.of(
                    letter.record(), letter.failure().stage(), letter.failure().reason(), "")));
            if (Content.digest(Output.DEAD_LETTERS, former) != again.bare) {
                deadLetters.altered(again.offset(), origin);
            } else if (outcome instanceof Taken made) {
                statements.checkOfTheTable(again.offset(), again.stated(), letter, made, replay, line);
            } else {
                statements.checkOfARedrive(again.offset(), again.stated(), letter, replay);
            }
            return;
        }
        if (outcome == null) {
            cannotTell(origin);
        } else if (outcome instanceof Taken taken) {
            succeeded++;
            resultsMade += taken.results().size();
            deadLetters.unexpected(again.offset(), "the redrive's revision makes results of it");
            replay.results(taken).forEach(each -> results(each.partition()).lost(origin));
        } else if (!(outcome instanceof DeadLetter failure)
                || Content.digest(Output.DEAD_LETTERS, replay.deadLetter(letter.triedAgain(failure))) != again.digest) {
            deadLetters.altered(again.offset(), origin);
        }
    }

    private void cannotTell(long origin) {
        unknown++;
        deadLetters.unknown(origin, evidence.asking.why());
    }

    /** Returns the outcome of a redriven dead letter; null if it is not known now. */
    private @Nullable Outcome outcome(StoredDeadLetter letter, Replay replay) {
        Outcome outcome = replay.decode(letter.record());
        return outcome instanceof Event event ? evidence.asking.revise(replay, event) : outcome;
    }

    /** Reads those records of the given offsets that are there. */
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
