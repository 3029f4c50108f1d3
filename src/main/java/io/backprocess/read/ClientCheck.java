package io.backprocess.read;

import java.io.Serializable;

/** Whether Kafka's clients find in this process what their properties refer to. */
@FunctionalInterface
public interface ClientCheck extends Serializable {
    /** @throws org.apache.flink.runtime.execution.SuppressRestartsException when they do not */
    void check();
}
