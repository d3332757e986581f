# SPDX-License-Identifier: Apache-2.0
"""Power cuts while data is kept: a backup that was said to be made is there and whole, half of a restore is never started on
and loses nothing of the old data, and who was purged does not come back."""
import glob
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import backups
import disk as disks
import oracle
import recording as rec
from harness import BUILD, HERE, Control, Died, Host, Load, check, preloadable


def images_of(records, first, count, seed, work, near=None):
    """(folder, record before the cut) of @count disks that a cut behind record @first may leave; one of them at the end, half of
    them behind the first record of the file @near."""
    rng = random.Random(seed)
    disk, at = disks.Disk(rng), 0
    close = next((i for i, record in enumerate(records) if i >= first and near is not None and record.path.startswith(near)), first)
    cuts = sorted(rng.randrange(close if i % 2 else first, len(records)) for i in range(count - 1)) + [len(records) - 1]
    for cut in cuts:
        while at <= cut:
            if records[at].op != rec.ACK:
                disk.follow(records[at])
            at += 1
        folder = tempfile.mkdtemp(prefix="image-", dir=work)
        disk.cut(rng, rng.choice(disks.MODES)).write_out(folder)
        for above, _, names in os.walk(folder):
            for name in names:
                os.utime(os.path.join(above, name), (0, 0))  # written before the cut, not now
        yield folder, records[cut]
        shutil.rmtree(folder)


# ---- a restore ----

def texts_of(folder):
    """Of every ledger that lies there, in use, aside or being made."""
    found = set()
    for path in glob.glob(os.path.join(folder, "**", "ledger", "data.db"), recursive=True):
        try:
            db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
            found |= {row[0] for row in db.execute("SELECT text FROM entry UNION ALL SELECT text FROM file")}
            db.close()
        except sqlite3.DatabaseError:
            continue  # one that was being made
    return found


def restores(work, home, count):
    with Host(work, home) as host:
        host.start()
        load = Load(host, threads=8).start().wait(40)
        before = backups.of(load)
        path, _ = backups.backup(host, os.path.join(work, "backups"))
        load.wait(80).stop()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        later = {text for text, _ in load.acked}
        first = len(rec.read(host.log))
        done = subprocess.run([os.path.join(BUILD, "bin", "zhend"), "--restore", path, "--replace", "--data", host.data],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, env=host.env, timeout=120)
        check(done.returncode == 0, "restore: %s%s", done.stdout, done.stderr)
    records = rec.read(host.log)
    check(len(records) > first + 50, "the restore is not in the recording")
    refused = old = new = 0
    for data, _ in images_of(records, first, count, 17, work, near="restore.incomplete"):
        lost = later - texts_of(data)
        check(not lost, "lost of the old data: %s", sorted(lost)[:5])
        half = os.path.exists(os.path.join(data, "restore.incomplete"))
        with Host(os.path.join(work, "again"), home, record=False, data=data) as again:
            try:
                again.start()
                check(not half, "started in half a restore")
                check(again.stop() == 0, "zhend does not end well: %s", again.tail())
                oracle.check_folder(data, before)
                there = texts_of(os.path.join(data, "plugins"))
                check(there >= later or not there & (later - {answer["text"] for answer in before}) or there < later, "neither old nor new")
                old, new = old + (there >= later), new + (not there >= later)
            except Died as died:
                check(half and "was cut short" in str(died), "%s", died)
                refused += 1
        backups.must_restore(path, data, "--replace")
        oracle.check_folder(data, before)
    check(old and new and refused, "%d images with the old data, %d with the new, %d with neither", old, new, refused)
    return ["%d images in %d records of a restore: %d start with the old data, %d with the new, %d refused until it was done again" %
            (count, len(records) - first, old, new, refused)]


# ---- backups ----

def makes(work, home, count):
    top = os.path.join(work, "all")
    made = []
    with Host(work, home, data=os.path.join(top, "data")) as host:
        os.rmdir(host.data)  # whoever makes it is recorded
        host.env["POWERCUT_DIR"] = top
        host.start()
        load = Load(host, threads=4).start().wait(20)
        first = host.control.seq
        for _ in range(3):
            before = backups.of(load)
            path, _ = backups.backup(host, os.path.join(top, "backups"))
            made.append((host.control.seq, os.path.basename(path), before))
            load.wait(len(load.acked) + 10)
        load.stop()
        host.kill()
    records = rec.read(host.log)
    first = next(i for i, record in enumerate(records) if record.seq >= first)
    whole = said = 0
    for image, last in images_of(records, first, count, 23, work):
        names = [name for name in sorted(os.listdir(os.path.join(image, "backups"))) if not name.endswith(".partial")] \
            if os.path.isdir(os.path.join(image, "backups")) else []
        for seq, name, _ in made:
            check(seq > last.seq or name in names, "%s was said to be made and is gone", name)
            said += seq <= last.seq
        for name in names:
            path = os.path.join(image, "backups", name)
            backups.must_restore(path, os.path.join(work, "fresh"), "--check")
            whole += 1
        if names:
            fresh = tempfile.mkdtemp(prefix="fresh-", dir=work)
            backups.must_restore(os.path.join(image, "backups", names[-1]), fresh)
            oracle.check_folder(fresh, next(before for _, name, before in made if name == names[-1]))
            shutil.rmtree(fresh)
    check(said > 0, "no cut behind a backup that was said to be made")
    return ["%d images in %d records of 3 backups: %d times one that was said to be made, %d looked at and whole" %
            (count, len(records) - first, said, whole)]


