# SPDX-License-Identifier: Apache-2.0
"""Catalogues, lists by inheritance, versions, what the public reads: C02–C04, C07, C25, Q02, Q03, Q05, N01, N03, N07, Z05, B01."""
import random
import re
import subprocess
import tempfile
import urllib.parse

from lists import DAY, NEIGHBOUR, PREFECTURE, TOWNSHIP, VILLAGE, Lists, power, shipped, table, townships
from rows import BOTH, expect, expect_true, figure, scenario


@scenario("C02", rule=True, homes=BOTH)
def each_township_has_its_own(town):
    """two townships hold different lists on the same day; asking for one never answers with the other's items"""
    it = Lists(town)
    it.both_catalogues()
    it.first_list(TOWNSHIP, ["KX-001"])
    it.first_list(NEIGHBOUR, ["KX-002", "KX-003"], "neighbour")
    ours = {item["code"] for item in it.all(f"/units/{TOWNSHIP}/items", kind="delegated")}
    theirs = {item["code"] for item in it.all(f"/units/{NEIGHBOUR}/items", kind="delegated")}
    expect((sorted(ours - theirs), sorted(theirs - ours)), (["KX-001"], ["KX-002", "KX-003"]), "the difference of the two lists")
    town.refused(it.ask(None, f"/units/{TOWNSHIP}/items/KX-002"), 404, "not-in-list", "the neighbour's item asked of us")
    town.refused(it.ask(None, f"/units/{TOWNSHIP}", date="2026-09-17"), 404, "no-list", "the day before")
    it.refused("neighbour", "/lists", 422, "invalid", unit=TOWNSHIP)


def subtotals(town, fixtures):
    it = Lists(town)
    lines = shipped("township-powers.csv").splitlines()
    kept = [line for line in lines[:2]] + [row for row in fixtures]
    it.imported("township-powers", "statutory", "\n".join(kept))
    shown = it.get("/catalogues/township-powers")
    it.imported("delegated", "delegated", shipped("county-delegated.csv"))
    it.first_list()
    expect(len(it.all(f"/units/{TOWNSHIP}/items", kind="statutory")), shown["items"], "powers in the township's list")
    return f"{shown['upper']} + {shown['prefecture']} = {shown['items']}"


C03_ROWS = [line for line in shipped("township-powers.csv").splitlines()[2:] if not line.startswith(("小计", "合计"))]
figure("C03", C03_ROWS)(subtotals)


@scenario("C03", rule=True)
def a_wrong_subtotal(town):
    """an import whose subtotals are not its rows' is refused as a whole, with line and reason"""
    it = Lists(town)
    right = shipped("township-powers.csv")
    for wrong, line in ((right.replace("小计（国家和省）,82", "小计（国家和省）,81"), 111), (right.replace("合计,108", "合计,109"), 113)):
        answer = it.imports("township-powers", "statutory", wrong)
        town.refused(answer, 422, "rows-refused", "a wrong subtotal")
        expect([(error["field"].split(".")[1], error["code"]) for error in answer.json["errors"]], [(str(line), "subtotal-wrong")], "errors")
    town.refused(it.imports("township-powers", "statutory", right, expected_upper=83), 422, "rows-refused", "another figure expected")
    expect(it.get("/catalogues")["items"], [], "catalogues after refusals")
    answer = it.imported("township-powers", "statutory", right, expected_total=108, expected_upper=82, expected_prefecture=26)
    expect((answer["upper"], answer["prefecture"], answer["items"]), (82, 26, 108), "counted")


