package io.backprocess.testing;

import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * The next operators of a chain, of which one fails: the broker is gone, the disk is full. It fails every other time, so that
 * an operator which catches that and goes on with a dead letter gets away with it, and is found out.
 */
public final class BrokenOutput<T> implements Output<StreamRecord<T>> {

    /** No operator may take this for the fault of a record. */
    public static final class BrokenSinkException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private int calls;

    @Override
    public void collect(StreamRecord<T> element) {
        fail();
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
        fail();
    }

    private void fail() {
        if (calls++ % 2 == 0) {
            throw new BrokenSinkException();
        }
    }

    @Override
    public void emitWatermark(Watermark mark) {}

    @Override
    public void emitWatermark(WatermarkEvent mark) {}

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void close() {}
}
