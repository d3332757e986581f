# SPDX-License-Identifier: Apache-2.0
"""Every route against divisions, bodies, pilots, features and roles: what is let in is what expected.py says, what is seen lies in
the caller's own division, and two plugins that are wrong on purpose are named."""
import http.client
import json
import os
import re

from expected import FORBIDDEN, IN, LOGIN, OFF, Expected, within
from reach import reach
from tap import check, same
from zhend import TOP, Zhend, application

YONGDING, YIJIU, YUANMA = "532327101000", "532327102000", "532328101000"  # two towns of 永仁县, one of 元谋县
PREFECTURE = ["532300000000"]
PLACES = {"prefecture": PREFECTURE, "system": PREFECTURE, "security": PREFECTURE, "audit": PREFECTURE,
          "county": ["532327000000", "532328000000"], "village": ["532327101003"]}
TOWNS = [YONGDING, YIJIU, YUANMA]
ANSWERS = {(401, "login-required"): LOGIN, (403, "forbidden"): FORBIDDEN, (404, "not-enabled"): OFF}


def shipped(name):
    with open(os.path.join(TOP, "conf", name), encoding="utf-8") as text:
        return text.read()


def turned(roles):
    """Each role with what the next one may: the same bodies, other rights."""
    titles = re.findall(r"^\[role (\w+)\]", roles, re.M)
    rights = re.findall(r"^permissions = (.*)$", roles, re.M)
    return "".join(f"[role {title}]\npermissions = {right}\n" for title, right in zip(titles, rights[1:] + rights[:1]))


def features_of(routes):
    return sorted({f"{operation['tags'][0]}.{operation['x-feature']}" for _, _, operation in routes if "x-feature" in operation})


def nested(features):
    """A prefecture with one half of the features off, a county with the other, in it a town that names a plugin once more."""
    halves = ["; ".join("-" + name for name in features[at::2]) for at in (0, 1)]
    return (f"[pilot all]\ndivisions = 532300000000\nplugins = approvals; duties; enforcement; dispatch\nfeatures = {halves[0]}\n"
            f"[pilot county]\nof = all\ndivisions = 532327000000\nplugins = approvals; duties; enforcement; dispatch\nfeatures = {halves[1]}\n"
            f"[pilot town]\nof = all\ndivisions = {YIJIU}\nplugins = duties\n")


def narrow(_):
    return f"[pilot narrow]\ndivisions = {YONGDING}; 532328\nplugins = approvals; duties; enforcement; dispatch\n"


class People:
    """Demo accounts: {login: (role, division)} of some divisions; roles by kind of body, as the host prints them."""

    def __init__(self, z):
        kinds = dict(re.findall(r"^ *([a-z-]+?)-\d{12} · .* · (\w+)$", z.output(), re.M))
        self.roles = {f"{kind}-{place}": (role, place) for kind, role in kinds.items()
                      for place in PLACES.get(kind.split("-")[0], TOWNS)}
        self.sessions = {}

    def ask(self, z, wire, login, method, path, body=None):
        headers = {"Accept": "application/json"}
        if login is not None:
            if login not in self.sessions:
                self.sessions[login] = z.login(login)
            headers["Authorization"] = "Bearer " + self.sessions[login].token
        if method != "GET":
            headers["Content-Type"] = "application/json"
        wire.request(method, path, None if method == "GET" else json.dumps(body or {}).encode(), headers)
        reply = wire.getresponse()
        text = reply.read()
        return reply.status, json.loads(text) if "json" in (reply.headers["Content-Type"] or "") and text else None


def filled(path, division):
    """A path of nothing that exists; of the caller's own division."""
    return re.sub(r"\{(\w+)\}", lambda found: (division or YONGDING) if found[1] in ("division", "unit") else "999999999", path)


