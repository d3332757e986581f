# SPDX-License-Identifier: Apache-2.0
"""Reads what powercut.so wrote. Layout and meaning: powercut.h."""
import json
import struct

MAGIC = 0x31544350
HEAD = struct.Struct("<IBBHQQqII")
(START, CREATE, MKDIR, WRITE, TRUNCATE, RENAME, LINK, UNLINK, RMDIR, SYNC_BEGIN, SYNC_END, SYNC_FAIL, ACK, BLIND,
 INJECTED) = range(1, 16)


class Record:
    __slots__ = ("op", "flags", "seq", "inode", "value", "pid", "path", "data")

    def __init__(self, head, path, data):
        _, self.op, self.flags, _, self.seq, self.inode, self.value, _, self.pid = head
        self.path, self.data = path, data


def read(path):
    """All records in their order. A recording with a hole or a blind spot is refused: it proves nothing."""
    records = []
    with open(path, "rb") as log:
        data = log.read()
    at = 0
    while at + HEAD.size <= len(data):
        head = HEAD.unpack_from(data, at)
        if head[0] != MAGIC:
            raise ValueError("%s: no record at byte %d" % (path, at))
        name_end = at + HEAD.size + head[3]
        length = head[7]
        end = name_end + length
        if end > len(data):
            break  # killed while writing it down
        records.append(Record(head, data[at + HEAD.size:name_end].decode(errors="surrogateescape"), data[name_end:end]))
        at = end
    records.sort(key=lambda record: record.seq)
    for record in records:
        if record.op == BLIND:
            raise ValueError("%s: %s was changed in a way the recorder cannot follow (%d)" %
                             (path, record.path, record.flags))
    return records


def answers(record):
    """Objects of the acknowledged creations in one send."""
    found = []
    for part in record.data.split(b"HTTP/1.1 ")[1:]:
        head, _, body = part.partition(b"\r\n\r\n")
        if not head.startswith(b"201"):
            continue
        try:
            answer = json.loads(body)
        except ValueError:
            raise ValueError("an acknowledgement that cannot be read: %r" % part[:300])
        if "text" in answer:
            found.append(answer)
    return found


def syncs(records, suffix):
    """Successful fsyncs and fdatasyncs of files whose path ends with @suffix."""
    return sum(1 for record in records if record.op == SYNC_END and record.path.endswith(suffix))
