package io.backprocess.tools.stack;

/** The values that a stack keeps in its file {@code stack.env}, in the order of the file's lines. */
public enum Setting {
    KAFKA_PORT("--kafka-port"),
    FLINK_PORT("--flink-port"),
    TASK_MANAGERS("--task-managers"),
    SLOTS("--slots"),
    TM_MEMORY("--tm-memory"),
    HA("--ha"),
    MONITORING("--monitoring"),
    CONTROLLER_PORT(""),
    RPC_PORT(""),
    ZOOKEEPER_PORT(""),
    METRICS_PORT(""),
    PROMETHEUS_PORT(""),
    ALERTMANAGER_PORT("");

    /** The option of {@code up} that sets it; empty if the stack chooses the value itself. */
    final String option;

    Setting(String option) {
        this.option = option;
    }
}
