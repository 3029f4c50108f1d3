package io.backprocess.revise.operator;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.HeaderChanges;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import io.backprocess.kafka.RecordSize;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TooMuchException;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.rules.Expression;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Puts an event through the revisions. Any exception of a revision makes a dead letter. Only an error of the JVM itself stops the
 * job.
 */
public final class Revise extends RichMapFunction<Outcome, Outcome> {
    private static final long serialVersionUID = 1;

    public static final String STAGE = "revise";
    static final int ATTEMPTS = 5;
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);

    private final String batchId;
    private final ProcessVersion from;
    private final List<String> names;
    private final Map<String, String> options;
    private final int maxResultBytes;
    private EnvelopeMapping mapping = EnvelopeMapping.OWN;
    private @Nullable Duration timeout;
    private boolean addsHeaders;
    private boolean addsCorrelationId;
    private @Nullable String keyPlace;
    /** The size of the headers that every result gets by its batch's specification, in bytes at most. */
    private long addedHeaderBytes;

    private transient @Nullable ClassLoader classes;
    private transient @Nullable TimeLimit limit;
    private transient @Nullable RevisionChain chain;
    private transient @Nullable ResultKey key;
    private transient @Nullable RetryPolicy<List<Result>> retries;
    /** The number of attempts at the current event. */
    private transient int tries;
    /** The service's answer for the current event; null where none is known. */
    private transient @Nullable JsonValue answer;

    /**
     * @param maxResultBytes the largest record batch, in bytes, that the result topic accepts for one result
     *     ({@code max.message.bytes})
     */
    public Revise(
            String batchId, ProcessVersion from, List<String> names, Map<String, String> options, int maxResultBytes) {
        this.batchId = batchId;
        this.from = from;
        this.names = new ArrayList<>(names);
        this.options = new TreeMap<>(options);
        this.maxResultBytes = maxResultBytes;
    }

    /** Returns the limits that decide whether an event becomes a dead letter, by name. */
    public static Map<String, Long> limits() {
        return Map.of(
                "revise.attempts", (long) ATTEMPTS,
                "revise.results", (long) RevisionChain.MAX_RESULTS,
                "revise.result-bytes", RevisionChain.MAX_BYTES,
                "revise.iterations", (long) Expression.MOST_ITERATIONS);
    }

    /**
     * Limits the time of a call of the revisions. With a limit they run in a thread of their own.
     *
     * @param longest the longest time that a call may take; null for no limit
     */
    public Revise within(@Nullable Duration longest) {
        timeout = longest;
        return this;
    }

    /**
     * Sets whether results get headers, whose length is not bounded.
     *
     * @param all whether results get headers with batch, revisions and eventId
     */
    public Revise withHeaders(boolean all) {
        addsHeaders = all;
        return this;
    }

    /** Sets where records keep the parts of an envelope. */
    public Revise under(EnvelopeMapping envelope) {
        mapping = envelope;
        return this;
    }

    /** Sets whether a result gets the former correlationId of its event as a header, whose length is not bounded. */
    public Revise withCorrelationId(boolean kept) {
        addsCorrelationId = kept;
        return this;
    }

    /** Sets the headers that every result gets. */
    public Revise withAddedHeaders(@Nullable HeaderChanges changes) {
        addedHeaderBytes = changes == null
                ? 0
                : changes.add().entrySet().stream()
                        .mapToLong(header -> RecordSize.of(new RecordHeader(
                                header.getKey(), header.getValue().getBytes(StandardCharsets.UTF_8))))
                        .sum();
        return this;
    }

    /** Sets the place in a result's value that its key comes from; null where results keep the key of their source. */
    private Revise keyedBy(@Nullable ResultPlacement placement) {
        keyPlace = placement == null ? null : placement.key();
        return this;
    }

    /** Sets what the plan says about every call and every result. */
    public Revise planned(BatchPlan plan) {
        BatchSpec spec = plan.spec();
        return within(spec.revisionTimeout())
                .withHeaders(spec.resultHeaders() == ResultHeaders.FULL || spec.isInto())
                .withCorrelationId(plan.keepsCorrelationId())
                .withAddedHeaders(spec.headerChanges())
                .keyedBy(spec.placement());
    }

    @Override
    public void open(OpenContext context) {
        open(getRuntimeContext().getUserCodeClassLoader());
    }

    /** Opens the step for callers that run it without Flink. */
    public void open(ClassLoader revisions) {
        classes = revisions;
        chain = load(revisions);
        key = keyPlace == null ? null : new ResultKey(keyPlace, mapping);
        close();
        limit = timeout == null ? null : new TimeLimit(timeout);
        retries = RetryPolicy.<List<Result>>builder()
                .handle(TransientException.class)
                .withMaxAttempts(ATTEMPTS - 1)
                .withBackoff(FIRST_DELAY.multipliedBy(2), Duration.ofSeconds(5))
                .withJitter(0.2)
                .build();
    }

    private RevisionChain load(ClassLoader revisions) {
        return RevisionChain.load(names, options, from, batchId, mapping, revisions);
    }

    @Override
    public void close() {
        if (limit != null) {
            limit.close();
        }
    }

    @Override
    public Outcome map(Outcome outcome) throws InterruptedException {
        return outcome instanceof Event event ? revise(event) : outcome;
    }

    /** Revises an event whose request was answered or has failed for good. */
    Outcome map(Event event, AsyncRequests.Answer answered) throws InterruptedException {
        answer = answered.value();
        if (answered.failure() != null) {
            tries = answered.attempts();
            return dead(event, answered.failure());
        }
        return revise(event);
    }

    private Outcome revise(Event event) throws InterruptedException {
        tries = 0;
        if (limit != null) {
            limit.check();
        }
        try {
            List<Result> results = reviseOrRetry(event);
            return taken(event, key == null ? results : key.of(results));
        } catch (CancelledException e) {
            throw e.cause;
        } catch (Throwable e) {
            return dead(event, e);
        }
    }

    private DeadLetter dead(Event event, Throwable thrown) {
        if (thrown instanceof RejectedException no) {
            return dead(event, no.reason(), String.valueOf(no.getMessage()), no);
        }
        if (thrown instanceof TooMuchException) {
            return DeadLetter.of(event, STAGE, Reason.TOO_LARGE, String.valueOf(thrown.getMessage()));
        }
        if (thrown instanceof TransientException) {
            return dead(event, Reason.RETRIES_EXHAUSTED, String.valueOf(thrown.getMessage()), thrown);
        }
        if (thrown instanceof TimeoutException late && limit != null) {
            return dead(event, Reason.UNEXPECTED, String.valueOf(late.getMessage()), late);
        }
        if (thrown instanceof StackOverflowError) {
            return dead(event, Reason.UNEXPECTED, "the revision recursed too deep", thrown);
        }
        if (thrown instanceof VirtualMachineError dying) {
            throw dying;
        }
        return dead(event, Reason.UNEXPECTED, "the revision threw " + DeadLetter.describe(thrown), thrown);
    }

    /** The task is cancelled while it waits. The event is not at fault, whatever exception a revision itself may throw. */
    static final class CancelledException extends Exception {
        private static final long serialVersionUID = 1;
        private final InterruptedException cause;

        CancelledException(InterruptedException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private List<Result> reviseOrRetry(Event event) throws Exception {
        try {
            return reviseOnce(event);
        } catch (TransientException first) {
            return retry(event, first);
        }
    }

    private List<Result> reviseOnce(Event event) throws Exception {
        tries++;
        RevisionChain revisions = chain();
        JsonValue known = answer;
        if (limit == null) {
            return call(revisions, event, known);
        }
        try {
            return limit.call(() -> call(revisions, event, known));
        } catch (TimeoutException e) {
            // The call may still run in these revisions, which are not safe for two threads.
            chain = classes == null ? null : load(classes);
            throw e;
        }
    }

    private static List<Result> call(RevisionChain revisions, Event event, @Nullable JsonValue known) throws Exception {
        return known == null ? revisions.revise(event) : revisions.revise(event, known);
    }

    private List<Result> retry(Event event, TransientException first) throws Exception {
        if (retries == null) {
            throw first;
        }
        try {
            Thread.sleep(FIRST_DELAY.toMillis());
        } catch (InterruptedException e) {
            throw new CancelledException(e);
        }
        try {
            return Failsafe.with(retries).get(() -> reviseOnce(event));
        } catch (FailsafeException e) {
            if (e.getCause() instanceof InterruptedException interrupted
                    && Thread.currentThread().isInterrupted()) {
                throw new CancelledException(interrupted);
            }
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Outcome taken(Event event, List<Result> results) {
        for (Result result : results) {
            long size = RecordSize.atMost(result.key(), result.value(), result.headers()) + added(event);
            if (size > maxResultBytes) {
                return DeadLetter.of(
                        event,
                        STAGE,
                        Reason.TOO_LARGE,
                        "a result of up to %s bytes; the result topic takes %s (max.message.bytes)"
                                .formatted(size, maxResultBytes));
            }
        }
        return new Taken(event, results);
    }

    /** Returns the size that origin headers of variable length add to a result, in bytes at most. */
    private long added(Event event) {
        long characters = addsHeaders
                ? batchId.length()
                        + String.join(",", names).length()
                        + event.eventId().length()
                : 0;
        JsonValue correlationId = addsCorrelationId ? event.overwrittenCorrelationId() : null;
        return addedHeaderBytes
                + 3L * (characters + (correlationId == null ? 0 : correlationId.end() - correlationId.start()));
    }

    private DeadLetter dead(Event event, Reason reason, String message, Throwable thrown) {
        return DeadLetter.of(event.record(), STAGE, reason, message, thrown, tries, event.eventId());
    }

    /** Returns where records keep the parts of an envelope. */
    EnvelopeMapping mapping() {
        return mapping;
    }

    /** Tells whether the chain begins with a revision that asks a service. */
    public boolean asks() {
        return chain().asking().isPresent();
    }

    /**
     * Returns the chain's revision that asks a service.
     *
     * @throws IllegalStateException when the chain has none
     */
    AsyncRevision asking() {
        return chain().asking().orElseThrow(() -> new IllegalStateException("no revision of the chain asks a service"));
    }

    private RevisionChain chain() {
        if (chain == null) {
            throw new IllegalStateException("used before open");
        }
        return chain;
    }
}
