package io.backprocess.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The place of a consumer group in one partition, over all the topics that an alias has led it to. It stands in the metadata of the
 * group's committed offsets: the one with the most moves says which topic the group reads.
 *
 * @param moves how often the group has changed over
 * @param next the first offset of the source whose event the group has not read
 * @param reach the first offset of the source whose event no member can have read; it is beyond {@code next} while a member reads,
 *     since what it has read before it is killed is not known
 * @param stretches what it has read where, in order; the last one has no end
 */
public record Place(long moves, long next, long reach, List<Stretch> stretches) {
    private static final String FORMAT = "backprocess 1 ";
    /** Kafka keeps 4096 bytes, unless it is told otherwise. */
    private static final int LONGEST = 3000;

    /**
     * The events from an offset of the source on, up to the next stretch, which the group reads in one topic.
     *
     * @param from the first offset of the source
     */
    public record Stretch(String topic, long from) {}

    /**
     * Finds the place that a group's committed offsets stand for.
     *
     * @param committed the offsets in partitions of one number, by topic
     * @param newest the topics of the alias, the current one first: the place is there if no offset says more
     * @return null if the group has committed nothing in these topics
     */
    public static @Nullable Place find(Map<String, OffsetAndMetadata> committed, List<String> newest) {
        Place found = null;
        for (OffsetAndMetadata offset : committed.values()) {
            Place each = parse(offset.metadata()).orElse(null);
            if (each != null && (found == null || each.moves() > found.moves())) {
                found = each;
            }
        }
        if (found != null) {
            return found;
        }
        return newest.stream()
                .filter(committed::containsKey)
                .findFirst()
                .map(topic -> in(topic, Lane.NONE))
                .orElse(null);
    }

    /** Returns the place of a group that has read one topic from the beginning. */
    public static Place in(String topic, long next) {
        return new Place(0, next, next, List.of(new Stretch(topic, 0)));
    }

    /** Returns the topic that the group reads. */
    public String topic() {
        return stretches.get(stretches.size() - 1).topic();
    }

    /** Returns the place after a change to another topic, which the group reads from this offset of the source on. */
    public Place moved(String topic, long from) {
        List<Stretch> all = new ArrayList<>(stretches);
        all.removeIf(stretch -> stretch.from() >= from);
        all.add(new Stretch(topic, from));
        return new Place(moves + 1, from, from, Collections.unmodifiableList(all));
    }

    /** Returns the place after a change to another topic, all of which is read, whatever was read elsewhere. */
    public Place begunAnew(String topic) {
        return new Place(moves + 1, 0, 0, List.of(new Stretch(topic, 0)));
    }

    /** Returns the place when the group has read further, and may read up to an offset of the source before it says so again. */
    public Place at(long another, long furthest) {
        return new Place(moves, another, Math.max(another, furthest), stretches);
    }

    /** Tells whether the group reads the event from this offset of the source in this topic and not in another one. */
    public boolean isRead(String topic, long origin) {
        Stretch of = null;
        for (Stretch stretch : stretches) {
            if (stretch.from() <= origin) {
                of = stretch;
            }
        }
        return of != null && of.topic().equals(topic);
    }

    /** Tells whether the group reads some events in this topic. */
    public boolean knows(String topic) {
        return stretches.stream().anyMatch(stretch -> stretch.topic().equals(topic));
    }

    /** Returns the text for the metadata of a committed offset. It leaves the oldest stretches out if it would be too long. */
    public String metadata() {
        List<String> words = new ArrayList<>();
        int length = FORMAT.length() + 3 * 20;
        for (int i = stretches.size() - 1; i >= 0; i--) {
            String word = stretches.get(i).topic() + "@" + stretches.get(i).from();
            length += word.length() + 1;
            if (length > LONGEST && !words.isEmpty()) {
                break;
            }
            words.add(0, word);
        }
        return FORMAT + moves + " " + next + " " + reach + " " + String.join(" ", words);
    }

    /**
     * Reads the metadata of a committed offset; empty if it was not committed for a place.
     *
     * @throws IllegalStateException if a later version has written it
     */
    public static Optional<Place> parse(String metadata) {
        if (!metadata.startsWith("backprocess ")) {
            return Optional.empty();
        }
        if (!metadata.startsWith(FORMAT)) {
            throw new IllegalStateException("a later version of this client has committed the offset: " + metadata);
        }
        String[] words = metadata.split(" ", -1);
        List<Stretch> stretches = new ArrayList<>();
        try {
            for (int i = 5; i < words.length; i++) {
                int sign = words[i].lastIndexOf('@');
                stretches.add(new Stretch(words[i].substring(0, sign), Long.parseLong(words[i].substring(sign + 1))));
            }
            return stretches.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Place(
                            Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]), stretches));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
