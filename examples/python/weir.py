"""Weir's records in Python: Avro, single-object encoded, with the schemas that are committed.

A record is ten bytes that name its schema, then the datum in Avro's binary form. avro-history/ has every version of every
schema, and headers.tsv the ten bytes of each. See docs/wire-format.md.
"""

import io
import pathlib

import avro.io
import avro.schema

HISTORY = pathlib.Path(__file__).resolve().parents[2] / "schemas/src/main/resources/avro-history"
HEADER = 10

REQUESTS = "weir.requests"
DECISIONS = "weir.decisions"
BLOCKLIST = "weir.blocklist"


def _load():
    """All schemas by header, and the newest by name with its header."""
    by_header, newest = {}, {}
    for line in (HISTORY / "headers.tsv").read_text().splitlines()[1:]:
        name, version, header = line.split("\t")
        schema = avro.schema.parse((HISTORY / name / (version + ".avsc")).read_text())
        by_header[bytes.fromhex(header)] = (name, schema)
        newest[name] = (bytes.fromhex(header), schema)
    return by_header, newest


_BY_HEADER, _NEWEST = _load()


def encode(name, record):
    """Bytes of a record, a dict, by the newest schema of that name. Raises where the record is not as the schema says."""
    header, schema = _NEWEST[name]
    out = io.BytesIO()
    out.write(header)
    avro.io.DatumWriter(schema).write(record, avro.io.BinaryEncoder(out))
    return out.getvalue()


def decode(value):
    """Name and dict of a record that was written by any version of its schema. Raises ValueError where it is none."""
    name, written = _BY_HEADER.get(value[:HEADER], (None, None))
    if name is None:
        raise ValueError("expected a record of a known schema, found " + value[:HEADER].hex(" "))
    reader = avro.io.DatumReader(written, _NEWEST[name][1])
    return name, reader.read(avro.io.BinaryDecoder(io.BytesIO(value[HEADER:])))


def request(timestamp, domain, method, path, **fields):
    """A request event: what is not given has its default."""
    event = {
        "requestId": None,
        "ip": None,
        "token": None,
        "device": None,
        "account": None,
        "profile": None,
        "user": None,
        "hits": 1,
        "attributes": {},
        "report": False,
        "status": 0,
        "replyPartition": None,
        "gateway": "python",
        "detailed": False,
    }
    unknown = set(fields) - set(event)
    if unknown:
        raise ValueError("expected fields of a request, found " + ", ".join(sorted(unknown)))
    event.update(fields, timestamp=timestamp, domain=domain, method=method, path=path)
    return event


def decisions(value):
    """The decisions of a record of weir.decisions, which is one decision or a batch."""
    name, record = decode(value)
    return record["decisions"] if name == "DecisionBatch" else [record]