def doors(z, people, expected):
    """Differences between what is answered and what is expected, each named."""
    found, asked, seen = [], 0, set()
    wire = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60)
    for login in [None, *people.roles]:
        role, division = people.roles[login] if login else (None, None)
        for method, path, operation in expected.routes:
            status, body = people.ask(z, wire, login, method, filled(path, division))
            got = ANSWERS.get((status, (body or {}).get("code")), IN)
            wanted = expected.answer(operation, role, division)
            seen.add(wanted)
            asked += 1
            if got != wanted:
                found.append(f"{method} {path} as {login or 'nobody'}: {got}, expected {wanted}")
    wire.close()
    return found, asked, seen


def is_division(schema):
    return schema.get("pattern") == "^[0-9]{12}$"


def rows_of(openapi, operation):
    """Names of the divisions in each row of the answer, or []."""
    ref = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")
    schema = openapi["components"]["schemas"].get(ref.rsplit("/", 1)[1], {}) if ref else {}
    fields = {}
    for one in schema.get("anyOf", [schema]):  # a page of rows, or one of them
        fields |= one.get("properties", {}).get("items", {}).get("items", {}).get("properties", {})
    return [name for name, field in fields.items() if is_division(field)]


def sights(z, people, openapi, expected):
    """Rows that lie neither in the caller's division nor above it, by route; and how many rows were looked at by which routes."""
    found, rows = [], {}
    wire = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60)
    for method, path, operation in expected.routes:
        names = rows_of(openapi, operation)
        if method != "GET" or "{" in path or {} in operation["security"] or not names:
            continue
        for login, (role, division) in people.roles.items():
            if expected.answer(operation, role, division) != IN:
                continue
            status, body = people.ask(z, wire, login, method, path)
            for row in (body or {}).get("items", []) if status == 200 else []:
                rows[path] = rows.get(path, 0) + 1
                for name in names:
                    place = row.get(name)
                    if place and not within(place, division) and not within(division, place):
                        found.append(f"{method} {path} as {login}: a row of {name} {place}")
    wire.close()
    return found, rows


def made(reply):
    check(reply.status in (200, 201), reply)
    return reply.json


def fill(z):
    """In each of three towns a case that waits for its materials, a place, a seal, a list with an item of its own, a post, a team, a whistle."""
    for number, (town, village) in enumerate(((YONGDING, "532327101003"), (YIJIU, "532327102201"), (YUANMA, "532328101001")), 1):
        head, service, county = z.login(f"government-{town}"), z.login(f"county-service-{town[:6]}000000"), z.login(f"county-staffing-{town[:6]}000000")
        made(z.post("/p/approvals/applications", json=application(number, village)))
        made(z.post("/p/approvals/places", json={"division": town, "kind": "centre", "name": "便民服务中心"}, as_=service))
        z.registers_seal(town)
        office, planning = f"agriculture-{town}", f"planning-{town}"
        officer, other = ([z.get("/p/approvals/posts", as_=z.login(body)).json["account"] for body in (office, planning)])
        made(z.post("/p/approvals/posts", json={"body": office, "officer": officer}, as_=head))
        made(z.post("/p/approvals/substitutes", json={"body": office, "officer": officer, "stand_in": other, "from_on": "2026-09-18"}, as_=head))
        made(z.post("/p/approvals/absences", json={"body": office, "officer": officer, "from_on": "2026-09-21", "reason": "培训"}, as_=head))
        made(z.post("/p/duties/posts", json={"unit": town, "code": "G1", "name": "综合岗", "rung": "staff"}, as_=head))
        made(z.post("/p/duties/persons", as_=head, json={
            "unit": town, "name": "李秀英", "rung": "staff", "from_on": "2024-03-01", "how": "exam", "basis": "公告"}))
        made(z.post("/p/duties/situations", as_=county, json={"division": town, "topic": "消防隐患", "situation": "楼道堆物", "responsible": "消安委办"}))
        made(z.post("/p/duties/lists", json={"unit": town}, as_=head))
        enforces(z, town, village, head)
        made(z.post(f"/p/duties/townships/{town}/headcount", as_=county, json={
            "change": 40, "component": "base", "effective_on": "2026-09-18", "basis": "样本", "reason": "核定"}))
        guide = "类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源\n综合执法,占道经营,是,county-bureau,,,,样本"
        made(z.post("/p/dispatch/guide", json={"division": f"{town[:6]}000000", "content": guide}, as_=z.login(f"county-command-{town[:6]}000000")))
        made(z.post("/p/dispatch/whistles", json={"class": "综合执法", "kind": "占道经营", "title": "占道", "content": "占道", "reason": "无权"}, as_=head))
        made(z.post("/p/dispatch/incidents", as_=head, json={"title": "火情", "content": "火情", "tasks": [
            {"field": "enforcement", "body": f"stationed-market-{town}", "work": "疏散"}]}))
        made(z.post("/p/dispatch/opinions", json={"village": village, "source": "group", "content": "路灯不亮"}, as_=head))
        made(z.post("/p/dispatch/intake/import", as_=z.login(f"county-command-{town[:6]}000000"), json={
            "content": f"工单编号,区划,类别,事项,标题,情况,地点\nM-{town},{town},综合执法,占道经营,占道,占道,\n"}))