@scenario("C03", rule=True)
def a_file_as_it_comes(town):
    """a county's file in UTF-8 with and without BOM, GB18030, CRLF, tabs and all that Excel does; bad rows are named, nothing is kept"""
    it = Lists(town)
    upload = it.get("/import", "prefecture")["ticket"]
    good = '﻿某县权责目录,,,\r\n"编 码",名称,依据,层级,,\r\n\'００1,"甲""事项""\r\n（含换行）",《甲法》第一条,国家,,\r\n="002",乙事项，,"《乙法》第二条,第三条",省,,\r\n,,,,,\r\n小计,2,,,,\r\n'
    for number, data in enumerate((good.encode(), good[1:].encode(), good[1:].encode("gb18030"), b"\xff\xfe" + good[1:].replace(",", "\t").encode("utf-16-le"))):
        boundary = "zhen-boundary"
        parts = {"ticket": upload, "code": f"file-{number}", "title": "目录", "kind": "statutory", "division": PREFECTURE, "check_only": "true"}
        body = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in parts.items())
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
        body += data + f"\r\n--{boundary}--\r\n".encode()
        answer = it.host.request("POST", "/p/duties/catalogues", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"},
                                 it.session("prefecture"))
        shown = town.done(answer, f"file {number}")
        expect((shown["items"], shown["encoding"], shown["imported"]), (2, ("UTF-8", "UTF-8", "GB18030", "UTF-16LE")[number], False), f"file {number}")
    bad = table(["编码", "名称", "依据", "层级"], [
        ["1.0E+5", "丙", "《丙法》", "国家"], ["B-1", "", "《丙法》", "国家"], ["B-2", "丁", "", "省"], ["B-3", "戊", "《戊法》", "区"],
        ["B-3", "己", "《己法》", "省"], ["B-3", "庚", "《庚法》", "州"], ["合计", "9", "", ""]])
    answer = it.imports("bad", "statutory", bad)
    town.refused(answer, 422, "rows-refused", "bad rows")
    expect([(error["field"], error["code"]) for error in answer.json["errors"]], [
        ("lines.2.编码", "code-scientific"), ("lines.3.名称", "name-missing"), ("lines.4.依据", "basis-missing"), ("lines.5.层级", "word-unknown"),
        ("lines.6.编码", "code-twice"), ("lines.7.编码", "code-twice"), ("lines.8.合计", "subtotal-wrong")], "every refused row")
    town.refused(it.imports("bad", "statutory", '编码,名称\n"A-1,没有结束\n'), 422, "rows-refused", "a quote without end")
    town.refused(it.imports("bad", "statutory", "序号,事由\n1,甲\n"), 422, "rows-refused", "no head")
    expect(it.get("/catalogues")["items"], [], "nothing was kept")
    # A code is for life.
    it.imported("one", "statutory", table(["编码", "名称", "依据", "层级"], [["A-1", "甲", "《甲法》", "省"], ["A-2", "乙", "《乙法》", "省"]]))
    it.imported("one", "statutory", table(["编码", "名称", "依据", "层级"], [["A-1", "甲", "《甲法》", "省"]]))
    for code, catalogue, why in (("A-2", "one", "code-retired"), ("A-1", "two", "code-taken")):
        answer = it.imports(catalogue, "statutory", table(["编码", "名称", "依据", "层级"], [[code, "丙", "《丙法》", "省"]]))
        town.refused(answer, 422, "rows-refused", why)
        expect(answer.json["errors"][0]["code"], why, "the code's error")
    it.refused("township", "/catalogues", 403, "forbidden", code="x", title="x", kind="statutory", division=TOWNSHIP, content="x")


def picks():
    """(township, how many): fixed by a seed; 3,090 in all."""
    choice = random.Random(20231)
    counts = [choice.randint(23, 37) for _ in townships()]
    while sum(counts) != 30 * len(counts):
        at = choice.randrange(len(counts))
        step = 1 if sum(counts) < 30 * len(counts) else -1
        if 1 <= counts[at] + step <= 37:
            counts[at] += step
    return list(zip(townships(), counts))


@figure("C04", picks())
def delegated_on_average(town, fixtures):
    it = Lists(town)
    it.both_catalogues()
    for unit, count in fixtures:
        draft = it.draft(unit, f"government-{unit}")
        town.done(it.choose(draft, [f"KX-{n + 1:03d}" for n in range(count)], f"government-{unit}"), unit)
        it.publish(draft, "prefecture")
        expect(it.get(f"/units/{unit}")["statutory"], 108, f"powers given by law in {unit}")  # C03: every township has all of them
    shown = it.get("/reports/lists", division=PREFECTURE)
    expect(shown["average_common"], "105.00", "common items per township")
    return f"{shown['lists']} lists, {shown['average_delegated']} on average, {shown['optional']} optional"


