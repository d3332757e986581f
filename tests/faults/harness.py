# SPDX-License-Identifier: Apache-2.0
"""Starts zhend with the recorder in front of it, and calls it."""
import http.client
import json
import mmap
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from preload import preloadable  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("ZHEN_FAULTS") or os.path.join(TOP, "build", "faults")
START_S = 60
DISK_LIED = 70  # STORE_EXIT_DISK: a checkpoint could not be synced; the next process reads the WAL anew

CONF = """[host]
title = 故障测试
address = 127.0.0.1
port = 0
plugin_dir = {build}/plugins
worker = {build}/bin/zhen-worker
divisions = {here}/places.csv
bodies = {here}/bodies.csv
allow_unsigned = yes
isolation = {home}
log_level = {log_level}
stop_grace = 5s

[limits]
call_time = 60s
idempotency_keys = 1000000
anonymous_writes_per_minute = 0
anonymous_writes_per_hour = 0
wrong_codes_per_minute = 0

[store]
{store}

[pilot faults]
divisions = 990000000000
plugins = {plugins}
"""


class Died(Exception):
    pass


class Control:
    """The memory shared with powercut.so: see powercut.h."""

    def __init__(self, log):
        path = log + ".ctl"
        with open(path, "ab") as out:
            out.truncate(4 * 8 + 1024)
        with open(path, "r+b") as both:
            self.map = mmap.mmap(both.fileno(), 4 * 8 + 1024)

    def _get(self, index):
        return struct.unpack_from("<Q", self.map, 8 * index)[0]

    def _put(self, index, value):
        struct.pack_into("<Q", self.map, 8 * index, value)

    def rules(self, text):
        """Odd while being written; what was counted starts again."""
        version = self._get(1)
        self._put(1, version + 1)
        self.map[32:32 + 1024] = text.encode().ljust(1024, b"\0")
        self._put(2, 0)
        self._put(3, 0)
        self._put(1, version + 2)

    seq = property(lambda self: self._get(0))
    hits = property(lambda self: self._get(2))


