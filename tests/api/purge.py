# SPDX-License-Identifier: Apache-2.0
"""What is purged is in no file any more: every byte of the data folder, of the logs and of later backups is searched."""
import fcntl
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

from tap import check, same
from zhend import BUILD, Zhend, application, id_card

NAME, MEMBER, PHONE, PLACE = "欧阳槐荫", "端木蓼汀", "13577889911", "麂子箐老磨坊"
CARDS = (id_card(801), id_card(802))
PILOT = {"pilot": "test", "pilots": "[pilot test]\ndivisions = 532300000000\nplugins = approvals\n"}
FORM = "/p/approvals/applications"
OTHERS = 120  # applications around the one: pages of the tables fill, split and are written again


def forms(word):
    """The ways in which a text may stand in a file."""
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in word)
    quoted = urllib.parse.quote(word)
    return {word.encode(), word.encode("gb18030"), word.encode("utf-16-le"), escaped.encode(), escaped.upper().replace("\\U", "\\u").encode(),
            quoted.encode(), quoted.lower().encode()}


PERSON = re.compile(b"|".join(re.escape(form) for word in (NAME, MEMBER, PHONE, PLACE, *CARDS) for form in forms(word)))


def found(*places):
    """[(file, what)] of every file in the folders, and of files."""
    paths = [place for place in places if os.path.isfile(place)]
    for place in places:
        paths += [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]
    hits = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                hits += sorted({(path, match.group().decode("latin-1")) for match in PERSON.finditer(file.read())})
        except OSError:  # the socket
            continue
    return hits


def backup(z, folder):
    os.makedirs(folder, exist_ok=True)
    before = set(os.listdir(folder))
    done = z.ctl("backup", folder)
    same(done.returncode, 0, done)
    (name,) = set(os.listdir(folder)) - before
    return os.path.join(folder, name)


def purge(z, number):
    done = z.ctl("--json", "purge", "approvals", "application", number)
    return done, json.loads(done.stdout)


def purge_once(z, number):
    """TRUE: it was refused, or something is left on the disk for later."""
    done = z.ctl("--json", "purge", "approvals", "application", number)
    return done.returncode != 0 or not json.loads(done.stdout)["clean"]


def file_person(z, window):
    filed = z.post(FORM, json=application(801, applicant=NAME, id_card=CARDS[0], phone=PHONE, address=PLACE,
                                          members=[{"name": MEMBER, "id_card": CARDS[1], "relation": "配偶"}]),
                   key="k" * 24)
    same(filed.status, 201, filed)
    filed = filed.json
    content = b"%PDF-1.7\n" + f"{NAME} {CARDS[0]} {PHONE}\n".encode() * 5000
    digest = z.request("POST", f"/p/approvals/_upload?ticket={filed['ticket']}", content,
                       {"Content-Type": "application/pdf"}).json["digest"]
    known = {"number": filed["number"], "code": filed["code"]}
    done = z.post("/p/approvals/track/materials", json={**known, "title": f"{NAME}的身份证", "file": digest}, key="m" * 24)
    same(done.status, 200, done)
    # What a form shows again, and what a careless address has in it.
    refused = z.post(FORM, form={"applicant": NAME, "id_card": CARDS[0], "phone": PHONE, "village": "0"},
                     headers={"Accept": "text/html"})
    same(refused.status, 422, refused)
    z.page(FORM, query={"_form": "POST", "applicant": NAME, "phone": PHONE})
    z.get("/p/approvals/cases", as_=window, query={"q": NAME, "phone": PHONE})
    done = z.post(f"/p/approvals/cases/{filed['id']}/visits", json={"place": "永定镇便民服务中心", "reason": f"{NAME}补图"},
                  as_=window, key="visit-1")
    same(done.status, 200, done)
    return filed


def file_around(z, count, first):
    for number in range(count):
        same(z.post(FORM, json=application(first + number)).status, 201)


def refusals(t, z, home, person, window):
    with t.case(f"{home}: an open case is not purged: 409 in the law's words, exit code 1"):
        done = z.ctl("purge", "approvals", "application", person["number"])
        same(done.returncode, 1, done)
        check("409 case-open" in done.stderr and "第四十七条" in done.stderr and "art. 47" in done.stderr, done.stderr)
    with t.case(f"{home}: a file with an issued document is not purged: the archive rule is the reason, in both languages"):
        filed = z.post(FORM, json=application(700)).json
        z.post(f"/p/approvals/cases/{filed['id']}/refuse", json={"reason": "属县级权限", "competent_body": "县自然资源局"}, as_=window)
        done = z.ctl("purge", "approvals", "application", filed["number"])
        same(done.returncode, 1, done)
        for word in ("409 archive-kept", "不予受理", "档案法第十三条", "三十年、十年", "Archives Law", "30 or 10 years"):
            check(word in done.stderr, (word, done.stderr))
        same(z.get(f"/p/approvals/cases/{filed['id']}", as_=window).json["members"] != [], True)
    with t.case(f"{home}: what is not there is said by name, exit code 1"):
        for args, word in ((("approvals", "application", "无此件"), "404"), (("approvals", "person", "1"), "application"),
                           (("nothing", "application", "1"), "nothing"), (("approvals", "application", "x" * 300), "bad-subject")):
            done = z.ctl("purge", *args)
            check(done.returncode == 1 and word in done.stderr, (args, done))


