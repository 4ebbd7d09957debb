package io.weir.engine.decide;

/**
 * Whose usage is counted in one place: a partition attribute and its value, {@code token=t1}.
 *
 * @param attribute the source as the policy names it ({@code token}, {@code ip/64})
 * @param value the value that the request has there; also the Kafka record key
 */
public record Subject(String attribute, String value) {
    /** {@code attribute=value}. */
    public String text() {
        return attribute + "=" + value;
    }
}