@scenario("C04", rule=True)
def from_one_to_thirty_seven(town):
    """0 and 38 optional items fail, common ones cannot be left out, and 1 and 37 pass"""
    it = Lists(town)
    it.imported("township-powers", "statutory", shipped("township-powers.csv"))
    more = shipped("county-delegated.csv").replace("小计（可选）,37", "143,KX-038,多出的一项,县,可选,其他,样本,县民政局\n小计（可选）,38").replace("合计,142", "合计,143")
    it.imported("delegated", "delegated", more)
    draft = it.draft()
    town.refused(it.choose(draft, []), 409, "too-few-optional", "none")
    it.refused("staffing", f"/lists/{draft}/publish", 409, "too-few-optional")
    town.refused(it.choose(draft, [f"KX-{n:03d}" for n in range(1, 39)]), 409, "too-many-optional", "38")
    it.refused("township", f"/lists/{draft}/remove", 409, "common-item-kept", code="FQ-001", reason="不想要")
    it.refused("township", f"/lists/{draft}/remove", 409, "common-item-kept", code="ZQ-001", reason="不想要")
    it.refused("township", f"/lists/{draft}/place", 409, "common-item-kept", code="FQ-001", place="withdrawn", lead="县局", criterion="unable")
    town.refused(it.choose(draft, ["FQ-001"]), 409, "not-optional", "a common item chosen")
    town.refused(it.choose(draft, ["XX-999"]), 409, "not-in-catalogue", "something else chosen")
    for count in (37, 1):
        expect(town.done(it.choose(draft, [f"KX-{n:03d}" for n in range(1, count + 1)]), f"{count}")["optional"], count, "optional")
    expect(it.publish(draft)["version"], 1, "version")
    expect(it.get(f"/units/{TOWNSHIP}")["delegated"], 106, "delegated")


@scenario("C07", rule=True)
def the_boundary_is_shown(town):
    """each item says its type and who answers for it; the boundary view sets township and county side by side"""
    it = Lists(town)
    head = ["编码", "名称", "类型", "责任主体", "依据", "牵头部门", "配合职责", "县级职责", "清单"]
    it.imported("boundary", "service", table(head + ["层级"], [
        ["S-1", "城乡居民医保参保登记", "公共服务", "乡镇", "《社会保险法》", "县医疗保障局", "受理、录入", "待遇审核", "基本", "县"],
        ["S-2", "农村道路隐患整治", "权责", "共同", "《公路法》第八条", "县交通运输局", "发现、上报、劝导", "处置、执法", "配合", "县"],
        ["S-3", "建设工程质量监督", "权责", "县级", "《建筑法》", "县住房和城乡建设局", "", "监督检查", "收回", "县"]]))
    it.publish(it.draft())
    shown = it.get(f"/units/{TOWNSHIP}/boundary")
    expect((shown["township"], shown["joint"], shown["county"]), (1, 1, 1), "who answers for how many")
    expect([(row["code"], row["type"], row["responsible"], row["duty"], row["county_duty"]) for row in shown["items"]], [
        ("S-1", "service", "township", "受理、录入", "待遇审核"), ("S-2", "power", "joint", "发现、上报、劝导", "处置、执法"),
        ("S-3", "power", "county", "", "监督检查")], "side by side")
    town.refused(it.imports("unclear", "service", table(head, [["S-4", "甲", "杂务", "乡镇", "x", "", "", "", "基本"]])), 422, "rows-refused", "no such type")


