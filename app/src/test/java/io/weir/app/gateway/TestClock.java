package io.weir.app.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time, as the test says. */
public final class TestClock implements InstantSource {
    private volatile Instant now;

    public TestClock(String start) {
        this.now = Instant.parse(start);
    }

    @Override
    public Instant instant() {
        return now;
    }

    public void set(String time) {
        now = Instant.parse(time);
    }

    public synchronized void advance(Duration time) {
        now = now.plus(time);
    }
}
