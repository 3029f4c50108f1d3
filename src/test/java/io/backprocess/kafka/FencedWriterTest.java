package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class FencedWriterTest {
    /** Seen of two runs of one id at once: the first one's commit comes while Kafka ends its transaction for the second. */
    @Test
    void isOvertakenInWhicheverWordsKafkaSaysSo() {
        assertThat(FencedWriter.isOvertaken(new KafkaException(new InvalidTxnStateException("an invalid state"))))
                .isTrue();
        assertThat(FencedWriter.isOvertaken(new ExecutionException(new ProducerFencedException("fenced"))))
                .isTrue();
        assertThat(FencedWriter.isOvertaken(new InvalidProducerEpochException("old")))
                .isTrue();
        assertThat(FencedWriter.isOvertaken(new ExecutionException(new TimeoutException("no answer"))))
                .isFalse();
    }
}