def purged(t, z, home, person, window, work):
    empty = backup(z, f"{work}/empty")
    file_around(z, OTHERS // 2, 100)
    person.update(file_person(z, window))
    file_around(z, OTHERS // 2, 200)
    refusals(t, z, home, person, window)
    earlier, gone = backup(z, f"{work}/earlier"), backup(z, f"{work}/gone")
    shutil.rmtree(gone)
    with t.case(f"{home}: before the purge the person is in the data and in the backup: the search finds"):
        check(len({what for _, what in found(z.data)}) >= 5, found(z.data))
        check(found(earlier), "not in the backup")
        same(found(empty), [])
    same(z.post("/p/approvals/track/retract", json={"number": person["number"], "code": person["code"], "reason": f"{NAME}不建了"},
                key="r" * 24).status, 200)
    done, said = purge(z, person["number"])
    with t.case(f"{home}: the purge says what it removed, and lists the earlier backup that holds the person, no other"):
        same(done.returncode, 0, done)
        same(said["removed"], {"applications": 1, "people": 2, "materials": 1})
        same((said["files"], said["answers"], said["jobs"], said["again"], said["clean"]), (1, 4, 0, False, True), said)
        same([(row["path"], row["there"]) for row in said["backups"]], [(earlier, True), (gone, False)])
        check(re.match(r"20\d\d-", said["backups"][0]["at"]), said)
    with t.case(f"{home}: a backup that is not where it was made is named until somebody says that it is destroyed"):
        os.mkdir(gone)
        shutil.copy(earlier + "/manifest.json", gone)
        done = z.ctl("backups", "forget", gone)
        check(done.returncode == 1 and "delete it first" in done.stderr, done)
        shutil.rmtree(gone)
        check("not there" in z.ctl("purge", "approvals", "application", person["number"]).stdout, "not said")
        same(z.ctl("backups", "forget", gone).returncode, 0)
        check(z.ctl("backups", "forget", gone).returncode == 1 and gone not in z.ctl("backups").stdout, "not forgotten")
    with t.case(f"{home}: right after it name, numbers and place are in no file of the data folder and in no log"):
        same(found(z.data, z.log_path, z.folder), [])
    later = backup(z, f"{work}/later")
    with t.case(f"{home}: nor in a later backup, while the earlier one still has them"):
        same(found(later), [])
        check(found(earlier), "the search finds nothing where something is")
    return earlier, later


def remains(t, z, home, person, window, earlier, later):
    with t.case(f"{home}: number, place, dates and outcome stay, and it says that the person was removed"):
        case = z.get(f"/p/approvals/cases/{person['id']}", as_=window).json
        same((case["notice"], case["state"], case["number"], case["applicant"], case["materials"]),
             ("已依法删除个人信息", "retracted", person["number"], "", []), case)
        check(case["filed_at"] and case["village"] and case["stopped_at"], case)
        track = z.post("/p/approvals/track", json={"number": person["number"], "code": person["code"]}).json
        same((track["notice"], track["state"]), ("已依法删除个人信息", "retracted"))
    with t.case(f"{home}: a second purge finds nothing to remove and lists the same backups; the text says so too"):
        done, said = purge(z, person["number"])
        same((done.returncode, said["again"], said["files"], [row["path"] for row in said["backups"]]), (0, True, 0, [earlier]), said)
        text = z.ctl("purge", "approvals", "application", person["number"]).stdout
        check(earlier in text and later not in text and "仍有此人的信息" in text, text)
    with t.case(f"{home}: the audit has the subject's number and who did it, and its chain fits"):
        db = sqlite3.connect(f"file:{z.data}/plugins/approvals/data.db?mode=ro", uri=True)
        rows = db.execute("SELECT account, subject, outcome FROM _audit WHERE route = 'purge application' AND subject = ? "
                          "ORDER BY seq", (person["number"],)).fetchall()
        db.close()
        same([row[2] for row in rows], [409, 200, 200, 200, 200])
        check(all(row[0].startswith("zhenctl:") and len(row[0]) > 8 for row in rows), rows)
        verified = z.ctl("audit", "verify")
        same(verified.returncode, 0, verified)


def restored(t, z, home, person, later, work):
    data = f"{work}/restored"
    done = subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "restore", later, "--data", data], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=z.environment(), timeout=60)
    with t.case(f"{home}: the later backup restores, runs, and the person is not in it"):
        same(done.returncode, 0, done)
        with Zhend(home=home, data=data, **PILOT) as other:
            track = other.post("/p/approvals/track", json={"number": person["number"], "code": person["code"]}).json
            same(track["notice"], "已依法删除个人信息")
            same(other.post(FORM, json=application(50)).status, 201)
        same(found(data), [])


