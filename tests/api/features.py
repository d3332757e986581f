# SPDX-License-Identifier: Apache-2.0
"""Features and settings by division: what is off is refused at routes, in forms and menus, for the division that is named, out of
the scope of statements, of jobs and of events; and who inherits what."""
import glob
import itertools
import json
import os
import re
import time

from tap import check, refused, same
from zhend import TOP, Zhend

YONGDING, YIJIU, YUANMA = "532327101000", "532327102000", "532328101000"  # 永定镇, 宜就镇 of 永仁县; 元马镇 of 元谋县


def every_role(permissions):
    return "".join(f"[role {role}]\npermissions = {permissions}\n" for role in
                   ("clerk", "reviewer", "planner", "head", "supervisor", "admin", "seal_keeper", "station", "staffing", "department", "bureau"))


ROLES = every_role("switcher.*")
COUNTY_OFF = "-switcher.notes; -switcher.counting; -switcher.hearing"
ALL_ON = "switcher.notes; switcher.counting; switcher.hearing; switcher.rare"


def pilots(county=COUNTY_OFF, prefecture="", town=ALL_ON, more=""):
    """Of three that lie in one another the inner one decides."""
    return (f"[pilot all]\ndivisions = 532300\nplugins = switcher; ring_a\nfeatures = {prefecture}\n"
            f"[pilot county]\nof = all\ndivisions = 532327\nplugins = switcher\nfeatures = {county}\n"
            f"[pilot town]\nof = all\ndivisions = 532327101000\nplugins = switcher\nfeatures = {town}\n"
            "[pilot elsewhere]\ndivisions = 411502\nplugins = switcher\n"
            "[switcher]\nlimit = 6\n[switcher @532327]\nlimit = 9\nwords = 县里好\n[switcher @532327101000]\nwords = 镇上好\n"
            "[switcher @411502]\nlimit = 50\n" + more)


def soon(what, true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.02)


def towns(reply):
    same(reply.status, 200, reply)
    return [row["township"] for row in reply.json["items"]]


def off(reply, *words):
    refused(reply, 404, "not-enabled")
    for word in words:
        check(word in reply.text, f"no {word}: {reply}")


class People:
    def __init__(self, z):
        self.yongding, self.yijiu, self.yuanma = (z.login("window-" + town) for town in (YONGDING, YIJIU, YUANMA))
        self.county, self.prefecture = z.login("county-532327000000"), z.login("prefecture-532300000000")


def routes(t, z, p, home):
    with t.case(f"a route of a feature answers where it is on and says 404 not-enabled, naming it, where it is off ({home})"):
        for town, who in ((YONGDING, p.yongding), (YIJIU, p.yijiu), (YUANMA, p.yuanma)):
            same(z.post("/p/switcher/things", json={"township": town}, as_=who).status, 201)
        same(towns(z.get("/p/switcher/notes", as_=p.yongding)), [YONGDING])
        same(towns(z.get("/p/switcher/notes", as_=p.yuanma)), [YUANMA])
        off(z.get("/p/switcher/notes", as_=p.yijiu), "宜就镇未开通“便笺”", "feature switcher.notes is not enabled for " + YIJIU)
        off(z.post("/p/switcher/notes", json={"township": YIJIU}, as_=p.yijiu), "便笺")
        same(towns(z.get("/p/switcher/things", as_=p.yijiu)), [YIJIU])
    with t.case(f"a feature that is off by default is on only where a pilot says so ({home})"):
        same(z.get("/p/switcher/rare", as_=p.yongding).status, 200)
        same(z.get("/p/switcher/rare", as_=p.county).status, 200)
        for who in (p.yijiu, p.yuanma):
            off(z.get("/p/switcher/rare", as_=who), "稀罕事")