# ---- a purge ----

def watched(work, home, settings=None, **env):
    """(tests/api/purge.py, a zhend with its plugin and the recorder in front, what controls that, the recording)"""
    os.environ["ZHEN_BUILD"] = BUILD
    for folder in ("lib", "api"):
        sys.path.insert(0, os.path.join(HERE, "..", folder))
    import purge
    from zhend import Zhend
    log = os.path.join(work, "recording")
    os.makedirs(work)
    control = Control(log)
    z = Zhend(home=home, settings=settings, **purge.PILOT)
    os.makedirs(z.data, exist_ok=True)
    z.env = {**(z.env or {}), "LD_PRELOAD": preloadable(os.path.join(BUILD, "tests", "faults", "powercut.so"), work),
             "POWERCUT_DIR": z.data, "POWERCUT_LOG": log, **env}
    return purge, z, control, log


def purges(work, home, count):
    purge, z, control, log = watched(work, home)
    from zhend import Zhend
    try:
        z.start()
        window = z.login("window-532327101000")
        purge.file_around(z, 10, 100)
        person = purge.file_person(z, window)
        purge.file_around(z, 10, 200)
        check(z.post("/p/approvals/track/retract", json={"number": person["number"], "code": person["code"], "reason": "不建了"},
                     key="r" * 24).status == 200, "not retracted")
        began = control.seq
        done, told = purge.purge(z, person["number"])
        check(done.returncode == 0 and told["clean"], "purge: %s", told)
        ended = control.seq
        purge.file_around(z, 5, 300)
        z.stop()
    finally:
        z.close()
    records = rec.read(log)
    first = next(i for i, record in enumerate(records) if record.seq >= began)
    clean = again = 0
    for data, last in images_of(records, first, count, 31, work):
        hits = purge.found(data)
        if last.seq >= ended:
            check(not hits, "back after the purge was answered: %s", hits[:3])
            clean += 1
            continue
        with Zhend(home=home, data=data, **purge.PILOT) as other:
            done, told = purge.purge(other, person["number"])
            check(done.returncode == 0 and told["clean"], "purge again: %s %s", done.stderr, told)
            hits = purge.found(data)
            check(not hits, "left after a purge that was done again: %s", hits[:3])
            again += 1
    check(clean and again, "%d images behind the answer, %d before it", clean, again)
    return ["%d images: %d behind the answer, nobody in them; %d before it, nobody in them once it was done again" % (count, clean, again)]


# ---- a disk that is full ----

FULL = ("full:path=*events-*,after={a},count={n}", "full:path=*approvals/data.db-wal,after={a},count={n}", "full:path=plugins/*",
        "full:path=plugins/*,after={a},count={n}", "enospc:path=*events-*,after={a},count={n}", "full:path=*approvals/data.db,count={n}")


def numbers(folder):
    """Of the events in archives and log."""
    found = set()
    for path in glob.glob(os.path.join(folder, "events-*.db")) + [os.path.join(folder, "data.db")]:
        db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
        found |= {row[0] for row in db.execute("SELECT seq FROM _event")}
        db.close()
    return found


def full_disk(work, home, rounds):
    """A purge while old events are archived, and the disk is full in the midst of both: no event is lost, and with room again
    nobody is left."""
    purge, z, control, _ = watched(work, home, {"host": {"keep_events_days": 1}}, ZHEN_TEST_UPKEEP_MS="20", POWERCUT_LIGHT="1")
    from zhend import application
    rng, refused, hits = random.Random(13), 0, 0
    try:
        z.start()
        for turn in range(rounds):
            filed = z.post(purge.FORM, json=application(400 + turn, applicant=purge.NAME, id_card=purge.CARDS[0], phone=purge.PHONE,
                                                        address=purge.PLACE)).json
            check(z.post("/p/approvals/track/retract", json={"number": filed["number"], "code": filed["code"], "reason": "不建了"},
                         key="r%023d" % turn).status == 200, "not retracted")
            z.turn_clock(time.strftime("%Y-%m-%dT09:00:00+08:00", time.gmtime(time.time() + (2 + 2 * turn) * 86400)))
            control.rules(FULL[turn % len(FULL)].format(a=rng.randrange(6), n=rng.randrange(1, 9)))
            refused += purge.purge_once(z, filed["number"])
            end = time.monotonic() + 0.3
            while time.monotonic() < end:
                time.sleep(0.02)
            hits += control.hits
            control.rules("")
            end = time.monotonic() + 30
            while purge.purge_once(z, filed["number"]):
                check(time.monotonic() < end, "not purged with room again: %s", z.output()[-1500:])
            left = purge.found(z.data)
            check(not left, "left after the purge: %s", left[:3])
        folder = os.path.join(z.data, "plugins", "approvals")
        check(z.ctl("audit", "verify").returncode == 0, "the audit is not whole")
        z.stop()
        seen = numbers(folder)
        check(seen == set(range(1, len(seen) + 1)), "events are lost: %s of %s", len(seen), max(seen))
        check(hits > 0 and refused > 0, "%d faults, %d purges refused", hits, refused)
        check(glob.glob(os.path.join(folder, "events-*.db")), "nothing was archived")
    finally:
        z.close()
    return ["%d rounds, %d times no room, %d purges refused or left for later; %d events, none lost" % (rounds, hits, refused, len(seen))]
