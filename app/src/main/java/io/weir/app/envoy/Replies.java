package io.weir.app.envoy;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replies to calls whose caller may have given up by then. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /** To be said before the call's method returns: whoever gives up is not told that the reply is lost. */
    static void mayBeLost(StreamObserver<?> observer) {
        if (observer instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(() -> {});
        }
    }

    static <T> void send(StreamObserver<T> observer, T reply) {
        if (!cancelled(observer)) {
            observer.onNext(reply);
            observer.onCompleted();
        }
    }

    /** Sends the reply, or tells of the bug that there is none. */
    static <T> void complete(StreamObserver<T> observer, @Nullable Throwable failure, Supplier<T> reply) {
        Throwable bug = failure;
        if (bug == null) {
            try {
                send(observer, reply.get());
                return;
            } catch (RuntimeException unexpected) {
                bug = unexpected;
            }
        }
        if (!cancelled(observer)) {
            LOG.error("A call failed on an error that was not expected", bug);
            observer.onError(Status.INTERNAL
                    .withDescription("a bug; the gateway's log says more")
                    .asRuntimeException());
        }
    }

    private static boolean cancelled(StreamObserver<?> observer) {
        return observer instanceof ServerCallStreamObserver<?> call && call.isCancelled();
    }
}
