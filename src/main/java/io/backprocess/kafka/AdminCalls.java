package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** The requests of one admin client. Each waits for its answer, and turns a failure into a message for the user. */
final class AdminCalls implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TIMEOUT_MS = (int) TIMEOUT.toMillis();

    private final String bootstrapServers;
    private final KafkaPrincipal identity;
    private final Admin admin;

    AdminCalls(KafkaClients kafka) {
        bootstrapServers = kafka.bootstrapServers();
        identity = kafka.principal();
        try {
            admin = kafka.openPlainAdmin();
        } catch (KafkaException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String message = String.valueOf(cause.getMessage());
            // Kafka's message repeats the text that it cannot parse, and that may be a part of the password.
            throw BatchException.unreachable(
                    "cannot connect to Kafka at %s: %s; check --bootstrap-servers and --command-config"
                            .formatted(
                                    bootstrapServers,
                                    message.contains("JAAS") ? "sasl.jaas.config is not well formed" : message),
                    e);
        }
    }

    Admin admin() {
        return admin;
    }

    /** The principal that this client authenticates as. */
    KafkaPrincipal identity() {
        return identity;
    }

    <T> T get(KafkaFuture<T> future, String what, Right needed) {
        try {
            return future.get(TIMEOUT_MS + 2_000L, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while waiting for Kafka to " + what, e);
        } catch (TimeoutException e) {
            throw noAnswer(what, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof org.apache.kafka.common.errors.TimeoutException
                    || cause instanceof org.apache.kafka.common.errors.DisconnectException) {
                throw noAnswer(what, cause);
            }
            if (cause instanceof AuthorizationException) {
                throw BatchException.refused(needed.refusedTo(identity), cause);
            }
            if (cause instanceof AuthenticationException refusal) {
                throw KafkaRights.notLetIn(bootstrapServers, refusal);
            }
            // Some of Kafka's exceptions have no message.
            String said = cause.getMessage() == null || cause.getMessage().isBlank()
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage();
            throw BatchException.failed("Kafka could not %s: %s".formatted(what, said), cause);
        }
    }

    private BatchException noAnswer(String what, Throwable cause) {
        return BatchException.unreachable(
                "Kafka at %s does not answer (to %s); check --bootstrap-servers, or start it (scripts/stack up)"
                        .formatted(bootstrapServers, what),
                cause);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