def storage(t, z, p, home):
    with t.case(f"who watches a county sees by its routes the rows of the townships where it is on, and all by others ({home})"):
        same(towns(z.get("/p/switcher/notes", as_=p.county)), [YONGDING])
        same(towns(z.get("/p/switcher/things", as_=p.county)), [YONGDING, YIJIU])
        same(towns(z.get("/p/switcher/notes", as_=p.prefecture)), [YONGDING, YUANMA])
        same(towns(z.get("/p/switcher/things", as_=p.prefecture)), [YONGDING, YIJIU, YUANMA])
        ids = {row["township"]: row["id"] for row in z.get("/p/switcher/things", as_=p.county).json["items"]}
        same(z.get(f"/p/switcher/notes/{ids[YONGDING]}", as_=p.county).status, 200)
        same(z.get(f"/p/switcher/notes/{ids[YIJIU]}", as_=p.county).status, 404)


def named(t, z, p, home):
    with t.case(f"a division that a field names must have it on, in lists and queries too, whoever calls ({home})"):
        off(z.post("/p/switcher/notes", json={"township": YIJIU}, as_=p.county), "便笺")
        same(z.post("/p/switcher/notes", json={"township": YONGDING}, as_=p.county).status, 201)
        same(z.get("/p/switcher/board").status, 200)
        off(z.get("/p/switcher/board", query={"place": YIJIU}), "便笺")
        same(z.get("/p/switcher/board", query={"place": YONGDING}).status, 200)
        off(z.post("/p/switcher/letters", json={"places": [{"place": YONGDING}, {"place": YIJIU}]}), "便笺")
        same(z.post("/p/switcher/letters", json={"places": [{"place": YONGDING}, {"place": YUANMA}]}).status, 200)


def drawn(t, z, p, home):
    with t.case(f"pages hide what is off, and a page of it says so in words ({home})"):
        for who, shown in ((p.yongding, True), (p.yijiu, False)):
            page = z.page("/", as_=who).text
            same(("/p/switcher/notes\"" in page, "/p/switcher/things\"" in page), (shown, True))
            page = z.page("/p/switcher", as_=who).text
            same(("/p/switcher/notes\"" in page, "/p/switcher/board\"" in page), (shown, shown))
            form = z.page("/p/switcher/notes?_form=POST", as_=who)
            same(form.status, 200 if shown else 404)
        check("未开通“便笺”" in z.page("/p/switcher/notes", as_=p.yijiu).text, "the page does not say what is off")


def told(z):
    return z.get("/p/switcher/told").json


def jobs(t, z, p, home):
    with t.case(f"a job of a feature sees the rows of divisions where it is on, and no others ({home})"):
        runs = len(told(z)["runs"])
        same(z.post("/p/switcher/count", json={}).status, 200)
        soon("it runs", lambda: len(told(z)["runs"]) == runs + 1)
        same(told(z)["runs"][-1], f"{YONGDING} {YUANMA} ")


def events(t, z, p, home):
    with t.case(f"events of divisions where the feature is off are passed over, the others are handled ({home})"):
        count(z)
        soon("they come", lambda: len(told(z)["heard"]) == 2)
        same(sorted(told(z)["heard"]), [YONGDING, YUANMA])
        soon("the cursor is at the end", lambda: link(z)["lag"] == 0 and link(z)["state"] == "at-end")


def count(z):
    places = [{"division": town} for town in (YONGDING, YIJIU, YUANMA)]
    same(z.post("/p/ring_a/counts", json={"divisions": places, "each": 1}).status, 200)


def link(z):
    return next(row for row in z.health()["plugins"] if row["id"] == "switcher")["links"][0]


def settings(t, z, home):
    rows = [(None, 6, "您好"), ("532300000000", 6, "您好"), (YUANMA, 6, "您好"), ("532327000000", 9, "县里好"), (YIJIU, 9, "县里好"),
            (YONGDING, 9, "镇上好"), ("532327101001", 9, "镇上好")]
    with t.case(f"a setting holds for its division and all below, the nearest counts ({home})"):
        for place, limit, words in rows:
            found = z.get("/p/switcher/settings", query={"place": place} if place else None).json
            same((found["limit"], found["words"], found["general"]), (limit, words, 7), place)


