package io.backprocess.report;

import io.backprocess.batch.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Holds the parts of a page beside its content: its style and script, and the chart library with its licence. */
final class Assets {
    /** The path with the version in the pom. A test fails if the two differ. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

    private Assets() {}

    static String style() {
        return text(UPLOT + "dist/uPlot.min.css") + "\n" + text("report.css");
    }

    /** Returns the style of a page without charts. */
    static String previewStyle() {
        return text("report.css") + "\n" + text("preview.css");
    }

    static String charts() {
        return text(UPLOT + "dist/uPlot.iife.min.js");
    }

    static String chartsLicence() {
        return "uPlot, " + text(UPLOT + "LICENSE");
    }

    static String script() {
        return text("report.js");
    }

    /** Returns the hash by which a Content-Security-Policy names the text between two tags. */
    static String hash(String text) {
        byte[] digest = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }

    private static String text(String name) {
        try (InputStream resource = Assets.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException(name + " is not in the jar; build it again");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
