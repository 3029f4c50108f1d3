package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.event.Place;
import io.backprocess.json.JsonPointer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of results that do not simply keep the partition numbers and keys of their source. Kafka's own partitioner chooses
 * the partition by the key. A result without a key gets the partition number of its source, modulo the number of partitions.
 *
 * @param partitions the number of partitions of the result topic; null for as many as the source has, or as {@code into} has
 * @param key a JSON Pointer into a result's value, whose text becomes the key; null to keep the key of the source
 * @param into the existing topic that results go to; null for the batch's own topic
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResultPlacement(
        @Nullable Integer partitions,
        @Nullable String key,
        @Nullable String into) implements Serializable {

    /** Returns the placement; null where results keep the places of their source. */
    public static @Nullable ResultPlacement of(
            @Nullable Integer partitions, @Nullable String key, @Nullable String into) {
        return partitions == null && key == null && into == null ? null : new ResultPlacement(partitions, key, into);
    }

    /** Returns the values that are given, by the names of their options. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (partitions != null) {
            values.put("result-partitions", partitions);
        }
        if (key != null) {
            values.put("result-key", key);
        }
        if (into != null) {
            values.put("into", into);
        }
        return values;
    }

    /** Returns what is wrong with the placement, one sentence each. */
    List<String> problems(ResultHeaders headers) {
        List<String> problems = new ArrayList<>();
        if (partitions != null && (partitions < 1 || partitions > TopicNames.MAX_PARTITIONS)) {
            problems.add(
                    "--result-partitions %d is not between 1 and %d".formatted(partitions, TopicNames.MAX_PARTITIONS));
        }
        if (partitions != null && into != null) {
            problems.add(
                    "--result-partitions has no effect on --into %s, which has its partitions already; leave one out"
                            .formatted(into));
        }
        if (key != null) {
            try {
                JsonPointer pointer = JsonPointer.of(key);
                Place unused = Place.of(pointer.text(), List.of(Place.Kind.POINTER));
            } catch (IllegalArgumentException e) {
                problems.add("--result-key " + e.getMessage());
            }
        }
        if (headers == ResultHeaders.NONE) {
            problems.add(
                    "%s cannot be used with --result-headers none: verify finds a moved result by the origin in its headers"
                            .formatted("--" + String.join(" and --", values().keySet())));
        }
        return problems;
    }
}
