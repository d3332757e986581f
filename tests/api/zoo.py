# SPDX-License-Identifier: Apache-2.0
"""The zoo: plugins, configurations and databases with one defect each. `zhenctl check` names it without running any plugin,
and a real start says the same; what only running shows, check calls not checked, and the start's own words are held here."""
import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time

from tap import check, same
from zhend import BUILD, LOG, free_port

ZOO = os.path.join(BUILD, "plugins", "zoo", "zoo.so")
PLACES = "code,name,level,parent\n990000000000,试省,province,\n990101000000,试县,county,990000000000\n"
BODIES = "id,kind,name,division,superior\ncounty,government,试县人民政府,990101000000,\n"
TRAILER = "没有运行就没有检查 (not checked without running it)"


class Cage:
    """A folder with a configuration, plugins and data of its own. In what is expected {dir} is that folder."""

    def __init__(self, plugins=("zoo",), host="", more="", pilot="", places=PLACES, bodies=BODIES, critical=True, roles=""):
        self.dir = tempfile.mkdtemp(prefix="zhen-zoo-")
        self.plugins, self.conf = plugins, os.path.join(self.dir, "zhend.conf")
        groups = more if not critical else "".join(
            f"[{name}]\ncritical = yes\n" for name in plugins if f"[{name}]" not in more) + re.sub(r"(\[\w+\]\n)", r"\1critical = yes\n", more)
        self.write("places.csv", places)
        self.write("bodies.csv", bodies)
        self.write("zhend.conf", f"[host]\naddress = 127.0.0.1\nport = 0\nplugin_dir = {self.dir}/plugins\ndata = {self.dir}/data\n"
                   f"worker = {BUILD}/bin/zhen-worker\ndivisions = places.csv\nbodies = bodies.csv\n"
                   + (host if "allow_unsigned" in host else "allow_unsigned = yes\n" + host)
                   + f"[limits]\nworker_start = 3s\n[pilot zoo]\n{pilot or 'divisions = 990101000000'}\nplugins = {';'.join(plugins)}\n"
                   + roles + groups)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w", encoding="utf-8") as out:
            out.write(text)

    def path(self, name):
        return os.path.join(self.dir, "plugins", name, name + ".so")

    def put(self, source, name):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        shutil.copy(source, self.path(name))
        return self.path(name)

    def add(self, animal, name=None):
        """As its builder ships it, with a true note."""
        path = self.put(ZOO if animal == "zoo" else os.path.join(BUILD, "tests", "zoo", f"animal_{animal}.so"), name or animal)
        if animal != "zoo":
            subprocess.run([os.path.join(BUILD, "bin", "zhen-note"), path], check=True)

    def run(self, program, *args, timeout=60):
        done = subprocess.run([os.path.join(BUILD, "bin", program), *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout, env={**os.environ, "LANG": "C.UTF-8"})
        with open(os.path.join(LOG, f"zoo-{program}.log"), "ab") as log:
            log.write(done.stderr)
        return done

    def check(self):
        """(exit code, answer)"""
        done = self.run("zhenctl", "check", self.conf, "--json")
        return done.returncode, json.loads(done.stdout)

    def start(self):
        """What it says of itself before it ends, line by line; it must end."""
        done = self.run("zhend", "--config", self.conf)
        said = done.stderr.decode().split("zhend: ", 1)
        same((done.returncode, len(said)), (1, 2), done.stderr.decode())
        return said[1].strip().splitlines()

    @contextlib.contextmanager
    def running(self):
        """(port, log) of a zhend that starts in spite of it."""
        port, log = free_port(), os.path.join(LOG, f"zoo-{os.path.basename(self.dir)}.log")
        with open(log, "ab") as out:
            process = subprocess.Popen([os.path.join(BUILD, "bin", "zhend"), "--config", self.conf, "--port", str(port)],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 60
            while f":{port}/" not in open(log, encoding="utf-8").read():
                check(process.poll() is None and time.monotonic() < deadline, open(log, encoding="utf-8").read())
                time.sleep(0.02)
            yield port, log
        finally:
            process.terminate()
            code = process.wait(30)
        same(code, 0, open(log, encoding="utf-8").read())

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


# ---- notes and files ----

def note_of(path):
    """(major, minor, tables)"""
    shown = subprocess.run([os.path.join(BUILD, "bin", "zhen-note"), "--show", path], check=True, stdout=subprocess.PIPE).stdout
    head, tables = shown.decode().split("\n", 1)
    return head + "\n", json.loads(tables)


def written(head, tables):
    """A whole section, as zhen-note writes it."""
    text = tables if isinstance(tables, bytes) else json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode()
    text = head.encode() + text
    return struct.pack("<III", 5, len(text), 1) + b"ZHEN\0\0\0\0" + text + b"\0" * (-len(text) % 4)


def embed(path, section, twice=False):
    with tempfile.NamedTemporaryFile() as note:
        note.write(section)
        note.flush()
        options = ["--add-section", f".note.zhen={note.name}", "--set-section-flags", ".note.zhen=noload,readonly"]
        subprocess.run(["objcopy", "--remove-section", ".note.zhen", path], check=True)
        subprocess.run(["objcopy", *options, path], check=True)
        if twice:
            subprocess.run(["objcopy", "--add-section", f".note.twin={note.name}", path], check=True)
            subprocess.run(["objcopy", "--rename-section", ".note.twin=.note.zhen", path], check=True)


def noted(change=None, head="ZHEN 1.1\n"):
    """zoo.so with its note changed; its code is as it was."""
    def make(cage):
        path = cage.put(ZOO, "zoo")
        _, tables = note_of(path)
        changed = change(tables) if change else None
        embed(path, written(head, changed if changed is not None else tables))
    return make


def patched(*edits):
    """zoo.so with bytes of its head changed: (offset, bytes)"""
    def make(cage):
        with open(cage.put(ZOO, "zoo"), "r+b") as file:
            for at, value in edits:
                file.seek(at)
                file.write(value)
    return make


def cut(length):
    return lambda cage: os.truncate(cage.put(ZOO, "zoo"), length)


def spoiled(act):
    def make(cage):
        path = cage.put(ZOO, "zoo")
        os.unlink(path)
        act(path)
    return make


def set_in(*way):
    """The last of @way at the place the others lead to."""
    def change(tables):
        at = tables
        for step in way[:-2]:
            at = at[step]
        if way[-1] is None:
            del at[way[-2]]
        else:
            at[way[-2]] = way[-1]
    return change


def called(name):
    """All through, so that nothing else is wrong with it."""
    return lambda tables: json.loads(json.dumps(tables).replace('"zoo', f'"{name}'))


def again(table, row):
    return lambda tables: tables[table].append(dict(tables[table][row]))


def animals(*names):
    return lambda cage: [cage.add(name) for name in names]


F = "{dir}/plugins/zoo/zoo.so"
# What it is, how it is made, what is said of it (of the plugin "zoo" unless another is named).
NOTES = [
    ("no note", lambda c: subprocess.run(["objcopy", "--remove-section", ".note.zhen", c.put(ZOO, "zoo")], check=True),
     F + ": 没有说明（.note.zhen 节）：链接之后须运行 zhen-note (has no note (section .note.zhen): run zhen-note on it after linking)"),
    ("a text file", spoiled(lambda path: open(path, "w").write("no plugin, " * 20)), F + ": 不是 ELF 文件 (not an ELF file)"),
    ("an empty file", cut(0), F + ": 不是 ELF 文件 (not an ELF file)"),
    ("a file cut off in its head", cut(40), F + ": 不是 ELF 文件 (not an ELF file)"),
    ("a file cut off before its sections", cut(4000), F + ": 没有节头 (has no section headers)"),
    ("32 bits", patched((4, b"\x01")), F + ": 为另一种机器编译 (built for another kind of machine)"),
    ("big-endian", patched((5, b"\x02")), F + ": 为另一种机器编译 (built for another kind of machine)"),
    ("another processor", patched((18, struct.pack("<H", 40))), F + ": 为另一种机器编译 (built for another kind of machine)"),
    ("a program", patched((16, struct.pack("<H", 2))), F + ": 不是共享库 (not a shared object)"),
    ("more sections than the file holds", patched((60, struct.pack("<H", 65000))), F + ": 文件被截断或损坏，指到了自身之外 (cut off or damaged: it points past its own end)"),
    ("sections past the end", patched((40, struct.pack("<Q", 1 << 60))), F + ": 没有节头 (has no section headers)"),
    ("names in no section", patched((62, struct.pack("<H", 60000))), F + ": 文件被截断或损坏，没有节名 (cut off or damaged: it has no section names)"),
    ("a pipe", spoiled(os.mkfifo), F + ": 不是普通文件 (not a regular file)"),
    ("a folder", spoiled(os.mkdir), F + ": 不是普通文件 (not a regular file)"),
    ("a symbolic link to itself", spoiled(lambda path: os.symlink(path, path)),
     "试点 zoo 启用的模块 zoo 的文件读不到：" + F + " (pilot zoo names plugin zoo, whose file cannot be read there: "
     "Too many levels of symbolic links)"),
    ("nothing", lambda c: None, "试点 zoo 启用的模块 zoo 的文件读不到：" + F + " (pilot zoo names plugin zoo, whose file cannot be read there: "
     "No such file or directory)"),
    ("two notes", lambda c: embed(c.put(ZOO, "zoo"), written(*note_of(c.path("zoo"))), True), F + ": 有两份说明 (has two notes)"),
    ("a note of another head", noted(head="ZHEN one\n"), F + ": 说明不以 \"ZHEN 主.次\" 开头 (its note does not begin with \"ZHEN major.minor\")"),
    ("a note that is no JSON", noted(lambda t: b"{"), F + ": note: JSON 第 1 行第 1 列：内容不完整"),
    ("a note that is no object", noted(lambda t: b"[]"), F + ": note: not an object"),
    ("a note with a blank too many", noted(lambda t: json.dumps(t, ensure_ascii=False, separators=(", ", ":")).encode()),
     F + ": note: not in its canonical form"),
    ("a member nobody knows", noted(set_in("routes", 0, "colour", "red")), F + ": note: routes: unknown member \"colour\""),
    ("a member of another type", noted(set_in("routes", 0, "method", "GET")), F + ": note: routes: \"method\" has the wrong type or range"),
    ("another SDK", noted(head="ZHEN 2.0\n"), F + ": 按 SDK 2.0 编译，本机提供 1.1：请用 SDK 1.x 重新编译 (built for SDK 2.0, this host offers 1.1: rebuild it with an SDK 1.x)"),
    ("a newer SDK", noted(head="ZHEN 1.7\n"),
     F + ": 按 SDK 1.7 编译，本机提供 1.1：请升级本机，或用较旧的 SDK 重新编译 (built for SDK 1.7, this host offers 1.1: update the host or rebuild with an older SDK)"),
    ("an id with a blank", noted(set_in("id", "z o o")), F + ": plugin: id: \"z o o\" is not 2 to 31 of a-z, 0-9 and _"),
    ("another plugin's id", noted(set_in("id", "zoology")), None),
    ("a version of two numbers", noted(set_in("version", "1.0")), F + ": plugin: version: \"1.0\" is not like 1.2.3"),
    ("a route twice", noted(again("routes", 0)), F + ": zoo: routes[3] POST /animals: path: \"POST /animals\" is also routes[0]"),
    ("a topic twice", noted(again("topics", 0)), F + ": zoo: topics[1] zoo.animal.came: name: \"zoo.animal.came\" is also topics[0]"),
    ("a topic of another plugin", noted(set_in("topics", 0, "name", "cow.animal.came")),
     F + ": zoo: topics[0] cow.animal.came: name: \"cow.animal.came\" is not like zoo.noun.verb"),
    ("an event with personal data", noted(set_in("topics", 0, "fields", 0, "type", 11)),
     F + ": zoo: topics[0] zoo.animal.came: fields[0] id: type: name: events carry no personal data"),
    ("a migration left out", noted(set_in("migrations", 0, "number", 2)),
     F + ": zoo: migrations[0]: number: 2 where 1 comes next (numbered from 1 without gaps)"),
    ("a route open to all by mistake", noted(set_in("routes", 0, "permission", None)),
     F + ": zoo: routes[0] POST /animals: permission: missing (only a ZHEN_PUBLIC route has none)"),
    ("a permission that is not declared", noted(set_in("routes", 0, "permission", "zoo.fly")),
     F + ": zoo: routes[0] POST /animals: permission: \"zoo.fly\" is not declared in permissions"),
    ("a field of no type", noted(set_in("routes", 0, "fields", 0, "type", 99)),
     F + ": zoo: routes[0] POST /animals: fields[0] name: type: 99 is no type"),
    ("a path parameter that is no field", noted(set_in("routes", 1, "path", "/animals/{name}")),
     F + ": zoo: routes[1] GET /animals/{name}: path: parameter \"name\" is not among the fields"),
    ("a route without its handler", noted(set_in("routes", 0, "handle", None)), F + ": zoo: routes[0] POST /animals: handle: missing"),
    ("a need of itself", noted(lambda t: {**{k: t[k] for k in t}, "needs": [{"plugin": "zoo"}]}), F + ": zoo: needs[0] zoo: plugin: is this plugin itself"),
]

# Which plugins are there, and what is said of whom.
TOGETHER = [
    ("a need that nobody enabled", ["orphan"], {"orphan": ["模块 orphan 需要 nobody，它没有启用 (plugin orphan needs nobody, which is not enabled)"]}),
    ("a need of a newer one", ["modern", "zoo"], {"modern": ["模块 modern 需要 zoo 9.0.0 或更新，现为 1.0.0 (plugin modern needs zoo 9.0.0 or newer, here is 1.0.0)"]}),
    ("a circle of needs, and one who needs a member", ["chick", "hen", "egg"], {
        "hen": ["模块循环依赖 (plugins need each other in a circle): egg needs hen needs egg"],
        "egg": ["模块循环依赖 (plugins need each other in a circle): egg needs hen needs egg"],
        "chick": ["模块 chick 需要 egg，它已被排除 (plugin chick needs egg, which is left out)"]}),
    ("a field that its publisher lacks", ["reader", "zoo"], {
        "reader": ["模块 reader 读 zoo.animal.came 的字段 cage，zoo 1.0.0 没有声明它 (plugin reader reads the field cage of zoo.animal.came, which zoo 1.0.0 does not declare)"]}),
    ("a field of another type", ["confused", "zoo"], {
        "confused": ["模块 confused 把 zoo.animal.came 的字段 id 读作 text，zoo 1.0.0 声明为 int (plugin confused reads the field id of zoo.animal.came as text, zoo 1.0.0 declares it as int)"]}),
    ("a publisher that is too old", ["late", "zoo"], {"late": ["模块 late 读 zoo.animal.came，须 zoo 9.0.0 或更新，现为 1.0.0 (plugin late reads zoo.animal.came of zoo 9.0.0 or newer, here is 1.0.0)"]}),
    ("a migration that is no SQL", ["misspelt"], {
        "misspelt": ["plugin misspelt: misspelt: migration 1: misspelt: near \"TABEL\": syntax error (CREATE TABEL pet(id {{id}}))"]}),
    ("a migration with a word nobody knows", ["wordy"], {
        "wordy": ["plugin wordy: wordy: migration 1: wordy: CREATE TABLE pet(id {{identity}}): SQL: unknown word {{identity}}"]}),
    ("a migration of the host's tables", ["greedy"], {
        "greedy": ["plugin greedy: greedy: migration 1: SQL: _audit: names that begin with '_' are the host's"]}),
]

# What the configuration says: keys of Cage, and the faults, which stop the host.
CONFIGURED = [
    ("an unknown key", {"host": "prot = 1\n"}, ["{dir}/zhend.conf:10: [host] 里没有 'prot' 这一项；是否应为 'port'？(unknown key 'prot' in [host]; did you mean 'port'?)"]),
    ("a key twice", {"host": "port = 1\n"}, ["{dir}/zhend.conf:10: [host] 的 'port' 已在 {dir}/zhend.conf:3 设置 ('port' in [host] was already set at {dir}/zhend.conf:3)"]),
    ("a value of another type", {"host": "writers = many\n"}, ["{dir}/zhend.conf:10: [host] writers: 'many' 不是整数 ('many' is not a whole number)"]),
    ("a value out of range", {"host": "writers = 65\n"}, ["{dir}/zhend.conf:10: [host] writers: 65 不在 1 至 64 之间 (65 is outside 1 .. 64)"]),
    ("an address that is none", {"change": ("address = 127.0.0.1", "address = 300.1.1.1")},
     ["{dir}/zhend.conf:2: [host] address = 300.1.1.1: 不是 IP 地址 (is not an IP address)"]),
    ("a name for an address", {"change": ("address = 127.0.0.1", "address = nowhere.invalid")},
     ["{dir}/zhend.conf:2: [host] address = nowhere.invalid: 不是 IP 地址 (is not an IP address)"]),
    ("a proxy that is no address", {"host": "proxies = 127.0.0.1; 1.2.3.4.5\n"},
     ["{dir}/zhend.conf:10: [host] proxies = 127.0.0.1; 1.2.3.4.5: 应为 IP 地址，多个用分号隔开 (IP addresses, parted by semicolons)"]),
    ("data that are a file", {"change": ("/data\n", "/places.csv\n")},
     ["{dir}/zhend.conf:5: [host] data = {dir}/places.csv: 不是目录 (is no folder)"]),
    ("data too far away for a socket", {"change": ("/data\n", "/" + "d" * 100 + "\n")},
     ["{dir}/zhend.conf:5: [host] data = {dir}/" + "d" * 100 + ": 路径太长，zhenctl 的套接字放不下 (its path is too long for the socket of zhenctl)"]),
    ("a worker that is not there", {"host": "isolation = process\n", "change": ("/bin/zhen-worker", "/bin/zhen-wonder")},
     [f"{{dir}}/zhend.conf:6: [host] worker = {BUILD}/bin/zhen-wonder: 没有这个程序，而有模块要在独立进程中运行 (there is no such program, and plugins are to "
      "run in a process of their own)"]),
    ("an unknown group", {"roles": "[rolle a]\n"}, ["{dir}/zhend.conf:15: 没有 [rolle a] 这一组；是否应为 [role *]？(unknown group [rolle a]; did you mean [role *]?)"]),
    ("an unknown setting of a plugin", {"plugins": ("choosy",), "more": "[choosy]\nfod = hay\n"},
     ["{dir}/zhend.conf:17: [choosy] 里没有 'fod' 这一项；是否应为 'food'？(unknown key 'fod' in [choosy]; did you mean 'food'?)"]),
    ("a setting that is none of its choices", {"plugins": ("choosy",), "more": "[choosy]\nfood = stone\n"},
     ["{dir}/zhend.conf:17: [choosy] food = stone: 不在可选范围内 (not-a-choice)"]),
    ("a setting that must be set", {"plugins": ("demanding",)}, ["{dir}/zhend.conf: [demanding] 必须设置 'food' (must set 'food': what it eats)"]),
    ("a feature that no plugin has", {"plugins": ("choosy",), "pilot": "divisions = 990101000000\nfeatures = -choosy.flyin"},
     ["{dir}/zhend.conf:14: [pilot zoo] features: 没有功能 '-choosy.flyin'；是否应为 'choosy.flying'？(unknown feature '-choosy.flyin'; did you mean 'choosy.flying'?)"]),
    ("a feature of a plugin that the pilot has not", {"plugins": ("choosy",), "pilot": "divisions = 990101000000\nfeatures = chosy.flying"},
     ["{dir}/zhend.conf:14: [pilot zoo] features: 'chosy.flying': 此试点没有模块 'chosy'；是否应为 'choosy'？(the pilot has no plugin 'chosy'; did you mean 'choosy'?)"]),
    ("a feature on and off in one place", {"plugins": ("choosy",), "pilot": "divisions = 990101\nfeatures = choosy.flying; -choosy.flying"},
     ["{dir}/zhend.conf:14: [pilot zoo] features: '-choosy.flying' 在 990101000000 (试县) 与 [pilot zoo] 矛盾 (contradicts [pilot zoo] there)"]),
    ("a pilot of a pilot that is none", {"plugins": ("choosy",), "pilot": "divisions = 990101\nof = zo"},
     ["{dir}/zhend.conf:14: [pilot zoo] of: 没有试点 'zo'；是否应为 'zoo'？(no pilot 'zo'; did you mean 'zoo'?)"]),
    ("a setting for a division that does not exist", {"plugins": ("placed",), "more": "[placed @990102]\nmeals = 3\n"},
     ["{dir}/zhend.conf:17: [placed @990102] 没有此区划；是否应为 [placed @990101000000] (试县)？(names an unknown division; did you mean [placed @990101000000] (试县)?)"]),
    ("a setting out of range for a division", {"plugins": ("placed",), "more": "[placed @990101]\nmeals = 10\n"},
     ["{dir}/zhend.conf:18: [placed @990101] meals: 10 不在 1 至 9 之间 (10 is outside 1 .. 9)"]),
    ("a misspelt setting for a division", {"plugins": ("placed",), "more": "[placed @990101]\nmeal = 3\n"},
     ["{dir}/zhend.conf:18: [placed @990101] 里没有 'meal' 这一项；是否应为 'meals'？(unknown key 'meal' in [placed @990101]; did you mean 'meals'?)"]),
    ("a division's own value of what holds everywhere", {"plugins": ("choosy",), "more": "[choosy @990101]\nfood = fish\n"},
     ["{dir}/zhend.conf:18: [choosy @990101] food: 此项不能按地区分别设置，只能写在 [choosy] (holds everywhere: it is set in [choosy] alone)"]),
    ("a pilot of an unknown division", {"pilot": "divisions = 990101000000; 999999999999"},
     ["{dir}/zhend.conf:13: [pilot zoo] divisions: 没有区划 '999999999999' (names the unknown division '999999999999')"]),
    ("a pilot of a division written wrong", {"pilot": "divisions = 990102"},
     ["{dir}/zhend.conf:13: [pilot zoo] divisions: 没有区划 '990102'；是否应为 '990101000000' (试县)？(names the unknown division '990102'; did you mean '990101000000' (试县)?)"]),
    ("a pilot that ends before it begins", {"pilot": "divisions = 990101000000\nfrom = 2026-05-01\nuntil = 2026-04-01"},
     ["{dir}/zhend.conf:15: [pilot zoo] until: 结束早于开始 (ends before it begins)"]),
    ("a day that is none", {"pilot": "divisions = 990101000000\nfrom = 2026-02-30"},
     ["{dir}/zhend.conf:14: [pilot zoo] from: '2026-02-30' 不是日期，写法如 2026-09-18 ('2026-02-30' is not a day like 2026-09-18)"]),
    ("a division under no parent", {"places": PLACES + "990102000000,乙县,county,980000000000\n"},
     ["{dir}/places.csv:4: 990102000000: 各文件中都没有它的上级 980000000000 (the parent 980000000000 is in no file)"]),
    ("a body in no division", {"bodies": BODIES + "b,office,所,990199000000,\n"}, ["{dir}/bodies.csv:3: 没有区划 '990199000000' (unknown division '990199000000')"]),
    ("a body under no body", {"bodies": BODIES + "b,office,所,990101000000,nobody\n"}, ["{dir}/bodies.csv:3: 'b' 的上级 'nobody' 不存在 (the superior 'nobody' of 'b' is unknown)"]),
    ("demo mode open to the world", {"host": "demo = yes\n", "change": ("127.0.0.1", "0.0.0.0")},
     ["演示模式只能监听本机地址，不能是 0.0.0.0 (demo mode listens on loopback only, not 0.0.0.0)"]),
    ("everything at once", {"host": "prot = 1\nwriters = many\n", "pilot": "divisions = 999999999999", "bodies": BODIES + "b,office,所,1,\nc,office,所,2,\n"},
     ["{dir}/zhend.conf:10: [host] 里没有 'prot' 这一项；是否应为 'port'？(unknown key 'prot' in [host]; did you mean 'port'?)",
      "{dir}/zhend.conf:11: [host] writers: 'many' 不是整数 ('many' is not a whole number)",
      "{dir}/bodies.csv:3: 没有区划 '1' (unknown division '1')", "{dir}/bodies.csv:4: 没有区划 '2' (unknown division '2')",
      "{dir}/zhend.conf:15: [pilot zoo] divisions: 没有区划 '999999999999' (names the unknown division '999999999999')"]),
]

# Only running them shows it: what a start says of each, by its home.
RUN = [
    ("a note that lies about the title", "zoo", noted(set_in("title", "植物园")), "inproc",
     F + ": 说明与代码不符：title 处说明为 \"植物园\"，代码为 \"动物园\" (the note lies: title: the note says \"植物园\", the code \"动物园\")"),
    ("a note that lies about a permission", "zoo", noted(set_in("routes", 1, "permission", "zoo.keep")), "inproc",
     F + ": 说明与代码不符：routes[1] /animals/{id}: permission 处说明为 \"zoo.keep\"，代码为 \"zoo.look\" (the note lies: routes[1] /animals/{id}: permission: the note says \"zoo.keep\", the code \"zoo.look\")"),
    ("a note that leaves out a table", "zoo", noted(set_in("topics", None)), "inproc",
     F + ": 说明与代码不符：topics 处说明为 nothing，代码为 [{\"fields\":[{\"name\":\"id\",\"type\":3}],\"name\":\"zoo.animal.came\",\"summary\":\"an anim… (the note lies: topics: the note says nothing, the code [{\"fields\":[{\"name\":\"id\",\"type\":3}],\"name\":\"zoo.animal.came\",\"summary\":\"an anim…)"),
    ("a file without its symbol", "zoo", lambda c: embed(c.put(f"{BUILD}/tests/zoo/zoo_no_symbol.so", "zoo"), written(*note_of(ZOO))), "inproc",
     F + ": 没有符号 zhen_plugin_entry，是否漏写 ZHEN_PLUGIN？(has no symbol zhen_plugin_entry: ZHEN_PLUGIN missing?)"),
    ("code of another SDK than its note says", "zoo",
     lambda c: embed(c.put(f"{BUILD}/tests/zoo/zoo_wrong_major.so", "zoo"), written(*note_of(ZOO))), "inproc",
     F + ": 按 SDK 2.1 编译，本机提供 1.1：请用 SDK 1.x 重新编译 (built for SDK 2.1, this host offers 1.1: rebuild it with an SDK 1.x)"),
    ("code of another plugin", "zoo", lambda c: embed(c.put(f"{BUILD}/tests/zoo/zoo_other_id.so", "zoo"), written(*note_of(ZOO))), "inproc",
     F + ": 说明与代码不符：id 处说明为 \"zoo\"，代码为 \"other\" (the note lies: id: the note says \"zoo\", the code \"other\")"),
    ("a start that fails", "failing", animals("failing"), "inproc", "plugin failing: start answered 409 睡着了"),
    ("a start that fails in its worker", "failing", animals("failing"), "process", "plugin failing: start answered 409 睡着了"),
    ("a start that hangs in its worker", "hanging", animals("hanging"), "process",
     "plugin hanging: worker was not ready in time: killed by signal 9 (Killed)"),
    ("a start that ends its worker", "crashing", animals("crashing"), "process",
     "plugin crashing: worker ended: killed by signal 4 (Illegal instruction): SIGILL in start, request start"),
    ("a start that writes to no table", "writing", animals("writing"), "inproc",
     "plugin writing: start answered 500 系统内部错误：writing: no such table: nowhere (INSERT INTO nowhere(name) VALUES('a'))"),
]


def told(answer, weight):
    return {(fault["plugin"], fault["text"]) for fault in answer["faults"] if fault["weight"] == weight}


def both(cage, wanted, stops=True):
    """Check and start say @wanted, (plugin, text) each, no more and no less."""
    wanted = {(plugin, text.replace("{dir}", cage.dir)) for plugin, text in wanted}
    code, answer = cage.check()
    same((code, answer["fine"], answer["starts"]), (1, False, not stops), answer)
    same(told(answer, "stops" if stops else "left-out"), wanted)
    if stops:
        same(set(cage.start()), {text for _, text in wanted})


def lone_notes(t):
    for name, make, text in NOTES:
        with t.case(f"check and start refuse a plugin with {name}"):
            cage = Cage()
            try:
                os.makedirs(os.path.dirname(cage.path("zoo")), exist_ok=True)
                make(cage)
                code, answer = cage.check()
                same((code, answer["starts"]), (1, False), answer)
                said = [fault["text"] for fault in answer["faults"]]
                if text is not None:
                    same(said, [text.replace("{dir}", cage.dir)])
                check(all(cage.path("zoo") in line for line in said), said)
                same(cage.start(), said)
                inspected = cage.run("zhenctl", "inspect", cage.path("zoo"), "--json")
                same(inspected.returncode, 1)
                found = json.loads(inspected.stdout)["files"][0]
                if "pilot" not in said[0]:
                    same(found["faults"], said)
            finally:
                cage.close()


def reserved(t):
    own = 'plugin: id: "%s" is the host\'s own'
    for name, what, said in (("kernel", "routes and permissions", own % "kernel"), ("host", "chain", own % "host"),
                             ("store", "settings", "plugin: id: [store] 是主机自己的设置 (a group of the host's own configuration)")):
        with t.case(f"a plugin with the name of the host's own {what} is refused, and the host goes on without it"):
            cage = Cage((name, "sound"), critical=False)
            try:
                _, tables = note_of(ZOO)
                embed(cage.put(ZOO, name), written("ZHEN 1.1\n", called(name)(tables)))
                cage.add("sound")
                text = cage.path(name) + ": " + said
                both(cage, [(name, text)], stops=False)
                with cage.running() as (port, _):
                    health = json.loads(ask(port, "/kernel/health").split("\r\n\r\n", 1)[1])
                    same({plugin["id"]: (plugin["state"], plugin.get("fault")) for plugin in health["plugins"]}, {name: ("left-out", text), "sound": ("up", None)})
                # The file alone does not say what the host's configuration is called.
                same(json.loads(cage.run("zhenctl", "inspect", cage.path(name), "--json").stdout)["files"][0]["faults"], [text] if name != "store" else [])
            finally:
                cage.close()


def together(t):
    for name, plugins, wanted in TOGETHER:
        with t.case(f"check and start refuse {name}"):
            cage = Cage(plugins)
            try:
                for plugin in plugins:
                    cage.add(plugin)
                both(cage, [(plugin, text) for plugin, texts in wanted.items() for text in texts])
            finally:
                cage.close()


def configured(t):
    for name, given, wanted in CONFIGURED:
        with t.case(f"check and start refuse {name}, with its place"):
            given = dict(given)
            change = given.pop("change", None)
            cage = Cage(**given)
            try:
                if change:
                    with open(cage.conf, encoding="utf-8") as conf:
                        text = conf.read()
                    cage.write("zhend.conf", text.replace(*change))
                for plugin in cage.plugins:
                    cage.add(plugin)
                both(cage, [(None, text) for text in wanted])
            finally:
                cage.close()


def count_rows(folder):
    with contextlib.closing(sqlite3.connect(f"{folder}/data.db")) as db:
        return db.execute("SELECT max(seq) FROM _audit").fetchone()[0]


def databases(t):
    cage = Cage(("keeper",))
    try:
        cage.add("keeper")
        with t.case("a plugin makes its database, and check of the same one finds nothing, running or not"):
            with cage.running():
                same(cage.check(), (0, cage.check()[1]))
            same((cage.check()[0], cage.check()[1]["faults"]), (0, []))
        with t.case("check and start refuse a migration that was changed after it was applied"):
            cage.add("keeper_changed", "keeper")
            both(cage, [("keeper", "plugin keeper: keeper: migration 1 was changed after it was applied")])
        with t.case("check and start refuse a migration that the rows do not bear, and the database stays as it is"):
            cage.add("keeper_unique", "keeper")
            both(cage, [("keeper", "plugin keeper: keeper: migration 2: keeper: UNIQUE constraint failed: pet.name "
                         "(CREATE UNIQUE INDEX one ON pet(name))")])
            with contextlib.closing(sqlite3.connect(f"file:{cage.dir}/data/plugins/keeper/data.db?mode=ro", uri=True)) as db:
                same(db.execute("SELECT max(number) FROM _migration").fetchone(), (1,))
        with t.case("check and start warn of posts at bodies and of roles that do not exist"):
            with contextlib.closing(sqlite3.connect(f"{cage.dir}/data/host/data.db")) as db:
                db.execute("INSERT INTO account(login, name, password, demo, made_at) VALUES('a', 'a', '', 0, 0)")
                db.execute("INSERT INTO post(account, body, role, valid_from, valid_to) SELECT id, 'gone', 'ghost', 0, 9000000000000000 FROM account")
                db.commit()
            cage.add("keeper")
            code, answer = cage.check()
            same((code, answer["fine"]), (0, True), answer)
            said = sorted(fault["text"] for fault in answer["faults"])
            check("'gone'" in said[0] and "'ghost'" in said[1], said)
            with cage.running() as (_, log):
                for text in said:
                    check(text in open(log, encoding="utf-8").read(), text)
        with t.case("check and start refuse a database that ends before what its anchors vouch for, and a folder without its keys"):
            base, aside = f"{cage.dir}/data/plugins/keeper", f"{cage.dir}/aside"
            shutil.move(base, aside)
            both(cage, [("keeper", f"plugin keeper: 插件 keeper 的数据不全：审计记录只到第 0 行，而锚点已证明到第 {count_rows(aside)} 行；"
                         "请用 zhend --restore 从备份恢复，确认放弃所缺数据的，把 {dir}/data/anchors/keeper.anchors 移到别处、原处留一个空文件再启动 "
                         "(data is missing: restore a backup, or move the anchors away and leave an empty file there to go on without it)")])
            shutil.rmtree(base, ignore_errors=True)
            shutil.move(aside, base)
            same(cage.check()[0], 0)
            shutil.move(f"{cage.dir}/data/keys", aside)
            both(cage, [(None, "{dir}/data 有数据而密钥目录 {dir}/data/keys 不在：请从备份恢复密钥目录，系统不会另造新密钥 "
                         "(data without its keys: restore the folder from a backup; no new keys are made)")])
            shutil.move(aside, f"{cage.dir}/data/keys")
        with t.case("check and start refuse a database that is none"):
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{cage.dir}/data/plugins/keeper/data.db{suffix}")
            cage.write("data/plugins/keeper/data.db", "not a database " * 500)
            code, answer = cage.check()
            said = [fault["text"] for fault in answer["faults"] if fault["plugin"] == "keeper"]
            same(code, 1)
            check("file is not a database" in said[0], said)
            check("file is not a database" in cage.start()[0], said)
    finally:
        cage.close()


def running(t):
    for name, plugin, make, home, wanted in RUN:
        with t.case(f"check says it did not look for {name}; the start names it ({home})"):
            cage = Cage((plugin,), host=f"isolation = {home}\n")
            try:
                make(cage)
                code, answer = cage.check()
                same((code, answer["faults"]), (0, []), answer)
                check("without running it" in answer["plugins"][0]["not_checked"], answer)
                check(TRAILER in cage.run("zhenctl", "check", cage.conf).stdout.decode(), "the text does not say so")
                said = cage.start()
                same(said, [wanted.replace("{dir}", cage.dir)])
            finally:
                cage.close()


def ask(port, path):
    with socket.create_connection(("127.0.0.1", port), 10) as s:
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\n\r\n".encode())
        return b"".join(iter(lambda: s.recv(65536), b"")).decode()


def left_out(t):
    cage = Cage(("zoo", "sound", "orphan", "failing", "late"), critical=False)
    try:
        for plugin in ("zoo", "sound", "orphan", "failing", "late"):
            cage.add(plugin)
        embed(cage.path("zoo"), written("ZHEN 1.7\n", note_of(ZOO)[1]))
        with t.case("a broken plugin that is not critical is left out and named; check says so with exit code 1"):
            code, answer = cage.check()
            same((code, answer["starts"], sorted(plugin["id"] for plugin in answer["plugins"] if plugin["state"] == "left-out")),
                 (1, True, ["orphan", "zoo"]), answer)
            text = cage.run("zhenctl", "check", cage.conf)
            same(text.returncode, 1)
            check("模块不启动 (left out) zoo: " in text.stdout.decode(), text.stdout.decode())
        with t.case("the host starts without it, and health, log and zhenctl name what was found at start too"):
            with cage.running() as (port, log):
                health = json.loads(ask(port, "/kernel/health").split("\r\n\r\n", 1)[1])
                same({plugin["id"]: plugin["state"] for plugin in health["plugins"]},
                     {"zoo": "left-out", "orphan": "left-out", "failing": "left-out", "sound": "up", "late": "up"})
                same((health["ready"], health["unsigned_allowed"]), (True, True))
                faults = {plugin["id"]: plugin.get("fault") for plugin in health["plugins"]}
                check("built for SDK 1.7" in faults["zoo"] and "409" in faults["failing"] and "nobody" in faults["orphan"], faults)
                said = cage.run("zhenctl", "health", "--data", cage.dir + "/data").stdout.decode()
                for plugin in ("zoo", "orphan", "failing"):
                    check(re.search(rf"^{plugin} +未启动 \(left out\): ", said, re.M), said)
                    check(re.search(rf"{plugin}.*left out: ", open(log, encoding="utf-8").read()), "not in the log")
                check("404" in ask(port, "/p/zoo/animals/1").splitlines()[0], "a plugin that is left out answers")
                check("built for SDK 1.7" in said and "start answered 409" in said, said)
    finally:
        cage.close()


def unsigned(t):
    with t.case("without allow_unsigned no plugin without a signature starts, and the text says what to set"):
        cage = Cage(("sound",), host="allow_unsigned = no\n")
        try:
            cage.add("sound")
            both(cage, [("sound", "{dir}/plugins/sound/sound.so: 模块没有签名；[host] allow_unsigned = yes 方可启用 "
                         "(is not signed: [host] allow_unsigned = yes lets it in)")])
            same(cage.run("zhenctl", "check", cage.conf, "--demo").returncode, 0)
            cage.write("zhend.conf", open(cage.conf, encoding="utf-8").read().replace("[host]\n", "[host]\ndemo = yes\n", 1))
            with cage.running():
                asked = cage.run("zhenctl", "--data", cage.dir + "/data", "settings", "host").stdout.decode()
                check("  [host] allow_unsigned = yes（默认 default: no）  演示模式 (demo)  " in asked, asked)
        finally:
            cage.close()


def misspelt_pilot(t):
    with t.case("of a pilot that is none check says that alone: what roles name is not looked at"):
        cage = Cage(("sound",), roles="[role clerk]\npermissions = sound.fly; other.read; other.write\n")
        try:
            cage.add("sound")
            code, answer = cage.check()
            same((code, len(told(answer, "warning"))), (0, 2), answer)
            done = cage.run("zhenctl", "check", cage.conf, "--pilot", "zo", "--json")
            same((done.returncode, [fault["text"] for fault in json.loads(done.stdout)["faults"]]),
                 (1, ["没有试点 'zo'；是否应为 'zoo'？(no pilot 'zo'; did you mean 'zoo'?)"]))
        finally:
            cage.close()


def verbs(t):
    cage = Cage(("sound",))
    try:
        cage.add("sound")
        with t.case("exit codes: 0 nothing wrong, 1 faults, 2 misused"):
            same(cage.run("zhenctl", "check", cage.conf).returncode, 0)
            same(cage.run("zhenctl", "check", cage.dir + "/nowhere.conf").returncode, 1)
            same(cage.run("zhenctl", "check", cage.conf, "more", "words").returncode, 2)
            same(cage.run("zhenctl", "inspect").returncode, 2)
            same(cage.run("zhenctl", "inspect", cage.path("sound")).returncode, 0)
            same(cage.run("zhenctl", "inspect", cage.path("sound"), "/nowhere.so", "/", "/dev/null").returncode, 1)
        with t.case("inspect shows the tables of the note, and what a terminal would obey is shown as text"):
            cage.put(ZOO, "zoo")
            _, tables = note_of(ZOO)
            tables["title"] = "动\x1b[31m物"
            embed(cage.path("zoo"), written("ZHEN 1.1\n", json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
                                            .replace("\\u001b", "\\u001B").encode()))
            shown = cage.run("zhenctl", "inspect", cage.path("zoo")).stdout.decode()
            check("POST   /animals  [zoo.keep]  添" in shown and "\x1b" not in shown and "\\x1b" in shown, shown)
            answer = json.loads(cage.run("zhenctl", "inspect", cage.path("zoo"), "--json").stdout)["files"][0]
            same((answer["sdk"], answer["signed"], answer["plugin"]["id"], len(answer["plugin"]["routes"])), ("1.1", False, "zoo", 3))
        with t.case("inspect takes a file whose name is no text"):
            odd = os.path.join(cage.dir.encode(), b"\xff\x1b.so")
            shutil.copy(cage.path("sound"), odd)
            same(cage.run("zhenctl", "inspect", odd, "--json").returncode, 1)
            check("\\xff\\x1b.so" in cage.run("zhenctl", "inspect", odd).stdout.decode(), "not shown")
        with t.case("check leaves nothing behind and makes nothing"):
            before = sorted(os.listdir(cage.dir))
            cage.check()
            same(sorted(os.listdir(cage.dir)), before)
    finally:
        cage.close()


def run(t):
    lone_notes(t)
    reserved(t)
    together(t)
    configured(t)
    databases(t)
    running(t)
    left_out(t)
    unsigned(t)
    misspelt_pilot(t)
    verbs(t)
