package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class FlinkRestTest {
    private HttpServer server;
    private FlinkRest flink;

    @BeforeEach
    void begin() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/overview", exchange -> answer(exchange, 200, "{\"taskmanagers\":3,\"slots-total\":6}"));
        server.createContext("/leaderless", exchange -> answer(exchange, 503, "{\"errors\":[]}"));
        server.createContext(
                "/echo",
                exchange -> answer(
                        exchange,
                        202,
                        exchange.getRequestMethod() + " "
                                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        server.start();
        flink = new FlinkRest(server.getAddress().getPort());
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    @Test
    void readsNumbersOfTheOverview() {
        assertThat(flink.overview("slots-total")).isEqualTo(6);
        assertThat(flink.overview("taskmanagers")).isEqualTo(3);
        assertThat(flink.overview("jobs-running")).isZero();
    }

    @Test
    void tellsAnErrorFromAnAnswer() {
        assertThat(flink.get("/leaderless")).isEmpty();
        assertThat(flink.status("/leaderless")).isEqualTo(503);
        assertThat(flink.status("/overview")).isEqualTo(200);
    }

    @Test
    void postsJson() {
        assertThat(flink.post("/echo", "{\"a\":1}")).hasValue("POST {\"a\":1}");
    }

    @Test
    void takesSilenceForNoAnswer() {
        server.stop(0);

        assertThat(flink.get("/overview")).isEmpty();
        assertThat(flink.status("/overview")).isZero();
        assertThat(flink.overview("slots-total")).isZero();
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
