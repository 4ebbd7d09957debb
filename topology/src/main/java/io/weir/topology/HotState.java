package io.weir.topology;

/**
 * How much of each task's usage stands on the heap, above RocksDB.
 *
 * @param entries how many entries at most in their stored form, about 250 bytes each; 0 for none, so that
 *     every record writes what it changes
 * @param dirty how many decoded ones may differ from the changelog: what a commit has to write at most
 */
public record HotState(int entries, int dirty) {
    /** Nothing stands on the heap; only public interfaces of Kafka Streams are used. */
    public static final HotState NONE = new HotState(0, 0);

    /** For tests and small heaps. */
    public static final HotState SMALL = new HotState(50_000, 20_000);

    public HotState {
        if (entries < 0 || (entries > 0 && (dirty < 1 || dirty > entries / 2))) {
            throw new IllegalArgumentException("expected 1 to half of the " + entries
                    + " entries on the heap to be allowed to differ from the changelog, but was " + dirty);
        }
    }
}
