package io.backprocess.verify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Compares the results of one redrive line. First all results that are there are added, then all expected ones, both in order.
 */
final class RedrivenResults {
    private final OutputPartition outputPartition;
    private final boolean hasOrigins;
    private final Map<Long, ArrayDeque<Arrival>> arrivals = new HashMap<>();
    private final List<Long> unmet = new ArrayList<>();
    private final Set<Long> unknown = new HashSet<>();
    private long last = -1;
    private boolean leavesAside;

    private record Arrival(long offset, long origin) {}

    RedrivenResults(OutputPartition outputPartition, boolean hasOrigins) {
        this.outputPartition = outputPartition;
        this.hasOrigins = hasOrigins;
    }

    void arrives(ConsumerRecord<byte[], byte[]> record) {
        long origin = hasOrigins ? outputPartition.origin(record) : OutputPartition.FOREIGN;
        arrivals.computeIfAbsent(Content.digest(outputPartition.output, record), any -> new ArrayDeque<>(1))
                .add(new Arrival(record.offset(), origin));
    }

    void expect(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        ArrayDeque<Arrival> same = arrivals.get(Content.digest(outputPartition.output, expected));
        Arrival arrival = same == null ? null : same.poll();
        if (arrival == null) {
            unmet.add(sourceOffset);
        } else if (arrival.offset < last) {
            outputPartition.outOfOrder(arrival.offset, sourceOffset);
        } else {
            last = arrival.offset;
        }
    }

    /**
     * Accepts all results of a source offset, because its original is deleted.
     *
     * @return the number of these results; 0 if results do not state their origin
     */
    int leaveAside(long sourceOffset) {
        leavesAside |= !hasOrigins;
        int before = count();
        arrivals.values().forEach(same -> same.removeIf(arrival -> hasOrigins && arrival.origin == sourceOffset));
        return before - count();
    }

    private int count() {
        return arrivals.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    /** Notes a source offset whose outcome is not known. All of its results may be right. */
    void cannotTell(long sourceOffset) {
        unknown.add(sourceOffset);
    }

    /**
     * Reports the results that are left over. A result without an expected one, and an expected one without a result, are counted
     * as one altered result. The rest is missing or surplus.
     *
     * @return the number of results that may belong to a source offset that was left aside
     */
    int finish() {
        List<Arrival> surplus = new ArrayList<>();
        arrivals.values().forEach(surplus::addAll);
        // If results do not state their origin, each of them may belong to a source offset whose outcome is not known.
        surplus.removeIf(arrival -> hasOrigins ? unknown.contains(arrival.origin) : !unknown.isEmpty());
        surplus.sort(java.util.Comparator.comparingLong(Arrival::offset));
        for (Iterator<Arrival> each = surplus.iterator(); each.hasNext(); ) {
            Arrival arrival = each.next();
            int match = hasOrigins ? unmet.indexOf(arrival.origin) : unmet.isEmpty() ? -1 : 0;
            if (match >= 0) {
                outputPartition.altered(arrival.offset, unmet.remove(match));
                each.remove();
            }
        }
        unmet.forEach(outputPartition::lost);
        if (leavesAside) {
            return surplus.size();
        }
        surplus.forEach(arrival -> outputPartition.unexpected(arrival.offset));
        return 0;
    }
}
