package io.backprocess.verify;

import io.backprocess.deadletter.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The statements of a dead letter about its failure that can be known later, as the texts of its headers; null if it has none. */
record StatedFailure(
        @Nullable String stage,
        @Nullable String reason,
        @Nullable String attempts,
        @Nullable String eventId,
        @Nullable String revision) {

    static StatedFailure of(Headers headers) {
        return new StatedFailure(
                DeadLetterHeaders.text(headers, DeadLetterHeaders.STAGE),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.REASON),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.ATTEMPTS),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.EVENT_ID),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.REVISION));
    }

    /** Collects in words what the letter states wrongly. */
    Differences differences() {
        return new Differences(this);
    }

    /** The wrong statements of one dead letter. */
    static final class Differences {
        private final StatedFailure stated;
        private final List<String> wrong = new ArrayList<>();

        private Differences(StatedFailure stated) {
            this.stated = stated;
        }

        Differences stage(String... allowed) {
            return check(DeadLetterHeaders.STAGE, stated.stage, Set.of(allowed));
        }

        Differences reason(String required) {
            return check(DeadLetterHeaders.REASON, stated.reason, Set.of(required));
        }

        Differences attempts(String required) {
            return check(DeadLetterHeaders.ATTEMPTS, stated.attempts, Set.of(required));
        }

        /** Checks that there are more attempts than in the former letter. */
        Differences attemptsAfter(int former) {
            boolean isMore = stated.attempts != null
                    && stated.attempts.matches("\\d{1,9}")
                    && Integer.parseInt(stated.attempts) > former;
            return isMore ? this : add(DeadLetterHeaders.ATTEMPTS, stated.attempts, "more than " + former);
        }

        /** Compares the eventId and the revision. An eventId is a user's own text and is not quoted. */
        Differences writer(StatedFailure required) {
            if (!Objects.equals(stated.eventId, required.eventId)) {
                wrong.add("its header %s differs".formatted(DeadLetterHeaders.EVENT_ID));
            }
            return check(DeadLetterHeaders.REVISION, stated.revision, Set.of(String.valueOf(required.revision)));
        }

        private Differences check(String header, @Nullable String text, Set<String> allowed) {
            return text != null && allowed.contains(text)
                    ? this
                    : add(
                            header,
                            text,
                            new TreeSet<>(allowed)
                                    .stream().map(each -> "'" + each + "'").collect(Collectors.joining(" or ")));
        }

        private Differences add(String header, @Nullable String text, String required) {
            wrong.add(RecordDifference.ofHeader(header, text, required));
            return this;
        }

        boolean areAny() {
            return !wrong.isEmpty();
        }

        @Override
        public String toString() {
            return String.join("; ", wrong);
        }
    }
}
