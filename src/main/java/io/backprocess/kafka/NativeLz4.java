package io.backprocess.kafka;

import net.jpountz.lz4.LZ4Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka's clients compress and decompress lz4 with the native library. Left alone, lz4-java does so only where the
 * JVM's own class loader has loaded it; in a job's jar it takes its Java code, which is several times as slow.
 */
public final class NativeLz4 {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLz4.class);

    private NativeLz4() {}

    /** To be called before a client's first record. Once it is loaded, lz4-java prefers it by itself. */
    public static void load() {
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            LOG.info("lz4 is compressed in Java, slower: there is no native library for this platform", e);
        }
    }
}
