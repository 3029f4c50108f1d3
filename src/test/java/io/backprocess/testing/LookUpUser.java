package io.backprocess.testing;

import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.TransientException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Asks {@link UserService} who did it. */
public final class LookUpUser implements AsyncRevision {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private URI users = URI.create("http://127.0.0.1:1/");

    @Override
    public String name() {
        return "look-up-user";
    }

    @Override
    public ProcessVersion from() {
        return ProcessVersion.of("1");
    }

    @Override
    public ProcessVersion to() {
        return ProcessVersion.of("2");
    }

    @Override
    public Set<String> options() {
        return Set.of("users");
    }

    @Override
    public void configure(Map<String, String> options) {
        users = URI.create(options.getOrDefault("users", users.toString()));
    }

    @Override
    public Duration timeout() {
        return Duration.ofMillis(500);
    }

    @Override
    public int capacity() {
        return 20;
    }

    @Override
    public CompletionStage<JsonValue> ask(Event event) throws RejectedException {
        String user = event.payload().text("userId");
        if (user == null) {
            throw RejectedException.missingContext("userId is missing");
        }
        return http.sendAsync(HttpRequest.newBuilder(users.resolve(user)).build(), BodyHandlers.ofString())
                .handle((response, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(new TransientException("users does not answer", failure));
                    }
                    return answer(response);
                });
    }

    private static JsonValue answer(HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 200 -> JsonValue.parse(response.body());
            case 404 -> throw new CompletionException(RejectedException.missingContext("no such user"));
            default -> throw new CompletionException(new TransientException("users says " + response.statusCode()));
        };
    }

    @Override
    public void revise(Event event, JsonValue answer, Results results) throws RejectedException {
        results.emit(event.edit().set("user", answer));
    }
}
