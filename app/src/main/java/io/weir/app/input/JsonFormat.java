package io.weir.app.input;

import io.weir.app.json.BadLineException;
import io.weir.app.json.RequestReader;

/** Request events as JSON lines. */
final class JsonFormat implements LineFormat {
    private final RequestReader reader = new RequestReader();

    @Override
    public Line read(LineSource source) throws BadLineException {
        return new Line.Good(reader.read(source.buffer(), source.offset(), source.length(), source.lineNumber()));
    }
}
