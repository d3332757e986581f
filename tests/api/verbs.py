# SPDX-License-Identifier: Apache-2.0
"""Every verb of zhenctl, from its own table: it is in --help, the manual and the completion, answers with --json and an exit code
that the manual explains, and what zhend answers is to be had under /kernel/admin with the same content; nothing else is there."""
import json
import os
import re
import socket
import subprocess
import tempfile

from crashes import wait_for
from tap import check, same
from zhend import BUILD, Zhend

ADMINS = [f"{name}-532300000000" for name in ("system", "security", "audit")]
# What stands for a word; where somebody would be changed or removed, for somebody who is only here.
VALUES = {"PLUGIN": "approvals", "PLUGIN|host": "host", "DIVISION": "532327", "DIVISION|WORD": "532327101000", "PILOT": "chuxiong", "ROLE": "clerk",
          "LOGIN": "verb", "NAME": "王芳", "BODY": "window-532327101000", "WORD": "window", "ID": "duties/1", "SUBSCRIBER": "duties", "PUBLISHER": "approvals",
          "POSITION": "1-1", "KIND": "application", "SUBJECT": "532327101-2026-99999", "PATH": "/nowhere/zhen-backup", "N": "1",
          "error|warn|notice|info|debug": "info", "DIR": "/nowhere/zhen-backup", "FILE.so": "/nowhere/approvals.so", "TOPIC": "approvals.case.filed", "start|POSITION": "start"}
# To a folder that is named where the host runs, by its own user alone: another may say when, not where.
LOCAL = {"backup DIR", "swap PLUGIN [FILE.so] [--dry-run] [--maintenance]"}
MOVING = {"now", "ran_at", "due_at", "last_activity"}  # of one moment


def program(*words, **more):
    return subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), *words], capture_output=True, text=True, timeout=60, **more)


class Row:
    """A verb as it is typed, taken apart."""

    def __init__(self, row):
        self.typed, self.words, self.how = row["typed"], row["words"].split(), row["how"]
        self.places, self.options, depth = [], [], 0  # (what stands there, may be left out), (name, value or None, may be left out)
        parts = self.typed.split(" ")[len(self.words):]
        for at, part in enumerate(parts):
            depth += part.count("[")
            word = part.strip("[].")
            if word.startswith("--"):
                value = None if part.endswith("]") or at + 1 == len(parts) or parts[at + 1].startswith(("-", "[")) else parts[at + 1].strip("[].")
                self.options.append((word[2:], value, depth > 0))
            elif not (at and parts[at - 1].strip("[").startswith("--") and not parts[at - 1].endswith("]")):
                self.places.append((word, depth > 0))
            depth -= part.count("]")

    def filled(self, whole):
        """(words, {option: value or True}); not whole: only what must be there."""
        return ([VALUES[place] for place, spare in self.places if whole or not spare],
                {name: VALUES[value] if value else True for name, value, spare in self.options if whole or not spare})

    def ask(self, z, places, options, *more):
        typed = [word for name, value in options.items() for word in ([f"--{name}"] if value is True else [f"--{name}", value])]
        return z.ctl(*more, *self.words, *places, *typed)


def table():
    return [Row(row) for row in json.loads(program("--print-verbs").stdout)]


def doors(openapi):
    """[(zhenctl's words, METHOD, path, names of what it takes, those of them that are ticked)]"""
    found = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/kernel/admin/"):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("properties", {})
            fields = {one["name"]: one["schema"] for one in operation["parameters"]} | body
            found.append((operation["x-zhenctl"].split(), method.upper(), path, list(fields),
                          [name for name, schema in fields.items() if schema["type"] == "boolean"]))
    return found


def door_of(row, found):
    """The one that takes what is typed, in its order: words by their place, options by their name."""
    names = {name for name, _, _ in row.options}
    for words, method, path, fields, ticked in found:
        plain = [name for name in fields if name not in names and name not in ticked]
        if words == row.words and names <= set(fields) and len(plain) == len(row.places):
            return method, path, plain, ticked
    return None


def still(value):
    """Without what the next moment changes."""
    if isinstance(value, dict):
        return {key: still(one) for key, one in value.items() if key not in MOVING}
    return [still(one) for one in value] if isinstance(value, list) else value


def by_http(z, door, places, options, who):
    method, path, plain, ticked = door
    sent = dict(zip(plain, places)) | options | {name: True for name in ticked}
    for session in who:
        reply = z.get(path, as_=session, query=sent) if method == "GET" else z.post(path, json=sent, as_=session)
        if reply.status != 403:
            return reply
    return reply


