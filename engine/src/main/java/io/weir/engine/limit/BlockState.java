package io.weir.engine.limit;

/**
 * One block of one subject: denied in {@code [from, until)} of event time, in ms.
 *
 * @param level how many blocks came before it without being forgotten
 * @param liftAt when its entry is to be taken off the block list, on the storing clock, in ms; 0 once that is done
 */
public record BlockState(long from, long until, int level, long liftAt) {
    public boolean covers(long time) {
        return from <= time && time < until;
    }

    public BlockState lifted() {
        return new BlockState(from, until, level, 0);
    }
}
