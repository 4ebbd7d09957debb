package io.weir.wire;

import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.InvalidRequestException;
import io.weir.engine.LimitUsage;
import io.weir.engine.Outcome;
import io.weir.engine.Reason;
import io.weir.engine.Request;
import io.weir.engine.decide.Block;
import io.weir.engine.decide.UsageReport;
import io.weir.schemas.avro.BlockEntry;
import io.weir.schemas.avro.DecisionEvent;
import io.weir.schemas.avro.DecisionOutcome;
import io.weir.schemas.avro.DecisionReason;
import io.weir.schemas.avro.EntityDocument;
import io.weir.schemas.avro.RequestEvent;
import io.weir.schemas.avro.UsageRecord;
import io.weir.schemas.avro.Visit;
import io.weir.schemas.avro.VisitKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Between the engine's words and the contracts' records. */
public final class Conversions {
    private Conversions() {}

    /** @throws InvalidRequestException when the event's values are outside what {@link Request} documents */
    public static Request request(RequestEvent event) {
        return new Request(
                event.getRequestId(),
                event.getTimestamp(),
                event.getDomain(),
                event.getMethod(),
                event.getPath(),
                event.getIp(),
                event.getToken(),
                event.getDevice(),
                event.getAccount(),
                event.getProfile(),
                event.getUser(),
                event.getHits(),
                event.getAttributes(),
                event.getReport(),
                event.getStatus(),
                event.getDetailed());
    }

    /** The event of a request, without a reply partition or gateway. */
    public static RequestEvent event(Request request) {
        return event(request, null, null);
    }

    /**
     * The event of a request.
     *
     * @param replyPartition of the decisions topic on which the answer is awaited, or null where nobody awaits it
     * @param gateway the name of the gateway that saw it, or null
     */
    public static RequestEvent event(Request request, @Nullable Integer replyPartition, @Nullable String gateway) {
        return new RequestEvent(
                request.requestId(),
                request.timestamp(),
                request.domain(),
                request.method(),
                request.path(),
                request.ip(),
                request.token(),
                request.device(),
                request.account(),
                request.profile(),
                request.user(),
                request.hits(),
                request.attributes(),
                request.report(),
                request.status(),
                replyPartition,
                gateway,
                request.detailed());
    }

    /** @param subject {@code attribute=value} of the subject that decided, or null */
    public static DecisionEvent event(Decision decision, @Nullable String subject) {
        return DecisionEvent.newBuilder()
                .setRequestId(decision.requestId())
                .setDomain(decision.domain())
                .setTimestamp(decision.timestamp())
                .setOutcome(DecisionOutcome.valueOf(decision.outcome().name()))
                .setReason(DecisionReason.valueOf(decision.reason().name()))
                .setStatus(decision.status())
                .setRule(decision.rule())
                .setBinding(usage(decision.binding()))
                .setLimits(limitEvents(decision.limits()))
                .setResetAt(decision.resetAt())
                .setRetryAfterMs(decision.retryAfterMs())
                .setShadowed(decision.shadowed())
                .setMessage(decision.message())
                .setSubject(subject)
                .build();
    }

    public static Decision decision(DecisionEvent event) {
        return new Decision(
                event.getRequestId(),
                event.getDomain(),
                event.getTimestamp(),
                Outcome.valueOf(event.getOutcome().name()),
                Reason.valueOf(event.getReason().name()),
                event.getStatus(),
                event.getRule(),
                usage(event.getBinding()),
                limits(event.getLimits()),
                event.getResetAt(),
                event.getRetryAfterMs(),
                event.getShadowed(),
                event.getMessage());
    }

    /** A limit as the contracts carry it; null stays null. */
    public static io.weir.schemas.avro.@Nullable LimitUsage usage(@Nullable LimitUsage usage) {
        return usage == null
                ? null
                : new io.weir.schemas.avro.LimitUsage(
                        usage.rule(),
                        usage.window(),
                        usage.limit(),
                        usage.remaining(),
                        usage.resetAt(),
                        usage.windowMs(),
                        usage.waitMs());
    }

