package io.backprocess.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A real HTTP server that knows users: after a moment that differs from user to user, or as the test has it. */
public final class UserService implements AutoCloseable {
    /** Whose requests have no answer. */
    public static final String HANGS = "user-hangs";
    /** Whose requests are always answered with an error. */
    public static final String FAILS = "user-fails";
    /** A user that the service does not know. */
    public static final String UNKNOWN = "user-unknown";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** Down from the n-th request on. */
    public volatile int downFrom = Integer.MAX_VALUE;

    public final AtomicInteger requests = new AtomicInteger();

    public UserService() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:%d/".formatted(server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String user = exchange.getRequestURI().getPath().substring(1);
        boolean down = requests.incrementAndGet() >= downFrom;
        if (user.equals(HANGS)) {
            return;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.abs(user.hashCode() % 20)));
        int status = user.equals(UNKNOWN) ? 404 : down || user.equals(FAILS) ? 503 : 200;
        byte[] body =
                "{\"name\": \"%s\"}".formatted(user.toUpperCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
