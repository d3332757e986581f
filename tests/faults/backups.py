# SPDX-License-Identifier: Apache-2.0
"""Backups under load, and what may go wrong with one: damage, a full disk, kills, a worker that dies or hangs."""
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time

import anchors
import oracle
from harness import BUILD, TOP, Died, Host, Load, check, together

PAUSE_MS = 50  # what is aimed at; a machine full of other work may take longer now and then


def zhenctl(host, *args, timeout=120):
    return subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "--data", host.data, *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout)


def backup(host, folder):
    """(path, pause in ms)"""
    done = zhenctl(host, "--json", "backup", folder)
    check(done.returncode == 0, "backup: %d %s; %s", done.returncode, done.stderr, host.tail())
    said = json.loads(done.stdout)
    return said["path"], said["pause_us"] / 1000


def restore(path, data, *more):
    return subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "restore", path, "--data", data, *more],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def must_restore(path, data, *more):
    done = restore(path, data, *more)
    check(done.returncode == 0, "restore of %s: %s%s", path, done.stdout, done.stderr)
    return done.stdout


def of(load):
    with load.lock:
        return [answer for _, answer in load.acked]


def runs_on(work, home, data, acked):
    """What was restored holds all of @acked, starts, writes, and its audit is in order."""
    oracle.check_folder(data, acked)
    with Host(os.path.join(work, "again"), home, data=data, record=False) as host:
        host.start()
        rows, _ = anchors.verify(host)
        status, _ = host.client().call("POST", "/p/ledger/rows", {"text": "restored-0-1", "n": 1})
        check(status == 201, "no write after a restore: %s", status)
        check(host.stop() == 0, "zhend does not end well after a restore: %s", host.tail())
    return rows


def private(path):
    for folder, names, files in os.walk(path):
        for name in names + files:
            mode = stat.S_IMODE(os.lstat(os.path.join(folder, name)).st_mode)
            check(mode in (0o700, 0o600), "%s/%s has mode %o", folder, name, mode)
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o700, "%s is open to others", path)