@scenario("C25.duties", rule=True, homes=BOTH)
def published_versions_stay(town):
    """publication makes a dated public version, from that day on at the earliest; old ones stay readable; a draft is not seen"""
    it = Lists(town)
    it.both_catalogues()
    it.refused("township", "/lists", 422, "in-the-past", unit=TOWNSHIP, effective_from="2026-09-17")
    draft = it.draft()
    town.done(it.choose(draft, ["KX-001"]), "选取")
    it.refused("staffing", f"/lists/{draft}/publish", 422, "in-the-past", effective_from="2026-09-17")
    it.publish(draft)
    number = it.round([("BD-001", "add")])
    # A day has one version: the first one would never have held.
    it.refused("township", "/lists", 422, "day-taken", unit=TOWNSHIP, effective_from=DAY)
    draft = it.draft(effective_from="2026-10-01")
    it.does("township", f"/lists/{draft}/add", code="BD-001", name="古街夜市秩序维护", basis="镇政府公告")
    it.refused("staffing", f"/lists/{draft}/publish", 422, "in-the-past", effective_from="2026-09-17")
    it.refused("staffing", f"/lists/{draft}/publish", 422, "day-taken", effective_from=DAY)
    town.refused(it.ask(None, f"/lists/{draft}"), 401, "login-required", "a draft read without login")
    town.refused(it.ask("neighbour", f"/lists/{draft}"), 404, "not-found", "a draft read by a neighbour")
    town.refused(it.ask(None, f"/units/{TOWNSHIP}/items/BD-001", date="2026-10-01"), 404, "not-in-list", "before publication")
    it.publish(draft)
    it.does("staffing", f"/rounds/{number}/close")
    expect(it.get(f"/units/{TOWNSHIP}")["version"], 1, "in force today")
    expect(it.get(f"/units/{TOWNSHIP}", date="2026-10-01")["version"], 2, "in force from its day on")
    versions = it.get(f"/units/{TOWNSHIP}", version=1)["versions"]
    expect([(one["version"], one["effective_from"], one["effective_to"]) for one in versions],
           [(2, "2026-10-01", ""), (1, DAY, "2026-09-30")], "versions and their days")
    town.refused(it.ask(None, f"/units/{TOWNSHIP}/items/BD-001", version=1), 404, "not-in-list", "the old version is as it was")
    expect(it.get(f"/units/{TOWNSHIP}/items/BD-001", version=2)["name"], "古街夜市秩序维护", "the new one")
    it.refused("township", f"/lists/{draft}/remove", 409, "list-published", code="BD-001", reason="改主意")


def three_lists(basic, assist, withdrawn):
    rows = [power(n + 1) for n in range(basic)]
    rows += [power(len(rows) + n + 1, place="配合", lead="市水务局", duty="日常巡查、发现上报") for n in range(assist)]
    return rows + [power(len(rows) + n + 1, place="收回", lead="市自然资源局") for n in range(withdrawn)]


@figure("Q03", three_lists(111, 101, 23))
def the_three_of_yinying(town, fixtures):
    it = Lists(town)
    it.local_list(fixtures)
    shown = it.get(f"/units/{TOWNSHIP}")
    return f"{shown['basic']} + {shown['assist']} + {shown['withdrawn']}"


@scenario("Q02", rule=True)
def exactly_one_of_three(town):
    """an item is in one of three lists; 配合 names lead department and the township's part; 收回 is not given to the township"""
    it = Lists(town)
    draft = it.draft()
    it.does("township", f"/lists/{draft}/import", content=table(["编码", "名称", "清单", "依据", "牵头部门", "配合职责"], [power(n)[:6] for n in range(1, 4)]))
    it.refused("township", f"/lists/{draft}/place", 409, "lead-missing", code="BD-002", place="assist", duty="巡查")
    it.refused("township", f"/lists/{draft}/place", 409, "duty-missing", code="BD-002", place="assist", lead="市水务局")
    it.refused("township", f"/lists/{draft}/place", 409, "criterion-missing", code="BD-003", place="withdrawn", lead="市水务局")
    it.refused("township", f"/lists/{draft}/add", 409, "code-listed", code="BD-001", name="又一次", basis="x", place="assist", lead="x", duty="x")
    answer = it.post("township", f"/lists/{draft}/import", content=table(["编码", "名称", "清单", "依据"], [["BD-009", "无牵头", "配合", "x"]]))
    town.refused(answer, 422, "rows-refused", "配合 without lead in a file")
    expect(answer.json["errors"][0]["code"], "lead-missing", "why")
    it.does("township", f"/lists/{draft}/place", code="BD-002", place="assist", lead="市水务局", duty="日常巡查")
    shown = it.does("township", f"/lists/{draft}/place", code="BD-003", place="withdrawn", lead="市自然资源局", criterion="technical")
    expect((shown["basic"], shown["assist"], shown["withdrawn"]), (1, 1, 1), "one each")
    it.publish(draft)
    places = {item["code"]: item["place"] for item in it.all(f"/units/{TOWNSHIP}/items")}
    expect(places, {"BD-001": "basic", "BD-002": "assist", "BD-003": "withdrawn"}, "places")
    it.refused("department", "/tasks", 409, "item-withdrawn", unit=TOWNSHIP, title="测绘", code="BD-003")
    it.refused("department", "/admissions", 409, "item-withdrawn", unit=TOWNSHIP, **{"as": "item"}, code="BD-003", title="测绘", reason="x",
               basis="x", lead="x", duty="x", support="x")


