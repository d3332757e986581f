# SPDX-License-Identifier: Apache-2.0
"""What lies in a plugin's folder and should not, files that are damaged, archives that are gone: a backup names them, goes on where
it can, and what it says of itself holds when it is restored."""
import glob
import json
import os
import shutil
import subprocess
import time

import deliveries
from tap import check, same
from zhend import BUILD, Zhend, application

PILOT = {"pilot": "test", "pilots": "[pilot test]\ndivisions = 532300000000\nplugins = approvals\n"}
FORM = "/p/approvals/applications"


def restore(z, path, data, *more):
    return subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "restore", path, "--data", data, *more], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=z.environment(), timeout=60)


def backup(z, folder):
    os.makedirs(folder, exist_ok=True)
    before = set(os.listdir(folder))
    done = z.ctl("backup", folder)
    made = sorted(set(os.listdir(folder)) - before)
    return done, os.path.join(folder, made[0]) if made else None


def strange_files(t, home):
    """An archive that is a FIFO or a link: nobody waits for it, nobody follows it."""
    kinds = (("FIFO", os.mkfifo), ("link", lambda path: os.symlink("../../host/data.db", path)), ("folder", os.mkdir))
    z = Zhend(pilot="test", pilots=deliveries.PILOTS, home=home)
    work = z.folder + "-backups"
    try:
        z.start()
        deliveries.count(z, 20)
        path = os.path.join(z.data, "plugins", "ring_a", "events-1999.db")
        for kind, make in kinds:
            make(path)
            with t.case(f"{home}: a {kind} in place of an archive is refused by name, at once, and nothing is left"):
                done, made = backup(z, work)
                check(done.returncode == 1 and "events-1999.db" in done.stderr and "not a plain file" in done.stderr, done)
                same((made, os.listdir(work)), (None, []))
                check(z.ctl("health").stdout, "it does not answer any more")
            os.rmdir(path) if kind == "folder" else os.unlink(path)
        with t.case(f"{home}: without it the backup is made"):
            done, made = backup(z, work)
            same(done.returncode, 0, done)
        z.stop()
        deliveries.change(z, "ring_a", "DELETE FROM _event WHERE seq < 3")
        os.mkfifo(path)
        z.start()
        with t.case(f"{home}: the bus names it, and the host still ends"):
            same(z.ctl("events", "replay", "tally", "ring_a", "--yes").returncode, 0)
            deliveries.wait_for("it is named", lambda: "events-1999.db" in deliveries.link(z).get("fault", ""))
            same(z.stop(timeout=30), 0)
    finally:
        z.close()
        shutil.rmtree(work, ignore_errors=True)


def upload(z, content):
    filed = z.post(FORM, json=application(801, members=[])).json
    digest = z.request("POST", f"/p/approvals/_upload?ticket={filed['ticket']}", content, {"Content-Type": "application/pdf"}).json["digest"]
    return os.path.join(z.data, "plugins", "approvals", "blobs", digest[:2], digest)


def damaged_files(t, home):
    with Zhend(home=home, **PILOT) as z:
        work = z.folder + "-backups"
        whole, hurt, linked = (upload(z, bytes([65 + n]) * 9999) for n in range(3))
        name = os.path.relpath(hurt, z.data)
        with t.case(f"{home}: what happens to a file later does not happen to its backup"):
            done, good = backup(z, work)
            same(done.returncode, 0, done)
            os.chmod(hurt, 0o600)
            with open(hurt, "r+b") as file:
                file.write(b"DAMAGE")
            done = restore(z, good, work + "/new", "--check")
            same(done.returncode, 0, done)
        os.unlink(linked)
        os.symlink("/etc/hostname", linked)
        done, bad = backup(z, work)
        with t.case(f"{home}: a damaged file and a link are named, the backup is made without them, and its exit code says so"):
            check(bad is not None and done.returncode == 1, done)
            check(name in done.stdout and os.path.relpath(linked, z.data) in done.stdout and bad in done.stderr, done)
            with open(bad + "/manifest.json", encoding="utf-8") as text:
                manifest = json.load(text)
            same(sorted(row["path"] for row in manifest["damaged"]), sorted([name, os.path.relpath(linked, z.data)]))
            same((os.path.exists(os.path.join(bad, name)), os.path.lexists(os.path.join(bad, os.path.relpath(linked, z.data)))),
                 (False, False))
            check(os.path.exists(os.path.join(bad, os.path.relpath(whole, z.data))), "the whole one is not in it")
            check(bad in z.ctl("backups").stdout, "not listed")
    with t.case(f"{home}: such a backup is restored only when that is asked for, and what is missing is listed"):
        data = work + "/new"
        done = restore(z, bad, data)
        check(done.returncode == 1 and name in done.stderr and "--without-damaged" in done.stderr, done)
        check(not os.path.exists(data) or os.listdir(data) in ([], ["zhend.lock"]), os.listdir(work))
        done = restore(z, bad, data, "--without-damaged")
        check(done.returncode == 0 and name in done.stdout, done)
        with Zhend(home=home, data=data, **PILOT) as other:
            same(other.post(FORM, json=application(50)).status, 201)
    with t.case(f"{home}: one that was damaged in the backup is left out too, a database never is"):
        again = work + "/again"
        for path, code in ((os.path.relpath(whole, z.data), 0), ("plugins/approvals/data.db", 1)):
            with open(os.path.join(good, path), "r+b") as file:
                file.seek(100)
                file.write(b"DAMAGE")
            done = restore(z, good, again + str(code), "--without-damaged")
            check(done.returncode == code and path in done.stdout + done.stderr, done)
    shutil.rmtree(work, ignore_errors=True)