    /** A limit in the engine's words; null stays null. */
    public static @Nullable LimitUsage usage(io.weir.schemas.avro.@Nullable LimitUsage usage) {
        return usage == null
                ? null
                : new LimitUsage(
                        usage.getRule(),
                        usage.getWindow(),
                        usage.getWindowMs(),
                        usage.getLimit(),
                        usage.getRemaining(),
                        usage.getResetAt(),
                        usage.getWaitMs());
    }

    public static List<LimitUsage> limits(List<io.weir.schemas.avro.LimitUsage> limits) {
        return limits.isEmpty()
                ? List.of()
                : limits.stream().map(Conversions::known).toList();
    }

    private static LimitUsage known(io.weir.schemas.avro.LimitUsage usage) {
        return Objects.requireNonNull(usage(usage));
    }

    public static List<io.weir.schemas.avro.LimitUsage> limitEvents(List<LimitUsage> limits) {
        return limits.isEmpty()
                ? List.of()
                : limits.stream()
                        .map(limit -> Objects.requireNonNull(usage(limit)))
                        .toList();
    }

    public static Entity entity(EntityDocument document) {
        return new Entity(document.getType(), document.getId(), document.getAttributes(), document.getLimits());
    }

    public static EntityDocument document(Entity entity) {
        return new EntityDocument(entity.type(), entity.id(), entity.attributes(), entity.limits());
    }

    public static Block block(BlockEntry entry) {
        return new Block(
                entry.getDomain(),
                entry.getBlock(),
                entry.getAttributes(),
                entry.getValues(),
                entry.getFrom(),
                entry.getUntil(),
                entry.getReason(),
                entry.getRequestId(),
                entry.getShadow());
    }

    public static BlockEntry entry(Block block) {
        return BlockEntry.newBuilder()
                .setDomain(block.domain())
                .setBlock(block.name())
                .setAttributes(block.attributes())
                .setValues(block.values())
                .setFrom(block.from())
                .setUntil(block.until())
                .setReason(block.reason())
                .setRequestId(block.requestId())
                .setShadow(block.shadow())
                .build();
    }

    public static UsageRecord usage(UsageReport report) {
        return new UsageRecord(
                report.domain(),
                report.rule(),
                report.window(),
                List.copyOf(report.key()),
                report.from(),
                report.until(),
                report.consumed(),
                report.closed());
    }

    /**
     * The visit that lifts the blocks a key has earned; its record is keyed by the first value.
     *
     * @param attributes the blocks' key, never empty, with {@code values} beside them
     * @param time when, in epoch ms
     */
    public static Visit unblock(String domain, List<String> attributes, List<String> values, long time) {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < attributes.size(); i++) {
            key.add(attributes.get(i) + "=" + values.get(i));
        }
        RequestEvent event = RequestEvent.newBuilder()
                .setTimestamp(time)
                .setDomain(domain)
                .setMethod("")
                .setPath("")
                .build();
        return Visit.newBuilder()
                .setKind(VisitKind.STRIKE)
                .setEvent(event)
                .setSubject(key.get(0))
                .setUnblocked(key)
                .build();
    }

    /** The key of a block-list record: {@code domain|attribute=value|block}, with {@code |} and {@code %} escaped. */
    public static String blockKey(Block block) {
        StringBuilder key = new StringBuilder(escaped(block.domain()));
        for (int i = 0; i < block.attributes().size(); i++) {
            key.append('|')
                    .append(escaped(block.attributes().get(i)))
                    .append('=')
                    .append(escaped(block.values().get(i)));
        }
        return key.append('|').append(escaped(block.name())).toString();
    }

    private static String escaped(String text) {
        return text.replace("%", "%25").replace("|", "%7C");
    }
}
