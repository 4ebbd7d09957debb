package io.weir.edge;

import io.weir.edge.local.LocalCheck;
import java.util.function.DoubleSupplier;

/** What there is to measure of an edge. */
record EdgeFigures(
        LocalCheck local,
        Lessons lessons,
        Feed feed,
        TopicReader follower,
        TopicReader replies,
        CheckCounts checks,
        Unanswered unanswered,
        DoubleSupplier fill) {}
