# SPDX-License-Identifier: Apache-2.0
"""Whether a new version could take the place of the one that runs: `zhenctl swap PLUGIN FILE.so --dry-run` says it from the file's
note and a copy of the data, in either home, and changes nothing. Without --dry-run it is tried in a process
of its own and takes the other's place while calls wait."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.request

from tap import check, same
from zhend import BUILD
from zoo import Cage, embed, note_of, written

CONTRACT = ("扩展迁移使正在运行的版本无法继续，应放到 contract 阶段 (an expand migration must let the version that runs go on; this belongs "
            "to the phase contract): ")
# animal, what is said
REFUSED = (
    ("keeper_changed", "keeper: migration 1 was changed after it was applied"),
    ("keeper_unique", "keeper: migration 2: keeper: UNIQUE constraint failed: pet.name (CREATE UNIQUE INDEX one ON pet(name))"),
    ("keeper_renamed", CONTRACT + "列 pet.called 不可为空又无默认值 (the column pet.called is NOT NULL without a default); 删去了列 pet.name "
     "(removes the column pet.name)"),
    ("keeper_keyless", "正在运行的版本的语句不再成立 (a statement of the version that runs does not stand any more): keeper: ON CONFLICT "
     "clause does not match any PRIMARY KEY or UNIQUE constraint (INSERT INTO pet(id, name) VALUES(1, 'a') ON CONFLICT(id) DO UPDATE SET "
     "name = 'a')"),
)


def next_file(cage, animal, name="keeper"):
    """As its builder ships it, elsewhere than where the running one lies."""
    path = os.path.join(cage.dir, "next", animal, name + ".so")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copy(os.path.join(BUILD, "tests", "zoo", f"animal_{animal}.so"), path)
    subprocess.run([os.path.join(BUILD, "bin", "zhen-note"), path], check=True)
    return path


def swap(cage, *args):
    return cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "swap", *args)


def says(cage, path, text):
    done = swap(cage, "keeper", path, "--dry-run")
    same((done.returncode, done.stderr.decode().strip().removeprefix("zhenctl: ")), (1, text), done)


def schema(cage):
    with sqlite3.connect(f"file:{cage.dir}/data/plugins/keeper/data.db?mode=ro", uri=True) as db:
        return db.execute("SELECT (SELECT sql FROM sqlite_master WHERE name = 'pet'), (SELECT count(*) FROM _migration), "
                          "(SELECT count(*) FROM pet)").fetchone()


def verdicts(t, cage, home):
    before = schema(cage)
    with t.case(f"a version that fits is told from what to what, how long it would hold, what is left for later ({home})"):
        done = swap(cage, "keeper", next_file(cage, "keeper_next"), "--dry-run")
        same(done.returncode, 0, done)
        said = json.loads(done.stdout)
        check(said.pop("hold_us") > 0, said)
        same(said, {"plugin": "keeper", "from": "1.0.0", "to": "1.1.0", "statements": 2, "later": 2})
    for animal, text in REFUSED:
        with t.case(f"{animal} is refused by what stands against it ({home})"):
            says(cage, next_file(cage, animal), text)
    with t.case(f"one for another host is refused with both numbers ({home})"):
        path = next_file(cage, "keeper_next")
        head, tables = note_of(path)
        embed(path, written("ZHEN 9.0\n", tables))
        done = swap(cage, "keeper", path, "--dry-run")
        check(done.returncode == 1 and "9.0" in done.stderr.decode() and head.split()[1] in done.stderr.decode(), done)
    with t.case(f"one that needs a plugin that is not there is refused ({home})"):
        done = swap(cage, "keeper", next_file(cage, "keeper_needy"), "--dry-run")
        check(done.returncode == 1 and "nobody" in done.stderr.decode(), done)
    with t.case(f"another plugin's file is refused ({home})"):
        path = next_file(cage, "sound", "sound")
        says(cage, path, f"{path}: 是模块 sound，不是 keeper (is the plugin sound, not keeper)")
    with t.case(f"a plugin that does not run is refused ({home})"):
        done = swap(cage, "nobody", next_file(cage, "keeper_next"), "--dry-run")
        check(done.returncode == 1 and "没有运行模块 nobody (no plugin nobody runs)" in done.stderr.decode(), done)
    with t.case(f"nothing of all that was done to the data ({home})"):
        same(schema(cage), before)


PROOF = ("试运行未通过，旧版本继续运行 (tried on a copy in a process of its own, it did not come up; the version that runs goes on): ")
# animal, what the child that tried it is said to have done
UNFIT = (
    ("keeper_failing", "plugin keeper: start answered 409"),
    ("keeper_hanging", "plugin keeper: worker was not ready in time"),
    ("keeper_crashing", "plugin keeper: worker ended: "),
    ("keeper_unready", "ready 答复了 503 (ready answered 503)"),
)


def ask(port, path="version", method="GET", key=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/p/keeper/{path}", method=method, data=b"{}" if method == "POST" else None,
                                     headers={"Content-Type": "application/json", "Accept": "application/json",
                                              **({"Idempotency-Key": key} if key else {})})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, json.loads(answer.read() or b"{}")


class Traffic:
    """Readers and writers that go on until they are stopped: every answer must come, in time, and every write count once."""

    def __init__(self, port):
        self.port, self.stop, self.answers, self.faults, self.taken = port, threading.Event(), [], [], 0
        self.threads = [threading.Thread(target=self.read) for _ in range(3)] + [threading.Thread(target=self.write)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def once(self, *args, **more):
        began = time.monotonic()
        try:
            answer = ask(self.port, *args, **more)
        except Exception as error:  # whatever it is, it is an answer that did not come
            self.faults.append(repr(error))
            return {}
        took = time.monotonic() - began
        if took > 2:
            self.faults.append(f"an answer after {took:.1f} s")
        return answer[1]

    def read(self):
        while not self.stop.is_set():
            self.answers.append(self.once().get("version"))

    def write(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            first = self.once("pets", "POST", f"a-key-of-tests-api-swap-{number}")
            again = self.once("pets", "POST", f"a-key-of-tests-api-swap-{number}")
            if first != again:
                self.faults.append(f"{first} and then {again}")
            self.taken += 1


def limit(cage, line):
    text = open(cage.conf, encoding="utf-8").read()
    cage.write("zhend.conf", text.replace("[limits]\n", f"[limits]\n{line}\n"))


def contracts(t, cage, port, home):
    def contract():
        return cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "contract", "keeper")

    with t.case(f"what a version rests on is not contracted away: the backfill is done in batches, a backup asked for, and then it is refused ({home})"):
        pets = ask(port)[1]["pets"]
        done = contract()
        check(done.returncode == 1 and "make a backup first" in done.stderr.decode(), done)
        same(cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "backup", os.path.join(cage.dir, "backups")).returncode, 0)
        done = contract()
        check(done.returncode == 1 and "正在运行的版本的语句不再成立" in done.stderr.decode(), done)
        same(ask(port)[1]["version"], "1.1.0")
        with sqlite3.connect(f"file:{cage.dir}/data/plugins/keeper/data.db?mode=ro", uri=True) as db:
            same(db.execute("SELECT count(*), count(grade), (SELECT group_concat(number) FROM _migration) FROM pet").fetchone(),
                 (pets, pets, "1,2,3"))
            batches, = db.execute("SELECT count(*) FROM _audit WHERE route = 'migration 3'").fetchone()
            same(batches, -(-pets // 3) + 1, "batches of three, and the one that finds nothing")
    with t.case(f"the version after it needs no names, and can be contracted to ({home})"):
        same(swap(cage, "keeper", next_file(cage, "keeper_last")).returncode, 0)
        done = contract()
        same((done.returncode, json.loads(done.stdout or b"{}")), (0, {"plugin": "keeper", "batches": 0, "contracted": 1}), done)
        same(ask(port)[1], {"version": "1.2.0", "pets": pets, "graded": pets})
        same(json.loads(contract().stdout), {"plugin": "keeper", "batches": 0, "contracted": 0})
    with t.case(f"an older version does not come back over what was contracted ({home})"):
        done = swap(cage, "keeper", next_file(cage, "keeper"))
        check(done.returncode == 1 and "migration 4 of a later version has contracted the database" in done.stderr.decode(), done)


def changes(t, home):
    cage = Cage(("keeper",), host=f"isolation = {home}\n")
    limit(cage, "anonymous_writes_per_minute = 0\nanonymous_writes_per_hour = 0")
    cage.add("keeper")
    with cage.running() as (port, log):
        before = ask(port)[1]["pets"]
        for animal, said in UNFIT:
            with t.case(f"{animal} is tried in a process of its own and refused, and the version that runs goes on ({home})"):
                done = swap(cage, "keeper", next_file(cage, animal))
                text = done.stderr.decode().strip().removeprefix("zhenctl: ")
                check(done.returncode == 1 and text.startswith(PROOF + said), text)
                same(ask(port)[1]["version"], "1.0.0")
        with t.case(f"a swap lets no call fail, and each answer is of the one or the other version ({home})"):
            with Traffic(port) as traffic:
                while len(traffic.answers) < 20:
                    time.sleep(0.01)
                done = swap(cage, "keeper", next_file(cage, "keeper_next"))
                same(done.returncode, 0, done)
                since = len(traffic.answers)
                while len(traffic.answers) < since + 50:
                    time.sleep(0.01)
            said = json.loads(done.stdout)
            same((said["from"], said["to"], said["later"]), ("1.0.0", "1.1.0", 2))
            same(traffic.faults, [])
            same(set(traffic.answers[:20]), {"1.0.0"})
            same(set(traffic.answers[since + 4:]), {"1.1.0"})
            same(ask(port)[1]["pets"], before + traffic.taken)
        with t.case(f"health names the new version, and it can be swapped for itself ({home})"):
            health = json.loads(cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "plugins").stdout)
            same([(p["version"], p["state"], p["home"]) for p in health["plugins"]], [("1.1.0", "up", home)])
            same(swap(cage, "keeper", next_file(cage, "keeper_next")).returncode, 0)
            same(ask(port)[1]["version"], "1.1.0")
        with t.case(f"a version whose migrations fail over what is there is refused, and the newer one goes on ({home})"):
            done = swap(cage, "keeper", next_file(cage, "keeper_unique"))
            check(done.returncode == 1 and "migration 2 was changed" in done.stderr.decode(), done)
        contracts(t, cage, port, home)
        same(len(os.listdir(os.path.join(cage.dir, "data", "code", "keeper"))), 2, "copies of what was refused stay")
    with t.case(f"the next start takes the swapped version, without the file that it came from ({home})"):
        shutil.rmtree(os.path.join(cage.dir, "next"))
        code, said = cage.check()
        same(code, 0, said)
        with cage.running() as (port, log):
            same(ask(port)[1]["version"], "1.2.0")
    with t.case(f"a file that is installed after the swap is what the next start takes ({home})"):
        with open(cage.path("keeper"), "ab") as out:
            out.write(b"another build")
        check("第 4 号迁移 (migration 4 of a later version has contracted the database" in "".join(cage.start()).replace("），此版本不能再用", ""),
              "the start says something else")
    cage.add("keeper")
    with t.case(f"a swapped version whose copy is damaged is named, by check as by a start ({home})"):
        copies = os.path.join(cage.dir, "data", "code", "keeper")
        name = [n for n in os.listdir(copies) if n != "now"][0]
        with open(os.path.join(copies, name, "keeper.so"), "ab") as out:
            out.write(b"x")
        code, said = cage.check()
        check(code == 1 and "换上的版本已损坏" in json.dumps(said, ensure_ascii=False), said)
        check("换上的版本已损坏" in "".join(cage.start()), "the start says something else")


def limits(t):
    cage = Cage(("keeper",))
    limit(cage, "swap_hold = 1ms")
    cage.add("keeper")
    with cage.running(), t.case("migrations that would hold the calls too long are refused with both numbers and the advice"):
        done = swap(cage, "keeper", next_file(cage, "keeper_slow"), "--dry-run")
        said = done.stderr.decode()
        check(done.returncode == 1 and "[limits] swap_hold allows 1 ms: rewrite rows in the phase backfill" in said, done)


def refused(cage, path, text):
    """By the swap itself, in the same words as by the dry run where that can know it; and the version of before goes on."""
    done = swap(cage, "keeper", path)
    same((done.returncode, done.stderr.decode().strip().removeprefix("zhenctl: ")), (1, text), done)


def late(t, home):
    """What shows only when the code would be put in: the version that ran goes on, in the same process."""
    cage = Cage(("keeper",), host=f"isolation = {home}\n")
    limit(cage, "swap_wait = 200ms")
    cage.add("keeper")
    os.environ.update({name: os.path.join(cage.dir, name) for name in ("ZOO_ONCE", "ZOO_SLOW")})
    with cage.running() as (port, log):
        with t.case(f"what only a start takes in is refused before anything is tried, by dry run and swap alike ({home})"):
            text = ("权限 (permission) “keeper.tell” 与正在运行的版本不同，须安装后重新启动 (differs from the version that runs: install it and "
                    "start the host anew)")
            says(cage, next_file(cage, "keeper_permitted"), text)
            refused(cage, next_file(cage, "keeper_permitted"), text)
        with t.case(f"calls that do not end in time keep the version that runs ({home})"):
            slow = threading.Thread(target=ask, args=(port, "slow", "POST"))
            slow.start()
            while not os.path.exists(os.environ["ZOO_SLOW"]):
                time.sleep(0.01)
            done = swap(cage, "keeper", next_file(cage, "keeper_next"))
            slow.join()
            check(done.returncode == 1 and "calls were still under way after [limits] swap_wait" in done.stderr.decode(), done)
        with t.case(f"one that starts where it is tried and not where it is to run makes way for the old one ({home})"):
            done = swap(cage, "keeper", next_file(cage, "keeper_late"))
            check(done.returncode == 1 and "start answered 409" in done.stderr.decode(), done)
            check(os.path.exists(os.environ["ZOO_ONCE"]), "it was never tried")
        with t.case(f"after all of them the old version answers, and nothing had to be started anew ({home})"):
            same(ask(port)[1]["version"], "1.0.0")
            said = open(log, encoding="utf-8").read()
            check("ERROR: AddressSanitizer" not in said and said.count(f":{port}/") == 1, said)
        with t.case(f"the host's audit tells what was only tried from what was done ({home})"):
            said = cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "audit", "list", "host")
            rows = [(row["subject"].endswith(".so --dry-run"), row["subject"].endswith(".so")) for row in json.loads(said.stdout)["audit"]
                    if row["route"] == "swap"]
            same(rows, [(False, True)] * 3 + [(True, False)], said)
    for name in ("ZOO_ONCE", "ZOO_SLOW"):
        del os.environ[name]


def aged(t, home):
    """Anchors lie outside the database and so not beside the copy: that is no reason to doubt its audit, however old its rows are."""
    cage = Cage(("keeper",), host=f"isolation = {home}\n")
    cage.add("keeper")
    with cage.running() as (port, log):
        ask(port, "pets", "POST")
    with sqlite3.connect(os.path.join(cage.dir, "data", "plugins", "keeper", "data.db")) as db:
        db.execute("UPDATE _audit SET at = at - 3600000 WHERE seq = 1")
    db.close()
    with cage.running() as (port, log):
        with t.case(f"a plugin that has run for longer than anchors may lack is swapped, and nothing is said of its audit ({home})"):
            done = swap(cage, "keeper", next_file(cage, "keeper_next"))
            same(done.returncode, 0, done)
            same(ask(port)[1]["version"], "1.1.0")
            check("vouched for" not in open(log, encoding="utf-8").read(), "the copy's audit is doubted")


def read_again(cage):
    return cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "reload")


def holds(cage, key):
    said = cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "settings", "keeper")
    [row] = [row for row in json.loads(said.stdout)["settings"] if row.get("key") == key]
    return row["value"]


def settings(t, home):
    cage = Cage(("keeper",), host=f"isolation = {home}\n", more="[keeper]\nmeals = 12\n", critical=False)
    with t.case(f"a setting out of the new version's range is refused with its line ({home})"):
        cage.add("keeper")
        text = open(cage.conf, encoding="utf-8").read()
        cage.write("zhend.conf", text.replace("meals = 12\n", ""))
        with cage.running():
            cage.write("zhend.conf", text)
            done = swap(cage, "keeper", next_file(cage, "keeper_next"), "--dry-run")
            line = text.splitlines().index("meals = 12") + 1
            check(done.returncode == 1 and f"zhend.conf:{line}" in done.stderr.decode(), done)
    cage.write("zhend.conf", text.replace("meals = 12\n", "office? = 东街\nmeals? = 5\n"))
    with t.case(f"keys of a version to come, marked with ?, are passed over by the one that runs: by check, start and reload ({home})"):
        code, said = cage.check()
        same((code, said["faults"]), (0, []), said)
    with cage.running() as (port, log):
        same(read_again(cage).returncode, 0)
        with t.case(f"a version that must be told something runs with what it was tried with, and what holds is shown ({home})"):
            done = swap(cage, "keeper", next_file(cage, "keeper_office"))
            same(done.returncode, 0, done)
            same(ask(port)[1]["version"], "东街")
            same(holds(cage, "office"), "东街")
            cage.write("zhend.conf", text.replace("meals = 12\n", "office? = 西街\nmeals? = 5\n"))
            same(read_again(cage).returncode, 0)
            same(ask(port)[1]["version"], "西街")
        with t.case(f"back to a version that knows other keys, and on ({home})"):
            same(swap(cage, "keeper", next_file(cage, "keeper")).returncode, 0)
            same(ask(port)[1]["version"], "1.0.0")
            same(swap(cage, "keeper", next_file(cage, "keeper_next")).returncode, 0)
            same(holds(cage, "meals"), "5")


def copies(cage):
    """Of the database, made to try on."""
    folder = os.path.join(cage.dir, "data", "plugins", "keeper")
    return [name for name in os.listdir(folder) if name.startswith("trial-")]


def wait_for(what):
    until = time.monotonic() + 30
    while not what():
        check(time.monotonic() < until, "it does not come")
        time.sleep(0.005)


def left_behind(t):
    """A copy holds what people said of themselves: it goes with whoever made it, whatever happens to him."""
    cage = Cage(("keeper",))
    cage.add("keeper")
    with cage.running() as (port, log):
        with t.case("killed while a version is tried, the host leaves no copy of the data once it is up again"):
            trying = threading.Thread(target=swap, args=(cage, "keeper", next_file(cage, "keeper_hanging")))
            trying.start()
            wait_for(lambda: copies(cage))
            host = int(copies(cage)[0].split("-")[1])
            os.kill(host, signal.SIGKILL)
            trying.join()
            wait_for(lambda: open(log, encoding="utf-8").read().count(f":{port}/") > 1)
            same((copies(cage), ask(port)[1]["version"]), ([], "1.0.0"))
    with t.case("check that is stopped takes its copy with it, and one that was killed leaves it to the next"):
        cage.add("keeper_slow", "keeper")
        checking = subprocess.Popen([os.path.join(BUILD, "bin", "zhenctl"), "check", cage.conf], stdout=subprocess.DEVNULL)
        wait_for(lambda: copies(cage))
        checking.send_signal(signal.SIGINT)
        same((checking.wait(30), copies(cage)), (-signal.SIGINT, []))
        checking = subprocess.Popen([os.path.join(BUILD, "bin", "zhenctl"), "check", cage.conf], stdout=subprocess.DEVNULL)
        wait_for(lambda: copies(cage))
        checking.kill()
        checking.wait(30)
        same(len(copies(cage)), 1)
        same((cage.check()[0], copies(cage)), (0, []))


def run(t):
    for home in ("inproc", "process"):
        cage = Cage(("keeper",), host=f"isolation = {home}\n")
        cage.add("keeper")
        with cage.running():
            verdicts(t, cage, home)
        changes(t, home)
        late(t, home)
        aged(t, home)
        settings(t, home)
    limits(t)
    left_behind(t)
