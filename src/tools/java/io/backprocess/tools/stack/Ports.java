package io.backprocess.tools.stack;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/** The ports of 127.0.0.1. */
final class Ports {
    private static final int CONNECT_MILLIS = 2000;
    private static final int ANSWER_MILLIS = 5000;

    private final Set<Integer> reserved = new HashSet<>();

    /** Tells whether a process listens on the port. */
    static boolean answers(int port) {
        try (Socket socket = connect(port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Tells whether a Kafka broker answers there. The request is ApiVersions, the one that any broker answers to any client
     * before all others. It is written here because Kafka's own client takes longer to load than a broker takes to answer.
     */
    static boolean brokerAnswers(int port) {
        short apiVersions = 18;
        int correlationId = 1;
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            DataOutputStream request = new DataOutputStream(socket.getOutputStream());
            request.writeInt(Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES);
            request.writeShort(apiVersions);
            request.writeShort(0); // the version of the request
            request.writeInt(correlationId);
            request.writeShort(-1); // no client id
            request.flush();
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            return answer.readInt() > Integer.BYTES && answer.readInt() == correlationId;
        } catch (IOException e) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), CONNECT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void reserve(int port) {
        reserved.add(port);
    }

    /** Reserves the first port at or after this one that no process listens on and that is not reserved. */
    int reserveFrom(int from) {
        int port = from;
        while (reserved.contains(port) || answers(port)) {
            port++;
        }
        reserved.add(port);
        return port;
    }
}
