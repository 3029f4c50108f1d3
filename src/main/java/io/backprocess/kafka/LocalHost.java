package io.backprocess.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine that this process runs on. */
public final class LocalHost {
    private LocalHost() {}

    /** Returns the name by which other machines may reach this one; {@code unknown} when it has no name. */
    public static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
