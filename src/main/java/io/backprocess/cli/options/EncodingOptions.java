package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.ResultSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how the values of records are encoded. */
public final class EncodingOptions {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");
    /** A quarter of Kafka's default limit of a record. A character is at most three bytes. */
    private static final int MAX_TEXT = 256 * 1024;

    @Option(
            names = "--format",
            paramLabel = "WORD",
            defaultValue = "json",
            description = {
                "How the values of records are encoded: json (default), which needs no registry, json-schema, avro or",
                "protobuf. Results have the format of their source; docs/formats.md says how revisions see it."
            })
    private String format = "";

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = {
                "The schema registry. Credentials and TLS are properties schema.registry.* of --command-config. The schemas",
                "are stored with the batch, so that later commands need no registry."
            })
    private @Nullable String registry;

    @Option(
            names = "--framing",
            paramLabel = "WORD",
            description = {
                "Where a record names the schema of its value: confluent, confluent-header, apicurio-content4,",
                "apicurio-global8 or apicurio-headers. Without it, plan says what the records look like."
            })
    private @Nullable String framing;

    @Option(
            names = "--result-schema",
            paramLabel = "SUBJECT:VERSION|[SUBJECT:]FILE",
            description = {
                "The schema of results, instead of that of their source: a version of a subject of the registry, or a file.",
                "A file is a version of the subject TOPIC-value, unless another one stands before it. A field that the schema of",
                "the source does not have needs this option."
            })
    private @Nullable String resultSchema;

    /**
     * Returns the encoding; null for plain JSON.
     *
     * @throws BatchException usage, when a word is not known or the file of a schema cannot be read
     */
    @Nullable
    Encoding encoding(String topic) {
        return Encoding.of(
                SpecOptions.word(Format.class, "--format", format),
                framing == null ? null : SpecOptions.word(Framing.class, "--framing", framing),
                registry,
                resultSchema == null ? null : resultSchema(resultSchema, topic));
    }

    private static ResultSchema resultSchema(String given, String topic) {
        int colon = given.lastIndexOf(':');
        String subject = given.substring(0, Math.max(0, colon));
        String rest = given.substring(colon + 1);
        if (!subject.isEmpty() && VERSION.matcher(rest).matches()) {
            return new ResultSchema(subject, Integer.valueOf(rest), null);
        }
        if (!subject.isEmpty() && rest.equals("latest")) {
            throw BatchException.usage(
                    "--result-schema %s: name the version, so that the batch means the same tomorrow".formatted(given));
        }
        boolean whole = colon < 0 || Files.exists(Path.of(given));
        String text;
        try {
            text = Files.readString(Path.of(whole ? given : rest));
        } catch (IOException | InvalidPathException e) {
            throw BatchException.usage(
                    "--result-schema %s: it is no SUBJECT:VERSION, and as a file it cannot be read: %s"
                            .formatted(given, e.getMessage()));
        }
        if (text.length() > MAX_TEXT) {
            throw BatchException.usage(
                    "--result-schema %s: the file has %d characters, and a plan holds %d of them; register it, then name the version as SUBJECT:VERSION"
                            .formatted(given, text.length(), MAX_TEXT));
        }
        return new ResultSchema(whole ? Encoding.defaultSubject(topic) : subject, null, text);
    }
}
