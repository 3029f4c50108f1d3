/**
 * Writes HTML pages. A report shows one batch from its plan, its ledger and its dead-letter topic. A preview page shows what a
 * preview has found. This package knows the steps and the recount. None of them knows this package.
 */
@NullMarked
package io.backprocess.report;

import org.jspecify.annotations.NullMarked;
