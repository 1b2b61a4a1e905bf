"""Compares the files of two folders, but for what holds the time, a process, or a duration."""

import csv
import hashlib
import json
import os
import re
import struct

# Members of a run's record that differ from run to run: when it was trained, for how long, and the
# seal, which is a digest of the others.
RECORD = {"": ["seal"], "environment": ["started", "trainingSeconds", "evaluationSeconds"]}


def record(text):
    value = json.loads(text)
    for part, names in RECORD.items():
        inner = value.get(part, {}) if part else value
        for name in names:
            inner.pop(name, None)
    return json.dumps(value, sort_keys=True)


def records(data):
    return "\n".join(record(line) for line in data.splitlines()).encode()


def events(data):
    """TensorBoard's events without the time of each, which is its first field, and without checksums."""
    found, offset = [], 0
    while offset + 12 <= len(data):
        (size,) = struct.unpack_from("<Q", data, offset)
        event = data[offset + 12:offset + 12 + size]
        found.append(event[9:] if event[:1] == b"\x09" else event)
        offset += size + 16
    return b"".join(found) + data[offset:]


def table(data):
    """A CSV file without its column of seconds."""
    lines = list(csv.reader(data.decode().splitlines()))
    kept = [index for index, name in enumerate(lines[0]) if name != "seconds"] if lines else []
    return "\n".join(",".join(line[index] for index in kept) for line in lines).encode()


def page(data):
    """A page without the times at which runs were started and the seconds that they took."""
    data = re.sub(rb"[\d.]+ s per run", b"", data)
    last = re.compile(rb'<td class="n">[\d.]+</td></tr>')
    data = re.sub(rb"(?s)>seconds per run</th></tr>.*?</table>", lambda table: last.sub(b"", table[0]), data)
    cell = rb'<td class="n">[\d.]+</td>'
    return re.sub(cell + cell + rb'(<td class="n">\d+</td><td>\d+</td><td>)[-\d:]+T[\d:]+Z', rb"\1", data)


def drawing(data):
    return re.sub(rb"/CreationDate \(D:\d+Z?[^)]*\)", b"", data)


def description(data):
    """A description of data without the place of its folder, which is where the command was run."""
    return re.sub(rb"(?m)^root: .*$", b"", data)


def digests(data):
    """A report's list of digests, without those of files that hold a time or a duration."""
    return re.sub(rb"(?m)^\w{64}(?=  .*\.(pdf|csv|html|svg)$)", b"", data)


# How a file is read, by the end of its path: everything else is compared as it is.
READERS = [
    (re.compile(r"(^|/)\.[^/]*lock$"), lambda data: b""),
    (re.compile(r"/run\.json$"), lambda data: record(data).encode()),
    (re.compile(r"/runs\.jsonl$"), records),
    (re.compile(r"tfevents"), events),
    (re.compile(r"(^|/)(runs|summary)\.csv$"), table),
    (re.compile(r"\.(html|svg)$"), page),
    (re.compile(r"\.pdf$"), drawing),
    (re.compile(r"(^|/)own\.yml$"), description),
    (re.compile(r"(^|/)\.report-digests$"), digests),
]


def digest(path, name):
    with open(path, "rb") as file:
        data = file.read()
    for pattern, reader in READERS:
        if pattern.search(name):
            try:
                data = reader(data)
            except (ValueError, struct.error):
                pass
            break
    return hashlib.sha256(data).hexdigest()


def snapshot(folder):
    """The digest of every file, by its path; of a folder without files, an empty text."""
    found = {}
    for parent, folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, folder)
            found[relative] = os.readlink(path) if os.path.islink(path) else digest(path, relative)
        if not folders and not names:
            found[os.path.relpath(parent, folder) + "/"] = ""
    return found


def differences(found, expected):
    """Paths by what is wrong with them."""
    return {
        "lost": sorted(expected.keys() - found.keys()),
        "differing": sorted(path for path in expected.keys() & found.keys() if expected[path] != found[path]),
        "left over": sorted(found.keys() - expected.keys()),
    }
