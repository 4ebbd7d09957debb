package io.weir.topology;

import io.weir.engine.InvalidRequestException;
import io.weir.engine.decide.Subject;
import io.weir.engine.decide.Visit;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.VisitKind;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.util.List;
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

    /** @throws InvalidRequestException when the event's values are out of range, or the visit is none of the enforcer's */
    static Visit visit(io.weir.schemas.avro.Visit event) {
        boolean unblock = !event.getUnblocked().isEmpty();
        return new Visit(
                unblock
                        ? Visit.Kind.UNBLOCK
                        : Visit.Kind.valueOf(event.getKind().name()),
                Conversions.request(event.getEvent()),
                subject(event.getSubject()),
                unblock ? places("unblock", event.getUnblocked()) : event.getNames(),
                new Visit.Progress(
                        places("visited of a visit", event.getVisited()),
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
        int equals = place("subject of a visit", text).indexOf('=');
        return new Subject(text.substring(0, equals), text.substring(equals + 1));
    }

    private static List<String> places(String what, List<String> texts) {
        texts.forEach(text -> place(what, text));
        return texts;
    }

    private static String place(String what, String text) {
        if (text.indexOf('=') <= 0) {
            throw new InvalidRequestException(what + ": expected attribute=value, found '" + text + "'");
        }
        return text;
    }

    /** {@code 0 per-token}, or {@code 0! per-token} where a denial does not take it back. */
    private static String text(Visit.Charge charge) {
        return charge.stop() + (charge.evenIfDenied() ? "! " : " ") + charge.rule();
    }

    private static Visit.Charge charge(String text) {
        int space = text.indexOf(' ');
        boolean evenIfDenied = space > 0 && text.charAt(space - 1) == '!';
        try {
            int stop = Integer.parseInt(text, 0, evenIfDenied ? space - 1 : space, 10);
            return new Visit.Charge(stop, text.substring(space + 1), evenIfDenied);
        } catch (NumberFormatException | IndexOutOfBoundsException malformed) {
            throw new InvalidRequestException("charge of a visit: expected one like '0 rule', found '" + text + "'");
        }
    }
}
