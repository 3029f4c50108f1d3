package io.backprocess.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes hashes that distinguish values too long to be stored or shown. {@code hashCode} is not enough, because different texts
 * can be made to have the same one.
 */
public final class Sha256 {
    /** The number of hexadecimal digits that a person can compare by eye. */
    private static final int SHORT = 12;

    private Sha256() {}

    public static String of(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return of(utf8, 0, utf8.length);
    }

    public static String of(byte[] bytes, int start, int end) {
        MessageDigest digest = digest();
        digest.update(bytes, start, end - start);
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String of(Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns the beginning of a hash for display. It is too short for comparisons in code. */
    public static String shown(String hash) {
        return hash.length() <= SHORT ? hash : hash.substring(0, SHORT);
    }

    /** Returns a new digest, for what comes in parts. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
