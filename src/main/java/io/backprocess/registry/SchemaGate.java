package io.backprocess.registry;

import io.backprocess.batch.BatchException;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.PollGate;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds polled records back until the schemas of their values are known and stored with the batch. So no checkpoint covers a
 * record whose schema is not stored, and a registry that is down stops nothing but the reading.
 *
 * <p>The registry does not answer: the records wait, however long that takes. It has no such schema: it is asked again after a
 * while, and then the records go on and become dead letters. Killed while records wait: they are read again.
 */
public final class SchemaGate implements PollGate {
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(SchemaGate.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration REMINDER = Duration.ofMinutes(1);
    /** A schema with many references takes a second or two. */
    private static final Duration SLOW = Duration.ofSeconds(10);

    private final String batchId;
    private final Schemas schemas;
    private final long maxUnknown;
    private final Duration patience;

    private volatile boolean holding;
    /** When the registry was asked for the schema that is awaited; 0 while none is. */
    private volatile long askedAt;

    private volatile boolean closed;
    private volatile @Nullable BatchException refusal;

    /**
     * @param maxUnknown the number of unknown schemas above which the batch stops
     * @param patience the pause before a registry is asked again for a schema that it does not have
     */
    public SchemaGate(String batchId, Schemas schemas, long maxUnknown, Duration patience) {
        this.batchId = batchId;
        this.schemas = schemas;
        this.maxUnknown = maxUnknown;
        this.patience = patience;
    }

    /** Registers the gauge that is 1 while the registry does not answer. It is named like that of revisions that ask a service. */
    public void register(MetricGroup group) {
        group.addGroup("batch", batchId).addGroup("backprocess").gauge("holding", () -> holds() ? 1 : 0);
    }

    /** Tells whether records wait for the registry: one that does not answer, or one that takes long. */
    private boolean holds() {
        long asked = askedAt;
        return holding || (asked != 0 && System.nanoTime() - asked > SLOW.toNanos());
    }

    /**
     * Checks that the batch may go on.
     *
     * @throws SuppressRestartsException when a schema has another text than before, or too many are unknown; a restart would find the same
     */
    public void check() {
        BatchException why = refusal;
        if (why != null) {
            throw new SuppressRestartsException(why);
        }
    }

    /** Lets the records pass that wait, because their reader closes. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public void pass(ConsumerRecords<byte[], byte[]> records) {
        Set<SchemaId> missing = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            SchemaId id = schemas.idOf(SourceRecord.of(record));
            if (id != null && !schemas.isKnown(id)) {
                missing.add(id);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        try {
            acquire(missing);
        } catch (BatchException e) {
            refusal = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acquire(Set<SchemaId> missing) throws InterruptedException {
        Set<SchemaId> unknown = new HashSet<>();
        for (SchemaId id : missing) {
            if (answer(id) != null) {
                unknown.add(id);
            }
        }
        if (!unknown.isEmpty() && !closed) {
            askAgain(unknown);
        }
        checkLimit(0);
    }

    private void askAgain(Set<SchemaId> unknown) throws InterruptedException {
        LOG.warn(
                "The schema registry does not know {}, and is asked again in {} s. If it does not know them then, their records become dead letters.",
                unknown,
                patience.toSeconds());
        sleep(patience);
        Map<SchemaId, RegistryException> answers = new LinkedHashMap<>();
        for (SchemaId id : unknown) {
            RegistryException answer = answer(id);
            if (answer != null && !closed) {
                answers.put(id, answer);
            }
        }
        // Those that stop the batch are not stored, so that they can be registered before it goes on.
        checkLimit(answers.size());
        answers.forEach(schemas::unknown);
    }

    private void checkLimit(int more) {
        long unknown = schemas.unknown() + more;
        if (unknown > maxUnknown) {
            throw BatchException.refused(
                    "%d schemas are not known to the registry or cannot be used, and --max-unknown-schemas is %d; check --registry, register what is missing, or raise the limit, then go on with: resume --batch-id %s"
                            .formatted(unknown, maxUnknown, batchId));
        }
    }

    /** Returns null when the schema is known or cannot be used, and the registry's answer when it has none. This waits for the registry. */
    private @Nullable RegistryException answer(SchemaId id) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        long since = System.nanoTime();
        long reminded = since;
        try {
            while (!closed) {
                try {
                    askedAt = System.nanoTime() | 1;
                    schemas.acquire(id);
                    return null;
                } catch (RegistryException e) {
                    if (e.kind() == RegistryException.Kind.UNKNOWN) {
                        return e;
                    }
                    long now = System.nanoTime();
                    if (!holding || now - reminded >= REMINDER.toNanos()) {
                        LOG.warn(
                                "Holding for {} s until the schema registry answers. No event becomes a dead letter meanwhile. The last failure: {}",
                                Duration.ofNanos(now - since).toSeconds(),
                                e.getMessage());
                        reminded = now;
                    }
                    holding = true;
                    sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                }
            }
            return null;
        } finally {
            askedAt = 0;
            if (holding) {
                holding = false;
                LOG.info("The schema registry answers again, or the reader closes.");
            }
        }
    }

    private synchronized void sleep(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
            wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        }
    }
}
