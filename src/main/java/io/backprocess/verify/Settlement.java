package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Copy;
import io.backprocess.event.Reason;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The counts and findings of one partition of a batch of dedupe scope {@code global}. Some depend on which copies of eventIds were
 * taken; those are settled one copy at a time.
 */
final class Settlement {
    final Recount recount = new Recount();
    final SourceGaps gaps;
    /** The partitions of the result topic that the results may be in. */
    final List<OutputPartition> results;

    final OutputPartition deadLetters;
    private final Evidence evidence;
    private final int partition;
    private RedriveChanges redriveChanges = RedriveChanges.NOTHING;
    private long resultsThere;
    private long deadLettersThere;

    Settlement(Evidence evidence, int partition) {
        this.evidence = evidence;
        this.partition = partition;
        this.gaps = evidence.gaps(partition, evidence.ledgerRange(partition).start());
        this.results = evidence.resultPartitions(partition, gaps);
        this.deadLetters = evidence.deadLetterPartition(partition, gaps);
    }

    void redriven(RedriveChanges changes) {
        redriveChanges = changes;
    }

    RedriveChanges redriven() {
        return redriveChanges;
    }

    /** Counts records that are on the topic, from the job and from repairs. */
    void there(Output output, long records) {
        if (output == Output.RESULTS) {
            resultsThere += records;
        } else {
            deadLettersThere += records;
        }
    }

    /** Reports a result that is not there, wherever it should be. */
    void missingResult(long sourceOffset) {
        OutputPartition first = results.get(0);
        if (results.size() == 1) {
            first.missing(sourceOffset);
        } else {
            first.missingInAny(sourceOffset);
        }
    }

    /** Settles a copy, once its relation to the copies before it is known. */
    void settle(CopyClaim claim, Copy copy) {
        switch (claim.sign()) {
            case RESULTS_THERE -> {
                if (copy == Copy.FIRST) {
                    recount.counter.take(claim.results());
                } else {
                    twice(resultPartition(claim.resultPartition()), claim);
                }
            }
            case DEAD_LETTER_THERE -> {
                if (copy == Copy.FIRST) {
                    recount.deadLetter(claim.reason());
                } else {
                    twice(deadLetters, claim);
                }
            }
            case RECORDS_THERE -> {
                // It is counted as unknown already.
            }
            case CONFLICT -> settleConflict(claim, copy);
            case NO_RESULTS, RESULTS_ABSENT, DEAD_LETTER_ABSENT -> settleAbsent(claim, copy);
        }
    }

    private OutputPartition resultPartition(int number) {
        return results.stream()
                .filter(each -> each.span.partition().partition() == number)
                .findFirst()
                .orElseThrow();
    }

    private void twice(OutputPartition track, CopyClaim claim) {
        recount.counter.duplicate();
        track.unexpected(claim.place(), "the eventId of source offset %d was taken twice".formatted(claim.offset()));
    }

    private void settleConflict(CopyClaim claim, Copy copy) {
        recount.deadLetter(Reason.CONFLICTING_DUPLICATE);
        if (copy != Copy.CONFLICTING && evidence.isComplete() && !gaps.areAny()) {
            deadLetters.unexpected(
                    claim.place(),
                    copy == Copy.FIRST
                            ? "no copy of its eventId was taken"
                            : "the copy that was taken has the same payload");
        }
    }

    private void settleAbsent(CopyClaim claim, Copy copy) {
        if (copy == Copy.SAME) {
            recount.counter.duplicate();
        } else if (copy == Copy.CONFLICTING || claim.sign() == CopySign.DEAD_LETTER_ABSENT) {
            recount.deadLetter(copy == Copy.CONFLICTING ? Reason.CONFLICTING_DUPLICATE : null);
            deadLetters.missing(claim.offset());
        } else {
            recount.counter.take(claim.results());
            for (int missing = 0; missing < claim.results(); missing++) {
                missingResult(claim.offset());
            }
        }
    }

    /**
     * Tells whether the partition has lost records that the batch has read. The result is valid only after all records are read.
     */
    boolean lacksSource() {
        return gaps.mayLack() && (!evidence.isComplete() || evidence.claimedRead(partition) > recount.counter.read());
    }

    /** @param lacking true if the source of any partition lacks records that the batch has read */
    private PartitionResult finish(boolean lacking) {
        gaps.decide(lacking, evidence.findings, evidence.unknowns);
        return new PartitionResult(
                partition,
                lacking ? null : recount.figures().plus(redriveChanges.figures()),
                recount.unknown() + redriveChanges.unknown(),
                lacking ? Breakdown.UNKNOWN : recount.breakdown(redriveChanges.byReason()),
                Stream.concat(results.stream(), Stream.of(deadLetters))
                        .mapToLong(OutputPartition::awaited)
                        .min()
                        .orElse(Long.MAX_VALUE),
                new PartitionResult.OnTopics(
                        resultsThere
                                - results.stream()
                                        .mapToLong(OutputPartition::ahead)
                                        .sum()
                                + redriveChanges.results(),
                        deadLettersThere - deadLetters.ahead() + redriveChanges.deadLetters(),
                        true,
                        0),
                null);
    }

    /** Ends the settlements of all partitions. */
    static List<PartitionResult> finish(List<Settlement> settlements) {
        boolean lacking = settlements.stream().anyMatch(Settlement::lacksSource);
        return settlements.stream().map(each -> each.finish(lacking)).toList();
    }

    /** Adds what was found in the partition to what was found elsewhere. */
    void addTo(Evidence.Found found) {
        found.findings().addAll(evidence.findings);
        found.unknowns().addAll(evidence.unknowns);
    }

    /** Returns the settlement in a form that {@link #read} reads. */
    byte[] bytes() {
        return StateBytes.of(out -> {
            out.writeInt(partition);
            write(out);
        });
    }

    /** @param evidence supplies evidence with findings of its own */
    static Settlement read(byte[] bytes, Supplier<Evidence> evidence) {
        return StateBytes.read(bytes, in -> {
            Settlement settlement = new Settlement(evidence.get(), in.readInt());
            settlement.resume(in);
            return settlement;
        });
    }

    /** Writes what is counted and found so far. */
    void write(DataOutput out) throws IOException {
        recount.write(out);
        gaps.write(out);
        for (OutputPartition each : results) {
            each.write(out);
        }
        deadLetters.write(out);
        redriveChanges.write(out);
        out.writeLong(resultsThere);
        out.writeLong(deadLettersThere);
        evidence.findings.write(out);
        evidence.unknowns.write(out);
    }

    /** Goes on with what {@link #write} has written, before anything is counted here. The findings of the evidence are its own. */
    void resume(DataInput in) throws IOException {
        recount.resume(in);
        gaps.resume(in);
        for (OutputPartition each : results) {
            each.resume(in);
        }
        deadLetters.resume(in);
        redriveChanges = RedriveChanges.read(in);
        resultsThere = in.readLong();
        deadLettersThere = in.readLong();
        evidence.findings.resume(in);
        evidence.unknowns.resume(in);
    }
}
