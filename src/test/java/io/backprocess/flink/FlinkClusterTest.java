package io.backprocess.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.plan.BarePlans;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlinkClusterTest {
    private final Set<InetSocketAddress> callers = new HashSet<>();
    private HttpServer rest;
    private FlinkCluster flink;

    @BeforeEach
    void startServer() throws IOException {
        rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.start();
        flink = new FlinkCluster("127.0.0.1", rest.getAddress().getPort());
    }

    @AfterEach
    void stopServer() {
        rest.stop(0);
    }

    @Test
    void asksOverOneConnection() {
        answer("/overview", 200, "{\"slots-available\":3,\"slots-total\":4}");

        assertThat(List.of(flink.freeSlots(), flink.slots(), flink.freeSlots())).containsExactly(3, 4, 3);
        assertThat(callers).hasSize(1);
    }

    @Test
    void prefersALiveJobToAYoungerOneThatHasEnded() {
        answer("/jobs/overview", 200, """
                {"jobs":[
                 {"jid":"old","name":"backprocess b: a → b","state":"FINISHED","start-time":1},
                 {"jid":"live","name":"backprocess b: a → b","state":"RESTARTING","start-time":2},
                 {"jid":"young","name":"backprocess b: a → b","state":"FAILED","start-time":3},
                 {"jid":"other","name":"backprocess b2: a → b","state":"RUNNING","start-time":4}]}
                """);

        assertThat(flink.job(BarePlans.plan("b", 9)).orElseThrow().id()).isEqualTo("live");
        assertThat(flink.job(BarePlans.plan("b1", 9))).isEmpty();
    }

    @Test
    void doesNotTakeAJobOfAnotherPlanForTheBatchs() {
        BatchPlan plan = BarePlans.plan("b", 9);
        answer("/jobs/overview", 200, """
                {"jobs":[
                 {"jid":"own","name":"backprocess b: a → b","state":"FAILED","start-time":1},
                 {"jid":"proof","name":"backprocess-verify b","state":"RUNNING","start-time":2},
                 {"jid":"foreign","name":"backprocess b: a → b","state":"RUNNING","start-time":3},
                 {"jid":"anything","name":"backprocess b: sales","state":"RUNNING","start-time":4}]}
                """);
        answer("/jobs/own/config", 200, shown("\"plan-hash\":\"%s\"".formatted(plan.hash())));
        answer("/jobs/foreign/config", 200, shown("\"plan-hash\":\"0123\""));
        answer("/jobs/anything/config", 200, shown(""));

        assertThat(flink.job(plan).orElseThrow().id()).isEqualTo("own");
    }

    private static String shown(String entries) {
        return "{\"execution-config\":{\"user-config\":{%s}}}".formatted(entries);
    }

    @Test
    void tellsAJobThatWasStoppedFromOneThatReachedItsEnd() {
        answer(
                "/jobs/stopped/checkpoints",
                200,
                "{\"latest\":{\"savepoint\":{\"checkpoint_type\":\"SYNC_SAVEPOINT\"}}}");
        answer("/jobs/ended/checkpoints", 200, "{\"latest\":{\"savepoint\":null}}");
        answer("/jobs/forgotten/checkpoints", 404, "{}");

        assertThat(flink.isStopped(finished("stopped"))).isTrue();
        assertThat(flink.isStopped(finished("ended"))).isFalse();
        assertThat(flink.isStopped(finished("forgotten"))).isFalse();
    }

    @Test
    void saysThatAJobManagerHasNoLeader() {
        answer("/overview", 503, "{}");

        assertThat(flink.isLeaderless()).isTrue();
        assertThatThrownBy(() -> flink.slots())
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("has no leader");
    }

    @Test
    void saysThatTheServerIsNotFlink() {
        answer("/overview", 200, "<html>");

        assertThatThrownBy(() -> flink.slots())
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("is not Flink; check --flink");
    }

    private static FlinkCluster.Job finished(String id) {
        return new FlinkCluster.Job(id, "backprocess b: a → b", "FINISHED", 0);
    }

    private void answer(String path, int status, String json) {
        rest.createContext(path, exchange -> {
            callers.add(exchange.getRemoteAddress());
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
