# SPDX-License-Identifier: Apache-2.0
"""A disk as it may stand after a power cut.

What was synced is there. Of what was not, any part may be: each write, each 512-byte sector of a write, each truncation, each
name made, moved or removed, independently of all others. Only a move is never half done in one way: the old name does not
go before the new one is there."""
import recording as rec

SECTOR = 512


class Node:
    __slots__ = ("kind", "durable", "pending", "live", "dead", "names", "version")

    def __init__(self, kind):
        self.kind = kind  # "file" or "dir"
        self.durable = {} if kind == "dir" else bytearray()
        self.pending = []  # of Change, in order
        self.live = {}     # dir: what the running system sees
        self.dead = False
        self.names = 0
        self.version = 0   # of what is durable


class Change:
    __slots__ = ("seq", "what", "name", "node", "offset", "data", "add", "durable", "keep")

    def __init__(self, seq, what, name=None, node=None, offset=0, data=b"", add=None):
        self.seq, self.what, self.name, self.node = seq, what, name, node
        self.offset, self.data, self.add = offset, data, add
        self.durable = self.keep = False


def apply_bytes(content, change):
    if change.what == "truncate":
        if change.offset < len(content):
            del content[change.offset:]
        else:
            content.extend(bytes(change.offset - len(content)))
        return
    end = change.offset + len(change.data)
    if len(content) < change.offset:
        content.extend(bytes(change.offset - len(content)))
    content[change.offset:end] = change.data


def apply_name(entries, change):
    if change.what == "add":
        entries[change.name] = change.node
    elif entries.get(change.name) is change.node:
        del entries[change.name]


class Disk:
    def __init__(self, rng):
        self.root = Node("dir")
        self.inodes, self.dirs, self.rng = {}, [self.root], rng

    # ---- following the recording ----

    def walk(self, path, seq=None):
        """(folder, name, node or None); folder None when it is not known. With @seq, of a record that puts something there: a
        folder that is not known was made by a thread or process that has not told of it yet, or ended before it could."""
        node = self.root
        if path == "":
            return None, "", node
        parts = path.split("/")
        for part in parts[:-1]:
            child = node.live.get(part)
            if child is None and seq is not None:
                child = self.folder()
                self.add(node, part, child, seq)
            if child is None:
                return None, parts[-1], None
            node = child
        return node, parts[-1], node.live.get(parts[-1])

    def folder(self):
        node = Node("dir")
        self.dirs.append(node)
        return node

    def of(self, record):
        if record.path == "":
            return self.root
        node = self.inodes.get(record.inode)
        if node is None:
            node = self.inodes[record.inode] = self.walk(record.path)[2] or Node("file")
        return node

    def add(self, folder, name, node, seq):
        change = Change(seq, "add", name, node)
        old = folder.live.get(name)
        if old is not None and old is not node:
            self.drop(old)
        folder.live[name] = node
        folder.pending.append(change)
        node.names += 1
        return change

    def drop(self, node):
        node.names -= 1
        node.dead = node.names <= 0

    def make(self, record, kind):
        folder, name, there = self.walk(record.path, record.seq)
        if kind == "dir" and there is not None and there.kind == "dir":
            self.inodes[record.inode] = there  # told of late: something was put into it before
            return
        node = self.inodes.get(record.inode)
        # A number met before its file was told of: another process wrote faster. One of a removed file is used again.
        if node is None or node.dead or node.names > 0 or node.kind != kind:
            node = self.inodes[record.inode] = self.folder() if kind == "dir" else Node(kind)
        self.add(folder, name, node, record.seq)

    def move(self, record):
        old, new = record.path.split("\0")
        folder, name, node = self.walk(old)
        target, target_name, _ = self.walk(new, record.seq)
        if node is None:
            raise ValueError("%s was moved and is not known" % old)
        change = self.add(target, target_name, node, record.seq)
        del folder.live[name]
        node.names -= 1
        folder.pending.append(Change(record.seq, "del", name, node, add=change))

    def remove(self, record):
        folder, name, node = self.walk(record.path)
        if node is None:
            return  # a socket, or what is not recorded
        del folder.live[name]
        self.drop(node)
        folder.pending.append(Change(record.seq, "del", name, node))

    def settle(self, node, changes):
        for change in changes:
            change.durable = True
            if node.kind == "dir":
                apply_name(node.durable, change)
            else:
                apply_bytes(node.durable, change)
        node.version += 1

    def synced(self, record):
        node = self.of(record)
        done = [change for change in node.pending if change.seq <= record.value]
        node.pending = [change for change in node.pending if change.seq > record.value]
        self.settle(node, done)

    def sync_failed(self, record):
        """The system drops bytes it could not write and calls them clean: a later sync that succeeds proves nothing. Names
        stay in the file system's journal, which tries again or gives up for good."""
        node = self.of(record)
        if node.kind == "dir":
            return
        chosen = [change for change in node.pending if self.rng.random() < 0.5]
        node.pending = []
        self.settle(node, chosen)

    def follow(self, record):
        op = record.op
        if op == rec.WRITE:
            self.of(record).pending.append(Change(record.seq, "write", offset=record.value, data=record.data))
        elif op == rec.TRUNCATE:
            self.of(record).pending.append(Change(record.seq, "truncate", offset=record.value))
        elif op == rec.SYNC_END:
            self.synced(record)
        elif op == rec.SYNC_FAIL:
            self.sync_failed(record)
        elif op == rec.CREATE:
            self.make(record, "file")
        elif op == rec.MKDIR:
            self.make(record, "dir")
        elif op == rec.RENAME:
            self.move(record)
        elif op == rec.LINK:
            folder, name, _ = self.walk(record.path.split("\0")[1], record.seq)
            self.add(folder, name, self.inodes[record.inode], record.seq)
        elif op in (rec.UNLINK, rec.RMDIR):
            self.remove(record)

    # ---- cutting ----

    def cut(self, rng, mode):
        return Image(self, rng, mode)


