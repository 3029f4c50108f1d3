package io.backprocess.dedupe;

import org.apache.flink.configuration.MemorySize;

/** The same where memory has no room for a single eventId. */
class DropDuplicatesOnDiskTest extends DropDuplicatesTest {
    @Override
    MemorySize memory() {
        return MemorySize.ZERO;
    }
}