def same_error(done, reply):
    same(reply.json.get("detail"), done.stderr.removeprefix("zhenctl: ").rstrip("\n"))


def same_answer(z, row, door, whole, who):
    places, options = row.filled(whole)
    changes = door[0] == "POST"
    if changes:  # the second time is like the third
        row.ask(z, places, options, "--json")
    for left in reversed(range(5)):
        done, reply = row.ask(z, places, options, "--json"), by_http(z, door, places, options, who)
        data = json.loads(done.stdout)
        same((done.returncode in (0, 1), len(done.stderr.splitlines())), (True, done.returncode), done)
        if done.returncode == 1 and reply.status >= 400:
            return same_error(done, reply)
        if reply.status == 202:  # it goes on behind the answer
            wait_for(row.typed, lambda: not any(json.loads(z.ctl("--json", verb).stdout)["running"] for verb in ("backups", "plugins")))
            return same(done.returncode, 0, done)
        same(reply.status, 200, (reply, done))
        if changes:  # drawn anew each time
            return same((done.returncode, list(data)), (0, list(reply.json)), reply)
        if left == 0 or still(data) == still(reply.json):
            return same(still(reply.json), still(data))


def described(t, rows):
    pages = {name: program(word).stdout for name, word in (("the manual", "--print-man"), ("--help", "--help"))}
    manual, shell = pages["the manual"].replace("\\-", "-"), program("--print-completion").stdout
    for row in rows:
        with t.case(f"zhenctl {row.typed}: in --help, the manual and the completion"):
            check(f"\n.B\n{row.typed}\n" in manual, "not in the manual")
            check(f"\n  {row.typed}\n" in pages["--help"], "not in --help")
            for at, word in enumerate(row.words):
                before = " ".join(row.words[:at])
                offered = subprocess.run(["bash", "-c", f"{shell}\nCOMP_WORDS=(zhenctl {before} ''); COMP_CWORD={at + 1}; _zhenctl; "
                                          'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True).stdout.split()
                check(word in offered, (before, word, offered))
            for name, _, _ in row.options:
                check(f"--{name}" in shell and f"\n.B\n--{name}" in manual, name)


def files_offered(t):
    shell = program("--print-completion").stdout
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "keeper.so")
        open(path, "w", encoding="utf-8").close()
        for words in (["swap", "keeper"], ["inspect"], ["check"], ["restore"]):
            with t.case(f"the completion of zhenctl {' '.join(words)} offers files"):
                offered = subprocess.run(["bash", "-c", f"{shell}\nCOMP_WORDS=(zhenctl {' '.join(words)} '{folder}/k'); COMP_CWORD={len(words) + 1}; _zhenctl; "
                                          'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True).stdout.split()
                same(offered, [path])


def exit_codes(t, rows, z):
    manual = program("--print-man").stdout
    meant = {int(code): text for code, text in re.findall(r"^\.TP\n\.B (\d+)\n(.*)$", manual[manual.index(".SH EXIT STATUS"):], re.M)}
    with t.case("the manual says what each exit code means"):
        same(list(meant), [0, 1, 2, 3])
        for code, word in enumerate(("done", "refused", "misused", "reached")):
            check(word in meant[code], meant)
    with tempfile.TemporaryDirectory() as nobody:
        for row in rows:
            usage = lambda *words: (lambda done: (done.returncode, done.stdout, done.stderr.startswith("zhenctl: 用法 (usage): zhenctl ")))(
                program("--data", nobody, *words))
            places, options = [place for place, spare in row.places if not spare], [name for name, _, spare in row.options if not spare]
            with t.case(f"zhenctl {row.typed}: misused is 2 and how it is used" + (", nobody there is 3" if row.how != "beside" else "")):
                if "..." not in row.typed:
                    same(usage(*row.words, *["x"] * (len(row.places) + 6)), (2, "", True))
                if places and row.words + ["x"] * (len(places) - 1) not in [other.words for other in rows if not other.places]:
                    same(usage(*row.words, *["x"] * (len(places) - 1)), (2, "", True))
                same(usage(*row.words, *["x"] * len(row.places), "--login" if "login" not in options else "--from", "x")[0], 2)
                if row.how != "beside":
                    done = row.ask(type("Nobody", (), {"ctl": lambda _, *words: program("--data", nobody, *words)})(), *row.filled(True), "--json")
                    same((done.returncode, done.stdout, len(done.stderr.splitlines())), (3, "", 1), done)
    with t.case("a verb that does not exist is 2, and the nearest is named"):
        done = program("setings")
        same((done.returncode, "settings" in done.stderr), (2, True), done)


def both_ways(t, rows, z):
    openapi, who = z.get("/kernel/openapi.json").json, [z.login(login) for login in ADMINS]
    found, asked = doors(openapi), [row for row in rows if row.how == "ask"]
    with t.case("zhend's table of verbs and zhenctl's are of the same"):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(os.path.join(z.data, "zhend.sock"))
            s.sendall(b'{"verb":"nonsense","args":[]}\n')
            said = json.loads(b"".join(iter(lambda: s.recv(65536), b"")))["error"]
        same(sorted(said.split("没有 nonsense 这个命令 (unknown verb nonsense; there are: ")[1].removesuffix(")").split(", ")), sorted({row.words[0] for row in asked} | {row.words[0] for row in rows if row.how == "follow"}))
    with t.case("what is under /kernel/admin is what zhenctl can do, each part as a verb of it says"):
        taken = {door_of(row, found)[:2] for row in asked if door_of(row, found)}
        same(sorted({(method, path) for _, method, path, _, _ in found} - taken), [])
        same({path.removeprefix("/kernel/admin/") for _, method, path, _, _ in found if method == "GET"},
             {section for session in who for section in z.get("/kernel/admin", as_=session).json["sections"]})
    for row in asked:
        if row.typed in LOCAL:
            continue
        with t.case(f"zhenctl {row.typed}: the same under /kernel/admin"):
            door = door_of(row, found)
            check(door, f"nothing under /kernel/admin takes what {row.typed} does")
            for whole in sorted({True, any(spare for _, spare in row.places) or not any(spare for _, _, spare in row.options)}):
                same_answer(z, row, door, whole, who)
    for row in rows:
        if row.how == "follow":
            with t.case(f"zhenctl {row.typed}: goes on, a line of JSON each, and as a stream over HTTP"):
                operation, = [operation for methods in openapi["paths"].values() for operation in methods.values()
                              if operation.get("x-zhenctl") == " ".join(row.words)]
                same(list(operation["responses"]["2XX"]["content"]), ["text/event-stream"])


def beside(t, rows, z):
    """What is done without zhend."""
    with tempfile.TemporaryDirectory() as folder:
        done = z.ctl("--json", "backup", folder)
        backup, nothing = json.loads(done.stdout)["path"], os.path.join(folder, "nothing")
        ways = {"check": (["--demo", "--pilot", "chuxiong", z.conf], [folder + "/nowhere.conf"]),
                "inspect": ([os.path.join(BUILD, "plugins", "zoo", "zoo.so")], [folder]),
                "restore": ([backup, "--check", "--data", nothing], [nothing, "--check", "--data", nothing])}
        os.mkdir(nothing)
        for row in rows:
            if row.how != "beside":
                continue
            with t.case(f"zhenctl {row.typed}: 0 without a fault, 1 with one, in JSON"):
                for words, code in zip(ways[row.words[0]], (0, 1)):
                    done = program("--json", *row.words, *words)
                    same((done.returncode, isinstance(json.loads(done.stdout), dict)), (code, True), done)
        with t.case("a restore says in JSON what was made, and what of the backup is damaged"):
            made = json.loads(program("--json", "restore", backup, "--data", nothing).stdout)
            same((made["restored"], made["faults"], made["left_out"], made["aside"], made["error"]), (True, [], [], None, None))
            check(made["databases"] >= 2 and made["files"] >= made["databases"], made)
            with open(os.path.join(backup, "host", "data.db"), "r+b") as file:
                file.write(b"no database")
            done = program("--json", "restore", backup, "--data", nothing, "--replace")
            said = json.loads(done.stdout)
            same((done.returncode, said["restored"], len(said["faults"])), (1, False, 1), done)
            check("host/data.db" in said["faults"][0] and said["error"] in done.stderr, done)


def run(t):
    rows = table()
    with t.case("the table is read as it is written"):
        one = {row.typed: row for row in rows}
        row = one["events replay SUBSCRIBER [PUBLISHER] [--from POSITION] [--yes]"]
        same((row.words, row.places, row.options), (["events", "replay"], [("SUBSCRIBER", False), ("PUBLISHER", True)], [("from", "POSITION", True), ("yes", None, True)]))
        same((one["users add LOGIN --name NAME"].places, one["users add LOGIN --name NAME"].options), ([("LOGIN", False)], [("name", "NAME", False)]))
        check(len(rows) > 35, rows)
    described(t, rows)
    files_offered(t)
    with tempfile.TemporaryDirectory() as folder, Zhend(settings={"host": {"backup_dir": folder}}) as z:
        exit_codes(t, rows, z)
        both_ways(t, rows, z)
        beside(t, rows, z)
