package io.backprocess.envelope;

import io.backprocess.event.EnvelopeField;
import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Place;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The look at a sample says what its records look like, where the envelope of the batch does not fit them, and which of its places
 * none of them has. It is never used to decide about a record.
 */
public final class SampleLook {
    /** The forms that are named; others are counted together. */
    private static final int SHOWN = 3;

    private static final int SHOWN_IDS = 10;
    private static final int LONGEST_NAME = 100;
    private static final int MAX_SHAPES = 200;
    private static final int NOTABLE_PERCENT = 5;

    private final Envelope envelope;
    private final Map<Shape, Long> shapes = new LinkedHashMap<>();
    /** The number of events that have an attribute, by its name. */
    private final SortedMap<String, Long> attributes = new TreeMap<>();
    /** The number of events that have a place for a stamp. */
    private final SortedMap<EnvelopeField, Long> places = new TreeMap<>();

    private final SortedMap<String, Long> messages = new TreeMap<>();
    private final SortedMap<String, Long> unmapped = new TreeMap<>();

    private final SortedSet<Integer> schemaIds = new TreeSet<>();

    private long times;
    private long records;
    private long events;

    public SampleLook(Envelope envelope) {
        this.envelope = envelope;
    }

    /** Adds a record that is an event, or one that becomes an event with its context. */
    public void add(@Nullable Event event) {
        records++;
        events++;
        if (event == null) {
            return;
        }
        event.attributes().stream()
                .filter(name -> event.attributeValue(name) != null)
                .forEach(name -> attributes.merge(name, 1L, Long::sum));
        for (EnvelopeField field :
                List.of(EnvelopeField.EVENT_ID, EnvelopeField.PROCESS_VERSION, EnvelopeField.CORRELATION_ID)) {
            places.merge(field, event.hasPlaceFor(field) ? 1L : 0L, Long::sum);
        }
        times += event.eventTimestamp() == null ? 0 : 1;
    }

    /**
     * Adds a record that is no event.
     *
     * @param why null for a record without a value
     */
    public void addUnreadable(SourceRecord record, @Nullable UnreadableException why) {
        addDead(record, why == null ? "the record's value is null" : String.valueOf(why.getMessage()));
        if (why != null && why.isUnmappedVersion() && unmapped.size() < SHOWN) {
            unmapped.merge(String.valueOf(why.getMessage()), 1L, Long::sum);
        }
    }

    /**
     * Adds a record that is no event.
     *
     * @param why the message of its dead letter
     */
    public void addDead(SourceRecord record, String why) {
        records++;
        if (messages.size() < MAX_SHAPES || messages.containsKey(why)) {
            messages.merge(why, 1L, Long::sum);
        }
        Shape shape = Shape.of(record);
        byte[] value = record.value();
        if (value != null && shape.words().equals(Shape.WIRE_FORMAT) && schemaIds.size() < SHOWN_IDS) {
            schemaIds.add(Shape.schemaId(value));
        }
        if (shapes.size() < MAX_SHAPES || shapes.containsKey(shape)) {
            shapes.merge(shape, 1L, Long::sum);
        }
    }

    /** Tells whether the sample has records, and none of them is an event. */
    public boolean isHopeless() {
        return records > 0 && events == 0;
    }

    /** Tells whether enough records are no events that their envelope should be looked at. */
    public boolean isWorthALook() {
        return (records - events) * 100 >= records * NOTABLE_PERCENT && events < records;
    }

    /** Says what those records look like that are no events; null where all of them are. */
    public @Nullable String unreadable() {
        if (events == records) {
            return null;
        }
        if (!envelope.mapping().isOwn() || envelope.mapping().values() != null) {
            return "%s of %s sampled records are no events of --envelope %s, most often: %s"
                    .formatted(
                            Words.count(records - events),
                            Words.count(records),
                            Printable.line(envelope.mapping().name(), LONGEST_NAME),
                            messages.entrySet().stream()
                                    .max(Map.Entry.comparingByValue())
                                    .map(Map.Entry::getKey)
                                    .orElse(""));
        }
        List<Map.Entry<Shape, Long>> common = shapes.entrySet().stream()
                .sorted(Map.Entry.<Shape, Long>comparingByValue().reversed())
                .limit(SHOWN)
                .toList();
        List<String> words = new ArrayList<>();
        for (Map.Entry<Shape, Long> each : common) {
            String advice = each.getKey().advice();
            words.add("%s look like %s%s"
                    .formatted(share(each.getValue()), words(each.getKey()), advice == null ? "" : ": " + advice));
        }
        return "%s of %s sampled records are no events of --envelope %s: %s"
                .formatted(
                        Words.count(records - events),
                        Words.count(records),
                        envelope.mapping().name(),
                        String.join("; ", words));
    }

    private String words(Shape shape) {
        if (!shape.words().equals(Shape.WIRE_FORMAT)) {
            return shape.words();
        }
        String ids = schemaIds.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return shape.words() + (schemaIds.size() == 1 ? ", schema id " : ", schema ids ") + ids;
    }

    private String share(long count) {
        long percent = Math.round(100.0 * count / records);
        return percent == 0 ? "less than 1 %" : percent + " %";
    }

    /** Returns what the sample says against the mapping, each in one sentence: places that no event has, texts of no version. */
    public List<String> misfits() {
        List<String> missing = new ArrayList<>();
        EnvelopeMapping mapping = envelope.mapping();
        unmapped.keySet()
                .forEach(text -> missing.add("%s%s; a version that the batch shall skip needs an entry too"
                        .formatted(at(form -> form.processVersion().from()), text)));
        if (events == 0 || mapping.isOwn()) {
            return missing;
        }
        places.forEach((field, count) -> {
            if (count == 0) {
                missing.add("%sno sampled record has an object in which a result could write its %s"
                        .formatted(
                                at(form -> stamp(form.stamp(), field)),
                                field == EnvelopeField.CORRELATION_ID ? "batch" : field.toString()));
            }
        });
        if (EnvelopeText.isPreset(mapping.name())) {
            // A preset names more than one history has.
            return missing;
        }
        if (times == 0 && mapping.forms().stream().allMatch(form -> form.eventTimestamp() != null)) {
            missing.add(at(form -> form.eventTimestamp() == null
                            ? null
                            : form.eventTimestamp().from())
                    + "no sampled record has an eventTimestamp");
        }
        for (String name : mapping.attributes()) {
            if (!attributes.containsKey(name)) {
                missing.add("%sno sampled record has attribute '%s'"
                        .formatted(at(form -> form.attributes().get(name)), name));
            }
        }
        return missing;
    }

    private static @Nullable Place stamp(EnvelopeForm.Stamp stamp, EnvelopeField field) {
        return switch (field) {
            case EVENT_ID -> stamp.eventId();
            case PROCESS_VERSION -> stamp.processVersion();
            default -> stamp.batch();
        };
    }

    /** Returns where the file names the place, in the first form that has one. */
    private String at(Function<EnvelopeForm, @Nullable Place> place) {
        return envelope.mapping().forms().stream()
                .map(form -> envelope.mapping().at(place.apply(form)))
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
    }
}