@scenario("Q05", rule=True)
def a_community_hangs_on_its_street(town):
    """a community's list links each item to one of its street's; others are refused"""
    it = Lists(town)
    it.local_list([power(1, "独居老人走访"), power(2, "楼院议事")])
    draft = it.draft(VILLAGE)
    it.refused("township", f"/lists/{draft}/add", 409, "upper-missing", code="SQ-001", name="走访登记", basis="居委会组织法")
    it.refused("township", f"/lists/{draft}/add", 409, "upper-unknown", code="SQ-001", name="走访登记", basis="居委会组织法", upper="BD-999")
    it.does("township", f"/lists/{draft}/add", code="SQ-001", name="每周走访独居老人", basis="居委会组织法", upper="BD-001")
    it.publish(draft)
    item = it.get(f"/units/{VILLAGE}/items")["items"][0]
    expect((item["code"], item["upper"]), ("SQ-001", "BD-001"), "the link up")
    expect(it.get(f"/units/{TOWNSHIP}/items/{item['upper']}")["name"], "独居老人走访", "where it leads")
    expect(it.get("/reports/lists", division=TOWNSHIP)["village_lists"], 1, "lists of communities")


CATEGORIES = ["基层党建", "经济发展", "社会治理", "民生服务", "平安法治", "生态环保"]


def guidance(prefix, count):
    return [(f"{prefix}-{n + 1:03d}", f"{CATEGORIES[n % 6]}事项{n + 1}", CATEGORIES[n % 6], "《职责清单指导目录》（样本）") for n in range(count)]


@figure("N01", guidance("ZD", 129) + guidance("JD", 79))
def guidance_by_kind_of_unit(town, fixtures):
    it = Lists(town)
    head = ["编码", "名称", "类别", "依据"]
    for code, kind, prefix in (("guide-township", "township", "ZD"), ("guide-street", "street", "JD")):
        it.imported(code, "guidance", table(head, [row for row in fixtures if row[0].startswith(prefix)]), unit_kind=kind)
    counts = [it.get(f"/catalogues/{code}")["items"] for code in ("guide-township", "guide-street")]
    found = {item["category"] for code in ("guide-township", "guide-street") for item in it.all(f"/catalogues/{code}/items")}
    expect(sorted(found), sorted(CATEGORIES), "categories")
    return f"{counts[0]} / {counts[1]}, {len(found)} categories"


@scenario("N01", rule=True)
def one_of_six_categories(town):
    """an item in none of the six categories is refused; a township's list is made from the townships' frame, not the streets'"""
    it = Lists(town)
    head = ["编码", "名称", "类别", "依据"]
    for category in ("", "杂项", "基层党建|经济发展"):
        answer = it.imports("guide-township", "guidance", table(head, [("ZD-001", "甲", category, "x")]), unit_kind="township")
        town.refused(answer, 422, "rows-refused", f"category {category!r}")
        expect(answer.json["errors"][0]["code"], "category-unknown", "why")
    it.imported("guide-township", "guidance", table(head, guidance("ZD", 6)), unit_kind="township")
    it.imported("guide-street", "guidance", table(head, guidance("JD", 6)), unit_kind="street")
    it.publish(it.draft())
    expect({item["code"][:2] for item in it.all(f"/units/{TOWNSHIP}/items")}, {"ZD"}, "items of a township")


