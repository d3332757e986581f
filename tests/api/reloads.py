# SPDX-License-Identifier: Apache-2.0
"""What a reload applies at once, what it leaves for the next start, and what it refuses."""
import json
import os
import re
import signal
import subprocess
import time

from tap import check, same
from zhend import BUILD, TOP, Zhend

with open(os.path.join(TOP, "conf", "roles.conf"), encoding="utf-8") as roles_file:
    ROLES = roles_file.read()
NO_CLERK = re.sub(r"(?m)(?<=^\[role clerk\]\n)((?:.*\n)*?)permissions = .*$", r"\1permissions = approvals.personal", ROLES, count=1)
PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = approvals; crasher\n"
WINDOW = "window-532327101000"


def cases(z):
    return z.get("/p/approvals/cases", as_=z.window).status


def roles_are(z, text, how="ctl"):
    z.roles = text
    z.write_conf()
    if how == "ctl":
        return z.ctl("reload")
    z.process.send_signal(signal.SIGHUP)
    return None


def soon(true, what):
    end = time.monotonic() + 20
    while not true():
        check(time.monotonic() < end, what)
        time.sleep(0.05)


def roles(t, z):
    with t.case("a permission that a role loses is gone at once for a session under way, and the reload says so"):
        same(cases(z), 200)
        done = roles_are(z, NO_CLERK)
        same(done.returncode, 0, done)
        check("[role clerk] permissions: changed (applied)" in done.stdout, done.stdout)
        same((cases(z), z.get("/p/approvals/cases", as_=z.login(WINDOW)).status), (403, 403))
    with t.case("SIGHUP does the same, and the session has it again"):
        roles_are(z, ROLES, "hup")
        soon(lambda: cases(z) == 200, "the role has not got its permission back")
    with t.case("a role that is gone grants nothing, and the session's token stays good"):
        same(roles_are(z, ROLES.replace("[role clerk]", "[role clark]")).returncode, 0)
        same(cases(z), 403)
        same(z.post("/p/approvals/cases/1/accept", json={}, as_=z.window).status, 403)
        same(roles_are(z, ROLES).returncode, 0)
        same(cases(z), 200)
    for what, text, says in (("an unknown key", NO_CLERK.replace("title = 综合窗口", "titel = 综合窗口"), "titel"),
                             ("a wrong scope", NO_CLERK.replace("title = 综合窗口", "title = 综合窗口\nscope = village"), "village"),
                             ("a line that is none", NO_CLERK.replace("title = 综合窗口", "title"), "title")):
        with t.case(f"a roles file with {what} is refused with file and line, and nothing changes"):
            line = next(i for i, row in enumerate(text.splitlines(), 1) if says in row and (row != "title" or says == "title"))
            if says == "title":
                line = text.splitlines().index("title") + 1
            done = roles_are(z, text)
            check(done.returncode != 0, done)
            check(f"roles.conf:{line}" in done.stdout + done.stderr, f"{line}: {done}")
            same(cases(z), 200)
    roles_are(z, ROLES)


def shown(z):
    """What zhenctl settings says: {(group, key): the rest} of the host's own, and the row of [crasher] kept."""
    data = json.loads(z.ctl("--json", "settings").stdout)
    own = {(row.pop("group"), row.pop("key")): row for row in data["host"]}
    return own, next(row for row in data["settings"] if row["key"] == "kept")


def line_of(z, where):
    path, number = where.rsplit(":", 1)
    with open(path, encoding="utf-8") as text:
        return text.read().splitlines()[int(number) - 1]


