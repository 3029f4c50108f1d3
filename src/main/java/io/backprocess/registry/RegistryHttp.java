package io.backprocess.registry;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.backprocess.json.ForeignJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends the requests of a registry's client, and sorts what comes back. */
final class RegistryHttp {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int LONGEST_MESSAGE = 1000;
    /** The answers by which registries refuse a schema: a broken rule, a conflict, or text that is not a schema. */
    private static final Set<Integer> REFUSALS = Set.of(400, 409, 422);
    /** Jackson's own bound of 20 million characters is below that of a schema. */
    private static final ObjectMapper JSON = new ObjectMapper(ForeignJson.factory()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Budget.MAX_BYTES)
                    .build())
            .build());

    private final String url;
    private final HttpClient http;
    private final @Nullable String authorization;
    private final Duration patience;

    RegistryHttp(String url, RegistryCredentials credentials, Duration patience) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.authorization = credentials.authorization();
        this.patience = patience;
        this.http = credentials
                .encrypt(HttpClient.newBuilder())
                .connectTimeout(CONNECT_TIMEOUT)
                // Without this, Java asks for HTTP/2 by a header that some proxies reject.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** How an API says that it has no such thing. */
    interface NotFound {
        /** Tells whether a 404 with this JSON says it. Proxies answer 404 too, and registries where a path is wrong. */
        boolean isSaidBy(JsonNode body);
    }

    /**
     * Returns the answer to a GET, which is 200.
     *
     * @throws RegistryException unknown, when the registry says so; down, when anything else comes back; bad, when the answer
     *     exceeds the budget
     */
    HttpResponse<byte[]> get(String path, NotFound notFound, Budget budget) throws RegistryException {
        return answer(HttpRequest.newBuilder(URI.create(url + path)), notFound, budget);
    }

    /**
     * Returns the answer to a POST, which is 200.
     *
     * @throws RegistryException under the conditions of {@link #get}; bad, also when the registry refuses what is sent, in its words
     */
    HttpResponse<byte[]> post(String path, String contentType, String body, NotFound notFound, Budget budget)
            throws RegistryException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return answer(request, notFound, budget);
    }

    private HttpResponse<byte[]> answer(HttpRequest.Builder builder, NotFound notFound, Budget budget)
            throws RegistryException {
        if (authorization != null) {
            builder.header("Authorization", authorization);
        }
        HttpRequest request = builder.timeout(patience).build();
        HttpResponse<byte[]> response = send(request, budget);
        budget.read(response.body().length);
        if (response.statusCode() == OK) {
            return response;
        }
        if (request.method().equals("POST") && REFUSALS.contains(response.statusCode())) {
            JsonNode said = parse(response.body());
            String message = said.path("message").asText(said.path("title").asText("the registry refuses it"));
            throw RegistryException.bad(message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)));
        }
        throw refusal(response, shown(request), notFound);
    }

    /** @throws RegistryException down, when the body is no JSON */
    JsonNode json(HttpResponse<byte[]> response) throws RegistryException {
        JsonNode body = parse(response.body());
        if (body.isMissingNode()) {
            throw RegistryException.down(
                    "%s answers with something that is not JSON; check --registry and what stands before the registry"
                            .formatted(shown(response.request())));
        }
        return body;
    }

    RegistryException notOfARegistry(HttpResponse<byte[]> response) {
        return RegistryException.down("%s answers with JSON that no schema registry writes; check --registry"
                .formatted(shown(response.request())));
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private HttpResponse<byte[]> send(HttpRequest request, Budget budget) throws RegistryException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, head -> new BoundedBody(budget.bytesLeft()));
        try {
            // The request's own timeout ends with the head of the answer, and a body may drip.
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw RegistryException.down(
                    "%s does not answer within %d s".formatted(shown(request), patience.toSeconds()), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw RegistryException.down("interrupted while waiting for " + shown(request), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof BoundedBody.TooLongException) {
                throw Budget.tooLarge();
            }
            throw RegistryException.down("%s: %s".formatted(shown(request), inWords(cause)), cause);
        }
    }

    private String inWords(Throwable failure) {
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection within %d s".formatted(CONNECT_TIMEOUT.toSeconds());
        }
        if (failure instanceof HttpTimeoutException) {
            return "no answer within %d s".formatted(patience.toSeconds());
        }
        if (failure instanceof ConnectException) {
            return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                            .anyMatch(UnresolvedAddressException.class::isInstance)
                    ? "the host is not known"
                    : "the connection is refused";
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return failure instanceof SSLException ? "TLS fails: " + message : message;
    }

    private static RegistryException refusal(HttpResponse<byte[]> response, String request, NotFound notFound) {
        int status = response.statusCode();
        if (status == NOT_FOUND) {
            return notFound.isSaidBy(parse(response.body()))
                    ? RegistryException.unknown("%s answers 404: the registry does not have it".formatted(request))
                    : RegistryException.down(
                            ("%s answers 404, but not as a schema registry does; check --registry (Apicurio has the API of"
                                            + " Confluent at …/apis/ccompat/v7 and its own at …/apis/registry/v3) and what"
                                            + " stands before the registry")
                                    .formatted(request));
        }
        String what =
                switch (status / 100) {
                    case 3 ->
                        "a redirect to %s, which is not followed; name that registry with --registry"
                                .formatted(location(response));
                    case 4 ->
                        status == 401 || status == 403
                                ? "check schema.registry.basic.auth.user.info or schema.registry.bearer.auth.token in the file of --command-config"
                                : "the registry refuses the request";
                    default -> "the registry or what stands before it fails";
                };
        return RegistryException.down("%s answers %d: %s".formatted(request, status, what));
    }

    /** The target without a query, which may be a token. */
    private static String location(HttpResponse<byte[]> response) {
        return response.headers()
                .firstValue("Location")
                .map(location -> location.replaceFirst("[?#].*", "").replaceFirst("//[^/@]*@", "//"))
                .orElse("nowhere");
    }

    private static String shown(HttpRequest request) {
        return request.method() + " " + request.uri();
    }
}
