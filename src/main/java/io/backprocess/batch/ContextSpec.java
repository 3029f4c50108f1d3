package io.backprocess.batch;

import java.io.Serializable;

/**
 * Where the context of old events without an envelope comes from.
 *
 * @param topic a changelog: its keys are the subjects, its timestamps say since when a value holds
 * @param key the member by which an event says whom it happened to
 */
public record ContextSpec(String topic, String key) implements Serializable {}
