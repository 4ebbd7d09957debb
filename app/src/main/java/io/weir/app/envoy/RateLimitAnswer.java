package io.weir.app.envoy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit;
import io.weir.app.answer.Answer;
import io.weir.app.answer.Answering.Answered;
import io.weir.engine.Decision;
import io.weir.engine.LimitUsage;
import java.util.List;
import java.util.Map;

/** The decisions on the descriptors of one request as Envoy's answer. */
final class RateLimitAnswer {
    private static final long MAX_UNSIGNED = 0xffff_ffffL;

    private RateLimitAnswer() {}

    /** @param answered in the order of the descriptors, at least one */
    static RateLimitResponse of(List<Answered> answered) {
        Answered leading = answered.get(0);
        RateLimitResponse.Builder response = RateLimitResponse.newBuilder();
        for (Answered each : answered) {
            response.addStatuses(status(each.decision()));
            if (leads(each.decision(), leading.decision())) {
                leading = each;
            }
        }
        boolean passes = leading.passes();
        response.setOverallCode(passes ? Code.OK : Code.OVER_LIMIT);
        add(QuotaHeaders.of(answered, leading), response);
        if (!passes) {
            response.setRawBody(ByteString.copyFromUtf8(leading.answer().body()));
        }
        return response.build();
    }

    /** A request that is denied without having been decided. */
    static RateLimitResponse refused(int descriptors, Answer answer) {
        RateLimitResponse.Builder response = RateLimitResponse.newBuilder().setOverallCode(Code.OVER_LIMIT);
        for (int i = 0; i < descriptors; i++) {
            response.addStatuses(DescriptorStatus.newBuilder().setCode(Code.OVER_LIMIT));
        }
        add(answer.headers(), response);
        return response.setRawBody(ByteString.copyFromUtf8(answer.body())).build();
    }

    private static void add(Map<String, String> headers, RateLimitResponse.Builder response) {
        headers.forEach((name, value) -> response.addResponseHeadersToAdd(
                HeaderValue.newBuilder().setKey(name).setValue(value)));
    }

    /** The client is told of the denial with the longest wait or, if none is denied, of the limit with the fewest remaining. */
    private static boolean leads(Decision decision, Decision before) {
        if (decision.allowed() != before.allowed()) {
            return before.allowed();
        }
        if (!decision.allowed()) {
            return decision.retryAfterMs() > before.retryAfterMs();
        }
        return remaining(decision) < remaining(before);
    }

    private static long remaining(Decision decision) {
        LimitUsage binding = decision.binding();
        return binding == null ? Long.MAX_VALUE : binding.remaining();
    }

    private static DescriptorStatus status(Decision decision) {
        DescriptorStatus.Builder status =
                DescriptorStatus.newBuilder().setCode(decision.allowed() ? Code.OK : Code.OVER_LIMIT);
        LimitUsage binding = decision.binding();
        if (binding != null) {
            status.setCurrentLimit(RateLimit.newBuilder()
                    .setName(binding.rule() + "." + binding.window())
                    .setRequestsPerUnit(unsigned(binding.limit()))
                    .setUnit(unit(binding.windowMs())));
            status.setLimitRemaining(unsigned(binding.remaining()));
        }
        if (decision.resetAt() > 0) {
            long ms = Math.max(0, decision.resetAt() - decision.timestamp());
            status.setDurationUntilReset(
                    Duration.newBuilder().setSeconds(ms / 1_000).setNanos((int) (ms % 1_000) * 1_000_000));
        }
        return status.build();
    }

    /** A window that is not one of Envoy's units is of the unit {@code UNKNOWN}. */
    private static RateLimit.Unit unit(long windowMs) {
        return switch ((int) Math.min(windowMs / 1_000, Integer.MAX_VALUE)) {
            case 1 -> windowMs == 1_000 ? RateLimit.Unit.SECOND : RateLimit.Unit.UNKNOWN;
            case 60 -> RateLimit.Unit.MINUTE;
            case 3_600 -> RateLimit.Unit.HOUR;
            case 86_400 -> RateLimit.Unit.DAY;
            case 604_800 -> RateLimit.Unit.WEEK;
            case 31 * 86_400 -> RateLimit.Unit.MONTH;
            default -> RateLimit.Unit.UNKNOWN;
        };
    }

    private static int unsigned(long value) {
        return (int) Math.min(value, MAX_UNSIGNED);
    }
}
