/**
 * One batch as one page: what its plan, its ledger and its dead-letter topic say, for people who were not there. It knows
 * the steps and the recount; none of them knows it.
 */
@NullMarked
package io.backprocess.report;

import org.jspecify.annotations.NullMarked;