class Host:
    """One zhend on one data folder; may be started again and again."""

    def __init__(self, work, home, plugins="ledger", store="wal_limit = 1M", env=None, record=True, log_level="warn",
                 data=None):
        os.makedirs(work, exist_ok=True)
        self.work, self.home = work, home
        self.data = data or os.path.join(work, "data")
        self.conf = os.path.join(work, "zhend.conf")
        self.log = os.path.join(work, "recording")
        self.said = os.path.join(work, "zhend.log")
        os.makedirs(self.data, 0o700, exist_ok=True)
        with open(self.conf, "w", encoding="utf-8") as out:
            out.write(CONF.format(build=BUILD, here=HERE, home=home, store=store, plugins=plugins, log_level=log_level))
            # One that cannot open its database ends the host: left out, it would only answer nothing.
            out.write("".join("\n[%s]\ncritical = yes\n" % plugin.strip() for plugin in plugins.replace(",", ";").split(";")))
        self.env = dict(os.environ, G_DEBUG="", **(env or {}))
        self.control = None
        if record:
            self.env.update(LD_PRELOAD=preloadable(os.path.join(BUILD, "tests", "faults", "powercut.so"), work), POWERCUT_DIR=self.data,
                            POWERCUT_LOG=self.log)
            self.control = Control(self.log)
        self.process, self.port = None, 0
        self.args = []  # more words for its command line

    def start(self):
        with open(self.said, "ab") as said:
            self.process = subprocess.Popen(
                # What is killed is to stay down: what it left on the disk is what these tests look at.
                [os.path.join(BUILD, "bin", "zhend"), "--no-supervisor", "--config", self.conf, "--data", self.data, "--port", "0",
                 *self.args],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=self.env)
        began = time.monotonic()
        for line in self.process.stdout:
            found = re.search(rb"http://[^:/]+:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                return self
            if time.monotonic() - began > START_S:
                break
        self.process.wait()
        raise Died("zhend does not start (%s): %s" % (self.home, self.tail()))

    def tail(self):
        with open(self.said, "rb") as said:
            return said.read()[-2000:].decode(errors="replace").strip()

    def worker_pids(self):
        """Children of this zhend, and of no other."""
        pids = []
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open("/proc/%s/stat" % name, "rb") as stat:
                    parent = int(stat.read().rsplit(b")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.process.pid:
                pids.append(int(name))
        return pids

    def kill(self):
        """SIGKILL to host and workers at once, as close as it gets."""
        pids = [self.process.pid] + self.worker_pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process.stdout.close()
        # A worker is gone when nobody has its number, or only init still has to look at it.
        for pid in pids[1:]:
            for _ in range(2000):
                try:
                    with open("/proc/%d/stat" % pid, "rb") as stat:
                        if stat.read().rsplit(b")", 1)[1].split()[0] == b"Z":
                            break
                except OSError:
                    break
                time.sleep(0.002)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Died("zhend does not stop (%s): %s" % (self.home, self.tail()))
        self.process.stdout.close()
        return code

    def ended_over_disk(self, seconds=2):
        """Whether it, or its worker, ended because a checkpoint could not be synced."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() == DISK_LIED or "fsync failed; ending" in self.tail():
                return True
            time.sleep(0.01)
        return False

    def client(self):
        return Client(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()


class Client:
    """One keep-alive connection."""

    def __init__(self, port, timeout=90):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, method, path, body=None, **headers):
        """(status, answer as object)"""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        headers.setdefault("Accept", "application/json")
        self.http.request(method, path, data, {k.replace("_", "-"): v for k, v in headers.items()})
        reply = self.http.getresponse()
        text = reply.read()
        try:
            return reply.status, json.loads(text) if text else None
        except ValueError:
            return reply.status, text

    def close(self):
        self.http.close()


def together(count, function):
    """function(0..count-1), each on its own thread; results in order. What one raises is its result."""
    results = [None] * count

    def one(index):
        try:
            results[index] = function(index)
        except Exception as error:  # noqa: BLE001 - told to the caller
            results[index] = error

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def is_keyed(text):
    """Every third call carries an Idempotency-Key."""
    return int(text.rsplit("-", 1)[1]) % 3 == 0


def key_of(text):
    return "key-of-the-fault-tests-%s" % text


class Load:
    """Writers that never pause unless told to: rows and, now and then, a file; each text is unique. Acknowledgements are kept."""

    def __init__(self, host, threads=16, name="a", journal=None, files=True, before=None, pause_s=0):
        self.pause_s = pause_s
        self.host, self.name, self.journal, self.files = host, name, journal, files
        self.before = before  # the load this one goes on from
        self.acked, self.refused, self.lock, self.over = [], {}, threading.Lock(), False
        self.threads = [threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.over = True
        for thread in self.threads:
            thread.join(120)
        return self

    def chain(self):
        return [self] + (self.before.chain() if self.before is not None else [])

    def wait(self, acked, seconds=60):
        """Until so many are acknowledged."""
        end = time.monotonic() + seconds
        while len(self.acked) < acked:
            if time.monotonic() > end or self.host.process.poll() is not None:
                raise Died("only %d of %d acknowledged: %s; %s" % (len(self.acked), acked, self.refused, self.host.tail()))
            time.sleep(0.005)
        return self

    def _one(self, client, text, number):
        keyed = {"Idempotency_Key": key_of(text)} if is_keyed(text) else {}
        if self.files and number % 10 == 7:
            body = {"text": text, "bytes": "%s %s" % (text, "文件" * (300 + number * 37 % 9000))}
            return client.call("POST", "/p/ledger/files", body, **keyed)
        body = {"text": text, "n": number, "padding": "x" * (number * 53 % 3000)}
        return client.call("POST", "/p/ledger/rows", body, **keyed)

    def _run(self, index):
        client, number = self.host.client(), 0
        while not self.over:
            text = "%s-%d-%d" % (self.name, index, number)
            number += 1
            time.sleep(self.pause_s)
            try:
                status, answer = self._one(client, text, number)
            except (OSError, http.client.HTTPException):
                if self.host.process.poll() is not None:
                    return
                client.close()
                continue
            with self.lock:
                if status == 201:
                    if self.journal is not None:
                        self.journal(text, answer)
                    self.acked.append((text, answer))
                else:
                    self.refused[status] = self.refused.get(status, 0) + 1


class Report:
    """TAP on stdout; the count line last."""

    def __init__(self, copy):
        self.passed = self.failed = self.skipped = 0
        self.copy = open(copy, "w", encoding="utf-8")

    def say(self, text):
        print(text, flush=True)
        self.copy.write(text + "\n")
        self.copy.flush()

    def test(self, name, function):
        began = time.monotonic()
        try:
            notes = function() or []
            good = True
        except Exception as error:  # noqa: BLE001 - a failed test is told, the next one runs
            notes = [line for line in ("%s: %s" % (type(error).__name__, error)).splitlines()]
            if not isinstance(error, (AssertionError, Died)):
                import traceback
                notes += traceback.format_exc().splitlines()
            good = False
        self.passed += good
        self.failed += not good
        for note in notes:
            self.say("# " + note)
        self.say("%s %d - %s (%.1f s)" % ("ok" if good else "not ok", self.passed + self.failed, name,
                                          time.monotonic() - began))

    def skip(self, name, reason):
        self.skipped += 1
        self.say("skip: %s: %s" % (name, reason))

    def end(self):
        self.say("%d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped))
        return 1 if self.failed or not self.passed else 0


def check(condition, text, *args):
    if not condition:
        raise AssertionError(text % args if args else text)