MODES = ("none", "all", "names", "bytes", "mixed", "mixed", "mixed")


class Image:
    """One of the disks that may be found afterwards.

    mode: "none" and "all" of what was not synced; "names": all bytes, no names; "bytes": the other way round; "mixed": by
    chance, a share for each file and folder, some writes torn."""

    def __init__(self, disk, rng, mode):
        self.disk, self.rng, self.mode = disk, rng, mode
        self.contents = {}
        for folder in disk.dirs:
            share = self.share("dir")
            for change in folder.pending:
                change.keep = rng.random() < share
        for folder in disk.dirs:
            for change in folder.pending:
                if change.add is not None and not change.add.durable and not change.add.keep:
                    change.keep = False

    def share(self, kind):
        if self.mode in ("none", "all"):
            return 0.0 if self.mode == "none" else 1.0
        if self.mode in ("names", "bytes"):
            return 1.0 if (self.mode == "bytes") == (kind == "dir") else 0.0
        return self.rng.choice((0.0, 0.1, 0.5, 0.9, 1.0))

    def torn(self, content, change):
        """Each sector of it is the new one or the old one."""
        for at in range(0, len(change.data), SECTOR):
            if self.rng.random() < 0.5:
                part = Change(change.seq, "write", offset=change.offset + at, data=change.data[at:at + SECTOR])
                apply_bytes(content, part)

    def read(self, node):
        if node in self.contents:
            return self.contents[node]
        content = node.durable
        if node.pending:
            content = bytearray(content)
            share = self.share("file")
            for change in node.pending:
                if self.rng.random() >= share:
                    continue
                if self.mode == "mixed" and change.what == "write" and self.rng.random() < 0.15:
                    self.torn(content, change)
                else:
                    apply_bytes(content, change)
        self.contents[node] = content
        return content

    def list(self, node):
        entries = node.durable
        if node.pending:
            entries = dict(entries)
            for change in node.pending:
                if change.keep:
                    apply_name(entries, change)
        return entries

    def find(self, path):
        node = self.disk.root
        for part in path.split("/"):
            if node is None or node.kind != "dir":
                return None
            node = self.list(node).get(part)
        return node

    def whole(self, node):
        """TRUE when nothing about its bytes is open."""
        return not node.pending

    def write_out(self, directory):
        """The whole of it as files, for a zhend to start on."""
        import os

        def one(node, path):
            if node.kind == "dir":
                os.makedirs(path, 0o700, exist_ok=True)
                for name, child in self.list(node).items():
                    one(child, os.path.join(path, name))
                return
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(fd, bytes(self.read(node))) if len(self.read(node)) else None
            os.close(fd)

        one(self.disk.root, directory)
