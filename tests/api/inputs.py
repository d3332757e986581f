# SPDX-License-Identifier: Apache-2.0
"""The homestead application with each field wrong once, as JSON and as a form; idempotency keys."""
from tap import check, refused, same
from zhend import PAPERS, Zhend, application, id_card

PATH = "/p/approvals/applications"
MISSING = object()

REQUIRED = ["village", "applicant", "id_card", "phone", "reason", "old_area", "old_disposal", "site_area", "house_area",
            "ancillary_area", "courtyard_area", "address", "east", "south", "west", "north", "land", "floor_area", "storeys",
            "height", "neighbours_consulted", "commitment"]
AREAS = ["old_area", "site_area", "house_area", "ancillary_area", "courtyard_area", "floor_area", "height"]

# field, what is wrong, value as JSON, value as form (None = a form cannot say it), the field named
ROWS = [(name, "missing", MISSING, MISSING, name) for name in REQUIRED]
ROWS += [(name, "empty", "", "", name) for name in REQUIRED if name not in ("storeys", "neighbours_consulted", "commitment")]
ROWS += [(name, "no number", "许多", "许多", name) for name in AREAS]
ROWS += [(name, "of three decimals", "1.234", "1.234", name) for name in AREAS]
ROWS += [(name, "negative", "-1", "-1", name) for name in AREAS]
ROWS += [(name, "a number where text is due", 7, None, name)
         for name in ("village", "applicant", "id_card", "phone", "reason", "address", "old_area")]
ROWS += [(name, "too long", "长" * 61, "长" * 61, name) for name in ("address", "east", "south", "west", "north", "conversion")]
ROWS += [(name, "too long", "长" * 201, "长" * 201, name) for name in ("group_opinion", "village_opinion")]
ROWS += [(name, "no choice", "moon", "moon", name) for name in ("reason", "old_disposal", "land", "channel")]
ROWS += [
    ("village", "no division", "999999999999", "999999999999", "village"),
    ("village", "a township", "532327101000", "532327101000", "village"),
    ("village", "words", "永定镇", "永定镇", "village"),
    ("id_card", "of a wrong check digit", "532327198001010010", "532327198001010010", "id_card"),
    ("id_card", "too short", "53232719800101", "53232719800101", "id_card"),
    ("id_card", "of no such day", "532327198013010017", "532327198013010017", "id_card"),
    ("phone", "too short", "1398765432", "1398765432", "phone"),
    ("phone", "letters", "1398765432a", "1398765432a", "phone"),
    ("applicant", "with a control character", "李\u0007福", "李\u0007福", "applicant"),
    ("applicant", "that turns the direction of what follows", "李\u202e阿福", "李\u202e阿福", "applicant"),
    ("applicant", "with a character of no width", "李\u200b阿福", "李\u200b阿福", "applicant"),
    ("address", "that turns the direction of what follows", "三组\u2067大坪子", "三组\u2067大坪子", "address"),
    ("address", "over a line of its own", "三组\u2028大坪子", "三组\u2028大坪子", "address"),
    ("members", "of a person whose name turns the direction",
     [{"name": "李\u202d小红", "id_card": id_card(9), "relation": "配偶"}], None, "members.0.name"),
    ("height", "nought with two storeys", "0", "0", "height"),
    ("height", "too low for two storeys", "4.39", "4.39", "height"),
    ("floor_area", "nought", "0", "0", "floor_area"),
    ("storeys", "nought", 0, "0", "storeys"),
    ("storeys", "ten", 10, "10", "storeys"),
    ("storeys", "a fraction", 1.5, "1.5", "storeys"),
    ("storeys", "a text", "2", None, "storeys"),
    ("commitment", "not given", False, None, "commitment"),
    ("commitment", "a number", 1, None, "commitment"),
    ("neighbours_consulted", "a text", "yes", None, "neighbours_consulted"),
    ("members", "no list", "李小红", None, "members"),
    ("members", "of a person without a card", [{"name": "李小红", "relation": "配偶"}], None, "members.0.id_card"),
    ("members", "of a person with a wrong card", [{"name": "李小红", "id_card": "1", "relation": "配偶"}], None, "members.0.id_card"),
    ("members", "of a person with an unknown field",
     [{"name": "李小红", "id_card": id_card(9), "relation": "配偶", "age": 3}], None, "members.0.age"),
    ("site_area", "not the sum of its parts", "121", "121", "site_area"),
    ("colour", "not on the form", "red", "red", "colour"),
]