def shown(t, z, home):
    with t.case(f"zhenctl settings says what holds at a division and which line says so ({home})"):
        data = json.loads(z.ctl("settings", "switcher", "532327101", "--json").stdout)
        same({row["key"]: (row["value"], row["default"], row["division"], os.path.basename(row["where"])) for row in data["settings"]},
             {"limit": ("9", "5", "532327000000", "pilots.conf:21"), "words": ("镇上好", "您好", YONGDING, "pilots.conf:24"),
              "general": ("7", "7", "", "default")})
        same({row["feature"]: (row["on"], row["by"]) for row in data["features"]},
             {None: (True, "[pilot town]"), **{name.split(".")[1]: (True, "[pilot town]") for name in ALL_ON.split("; ")}})
        text = z.ctl("settings", YIJIU).stdout
        check("宜就镇" in text and "switcher.notes 便笺  关 (off)  [pilot county]" in text and "switcher.rare 稀罕事  关 (off)  默认 (default)" in text, text)
    with t.case(f"without a division it shows the general values and every division's own ({home})"):
        text = z.ctl("settings", "switcher").stdout
        for line in ("[switcher] limit = 6（默认 default: 5）", "[switcher @532327] limit = 9（默认 default: 5）", "[switcher @532327101000] words = 镇上好"):
            check(line in text, f"no {line}: {text}")
    for words, says in ((("switch",), "没有启用模块 switch"), (("5323271011",), "没有区划 5323271011；是否应为 532327101")):
        with t.case(f"zhenctl settings {' '.join(words)} is refused ({home})"):
            done = z.ctl("settings", *words)
            check(done.returncode == 1 and says in done.stderr, done)


def put(z, text):
    z.pilots = text
    z.write_conf()


def reloaded(t, z, p, home):
    with t.case(f"a reload switches features and settings of divisions at once ({home})"):
        put(z, pilots(county="switcher.notes; -switcher.counting; -switcher.hearing").replace("limit = 9", "limit = 11"))
        done = z.ctl("reload")
        check("[pilot county] features: changed (applied)" in done.stdout and "[switcher @532327] limit: changed (applied)" in done.stdout, done)
        check("[switcher] limit" not in done.stdout, done)
        soon("it is on", lambda: z.get("/p/switcher/settings", query={"place": YIJIU}).json["limit"] == 11)
        same(towns(z.get("/p/switcher/notes", as_=p.yijiu)), [YIJIU])
        check(YIJIU in towns(z.get("/p/switcher/notes", as_=p.county)), "still narrowed")
        same(z.health()["waits_for_restart"], [])
    wrong = [("an unknown feature", pilots(county="-switcher.note"), "pilots.conf:9: [pilot county] features: 没有功能 '-switcher.note'；是否应为 'switcher.notes'？"
              "(unknown feature '-switcher.note'; did you mean 'switcher.notes'?)"),
             ("an unknown division", pilots(more="[switcher @532399]\nlimit = 1\n"), "pilots.conf:27: [switcher @532399] 没有此区划；是否应为 [switcher @532329000000] (武定县)？"
              "(names an unknown division; did you mean [switcher @532329000000] (武定县)?)"),
             ("a setting that holds everywhere", pilots(more="[switcher @532328]\ngeneral = 1\n"),
              "pilots.conf:28: [switcher @532328] general: 此项不能按地区分别设置，只能写在 [switcher] (holds everywhere: it is set in [switcher] alone)"),
             ("a value out of range", pilots(more="[switcher @532328]\nlimit = 101\n"), "pilots.conf:28: [switcher @532328] limit: 101 不在 1 至 100 之间 (101 is outside 1 .. 100)"),
             ("a misspelt setting", pilots(more="[switcher @532328]\nlimt = 1\n"), "pilots.conf:28: [switcher @532328] 里没有 'limt' 这一项；是否应为 'limit'？(unknown key 'limt' in [switcher @532328]; did you mean 'limit'?)")]
    for what, text, says in wrong:
        with t.case(f"a reload with {what} is refused with file, line and the nearest name, and nothing changes ({home})"):
            put(z, text)
            done = z.ctl("reload")
            check(done.returncode != 0 and says in done.stdout + done.stderr, done)
            same(towns(z.get("/p/switcher/notes", as_=p.yijiu)), [YIJIU])
    put(z, pilots())
    same(z.ctl("reload").returncode, 0)
    with t.case(f"and switches them back ({home})"):
        off(z.get("/p/switcher/notes", as_=p.yijiu), "便笺")


