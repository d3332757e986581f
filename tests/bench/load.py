# SPDX-License-Identifier: Apache-2.0
"""One run of wrk against one server, with the processor time that server used."""
import json
import os
import random
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")


class BadRun(Exception):
    pass


def children(pid):
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as text:
            for child in text.read().split():
                found += [int(child)] + children(int(child))
    return found


def cpu_seconds(pid):
    """utime + stime of the process and what it started."""
    total = 0
    for one in [pid] + children(pid):
        with open("/proc/%d/stat" % one, encoding="utf-8", errors="replace") as text:
            fields = text.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def run(server, what, path, seconds, token, connections=64, rows=0, village="", township=""):
    seed = str(random.randrange(1, 2 ** 31))
    before = cpu_seconds(server.pid)
    said = subprocess.run(
        ["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--timeout", "10s",
         "-H", "Authorization: Bearer " + token, "-s", os.path.join(HERE, "conf", "load.lua"), "http://127.0.0.1:%d" % server.port, "--", what, path, str(rows),
         seed, village, township], capture_output=True, text=True, check=False)
    used = cpu_seconds(server.pid) - before
    lines = [line for line in said.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise BadRun("wrk: " + said.stdout + said.stderr)
    result = json.loads(lines[0][7:])
    if result["requests"] == 0 or result["bad"] + result["broken"] > 0:
        raise BadRun("%s %s: %s" % (server.name, path, lines[0]))
    result["rate"] = result["requests"] * 1e6 / result["us"]
    result["cpu_us"] = used * 1e6 / result["requests"]
    return result
