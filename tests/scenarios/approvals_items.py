# SPDX-License-Identifier: Apache-2.0
"""Items and places: what may be applied for, at which window, station or hour, and how its result leaves the house."""
import csv
import io
import json
import urllib.parse

import catalogue
import lists
import town as towns
from rows import BOTH, expect, expect_true, figure, scenario
from town import TOWNSHIP
from zhend import Zhend, id_card

VILLAGE, OTHER_VILLAGE = "532327101003", "532327101001"  # 小汉坝社区, 苴却社区
NEIGHBOUR = "532327102000"
WUDING, WUDING_VILLAGE = "532329000000", "532329101001"
towns.BODIES.update({
    "social": f"social-{TOWNSHIP}",          # 社会事务办公室
    "station": f"village-{VILLAGE}",         # 小汉坝社区便民服务站
    "other station": f"village-{OTHER_VILLAGE}",
    "wuding admin": f"county-service-{WUDING}",
})
OLD_AGE_CARD, ALLOWANCE, LOGGING, NEIGHBOURLY = "YB0101", "YB0206", "YB0212", "YB0219"
AGENT = "演示·村（社区）便民服务站、代办员"  # as the demo account is called


def account(town, who):
    """By which posts, seals and agents name a person."""
    return town.done(town.get(who, "/posts"), "我的岗位")["account"]


HEAD = "编码 名称 事项类型 办理方式 设定依据 行使内容 服务对象 法定时限 法定时限依据 承诺时限 受理条件 申请材料 审核 决定 结果名称 办理地点 办理时间 咨询电话 可网办 对应职权 版本 生效日期".split()


def row(code, mode="代办", **changes):
    direct = mode == "直办"
    cells = {"编码": code, "名称": f"{mode}事项{code}", "事项类型": "公共服务", "办理方式": mode, "设定依据": "《社会救助暂行办法》第九条",
             "行使内容": "示例", "服务对象": "自然人", "法定时限": "20", "法定时限依据": "示例", "承诺时限": "0" if direct else "10",
             "受理条件": "本辖区户籍", "申请材料": "居民身份证|数据共享|0", "审核": "窗口" if direct else "社会事务:5",
             "决定": "窗口" if direct else "政府:1", "结果名称": "办理结果", "办理地点": "便民服务中心", "办理时间": "工作日",
             "咨询电话": "0878-6710000", "可网办": "是", "对应职权": "", "版本": "1", "生效日期": "2020-01-01"}
    cells.update(changes)
    return cells


