/** Shows the metrics of a running batch to Prometheus. It depends on the ledger, and no step depends on it. */
@NullMarked
package io.backprocess.metrics;

import org.jspecify.annotations.NullMarked;
