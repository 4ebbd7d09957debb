package io.weir.benchmarks.load;

import io.weir.benchmarks.process.Child;
import io.weir.benchmarks.process.Cpu;

/**
 * CPU time by who took it, in microseconds per event.
 *
 * @param client this process: what feeds and reads
 */
public record Costs(double client, double enforcer, double broker) {
    public double all() {
        return client + enforcer + broker;
    }

    /** Counts from now. */
    static Meter meter(Child enforcer, Child broker) {
        return new Meter(enforcer, broker, Cpu.own(), enforcer.cpuMicros(), broker.cpuMicros());
    }

    /** What had been taken when counting began. */
    record Meter(Child enforcer, Child broker, long clientBegan, long enforcerBegan, long brokerBegan) {
        Costs per(long events) {
            return new Costs(
                    (double) (Cpu.own() - clientBegan) / events,
                    (double) (enforcer.cpuMicros() - enforcerBegan) / events,
                    (double) (broker.cpuMicros() - brokerBegan) / events);
        }
    }
}
