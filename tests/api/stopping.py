# SPDX-License-Identifier: Apache-2.0
"""A reload that could wait, and ends at a bad moment."""
import concurrent.futures
import json
import os
import signal
import socket
import time

from tap import check, same
from zhend import Zhend, application


def silent_peer(t, verb, args):
    with t.case(f"a zhenctl that speaks up ({verb}) after the end has begun keeps nobody waiting, and leaves nothing"):
        with Zhend() as z:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(os.path.join(z.data, "zhend.sock"))
                peer.sendall(b'{"verb":')
                z.process.send_signal(signal.SIGTERM)
                deadline = time.monotonic() + 20
                while "stopping" not in z.output() and time.monotonic() < deadline:
                    time.sleep(0.02)
                time.sleep(0.3)  # the loop has ended by now
                peer.sendall(json.dumps(verb).encode() + b',"args":' + json.dumps(args).encode() + b"}\n")
                same(z.stop(timeout=15), 0)


def cut_short(t):
    """What the pool and the writers still do when the grace is over must not outlive what it works on."""
    with t.case("an end without any grace, in the midst of uploads, reads and filings, is clean"):
        for _ in range(3):
            z = Zhend(settings={"host": {"stop_grace": "1ms"}}, env={"ASAN_OPTIONS": "detect_leaks=0"})
            with z:
                def file_one(number):
                    try:
                        z.post("/p/approvals/applications", json=application(number % 400), key=f"key-of-a-resident-number-{number}")
                        z.post("/p/approvals/verify", json={"code": "x", "file": "0" * 64})
                    except OSError:
                        pass
                with concurrent.futures.ThreadPoolExecutor(16) as pool:
                    for number in range(120):
                        pool.submit(file_one, number)
                    time.sleep(0.5)
                    z.process.send_signal(signal.SIGTERM)
                    code = z.process.wait(30)
                same(code, 0, z.output()[-2000:])
                z.process = None


def reloads(t):
    z = Zhend()
    with z:
        with t.case("a reload whose file is a pipe nobody writes is refused at once, and nothing waits"):
            pipe = os.path.join(z.folder, "pipe")
            os.mkfifo(pipe)
            z.settings["approvals"] = {"catalogue": pipe}
            z.write_conf()
            done = z.ctl("reload")
            check(done.returncode != 0 and pipe in done.stdout + done.stderr, done)
            same(z.get("/kernel/health").status, 200)


def run(t):
    silent_peer(t, "health", [])
    silent_peer(t, "purge", ["approvals", "application", "x"])
    reloads(t)
    cut_short(t)
