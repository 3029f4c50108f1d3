package io.backprocess.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Values that are of interest, each in a file: {@code cases/<place>/<name>}. The place is where a record with that value must end,
 * in the words of {@link PlainJudge}.
 */
public final class SavedCases {
    private SavedCases() {}

    /** By path: {@code malformed-json/overlong-slash}. */
    public static Map<String, byte[]> byPath() {
        try {
            Path root = Path.of(SavedCases.class.getResource("/cases").toURI());
            Map<String, byte[]> cases = new TreeMap<>();
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    cases.put(root.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static List<byte[]> values() {
        return List.copyOf(byPath().values());
    }
}