def table(rows, head=None):
    out = io.StringIO()
    writer = csv.DictWriter(out, head or HEAD, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def release(town, done):
    """What one has imported or drafted another publishes."""
    if done.get("drafts", True):
        town.done(town.post("publisher", "/drafts/publish"), "发布事项", 201)
    return done


def imports(town, content, **fields):
    return release(town, town.done(town.post("admin", "/imports", content=content, **fields), "导入", 201))


def offers(town, rows, division=TOWNSHIP, **publish):
    """The list of a township out of a file, published by another than who brought it."""
    release(town, town.done(town.post("admin", "/lists/imports", division=division, content=table(rows)), "导入清单", 201))
    return town.done(town.post("publisher", f"/lists/{division}/publish", **publish), "发布清单", 201)


def report(town, division=TOWNSHIP, who="resident"):
    return town.done(town.get(who, "/reports/items", division=division), "事项统计")


def applies(town, code, number=1, who="resident", village=VILLAGE, status=201, verb="apply", **changes):
    fields = {"village": village, "applicant": "张阿婆", "id_card": id_card(100 + number), "phone": "13987650000",
              "content": "申请办理", **changes}
    answer = town.post(who, f"/items/{code}/{verb}", **{name: value for name, value in fields.items() if value is not None})
    if status != 201:
        return answer
    return towns.Case(town.done(answer, "申请", 201))


def applies_as_firm(town, code, number=1, **changes):
    """An organisation, by its credit code (the specimen of GB 32100)."""
    firm = {"applicant": "永仁示例有限公司", "credit_code": "91350100M000100Y43", "representative": "张经理"}
    return applies(town, code, number, **{"verb": "organisation", **firm, **changes})


def place(town, kind, name, division=TOWNSHIP, who="admin", **fields):
    return town.done(town.post(who, "/places", division=division, kind=kind, name=name, **fields), "登记地点", 201)["id"]


def reviewed(town, case, who="social"):
    """Through 审核 and 决定 to an issued decision."""
    town.decides(who, case, "s1")
    town.decides("government", case, "s2")
    town.does("keeper", case, "issue")
    return town.until_issued(case)


def refused_lines(town, answer, what):
    """{(line, column): code} of a refused table."""
    expect((answer.status, answer.code), (422, "rows-refused"), what)
    town.refusals.append((answer.status, answer.code))
    found = {}
    for error in answer.json["errors"]:
        parts = error["field"].split(".")
        found[(int(parts[1]), parts[2] if len(parts) > 2 else "")] = error["code"]
    return found


# ---- items and lists ----

@scenario("C22", rule=True)
def bound_to_the_centre(town):
    """every item is bound to the centre: at another door it is not published, and where a township does so it is listed"""
    town.day("2026-09-18")
    answer = town.post("admin", "/imports", content=table([dict(row("E1"), 受理窗口="民政所")], HEAD + ["受理窗口"]))
    expect(refused_lines(town, answer, "at another door"), {(2, "受理窗口"): "outside-centre"}, "refused")
    centre = place(town, "centre", "永定镇便民服务中心")
    town.refused(town.post("admin", "/places", division=TOWNSHIP, kind="centre", name="第二个"), 409, "one-centre", "a second centre")
    elsewhere = place(town, "agency", "永定镇农业农村办公室旧址")
    expect(town.done(town.post("admin", "/bindings", code=OLD_AGE_CARD, place=centre), "登记", 201)["violation"], False, "at the centre")
    expect(town.done(town.get("admin", "/violations"), "名单")["items"], [], "violations")
    town.done(town.post("admin", "/bindings", code=LOGGING, place=elsewhere, note="尚未搬迁"), "登记", 201)
    listed = town.done(town.get("admin", "/violations"), "名单")["items"]
    expect([(one["code"], one["place_name"]) for one in listed], [(LOGGING, "永定镇农业农村办公室旧址")], "violations")
    expect(town.done(town.get("elsewhere", "/violations"), "名单")["items"], [], "as another county sees it")
    town.done(town.post("admin", "/bindings", code=LOGGING, place=centre), "登记", 201)
    expect(town.done(town.get("admin", "/violations"), "名单")["items"], [], "moved in")


@scenario("C25", rule=True, homes=BOTH)
def lists_have_dated_versions(town):
    """a list is published as a dated version; old ones stay readable; what is not published nobody sees"""
    town.day("2026-09-18")
    offers(town, [row("L1"), row("L2")], note="首次公布")
    expect([one["code"] for one in town.done(town.get("resident", f"/lists/{TOWNSHIP}"), "清单")["items"]], ["L1", "L2"], "version 1")
    # A draft of the next version: the public sees the old one, and an item that is only a draft not at all.
    town.done(town.post("admin", "/lists", division=TOWNSHIP, codes=[{"code": "L1"}]), "拟定", 201)
    draft = town.done(town.get("resident", "/items/L1"), "指南")["guide"]
    town.done(town.post("admin", "/drafts", content=json.dumps(dict(draft, version=2, place="新址"), ensure_ascii=False)), "起草", 201)
    town.done(town.post("admin", "/drafts", content=json.dumps(dict(draft, code="L9"), ensure_ascii=False)), "起草", 201)
    expect(town.done(town.get("resident", f"/lists/{TOWNSHIP}"), "清单")["total"], 2, "still version 1")
    town.refused(town.get("resident", "/items/L9"), 404, "not-found", "a draft, by the public")
    town.refused(town.get("resident", "/drafts"), 401, ("login-required", "unauthorized", "not-logged-in"), "drafts, by the public")
    town.refused(town.post("window", f"/lists/{TOWNSHIP}/publish"), 403, "forbidden", "the window publishes")
    town.refused(town.post("wuding admin", f"/lists/{TOWNSHIP}/publish"), 422, "invalid", "another county publishes")
    town.refused(town.post("publisher", f"/lists/{TOWNSHIP}/publish", effective_from="2026-09-01"), 409, "effective-in-past", "backdated")
    town.refused(town.post("admin", f"/lists/{TOWNSHIP}/publish"), 409, "own-draft", "who drew it up publishes it")
    expect([(one["division"], one["total"]) for one in town.done(town.get("publisher", "/lists/drafts"), "待发布")["items"]], [(TOWNSHIP, 1)], "it waits")
    looked = town.done(town.get("publisher", f"/lists/drafts/{TOWNSHIP}"), "草案")
    expect(([one["code"] for one in looked["items"]], looked["waits"]), (["L1"], True), "what another looks through")
    town.refused(town.get("wuding admin", f"/lists/drafts/{TOWNSHIP}"), 404, "no-draft", "by another county")
    # From the first of October on.
    town.done(town.post("publisher", f"/lists/{TOWNSHIP}/publish", effective_from="2026-10-01"), "发布", 201)
    expect(town.done(town.get("publisher", "/lists/drafts"), "待发布")["items"], [], "none waits")
    expect(town.done(town.get("resident", f"/lists/{TOWNSHIP}"), "清单")["version"], 1, "before its day")
    L1, L9 = (one["id"] for one in sorted(town.done(town.get("publisher", "/drafts"), "待发布")["items"], key=lambda one: one["code"]))
    town.refused(town.post("admin", f"/drafts/{L1}/publish"), 409, "own-draft", "who drafted it publishes it")
    town.refused(town.post("wuding admin", f"/drafts/{L1}/publish"), 404, "no-draft", "another county publishes it")
    town.done(town.post("publisher", f"/drafts/{L1}/publish"), "发布", 201)
    town.day("2026-10-01")
    seen = town.done(town.get("resident", f"/lists/{TOWNSHIP}"), "清单")
    expect((seen["version"], [one["code"] for one in seen["items"]]), (2, ["L1"]), "on its day")
    old = town.done(town.get("resident", f"/lists/{TOWNSHIP}", version=1), "清单")
    expect((old["total"], [one["code"] for one in old["items"]]), (2, ["L1", "L2"]), "version 1, still readable")
    expect(town.done(town.get("resident", "/items/L1"), "指南")["guide"]["place"], "新址", "the item's version 2")
    expect(town.done(town.get("resident", "/items/L1", version=1), "指南")["guide"]["place"], "便民服务中心", "its version 1")
    town.refused(applies(town, "L2", status=409), 409, "not-offered", "an item that left the list")


@scenario("C26", rule=True)
def a_table_is_all_or_nothing(town):
    """a table of items with faults is refused whole, each fault with line, column and reason; GB18030 out of Excel is read"""
    town.day("2026-09-18")
    bad = [row("T1"), row("T2", 咨询电话=""), row("T3", 承诺时限="21"), row("T4", 办理方式="快办"), row("T1"), row("1.23E+11"),
           row("T6", 申请材料="其他材料|申请人"), row("T7", 审核="派出所:1"), row("T8", mode="直办", 审核="社会事务")]
    answer = town.post("admin", "/imports", content=table(bad))
    expect(refused_lines(town, answer, "a bad table"),
           {(3, "咨询电话"): "guide-incomplete", (4, "承诺时限"): "promise-too-long", (5, "办理方式"): "mode-unknown",
            (6, "编码"): "code-twice", (7, "编码"): "code-scientific", (8, "申请材料"): "material-vague", (9, "审核"): "office-unknown",
            (10, "审核"): "direct-elsewhere"}, "told")
    town.refused(town.get("resident", "/items/T1"), 404, "not-found", "the good row of a bad table")
    answer = town.post("admin", "/imports", content=table([row("T1")], [name for name in HEAD if name != "受理条件"]))
    expect(refused_lines(town, answer, "without a column"), {(1, "受理条件"): "column-missing"}, "told")
    town.refused(town.post("window", "/imports", content=table([row("T1")])), 403, "forbidden", "the window imports")
    # The file as Excel saves it.
    ticket = town.ticket("admin", "/imports")
    sent = town.host.request("POST", f"/p/approvals/_upload?ticket={ticket}", ("合计,1\r\n" + table([row("T1")])).encode("gb18030"),
                             {"Content-Type": "text/csv"}, town.session("admin"))
    expect(sent.status, 201, f"upload: {sent}")
    done = release(town, town.done(town.post("admin", "/imports", file=sent.json["digest"]), "导入", 201))
    expect((done["rows"], done["changed"]), (1, 1), "imported")
    expect(town.done(town.get("resident", "/items/T1"), "指南")["name"], "代办事项T1", "its name")
    expect(imports(town, table([row("T1")]))["changed"], 0, "the same again")
    answer = town.post("admin", "/imports", content=table([row("T1", 办理地点="别处")]))
    expect(refused_lines(town, answer, "the same version said otherwise"), {(2, "版本"): "version-not-newer"}, "told")


@scenario("C28", shipped=True)
def the_old_age_card_at_the_doorstep(town):
    """老年证 is a sample item done on the spot, at the centre and at the village"""
    town.day("2026-09-18")
    shown = town.done(town.get("resident", f"/items/{OLD_AGE_CARD}"), "指南")["guide"]
    expect_true("老年证" in shown["name"], shown["name"])
    expect((shown["handling"], shown["mode"], shown["status"], shown["levels"]), ("即办件", "直办", "样本", ["乡级", "村级"]), "kind")
    case = applies(town, OLD_AGE_CARD, who="station", channel="station")
    town.does("station", case, "accept")
    town.decides("window", case, "s1")
    town.decides("window", case, "s2")
    town.does("keeper", case, "issue")
    seen = town.until_issued(case, "window")
    expect(seen["point"], "小汉坝社区居民委员会便民服务站", "where it was taken in")


@figure("Z01", ["直办"] * 47 + ["代办"] * 26 + ["陪办"] * 9)
def modes(town, fixtures):
    """items by 直办, 代办, 陪办"""
    town.day("2026-09-18")
    offers(town, [row(f"Z{n:03d}", mode) for n, mode in enumerate(fixtures)])
    seen = report(town)
    return f"{seen['direct']}+{seen['agent']}+{seen['escort']}={seen['total']}"


@scenario("Z01", rule=True)
def exactly_one_mode(town):
    """an item has one of the three modes, neither none nor two"""
    town.day("2026-09-18")
    for mode in ("", "直办；代办"):
        answer = town.post("admin", "/imports", content=table([row("M1", 办理方式=mode)]))
        expect_true((2, "办理方式") in refused_lines(town, answer, mode), "mode " + mode)


@figure("Z09", ["是"] * 14 + ["否"] * 6)
def online(town, fixtures):
    """items that can be done online"""
    town.day("2026-09-18")
    offers(town, [row(f"W{n:03d}", 可网办=word) for n, word in enumerate(fixtures)])
    seen = report(town)
    return f"{seen['online']} of {seen['total']}"


@figure("X09", [f"H{n:03d}" for n in range(154)])
def items_of_a_street(town, fixtures):
    """items in the list of a street"""
    town.day("2026-09-18")
    offers(town, [row(code) for code in fixtures])
    return str(report(town)["total"])


@scenario("Y36.items", rule=True)
def codes_are_for_life(town):
    """a code given up is not used again; a promised term above the legal one is not published, in a table either"""
    town.day("2026-09-18")
    town.done(town.post("admin", "/items/YB0216/retire", reason="上级取消"), "停用")
    town.refused(applies(town, "YB0216", status=404), 404, "item-unknown", "an item given up")
    # By one county for itself: at the neighbour county's it goes on; whoever administers all of them gives it up for all.
    applies(town, "YB0216", 2, village=WUDING_VILLAGE)
    answer = town.post("admin", "/imports", content=table([row("YB0216", 版本="2")]))
    expect(refused_lines(town, answer, "the code again"), {(2, "编码"): "code-retired"}, "told")


@scenario("X12")
def one_definition_at_both_levels(town):
    """the village station takes the very item that the centre takes, by the same version"""
    town.day("2026-09-18")
    centre = place(town, "centre", "永定镇便民服务中心")
    station = place(town, "station", "小汉坝便民服务站", VILLAGE)
    at_centre = {one["code"]: one for one in town.done(town.get("resident", f"/places/{centre}"), "中心")["items"]}
    at_station = {one["code"]: one for one in town.done(town.get("resident", f"/places/{station}"), "站")["items"]}
    expect_true(len(at_station) > 20 and LOGGING in at_station and "YB0302" not in at_station, f"{len(at_station)} items at the station")
    for code, one in at_station.items():
        expect(one, at_centre[code], code)
    filed = applies(town, ALLOWANCE, 1), applies(town, ALLOWANCE, 2, who="station", channel="station")
    steps = [[(step["title"], step["body"]) for step in (town.does("window", case, "accept") and town.case(case))["steps"]] for case in filed]
    expect(steps[0], steps[1], "steps at both levels")


@scenario("Z05.approvals", rule=True)
def rounds_of_sorting(town):
    """sorting the items again makes dated versions; the history shows each round, and none can be written over"""
    town.day("2026-09-18")
    rounds = (("2026-09-18", row("S1")), ("2026-10-12", row("S1", 版本="2", 承诺时限="7", 申请材料="居民身份证|数据共享|0；银行卡|申请人|1")),
              ("2026-11-02", row("S1", 版本="3", 承诺时限="6")))
    for day, one in rounds:
        town.day(day)
        imports(town, table([one]))
    seen = town.done(town.get("resident", "/items/S1/versions"), "历次版本")["items"]
    expect([(one["version"], one["published_at"][:10], bool(one["in_force"])) for one in seen],
           [(3, "2026-11-02", True), (2, "2026-10-12", False), (1, "2026-09-18", False)], "the rounds")
    days = [town.done(town.get("resident", "/items/S1", version=version), "指南")["guide"]["promised"]["days"] for version in (1, 2, 3)]
    expect(days, [10, 7, 6], "each as it was")
    answer = town.post("admin", "/imports", content=table([row("S1", 版本="2", 承诺时限="8")]))
    expect(refused_lines(town, answer, "an old round said otherwise"), {(2, "版本"): "version-not-newer"}, "told")


def required_labels(town, path):
    """What the form at that address insists on, as its own description says."""
    document = town.host.get("/kernel/openapi.json").json
    ref = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    body = document["components"]["schemas"][ref.rsplit("/", 1)[1]]
    return {body["properties"][name]["title"] for name in body["required"] if name != "code"}


@scenario("Z06", rule=True)
def five_questions(town):
    """a guide answers 到哪办, 找谁办, 怎么办, 要哪些资料, 怎么填 out of what the flow runs on, with the form filled in"""
    town.day("2026-09-18")
    for code, form in ((ALLOWANCE, "/p/approvals/items/{code}/apply"), (towns.HOMESTEAD, "/p/approvals/applications")):
        shown = town.done(town.get("resident", f"/items/{code}"), "指南")
        asked = shown["questions"]
        expect(list(asked), ["where", "who", "how", "what", "form"], "the five questions")
        guide = shown["guide"]
        for question, words in (("where", [guide["place"], guide["hours"]]), ("who", [guide["phones"]["consult"]]),
                                ("how", [step["title"] for step in guide["steps"]] + [f"{guide['promised']['days']}个工作日"]),
                                ("what", [one["name"] for one in guide["materials"]])):
            expect_true(all(word in asked[question] for word in words), f"{question}: {asked[question]}")
        filled = {one["label"]: one["value"] for one in shown["sample_form"]}
        expect_true(required_labels(town, form) <= set(filled) and all(filled.values()), f"not in the sample: {required_labels(town, form) - set(filled)}")
        page = town.host.page(f"/p/approvals/items/{code}")
        expect_true(page.status == 200 and all(word in page.text for word in ("到哪办", "找谁办", "怎么办", "要哪些资料", "怎么填", "11010519491231002X")), "on the page")
    # What the item's next version says, the guide says; without the answer to one of them it is not published.
    imports(town, table([row("G1")]))
    imports(town, table([row("G1", 版本="2", 办理地点="新中心二楼")]))
    expect_true("新中心二楼" in town.done(town.get("resident", "/items/G1"), "指南")["questions"]["where"], "the new place")
    for left_out in ("办理地点", "咨询电话", "受理条件", "申请材料"):
        answer = town.post("admin", "/imports", content=table([row("G2", **{left_out: ""})]))
        expect_true((2, left_out) in refused_lines(town, answer, left_out), f"without {left_out}")


LUFENG = "532302000000"  # 禄丰市: 14 townships, and villages enough


def lufeng(level):
    with open(f"{towns.TOP}/conf/data/divisions/chuxiong-532300.csv", encoding="utf-8") as file:
        return [line.split(",")[0] for line in file if line.startswith("532302") and f",{level}," in line]


def network_rows():
    """陈仓区's network in another county's divisions: 1 hall, 14 centres, 157 stations, 119 of them to standard."""
    rows = [("政务服务中心", "政务服务中心", LUFENG, "")]
    rows += [(f"{code}便民服务中心", "便民服务中心", code, "") for code in lufeng("township")]
    return rows + [(f"{code}便民服务站", "便民服务站", code, "是" if n < 119 else "否") for n, code in enumerate(lufeng("village")[:157])]


def network_table(rows):
    out = io.StringIO()
    csv.writer(out).writerows([("名称", "种类", "区划代码", "标准化"), *rows])
    return out.getvalue()


towns.BODIES["lufeng admin"] = f"county-service-{LUFENG}"


@figure("Z07", network_rows())
def three_levels(town, fixtures):
    """county hall / township centres / village stations, and the share of stations built to standard"""
    town.day("2026-09-18")
    town.done(town.post("lufeng admin", "/places/imports", content=network_table(fixtures)), "导入", 201)
    seen = town.done(town.get("resident", "/reports/network", division=LUFENG), "三级服务网络")
    return f"{seen['halls']}/{seen['centres']}/{seen['stations']}; {seen['standard']}/{seen['stations']} = {seen['rounded']} ({seen['share']})"


@scenario("Z07", rule=True)
def a_network_is_all_or_nothing(town):
    """a table of places with faults is refused whole; each place stands where its level is, one centre to a township"""
    town.day("2026-09-18")
    township, village = lufeng("township")[0], lufeng("village")[0]
    rows = [("好中心", "便民服务中心", township, ""), ("", "便民服务站", village, "是"), ("甲", "办事点", village, ""), ("乙", "便民服务站", township, ""),
            ("丙", "便民服务站", "5.32302E+11", ""), ("丁", "便民服务站", "999999999999", ""), ("戊", "便民服务站", OTHER_VILLAGE, ""),
            ("己", "便民服务站", village, "大概"), ("庚", "便民服务中心", township, "")]
    answer = town.post("lufeng admin", "/places/imports", content=network_table(rows))
    expect(refused_lines(town, answer, "a bad table"),
           {(3, "名称"): "name-missing", (4, "种类"): "kind-unknown", (5, "种类"): "place-division", (6, "区划代码"): "code-scientific",
            (7, "区划代码"): "division-unknown", (8, "区划代码"): "out-of-scope", (9, "标准化"): "word-unknown", (10, "种类"): "one-centre"}, "told")
    expect(town.done(town.get("resident", "/places"), "地点")["items"], [], "the good row of a bad table")
    town.refused(town.post("window", "/places/imports", content=network_table(rows[:1])), 403, "forbidden", "the window imports")
    town.refused(town.post("lufeng admin", "/places", division=township, kind="hall", name="镇里的厅"), 409, "place-division", "a hall in a township")


@figure("X08", ["guidance", "counter", "elderly", "self", "waiting"])
def zones_of_the_centre(town, fixtures):
    """functional zones of the centre, as its public page tells"""
    town.day("2026-09-18")
    centre = place(town, "centre", "湖东街道党政便民服务中心（示例）")
    town.done(town.post("admin", f"/places/{centre}/zones", zones=[{"code": code} for code in fixtures]), "功能区", 201)
    seen = town.done(town.get("resident", f"/places/{centre}"), "中心")
    return f"{len(seen['zones'])} zones, missing: {seen['zones_missing'] or 'none'}"


@scenario("N07", rule=True)
def behind_the_qr_code(town):
    """the board's QR code opens the list in force: procedure, materials, phone, without login"""
    town.day("2026-09-18")
    town.refused(town.post("admin", f"/lists/{VILLAGE}/poster"), 404, "not-found", "a poster of no list")
    offers(town, [row("N1"), row("N2", "直办")], VILLAGE)
    town.refused(town.post("station", f"/lists/{VILLAGE}/poster"), 403, "forbidden", "the station prints it")
    made = town.done(town.post("admin", f"/lists/{VILLAGE}/poster"), "海报")
    poster = town.host.get(made["href"])
    expect((poster.status, poster.body[:5]), (200, b"%PDF-"), "the poster")
    behind = town.done(town.get("resident", f"/lists/{VILLAGE}"), "清单")
    expect([(one["code"], one["phone"], one["materials"]) for one in behind["items"]],
           [("N1", "0878-6710000", "居民身份证"), ("N2", "0878-6710000", "居民身份证")], "behind the code")
    page = town.host.page(f"/p/approvals/lists/{VILLAGE}")
    expect_true(page.status == 200 and "代办事项N1" in page.text and "0878-6710000" in page.text, f"the page: {page}")
    guide = town.done(town.host.get(behind["items"][0]["href"]), "指南")["guide"]
    expect([step["phase"] for step in guide["steps"]], ["审核", "决定"], "procedure")
    # The current version, whatever was printed.
    offers(town, [row("N1", 版本="2", 咨询电话="0878-6719999")], VILLAGE)
    expect([one["phone"] for one in town.done(town.get("resident", f"/lists/{VILLAGE}"), "清单")["items"]], ["0878-6719999"], "now")


WINDOW = {"window": "永定镇便民服务中心", "address": "永定镇正街8号", "phone": "0878-6710888", "hours": "周一至周五 9:00–17:00", "person": "王丽"}


def window_of_the_township(town):
    place(town, "centre", WINDOW["window"], **{name: WINDOW[name] for name in ("address", "phone", "hours")})
    town.done(town.post("admin", "/officers", body=f"window-{TOWNSHIP}", person=WINDOW["person"]), "责任人", 201)


@scenario("N07", rule=True)
def from_the_board_to_the_guide_of_this_township(town):
    """behind the code an item is found by what people call it, and its guide says where in this township and whom to call, on paper too"""
    town.day("2026-09-18")
    window_of_the_township(town)
    place(town, "station", "小汉坝社区便民服务站", VILLAGE, phone="0878-6710999")
    rows = [row("P1", 名称="最低生活保障申请", 关键词="低保；吃低保", 行使层级="乡级"), row("P2", "直办", 名称="老年人优待证办理", 关键词="", 行使层级="乡级；村级")]
    release(town, town.done(town.post("admin", "/lists/imports", division=TOWNSHIP, content=table(rows, HEAD + ["关键词", "行使层级"])), "导入清单", 201))
    town.done(town.post("publisher", f"/lists/{TOWNSHIP}/publish"), "发布清单", 201)
    for q, codes in (("低保", ["P1"]), ("优待 老年", ["P2"]), ("优待　低保", []), ("p2", ["P2"]), ("龘靐", []), ("", ["P1", "P2"])):
        for path in ("/items", f"/lists/{TOWNSHIP}"):
            found = town.done(town.get("resident", path, q=q, **({"limit": 200} if path == "/items" else {})), path)["items"]
            expect(sorted(one["code"] for one in found if one["code"] in ("P1", "P2")), codes, f"{path} {q}")
    page = town.host.page("/p/approvals/items?q=" + urllib.parse.quote("低保"))
    expect_true("最低生活保障申请" in page.text and "老年人优待证" not in page.text and 'name="q"' in page.text, "the page of guides")
    behind = town.done(town.get("resident", f"/lists/{VILLAGE}"), "清单")
    expect({name: behind["office"][name] for name in WINDOW}, WINDOW, "where and whom, above the list")
    for number, (code, station) in enumerate((("P1", False), ("P2", True))):
        asked = town.done(town.host.get(behind["items"][number]["href"]), code)["questions"]
        expect_true(all(WINDOW[name] in asked["where"] for name in ("window", "address", "hours")), asked["where"])
        expect_true(("小汉坝社区便民服务站" in asked["where"]) == station, f"the station: {asked['where']}")
        expect_true(WINDOW["phone"] in asked["who"] and WINDOW["person"] in asked["who"], asked["who"])
    elsewhere = town.done(town.get("resident", "/items/P1", at=NEIGHBOUR), "指南")
    expect_true("宜就镇" in elsewhere["questions"]["where"] and WINDOW["address"] not in elsewhere["questions"]["where"], "another township's")
    # On paper: of each township its own, and drawn anew when somebody else answers for the window.
    papers = {}
    for at in (TOWNSHIP, NEIGHBOUR):
        town.refused(town.get("resident", "/items/P1/guide", at=at), 404, "not-drawn", "before it was printed")
        papers[at] = town.host.get(town.done(town.post("resident", "/items/P1/guide", at=at), "印制")["href"]).body
    expect_true(papers[TOWNSHIP] != papers[NEIGHBOUR] and papers[TOWNSHIP][:5] == b"%PDF-", "papers")
    town.done(town.post("admin", "/officers", body=f"window-{TOWNSHIP}", person="李敏"), "责任人", 201)
    town.refused(town.get("resident", "/items/P1/guide", at=TOWNSHIP), 404, "not-drawn", "with who answers no more")


# ---- windows, stations, agents, hours ----

@scenario("C24", rule=True)
def a_village_station(town):
    """accepted at the village's station, it is in the township's back office at once, with the station as acceptance point"""
    town.day("2026-09-18")
    place(town, "station", "小汉坝便民服务站", VILLAGE)
    case = applies(town, ALLOWANCE, who="station", channel="station")
    town.does("station", case, "accept")
    seen = town.case(case, "social")
    expect((seen["point"], seen["channel"], seen["state"]), ("小汉坝便民服务站", "station", "review"), "in the back office")
    expect([one["number"] for one in town.done(town.get("social", "/cases"), "办件")["items"]], [case.number], "in its list")
    town.decides("social", case, "s1")
    town.refused(applies_as_firm(town, "YB0302", 2, who="station", status=409, channel="station"), 409, "not-at-station", "a township's item")
    town.refused(applies(town, ALLOWANCE, 3, who="station", village=OTHER_VILLAGE, status=422), 422, "invalid", "another village's")
    online = applies_as_firm(town, "YB0302", 4)
    town.refused(town.act("station", online, "accept"), 404, "not-found", "the station has no part in a township's item")
    town.refused(town.get("other station", f"/cases/{case.id}"), 404, "not-found", "by another village")


@scenario("C27", rule=True, homes=BOTH)
def any_window_takes_any_item(town):
    """any front window accepts any item; it goes to its own back office; another window issues"""
    town.day("2026-09-18")
    centre = place(town, "centre", "永定镇便民服务中心")
    for code, name, accepts, issues in (("1", "综合受理1号", True, False), ("2", "综合受理2号", True, False), ("9", "统一出件9号", False, True)):
        town.done(town.post("admin", f"/places/{centre}/desks", code=code, name=name, accepts=accepts, issues=issues), "窗口", 201)
    allowance, logging = applies(town, ALLOWANCE, 1), applies(town, LOGGING, 2)
    town.refused(town.act("window", allowance, "accept", desk="9"), 409, "desk-does-not-accept", "at the window that issues")
    town.does("window", allowance, "accept", desk="1")
    town.does("window", logging, "accept", desk="1")
    homestead = town.files(9, village=VILLAGE)
    town.does("window", homestead, "accept", desk="2")
    offices = [town.case(one)["steps"][0]["body"] for one in (allowance, logging, homestead)]
    expect(offices, ["永定镇社会事务办公室", "永定镇农业农村办公室", "永定镇农业农村办公室"], "back offices")
    town.refused(town.decide("agriculture", allowance, "s1"), 404, "not-found", "another office's case")
    reviewed(town, allowance)
    town.refused(town.act("window", allowance, "deliver", method="window", desk="1", receiver="张阿婆", signed=True), 409,
                 "desk-does-not-issue", "handed out at the window that accepts")
    town.does("window", allowance, "deliver", method="window", desk="9", receiver="张阿婆", signed=True)
    seen = town.case(allowance)
    expect((seen["desk"], seen["delivery"][0]["desk"]), ("1 综合受理1号", "9 统一出件9号"), "in and out")


@scenario("B05", rule=True)
def three_steps_one_contact(town):
    """every item has 受理, 审核, 决定 and no more; each step has one person's name, the applicant one contact"""
    town.day("2026-09-18")
    shown = town.done(town.get("resident", f"/items/{ALLOWANCE}"), "指南")["guide"]
    for phase in ("会签", "受理"):
        content = dict(shown, version=2, steps=[dict(shown["steps"][0], phase=phase, days=0)] + shown["steps"])
        town.refused(catalogue.publish(town, content), 409, "three-steps", phase)
    content = dict(shown, version=2, steps=shown["steps"][:1])
    town.refused(catalogue.publish(town, content), 409, "three-steps", "no decision")
    for body, person in (("social", "马晓梅"), ("government", "周镇长"), ("window", "李窗口")):
        town.done(town.post("admin", "/officers", body=towns.BODIES[body], person=person), "责任人", 201)
    town.refused(town.post("wuding admin", "/officers", body=towns.BODIES["social"], person="外县"), 403, "out-of-scope", "another county")
    # In whatever is published: a decision after a review, and nothing else.
    listed = town.done(town.get("resident", "/items", limit=100), "事项")["items"]
    expect_true(len(listed) > 30, f"{len(listed)} items")
    for one in listed:
        steps = town.done(town.get("resident", f"/items/{one['code']}"), "指南")["guide"]["steps"]
        phases = list(dict.fromkeys(step["phase"] for step in steps))
        expect(phases, ["审核", "决定"], one["code"])
    for code, number in ((ALLOWANCE, 1), ("YB0213", 2)):  # one and two tasks inside 审核
        case = applies(town, code, number)
        town.does("window", case, "accept")
        seen = town.tracks(case)
        expect([phase["phase"] for phase in seen["phases"]], ["受理", "审核", "决定"], code)
        expect_true(isinstance(seen["contact"], str) and seen["contact"] != "", "one contact")
        if code == ALLOWANCE:
            expect([phase["person"] for phase in seen["phases"]], [seen["contact"], "马晓梅", "周镇长"], "each by name")


@scenario("B06", rule=True)
def an_agent_files(town):
    """an agent files for a villager of the own area, authorised; the agent is shown on the case"""
    town.day("2026-09-18")
    papers = {"verb": "agency", "authorised_on": "2026-09-17", "authorisation": "授权委托书第12号"}
    town.refused(applies(town, ALLOWANCE, who="station", status=403, **papers), 403, "not-an-agent", "before being registered")
    # Another person of the same name is not this one, and who does not exist is nobody.
    for other, code in (("0", "unknown-account"), (account(town, "other station"), "not-of-body"), (account(town, "window"), "account-without-permission")):
        answer = town.post("admin", "/agents", body=towns.BODIES["station"], account=other, township=TOWNSHIP)
        town.refused(answer, 422, "invalid", "no account of the station")
        expect([(one["field"], one["code"]) for one in answer.json["errors"]], [("account", code)], "what is wrong with it")
    town.done(town.post("admin", "/agents", body=towns.BODIES["other station"], account=account(town, "other station"), township=TOWNSHIP), "登记", 201)
    town.refused(applies(town, ALLOWANCE, who="station", status=403, **papers), 403, "not-an-agent", "a namesake is registered")
    agent = town.done(town.post("admin", "/agents", body=towns.BODIES["station"], account=account(town, "station"), township=TOWNSHIP,
                                areas=[{"village": VILLAGE}], valid_to="2026-12-31"), "登记", 201)["id"]
    town.refused(applies(town, ALLOWANCE, who="station", status=422, **dict(papers, authorisation=None)), 422, "invalid", "without authorisation")
    town.refused(applies(town, ALLOWANCE, who="station", village=OTHER_VILLAGE, status=403, **papers), 403, "outside-area", "another area")
    town.refused(applies(town, ALLOWANCE, who="window", status=403, **papers), 403, "forbidden", "the window as an agent")
    case = applies(town, ALLOWANCE, who="station", **papers)
    town.does("window", case, "accept")
    seen = town.case(case)
    expect((seen["agent"], seen["authorised_on"], seen["channel"], seen["visits"]), (AGENT, "2026-09-17", "agent", 0), "on the case")
    town.refused(town.post("admin", "/agents", body=towns.BODIES["station"], account=account(town, "station"), township=TOWNSHIP), 409, "agent-already", "twice")
    town.done(town.post("admin", f"/agents/{agent}/end", reason="换届"), "终止")
    expect([(one["id"], one["end_reason"], one["may"]) for one in town.done(town.get("admin", "/agents"), "代办员")["items"]][0], (agent, "换届", ""), "kept")
    town.refused(applies(town, ALLOWANCE, 3, who="station", status=403, **papers), 403, "not-an-agent", "after the end")


@scenario("B07")
def without_a_visit(town):
    """submitted, decided and received without one visit"""
    town.day("2026-09-18")
    case = applies(town, ALLOWANCE)
    town.done(town.hand_in(case, "银行账户"), "上传")
    town.does("window", case, "accept", papers=False, obtained=True, obtained_from="省数据共享交换平台")
    reviewed(town, case)
    town.does("window", case, "deliver", method="online")
    paper = next(one for one in town.tracks(case)["documents"] if one["title"].endswith("决定书"))
    expect(town.document(paper["number"], paper["code"]).body[:5], b"%PDF-", "downloaded")
    town.done(town.post("resident", "/track/receipt", number=case.number, code=case.code), "签收")
    seen = town.case(case)
    expect((seen["visits"], seen["state"], seen["delivery"][0]["relation"]), (0, "issued", "本人"), "visits")
    expect([one["title"] for one in seen["documents"]], ["申请受理通知书", "办理结果决定书"], "papers of what is no 行政许可")


@scenario("B08", rule=True)
def out_through_the_window_alone(town):
    """the result leaves through the window alone, and is signed for"""
    town.day("2026-09-18")
    case = applies(town, ALLOWANCE)
    town.does("window", case, "accept")
    hand = {"method": "window", "receiver": "张阿婆", "signed": True}
    town.refused(town.act("window", case, "deliver", **hand), 409, "nothing-to-deliver", "before it is decided")
    reviewed(town, case)
    town.refused(town.act("social", case, "deliver", **hand), 403, "forbidden", "by the back office")
    town.refused(town.act("government", case, "deliver", **hand), 403, "forbidden", "by the government")
    town.refused(town.act("neighbour", case, "deliver", **hand), 404, "not-found", "by another township's window")
    town.refused(town.act("window", case, "deliver", method="window", receiver="张阿婆"), 422, "invalid", "unsigned")
    town.does("window", case, "deliver", **hand)
    town.refused(town.act("window", case, "deliver", **hand), 409, "already-delivered", "twice")
    seen = town.case(case)["delivery"][0]
    expect_true(seen["received_at"][:10] == "2026-09-18" and seen["receiver"].startswith("张"), f"signed for: {seen}")


@scenario("Z02", rule=True)
def done_on_the_spot(town):
    """直办: the window accepts and decides, the keeper seals, all on one day"""
    town.day("2026-09-18")
    case = applies(town, "YB0102", who="window", channel="window")
    expect(town.does("window", case, "accept")["due_on"], "2026-09-18", "due")
    town.refused(town.decide("social", case, "s1"), 404, "not-found", "a back office")
    town.decides("window", case, "s1")
    town.decides("window", case, "s2")
    town.does("keeper", case, "issue")
    seen = town.until_issued(case, "window")
    expect((seen["accepted_at"][:10], seen["decided_at"][:10]), ("2026-09-18", "2026-09-18"), "accepted and decided")


@scenario("Z03", rule=True)
def handed_over_by_the_agent(town):
    """代办: one request for papers, a due date, and the person signs for what the agent brings"""
    town.day("2026-09-18")
    town.done(town.post("admin", "/agents", body=towns.BODIES["station"], account=account(town, "station"), township=TOWNSHIP),
              "登记", 201)
    case = applies(town, ALLOWANCE, who="station", verb="agency", authorised_on="2026-09-18", authorisation="第1号")
    missing = [{"material": "银行账户", "reason": "未附"}]
    town.does("window", case, "supplement", missing=missing)
    told = town.paper(case, "supplement", "window")
    expect(told["title"], "申请材料补正告知书", "what is no licence is not asked for under the law of licences")
    town.supplies(case, "银行账户")
    town.refused(town.act("window", case, "supplement", missing=missing), 409, "supplement-once", "a second request")
    expect(town.does("window", case, "accept")["due_on"], "2026-10-09", "due")
    reviewed(town, case)
    hand = {"receiver": "张阿婆", "signed": True}
    town.refused(town.act("station", case, "handover", **hand), 409, "not-with-agent", "before the window gave it out")
    town.does("window", case, "deliver", method="agent")
    town.refused(town.act("station", case, "handover", receiver="张阿婆"), 422, "invalid", "unsigned")
    town.refused(town.act("other station", case, "handover", **hand), 404, "not-found", "another agent")
    town.does("station", case, "handover", **hand)
    town.refused(town.act("station", case, "handover", **hand), 409, "already-received", "twice")


@scenario("X08", rule=True)
def five_zones_and_free_mail(town):
    """the centre has its five zones; what was decided goes by free mail with its number"""
    town.day("2026-09-18")
    centre = place(town, "centre", "湖东街道党政便民服务中心（示例）", amenities="免费打印、免费邮寄证照、老花镜、纸、笔")
    zones = ["guidance", "counter", "elderly", "self", "waiting"]
    town.done(town.post("admin", f"/places/{centre}/zones", zones=[{"code": code} for code in zones[:4]]), "功能区", 201)
    expect(town.done(town.get("resident", f"/places/{centre}"), "中心")["zones_missing"], "休息等候区", "missing")
    town.refused(town.post("admin", f"/places/{centre}/zones", zones=[{"code": "tea"}]), 422, "invalid", "a zone that is none")
    town.done(town.post("admin", f"/places/{centre}/zones", zones=[{"code": code} for code in zones]), "功能区", 201)
    seen = town.done(town.get("resident", f"/places/{centre}"), "中心")
    expect([zone["title"] for zone in seen["zones"]], ["咨询导办区", "综合服务区", "老人服务专区", "自助服务区", "休息等候区"], "zones")
    expect(seen["zones_missing"], "", "missing")
    case = applies(town, ALLOWANCE)
    town.does("window", case, "accept")
    reviewed(town, case)
    town.refused(town.act("window", case, "deliver", method="mail"), 422, "invalid", "mail without its number")
    town.does("window", case, "deliver", method="mail", tracking="1234567890123")
    expect(town.tracks(case)["delivery"][0]["tracking"], "1234567890123", "as the resident sees it")


@scenario("X11", rule=True)
def guides_of_what_is_asked_for_most(town):
    """the items asked for most have a printed guide; the list can be exported"""
    town.day("2026-09-18")
    number = 0
    for code, times in ((ALLOWANCE, 3), (OLD_AGE_CARD, 2), (LOGGING, 1)):
        for _ in range(times):
            number += 1
            applies(town, code, number)
    top = town.done(town.get("resident", "/top", division=TOWNSHIP, n=2), "高频")["items"]
    expect([(one["code"], one["cases"], one["printable"]) for one in top], [(ALLOWANCE, 3, False), (OLD_AGE_CARD, 2, False)], "before")
    town.refused(town.get("resident", f"/items/{ALLOWANCE}/guide"), 404, "not-drawn", "a guide that nobody printed")
    town.refused(town.post("window", "/top/guides", division=TOWNSHIP, n=2), 403, "forbidden", "the window orders the printing")
    expect(town.done(town.post("admin", "/top/guides", division=TOWNSHIP, n=2), "印制")["drawn"], 2, "drawn")
    for one in town.done(town.get("resident", "/top", division=TOWNSHIP, n=2), "高频")["items"]:
        expect(town.host.get(one["href"]).body[:5], b"%PDF-", one["name"])
    made = town.done(town.post("admin", "/top/exports", division=TOWNSHIP), "导出", 201)
    text = town.get("admin", f"/exports/{made['id']}").text
    expect_true(text.startswith("\ufeff序号") and len(text.splitlines()) == 4 and "高龄津贴,3," in text, text)
    town.refused(town.get("window", f"/exports/{made['id']}"), 404, "not-found", "another's export")


@figure("X11", ["YB%04d" % n for n in range(201, 220)])
def most_asked_for(town, fixtures):
    """items among the nineteen with a guide on the wall"""
    town.day("2026-09-18")
    for number, code in enumerate(fixtures):
        applies(town, code, number, who="window")
    town.until("all are drawn", lambda: town.done(town.post("admin", "/top/guides", division=TOWNSHIP), "印制")["left"] == 0)
    return str(sum(one["printable"] for one in town.done(town.get("resident", "/top", division=TOWNSHIP), "高频")["items"]))


STREETS = ["532329101000", "532329102000", "532329103000", "532329104000", "532329105000", "532329106000", "532329107000",
           "532329202000", "532329203000", "532329207000", "532329208000"]


@figure("Q13", STREETS)
def open_at_any_hour(town, fixtures):
    """streets with a self-service point open around the clock, of those with a centre"""
    town.day("2026-09-18")
    for street in STREETS:
        place(town, "centre", f"{street}便民服务中心", street, "wuding admin")
    for street in fixtures:
        place(town, "self", f"{street}政务服务超市", street, "wuding admin")
    return town.done(town.get("resident", "/reports/self-service", division=WUDING), "覆盖")["coverage"]


@scenario("Q13", rule=True)
def taken_at_night(town):
    """taken at any hour at a self-service point; the clock begins at the next working time"""
    town.day("2026-09-18", at="23:10:00")
    point = place(town, "self", "永定镇政务服务超市")
    town.refused(applies(town, ALLOWANCE, status=422, channel="self"), 422, "invalid", "without the point")
    # Friday night; Saturday rests, Sunday the 20th works and is the day it begins; five days: 21 to 24, and 28 after the feast.
    case = applies(town, ALLOWANCE, channel="self", place=point)
    expect(case.told_by, "2026-09-28", "told by")
    seen = town.case(case)
    expect((seen["filed_at"][:16], seen["point"]), ("2026-09-18T23:10", "永定镇政务服务超市"), "taken")
    town.day("2026-09-18", at="23:20:00")
    expect(applies(town, ALLOWANCE, 2).told_by, "2026-09-24", "from home, the day of filing counts")


# ---- with a list of duties ----

@scenario("C25.own-list", rule=True)
def outside_the_list_of_duties(town):
    """an item that rests on a duty is taken only where the township has that duty"""
    town.day("2026-09-18")
    imports(town, table([row("Q1", 对应职权="5323-001"), row("Q2", 对应职权="5323-002"), row("Q3")]))
    applies(town, "Q2", 1)
    town.done(town.post("admin", "/duties/imports", division=TOWNSHIP, content="编码,名称\n5323-001,示例职权\n"), "权责清单", 201)
    applies(town, "Q1", 2)
    applies(town, "Q3", 3)
    town.refused(applies(town, "Q2", 4, status=409), 409, "outside-list", "a duty not on the list")
    town.done(town.post("admin", "/lists", division=TOWNSHIP, codes=[{"code": "Q1"}, {"code": "Q2"}]), "拟定", 201)
    town.refused(town.post("publisher", f"/lists/{TOWNSHIP}/publish"), 409, "outside-list", "listed all the same")
    answer = town.post("admin", "/duties/imports", division=TOWNSHIP, content="编码,名称\n1.2E+10,坏\n")
    expect_true((2, "") in refused_lines(town, answer, "a bad table"), "told")
    applies(town, "Q1", 5)


@scenario("C25.both-plugins", rule=True, homes=BOTH, needs=("approvals", "duties"))
def with_the_list_that_duties_publishes(town):
    """with duties enabled, what a township's published list does not hold is not taken there; the neighbour's list is its own"""
    it = lists.Lists(town)
    it.both_catalogues()
    it.first_list(lists.TOWNSHIP, ["KX-001"])
    imports(town, table([row("Q1", 对应职权="KX-001"), row("Q2", 对应职权="KX-002")]))
    town.until("the list has come", lambda: applies(town, "Q2", 1, status=0).code == "outside-list")
    town.refused(applies(town, "Q2", 2, status=409), 409, "outside-list", "a duty not chosen")
    applies(town, "Q1", 3)
    applies(town, "Q2", 4, village="532327102201")


@scenario("C25.alone")
def without_duties(town):
    """the same item where the plugin duties is not enabled"""
    pilots = "[pilot alone]\ntitle = 单独启用审批\ndivisions = 532300000000\nplugins = approvals\n"
    with Zhend(pilot="alone", pilots=pilots) as host:
        host.turn_clock("2026-09-18T09:30:00+08:00")
        admin = host.login(towns.BODIES["admin"])
        fields = {"village": VILLAGE, "applicant": "张阿婆", "id_card": id_card(100), "phone": "13987650000", "content": "申请"}
        made = host.post("/p/approvals/imports", json={"content": table([row("Q2", 对应职权="KX-002")])}, as_=admin)
        expect(made.status, 201, f"import: {made}")
        released = host.post("/p/approvals/drafts/publish", json={}, as_=host.login(towns.BODIES["publisher"]))
        expect(released.status, 201, f"published: {released}")
        filed = host.post("/p/approvals/items/Q2/apply", json=fields)
        expect(filed.status, 201, f"applied for: {filed}")
