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

/** The results of one redrive line, first all that are there, then all that are expected, both in their order. */
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

    /** Whatever has come of the source offset is right as far as anybody can tell. Gives how many there are, as far as they say it. */
    int leaveAside(long sourceOffset) {
        leavesAside |= !hasOrigins;
        int before = count();
        arrivals.values().forEach(same -> same.removeIf(arrival -> hasOrigins && arrival.origin == sourceOffset));
        return before - count();
    }

    private int count() {
        return arrivals.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    /** Whatever results of it are there may be right. */
    void cannotTell(long sourceOffset) {
        unknown.add(sourceOffset);
    }

    /**
     * What is left over on either side is the altered form of the other, or missing here and too much there. Gives how many may be
     * those of a source offset that was left aside.
     */
    int finish() {
        List<Arrival> surplus = new ArrayList<>();
        arrivals.values().forEach(surplus::addAll);
        // Where results do not say where they came from, each may be of one that cannot be told.
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
