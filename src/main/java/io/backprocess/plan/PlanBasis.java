package io.backprocess.plan;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ResultBasis;
import io.backprocess.batch.Sha256;
import io.backprocess.event.EventReader;
import io.backprocess.registry.SchemaCodecs;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import io.backprocess.revise.operator.Revise;
import io.backprocess.revise.operator.RevisionChain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records in a plan the limits and jars that its results depend on, and later reports which of them have changed. */
public final class PlanBasis {
    private PlanBasis() {}

    public static ResultBasis of(BatchSpec spec, int maxResultBytes, ClassLoader classes) {
        return new ResultBasis(maxResultBytes, limits(spec), jars(spec, classes), true);
    }

    private static SortedMap<String, Long> limits(BatchSpec spec) {
        SortedMap<String, Long> limits = new TreeMap<>(EventReader.limits());
        limits.putAll(Revise.limits());
        if (spec.encoding() != null) {
            limits.putAll(SchemaCodecs.limits(spec.encoding().format()));
        }
        return limits;
    }

    /** Returns the jars that revisions come from, without this program's own jar. */
    private static SortedMap<String, ResultBasis.Jar> jars(BatchSpec spec, ClassLoader classes) {
        SortedMap<String, ResultBasis.Jar> jars = new TreeMap<>();
        Path own = source(RevisionChain.class);
        RevisionChain.classes(spec.logic().revisions(), spec.logic().revisionOptions(), classes)
                .forEach((name, revision) -> {
                    Path jar = source(revision);
                    if (jar != null && !jar.equals(own) && Files.isRegularFile(jar)) {
                        jars.put(name, new ResultBasis.Jar(String.valueOf(jar.getFileName()), hash(jar)));
                    }
                });
        return jars;
    }

    private static @Nullable Path source(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        try {
            return source == null || !"file".equals(source.getLocation().getProtocol())
                    ? null
                    : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    private static String hash(Path jar) {
        try {
            return Sha256.of(jar);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + jar, e);
        }
    }

    /**
     * Returns one sentence for each limit or jar that has changed since the batch was planned. Plans of earlier versions do not
     * record them, so the list is then empty.
     */
    public static List<String> changes(BatchPlan plan, ClassLoader classes) {
        ResultBasis planned = plan.basis();
        if (planned == null) {
            return List.of();
        }
        String batchId = plan.spec().batchId();
        List<String> changes = new ArrayList<>();
        SortedMap<String, ResultBasis.Jar> jars = jars(plan.spec(), classes);
        for (String name : plan.spec().logic().revisions()) {
            ResultBasis.Jar before = planned.revisionJars().get(name);
            ResultBasis.Jar now = jars.get(name);
            if (before != null && (now == null || !now.sha256().equals(before.sha256()))) {
                changes.add(("revision %s is not in the jar that %s was planned with: planned %s, now %s; if it"
                                + " behaves differently, results before and after differ, and verify finds them wrong")
                        .formatted(name, batchId, inWords(before), now == null ? "no jar" : inWords(now)));
            }
        }
        SortedMap<String, Long> limits = limits(plan.spec());
        planned.limits().forEach((name, before) -> {
            Long now = limits.get(name);
            if (!before.equals(now)) {
                changes.add("the limit %s was %s when %s was planned, and is %s in this version"
                        .formatted(name, Words.count(before), batchId, now == null ? "removed" : Words.count(now)));
            }
        });
        return changes;
    }

    private static String inWords(ResultBasis.Jar jar) {
        return "%s with SHA-256 %s".formatted(Printable.line(jar.file()), jar.sha256());
    }

    /** Prints the changes as warnings on standard error. */
    public static void warn(BatchPlan plan, ClassLoader classes, PrintWriter err) {
        changes(plan, classes).forEach(change -> Printable.warn(err, change));
        err.flush();
    }
}
