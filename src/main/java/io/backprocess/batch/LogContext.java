package io.backprocess.batch;

import org.slf4j.MDC;

/** What a log line is about. The layout of {@code flink-conf/log4j.properties} makes fields of it. */
public final class LogContext {
    public static final String CORRELATION_ID = "CorrelationId";

    private LogContext() {}

    /** Lines that this thread logs until it is closed are about this batch. */
    public static MDC.MDCCloseable batch(String batchId) {
        return MDC.putCloseable(CORRELATION_ID, batchId);
    }
}
