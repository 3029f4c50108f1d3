package io.backprocess.registry;

import io.backprocess.batch.Format;
import io.backprocess.format.SchemaText;

/** A schema as the registry has it and as a batch stores it. */
public record StoredSchema(Format type, SchemaText text) {}
