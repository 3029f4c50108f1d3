package io.backprocess.revise;

import io.backprocess.event.Edit;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Revisions that behave as badly as users' revisions may. They are registered as in a jar that stands beside the job's. */
public final class TestRevisions {
    private TestRevisions() {}

    /** A class loader that finds these revisions, and those of the job. */
    public static ClassLoader loader(Path directory, Class<?>... revisions) {
        try {
            Path services = Files.createDirectories(directory.resolve("META-INF/services"));
            List<String> names = new ArrayList<>();
            for (Class<?> revision : revisions) {
                names.add(revision.getName());
            }
            Files.write(services.resolve(Revision.class.getName()), names);
            return new URLClassLoader(new URL[] {url(directory)}, TestRevisions.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path directory) throws MalformedURLException {
        return directory.toUri().toURL();
    }

    /** From version 1 to 2, under the name that it is given. */
    public abstract static class OneToTwo implements Revision {
        private final String name;

        OneToTwo(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of("1");
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("2");
        }
    }

    /** Does what the payload's member {@code do} says. */
    public static final class Obedient extends OneToTwo {
        /** Whether those that loop go on; they heed nothing else. */
        public static volatile boolean loops = true;

        private int calls;

        public Obedient() {
            super("obedient");
        }

        @Override
        public void revise(Event event, Results results) throws RejectedException, TransientException {
            calls++;
            switch (String.valueOf(event.payload().text("do"))) {
                case "emit nothing" -> {}
                case "emit for ever" -> {
                    while (true) {
                        results.emit(event.edit());
                    }
                }
                case "emit 100 MB" -> {
                    Edit large = event.edit().set("text", "x".repeat(1 << 20));
                    for (int i = 0; i < 100; i++) {
                        results.emit(large);
                    }
                }
                case "loop" -> {
                    while (loops) {
                        Thread.onSpinWait();
                    }
                }
                case "wait" -> {
                    try {
                        new java.util.concurrent.CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        sneak(e);
                    }
                }
                case "emit three" -> {
                    for (String part : List.of("a", "b", "c")) {
                        results.emit(event.edit().set("part", part));
                    }
                }
                case "emit one edit twice" -> {
                    var edit = event.edit().set("part", "a");
                    results.emit(edit);
                    results.emit(edit);
                }
                case "emit and reject" -> {
                    results.emit(event.edit());
                    throw new RejectedException("No, after all");
                }
                case "reject" -> throw new RejectedException("Invalid amount: -999");
                case "miss context" -> throw RejectedException.missingContext("itemSku is missing");
                case "find a field invalid" -> throw RejectedException.invalidField("no date: yesterday");
                case "throw NullPointerException" -> throw new NullPointerException("of null");
                case "throw with a cause" ->
                    throw new IllegalStateException(
                            "outer", new IOException("middle", new ArithmeticException("root")));
                case "throw a checked exception" -> sneak(new IOException("checked"));
                case "throw an assertion" -> throw new AssertionError("asserted");
                case "throw a linkage error" -> throw new NoClassDefFoundError("com/example/Missing");
                case "throw an interruption" -> sneak(new InterruptedException("its own"));
                case "throw what never stops talking" -> throw new Talkative();
                case "throw what throws" -> throw new Hostile();
                case "throw its own cause" -> throw new OwnCause();
                case "overflow the stack" -> recurse(event);
                case "run out of memory" -> throw new OutOfMemoryError("as the test wants it");
                case "fail for ever" -> throw new TransientException("try number " + calls);
                case "fail, and be cancelled after the second try" -> {
                    if (calls == 2) {
                        Thread.currentThread().interrupt();
                    }
                    throw new TransientException("try number " + calls);
                }
                case "fail twice" -> {
                    if (calls <= 2) {
                        throw new TransientException("try number " + calls);
                    }
                    results.emit(event.edit());
                }
                case "fail, then reject" -> {
                    if (calls == 1) {
                        throw new TransientException("try number " + calls);
                    }
                    throw new RejectedException("No");
                }
                case "fail, then throw NullPointerException" -> {
                    if (calls == 1) {
                        throw new TransientException("try number " + calls);
                    }
                    throw new NullPointerException("of null");
                }
                default -> results.emit(event.edit().set("calls", String.valueOf(calls)));
            }
        }

        @SuppressWarnings("InfiniteRecursion")
        private static String recurse(Event event) {
            return event + recurse(event);
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void sneak(Throwable thrown) throws T {
            throw (T) thrown;
        }
    }

    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new UnsupportedOperationException("no cause");
        }
    }

    private static final class Talkative extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            return "I said: " + this;
        }
    }

    private static final class OwnCause extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            return this;
        }
    }

    /** Makes two events of one, and says what it was given. */
    public static final class TwoToThree implements Revision {
        @Override
        public String name() {
            return "two-to-three";
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of("2.0");
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("3");
        }

        @Override
        public void revise(Event event, Results results) {
            String given = "%s %s %s".formatted(event.correlationId(), event.processVersion(), event.eventId());
            results.emit(event.edit().set("given", given));
            if (event.payload().has("twice")) {
                results.emit(event.edit().set("given", given).remove("part"));
            }
        }
    }

    /** Ends where the chain began. */
    public static final class TwoToOne implements Revision {
        @Override
        public String name() {
            return "two-to-one";
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of("2");
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("1");
        }

        @Override
        public void revise(Event event, Results results) {
            results.emit(event.edit());
        }
    }

    /** Adds a word that is settable. */
    public static final class Greeting extends OneToTwo {
        private String word = "hello";

        public Greeting() {
            super("greeting");
        }

        @Override
        public Set<String> options() {
            return Set.of("word", "tone");
        }

        @Override
        public void configure(Map<String, String> options) {
            word = options.getOrDefault("word", word);
            if (word.isBlank()) {
                throw new IllegalArgumentException("greeting: the word is blank");
            }
        }

        @Override
        public void revise(Event event, Results results) {
            results.emit(event.edit().set("word", word));
        }
    }

    /** Has the name of another. */
    public static final class SecondGreeting extends OneToTwo {
        public SecondGreeting() {
            super("greeting");
        }

        @Override
        public void revise(Event event, Results results) {}
    }
}
