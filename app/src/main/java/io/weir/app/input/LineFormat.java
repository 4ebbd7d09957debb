package io.weir.app.input;

import io.weir.app.json.BadLineException;
import org.jspecify.annotations.Nullable;

/** How the current line of a source becomes a request. */
interface LineFormat {

    /**
     * Returns the request, or null where the line holds none by design (a header).
     *
     * @throws BadLineException when the line is not in this format
     */
    @Nullable
    Line read(LineSource source) throws BadLineException;
}
