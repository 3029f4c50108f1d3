package io.backprocess.read;

import io.backprocess.registry.SchemaGate;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/** A reader whose polled records wait at a gate. It stops the batch for good when the gate does not let it go on. */
final class GatedReader<T, S extends SourceSplit> extends ForwardingReader<T, S> {
    private final SchemaGate gate;

    GatedReader(SourceReader<T, S> reader, SchemaGate gate) {
        super(reader);
        this.gate = gate;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        gate.check();
        return super.pollNext(output);
    }

    @Override
    public void close() throws Exception {
        gate.close();
        super.close();
    }
}
