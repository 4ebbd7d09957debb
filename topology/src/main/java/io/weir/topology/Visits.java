package io.weir.topology;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.decide.Subject;
import io.weir.engine.decide.Visit;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.VisitKind;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import org.jspecify.annotations.Nullable;

/** Between the engine's visits and the records on {@link Topics#VISITS}. */
final class Visits {
    private Visits() {}

    /** @param event the request as it arrived, with what only the gateway needs back */
    static io.weir.schemas.avro.Visit event(Visit visit, RequestEvent event, boolean rerouted) {
        Visit.Progress progress = visit.progress();
        Subject at = visit.at();
        return io.weir.schemas.avro.Visit.newBuilder()
                .setKind(VisitKind.valueOf(visit.kind().name()))
                .setEvent(event)
                .setRerouted(rerouted)
                .setSubject(at == null ? null : at.text())
                .setNames(visit.names())
                .setVisited(progress.visited())
                .setCharged(progress.charges().stream().map(Visits::text).toList())
                .setExhausted(progress.exhausted())
                .setWouldExhaust(progress.wouldExhaust())
                .setBinding(Conversions.usage(progress.binding()))
                .setLimits(Conversions.limitEvents(progress.limits()))
                .setBindingShadow(progress.shadowBinding())
                .setRetryAfterMs(progress.retryAfterMs())
                .setShadowed(progress.shadowed())
                .setDuplicate(progress.duplicate())
                .build();
    }

    /** @throws InvalidRequestException when the event's values are out of range */
    static Visit visit(io.weir.schemas.avro.Visit event) {
        boolean unblock = !event.getUnblocked().isEmpty();
        return new Visit(
                unblock
                        ? Visit.Kind.UNBLOCK
                        : Visit.Kind.valueOf(event.getKind().name()),
                Conversions.request(event.getEvent()),
                subject(event.getSubject()),
                unblock ? event.getUnblocked() : event.getNames(),
                new Visit.Progress(
                        event.getVisited(),
                        event.getCharged().stream().map(Visits::charge).toList(),
                        event.getExhausted(),
                        event.getWouldExhaust(),
                        Conversions.usage(event.getBinding()),
                        Conversions.limits(event.getLimits()),
                        event.getRetryAfterMs(),
                        event.getBindingShadow(),
                        event.getShadowed(),
                        event.getDuplicate()));
    }

    private static @Nullable Subject subject(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new InvalidRequestException("subject of a visit: expected attribute=value, found '" + text + "'");
        }
        return new Subject(text.substring(0, equals), text.substring(equals + 1));
    }

    /** {@code 0 per-token}, or {@code 0! per-token} where a denial does not take it back. */
    private static String text(Visit.Charge charge) {
        return charge.stop() + (charge.evenIfDenied() ? "! " : " ") + charge.rule();
    }

    private static Visit.Charge charge(String text) {
        int space = text.indexOf(' ');
        boolean evenIfDenied = text.charAt(space - 1) == '!';
        int stop = Integer.parseInt(text.substring(0, evenIfDenied ? space - 1 : space));
        return new Visit.Charge(stop, text.substring(space + 1), evenIfDenied);
    }
}
