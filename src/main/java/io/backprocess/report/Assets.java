package io.backprocess.report;

import io.backprocess.batch.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parts of a page beside its content. All of them are resources of this program.
 *
 * @param scripts the scripts that the page runs, the chart library first
 * @param notice the licence of the chart library; empty if there is no script
 */
record Assets(String style, List<String> scripts, String notice) {
    /** The path with the version in the pom. A test fails if the two differ. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

    static Assets report() {
        return new Assets(
                text(UPLOT + "dist/uPlot.min.css") + "\n" + text("report.css") + swatches(),
                List.of(text(UPLOT + "dist/uPlot.iife.min.js"), text("report.js")),
                "uPlot, " + text(UPLOT + "LICENSE"));
    }

    static Assets preview() {
        return new Assets(text("report.css") + "\n" + text("preview.css"), List.of(), "");
    }

    /** Returns a class for each reason of a dead letter, with the colour that the style sheet has for it. */
    private static String swatches() {
        return DeadLetterReader.reasons()
                .map(reason -> ".%1$s { --swatch: var(--%1$s); }\n".formatted(reason))
                .collect(Collectors.joining());
    }

    /** Returns the Content-Security-Policy by which the page loads and runs only what it was written with. */
    String policy() {
        return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hash(style)
                + (scripts.isEmpty()
                        ? ""
                        : scripts.stream().map(Assets::hash).collect(Collectors.joining(" ", "; script-src ", "")));
    }

    /** Returns the hash by which a Content-Security-Policy names the text between two tags. */
    private static String hash(String text) {
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
