package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the revisions are looked for. */
final class RevisionJarOption {
    @Option(
            names = "--revision-jar",
            paramLabel = "FILE",
            description = "A jar with revisions of your own; may be given several times.")
    private List<Path> jars = new ArrayList<>();

    ClassLoader classes() {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        return jars.isEmpty() ? own : new URLClassLoader(urls().toArray(URL[]::new), own);
    }

    List<URL> urls() {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            if (!Files.isRegularFile(jar)) {
                throw BatchException.usage("--revision-jar %s is no file".formatted(jar));
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
