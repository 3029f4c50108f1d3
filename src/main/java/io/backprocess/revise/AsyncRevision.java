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
 * A revision that needs the answer of an external service for what the event does not contain. Asking and revising are separate:
 * {@link #ask} sends a request and returns a promise of the answer. {@link #revise(Event, JsonValue, Results)} is as pure as any
 * revision: a function of the event and the answer.
 *
 * <p>Each subtask has up to {@link #capacity} requests in flight at once, and the results keep the order of the events. A request
 * that fails with a {@link TransientException} or an {@link IOException}, or gets no answer within {@link #timeout}, is sent
 * again. It gets up to five attempts in all, with growing pauses. After that the event becomes a dead letter
 * ({@code retries-exhausted}) if the service still answers a request that it answered before.
 *
 * <p>The service is treated as down in three cases: it fails that earlier request too, it has not answered any request so far, or
 * the requests about ten different events fail without an answer in between. Then the batch holds. One request every five seconds
 * checks whether the service is back, and the outage makes no dead letters.
 *
 * <p>{@code verify} and {@code redrive} ask the service again. So the service must give the same answer to the same request for
 * as long as the batch is proven. The best way is to name the time in the request: {@code event.eventTime()}.
 *
 * <p>Such a revision must be the first of its chain, since it can only ask about the event as it is in the source.
 *
 * <pre>{@code
 * public CompletionStage<JsonValue> ask(Event event) {
 *     HttpRequest request = HttpRequest.newBuilder(users.resolve(event.payload().text("userId"))).build();
 *     return http.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> switch (response.statusCode()) {
 *         case 200 -> JsonValue.parse(response.body());
 *         case 404 -> throw new CompletionException(RejectedException.missingContext("this user is unknown"));
 *         default -> throw new CompletionException(new TransientException("users says " + response.statusCode()));
 *     });
 * }
 * }</pre>
 */
public interface AsyncRevision extends Revision {

    /**
     * Sends the request. It is called by one thread at a time, never by two at once, and must not wait for the answer. State that
     * an earlier call left behind must not influence it.
     *
     * @return the answer, or one of these failures: a {@link RejectedException}; a {@link TransientException} or
     *     {@link IOException}, which may pass; any other exception makes a dead letter ({@code unexpected}). Any thread may
     *     complete it
     * @throws RejectedException when no request can be made, because the event cannot be brought to the new version
     */
    CompletionStage<JsonValue> ask(Event event) throws RejectedException;

    /**
     * Makes the new events from one event and the answer. Like {@link Revision#revise}, it is called by the task's own thread.
     */
    void revise(Event event, JsonValue answer, Results results) throws RejectedException, TransientException;

    /** Returns how long each attempt waits for an answer. */
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /** Returns how many requests of one subtask may be in flight at once. */
    default int capacity() {
        return 100;
    }

    /**
     * Asks and waits for the answer, one event at a time. It serves callers without a stream, such as tests and {@code verify}.
     */
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
