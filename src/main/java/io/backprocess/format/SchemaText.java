package io.backprocess.format;

import java.util.List;

/**
 * The text of a schema, with those of all schemas that it refers to, directly or through others.
 *
 * @param references each comes after those that it refers to itself
 */
public record SchemaText(String text, List<Reference> references) {
    /**
     * A schema that another one refers to.
     *
     * @param name the name by which it is referred to: the full name of an Avro type, the path of a Protobuf import, or the URI of
     *     a JSON Schema
     */
    public record Reference(String name, String text) {}

    public SchemaText {
        references = List.copyOf(references);
    }
}
