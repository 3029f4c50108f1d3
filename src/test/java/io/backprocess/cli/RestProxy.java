package io.backprocess.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Predicate;

/** A cluster's REST interface that passes requests on, and answers 503 to some of them as a JobManager that is away. */
final class RestProxy implements AutoCloseable {
    private static final int UNAVAILABLE = 503;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI flink;
    private final Predicate<String> refusal;
    private final HttpServer rest;

    /** @param refusal asked once for each request, with its path */
    RestProxy(URI flink, Predicate<String> refusal) throws IOException {
        this.flink = flink;
        this.refusal = refusal;
        rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.createContext("/", this::answer);
        rest.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + rest.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (refusal.test(exchange.getRequestURI().getPath())) {
                exchange.sendResponseHeaders(UNAVAILABLE, -1);
                return;
            }
            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(flink.resolve(exchange.getRequestURI()))
                            .header("Content-Type", "application/json")
                            .method(
                                    exchange.getRequestMethod(),
                                    HttpRequest.BodyPublishers.ofByteArray(
                                            exchange.getRequestBody().readAllBytes()))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(response.statusCode(), response.body().length);
            exchange.getResponseBody().write(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        rest.stop(0);
    }
}
