package io.weir.app.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time, as the test says. */
final class TestClock implements InstantSource {
    private volatile Instant now;

    TestClock(String start) {
        this.now = Instant.parse(start);
    }

    @Override
    public Instant instant() {
        return now;
    }

    void set(String time) {
        now = Instant.parse(time);
    }

    synchronized void advance(Duration time) {
        now = now.plus(time);
    }
}
