package io.backprocess.registry;

import io.backprocess.batch.Format;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One way to ask a registry for schemas. */
interface RegistryApi {
    /**
     * A schema without those that it refers to.
     *
     * @param type what the registry calls its type; null when the registry does not know it any more
     */
    record Found(@Nullable String type, String text, List<Link> links) {}

    /**
     * What a schema refers to.
     *
     * @param name the name that the text uses
     * @param group of Apicurio; empty for the other API
     */
    record Link(String name, String group, String subject, String version) {
        boolean hasTargetOf(Link other) {
            return group.equals(other.group) && subject.equals(other.subject) && version.equals(other.version);
        }

        @Override
        public String toString() {
            return "version %s of '%s'".formatted(version, group.isEmpty() ? subject : group + "/" + subject);
        }
    }

    /** @param wanted the type that the schema should have */
    Found get(SchemaId id, Format wanted, Budget budget) throws RegistryException;

    Found get(Link link, Budget budget) throws RegistryException;

    /** What both APIs take for the newest version, as far as they are asked by this interface. */
    String LATEST = "latest";

    /**
     * A version of a subject.
     *
     * @param id what results name it by
     * @param ids all that records of the framing may name it by
     */
    record Version(int number, SchemaId id, Set<SchemaId> ids) {
        Version(int number, SchemaId id) {
            this(number, id, Set.of(id));
        }
    }

    /** A schema that a subject may get. */
    record Draft(Format format, String text, List<Link> links) {}

    /** Returns a version of a subject, or its latest one. */
    Version version(String subject, String version, Budget budget) throws RegistryException;

    /** Returns what a version refers to, directly. */
    List<Link> links(String subject, String version, Budget budget) throws RegistryException;

    /** Returns the version of a subject that has a schema. */
    Version find(String subject, Draft draft, Budget budget) throws RegistryException;

    /** Returns what speaks against a schema as the next version of a subject, in the registry's words; none where nothing does. */
    List<String> objections(String subject, Draft draft, Budget budget) throws RegistryException;

    /** Adds a schema to a subject. */
    void register(String subject, Draft draft, Budget budget) throws RegistryException;

    /** Returns all versions of a subject. */
    List<Version> versions(String subject, Budget budget) throws RegistryException;

    /** What both APIs call a type. */
    static String nameOf(Format format) {
        return format == Format.JSON_SCHEMA ? "JSON" : format.name();
    }

    /** Encodes one part of a path. */
    static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
