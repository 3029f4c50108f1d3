package io.backprocess.tools.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void choosesAPortThatIsFree() throws Exception {
        try (ServerSocket taken = listen()) {
            Ports ports = new Ports();

            int first = ports.reserveFrom(taken.getLocalPort());
            int second = ports.reserveFrom(taken.getLocalPort());

            assertThat(Ports.answers(taken.getLocalPort())).isTrue();
            assertThat(first).isGreaterThan(taken.getLocalPort());
            assertThat(second).isGreaterThan(first);
        }
    }

    /** Kafka's own classes read the request. */
    @Test
    void asksABrokerForItsVersions() throws Exception {
        try (ServerSocket broker = listen()) {
            CompletableFuture<RequestHeader> asked = CompletableFuture.supplyAsync(() -> answer(broker, true));

            assertThat(Ports.brokerAnswers(broker.getLocalPort())).isTrue();
            assertThat(asked.join().apiKey()).isEqualTo(ApiKeys.API_VERSIONS);
            assertThat(asked.join().apiVersion()).isZero();
        }
    }

    @Test
    void knowsAPortWithoutABroker() throws Exception {
        try (ServerSocket broker = listen()) {
            CompletableFuture<RequestHeader> asked = CompletableFuture.supplyAsync(() -> answer(broker, false));
            assertThat(Ports.brokerAnswers(broker.getLocalPort())).isFalse();
            asked.join();
        }
        int closed;
        try (ServerSocket server = listen()) {
            closed = server.getLocalPort();
        }
        assertThat(Ports.brokerAnswers(closed)).isFalse();
        assertThat(Ports.answers(closed)).isFalse();
    }

    private static RequestHeader answer(ServerSocket broker, boolean rightly) {
        try (Socket client = broker.accept()) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            ByteBuffer request = ByteBuffer.wrap(in.readNBytes(in.readInt()));
            RequestHeader header = RequestHeader.parse(request);
            new ApiVersionsRequestData(new ByteBufferAccessor(request), header.apiVersion());
            if (rightly) {
                ByteBuffer answer = ByteBuffer.allocate(3 * Integer.BYTES + Short.BYTES);
                answer.putInt(answer.capacity() - Integer.BYTES).putInt(header.correlationId());
                // In one write: the client may close as soon as it has read the correlation id.
                client.getOutputStream().write(answer.array());
            }
            return header;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }
}
