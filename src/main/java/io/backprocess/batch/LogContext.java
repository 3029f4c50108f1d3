package io.backprocess.batch;

import org.slf4j.MDC;

/** Sets the fields that say which batch a log line is about. The layout in {@code flink-conf/log4j.properties} writes them. */
public final class LogContext {
    public static final String CORRELATION_ID = "CorrelationId";

    private LogContext() {}

    /** Marks the lines that this thread logs with the batch id, until the returned object is closed. */
    public static MDC.MDCCloseable batch(String batchId) {
        return MDC.putCloseable(CORRELATION_ID, batchId);
    }
}