def as_form(fields):
    pairs = {}
    for name, value in fields.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                pairs.update({f"{name}.{number}.{key}": text for key, text in row.items()})
        elif isinstance(value, bool):
            pairs[name] = "true" if value else "false"
        else:
            pairs[name] = value
    return pairs


def changed(fields, name, value):
    fields = dict(fields)
    fields.pop(name, None)
    return fields if value is MISSING else {**fields, name: value}


def rows_of(z, session):
    return len(z.get("/p/approvals/cases", as_=session, query={"limit": 200}).json["items"])


def check_errors(reply, field):
    refused(reply, 422, "invalid")
    errors = reply.json["errors"]
    same([error["field"] for error in errors], [field], reply)
    check(any("\u4e00" <= c <= "\u9fff" for c in errors[0]["title"]), reply)
    check(errors[0]["title_en"] and errors[0]["title_en"].isascii() and errors[0]["code"], reply)


def fields(t, z, session):
    good = application(1)
    form = as_form(good)
    before = rows_of(z, session)
    for name, fault, json, text, named in ROWS:
        with t.case(f"{name} {fault}: 422 names {named} and nothing else, and nothing is kept"):
            check_errors(z.post(PATH, json=changed(good, name, json)), named)
            if text is not None:
                check_errors(z.post(PATH, form=changed(form, name, text)), named)
            same(rows_of(z, session), before)
    with t.case("a browser is shown the form again, with what was typed, and the field that is wrong"):
        reply = z.post(PATH, form=changed(form, "phone", "12"), headers={"Accept": "text/html"})
        same(reply.status, 422)
        check('value="李阿福"' in reply.text and 'id="f-phone"' in reply.text and "aria-invalid" in reply.text, reply.text)
        same(rows_of(z, session), before)
    with t.case("a division of another level: the error says which level is wanted and which it is"):
        title = z.post(PATH, json={**good, "village": "532327000000"}).json["errors"][0]["title"]
        check("应为村级" in title and "“永仁县”是县级" in title, title)
    with t.case("a number in the path that no row has is one error, not also missing"):
        reply = z.get("/p/approvals/cases/-1", as_=session)
        refused(reply, 422, "invalid")
        same([(error["field"], error["code"]) for error in reply.json["errors"]], [("id", "out-of-range")], reply)
    with t.case("two wrong fields are both named, in the form's order"):
        reply = z.post(PATH, json={**good, "phone": "1", "applicant": ""})
        same([error["field"] for error in reply.json["errors"]], ["applicant", "phone"])


