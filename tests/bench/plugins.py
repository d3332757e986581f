# SPDX-License-Identifier: Apache-2.0
"""Part plugins: what it costs to look at a thousand files, to be ready with fifty plugins, to load a thousand."""
import os
import resource
import shutil
import subprocess
import sys
import time

import data
import hosts

ID = b"small_p0000"
FILES = 1000
READY = 50

CONF = """[host]
title = 测速
address = 127.0.0.1
port = {port}
plugin_dir = {work}/plugins
divisions = {divisions}
bodies = bodies.csv
allow_unsigned = yes
data = {data}

[pilot plugins]
divisions = 532300000000
plugins = {ids}
"""


def make(bench):
    """Copies of one small plugin, each of another id; the note is a copy's own as well. (ids, paths)"""
    with open(os.path.join(bench.build, "plugins", "small_p0000", "small_p0000.so"), "rb") as file:
        code = file.read()
    ids = ["small_p%04d" % (i + 1) for i in range(FILES)]
    paths = [bench.path("plugins/%s/%s.so" % (name, name)) for name in ids]
    for name, path in zip(ids, paths):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(code.replace(ID, name.encode()))
        os.chmod(path, 0o755)
    with open(bench.path("bodies.csv"), "w", encoding="utf-8") as out:
        out.write("id,kind,name,division,superior\n")
    return ids, paths


def ran(*argv):
    """CPU and wall milliseconds of a program that must end well."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit("bench plugins: %s: %s" % (argv[0], done.stderr.decode()[-2000:]))
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), 1000 * wall


def write_conf(bench, name, ids):
    port = hosts.free_port()
    path = bench.path("plugins-%s.conf" % name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(CONF.format(work=bench.work, divisions=data.DIVISIONS, data=bench.path("plugins-" + name), port=port,
                              ids="; ".join(ids)))
    return path


def more_files():
    """A database has three; the shell's own limit is for people."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def start(bench, conf):
    """(milliseconds to its word that it listens, MiB of its own)"""
    began = time.monotonic()
    with open(bench.path("zhend.log"), "ab") as said:
        process = subprocess.Popen([os.path.join(bench.build, "bin", "zhend"), "--no-supervisor", "--config", conf], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=said, preexec_fn=more_files)
    took = None
    for line in process.stdout:
        if b"http://" in line:
            took = 1000 * (time.monotonic() - began)
            break
    if took is None:
        with open(bench.path("zhend.log"), encoding="utf-8", errors="replace") as said:
            raise SystemExit("bench plugins: zhend does not start: " + said.read()[-3000:])
    with open("/proc/%d/status" % process.pid, encoding="utf-8") as text:
        anonymous = next(int(line.split()[1]) / 1024 for line in text if line.startswith("RssAnon"))
    process.terminate()
    process.stdout.read()
    if process.wait(120) != 0:
        raise SystemExit("bench plugins: zhend ended with %d" % process.returncode)
    return took, anonymous


def look(bench, paths):
    zhenctl = os.path.join(bench.build, "bin", "zhenctl")
    ours, theirs = bench.in_turns([lambda s: ran(zhenctl, "inspect", *paths), lambda s: ran("readelf", "-n", *paths)])
    per = 1000 / FILES
    bench.add("inspect of %d files in one process, each" % FILES, "CPU us/file", [cpu * per for cpu, _ in ours],
              [cpu * per for cpu, _ in theirs], "readelf -n", 1.0, True)
    bench.add("inspect of %d files in one process, each" % FILES, "us/file", [wall * per for _, wall in ours],
              [wall * per for _, wall in theirs], "readelf -n", 1.0, True)


def ready(bench, ids, paths):
    conf = write_conf(bench, "ready", ids[:READY])
    start(bench, conf)  # makes the databases
    pairs = [word for name, path in zip(ids[:READY], paths)
             for word in (path, bench.path("plugins-ready/plugins/%s/data.db" % name))]
    floor = os.path.join(bench.build, "tests", "bench", "plugins_floor")
    ours, theirs = bench.in_turns([lambda s: start(bench, conf)[0], lambda s: ran(floor, *pairs)[1]])
    bench.add("%d plugins ready, from the start of the process" % READY, "ms", ours, theirs, "dlopen + open", None)


def load(bench, ids):
    conf = write_conf(bench, "load", ids)
    checked = ran(os.path.join(bench.build, "bin", "zhenctl"), "check", conf)
    bench.add("check of a configuration with %d plugins, each migration tried" % FILES, "ms", [checked[1]], [], "", None)
    first, _ = start(bench, conf)
    again = [start(bench, conf) for _ in range(3)]
    bench.add("%d plugins ready, their databases being made" % FILES, "ms", [first], [], "", None)
    bench.add("%d plugins ready, again" % FILES, "ms", [took for took, _ in again], [], "", None)
    bench.add("RssAnon with %d plugins, each" % FILES, "KiB", [1024 * own / FILES for _, own in again], [], "", None)


def run(bench):
    ids, paths = make(bench)
    try:
        look(bench, paths)
        ready(bench, ids, paths)
        load(bench, ids)
    finally:
        for name in ("plugins", "plugins-ready", "plugins-load"):
            shutil.rmtree(bench.path(name), ignore_errors=True)
        sys.stdout.flush()
