package io.backprocess.verify;

import org.apache.kafka.common.TopicPartition;

/** The offsets of one partition that are to be read, from {@code from} (inclusive) to {@code to} (exclusive). */
public record Stretch(TopicPartition partition, long from, long to) {}
