# SPDX-License-Identifier: Apache-2.0
"""Searching the cases: by number, item, place and, who may see names, by applicant; never more than the caller's own; any text is
a plain question; both homes."""
import os
import shutil
import tempfile

from tap import check, same
from zhend import TOP, Zhend, application

PILOT = {"pilot": "test", "pilots": "[pilot test]\ndivisions = 532300000000\nplugins = approvals\n"}
DIVISIONS = os.path.join(TOP, "conf", "data", "divisions", "chuxiong-532300.csv")
CASES = "/p/approvals/cases"
TOWN, OTHER = "532327101", "532327102"
VILLAGES = {TOWN: "532327101003", OTHER: "532327102201"}
# township, applicant
PEOPLE = ((TOWN, "欧阳槐荫"), (TOWN, "张伟"), (OTHER, "张伟"), (TOWN, "张伟明"), (OTHER, "端木蓼汀"))
PLAIN = ("\"", "'", "张伟\" OR \"a", "*", "张*伟 OR", "NEAR(张 伟)", "number:张", "{a b}: c", "%", "_", "\\", "()", ")(", "--", "; DROP TABLE matter",
         "a" * 100, "宅" * 100, "😀", "\u200b", "．", "-张伟", "^张", "AND", "OR NOT", "\t\n", "张\n伟", "\ue000", "𠮷")


def find(z, session, q, **more):
    return z.get(CASES, as_=session, query={"q": q, **more})


def numbers(z, session, q, **more):
    reply = find(z, session, q, **more)
    same(reply.status, 200, (q, reply))
    return [row["number"] for row in reply.json["items"]]


def file_all(z):
    filed = []
    for count, (town, name) in enumerate(PEOPLE):
        reply = z.post("/p/approvals/applications", json=application(count + 1, village=VILLAGES[town], applicant=name, members=[]))
        same(reply.status, 201, reply)
        filed.append(reply.json["number"])
    return filed


def finds(t, z, home, filed, window, other, county):
    mine = [filed[3], filed[1], filed[0]]
    with t.case(f"{home}: two characters, one, a whole name: newest first, and only in the caller's own township"):
        for session, q, wanted in ((window, "张伟", [filed[3], filed[1]]), (window, "张", [filed[3], filed[1]]), (window, "伟明", [filed[3]]),
                                   (other, "张伟", [filed[2]]), (window, "端木", []),
                                   (window, "欧阳槐荫", [filed[0]]), (window, "欧槐", []), (county, "宅基", [filed[4], filed[3], filed[2], filed[1], filed[0]])):
            same(numbers(z, session, q), wanted, q)
    with t.case(f"{home}: by number as it is written, by its beginning, in full-width digits; all the words have to be there"):
        for q, wanted in ((filed[1], [filed[1]]), (f"{TOWN}-2", mine), (TOWN, mine), (filed[1].translate({ord(c): ord(c) + 0xfee0 for c in "0123456789"}), [filed[1]]),
                          (TOWN[3:], []), (f"{TOWN} 张伟", [filed[3], filed[1]]), ("张伟 宅基地", [filed[3], filed[1]]), ("张伟 欧阳", []), (f"{OTHER}", [])):
            same(numbers(z, window, q), wanted, q)
    with t.case(f"{home}: by place: the name of a township or a village stands for its cases"):
        same(numbers(z, county, "永定镇"), mine)
        same(numbers(z, county, "宜就 宅基"), [filed[4], filed[2]])
        same(numbers(z, window, "永定 张伟"), [filed[3], filed[1]])
        same(numbers(z, other, "永定镇"), [])
        village = next(line.split(",")[1].strip('"') for line in open(DIVISIONS, encoding="utf-8") if line.startswith(VILLAGES[OTHER]))
        same(numbers(z, county, village), [filed[4], filed[2]])
    with t.case(f"{home}: with a state beside it, and page by page"):
        same(numbers(z, window, "张伟", state="filed"), [filed[3], filed[1]])
        same(numbers(z, window, "张伟", state="approved"), [])
        first = find(z, county, "宅基", limit=2).json
        second = find(z, county, "宅基", limit=2, cursor=first["next"]).json
        third = find(z, county, "宅基", limit=2, cursor=second["next"]).json
        same([row["number"] for page in (first, second, third) for row in page["items"]], filed[::-1])
        same(third["next"], None)
    with t.case(f"{home}: who may not see names finds nobody by name, only by the rest, and names stay covered in the list"):
        same(numbers(z, county, "张伟"), [])
        same(numbers(z, county, "张"), [])
        same(numbers(z, county, "宅基"), filed[::-1])
        check(all("张伟" not in row["applicant"] for row in find(z, window, "张伟").json["items"]), find(z, window, "张伟"))


