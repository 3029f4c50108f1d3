package io.backprocess.context;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Contexts.Context;
import io.backprocess.event.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextStoreTest {
    private final Path directory;
    private final ContextStore store;

    ContextStoreTest(@TempDir Path directory) {
        this.directory = directory;
        this.store = new ContextStore("users", directory);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void knowsTheLastContextAtOrBeforeATimeHoweverLateItCame() {
        add("u", 2000, 0, 0, "second");
        add("u", 1000, 0, 1, "first");

        assertThat(asOf("u", 999)).isNull();
        assertThat(asOf("u", 1000)).isEqualTo("first users/0/1");
        assertThat(asOf("u", 1999)).isEqualTo("first users/0/1");
        assertThat(asOf("u", 2000)).isEqualTo("second users/0/0");
        assertThat(asOf("u", 5000)).isEqualTo("second users/0/0");
    }

    @Test
    void takesTheOneWrittenLastOfTheSameTime() {
        add("u", 1000, 0, 8, "last");
        add("u", 1000, 0, 3, "before");

        assertThat(asOf("u", 1000)).isEqualTo("last users/0/8");
    }

    @Test
    void keepsSubjectsApartOfWhichOneBeginsWithTheOther() {
        add("u", 1000, 0, 0, "short");
        add("u1", 500, 0, 1, "long");

        assertThat(asOf("u", 2000)).isEqualTo("short users/0/0");
        assertThat(asOf("u1", 2000)).isEqualTo("long users/0/1");
        assertThat(asOf("u1", 499)).isNull();
        assertThat(asOf("u2", 2000)).isNull();
        assertThat(asOf("", 2000)).isNull();
    }

    @Test
    void knowsWhenASubjectWasDeletedAndWhenItCameBack() {
        add("u", 1000, 0, 0, "there");
        add("u", 2000, 0, 1, null);
        add("u", 3000, 0, 2, "");

        assertThat(asOf("u", 2999)).isEqualTo("deleted users/0/1");
        assertThat(asOf("u", 3000)).isEqualTo(" users/0/2");
    }

    @Test
    void sortsTimesBefore1970AndThoseOfRecordsWithoutAny() {
        add("u", -1, 0, 0, "without");
        add("u", 10, 0, 1, "with");

        assertThat(asOf("u", 9)).isEqualTo("without users/0/0");
        assertThat(asOf("u", -2)).isNull();
        Context last = store.asOf("u".getBytes(UTF_8), Instant.MAX);
        assertThat(last == null ? null : last.source()).isEqualTo(new Origin("users", 0, 1));
        assertThat(store.asOf("u".getBytes(UTF_8), Instant.MIN)).isNull();
    }

    @Test
    void leavesNothingBehind() throws IOException {
        add("u", 1000, 0, 0, "there");

        store.close();
        store.close();

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private record Added(
            String subject,
            long millis,
            int partition,
            long offset,
            @Nullable String value) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsWhatAPlainSearchFinds(long seed) {
        Random random = new Random(seed);
        List<Added> added = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            String value = random.nextInt(10) == 0 ? null : "v" + i;
            added.add(new Added("s" + random.nextInt(40), random.nextInt(500), random.nextInt(3), i, value));
        }
        added.forEach(each -> add(each.subject, each.millis, each.partition, each.offset, each.value));
        store.sort();

        for (int i = 0; i < 2000; i++) {
            String subject = "s" + random.nextInt(41);
            long time = random.nextInt(520) - 10L;

            assertThat(asOf(subject, time))
                    .as("seed %d: %s at %d", seed, subject, time)
                    .isEqualTo(added.stream()
                            .filter(each -> each.subject.equals(subject) && each.millis <= time)
                            .max(Comparator.comparingLong(Added::millis)
                                    .thenComparing(Added::partition)
                                    .thenComparing(Added::offset))
                            .map(each -> (each.value == null ? "deleted" : each.value) + " users/" + each.partition
                                    + "/" + each.offset)
                            .orElse(null));
        }
    }

    private void add(String subject, long millis, int partition, long offset, @Nullable String value) {
        store.add(subject.getBytes(UTF_8), millis, partition, offset, value == null ? null : value.getBytes(UTF_8));
    }

    private @Nullable String asOf(String subject, long millis) {
        Context context = store.asOf(subject.getBytes(UTF_8), Instant.ofEpochMilli(millis));
        return context == null
                ? null
                : (context.value() == null ? "deleted" : new String(context.value(), UTF_8)) + " " + context.source();
    }
}
