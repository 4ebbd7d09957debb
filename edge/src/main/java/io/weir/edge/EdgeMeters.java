package io.weir.edge;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.engine.Reason;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** An edge's figures as meters. They are read when somebody asks; a check pays for one count. */
final class EdgeMeters implements MeterBinder {
    private static final double NANOS = 1e9;

    private final EdgeFigures figures;
    private final Tags tags;

    EdgeMeters(EdgeFigures figures, String gateway) {
        this.figures = figures;
        this.tags = Tags.of("gateway", gateway);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        checks(registry);
        feed(registry);
        view(registry);
    }

    private void checks(MeterRegistry registry) {
        for (Reason reason : Reason.values()) {
            counter(
                    registry,
                    "weir.edge.checks",
                    tags.and("outcome", "allow", "reason", reason.name()),
                    of -> of.checks().allowed(reason));
            counter(
                    registry,
                    "weir.edge.checks",
                    tags.and("outcome", "deny", "reason", reason.name()),
                    of -> of.checks().denied(reason));
        }
        for (Unanswered.Cause cause : Unanswered.Cause.values()) {
            counter(
                    registry,
                    "weir.edge.unanswered",
                    tags.and("cause", cause.name().toLowerCase(Locale.ROOT)),
                    of -> of.unanswered().sum(cause));
        }
        gauge(
                registry,
                "weir.edge.blocks",
                "entries of the block list that policies gave",
                of -> of.local().lists().blocks());
        gauge(
                registry,
                "weir.edge.usage.fill",
                "share of the table of usage in use, 0 to 1",
                of -> of.fill().getAsDouble());
        counter(registry, "weir.edge.usage.evicted", tags, of -> of.local().evicted());
    }

    private void feed(MeterRegistry registry) {
        counter(
                registry,
                "weir.edge.feed.sent",
                tags,
                of -> of.feed().counts().sent.sum());
        counter(
                registry,
                "weir.edge.feed.resent",
                tags,
                of -> of.feed().counts().resent.sum());
        counter(
                registry,
                "weir.edge.feed.summed",
                tags,
                of -> of.feed().counts().summed.sum());
        counter(
                registry,
                "weir.edge.feed.lost",
                tags.and("what", "hits"),
                of -> of.feed().counts().lostHits.sum());
        counter(
                registry,
                "weir.edge.feed.lost",
                tags.and("what", "strikes"),
                of -> of.feed().counts().lostStrikes.sum());
        gauge(
                registry,
                "weir.edge.feed.queued",
                "events that wait to be sent",
                of -> of.feed().queued());
        gauge(
                registry,
                "weir.edge.feed.kept",
                "sums and events kept because they cannot be sent",
                of -> of.feed().kept());
        gauge(
                registry,
                "weir.edge.feed.unacknowledged",
                "bytes sent and not yet taken",
                of -> of.feed().unacknowledged());
        FunctionTimer.builder(
                        "weir.edge.feedback",
                        figures,
                        of -> of.lessons().learnt(),
                        of -> of.lessons().nanos(),
                        TimeUnit.NANOSECONDS)
                .description("from feeding an event to having learnt from its answer")
                .tags(tags)
                .register(registry);
        counter(
                registry,
                "weir.edge.feedback.questions",
                tags,
                of -> of.lessons().questions().asked());
        counter(registry, "weir.edge.feedback.missed", tags, of -> of.lessons().missed());
    }

    private void view(MeterRegistry registry) {
        age(registry, "follow", of -> of.follower().age(System.nanoTime()));
        age(registry, "replies", of -> of.replies().age(System.nanoTime()));
        TimeGauge.builder("weir.edge.clock.ahead", figures, TimeUnit.MILLISECONDS, of -> {
                    Skew.Estimate skew = of.feed().skew().estimate();
                    return skew == null ? Double.NaN : skew.aheadMs();
                })
                .description("how far the brokers' clock is ahead of this machine's")
                .tags(tags)
                .register(registry);
        TimeGauge.builder("weir.edge.clock.error", figures, TimeUnit.MILLISECONDS, of -> {
                    Skew.Estimate skew = of.feed().skew().estimate();
                    return skew == null ? Double.NaN : skew.errorMs();
                })
                .description("how far from that the truth may be")
                .tags(tags)
                .register(registry);
    }

    private void age(MeterRegistry registry, String reader, ToDoubleFunction<EdgeFigures> nanos) {
        TimeGauge.builder("weir.edge.view.age", figures, TimeUnit.SECONDS, of -> nanos.applyAsDouble(of) / NANOS)
                .description("age of the oldest partition's view")
                .tags(tags.and("reader", reader))
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, Tags with, ToDoubleFunction<EdgeFigures> count) {
        FunctionCounter.builder(name, figures, count).tags(with).register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String what, ToDoubleFunction<EdgeFigures> value) {
        Gauge.builder(name, figures, value).description(what).tags(tags).register(registry);
    }
}
