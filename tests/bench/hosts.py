# SPDX-License-Identifier: Apache-2.0
"""Starts and stops what is measured: zhend, the floor, nginx."""
import http.client
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PASSWORD = "demo-2026"

CONF = """[host]
title = 测速
address = 127.0.0.1
plugin_dir = {build}/plugins
worker = {build}/bin/zhen-worker
divisions = {top}/conf/data/divisions/chuxiong-532300.csv
bodies = bodies.csv
allow_unsigned = yes
isolation = {home}

[role head]
title = 乡镇
permissions = bench.read; bench.write

[role supervisor]
title = 督查
permissions = bench.read

[pilot bench]
divisions = 532300000000
plugins = bench
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(port, method, path, body=None, token=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    head = dict(headers or {}, Accept="application/json")
    if token:
        head["Authorization"] = "Bearer " + token
    if body is not None:
        head["Content-Type"] = "application/json"
        body = json.dumps(body).encode()
    connection.request(method, path, body, head)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, text


class Server:
    def __init__(self, name, argv, port, env=None, said=None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said or subprocess.DEVNULL,
                                        stderr=said or subprocess.DEVNULL, env=env)
        self.pid = self.process.pid
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("bench: %s does not start" % name) from None
                time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Zhend(Server):
    """Demo mode, because that is where the accounts come from; everything else as shipped."""

    def __init__(self, build, work, data, places, home="inproc", preload=None):
        self.data, self.home = data, home
        os.makedirs(data, 0o700, exist_ok=True)
        conf = os.path.join(work, "zhend-%s.conf" % home)
        with open(conf, "w", encoding="utf-8") as out:
            out.write(CONF.format(build=build, top=TOP, home=home))
        with open(os.path.join(work, "bodies.csv"), "w", encoding="utf-8") as out:
            out.write("id,kind,name,division,superior\n" + "".join(
                "bench-%s,%s,%s,%s,\n" % (name, places.kinds[name], name, code) for name, code in places.callers.items()))
        self.log = os.path.join(work, "zhend.log")
        port = free_port()
        env = dict(os.environ, **(preload or {}))
        with open(self.log, "ab") as said:
            super().__init__("zhend (%s)" % home, [
                # Its processor time is read by its id; the supervisor has no part in a request.
                os.path.join(build, "bin", "zhend"), "--no-supervisor", "--config", conf, "--data", data, "--demo", "--port", str(port)],
                port, env, said)
        call(port, "GET", "/kernel/health")  # it listens before its accounts are made, and answers after

    def login(self, name):
        status, text = call(self.port, "POST", "/login", {"login": "bench-" + name, "password": PASSWORD})
        if status != 200:
            raise SystemExit("bench: login of %s: %d %s" % (name, status, text[:300]))
        return json.loads(text)["token"]

    def metric(self, name):
        text = call(self.port, "GET", "/kernel/metrics")[1].decode()
        found = re.search(r'^%s\{plugin="bench"\} (\d+)' % name, text, re.M)
        return int(found.group(1)) if found else 0

    def settled(self, name):
        """The metric when it stands still. A worker tells its figures once a second."""
        wait = 0.3 if self.home == "inproc" else 2.5
        value, end = self.metric(name), time.monotonic() + 60
        while time.monotonic() < end:
            time.sleep(wait)
            now = self.metric(name)
            if now == value:
                return value
            value = now
        raise SystemExit("bench: %s does not come to rest" % name)


class Floor(Server):
    def __init__(self, build, database):
        port = free_port()
        super().__init__("floor", [os.path.join(build, "tests", "bench", "bench_floor"), database, str(port)], port)


class Nginx(Server):
    """One worker, `return 200` of the same bytes, a buffered access log."""

    def __init__(self, work, body):
        port = free_port()
        folder = os.path.join(work, "nginx")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with open(os.path.join(HERE, "conf", "nginx.conf"), encoding="utf-8") as text:
            conf = text.read().replace("@PORT@", str(port)).replace("@DIR@", folder).replace("@BODY@", body)
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as out:
            out.write(conf)
        super().__init__("nginx", [shutil.which("nginx") or "/usr/sbin/nginx", "-p", folder, "-c", path,
                                   "-e", os.path.join(folder, "error.log")], port)


def count_wal_syncs(recording, database_path):
    """fdatasyncs of the WAL that the recorder (tests/faults/powercut.h) saw come back."""
    head = struct.Struct("<IBBHQQqII")
    syncs = 0
    with open(recording, "rb") as file:
        while len(block := file.read(head.size)) == head.size:
            magic, op, flags, path_length, _, _, _, length, _ = head.unpack(block)
            if magic != 0x31544350:
                raise SystemExit("bench: the recording is damaged")
            path = file.read(path_length)
            file.seek(length, os.SEEK_CUR)
            if op == 11 and flags & 1 and path.decode(errors="replace").endswith(database_path + "-wal"):
                syncs += 1
    return syncs
