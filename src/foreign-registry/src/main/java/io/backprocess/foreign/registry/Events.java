package io.backprocess.foreign.registry;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;

/** Random events of a schema, and the serializer of its format. */
interface Events {
    /** The artifact type in the registry. */
    String type();

    /** The media type in which the registry gets the schema's text. */
    String mediaType();

    /** Reads a schema, which may refer to those before it, and returns the name by which others refer to it. */
    String add(Path file, String text);

    /** Returns an event of the schema that was added last. */
    Object event(long n);

    /** Returns an event's user id; null where it has none. */
    Object userId(Object event);

    Serializer<?> serializer();

    /** Chooses the format by a file's suffix. */
    static Events of(String file, long seed, Map<String, String> fixed) {
        Values values = new Values(seed, fixed);
        String name = file.replaceFirst("#.*", "");
        if (name.endsWith(".avsc")) {
            return new AvroEvents(values);
        }
        if (name.endsWith(".proto")) {
            return new ProtobufEvents(values, file.contains("#") ? file.substring(file.indexOf('#') + 1) : "");
        }
        if (name.endsWith(".json")) {
            return new JsonEvents(values);
        }
        throw new IllegalArgumentException("a schema's name ends with .avsc, .proto or .json: " + file);
    }
}
