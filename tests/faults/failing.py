# SPDX-License-Identifier: Apache-2.0
"""Disks that are full or broken: what cannot be kept is refused, what was acknowledged stays, and all goes on afterwards."""
import os
import random
import subprocess
import time

import images
import oracle
import recording as rec
from harness import DISK_LIED, TOP, Died, Host, Load, check, together

WRITERS = 64
BIG = "满" * 9000  # more than the WAL of a fresh start has room for


def burst(host, name, padding=BIG):
    """64 writes at once: (texts acknowledged as answers, texts refused by status)"""
    def write(index):
        client = host.client()
        text = "%s-%d-1" % (name, index)
        body = {"text": text, "n": index, "padding": padding}
        return (text,) + client.call("POST", "/p/ledger/rows", body)

    acked, refused = [], {}
    for result in together(WRITERS, write):
        check(not isinstance(result, Exception), "%s: %r; %s", name, result, host.tail())
        text, status, answer = result
        if status == 201:
            acked.append(answer)
        else:
            refused.setdefault(status, []).append(text)
    return acked, refused


def must_be_absent(data, texts):
    import sqlite3
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(data, "plugins", "ledger", "data.db"), uri=True)
    there = {row[0] for row in db.execute("SELECT text FROM entry UNION ALL SELECT text FROM file")} & set(texts)
    db.close()
    check(not there, "refused and there all the same: %s", sorted(there)[:5])


def all_507(host, fill, free):
    """@fill and @free make the disk full and give the room back."""
    host.start()
    before, _ = burst(host, "before", padding="")
    check(len(before) == WRITERS, "%d of %d writes before the disk is full", len(before), WRITERS)
    host.stop()
    host.start()  # with a WAL that is empty
    fill()
    acked, refused = burst(host, "full")
    check(not acked and list(refused) == [507], "full disk: %d acknowledged, refused %s", len(acked),
          {status: len(texts) for status, texts in refused.items()})
    again, refused_again = burst(host, "again")
    check(not again and list(refused_again) == [507], "still full: %s", {s: len(t) for s, t in refused_again.items()})
    status, page = host.client().call("GET", "/p/ledger/rows")
    check(status == 200 and len(page["items"]) > 0, "a full disk must not stop reading: %s %s", status, page)
    free()
    after, refused_after = burst(host, "after")
    check(len(after) == WRITERS, "with room again: %d of %d, %s", len(after), WRITERS,
          {s: len(t) for s, t in refused_after.items()})
    check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
    oracle.check_folder(host.data, before + after)
    must_be_absent(host.data, refused[507] + refused_again[507])
    return ["%d writes on a full disk, all answered 507; %d afterwards, all answered 201" % (2 * WRITERS, len(after))]


def full_by_library(work, home):
    with Host(work, home) as host:
        lines = all_507(host, lambda: host.control.rules("full:path=plugins/*"), lambda: host.control.rules(""))
        check(host.control.seq > 0, "the library was not loaded")
        return lines


def full_by_tmpfs(work, home):
    """Inside a mount namespace of its own: see main()."""
    data = os.path.join(work, "small")
    os.makedirs(data)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=700", "zhen-faults", data], check=True)
    ballast = os.path.join(data, "ballast")

    def fill():
        with open(ballast, "wb", buffering=0) as out:
            try:
                while True:
                    out.write(bytes(65536))
            except OSError:
                pass
        with open(ballast, "ab", buffering=0) as out:
            try:
                while True:
                    out.write(bytes(512))
            except OSError:
                pass

    with Host(work, home, data=data, record=False) as host:
        return all_507(host, fill, lambda: os.unlink(ballast))


def can_mount():
    """A namespace in which this user may mount, as arguments; None when the system does not let anybody."""
    for way in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        probe = way + ["sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
        if subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0:
            return way
    return None


def quota(work, home):
    """The plugin's own limit: 507 as well, and the other plugin's calls do not notice."""
    with Host(work, home, store="quota = 2M") as host:
        host.start()
        acked, refused = [], {}
        for turn in range(40):
            more, less = burst(host, "quota%d" % turn, padding="x" * 3000)
            acked += more
            for status, texts in less.items():
                refused.setdefault(status, []).extend(texts)
            if less:
                break
        check(list(refused) == [507], "over the quota: %s", {s: len(t) for s, t in refused.items()})
        check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
        oracle.check_folder(host.data, acked)
        must_be_absent(host.data, refused[507])
        return ["%d acknowledged within the quota, %d answered 507 beyond it" % (len(acked), len(refused[507]))]


RULES = (
    "eiosync:path=*data.db-wal,after={a},count={n}",
    "eiosync:path=*,after={a},count={n}",
    "eio:path=*data.db-wal,after={a},count={n}",
    "enospc:path=*data.db-wal,after={a},count={n}",
    "enospc:path=plugins/*,after={a},count={n}",
    "full:path=*,after={a},count={n}",
    "eio:path=*data.db,after=0,count={n};eiosync:path=*data.db,count={n}",
    "eiosync:path=plugins/*data.db,count=1",
)


def go_on(host, load):
    """Under load again, with another process where this one ended over its disk. Returns the load that goes on."""
    while True:
        try:
            return load.wait(len(load.acked) + 30)
        except Died:
            if host.process.poll() != DISK_LIED:
                raise
            load.stop()
            host.start()
            load = Load(host, threads=12, name=load.name + "x", before=load).start()


def one_fault(host, load, rule):
    """Returns (faults handed out, the load that goes on)."""
    host.control.rules(rule)
    end = time.monotonic() + 3
    while host.control.hits == 0 and time.monotonic() < end and host.process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.05)
    hits = host.control.hits
    host.control.rules("")
    return hits, go_on(host, load)


def broken(work, home, rounds, count):
    """Writes and syncs that fail now and then, under load; afterwards the recording's disks. What a failed sync leaves of the
    writes before it is open: a later one that succeeds proves nothing about them."""
    rng = random.Random(3)
    hits, refused = 0, {}
    with Host(work, home) as host:
        host.start()
        load = Load(host, threads=12).start().wait(50)
        for turn in range(rounds):
            handed, load = one_fault(host, load, RULES[turn % len(RULES)].format(a=rng.randrange(12), n=rng.randrange(1, 9)))
            hits += handed
        load.stop()
        host.kill()
        for one in load.chain():
            for status, times in one.refused.items():
                refused[status] = refused.get(status, 0) + times
        check(hits > 0, "no fault was handed out")
        check(refused and all(status in (500, 503, 507) for status in refused), "answered %s", refused)
        records = rec.read(host.log)
        acked = [answer for one in load.chain() for _, answer in one.acked]
        oracle.check_folder(host.data, acked)
    verdict = images.check(records, count, 5)
    starts = sum(1 for record in records if record.op == rec.START)
    lines = ["%d faults handed out, %d acknowledged, refused %s, %d processes" % (hits, len(acked), refused, starts)]
    lines += verdict.lines()
    check(verdict.bad == 0, "\n".join(lines))
    return lines


def main():
    import sys
    print("\n".join(full_by_tmpfs(sys.argv[1], sys.argv[2])))


def tmpfs(work, home, way):
    """full_by_tmpfs in a namespace that goes away with it."""
    done = subprocess.run(way + ["python3", "-B", os.path.join(TOP, "tests", "faults", "failing.py"), work, home],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Died(done.stdout + done.stderr)
    return done.stdout.splitlines()


if __name__ == "__main__":
    main()
