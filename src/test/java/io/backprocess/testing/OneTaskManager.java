package io.backprocess.testing;

import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;

/** A Flink cluster of one TaskManager in this JVM. */
public final class OneTaskManager {
    private OneTaskManager() {}

    /** Returns the extension that starts the cluster before the tests of a class and stops it after them. */
    public static MiniClusterExtension withSlots(int slots) {
        return new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(slots)
                .build());
    }
}