def enforces(z, town, village, head):
    """A team with a squad, an area, a vehicle and items; a case of each procedure; what it does besides."""
    def does(path, as_=head, **fields):
        return made(z.post(f"/p/enforcement{path}", json=fields, as_=as_))

    county = f"{town[:6]}000000"
    bureau, team = z.login(f"county-enforcement-{county}"), does("/teams", township=town)["id"]
    officers = [does(f"/teams/{team}/members", name="李秀英", kind="town", frontline=True, joined_on="2026-01-05")["id"] for _ in range(3)]
    for one in officers:
        does(f"/members/{one}/certificates", bureau, number=f"M-{one}", issuer="省政府", field="综合执法", valid_from="2026-01-05", valid_to="2026-12-31")
    squad = does(f"/teams/{team}/squads", name="一中队", leader=officers[0])["id"]
    does(f"/squads/{squad}/areas", village=village, officer=officers[1])
    does(f"/teams/{team}/vehicles", plate=f"云E{town[4:9]}", mode="purchase", basis="样本")
    does("/items/import", z.login(f"county-staffing-{county}"), township=town, content="编码,名称,权力类型,依据,生效日期\nCF-1,占道,行政处罚,样本,2026-01-01")
    two = [{"member": one} for one in officers[:2]]
    patrol = does("/patrols", kind="patrol", place="集镇", officers=two)["id"]
    found = [does(f"/patrols/{patrol}/findings", place="集镇", party_kind="person", party=f"样本{n}", problem="street_trade", fact="占道")["id"] for n in range(3)]
    does(f"/findings/{found[0]}/case", item="CF-1", officers=two)
    case = does(f"/findings/{found[1]}/proceeding", item="CF-1", officers=two)["id"]
    does(f"/proceedings/{case}/evidence", kind="object", title="照片", proves="占道", place="集镇", source="现场提取", officers=two)
    does(f"/members/{officers[2]}/oversights", item="CF-1", work="supervise")
    does("/incidents", village=village, problem="street_trade", place="村口", fact="占道")
    does(f"/teams/{team}/posts", name="护学岗", place="学校", from_time="07:00", to_time="08:00")
    does("/works", kind="service", text="样本")
    does("/premises", name="样本店", credit_code="91532327MA6K123452", trade="餐饮", address="集镇")
    does("/draws", title="样本", n=1)
    does("/lead-batches", title="样本", leads=[{"problem": "parking", "place": "集镇", "fact": "样本", "source": "resident"}])
    penalty = z.get("/p/enforcement/penalties", as_=head).json["items"][0]["id"]
    does(f"/penalties/{penalty}/inform", warning=True, reason="样本")
    does(f"/penalties/{penalty}/decide", warning=True)


