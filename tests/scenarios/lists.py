# SPDX-License-Identifier: Apache-2.0
"""Lists of duties as their offices, townships and passers-by use them, over HTTP."""
import csv
import io
import os

from town import COUNTY, TOP, TOWNSHIP, WAIT_S  # noqa: F401

PREFECTURE = "532300000000"
NEIGHBOUR = "532327102000"  # 宜就镇
VILLAGE = "532327101001"
DATA = os.path.join(TOP, "conf", "data")
DAY = "2026-09-18"


def shipped(name):
    with open(os.path.join(DATA, "duties", name), encoding="utf-8") as text:
        return text.read()


def townships():
    """Codes of the 103 of the prefecture, in order."""
    with open(os.path.join(DATA, "divisions", "chuxiong-532300.csv"), encoding="utf-8") as text:
        rows = [row for row in csv.reader(text) if row and row[0].isdigit()]
    return sorted(row[0] for row in rows if row[0].endswith("000") and not row[0].endswith("000000"))


def table(head, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


class Lists:
    """who: prefecture, staffing, department, township, neighbour, window; a login as it is; None = anybody."""

    def __init__(self, town, day=DAY, host=None):
        self.town, self.host = town, host or town.host
        self.logins = {
            "prefecture": f"prefecture-staffing-{PREFECTURE}", "staffing": f"county-staffing-{COUNTY}",
            "department": f"county-enforcement-{COUNTY}", "township": f"government-{TOWNSHIP}",
            "neighbour": f"government-{NEIGHBOUR}", "window": f"window-{TOWNSHIP}", "supervisor": f"county-{COUNTY}",
        }
        if day:
            town.day(day)

    def session(self, who):
        if who is None:
            return None
        login = self.logins.get(who, who)
        if login not in self.town.sessions:
            self.town.sessions[login] = self.host.login(login)
        return self.town.sessions[login]

    def ask(self, who, path, **query):
        return self.host.get("/p/duties" + path, as_=self.session(who), query=query)

    def get(self, path, who=None, **query):
        return self.town.done(self.ask(who, path, **query), f"GET {path}")

    def all(self, path, who=None, **query):
        """Every page of a list."""
        found, cursor = [], None
        while True:
            page = self.get(path, who, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next")
            if not cursor:
                return found

    def post(self, who, path, /, **fields):
        return self.host.post("/p/duties" + path, json=fields, as_=self.session(who))

    def does(self, who, path, status=200, /, **fields):
        return self.town.done(self.post(who, path, **fields), f"{who} {path}", status)

    def refused(self, who, path, status, code, /, **fields):
        self.town.refused(self.post(who, path, **fields), status, code, f"{who} {path} {fields}")

    # ---- catalogues ----

    def imports(self, code, kind, content, who="prefecture", division=PREFECTURE, **fields):
        return self.post(who, "/catalogues", code=code, kind=kind, title=fields.pop("title", code), division=division, content=content,
                         **fields)

    def imported(self, *args, **fields):
        return self.town.done(self.imports(*args, **fields), "导入目录", 201)

    def both_catalogues(self):
        self.imported("township-powers", "statutory", shipped("township-powers.csv"), title="乡镇行政职权基本目录")
        self.imported("delegated", "delegated", shipped("county-delegated.csv"), title="县级赋权事项目录")

    # ---- lists ----

    def draft(self, unit=TOWNSHIP, who="township", **fields):
        return self.does(who, "/lists", 201, unit=unit, **fields)["id"]

    def choose(self, draft, codes, who="township"):
        return self.post(who, f"/lists/{draft}/choose", items=[{"code": code} for code in codes])

    def publish(self, draft, who="staffing", **fields):
        return self.does(who, f"/lists/{draft}/publish", **fields)

    def first_list(self, unit=TOWNSHIP, chosen=("KX-001",), who="township"):
        draft = self.draft(unit, who)
        self.town.done(self.choose(draft, chosen, who), "选取")
        return self.publish(draft)

    def local_list(self, rows, unit=TOWNSHIP, who="township", head=("编码", "名称", "清单", "依据", "牵头部门", "配合职责", "类别")):
        """A first list of the unit's own items, where no catalogue applies."""
        draft = self.draft(unit, who)
        self.does(who, f"/lists/{draft}/import", content=table(head, rows))
        return self.publish(draft)

    # ---- the yearly round ----

    def round(self, survey, unit=TOWNSHIP, who="township", staffing="staffing", answers=None):
        """survey: [(code, act)]; up to where adjusting begins."""
        number = self.does(who, "/rounds", 201, township=unit)["id"]
        self.does(who, f"/rounds/{number}/survey", items=[
            {"code": code, "act": act, "finding": "走访核实", **({"name": f"新增事项{code}"} if act == "add" else {})} for code, act in survey])
        self.does(who, f"/rounds/{number}/survey-end")
        default = {"needed": "yes", "able": "yes", "too_technical": "no", "verdict": "yes"}
        withdrawing = {"needed": "no", "able": "no", "too_technical": "yes", "verdict": "yes"}
        self.does(staffing, f"/rounds/{number}/assess", items=[
            {"code": code, **(withdrawing if act == "withdraw" else default), **(answers or {}).get(code, {})} for code, act in survey])
        self.does(staffing, f"/rounds/{number}/assess-end")
        return number


def power(number, name=None, place="基本", lead="", duty="", category=""):
    return (f"BD-{number:03d}", name or f"本地事项{number}", place, "《样本条例》第一条（样本）", lead, duty, category)

