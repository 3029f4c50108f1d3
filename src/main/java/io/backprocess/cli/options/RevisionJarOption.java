package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.verify.Verifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option for the jars in which revisions are searched. */
public final class RevisionJarOption {
    @Option(
            names = "--revision-jar",
            paramLabel = "FILE",
            description = "A jar with your own revisions, or a JDBC driver; may be given several times.")
    private List<Path> jars = new ArrayList<>();

    public ClassLoader classes() {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        return jars.isEmpty() ? own : new URLClassLoader(urls().toArray(URL[]::new), own);
    }

    /**
     * Returns the class loader with the batch's revisions.
     *
     * @throws BatchException of kind "usage" if a revision is not found or is a different one
     */
    public ClassLoader classes(BatchPlan plan) {
        ClassLoader classes = classes();
        try {
            Verifier.checkRevisions(plan, classes);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(
                    "batch '%s' was made with revision %s: %s; if it is in your own jar, name the jar with --revision-jar"
                            .formatted(plan.spec().batchId(), plan.spec().revision(), e.getMessage()));
        }
        return classes;
    }

    public List<URL> urls() {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            if (!Files.isRegularFile(jar)) {
                throw BatchException.usage("--revision-jar %s is not a file".formatted(jar));
            }
            try {
                urls.add(jar.toAbsolutePath().toUri().toURL());
            } catch (MalformedURLException e) {
                throw BatchException.usage("--revision-jar %s: %s".formatted(jar, e.getMessage()));
            }
        }
        return urls;
    }
}
