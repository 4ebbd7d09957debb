/** What was measured, where and how, for people (Markdown) and programs (JSON). */
@NullMarked
package io.weir.benchmarks.report;

import org.jspecify.annotations.NullMarked;
