package io.weir.benchmarks.load;

import java.util.SplittableRandom;

/** Draws numbers of which the k-th comes with a frequency of 1/k. Any thread. */
public final class Zipf {
    private final double log;

    /** @param numbers how many there are, from 0 */
    public Zipf(int numbers) {
        this.log = Math.log(numbers);
    }

    public int next(SplittableRandom random) {
        return (int) Math.exp(random.nextDouble() * log) - 1;
    }
}
