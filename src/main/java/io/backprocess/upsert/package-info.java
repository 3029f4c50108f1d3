/**
 * Step 6: takes results from {@code revise}, also writes them to a table of a database, and hands them on to {@code ledger}.
 * What the database refuses is a dead letter. Only batches with {@code --upsert-jdbc} have this step.
 */
@NullMarked
package io.backprocess.upsert;

import org.jspecify.annotations.NullMarked;
