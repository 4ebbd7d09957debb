package io.weir.engine.decide;

import io.weir.engine.LimitUsage;
import io.weir.engine.Request;
import io.weir.engine.limit.Meter;
import io.weir.engine.limit.SubjectUsage;
import io.weir.engine.limit.Windows;
import io.weir.engine.policy.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One visit of a request to one subject: checks the rules counted there, charges them, and finds the binding limit. */
final class Stop {
    private final Request request;
    private final List<Plan.Applicable> rules;
    private final Usages usages;
    private final boolean[] room;
    private final List<String> exhausted;
    private final List<String> wouldExhaust;
    private final List<String> shadowed;
    private final List<Visit.Charge> charges;
    private final List<LimitUsage> limits;
    private @Nullable LimitUsage binding;
    private boolean shadowBinding;
    private long retryAfterMs;

    Stop(Request request, List<Plan.Applicable> rules, Visit.Progress before, Usages usages) {
        this.request = request;
        this.rules = rules;
        this.usages = usages;
        this.room = new boolean[rules.size()];
        this.exhausted = new ArrayList<>(before.exhausted());
        this.wouldExhaust = new ArrayList<>(before.wouldExhaust());
        this.shadowed = new ArrayList<>(before.shadowed());
        this.charges = new ArrayList<>(before.charges());
        this.binding = before.binding();
        this.limits = new ArrayList<>(before.limits());
        this.shadowBinding = before.shadowBinding();
        this.retryAfterMs = before.retryAfterMs();
    }

    /** Says why the request is too old to be counted here, or null when it is not. */
    @Nullable
    String tooOld() {
        for (Plan.Applicable applied : rules) {
            SubjectUsage usage = usages.usage(applied.entryKey());
            for (CompiledLimit limit : applied.limits()) {
                Windows windows = usage.windows(limit.slot());
                if (!applied.rule().shadow() && !limit.meter().retains(windows, request.timestamp())) {
                    return "timestamp " + request.timestamp() + " is too old: rule " + applied.name() + ", limit "
                            + limit.limit().name() + " retains windows from " + windows.floor() + " on";
                }
            }
        }
        return null;
    }

    /** Finds out which rules have room. */
    void check() {
        for (int i = 0; i < room.length; i++) {
            Plan.Applicable applied = rules.get(i);
            SubjectUsage usage = usages.usage(applied.entryKey());
            room[i] = true;
            for (int j = 0; j < applied.limits().size(); j++) {
                room[i] &= hasRoom(applied, j, usage);
            }
            if (!room[i]) {
                if (applied.rule().shadow()) {
                    wouldExhaust.add(applied.name());
                    shadowed.add(applied.name());
                } else {
                    exhausted.add(applied.name());
                }
            }
        }
    }

    private boolean hasRoom(Plan.Applicable applied, int index, SubjectUsage usage) {
        CompiledLimit limit = applied.limits().get(index);
        return limit.meter()
                .hasRoom(
                        usage.windows(limit.slot()),
                        applied.counts()[index],
                        limit.limit().burst(),
                        applied.hits(),
                        request.timestamp());
    }

    boolean denied() {
        return !exhausted.isEmpty() && !request.report();
    }

    /** Charges what the outcome so far demands; {@code stop} is the index of this visit. */
    void charge(int stop, UsagePace pace) {
        for (int i = 0; i < room.length; i++) {
            Plan.Applicable applied = rules.get(i);
            boolean demanded = request.report()
                    || ((!denied() || applied.rule().rule().countDenied())
                            && (room[i] || !applied.rule().shadow()));
            if (demanded && applied.charged() && applied.hits() > 0) {
                charge(applied, pace);
                charges.add(new Visit.Charge(
                        stop, applied.name(), applied.rule().rule().countDenied()));
            }
        }
    }

    private void charge(Plan.Applicable applied, UsagePace pace) {
        SubjectUsage usage = usages.usage(applied.entryKey());
        long time = request.timestamp();
        for (int j = 0; j < applied.limits().size(); j++) {
            CompiledLimit limit = applied.limits().get(j);
            Meter meter = limit.meter();
            Windows windows = usage.windows(limit.slot());
            long newest = windows.size() == 0 ? Long.MAX_VALUE : windows.start(windows.size() - 1);
            long count = applied.counts()[j];
            int index = meter.charge(windows, count, applied.hits(), time);
            long matters = meter.relevantUntil(windows, count, time) - time;
            usage.keepUntil(Meter.add(usages.now(), Meter.add(matters, Windows.LATENESS_MS)));
            if (windows.start(index) > newest && index > 0) {
                pace.closed(limit, applied.entryKey(), windows, index - 1);
            }
            pace.open(limit, applied.entryKey(), usage, windows, count, index, applied.hits(), time);
        }
        pace.reported(usage, time);
        usages.changed(applied.entryKey(), usage);
    }