def shipped_plugins(t):
    roles, features = shipped("roles.conf"), []
    for name, chosen, pilots, rights in (("the shipped pilots and roles", "chuxiong", None, roles),
                                         ("pilots within pilots, half of the features off in each", "all", nested, roles),
                                         ("a narrow pilot, every role with another's permissions", "narrow", narrow, turned(roles))):
        text = pilots(features) if pilots else None
        with Zhend(pilot=chosen, pilots=text, roles=rights if rights is not roles else None) as z:
            z.turn_clock("2026-09-18T09:00:00+08:00")
            openapi = z.get("/kernel/openapi.json").json
            expected, people = Expected(openapi, text or shipped("pilots/chuxiong.conf"), chosen, rights), People(z)
            features = features or features_of(expected.routes)
            if not pilots:
                with t.case(f"{name}: in three towns nobody's list shows a row of elsewhere"):
                    fill(z)
                    found, rows = sights(z, people, openapi, expected)
                    same(found, [])
                    t.note(f"rows: {rows}")
                    check(sum(rows.values()) > 40 and len(rows) >= 4, f"few rows, this says nothing: {rows}")
                with t.case(f"{name}: nobody reads or changes a row of elsewhere by its number"):
                    found, refused, without = reach(z, people, openapi, expected, rows_of)
                    t.note(f"{sum(refused.values())} refusals of {len(refused)} routes; without a row to ask for: {without}")
                    check(not found, f"{len(found)} differences:\n" + "\n".join(found[:40]))
                    check(len(refused) >= 60, refused)
            with t.case(f"{name}: every route lets in whom the texts let in, and says the rest why not"):
                same(expected.faults(), [])
                found, asked, seen = doors(z, people, expected)
                t.note(f"{asked} questions: {len(people.roles)} accounts, {len(expected.routes)} routes, {len(features)} features")
                check(asked > 5000, f"only {asked} questions")
                same(seen, {IN, LOGIN, FORBIDDEN} | ({OFF} if pilots else set()))
                check(not found, f"{len(found)} differences:\n" + "\n".join(found[:40]))


def mutants(t):
    """One statement without its scope word, one route without its permission; a plugin with the latter is not even built (zoo)."""
    pilots = "[pilot wrong]\ndivisions = 532300\nplugins = careless\n"
    roles = re.sub(r"^permissions = .*$", "permissions = careless.*", shipped("roles.conf"), flags=re.M)
    with Zhend(pilot="wrong", pilots=pilots, roles=roles) as z:
        openapi = z.get("/kernel/openapi.json").json
        people = People(z)
        for town in TOWNS:
            same(z.post("/p/careless/things", json={"township": town}, as_=z.login(f"window-{town}")).status, 201)
        with t.case("a statement without its scope word is named by its route, its neighbour is not"):
            found, _ = sights(z, people, openapi, Expected(openapi, pilots, "wrong", roles))
            same({line.split(" as ")[0] for line in found}, {"GET /p/careless/unscoped"})
        with t.case("one that reads, and one that changes, a row by its number without the scope word are named, their neighbours are not"):
            found, refused, _ = reach(z, people, openapi, Expected(openapi, pilots, "wrong", roles), rows_of)
            same({line.split(" as ")[0] for line in found}, {"GET /p/careless/things/{id}/unscoped", "POST /p/careless/things/{id}/unscoped"})
            same(set(refused), {"GET /p/careless/things/{id}", "POST /p/careless/things/{id}/rename"})
        with t.case("a route without its permission is named, and no other"):
            without = json.loads(json.dumps(openapi))
            del without["paths"]["/p/careless/things"]["get"]["x-permission"]
            nobody = roles.replace("careless.*", "")
            same([line.split(":")[0] for line in Expected(without, pilots, "wrong", roles).faults()], ["GET /p/careless/things"])
    with Zhend(pilot="wrong", pilots=pilots, roles=nobody) as z:
        with t.case("one that asks for a permission the texts know nothing of is named as well"):
            found, _, _ = doors(z, People(z), Expected(without, pilots, "wrong", nobody))
            same({line.split(" as ")[0] for line in found}, {"GET /p/careless/things"})


def run(t):
    shipped_plugins(t)
    mutants(t)
