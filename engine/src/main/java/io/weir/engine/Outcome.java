package io.weir.engine;

/** Whether a request may pass. */
public enum Outcome {
    ALLOW,
    DENY
}
