package io.backprocess.kafka;

import net.jpountz.lz4.LZ4Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka's clients compress and decompress lz4 with the native library. By default lz4-java uses that library only when
 * the JVM's own class loader has loaded it. In a job's jar it uses its Java code, which is several times slower.
 */
public final class NativeLz4 {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLz4.class);

    private NativeLz4() {}

    /** Loads the library. Call this before a client's first record; lz4-java then prefers the library by itself. */
    public static void load() {
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            LOG.info("lz4 is compressed in Java, which is slower: there is no native library for this platform", e);
        }
    }
}
