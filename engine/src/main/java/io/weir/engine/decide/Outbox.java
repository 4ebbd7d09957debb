package io.weir.engine.decide;

import io.weir.engine.Decision;
import io.weir.engine.Request;

/** Where a visit's consequences go. */
public interface Outbox {
    /** The answer to the visit's request. */
    void decision(Decision decision);

    /** The next subject to visit. */
    void visit(Visit visit);

    /** A subject is blocked. */
    void block(Block block);

    /** A block has ended: its entry can leave the block list. */
    void lift(Block block);

    /** Usage of a quota key's window. */
    void usage(UsageReport report);

    /** A request that could not be counted and why; its decision goes out too. */
    void rejected(Request request, String reason);
}
