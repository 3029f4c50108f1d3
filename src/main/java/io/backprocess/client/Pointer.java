package io.backprocess.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The target of an alias, as far as its consumers need it.
 *
 * @param topic the topic that the alias points to
 * @param follows whether the topic has the results of a batch that follows the source
 * @param places the places at which consumers change over to it, by partition; empty if it says none
 * @param earlier the topics that the alias has pointed to before, the last one first
 */
record Pointer(String topic, boolean follows, Map<Integer, HandOver> places, List<String> earlier) {
    /**
     * The place at which consumers change over in one partition.
     *
     * @param leaveTopic the topic in which {@code leave} is
     * @param leave the first offset that is not to be read there any more
     * @param enter the first offset to read in the new topic
     * @param origin the offset of the source that both stand for
     */
    record HandOver(String leaveTopic, long leave, long enter, long origin) {}

    /** @throws IllegalArgumentException if the document is no pointer */
    static Pointer parse(String json) {
        Map<?, ?> pointer = object(Json.parse(json));
        Map<Integer, HandOver> places = new LinkedHashMap<>();
        if (pointer.get("handOver") instanceof List<?> handOver) {
            for (Object each : handOver) {
                Map<?, ?> place = object(each);
                Map<?, ?> leave = object(place.get("leave"));
                Map<?, ?> enter = object(place.get("enter"));
                long left = number(leave, "offset");
                // Pointers that say no origin were written for consumers that leave the source.
                long origin = place.containsKey("origin") ? number(place, "origin") : left;
                places.put(
                        (int) number(place, "partition"),
                        new HandOver(text(leave, "topic"), left, number(enter, "offset"), origin));
            }
        }
        List<String> earlier = new ArrayList<>();
        Object previous = pointer.get("previous");
        while (previous != null) {
            Map<?, ?> target = object(previous);
            earlier.add(text(target, "resultTopic"));
            previous = target.get("previous");
        }
        return new Pointer(text(pointer, "resultTopic"), pointer.get("handOver") instanceof List<?>, places, earlier);
    }

    /** Returns the place for a partition; null if the pointer says none. */
    @Nullable
    HandOver place(int partition) {
        return places.get(partition);
    }

    private static Map<?, ?> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw new IllegalArgumentException("a member is missing or no object");
    }

    private static String text(Map<?, ?> object, String name) {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is missing or no text");
    }

    private static long number(Map<?, ?> object, String name) {
        if (object.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is missing or no whole number");
    }
}
