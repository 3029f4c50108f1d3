package io.backprocess.testing;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import java.util.List;
import java.util.TreeMap;

/** Makes specifications of batches that tests plan without the command line. */
public final class Specs {
    private Specs() {}

    /** Reads the whole topic with purchase-split, and names the origin in the results' headers. */
    public static BatchSpec whole(String batch, String topic) {
        return new BatchSpec(
                batch,
                new BatchSpec.Range(topic, BatchSpec.EARLIEST, BatchSpec.LATEST),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
    }
}
