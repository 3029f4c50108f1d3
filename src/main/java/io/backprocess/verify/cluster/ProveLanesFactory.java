package io.backprocess.verify.cluster;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Premises;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.jspecify.annotations.Nullable;

/** Creates a {@link ProveLanes} in every subtask. */
final class ProveLanesFactory extends AbstractStreamOperatorFactory<byte[]>
        implements CoordinatedOperatorFactory<byte[]>, OneInputStreamOperatorFactory<Integer, byte[]> {
    private static final long serialVersionUID = 1;

    private final Premises premises;
    private final KafkaClients kafka;
    private final @Nullable MemorySize memory;

    /** @param memory the heap for the eventIds of each subtask; null for its share of the TaskManager's */
    ProveLanesFactory(Premises premises, KafkaClients kafka, @Nullable MemorySize memory) {
        this.premises = premises;
        this.kafka = kafka;
        this.memory = memory;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink declares it this way
    public <T extends StreamOperator<byte[]>> T createStreamOperator(StreamOperatorParameters<byte[]> parameters) {
        return (T) new ProveLanes(parameters, premises, kafka, memory);
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new ReportsCoordinator.Provider(operatorId);
    }

    @Override
    @SuppressWarnings("rawtypes") // Flink declares it this way
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return ProveLanes.class;
    }
}
