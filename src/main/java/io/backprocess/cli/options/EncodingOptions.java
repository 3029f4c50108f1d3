package io.backprocess.cli.options;

import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how the values of records are encoded. */
public final class EncodingOptions {
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

    /** Returns the encoding; null for plain JSON. */
    @Nullable
    Encoding encoding() {
        return Encoding.of(
                SpecOptions.word(Format.class, "--format", format),
                framing == null ? null : SpecOptions.word(Framing.class, "--framing", framing),
                registry);
    }
}
