package io.backprocess.revise;

import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A revision that has to ask a service outside for what the event does not say. Asking and revising are two things: {@link #ask}
 * sends a request and gives back a promise of the answer; {@link #revise(Event, JsonValue, Results)} is as pure as any revision,
 * a function of the event and the answer.
 *
 * <p>Up to {@link #capacity} requests of a subtask are on their way at once, and the results still come in the order of the
 * events. A request that fails with a {@link TransientException} or an {@link IOException}, or gets no answer within
 * {@link #timeout}, is sent again, with growing pauses, up to five times. Then the event is a dead letter
 * ({@code retries-exhausted}) if the service still answers what it has answered before. If it does not, or has answered nothing
 * so far, or the requests about ten different events fail and none between them gets an answer, it is taken to be down: the batch
 * holds, with one request every five seconds to see whether it is back, and no event becomes a dead letter for it.
 *
 * <p>{@code verify} and {@code redrive} ask again. So the service has to give the same answer to the same question for as long
 * as the batch is proven, best because the question says as of when: {@code event.eventTime()}.
 *
 * <p>It comes first in its chain, since it can only ask about the event as it is in the source.
 *
 * <pre>{@code
 * public CompletionStage<JsonValue> ask(Event event) {
 *     HttpRequest request = HttpRequest.newBuilder(users.resolve(event.payload().text("userId"))).build();
 *     return http.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> switch (response.statusCode()) {
 *         case 200 -> JsonValue.parse(response.body());
 *         case 404 -> throw new CompletionException(RejectedException.missingContext("nobody knows this user"));
 *         default -> throw new CompletionException(new TransientException("users says " + response.statusCode()));
 *     });
 * }
 * }</pre>
 */
public interface AsyncRevision extends Revision {

    /**
     * Sends the request. Called by one thread at a time, never by two at once; it must not wait for the answer. What an earlier
     * call has left behind must make no difference.
     *
     * @return the answer, or what it failed with: {@link RejectedException}; {@link TransientException} or {@link IOException},
     *     which may pass; anything else is a dead letter ({@code unexpected}). It may be completed by any thread
     * @throws RejectedException when there is nothing to ask: the event cannot be brought to the new version
     */
    CompletionStage<JsonValue> ask(Event event) throws RejectedException;

    /** Makes the new events of one event and the answer; as {@link Revision#revise}, called by the task's own thread. */
    void revise(Event event, JsonValue answer, Results results) throws RejectedException, TransientException;

    /** How long an answer is waited for, at each attempt. */
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /** How many requests of one subtask may be on their way at once. */
    default int capacity() {
        return 100;
    }

    /** Asks and waits, one event at a time: for where no stream goes on meanwhile, as in tests and in {@code verify}. */
    @Override
    default void revise(Event event, Results results) throws RejectedException, TransientException {
        CompletableFuture<JsonValue> answer = ask(event).toCompletableFuture();
        try {
            revise(event, answer.get(timeout().toNanos(), TimeUnit.NANOSECONDS), results);
        } catch (TimeoutException e) {
            throw new TransientException("no answer within " + timeout(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RejectedException no) {
                throw no;
            }
            if (e.getCause() instanceof TransientException passing) {
                throw passing;
            }
            Throwable cause = e.getCause();
            if (cause != null && Unreachable.is(cause)) {
                throw Unreachable.inWords(cause);
            }
            throw new IllegalStateException("asking failed: " + cause, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransientException("interrupted while waiting for the answer", e);
        } finally {
            answer.cancel(true);
        }
    }
}
