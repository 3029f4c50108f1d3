package io.backprocess.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of a mapping file: one of the presets, or a file of the user's. */
public final class EnvelopeText {
    /** The name of Backprocess's own envelope, which is the default. */
    public static final String OWN = "backprocess";

    /** The names of the presets that have a file. */
    public static final List<String> PRESETS =
            List.of("axon", "cloudevents", "debezium", "debezium-outbox", "masstransit", "spring");

    private static final Pattern ABSENT = Pattern.compile("absent: \\d+");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

    private EnvelopeText() {}

    static boolean isPreset(String name) {
        return PRESETS.contains(name);
    }

    /**
     * Returns the text of a preset or a file; null for Backprocess's own envelope.
     *
     * @param nameOrFile the name of a preset, or a path
     * @throws IllegalArgumentException when there is no such file; the message goes to the user
     */
    public static @Nullable String of(String nameOrFile) {
        if (nameOrFile.equals(OWN)) {
            return null;
        }
        return PRESETS.contains(nameOrFile) ? preset(nameOrFile) : file(nameOrFile);
    }

    /**
     * Returns the text of a preset in which events without a version have another one.
     *
     * @throws IllegalArgumentException when the name is no preset, or the version no number; the message goes to the user
     */
    public static String of(String preset, String absentVersion) {
        if (!PRESETS.contains(preset)) {
            throw new IllegalArgumentException(
                    "--absent-version changes a preset, and '%s' is none of %s; in a file, write 'absent' under 'processVersion'"
                            .formatted(preset, String.join(", ", PRESETS)));
        }
        if (!NUMBER.matcher(absentVersion).matches()) {
            throw new IllegalArgumentException(
                    "--absent-version '%s' is not a version: give a number such as 1 or 2.3".formatted(absentVersion));
        }
        return ABSENT.matcher(preset(preset)).replaceAll(Matcher.quoteReplacement("absent: " + absentVersion));
    }

    private static String preset(String name) {
        try (InputStream in = EnvelopeText.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the preset '%s' is not in the jar".formatted(name));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the preset '%s' cannot be read".formatted(name), e);
        }
    }

    private static String file(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException("--envelope %s is not UTF-8 text".formatted(file), e);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "--envelope %s is neither a file that can be read nor one of %s, %s"
                            .formatted(file, OWN, String.join(", ", PRESETS)),
                    e);
        }
    }
}
