package io.weir.benchmarks.capacity;

import io.weir.benchmarks.Settings;

/**
 * What is assumed and not measured, and what machines there are.
 *
 * @param batch events per record
 * @param replicas of each topic
 * @param standbys warm copies of state
 * @param use up to which a core, a network or a disk is used, 0 to 1
 * @param follower what a replica costs the broker that follows, of what it costs the one that leads
 * @param readers how often each decision is read
 * @param hours how long requests and decisions are kept
 * @param subjects that are known at a time
 * @param heap of an enforcer, bytes
 * @param cores of a broker's machine
 * @param network of a broker's machine, bytes per second in each direction
 * @param disk of a broker's machine, bytes written per second
 * @param room of a broker's machine on disk, bytes
 */
record Rules(
        double batch,
        int replicas,
        int standbys,
        double use,
        double follower,
        double readers,
        double hours,
        double subjects,
        double heap,
        int cores,
        double network,
        double disk,
        double room) {

    static Rules of(Settings settings) {
        return new Rules(
                settings.take("batch", 64.0),
                settings.take("replicas", 3),
                settings.take("standbys", 1),
                settings.take("use", 0.6),
                settings.take("follower", 0.5),
                settings.take("readers", 1.0),
                settings.take("hours", 1.0),
                settings.take("subjects", 100e6),
                settings.take("heap.gb", 8.0) * 1e9,
                settings.take("machine.cores", 8),
                settings.take("machine.gbit", 10.0) * 1e9 / 8,
                settings.take("machine.disk.mb", 500.0) * 1e6,
                settings.take("machine.disk.tb", 2.0) * 1e12);
    }
}