def under_load(work, home, count):
    """Everything acknowledged before a backup began is in it; writers stand for a moment only."""
    folder, pauses, lines = os.path.join(work, "backups"), [], []
    with Host(work, home, record=False) as host:
        host.start()
        # Not as fast as it can: more than ten thousand keys of one owner, and the oldest of them go.
        load, made = Load(host, threads=12, pause_s=0.02).start().wait(100), []
        for _ in range(count):
            before = of(load)
            path, pause = backup(host, folder)
            made.append((path, before))
            pauses.append(pause)
            load.wait(len(load.acked) + 20)
        load.stop()
        check(not load.refused, "refused while backups were made: %s", load.refused)
        listed = zhenctl(host, "backups").stdout
        check(all(path in listed for path, _ in made), "not listed: %s", listed)
        refused = restore(made[0][0], host.data, "--replace")
        check(refused.returncode == 1 and "in use" in refused.stderr, "restored under a zhend that runs: %s", refused)
        last = of(load)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    for number, (path, before) in enumerate(made):
        private(path)
        data = os.path.join(work, "restored%d" % number)
        must_restore(path, data, "--check")
        check(not os.path.exists(data), "--check made %s", data)
        must_restore(path, data)
        rows = runs_on(work, home, data, before)
        lines.append("%d acknowledged before, %d audit rows restored, pause %.1f ms" % (len(before), rows, pauses[number]))
        shutil.rmtree(data)
    lines.append(over_the_old(work, home, host, made[0], last))
    pauses.sort()
    lines.append("%s: %d backups, pause %.1f ms median, %.1f ms longest" % (home, count, pauses[count // 2], pauses[-1]))
    check(pauses[count // 2] < PAUSE_MS, "%s", lines[-1])
    return lines


def over_the_old(work, home, host, made, acked):
    """--replace: the old data is aside, whole, and the audit says that rows were there before."""
    path, before = made
    refused = restore(path, host.data)
    check(refused.returncode == 1 and "--replace" in refused.stderr, "restored over what is there: %s", refused)
    said = must_restore(path, host.data, "--replace")
    aside = [name for name in os.listdir(host.data) if name.startswith("before-restore-")]
    check(len(aside) == 1 and aside[0] in said, "the old data is not aside: %s %s", aside, said)
    oracle.check_folder(os.path.join(host.data, aside[0]), acked)
    with Host(work, home, record=False) as again:
        again.start()
        text = zhenctl(again, "audit", "verify", "ledger").stdout
        check("restored, up to row" in text and "anchored before, are not in it" in text, "audit verify: %s", text)
        check(os.path.basename(path) in text, "audit verify does not name the backup: %s", text)
        check(path in zhenctl(again, "backups").stdout, "the backup that was restored is not listed")
        check(again.stop() == 0, "zhend does not end well: %s", again.tail())
    oracle.check_folder(host.data, before)
    return "restored over the old data, which is whole aside"


def archives(work, home):
    """Archives come with the logs; what reached one after the cut does not."""
    with Host(work, home, record=False) as host:
        host.start()
        Load(host, threads=4).start().wait(40).stop()
        name = os.path.join("plugins", "ledger", "events-2025.db")
        db = sqlite3.connect(os.path.join(host.data, name))
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE _event(seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, subject TEXT NOT NULL, division TEXT NOT NULL, "
                   "at INTEGER NOT NULL, body TEXT NOT NULL)")
        db.executemany("INSERT INTO _event VALUES(?, 't', '', '', 1, '{}')", [(1,), (2,), (1000000,)])
        db.commit()  # and stays open: its WAL is not copied back
        path, _ = backup(host, os.path.join(work, "backups"))
        db.close()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    data = os.path.join(work, "restored")
    must_restore(path, data)
    db = sqlite3.connect(os.path.join(data, name))
    rows = [row[0] for row in db.execute("SELECT seq FROM _event ORDER BY seq")]
    db.close()
    check(rows == [1, 2], "the archive restored holds %s", rows)
    return ["an archive of three events, one of them younger than the cut: %s restored" % rows]


# ---- damage ----

def flip(path):
    with open(path, "r+b") as both:
        both.seek(os.path.getsize(path) // 2)
        byte = both.read(1)
        both.seek(-1, 1)
        both.write(bytes([byte[0] ^ 0x20]))


def cut_short(path):
    os.truncate(path, os.path.getsize(path) // 2)


DAMAGES = (("plugins/ledger/data.db", flip), ("plugins/ledger/data.db", os.unlink), ("host/data.db", cut_short),
           ("keys/secret.key", flip), ("manifest.json", flip), ("manifest.json", os.unlink), ("manifest.sm3", os.unlink),
           ("manifest.sm3", flip), ("BLOB", flip), ("BLOB", os.unlink))


def a_blob(path):
    for folder, _, names in os.walk(os.path.join(path, "plugins", "ledger", "blobs")):
        if names:
            return os.path.relpath(os.path.join(folder, names[0]), path)
    raise Died("no file in %s" % path)


def damaged(work, home):
    """Each damage is refused, by name, and the data folder is not touched."""
    lines = []
    with Host(work, home, record=False) as host:
        host.start()
        Load(host, threads=8).start().wait(60).stop()
        path, _ = backup(host, os.path.join(work, "backups"))
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    data = os.path.join(work, "restored")
    for number, (name, damage) in enumerate(DAMAGES):
        bad = os.path.join(work, "bad%d" % number)
        shutil.copytree(path, bad)
        name = a_blob(bad) if name == "BLOB" else name
        damage(os.path.join(bad, name))
        for more in ((), ("--check",)):
            done = restore(bad, data, *more)
            check(done.returncode == 1, "%s %s: restored", damage.__name__, name)
            check(name in done.stderr or "no whole backup" in done.stderr, "%s is not named: %s", name, done.stderr)
            check(not os.path.exists(data) or os.listdir(data) in ([], ["zhend.lock"]), "left behind: %s", data)
        lines.append("%s %s: %s" % (damage.__name__, name, done.stderr.strip().splitlines()[-1][-150:]))
        shutil.rmtree(bad)
    must_restore(path, data)
    two_folders_mixed(work, path, data)
    return lines


def two_folders_mixed(work, path, data):
    """A name that leads out of the backup, in a manifest that somebody made fit."""
    bad = os.path.join(work, "bad")
    shutil.copytree(path, bad)
    with open(os.path.join(bad, "manifest.json"), encoding="utf-8") as text:
        manifest = text.read().replace('"host/data.db"', '"../host/data.db"')
    with open(os.path.join(bad, "manifest.json"), "w", encoding="utf-8") as out:
        out.write(manifest)
    with open(os.path.join(bad, "manifest.sm3"), "w", encoding="utf-8") as out:
        out.write("%s  manifest.json\n" % oracle.sm3(manifest.encode()))
    done = restore(bad, data + "2")
    check(done.returncode == 1 and not os.path.exists(data + "2"), "a path that leads out was taken: %s", done)


# ---- full disk ----

def small_disk(work, name, size):
    disk = os.path.join(work, name)
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s,mode=700" % size, "zhen-faults", disk], check=True)
    return disk


def on_small_disks(work, home):
    """Inside a mount namespace of its own: see main()."""
    with Host(work, home, record=False) as host:
        host.start()
        load = Load(host, threads=8, files=True).start().wait(400)
        disk = small_disk(work, "tight", "17m")
        done = zhenctl(host, "backup", disk)
        check(done.returncode == 1 and "空间不足" in done.stderr and len(done.stderr.strip().splitlines()) == 1,
              "not enough room: %s", done)
        check(os.listdir(disk) == [], "left behind: %s", os.listdir(disk))
        check(host.process.poll() is None and load.wait(len(load.acked) + 20), "the host ended")
        load.stop()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    with Host(work, home, record=False, env={"ZHEN_TEST_BACKUP_BLIND": "1"}) as host:
        host.start()
        more, lines = Load(host, threads=8, name="b").start().wait(100), [done.stderr.strip()]
        for size in ("64k", "256k", "512k", "1m", "2m"):
            disk = small_disk(work, "small" + size, size)
            done = zhenctl(host, "backup", disk)
            check(done.returncode == 1 and "磁盘已满" in done.stderr and len(done.stderr.strip().splitlines()) == 1,
                  "a disk of %s: %s", size, done)
            check(os.listdir(disk) == [], "left behind on a full disk of %s: %s", size, os.listdir(disk))
            lines.append("%s: %s" % (size, done.stderr.strip()))
            more.wait(len(more.acked) + 20)
        path, _ = backup(host, os.path.join(work, "backups"))
        more.stop()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    disk = small_disk(work, "restored", "1m")
    done = restore(path, disk)
    check(done.returncode == 1 and "not enough room" in done.stderr, "restored onto a small disk: %s", done)
    check(set(os.listdir(disk)) <= {"zhend.lock"}, "left behind: %s", os.listdir(disk))
    oracle.check_folder(host.data, of(load) + of(more))
    return lines


def full_disk(work, home, way):
    done = subprocess.run(way + ["python3", "-B", os.path.join(TOP, "tests", "faults", "backups.py"), work, home],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Died(done.stdout + done.stderr)
    return done.stdout.splitlines()


# ---- kills ----

def begun(folder, known):
    return os.path.isdir(folder) and not set(os.listdir(folder)) <= known


def kill_during(work, home, count):
    """SIGKILL while a backup is being made: what has its name is whole, what has not is refused, and goes with the next."""
    rng = random.Random(7)
    folder = os.path.join(work, "backups")
    whole = partial = 0
    host = Host(work, home, record=False)
    acked = []
    with host:
        for number in range(count):
            host.start()
            load = Load(host, threads=8, name="k%d" % number).start().wait(30)
            before = acked + of(load)
            asked = threading.Thread(target=lambda: zhenctl(host, "backup", folder))
            known = set(os.listdir(folder)) if os.path.isdir(folder) else set()
            asked.start()
            end = time.monotonic() + 10
            while asked.is_alive() and time.monotonic() < end and not begun(folder, known):
                time.sleep(0.0005)
            time.sleep(rng.random() * 0.04)
            host.kill()
            load.stop()
            asked.join()
            acked += of(load)
            for name in sorted(set(os.listdir(folder)) - known) if os.path.isdir(folder) else ():
                path, data = os.path.join(folder, name), os.path.join(work, "restored")
                if name.endswith(".partial"):
                    partial += 1
                    done = restore(path, data)
                    check(done.returncode == 1 and "no whole backup" in done.stderr, "half a backup was taken: %s", done)
                    shutil.rmtree(data, ignore_errors=True)
                    continue
                whole += 1
                must_restore(path, data)
                oracle.check_folder(data, before)
                shutil.rmtree(data)
        host.start()
        path, _ = backup(host, folder)
        left = [name for name in os.listdir(folder) if name.endswith(".partial")]
        check(left == [], "the next backup left dead ones: %s", left)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    oracle.check_folder(host.data, acked)
    check(partial > 0, "no kill came in the midst of a backup")
    return ["%d kills: %d backups were whole and restored, %d half ones refused and removed" % (count, whole, partial)]


def stop_during(work, home, count):
    """SIGTERM while a backup is being made: it is given up or finished, never left half, and zhend ends as ever. Meanwhile no
    other backup is made, and other verbs are answered."""
    rng = random.Random(13)
    folder, whole, given_up = os.path.join(work, "backups"), 0, 0
    with Host(work, home, record=False) as host:
        for number in range(count):
            host.start()
            load = Load(host, threads=8, name="s%d" % number).start().wait(40)
            known, said = set(os.listdir(folder)) if os.path.isdir(folder) else set(), []
            asked = threading.Thread(target=lambda: said.append(zhenctl(host, "backup", folder)))
            asked.start()
            while asked.is_alive() and not begun(folder, known):
                time.sleep(0.0005)
            time.sleep(rng.random() * 0.02)
            host.process.send_signal(signal.SIGTERM)
            code = host.stop()
            load.stop()
            asked.join()
            check(code == 0, "zhend does not end well in a backup: %s", host.tail())
            fresh = set(os.listdir(folder)) - known if os.path.isdir(folder) else set()
            check(not any(name.endswith(".partial") for name in fresh), "left half: %s; %s", fresh, said)
            whole += len(fresh)
            given_up += not fresh
            check(bool(fresh) == (said[0].returncode == 0) or "未能登记" in said[0].stderr or said[0].returncode == 3,
                  "%s is there and zhenctl said %s", fresh, said)
        host.start()
        results = together(4, lambda _: zhenctl(host, "backup", folder))
        fine = [done for done in results if done.returncode == 0]
        busy = [done for done in results if "a backup is being made or a version swapped" in done.stderr]
        check(len(fine) >= 1 and len(fine) + len(busy) == 4, "four at once: %s", results)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return ["%d stops in the midst: %d backups finished, %d given up; of four at once %d made" % (count, whole, given_up, len(fine))]


def kill_restore(work, home, count):
    """SIGKILL to a restore over old data: what is then in the folder starts as one of the two, or not at all until the restore
    was done again; the old data is never lost."""
    rng = random.Random(11)
    refused = moving = 0
    with Host(work, home, record=False) as host:
        host.start()
        load = Load(host, threads=8).start().wait(60)
        before = of(load)
        path, _ = backup(host, os.path.join(work, "backups"))
        load.wait(120).stop()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    program = [os.path.join(BUILD, "bin", "zhend"), "--restore", path, "--replace", "--data"]
    for number in range(count):
        data = os.path.join(work, "data%d" % number)
        shutil.copytree(host.data, data, ignore=shutil.ignore_patterns("zhend.sock"))
        going = subprocess.Popen(program + [data], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number % 2:
            while going.poll() is None and not os.path.exists(os.path.join(data, "restore.incomplete")):
                pass
            time.sleep(rng.random() * 0.002)
        else:
            time.sleep(rng.random() * 0.08)
        going.kill()
        going.wait()
        moving += os.path.exists(os.path.join(data, "restore.incomplete"))
        with Host(os.path.join(work, "again"), home, record=False, data=data) as again:
            try:
                again.start()
                check(not os.path.exists(os.path.join(data, "restore.incomplete")), "started in half a restore")
                check(again.stop() == 0, "zhend does not end well: %s", again.tail())
            except Died as died:
                check("was cut short" in str(died), "%s", died)
                refused += 1
        must_restore(path, data, "--replace")
        runs_on(work, home, data, before)
        shutil.rmtree(data)
    return ["%d restores killed, %d after names had begun to move; %d starts refused until it was done again" % (count, moving, refused)]


# ---- workers ----

def dying_worker(work, count):
    """A worker killed while backups are made: no backup hangs, and those that were made are whole."""
    folder, made, refused = os.path.join(work, "backups"), [], []
    with Host(work, "process", record=False) as host:
        host.start()
        load, over = Load(host, threads=8).start().wait(50), threading.Event()

        def killer():
            rng = random.Random(5)
            while not over.wait(0.02 + 0.3 * rng.random()):
                for pid in host.worker_pids():
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass

        killing = threading.Thread(target=killer)
        killing.start()
        for _ in range(count):
            before, began = of(load), time.monotonic()
            done = zhenctl(host, "--json", "backup", folder, timeout=40)
            check(time.monotonic() - began < 20, "a backup hung for %.0f s", time.monotonic() - began)
            if done.returncode == 0:
                made.append((json.loads(done.stdout)["path"], before))
            else:
                check("plugin ledger is starting" in done.stderr, "refused: %s", done.stderr)
                refused.append(done.stderr)
                time.sleep(0.2)
        over.set()
        killing.join()
        load.stop()
        end = time.monotonic() + 30
        while host.client().call("GET", "/p/ledger/rows")[0] != 200:
            check(time.monotonic() < end, "no worker in 30 s: %s", host.tail())
            time.sleep(0.05)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    check(made, "no backup was made: %s", refused[:2])
    for path, before in made[:: max(1, len(made) // 8)]:
        data = os.path.join(work, "restored")
        must_restore(path, data)
        oracle.check_folder(data, before)
        shutil.rmtree(data)
    return ["%d backups made and %d refused while the worker was killed again and again" % (len(made), len(refused))]


def hanging_worker(work):
    """One that does not answer: the backup fails, names it, and everything goes on."""
    with Host(work, "process", record=False) as host:
        with open(host.conf, encoding="utf-8") as conf:
            text = conf.read().replace("[host]\n", "[host]\nbackup_pause = 300ms\n", 1)
        with open(host.conf, "w", encoding="utf-8") as out:
            out.write(text)
        host.start()
        load = Load(host, threads=4).start().wait(20)
        worker, = host.worker_pids()
        os.kill(worker, signal.SIGSTOP)
        began = time.monotonic()
        done = zhenctl(host, "backup", os.path.join(work, "backups"))
        took = time.monotonic() - began
        os.kill(worker, signal.SIGCONT)
        check(done.returncode == 1 and "plugin ledger" in done.stderr, "a hanging worker: %s", done)
        check(took < 5, "it took %.1f s", took)
        check(os.listdir(os.path.join(work, "backups")) == [], "left behind")
        load.wait(len(load.acked) + 50)
        backup(host, os.path.join(work, "backups"))
        load.stop()
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    oracle.check_folder(host.data, of(load))
    return [done.stderr.strip()]


def refusals(work):
    """Places that cannot be: each refused with its reason, nothing made."""
    lines = []
    with Host(work, "inproc", record=False) as host:
        host.start()
        plain = os.path.join(work, "plain")
        with open(plain, "w", encoding="utf-8") as out:
            out.write("x")
        for folder, word in ((os.path.join(work, "not", "there"), "not/there"), (plain, "plain"),
                             (os.path.join(host.data, "plugins", "ledger", "blobs"), "data folder"), ("/proc", "/proc")):
            done = zhenctl(host, "backup", folder)
            check(done.returncode == 1 and word in done.stderr, "%s: %s", folder, done)
            lines.append(done.stderr.strip())
        check(zhenctl(host, "backup").returncode == 1, "without a folder")
        if os.geteuid() == 0:
            lines.append(as_another(host, os.path.join(work, "backups")))
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return lines


def as_another(host, folder):
    """Whoever is neither root nor the daemon's user may not even ask."""
    for path in (host.work, host.data, os.path.dirname(host.work), os.path.dirname(os.path.dirname(host.work))):
        if path.startswith("/tmp/zhen-"):
            os.chmod(path, 0o755)
    done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", os.path.join(BUILD, "bin", "zhenctl"), "--data", host.data,
                           "backup", folder], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    os.chmod(host.data, 0o700)
    check(done.returncode != 0 and not os.path.exists(folder), "another user made a backup: %s", done)
    return done.stderr.strip()


def main():
    import sys
    print("\n".join(on_small_disks(sys.argv[1], sys.argv[2])))


if __name__ == "__main__":
    main()
