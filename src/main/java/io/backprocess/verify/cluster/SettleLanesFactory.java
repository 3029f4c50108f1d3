package io.backprocess.verify.cluster;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Premises;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Creates a {@link SettleLanes} in every subtask. */
final class SettleLanesFactory extends AbstractStreamOperatorFactory<Integer>
        implements CoordinatedOperatorFactory<Integer>, OneInputStreamOperatorFactory<SettleLanes.Input, Integer> {
    private static final long serialVersionUID = 1;

    private final Premises premises;
    private final KafkaClients kafka;

    SettleLanesFactory(Premises premises, KafkaClients kafka) {
        this.premises = premises;
        this.kafka = kafka;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink declares it this way
    public <T extends StreamOperator<Integer>> T createStreamOperator(StreamOperatorParameters<Integer> parameters) {
        return (T) new SettleLanes(parameters, premises, kafka);
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new ReportsCoordinator.Provider(operatorId);
    }

    @Override
    @SuppressWarnings("rawtypes") // Flink declares it this way
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return SettleLanes.class;
    }
}
