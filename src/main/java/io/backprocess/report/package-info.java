/**
 * Pages for people who were not there: one batch, as its plan, its ledger and its dead-letter topic tell of it, or what a preview
 * has found. It knows the steps and the recount; none of them knows it.
 */
@NullMarked
package io.backprocess.report;

import org.jspecify.annotations.NullMarked;
