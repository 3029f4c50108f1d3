package io.backprocess.batch;

import java.io.Serializable;

/**
 * The source of the context for old events without an envelope.
 *
 * @param topic a changelog topic: its keys are the subjects, and its timestamps say since when a value is valid
 * @param key the member of an event that names its subject
 */
public record ContextSpec(String topic, String key) implements Serializable {}
