/** What a batch shows to Prometheus while it runs. It knows the ledger; no step knows it. */
@NullMarked
package io.backprocess.metrics;

import org.jspecify.annotations.NullMarked;
