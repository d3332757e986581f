# SPDX-License-Identifier: Apache-2.0
"""What ./dev run fills a demo with: through public addresses, without a fault, and a second time it changes nothing."""
import collections
import configparser
import html
import os
import re
import subprocess
import time
import urllib.parse

from features import operations
from tap import check, same
from zhend import TOP, Zhend

TOWNSHIP, COUNTY = "532327101000", "532327000000"
HEAD, ADMIN, COMMAND = f"government-{TOWNSHIP}", f"county-service-{COUNTY}", f"county-command-{COUNTY}"
PAGES = [(HEAD, f"/p/approvals/{page}") for page in ("seals", "posts", "substitutes", "cases", "lists", "places")]
PAGES += [(ADMIN, f"/p/approvals/{page}") for page in ("agents", "suspicions", "recoveries", "eligibility/checks", "drafts")]
PAGES += [(HEAD, f"/p/duties/{page}") for page in ("lists", "posts", "persons", "catalogues", "rounds", "reviews", "admissions", "tasks", "secondments",
                                                   "transfers", "situations", "grid-types", "organs", "units", "reports/reviews", "reports/sunk",
                                                   "reports/headcount", "reports/community-workers")]
PAGES += [(HEAD, f"/p/enforcement/{page}") for page in ("teams", "members", "officers", "squads", "vehicles", "items", "patrols", "findings", "penalties", "proceedings", "oversights", "errands",
                                                    "incidents", "posts", "works", "premises", "draws", "publications", "lessons", "lead-batches")]
PAGES += [(HEAD, f"/p/dispatch/{page}") for page in ("whistles", "orders", "guide", "demands", "notices", "reports/completion", "reports/kinds", "intake", "incidents", "tasks", "opinions")]
PAGES += [(COMMAND, f"/p/dispatch/{page}") for page in ("meetings", "programmes")]


