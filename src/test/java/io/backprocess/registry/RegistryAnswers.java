package io.backprocess.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An HTTP server whose answers a test sets: what no real registry does when it is told to. */
final class RegistryAnswers implements AutoCloseable {
    /** What is sent for one path. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    static {
        // It sends head and body one by one, and the second would wait 40 ms for the client to acknowledge the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    RegistryAnswers() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private RegistryAnswers(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            asked.add(path);
            try (exchange) {
                answers.getOrDefault(path, json(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}"))
                        .to(exchange);
            }
        });
        server.start();
    }

    /** Returns a server that asks each client for a certificate. */
    static RegistryAnswers encrypted(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setNeedClientAuth(true);
                parameters.setSSLParameters(ssl);
            }
        });
        return new RegistryAnswers(server);
    }

    /** @param path with the query */
    void on(String path, Answer answer) {
        answers.put(path, answer);
    }

    static Answer json(int status, String body) {
        return text(status, "application/json", body);
    }

    static Answer text(int status, String type, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        };
    }

    /** The paths that were asked, in order. */
    List<String> asked() {
        return asked;
    }

    String url() {
        return "%s://127.0.0.1:%d"
                .formatted(
                        server instanceof HttpsServer ? "https" : "http",
                        server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