@scenario("N03", rule=True)
def frame_and_local_features(town):
    """a local list inherits from a version of the catalogue; what was added and left out is seen as a difference"""
    it = Lists(town)
    rows = [(code, name, category, basis, "可选" if code == "ZD-006" else "共性") for code, name, category, basis in guidance("ZD", 6)]
    it.imported("guide-township", "guidance", table(["编码", "名称", "类别", "依据", "选取"], rows), unit_kind="township")
    draft = it.draft()
    it.refused("township", f"/lists/{draft}/remove", 409, "common-item-kept", code="ZD-001", reason="不做")
    it.does("township", f"/lists/{draft}/remove", code="ZD-006", reason="本镇没有")
    for code, name in (("DL-001", "红色物业"), ("DL-002", "社区助老餐厅"), ("DL-003", "垃圾分类")):
        it.does("township", f"/lists/{draft}/add", code=code, name=name, category="民生服务", basis="区委文件（样本）")
    shown = it.get(f"/lists/{draft}", "township")
    expect([(base["code"], base["version"]) for base in shown["bases"]], [("guide-township", 1)], "the version inherited from")
    it.publish(draft)
    diff = it.get(f"/units/{TOWNSHIP}/diff")
    expect([(one["what"], one["code"]) for one in diff["upstream"]], [
        ("left_out", "ZD-006"), ("own", "DL-001"), ("own", "DL-002"), ("own", "DL-003")], "against the catalogue")
    # The first version has none before it: not everything is told as new.
    expect((diff["differences"], diff["added"], diff["upstream_removed"], diff["upstream_added"]), ([], 8, 1, 3), "of the first version")
    expect_true("首次编制" in diff["note"] and "共8项" in diff["note"], diff["note"])
    page = town.host.page(f"/p/duties/units/{TOWNSHIP}/diff")
    expect_true("目录有、未列入" in page.text and "本地增加" in page.text and "left_out" not in page.text, "in words on the page")
    expect_true("社区助老餐厅" in diff["upstream"][2]["text"], "the difference is in words")
    # The frame's next version comes by itself with the next draft, and is seen as a difference too.
    town.day("2026-09-21")
    rows[1] = (rows[1][0], "产业到户帮扶", *rows[1][2:])
    it.imported("guide-township", "guidance", table(["编码", "名称", "类别", "依据", "选取"], rows[:4] + rows[5:] + [("ZD-007", "新事项", "社会治理", "x", "共性")]), unit_kind="township")
    it.publish(it.draft())
    diff = it.get(f"/units/{TOWNSHIP}/diff")
    expect([(one["what"], one["code"], one["text"]) for one in diff["differences"]], [
        ("changed", "ZD-002", "名称：经济发展事项2→产业到户帮扶"), ("removed", "ZD-005", "平安法治事项5（基本权责，共性）"),
        ("added", "ZD-007", "新事项（基本权责，共性）")], "between the versions")


