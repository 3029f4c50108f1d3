package io.backprocess.flink;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.backprocess.batch.BatchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ClusterSchedulerTest {
    @Test
    void refusesTheOneThatMakesNoCheckpoints() throws IOException {
        assertThatThrownBy(() -> check("[{\"key\":\"jobmanager.scheduler\",\"value\":\"AdaptiveBatch\"}]"))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("jobmanager.scheduler: AdaptiveBatch, which makes no checkpoints");
    }

    @Test
    void takesTheOthers() {
        assertThatCode(() -> check("[{\"key\":\"jobmanager.scheduler\",\"value\":\"Adaptive\"}]"))
                .doesNotThrowAnyException();
        assertThatCode(() -> check("[]")).doesNotThrowAnyException();
    }

    private static void check(String config) throws IOException {
        HttpServer rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.createContext("/jobmanager/config", exchange -> {
            byte[] body = config.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        rest.start();
        try {
            ClusterScheduler.check(
                    new FlinkCluster("127.0.0.1", rest.getAddress().getPort()));
        } finally {
            rest.stop(0);
        }
    }
}
