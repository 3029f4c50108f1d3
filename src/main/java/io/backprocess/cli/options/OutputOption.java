package io.backprocess.cli.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.backprocess.render.OwnProcess;
import picocli.CommandLine.Option;

/** The option for the format of the output: text for people, JSON for programs. */
public final class OutputOption {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            // With only ASCII, the JSON is the same text in any charset.
            .configure(JsonWriteFeature.ESCAPE_NON_ASCII, !OwnProcess.draws(OwnProcess.outCharset()))
            .build();

    enum Format {
        text,
        json
    }

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text (default) or json.")
    private Format format = Format.text;

    public boolean isJson() {
        return format == Format.json;
    }

    public static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value, e);
        }
    }
}