def moved_aside(t, z, home, work):
    """What a restore over old data leaves in the data folder holds the person too."""
    filed = z.post(FORM, json=application(801, applicant=NAME, id_card=CARDS[0], phone=PHONE, members=[])).json
    made = backup(z, f"{work}/over")
    z.stop()
    done = subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "restore", made, "--data", z.data, "--replace"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, env=z.environment(), timeout=60)
    same(done.returncode, 0, done)
    z.start()
    same(z.post("/p/approvals/track/retract", json={"number": filed["number"], "code": filed["code"]}).status, 200)
    (aside,) = glob.glob(f"{z.data}/before-restore-*")
    with t.case(f"{home}: what a restore moved aside is named, and it is not called clean while that is there"):
        done, said = purge(z, filed["number"])
        same((done.returncode, said["clean"], said["aside"]), (0, False, [aside]), said)
        check({path for path, _ in found(z.data)} and all(path.startswith(aside) for path, _ in found(z.data)), found(z.data))
        text = z.ctl("purge", "approvals", "application", filed["number"]).stdout
        check(aside in text and "nothing of it is left on the disk" not in text, text)
    shutil.rmtree(aside)
    with t.case(f"{home}: once that is deleted it is clean"):
        done, said = purge(z, filed["number"])
        same((done.returncode, said["clean"], said["aside"], found(z.data)), (0, True, [], []), said)


def held_by_a_backup(t, z, home, work):
    """Files that a backup under way is going to copy stay until it has ended."""
    filed = z.post(FORM, json=application(801, applicant=NAME, id_card=CARDS[0], phone=PHONE, members=[])).json
    digest = z.request("POST", f"/p/approvals/_upload?ticket={filed['ticket']}", b"%PDF-1.7\n" + NAME.encode() * 999,
                       {"Content-Type": "application/pdf"}).json["digest"]
    known = {"number": filed["number"], "code": filed["code"]}
    same(z.post("/p/approvals/track/materials", json={**known, "title": "图", "file": digest}).status, 200)
    same(z.post("/p/approvals/track/retract", json=known).status, 200)
    with open(f"{z.data}/plugins/approvals/collect.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        done, said = purge(z, filed["number"])
        with t.case(f"{home}: while a backup holds the files the purge says so, and the file alone is left"):
            same((done.returncode, said["clean"], said["files"]), (0, False, 1), said)
            same({os.path.basename(path) for path, _ in found(z.data)}, {digest})
        meanwhile = backup(z, f"{work}/meanwhile")
    with t.case(f"{home}: asked again after the backup it goes, and what was backed up meanwhile counts among those that hold it"):
        done, said = purge(z, filed["number"])
        same((done.returncode, said["clean"], said["again"], said["files"]), (0, True, True, 1), said)
        same(found(z.data), [])
        check(found(meanwhile) and meanwhile in [row["path"] for row in said["backups"]], said)


def held_by_a_reader(t, z, home):
    """A reader of an old snapshot keeps the write-ahead log from being cut."""
    filed = z.post(FORM, json=application(801, applicant=NAME, id_card=CARDS[0], phone=PHONE, members=[])).json
    z.post("/p/approvals/track/retract", json={"number": filed["number"], "code": filed["code"]})
    db = sqlite3.connect(f"file:{z.data}/plugins/approvals/data.db?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")
    db.execute("SELECT count(*) FROM matter").fetchone()
    done, said = purge(z, filed["number"])
    with t.case(f"{home}: while somebody reads an old state it says that something is left on the disk, and why"):
        same((done.returncode, said["clean"]), (0, False), said)
        check("稍后" in z.ctl("purge", "approvals", "application", filed["number"]).stdout, "not said")
        check(found(z.data), "nothing left, so the case shows nothing")
    db.execute("COMMIT")
    db.close()


def archived(t, z, home):
    """Each minute: what is left goes, and events older than a day move to the archive of their year."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600 + 5 * 86400))
    z.turn_clock(now)
    end = time.monotonic() + 90
    archive = f"{z.data}/plugins/approvals/events-*.db"
    while time.monotonic() < end and (not glob.glob(archive) or found(z.data)):
        time.sleep(0.5)
    with t.case(f"{home}: within a minute that is off the disk too, and events in their archive name nobody"):
        check(glob.glob(archive), "no archive")
        same(found(z.data, z.log_path), [])


def one_home(t, home):
    with Zhend(home=home, settings={"host": {"keep_events_days": 1}}, **PILOT) as z:
        window, person, work = z.login("window-532327101000"), {}, z.folder + "-backups"
        earlier, later = purged(t, z, home, person, window, work)
        remains(t, z, home, person, window, earlier, later)
        restored(t, z, home, person, later, work)
        moved_aside(t, z, home, work)
        held_by_a_backup(t, z, home, work)
        held_by_a_reader(t, z, home)
        archived(t, z, home)
        z.stop()
        with t.case(f"{home}: nor after its end"):
            same(found(z.data, z.log_path), [])
        shutil.rmtree(work, ignore_errors=True)


def run(t):
    for home in ("inproc", "process"):
        one_home(t, home)
