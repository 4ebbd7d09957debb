package io.weir.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One thing clients ask of an API.
 *
 * @param path with {@code #} where an id stands
 */
record Endpoint(String method, String path) {

    /** Each line {@code weight METHOD path}; an endpoint stands in the list as often as its weight says. */
    static List<Endpoint> weighted(String lines) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String line : lines.strip().split("\n", -1)) {
            String[] words = line.strip().split(" ", 3);
            for (int i = 0; i < Integer.parseInt(words[0]); i++) {
                endpoints.add(new Endpoint(words[1], words[2]));
            }
        }
        return List.copyOf(endpoints);
    }

    String path(SplittableRandom random) {
        int id = path.indexOf('#');
        return id < 0 ? path : path.substring(0, id) + (1_000 + random.nextInt(9_000)) + path.substring(id + 1);
    }
}
