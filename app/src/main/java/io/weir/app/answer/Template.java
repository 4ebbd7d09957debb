package io.weir.app.answer;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A template ready to be rendered. May be used by many threads. */
final class Template {
    private static final Mustache.Compiler PLAIN =
            Mustache.compiler().escapeHTML(false).defaultValue("");
    private static final Mustache.Compiler MARKUP = PLAIN.withEscaper(Escapers.HTML);
    private static final Mustache.Compiler JSON = PLAIN.withEscaper(
                    text -> new String(JsonStringEncoder.getInstance().quoteAsString(text)))
            .defaultValue("null");

    private final com.samskivert.mustache.@Nullable Template compiled;
    private final String text;

    private Template(String text, Mustache.Compiler compiler) {
        this.text = text;
        this.compiled = text.contains("{{") ? compiler.compile(text) : null;
    }

    /** A header's value. */
    static Template header(String text) {
        return new Template(text, PLAIN);
    }

    /** A body, whose content type says how values are escaped. */
    static Template body(String text, @Nullable String contentType) {
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip();
        if (bare.endsWith("/json") || bare.endsWith("+json")) {
            return new Template(text, JSON);
        }
        boolean markup = bare.endsWith("/html") || bare.endsWith("/xml") || bare.endsWith("+xml");
        return new Template(text, markup ? MARKUP : PLAIN);
    }

    String render(Values values) {
        return compiled == null ? text : compiled.execute(values);
    }
}