def known_backups(t):
    """A restore takes the database back that knows which backups there are: those that only the replaced one knew stay known."""
    with Zhend(**PILOT) as z:
        work = z.folder + "-backups"
        same(z.post(FORM, json=application(1)).status, 201)
        first = backup(z, work + "/here")[1]
        elsewhere = backup(z, work + "/there")[1]
        gone = backup(z, work + "/gone")[1]
        shutil.rmtree(gone)
        z.stop()
        listed = lambda: [(row["path"], row["there"]) for row in json.loads(z.ctl("--json", "backups").stdout)["backups"]]
        done = restore(z, first, z.data, "--replace")
        same(done.returncode, 0, done)
        z.start()
        with t.case("after a restore in place the backups that only the replaced data knew are listed still"):
            same(listed(), [(first, True), (elsewhere, True), (gone, False)])
        with t.case("one that was forgotten since comes back with what was moved aside, until that is gone too"):
            same(z.ctl("backups", "forget", gone).returncode, 0)
            same(len(listed()), 2)
        z.stop()
        (host,) = glob.glob(z.data + "/host/data.db")
        with open(host, "r+b") as file:
            file.write(b"DAMAGE" * 1000)
        done = restore(z, first, z.data, "--replace")
        with t.case("a replaced database that cannot be read stops no restore, and is named"):
            same(done.returncode, 0, done)
            check(host in done.stdout and "list of backups" in done.stdout, done)
        z.start()
        with t.case("what an earlier restore moved aside is asked too"):
            same(listed(), [(first, True), (elsewhere, True), (gone, False)])
        shutil.rmtree(work, ignore_errors=True)


def lost_archive(t, home):
    with Zhend(pilot="test", pilots=deliveries.PILOTS, home=home, settings={"host": {"keep_events_days": 1}}) as z:
        work = z.folder + "-backups"
        deliveries.count(z, 20)
        deliveries.wait_for("all of it", lambda: deliveries.told(z) == 20)
        z.turn_clock(time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600 + 5 * 86400)))
        pattern = z.data + "/plugins/ring_a/events-*.db"
        deliveries.wait_for("the archive", lambda: glob.glob(pattern), seconds=90)
        done, good = backup(z, work)
        with t.case(f"{home}: a restored archive is of the restored log's life: all of it is replayed"):
            same(done.returncode, 0, done)
            same(restore(z, good, work + "/new").returncode, 0)
            with Zhend(pilot="test", pilots=deliveries.PILOTS, home=home, data=work + "/new") as other:
                before = deliveries.told(other)
                same(other.ctl("events", "replay", "tally", "ring_a", "--yes").returncode, 0)
                deliveries.wait_for("again", lambda: deliveries.link(other)["state"] == "at-end" and deliveries.link(other)["delivered"] == 20)
                check(deliveries.told(other) >= before, "lost")
        (path,) = glob.glob(pattern)
        os.unlink(path)
        with t.case(f"{home}: an archive that is gone is named by the bus and by the backup, and passed over by nobody"):
            z.ctl("events", "replay", "tally", "ring_a", "--yes")
            deliveries.wait_for("it is named", lambda: os.path.basename(path) in deliveries.link(z).get("fault", ""))
            done, made = backup(z, work)
            check(made is not None and done.returncode == 1 and os.path.basename(path) in done.stdout, done)
        shutil.rmtree(work, ignore_errors=True)


def run(t):
    for home in ("inproc", "process"):
        strange_files(t, home)
        damaged_files(t, home)
    known_backups(t)
    lost_archive(t, "inproc")