def any_text(t, z, home, filed, window):
    with t.case(f"{home}: any text is a plain question: never an error of the database, and afterwards all is as it was"):
        for q in PLAIN:
            reply = find(z, window, q)
            check(reply.status in (200, 422), (q, reply))
            if reply.status == 422:
                check(reply.json["errors"][0]["field"] == "q" and reply.json["title_en"], (q, reply))
        same(numbers(z, window, "-张伟"), [filed[3], filed[1]])
        same(numbers(z, window, "张　伟"), [filed[3], filed[1]])
        same(numbers(z, window, "张伟"), [filed[3], filed[1]])
    with t.case(f"{home}: more than a hundred characters, and NUL, are refused by the field's name, in both languages"):
        for q in ("宅" * 101, "宅基" * 5000):
            reply = find(z, window, q)
            check(reply.status in (422, 414, 431, 400), reply.status)
            check(reply.json["title"] and reply.json["title_en"], reply)
        reply = z.get(CASES + "?q=a%00b", as_=window)
        check(reply.status in (400, 422) and reply.json["title_en"], reply)


def follows(t, z, home, window):
    with t.case(f"{home}: what is filed is found by the next question, what is purged is not"):
        reply = z.post("/p/approvals/applications", json=application(50, applicant="公冶长风", members=[]))
        filed = reply.json
        same(numbers(z, window, "公冶"), [filed["number"]])
        same(z.post("/p/approvals/track/retract", json={"number": filed["number"], "code": filed["code"]}).status, 200)
        same(z.ctl("purge", "approvals", "application", filed["number"]).returncode, 0)
        same(numbers(z, window, "公冶"), [])
        same(numbers(z, window, filed["number"]), [filed["number"]])


def page(t, z, home, window):
    with t.case(f"{home}: the page has a box for it, which keeps what was asked; the document of the interface names it"):
        text = z.page(CASES, as_=window, query={"q": "张伟<b>"}).text
        check('name="q"' in text and "张伟&lt;b&gt;" in text and "<b>" not in text, text)
        parameters = z.get("/kernel/openapi.json").json["paths"]["/p/approvals/cases"]["get"]["parameters"]
        check(any(one["name"] == "q" and one["in"] == "query" for one in parameters), parameters)


def restarted(t, data, home, filed):
    other_home = "process" if home == "inproc" else "inproc"
    with t.case(f"{home}: after a restart in the other home it finds the same"):
        with Zhend(home=other_home, data=data, **PILOT) as z:
            window = z.login(f"window-{TOWN}000")
            same(numbers(z, window, "张伟"), [filed[3], filed[1]])


DUTIES = "编码,名称,清单,依据,牵头部门,配合职责,类别\nBD-771,鱼塘增氧补贴核验,基本,《渔塘管护试行办法》第三条,,,民生服务\nBD-772,<b>道路</b>巡查,基本,甲法,,,社会治理\n"


def duties(t, home):
    """The lists are public, and so is finding who has an item on his."""
    with Zhend(home=home) as z:
        township, staffing = z.login(f"government-{TOWN}000"), z.login("county-staffing-532327000000")
        draft = z.post("/p/duties/lists", json={"unit": f"{TOWN}000"}, as_=township)
        same(draft.status, 201, draft)
        path = f"/p/duties/lists/{draft.json['id']}"
        done = z.post(f"{path}/import", json={"content": DUTIES}, as_=township)
        same(done.status, 200, done)

        def codes(q, **more):
            reply = z.get("/p/duties/items", query={"q": q, **more})
            same(reply.status, 200, (q, reply))
            return [row["code"] for row in reply.json["items"]]

        with t.case(f"{home}: an item is found once its list is published, by name, basis, code, place; by anybody"):
            same(codes("鱼塘"), [])
            done = z.post(f"{path}/publish", json={}, as_=staffing)
            same(done.status, 200, done)
            for q, wanted in (("鱼塘", ["BD-771"]), ("渔塘管护", ["BD-771"]), ("bd-77", ["BD-772", "BD-771"]), ("永定镇 增氧", ["BD-771"]), ("宜就镇 增氧", []),
                              ("补氧", []), ("\"", []), ("", [])):
                same(codes(q), wanted, q)
            same(codes("增氧", township=f"{OTHER}000"), [])
        with t.case(f"{home}: the page of it has the box, and leads to the item"):
            text = z.page("/p/duties/items", query={"q": "道路"}).text
            check('name="q"' in text and f"/p/duties/units/{TOWN}000/items/BD-772" in text and "<b>道路" not in text, text)


def run(t):
    for home in ("inproc", "process"):
        data = tempfile.mkdtemp(prefix="zhen-search-")
        with Zhend(home=home, data=data, **PILOT) as z:
            filed = file_all(z)
            window, other = z.login(f"window-{TOWN}000"), z.login(f"window-{OTHER}000")
            finds(t, z, home, filed, window, other, z.login("county-532327000000"))
            any_text(t, z, home, filed, window)
            follows(t, z, home, window)
            page(t, z, home, window)
        duties(t, home)
        restarted(t, data, home, filed)
        shutil.rmtree(data, ignore_errors=True)
