# SPDX-License-Identifier: Apache-2.0
"""SIGKILL in the midst of a swap, at each of its steps and at any time: one version comes up again, with all that was acknowledged;
and a swapped version that is killed once it serves."""
import json
import os
import random
import shutil
import subprocess
import threading
import time

import oracle
from backups import of, zhenctl
from harness import BUILD, Host, Load, check

# point, the version that a start takes after it
STEPS = (("swap-closed", "1.0.0"), ("swap-started", "1.0.0"), ("swap-recorded", "2.0.0"), ("swap-put", "2.0.0"))


def next_version(work):
    path = os.path.join(work, "next", "ledger.so")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path))
        shutil.copy(os.path.join(BUILD, "tests", "faults", "ledger_next.so"), path)
        subprocess.run([os.path.join(BUILD, "bin", "zhen-note"), path], check=True)
    return path


def versions(host):
    said = json.loads(zhenctl(host, "--json", "plugins").stdout)["plugins"]
    return [(plugin["version"], plugin["state"]) for plugin in said]


def swap_under_load(host, path, rng=None):
    """The load's acknowledgements, what zhenctl said, what was refused; with @rng the host is killed at a time of its choice."""
    load = Load(host, threads=6, pause_s=0.002, files=False).start().wait(50)
    killer = threading.Timer(rng.uniform(0, 0.6), host.kill) if rng else None
    if killer:
        killer.start()
    done = zhenctl(host, "swap", "ledger", path)
    if killer:
        killer.join()
    load.stop()
    return of(load), done, load.refused


def comes_up(work, home, data, acked, wanted, path):
    """One of @wanted, with all of @acked; and then it can be swapped."""
    oracle.check_folder(data, acked)
    with Host(os.path.join(work, "again"), home, data=data, record=False) as host:
        host.start()
        found = versions(host)
        check(len(found) == 1 and found[0][1] == "up" and found[0][0] in wanted, "%s came up, not %s", found, wanted)
        status, _ = host.client().call("POST", "/p/ledger/rows", {"text": "again-0-1", "n": 1})
        check(status == 201, "no write afterwards: %s", status)
        done = zhenctl(host, "swap", "ledger", path)
        check(done.returncode == 0 and versions(host) == [("2.0.0", "up")], "no swap afterwards: %s", done)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return found[0][0]


def at_each_step(work, home):
    lines = []
    for step, wanted in STEPS:
        folder = os.path.join(work, step)
        with Host(folder, home, record=False, env={"ZHEN_TEST_KILL": step + ":1"}) as host:
            host.start()
            acked, done, _ = swap_under_load(host, next_version(work))
            check(done.returncode != 0 and host.process.wait(20) == -9, "%s was not reached: %s", step, done)
        came = comes_up(folder, home, host.data, acked, (wanted,), next_version(work))
        lines.append("killed at %s: %s came up, %d acknowledged, 0 lost" % (step, came, len(acked)))
    return lines


def at_any_time(work, home, count):
    rng, came, total = random.Random(count), {}, 0
    for number in range(count):
        folder = os.path.join(work, str(number))
        with Host(folder, home, record=False) as host:
            host.start()
            acked, _, _ = swap_under_load(host, next_version(work), rng)
        one = comes_up(folder, home, host.data, acked, ("1.0.0", "2.0.0"), next_version(work))
        came[one] = came.get(one, 0) + 1
        total += len(acked)
        shutil.rmtree(folder)
    check(count < 20 or len(came) == 2, "every kill fell on one side of the swap: %s", came)
    return ["%d kills: came up %s; %d acknowledged, 0 lost" % (count, came, total)]


def kill_after(work, home):
    """Killed when the next version serves: the time until it is back, and that nothing is lost."""
    with Host(work, home, record=False) as host:
        host.start()
        acked, done, refused = swap_under_load(host, next_version(work))
        check(done.returncode == 0 and not refused, "%s %s", done, refused)
        load = Load(host, threads=6, name="b", pause_s=0.002, files=False).start().wait(50)
        host.kill()
        began = time.monotonic()
        load.stop()
        host.start()
        status, _ = host.client().call("POST", "/p/ledger/rows", {"text": "back-0-1", "n": 1})
        took = time.monotonic() - began
        check(status == 201 and versions(host) == [("2.0.0", "up")], "%s %s", status, versions(host))
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        oracle.check_folder(host.data, acked + of(load))
    return ["back in service after %.2f s; %d acknowledged by both versions, 0 lost" % (took, len(acked) + len(load.acked))]