def broken(t, z, session):
    rows = [
        ("an object cut short", b'{"village": "532327101003",\n "applicant": ', 2),
        ("a missing colon", b'{\n\n  "village" "5"}', 3),
        ("a key twice", b'{"village": "1",\n "village": "2"}', 2),
        ("bytes that are not UTF-8", b'{"applicant":\n "\xff\xfe"}', 2),
        ("something after the end", b'{}\n{}', 2),
        ("single quotes", b"{'village': 1}", 1),
        ("NaN", b'{"storeys": NaN}', 1),
        ("a number beyond 64 bits", b'{"storeys":\n\n1000000000000000000000}', 3),
        ("NUL in a text", b'{"applicant": "\\u0000"}', 1),
    ]
    before = rows_of(z, session)
    for fault, body, line in rows:
        with t.case(f"JSON with {fault} is refused with line and column"):
            reply = z.request("POST", PATH, body, {"Content-Type": "application/json"})
            check(reply.status in (400, 422), reply)
            title = reply.json["errors"][0]["title"]
            check(f"第 {line} 行" in title and "列" in title, reply)
    for fault, body in (("a list", b"[]"), ("a text", b'"x"'), ("a number", b"1"), ("nothing", b""), ("null", b"null"),
                        ("brackets without end", b"[" * 100000)):
        with t.case(f"a body that is {fault} is refused"):
            same(z.request("POST", PATH, body, {"Content-Type": "application/json"}).status, 422)
    with t.case("bodies of other kinds are 415"):
        for kind in ("text/plain", "application/xml", "application/json-patch+json", "image/png"):
            refused(z.request("POST", PATH, b"{}", {"Content-Type": kind}), 415, "unsupported-media-type")
    with t.case("a form with broken escapes or NUL is refused"):
        for body in (b"village=%zz", b"village=%", b"village=%00", b"village=%ff%fe", b"a&" * 3000):
            reply = z.request("POST", PATH, body, {"Content-Type": "application/x-www-form-urlencoded"})
            check(reply.status in (400, 413, 422), (body[:20], reply))
    with t.case("nothing of all that was kept"):
        same(rows_of(z, session), before)


def keys(t, z, session):
    key = "K7kXQ2mZr9TtYw4LcNvB8hJd"
    before = rows_of(z, session)
    with t.case("the same key with the same body: one answer, byte for byte, and one row"):
        first, again = (z.post(PATH, json=application(30), key=key) for _ in range(2))
        same((first.status, again.status, again.body), (201, 201, first.body))
        same(again.header("location"), first.header("location"))
        same(rows_of(z, session), before + 1)
    with t.case("the same key with another body: 422, and no other row"):
        refused(z.post(PATH, json=application(31), key=key), 422)
        same(rows_of(z, session), before + 1)
    with t.case("an anonymous key that can be guessed: 400"):
        for short in ("1", "a" * 21):
            refused(z.post(PATH, json=application(32), key=short), 400, "bad-idempotency-key")
        same(rows_of(z, session), before + 1)
    with t.case("a key that is no key: 400"):
        for bad in ("x" * 129, "two words and some more of it", "schlüssel-schlüssel-schlüssel"):
            refused(z.request("POST", PATH, b"{}", {"Content-Type": "application/json",
                                                    "Idempotency-Key": bad.encode("utf-8")}), 400)
    with t.case("a failed call may be repeated under its key"):
        other = "M3pXQ2mZr9TtYw4LcNvB8hJd"
        check_errors(z.post(PATH, json=application(33, phone="1"), key=other), "phone")
        same(z.post(PATH, json=application(33), key=other).status, 201)
        same(rows_of(z, session), before + 2)
    with t.case("staff keys are per account: another account with the same key does its own call"):
        one = z.post(PATH, json=application(34)).json["id"]
        accept = f"/p/approvals/cases/{one}/accept"
        done, again = (z.post(accept, json=PAPERS, as_=session, key="1") for _ in range(2))
        same((done.status, again.status, again.body), (200, 200, done.body))
        refused(z.post(accept, json={}, as_=z.login("window-532327102000"), key="1"), 404)
    with t.case("the form's own _key works like the header"):
        form = {**as_form(application(35)), "_key": "P3pXQ2mZr9TtYw4LcNvB8hJd"}
        first, again = (z.post(PATH, form=form) for _ in range(2))
        same((first.status, again.body), (201, first.body))
        same(rows_of(z, session), before + 4)


def run(t):
    with Zhend() as z:
        session = z.login("window-532327101000")
        with t.case("the application as it should be is taken, as JSON and as a form"):
            same(z.post(PATH, json=application(50)).status, 201)
            same(z.post(PATH, form=as_form(application(51))).status, 201)
        fields(t, z, session)
        broken(t, z, session)
        keys(t, z, session)