def fill(z):
    return subprocess.run([os.path.join(TOP, "conf", "demo", "fill"), f"http://127.0.0.1:{z.port}"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=600)


def shipped_settings(group):
    shipped = configparser.RawConfigParser(strict=False)
    shipped.read(os.path.join(TOP, "conf", "zhend.conf"), encoding="utf-8")
    return dict(shipped[group]) if group in shipped else {}


def shown(z, sessions):
    return {page: z.get(page, as_=sessions[who], query={"limit": 100}).json["items"] for who, page in PAGES}


def dead_ends(z, session, *more):
    """From the home page and @more on, what a page offers and then refuses; of pages that differ in names and numbers alone, two."""
    paths, seen, dead = ["/", *more], collections.Counter(), []
    for path in paths:
        answer = z.page(urllib.parse.quote(path, safe="/%?&=:;,+~!*()@$"), as_=session)
        if answer.status != 200:
            dead.append((path, answer.status))
        if "text/html" not in answer.header("content-type"):
            continue
        for href in re.findall(r'href="([^"]+)"', answer.text):
            link = urllib.parse.urljoin(path, html.unescape(href)).partition("#")[0]
            kind = re.sub(r"(?<==)[^&]*|%[0-9A-F]{2}|[A-Z]*\d[\w-]*", "", link)
            if link.startswith("/") and link not in paths and seen[kind] < 2:
                seen[kind] += 1
                paths.append(link)
    check(len(paths) > 50, paths)
    return dead


def run(t):
    with Zhend(settings={"duties": shipped_settings("duties")}) as z:
        with t.case("a demo is filled without a fault, and each page has something to show"):
            done = fill(z)
            same((done.returncode, done.stderr), (0, ""), done.stdout)
            sessions = {who: z.login(who) for who in (HEAD, ADMIN, COMMAND)}
            first = shown(z, sessions)
            same([page for page, items in first.items() if not items], [], "empty pages")
        with t.case("whatever a page offers leads to a page, for everybody and for each kind of staff"):
            everybody = [None, HEAD, ADMIN, f"county-staffing-{COUNTY}", "prefecture-staffing-532300000000", f"window-{TOWNSHIP}", f"county-enforcement-{COUNTY}",
                         f"agriculture-{TOWNSHIP}", f"seal-{TOWNSHIP}", "village-532327101001", "prefecture-532300000000"]
            same({who: dead_ends(z, who and z.login(who)) for who in everybody}, {who: [] for who in everybody})
        with t.case("where one asks for a village, its county and township are chosen first"):
            first_step = z.page("/p/approvals/rosters").text
            check("选择所在地" in first_step and f'href="?_at={TOWNSHIP}"' in first_step, first_step)
            second = z.page("/p/approvals/rosters", query={"_at": TOWNSHIP}).text
            check("</option>" in second, second)
        with t.case("figures are those of the prefecture: 105 common ones and 30 chosen are 135 on average; three lists, a round, posts held by two"):
            report = z.get("/p/duties/reports/lists").json
            same([report[name] for name in ("division", "lists", "average_delegated", "average_common")], ["532300000000", 10, "135.00", "105.00"])
            check(report["assist"] > 0 and report["withdrawn"] > 0 and report["village_lists"] == 1, report)
            same(z.get("/p/approvals/reports/network").json["centres"], 10, "of all, where no division is named")
            adjusted = z.get("/p/duties/reports/adjustments").json
            same((adjusted["rounds"], adjusted["items"]), (1, 2), adjusted)
            holders = [z.get(f"/p/duties/posts/{one['id']}", as_=sessions[HEAD]).json["persons"] for one in first["/p/duties/posts"]]
            same([len({person["id"] for person in persons}) for persons in holders], [2, 2, 2])
            for asked, who in (("路灯坏了找谁", "住房和城乡建设局"), ("饭馆不干净", "市场监督管理局"), ("老板欠薪不给钱", "人力资源和社会保障局"),
                               ("楼道里堆东西", "应急管理机构")):
                check(who in z.get("/p/duties/answer", query={"q": asked}).json["responsible"], asked)
        with t.case("ten counties have a township with its list of duties, its list of items, its seal and its centre"):
            check(len(first["/p/approvals/lists"]) == 10, first["/p/approvals/lists"])
            seals = z.get("/p/approvals/seals", as_=z.login("prefecture-532300000000"), query={"limit": 100}).json["items"]
            same(len({one["township"] for one in seals if "handover" in one["may"]}), 10)
            keeper, end = z.login(f"seal-{TOWNSHIP}"), time.monotonic() + 60
            while any(not one["may"] for one in z.get("/p/approvals/sealings", as_=keeper).json["items"]):
                check(time.monotonic() < end, "drafts are not drawn")
                time.sleep(0.1)
            waiting = z.get("/p/approvals/sealings", as_=keeper).json["items"]
            same({one["may"].split()[-1] for one in waiting}, {"confirm"}, "papers wait for the keeper of the seal")
        with t.case("the page behind the QR code says what to bring and whom to call, and leads to the guides of what is applied for"):
            page = z.get(z.get(f"/p/duties/units/{TOWNSHIP}").json["public_path"], query={"livelihood": "true"}).json
            check(len(page["items"]) >= 5, page)
            same([one["code"] for one in page["items"] if not all(one[name] for name in ("steps", "materials", "handled_at", "phone"))], [])
            same(page.get("guides_href"), f"/p/approvals/lists/{TOWNSHIP}")
            check(z.get(page["guides_href"]).json["items"], "no guides")
        with t.case("an item is found by what people call it"):
            for q, code in (("低保", "YB0203"), ("老人证", "YB0101"), ("医疗报销", "YB0211"), ("准生证", "YB0102"), ("残疾证 补贴", "YB0208"),
                            ("残疾证", "YB0202"), ("营业执照", "YB0215")):
                found = z.get("/p/approvals/items", query={"q": q}).json["items"]
                check(code in [one["code"] for one in found], (q, found))
        with t.case("a case has come in through each door"):
            doors = {z.get(f"/p/approvals/cases/{one['id']}", as_=sessions[HEAD]).json["channel"] for one in first["/p/approvals/cases"]}
            same(doors, {"online", "window", "station", "agent", "self"})
        with t.case("filled again, it stays as it was"):
            done = fill(z)
            same((done.returncode, done.stderr), (0, ""), done.stdout)
            again = shown(z, sessions)
            same(*({page: [one.get("id") or [one.get(name) for name in ("unit", "township", "division")] for one in items]
                    for page, items in seen.items()} for seen in (again, first)))
        with t.case("where a township has every feature off, no page offers what would be refused, neither there nor to those above it"):
            off = sorted({feature for _, _, feature in operations(z) if feature})
            check("approvals.agency" in off and "duties.supports" in off, off)
            z.stop()
            z.pilots = (f"[pilot chuxiong]\ndivisions = 532300\nplugins = approvals; duties; enforcement; dispatch\n[pilot bare]\nof = chuxiong\ndivisions = {TOWNSHIP}\n"
                        f"plugins = approvals; duties; enforcement; dispatch\nfeatures = {'; '.join('-' + name for name in off)}\n")
            z.start()
            same({who: dead_ends(z, who and z.login(who), f"/p/duties/units/{TOWNSHIP}") for who in everybody}, {who: [] for who in everybody})