    /** Finds the binding limit, as it stands after the charge. */
    void bind() {
        boolean deniedHere = false;
        for (int i = 0; i < room.length; i++) {
            Plan.Applicable applied = rules.get(i);
            SubjectUsage usage = usages.usage(applied.entryKey());
            for (int j = 0; j < applied.limits().size(); j++) {
                boolean full =
                        !room[i] && !request.report() && !applied.rule().shadow() && waitMs(applied, j, usage, 0) > 0;
                deniedHere |= full;
                offer(applied, j, usage, full);
            }
        }
        if (deniedHere) {
            retryAfterMs = Math.max(retryAfterMs, longestWait());
        }
    }

    private long waitMs(Plan.Applicable applied, int index, SubjectUsage usage, long later) {
        CompiledLimit limit = applied.limits().get(index);
        return limit.meter()
                .waitMs(
                        usage.windows(limit.slot()),
                        applied.counts()[index],
                        limit.limit().burst(),
                        applied.hits(),
                        request.timestamp() + later);
    }

    private void offer(Plan.Applicable applied, int index, SubjectUsage usage, boolean full) {
        CompiledLimit limit = applied.limits().get(index);
        Limit written = limit.limit();
        Windows windows = usage.windows(limit.slot());
        long count = applied.counts()[index];
        long time = request.timestamp();
        boolean shadow = applied.rule().shadow();
        LimitUsage offered = new LimitUsage(
                applied.name(),
                written.name(),
                limit.windowMs(),
                count,
                limit.meter().remaining(windows, count, written.burst(), time),
                limit.meter().resetAt(windows, count, time),
                full ? waitMs(applied, index, usage, 0) : 0);
        if (request.detailed() && !shadow) {
            limits.add(offered);
        }
        if (binding == null || (shadowBinding && !shadow) || (shadowBinding == shadow && binds(offered, binding))) {
            binding = offered;
            shadowBinding = shadow;
        }
    }

    private static boolean binds(LimitUsage offered, LimitUsage current) {
        if (offered.waitMs() != current.waitMs()) {
            return offered.waitMs() > current.waitMs();
        }
        if (!offered.exhausted() && offered.remaining() != current.remaining()) {
            return offered.remaining() < current.remaining();
        }
        return offered.windowMs() < current.windowMs();
    }

    /**
     * How long until all limits that deny have room at once. Mostly the longest of their waits; where out-of-order
     * events have filled later windows, one limit may be full again when another has room.
     */
    private long longestWait() {
        long wait = 0;
        boolean longer = true;
        for (int round = 0; longer && round < Windows.MAX_RETAINED; round++) {
            longer = false;
            for (Plan.Applicable applied : rules) {
                SubjectUsage usage = usages.usage(applied.entryKey());
                for (int j = 0; j < applied.limits().size() && !applied.rule().shadow(); j++) {
                    boolean fitsEver = applied.hits() <= capacity(applied, j);
                    long more = round > 0 && !fitsEver ? 0 : full(applied, j, usage, wait);
                    longer |= more > 0;
                    wait = Meter.add(wait, more);
                }
            }
        }
        return wait;
    }

    private long full(Plan.Applicable applied, int index, SubjectUsage usage, long later) {
        // Rules that had room are given back what they were charged: only those without room make wait.
        return exhausted.contains(applied.name()) ? waitMs(applied, index, usage, later) : 0;
    }

    private static long capacity(Plan.Applicable applied, int index) {
        Limit limit = applied.limits().get(index).limit();
        boolean burst = limit.algorithm() == Limit.Algorithm.BUCKET && limit.burst() > 0 && applied.counts()[index] > 0;
        return burst ? limit.burst() : applied.counts()[index];
    }

    /** What is known after this visit. */
    Visit.Progress progress(List<String> visited, boolean duplicate) {
        return new Visit.Progress(
                visited,
                charges,
                exhausted,
                wouldExhaust,
                binding,
                limits,
                retryAfterMs,
                shadowBinding,
                shadowed,
                duplicate);
    }
}
