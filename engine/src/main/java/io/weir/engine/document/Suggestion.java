package io.weir.engine.document;

import java.util.List;

/** Says what may have been meant by a word that is none of those allowed. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code 'limits' (or one of name, match, …)} where one is near, else {@code one of …}. */
    public static String oneOf(String found, List<String> allowed) {
        String all = String.join(", ", allowed);
        String nearest = null;
        int least = Math.min(3, 1 + found.length() / 2);
        for (String word : allowed) {
            int distance = distance(found.length() > 40 ? found.substring(0, 40) : found, word);
            if (!found.isEmpty() && distance < least) {
                least = distance;
                nearest = word;
            }
        }
        return nearest == null ? "one of " + all : "one of " + all + " (did you mean '" + nearest + "'?)";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
