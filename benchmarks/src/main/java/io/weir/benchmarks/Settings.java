package io.weir.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Arguments of the form {@code name=value}, each of which is taken once. */
public final class Settings {
    private final Map<String, String> rest = new LinkedHashMap<>();

    /** @throws IllegalArgumentException when one has another form */
    public Settings(String... args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("expected name=value, found '" + arg + "'");
            }
            rest.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
    }

    public String take(String name, String otherwise) {
        String value = rest.remove(name);
        return value == null ? otherwise : value;
    }

    public int take(String name, int otherwise) {
        return Integer.parseInt(take(name, Integer.toString(otherwise)));
    }

    public double take(String name, double otherwise) {
        return Double.parseDouble(take(name, Double.toString(otherwise)));
    }

    /** What has not been taken. */
    public Map<String, String> rest() {
        return Map.copyOf(rest);
    }

    /** @throws IllegalArgumentException when something has not been taken */
    public void nothingElse() {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("no such settings: " + rest.keySet());
        }
    }
}
