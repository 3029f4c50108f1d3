package io.backprocess.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks an integration test that takes too long for every change: {@code mvn verify} leaves it out, {@code scripts/nightly tests}
 * runs it. It is a variation of a test that each build runs, or so slow that another one has to do.
 */
@Tag("nightly")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Nightly {}