def scanned(svg):
    """What a telephone reads from the picture: its modules as a grey map, given to a reader that is not ours."""
    side, scale = int(re.search(rb'viewBox="0 0 (\d+)', svg)[1]), 6
    dark = {(int(x), int(y)) for x, y in re.findall(rb"M(\d+) (\d+)h1v1h-1z", svg)}
    lines = [b"".join((b"\0" if (x, y) in dark else b"\xff") * scale for x in range(side)) * scale for y in range(side)]
    with tempfile.NamedTemporaryFile(suffix=".pgm") as picture:
        picture.write(b"P5 %d %d 255\n" % (side * scale, side * scale) + b"".join(lines))
        picture.flush()
        return subprocess.run(["zbarimg", "--quiet", "--raw", picture.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout.strip()


@scenario("N07.duties", rule=True, homes=BOTH)
def behind_the_code_on_the_board(town):
    """the QR code leads without login to the version in force, with procedure, materials and telephone"""
    it = Lists(town)
    it.local_list([power(1, "城乡居民医疗费用手工报销"), power(2, "低保申请")])
    it.refused("neighbour", f"/units/{TOWNSHIP}/items/BD-001/guide", 422, "invalid", steps="x", phone="x")
    it.does("township", f"/units/{TOWNSHIP}/items/BD-001/guide", steps="一、窗口提交\n二、当场审核\n三、打款", materials="身份证、发票、费用清单",
            handled_at="永定镇便民服务中心3号窗口", hours="工作日 9:00–17:00", phone="0878-6700000", livelihood=True)
    unit = it.get(f"/units/{TOWNSHIP}")
    picture = it.host.get(unit["qr_path"])
    expect((picture.status, picture.header("content-type")), (200, "image/svg+xml"), "the QR code")
    expect_true(b"<svg" in picture.body and b"<script" not in picture.body, "a picture and nothing else")
    address = scanned(picture.body)
    expect(urllib.parse.urlsplit(address).path, unit["public_path"], f"what the code says: {address}")
    page = it.host.page(urllib.parse.urlsplit(address).path)
    expect(page.status, 200, "the page")
    expect_true("城乡居民医疗费用手工报销" in page.text and "0878-6700000" in page.text, "the page says what and where")
    shown = town.done(it.host.get(unit["public_path"] + "/BD-001"), "the item")
    expect((shown["phone"], shown["materials"], shown["handled_at"]), ("0878-6700000", "身份证、发票、费用清单", "永定镇便民服务中心3号窗口"), "guide")
    # A newer version takes over behind the same code.
    town.day("2026-09-21")
    it.round([("BD-003", "add")])
    draft = it.draft()
    it.does("township", f"/lists/{draft}/add", code="BD-003", name="养老资格认证", basis="《社会保险法》")
    it.publish(draft)
    expect(it.get(f"/units/{TOWNSHIP}")["public_path"], unit["public_path"], "the path stays")
    expect([row["code"] for row in town.done(it.host.get(unit["public_path"]), "page")["items"]], ["BD-001", "BD-002", "BD-003"], "current items")
    # What one is told how to do stands first; each leads to its page; two characters find it.
    it.does("township", f"/units/{TOWNSHIP}/items/BD-003/guide", steps="手机认证", phone="0878-6700001", livelihood=True)
    rows = town.done(it.host.get(unit["public_path"]), "page")["items"]
    expect([row["code"] for row in rows], ["BD-001", "BD-003", "BD-002"], "with guides first")
    expect(town.done(it.host.get(rows[1]["href"]), "behind the row")["phone"], "0878-6700001", "the row's page")
    found = town.done(it.host.get(unit["public_path"], query={"q": "低保"}), "检索")["items"]
    expect([row["code"] for row in found], ["BD-002"], "found")
    town.refused(it.host.get("/p/duties/q/ZZZZZZ"), 404, "not-found", "no such code")


def batches(counts):
    rows, number = [], 0
    for batch, count in enumerate(counts, 1):
        for _ in range(count):
            number += 1
            rows.append((f"KQ-{number:03d}", f"扩权事项{number}", "市政府扩权文件（样本）", batch))
    return rows


@figure("B01", batches((61, 58, 54)))
def powers_in_three_batches(town, fixtures):
    it = Lists(town)
    for batch in (1, 2, 3):
        content = table(["编码", "名称", "依据", "批次"], [row for row in fixtures if row[3] == batch])
        it.imported("baisha", "delegated", content, **({} if batch == 1 else {"mode": "append"}))
    shown = it.get("/catalogues/baisha")["batches"]
    return f"{len(shown)} batches, {shown[-1]['cumulative']} powers"


@figure("Z05", batches((47, 26, 9)))
def rounds_in_the_history(town, fixtures):
    it = Lists(town)
    for batch in (1, 2, 3):
        it.imported("chencang", "delegated", table(["编码", "名称", "依据", "批次"], [row for row in fixtures if row[3] == batch]),
                    **({} if batch == 1 else {"mode": "append"}))
    items = it.all("/catalogues/chencang/items")
    rounds = {}
    for item in items:
        for change in it.get(f"/history/{item['code']}")["items"]:
            expect((change["what"], change["batch"]), ("added", item["batch"]), f"history of {item['code']}")
            rounds[change["batch"]] = rounds.get(change["batch"], 0) + 1
    return " + ".join(str(rounds[n]) for n in sorted(rounds)) + f" = {it.get('/catalogues/chencang')['items']}"


@scenario("Z05", rule=True)
def what_a_round_changed(town):
    """sorting items again changes their name and basis; the history says in which round"""
    it = Lists(town)
    head = ["编码", "名称", "依据"]
    it.imported("chencang", "delegated", table(head, [("A-1", "甲", "《甲法》"), ("A-2", "乙", "《乙法》")]), batch=1)
    it.imported("chencang", "delegated", table(head, [("A-1", "甲（即办）", "《甲法》"), ("A-2", "乙", "《乙法》第二条")]), batch=2)
    seen = [(one["what"], one["text"], one["batch"], one["version"]) for one in it.get("/history/A-1")["items"]]
    expect(seen, [("added", "甲", 1, 1), ("changed", "名称：甲→甲（即办）", 2, 2)], "history")
    town.refused(it.imports("chencang", "statutory", table(head, [("A-1", "甲", "x")])), 409, "catalogue-kind", "another kind of catalogue")
    town.refused(it.imports("chencang", "delegated", table(head, [("A-1", "甲", "x")]), mode="append"), 422, "rows-refused", "listed twice")
