package io.backprocess.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine that this process runs on. */
public final class LocalHost {
    private LocalHost() {}

    /** As other machines may call it; {@code unknown} where it has no name. */
    public static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
