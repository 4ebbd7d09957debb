package io.weir.engine.match;

/**
 * Text without regard to case: each character by itself, so that the length stays and the time is linear. {@link
 * String#toLowerCase} makes two characters of a Turkish dotted I and copies the text for each: 8 KiB of them would take
 * 20 MB for every request.
 */
final class LowerCase {
    private LowerCase() {}

    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.toLowerCase(text.charAt(i)) != text.charAt(i)) {
                char[] chars = text.toCharArray();
                for (int j = i; j < chars.length; j++) {
                    chars[j] = Character.toLowerCase(chars[j]);
                }
                return new String(chars);
            }
        }
        return text;
    }
}