def shrunk(t, z, p, home):
    with t.case(f"where the plugin itself is on no longer, its routes are off and its rows out of sight of those above ({home})"):
        same(towns(z.get("/p/switcher/things", as_=p.county))[:2], [YONGDING, YIJIU])
        put(z, pilots().replace("divisions = 532300\nplugins = switcher; ring_a", "divisions = 532328\nplugins = switcher; ring_a")
            .replace("divisions = 532327\n", "divisions = 532327\nuntil = 2026-01-01\n"))
        same(z.ctl("reload").returncode, 0)
        off(z.get("/p/switcher/things", as_=p.yijiu), "未开通此项服务", "plugin switcher is not enabled for " + YIJIU)
        same(set(towns(z.get("/p/switcher/things", as_=p.county))), {YONGDING})
        same(set(towns(z.get("/p/switcher/things", as_=p.prefecture))), {YONGDING, YUANMA})
        off(z.post("/p/switcher/things", json={"township": YIJIU}, as_=p.county), "未开通此项服务")
        put(z, pilots())
        same(z.ctl("reload").returncode, 0)
        same(towns(z.get("/p/switcher/things", as_=p.yijiu)), [YIJIU])


def nowhere(t, z, home):
    """Off in every pilot: nothing is lost, it waits."""
    everywhere_off = pilots(prefecture="-switcher.counting; -switcher.hearing", town="switcher.notes")
    with t.case(f"a job of a feature that is on nowhere waits, and events are left where they are ({home})"):
        before = told(z)
        put(z, everywhere_off)
        check("waits for a restart: [switcher] ring_a.counted" in z.ctl("reload").stdout + z.ctl("health").stdout, "not said")
        z.stop()
        z.start()
        same(z.health()["waits_for_restart"], [])
        same(z.post("/p/switcher/count", json={}).status, 200)
        count(z)
        soon("what came after it runs", lambda: told(z)["marks"] == before["marks"] + 1)
        same(next(row for row in z.health()["plugins"] if row["id"] == "switcher")["links"], [])
        same({**told(z), "marks": 0}, {**before, "marks": 0})
    with t.case(f"and once it is on again both go on from there ({home})"):
        put(z, pilots())
        z.stop()
        z.start()
        soon("the job runs", lambda: len(told(z)["runs"]) == len(before["runs"]) + 1)
        soon("the events come", lambda: len(told(z)["heard"]) == len(before["heard"]) + 2)


# ---- every feature of the plugins that ship ----

FILLED = {"{id}": "999999", "{step}": "homestead", "{code}": "000000000000", "{unit}": YONGDING, "{township}": YONGDING, "{division}": YONGDING,
          "{number}": "0", "{slug}": "x", "{catalogue}": "x"}


def operations(z):
    """[(METHOD, path, its feature or None)]"""
    found = []
    for path, methods in sorted(z.get("/kernel/openapi.json").json["paths"].items()):
        for method, operation in methods.items():
            if isinstance(operation, dict) and operation["tags"] != ["kernel"] and not path.endswith("/uploads"):
                plugin = path.split("/")[2]
                feature = operation.get("x-feature")
                found.append((method.upper(), path, feature and f"{plugin}.{feature}"))
    return found


def filled(path):
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return re.sub(r"\{\w+\}", "1", path)


def walk(z, found, who):
    answers = {}
    for method, path, _ in found:
        reply = z.get(filled(path), as_=who) if method == "GET" else z.post(filled(path), json={}, as_=who)
        answers[method, path] = (reply.status, reply.code if reply.status >= 400 else None)
    return answers


def shipped(off_features):
    return ("[pilot shipped]\ndivisions = 532300\nplugins = approvals; duties; enforcement; dispatch\n"
            f"features = {'; '.join('-' + name for name in off_features)}\n")


