/**
 * Step 6: takes results from {@code revise}, writes them to a table of a database too, and hands them on to {@code ledger}; what the
 * database refuses is a dead letter. Only batches with {@code --upsert-jdbc} have this step.
 */
@NullMarked
package io.backprocess.upsert;

import org.jspecify.annotations.NullMarked;