def host_settings(t, z, home):
    with t.case(f"zhenctl settings shows every key of the host that there is, with what a reload does ({home})"):
        text = subprocess.run([os.path.join(BUILD, "bin", "zhend"), "--help-config"], capture_output=True, text=True, check=True).stdout
        wanted, group = {}, None
        for line in text.splitlines():
            group = line[1:-1] if line.startswith("[") else group
            if (row := re.match(r"  (\w+) +(.*)$", line)) and "*" not in group:
                wanted[group, row[1]] = row[2].endswith(", live")
        own, _ = shown(z)
        check(len(wanted) > 60, wanted)
        same({name: row["by_reload"] for name, row in own.items()}, wanted)
        check(all(row["where"] == "default" or row["value"] != row["default"] or line_of(z, row["where"]) for row in own.values()), own)
    with t.case(f"where each comes from: a line of a file, the command line, nowhere ({home})"):
        same(own["limits", "anonymous_writes_per_minute"]["value"], "0")
        same(line_of(z, own["limits", "anonymous_writes_per_minute"]["where"]), "anonymous_writes_per_minute = 0")
        same(own["host", "data"], {"value": z.data, "default": "/var/lib/zhen", "where": "command line", "by_reload": False})
        same(own["access", "session_hours"], {"value": "12", "default": "12", "where": "default", "by_reload": False})
    with t.case(f"of the host alone, and what the host reads in a plugin's group ({home})"):
        only = json.loads(z.ctl("--json", "settings", "host").stdout)
        same((len(only["host"]), only["settings"], only["features"]), (len(own), [], []))
        rows = {row["key"]: row for row in json.loads(z.ctl("--json", "settings", "crasher").stdout)["settings"]}
        same((rows["isolation"]["value"], rows["critical"]["value"], rows["kept"]["by_reload"], rows["live"]["by_reload"]), ("", "no", False, True))
        check("host" not in json.loads(z.ctl("--json", "settings", "crasher").stdout), "the host's are shown of a plugin")
    with t.case(f"a changed [crasher] critical is said to wait for a restart, and a live key of the host counts ({home})"):
        z.settings["crasher"] = {"live": "a", "kept": "a", "critical": "yes"}
        z.settings["host"] = {"log_level": "notice"}
        z.write_conf()
        done = z.ctl("reload")
        check("[crasher] critical: yes (needs a restart)" in done.stdout and "[host] log_level: info -> notice (applied)" in done.stdout, done.stdout)
        own, _ = shown(z)
        row = own["host", "log_level"]
        same((row["value"], row["default"], row["by_reload"], "after_restart" in row, line_of(z, row["where"])),
             ("notice", "info", True, False, "log_level = notice"))
        z.settings["crasher"], z.settings["host"] = {"live": "a", "kept": "a"}, {}
        z.write_conf()
        same(z.ctl("reload").returncode, 0)


def settings(t, z, home):
    with t.case(f"of a plugin's settings the live one counts at once, the other is said to wait for a restart ({home})"):
        z.settings["crasher"] = {"live": "b", "kept": "b"}
        z.write_conf()
        done = z.ctl("reload")
        check("[crasher] live: b (applied)" in done.stdout and "[crasher] kept: b (needs a restart)" in done.stdout, done.stdout)
        soon(lambda: z.get("/p/crasher/settings").json["live"] == "b", "not applied")
        same(z.get("/p/crasher/settings").json, {"live": "b", "kept": "a"})
    with t.case(f"health names what waits for a restart, also after the next reload, until it is undone ({home})"):
        z.settings["limits"] = {"body_bytes": "2M"}
        z.write_conf()
        z.ctl("reload")
        same(z.health()["waits_for_restart"], ["[limits] body_bytes", "[crasher] kept"])
        keys, kept = shown(z)
        same(keys["limits", "body_bytes"], {"value": "1M", "default": "1M", "where": "default", "by_reload": False, "after_restart": "2M"})
        check(re.search(r"\[limits\] body_bytes = 1M  默认 \(default\)  重启后生效 \(needs a restart\)，重启后为 \(then\): 2M$",
                        z.ctl("settings", "host").stdout, re.M), z.ctl("settings", "host").stdout)
        # The line that says b does not hold yet.
        same((kept["value"], kept["after_restart"], kept["where"]), ("a", "b", "default"))
        z.settings["crasher"]["live"] = "c"
        z.settings["limits"] = {}
        z.write_conf()
        done = z.ctl("reload")
        check("body_bytes" not in done.stdout, done.stdout)
        same(z.health()["waits_for_restart"], ["[crasher] kept"])
        check("waits for a restart: [crasher] kept" in z.ctl("health").stdout, "zhenctl health does not say it")
        same(z.get("/p/crasher/settings").json["kept"], "a")
    with t.case(f"after the restart nothing waits, and it counts ({home})"):
        z.stop()
        z.start()
        same(z.health()["waits_for_restart"], [])
        same(z.get("/p/crasher/settings").json, {"live": "c", "kept": "b"})


def run(t):
    for home in ("inproc", "process"):
        with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home) as z:
            z.window = z.login(WINDOW)
            if home == "inproc":
                roles(t, z)
            host_settings(t, z, home)
            settings(t, z, home)