def every(t):
    with Zhend(pilot="shipped", pilots=shipped([]), roles=every_role("approvals.*; duties.*; enforcement.*; dispatch.*")) as z:
        who = z.login("window-" + YONGDING)
        found = operations(z)
        features = sorted({feature for _, _, feature in found if feature})
        with t.case("the shipped plugins have features and routes of all of them, else the cases below say nothing"):
            check(len(features) >= 10 and len(found) > 200, (features, len(found)))
        before = walk(z, found, who)
        with t.case("with everything on, no route says that it is not enabled, and asking again changes no answer"):
            same([at for at, answer in before.items() if answer[1] == "not-enabled"], [])
            same(walk(z, found, who), before)
        # Each alone, all together, and each half and quarter by its place in the list.
        subsets = [[feature] for feature in features] + [features] + [
            [feature for at, feature in enumerate(features) if at >> bit & 1 == side] for bit, side in itertools.product(range(2), range(2))]
        for subset in subsets:
            with t.case(f"with {', '.join(subset) if len(subset) < 6 else f'{len(subset)} features'} off, its routes say so and all others answer as before"):
                z.pilots = shipped(subset)
                z.write_conf()
                done = z.ctl("reload")
                same(done.returncode, 0, done)
                after = walk(z, found, who)
                wanted = {(method, path): (404, "not-enabled") if feature in subset else before[method, path] for method, path, feature in found}
                same({at: answer for at, answer in after.items() if answer != wanted[at]}, {})


def configured(t):
    """conf/pilots as they ship: each alone, and all at once as who leaves [host] pilot empty runs them."""
    z = Zhend()
    z.write_conf()
    names = sorted(os.path.basename(path)[:-len(".conf")] for path in glob.glob(os.path.join(TOP, "conf", "pilots", "*.conf")))
    same(names, ["chuxiong", "lufeng", "xinyang", "yangquan", "yongren", "yuanmou"])
    for name in names + [None]:
        with t.case(f"check finds no fault in the pilot {name} as it ships" if name else "check finds no fault in all pilots together"):
            done = z.ctl("check", z.conf, *(["--pilot", name] if name else []))
            same(done.returncode, 0, done.stdout + done.stderr)
    z.close()
    for name, window, off_there in (("xinyang", "window-411521105000", ("/p/approvals/recoveries", "/p/duties/reviews")),
                                    ("yangquan", "window-140302001000", ("/p/approvals/recoveries", "/p/duties/transfers"))):
        with Zhend(pilot=name, settings={"host": {"divisions": ""}}, roles=every_role("approvals.*; duties.*; enforcement.*; dispatch.*")) as z:
            with t.case(f"the pilot {name} runs with its own divisions alone, and what it leaves out is off"):
                same(z.health()["townships"], {"xinyang": 63, "yangquan": 43}[name])
                who = z.login(window)
                for path in off_there:
                    off(z.get(path, as_=who))
                for path in ("/p/approvals/cases", "/p/approvals/agents", "/p/duties/lists"):
                    same(z.get(path, as_=who).status, 200)


def own_target(t):
    """A plugin that ships reads its settings at the division it is about."""
    settings = {"duties": {"workers_per_10000": 12}, "duties @532327": {"workers_per_10000": 20}}
    with Zhend(settings=settings, roles=every_role("duties.*")) as z:
        z.turn_clock("2026-09-18T09:00:00+08:00")
        with t.case("a county's own target stands in its line of the report, and the general one in its neighbour's"):
            for county in ("532327000000", "532328000000"):
                who = z.login("county-staffing-" + county)
                same(z.post("/p/duties/urban-residents", as_=who, json={"division": county, "residents": 10000, "as_of": "2026-06-30",
                                                                          "source": "统计公报"}).status, 200)
            report = z.get("/p/duties/reports/community-workers", query={"division": "532300000000"}).json
            same({row["division"]: row["target"] for row in report["items"]}, {"532327000000": 20, "532328000000": 12})


def run(t):
    configured(t)
    own_target(t)
    for home in ("inproc", "process"):
        with Zhend(pilot="all", pilots=pilots(), roles=ROLES, home=home) as z:
            p = People(z)
            for part in (routes, storage, named, drawn, jobs, events):
                part(t, z, p, home)
            settings(t, z, home)
            shown(t, z, home)
            reloaded(t, z, p, home)
            shrunk(t, z, p, home)
            nowhere(t, z, home)
    every(t)
