package io.weir.app.gateway;

/** Hears of each HTTP request when it has been answered. Called by network threads; must not wait. */
public interface RequestOnlooker {
    /** Takes no notice. */
    RequestOnlooker NONE = (outcome, status) -> {};

    /**
     * A request has been answered, or its client has gone.
     *
     * @param outcome {@code passed} on or told to pass, {@code denied} by a policy, {@code refused} as no good
     * @param status that the client was told; 0 for none
     */
    void answered(String outcome, int status);
}
