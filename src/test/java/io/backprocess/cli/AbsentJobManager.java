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

/**
 * A cluster's REST interface whose JobManager goes away with the first request to stop a job and is back for the second one. What
 * is asked in between is answered 503.
 */
final class AbsentJobManager implements AutoCloseable {
    private static final int UNAVAILABLE = 503;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI flink;
    private final HttpServer rest;
    private int stops;

    AbsentJobManager(URI flink) throws IOException {
        this.flink = flink;
        rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.createContext("/", this::answer);
        rest.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + rest.getAddress().getPort());
    }

    int stops() {
        return stops;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().endsWith("/stop")) {
                stops++;
            }
            if (stops == 1) {
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
