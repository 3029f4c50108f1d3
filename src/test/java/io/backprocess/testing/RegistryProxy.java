package io.backprocess.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.backprocess.json.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A way to a real schema registry that can be closed, that knows what was asked, and on which single answers can be exchanged. */
public final class RegistryProxy implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String target;
    private final Map<String, String> exchanged = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private volatile int status;
    private volatile @Nullable String user;

    /** @param target the URL of the registry's API */
    public RegistryProxy(String target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers every request with this status from now on; 0 opens the way again. */
    public void answersOnly(int code) {
        status = code;
    }

    /** Answers with 401 to every request that does not come from this user. */
    public void letsIn(String userAndPassword) {
        user = "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers the request for an Avro schema with another text than the registry has. */
    public void exchange(int id, String schema) {
        exchange(id, "AVRO", schema);
    }

    /** Answers the request for a schema with another type and text than the registry has. */
    public void exchange(int id, String type, String schema) {
        exchanged.put(
                "/schemas/ids/" + id,
                "{\"schemaType\":\"%s\",\"schema\":%s}"
                        .formatted(type, new String(JsonText.quote(schema), StandardCharsets.UTF_8)));
    }

    /** Adds a version to the ones that a subject has in the registry. The versions before it must be all that there are. */
    public void addVersion(String subject, int version, int id, String schema) {
        String path = "/subjects/" + subject + "/versions";
        exchanged.put(path, IntStream.rangeClosed(1, version).boxed().toList().toString());
        exchanged.put(
                path + "/" + version,
                "{\"subject\":\"%s\",\"version\":%d,\"id\":%d,\"schema\":%s}"
                        .formatted(subject, version, id, new String(JsonText.quote(schema), StandardCharsets.UTF_8)));
    }

    /** Returns the number of requests so far. */
    public int requests() {
        return asked.size();
    }

    /** Returns the requests so far, such as {@code GET /schemas/ids/7}, in order and without their queries. */
    public List<String> asked() {
        return asked;
    }

    /** Does something once, before the next request like this one, such as {@code GET /schemas/ids/7}, is answered. */
    public void before(String request, Runnable action) {
        before.put(request, action);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asks =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        asked.add(asks);
        Runnable action = before.remove(asks);
        if (action != null) {
            action.run();
        }
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            String from = exchange.getRequestHeaders().getFirst("Authorization");
            if (user != null && !user.equals(from)) {
                send(exchange, 401, "{\"error_code\":40101,\"message\":\"who is it\"}");
                return;
            }
            if (status != 0) {
                send(exchange, status, "{\"error_code\":50001,\"message\":\"no answer\"}");
                return;
            }
            String other = exchanged.get(exchange.getRequestURI().getPath());
            if (other != null) {
                send(exchange, 200, other);
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + path))
                    .method(
                            exchange.getRequestMethod(),
                            BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            if (type != null) {
                request.header("Content-Type", type);
            }
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            send(exchange, answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int code, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
