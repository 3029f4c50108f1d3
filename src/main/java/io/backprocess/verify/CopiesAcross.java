package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The eventIds that were taken in several partitions, counted one hash after the other, with some examples. {@link AcrossPartitions}
 * counts all of them in files.
 */
public final class CopiesAcross {
    /** The events of two eventIds are in the order of their first places. */
    static final Comparator<List<String>> IN_ORDER = Comparator.comparing(places -> places.get(0));

    private final String topic;
    private long eventIds;
    private long copies;
    private final List<List<String>> examples = new ArrayList<>();

    /** One event that was the first of its eventId in its partition. */
    private record TakenEvent(long high, int low, int partition, long offset) {
        void write(DataOutput out) throws IOException {
            out.writeLong(high);
            out.writeInt(low);
            out.writeInt(partition);
            out.writeLong(offset);
        }

        static TakenEvent read(DataInput in) throws IOException {
            return new TakenEvent(in.readLong(), in.readInt(), in.readInt(), in.readLong());
        }
    }

    /** @param topic the source */
    public CopiesAcross(String topic) {
        this.topic = topic;
    }

    static byte[] event(Identity identity, int partition, long offset) {
        return StateBytes.of(new TakenEvent(identity.high(), (int) (identity.low() >>> 32), partition, offset)::write);
    }

    /** Returns a hash of the eventId of an event. Events with different hashes are of different eventIds. */
    public static long eventIdOf(byte[] event) {
        return StateBytes.read(event, TakenEvent::read).high();
    }

    /** @param events all events with one {@link #eventIdOf} */
    public void add(Iterable<byte[]> events) {
        Map<Integer, List<String>> places = new HashMap<>();
        for (byte[] bytes : events) {
            TakenEvent event = StateBytes.read(bytes, TakenEvent::read);
            places.computeIfAbsent(event.low(), any -> new ArrayList<>())
                    .add("%s/%d/%d".formatted(topic, event.partition(), event.offset()));
        }
        places.values().stream().filter(all -> all.size() > 1).forEach(all -> {
            eventIds++;
            copies += all.size() - 1;
            if (examples.size() < AcrossPartitions.EXAMPLES) {
                examples.add(
                        all.stream().sorted().limit(AcrossPartitions.EXAMPLES).toList());
            }
        });
    }

    /** Returns what was counted, for {@link #sum}. */
    public byte[] bytes() {
        return StateBytes.of(
                out -> StateJson.write(new Verification.CrossPartitionCopies(eventIds, copies, examples), out));
    }

    /** Returns the sum of what was counted for different hashes. */
    static Verification.CrossPartitionCopies sum(List<byte[]> counted) {
        List<Verification.CrossPartitionCopies> all = counted.stream()
                .map(bytes -> StateBytes.read(bytes, in -> StateJson.read(in, Verification.CrossPartitionCopies.class)))
                .toList();
        return new Verification.CrossPartitionCopies(
                all.stream()
                        .mapToLong(Verification.CrossPartitionCopies::eventIds)
                        .sum(),
                all.stream()
                        .mapToLong(Verification.CrossPartitionCopies::copies)
                        .sum(),
                all.stream()
                        .flatMap(each -> each.examples().stream())
                        .sorted(IN_ORDER)
                        .limit(AcrossPartitions.EXAMPLES)
                        .toList());
    }
}
