# SPDX-License-Identifier: Apache-2.0
"""What one address may do without an account: so many applications, so many wrong codes; others are not locked out by it."""
import http.client
import json
import urllib.parse

from tap import check, refused, same
from zhend import Response, Zhend, application

HERE, THERE = "127.0.0.2", "127.0.0.3"
APPLY, TRACK = "/p/approvals/applications", "/p/approvals/track"
BROWSER = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(z, method, path, source, body=None, headers=None):
    """From an address of one's choosing."""
    connection = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60, source_address=(source, 0))
    try:
        sent = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
        connection.request(method, path, json.dumps(body).encode() if isinstance(body, dict) else body, sent)
        reply = connection.getresponse()
        return Response(reply.status, [(key.lower(), value) for key, value in reply.getheaders()], reply.read())
    finally:
        connection.close()


def throttled(reply, code, most_s):
    refused(reply, 429, code)
    check(0 < int(reply.header("retry-after")) <= most_s, reply.headers)
    check("秒后再试" in reply.json["title"] and "try again in" in reply.json["detail"], reply)


def file(z, source, number):
    return ask(z, "POST", APPLY, source, application(number))


def writes(t):
    limits = {"anonymous_writes_per_minute": 5, "anonymous_writes_per_hour": 300, "wrong_codes_per_minute": 4}
    with Zhend(settings={"limits": limits}) as z:
        with t.case("what is wrongly filled in uses nothing up"):
            for number in range(8):
                refused(ask(z, "POST", APPLY, HERE, {**application(1), "phone": "1"}), 422, "invalid")
        with t.case("an address files so many applications a minute without an account; then it is told when to come again"):
            for number in range(1, 6):
                same(file(z, HERE, number).status, 201)
            throttled(file(z, HERE, 6), "too-many-submissions", 60)
            throttled(ask(z, "POST", "/p/approvals/items/YB0101/guide", HERE, {}), "too-many-submissions", 60)
        with t.case("a browser is shown the same on its page"):
            form = urllib.parse.urlencode({"number": 1}).encode()
            reply = ask(z, "POST", APPLY, HERE, form, {**FORM, **BROWSER})
            same(reply.status, 429)
            check("秒后再试" in reply.text and reply.header("retry-after"), reply)
        with t.case("nothing of what was refused has a number, and another address files on"):
            reply = file(z, THERE, 7)
            same((reply.status, reply.json["number"].rsplit("-", 1)[1]), (201, "00006"), reply)
        with t.case("reading goes on, and so does whoever has an account at the same address"):
            same(ask(z, "GET", "/p/approvals/items", HERE).status, 200)
            session = z.login("window-532327101000")
            for number in range(8, 16):
                reply = ask(z, "POST", APPLY, HERE, application(number), {"Authorization": "Bearer " + session.token})
                same(reply.status, 201, reply)


def codes(t):
    limits = {"anonymous_writes_per_minute": 0, "anonymous_writes_per_hour": 0, "wrong_codes_per_minute": 4}
    with Zhend(settings={"limits": limits}) as z:
        filed = file(z, THERE, 1).json
        right = {"number": filed["number"], "code": filed["code"]}
        wrong = {**right, "code": "ABCDEFGHJKMN"}
        query = TRACK + "?" + urllib.parse.urlencode(wrong)
        with t.case("right codes are no guesses, however many, and neither is the page that asks for one"):
            for _ in range(10):
                same(ask(z, "POST", TRACK, HERE, right).status, 200)
                same(ask(z, "GET", TRACK, HERE).status, 200)
        with t.case("after so many wrong ones, in whatever way they are asked, the address learns nothing more, with the right one neither"):
            refused(ask(z, "POST", TRACK, HERE, wrong), 404, "not-found")
            refused(ask(z, "GET", query, HERE), 404, "not-found")
            refused(ask(z, "POST", "/p/approvals/track/retract", HERE, wrong), 404, "not-found")
            refused(ask(z, "POST", TRACK, HERE, urllib.parse.urlencode(wrong).encode(), FORM), 404, "not-found")
            for method, path, body in (("POST", TRACK, wrong), ("POST", TRACK, right), ("GET", query, None),
                                       ("POST", "/p/approvals/track/retract", right)):
                throttled(ask(z, method, path, HERE, body), "too-many-wrong-codes", 60)
        with t.case("the applicant at another address still sees the case, and it was not retracted"):
            reply = ask(z, "POST", TRACK, THERE, right)
            same((reply.status, reply.json["state"]), (200, "filed"))


def hours(t):
    limits = {"anonymous_writes_per_minute": 0, "anonymous_writes_per_hour": 3, "wrong_codes_per_minute": 0}
    with Zhend(settings={"limits": limits}, home="process") as z:
        with t.case("the hour has its own limit, and with 0 there is none of wrong codes"):
            for number in range(1, 4):
                same(file(z, HERE, number).status, 201)
            throttled(file(z, HERE, 4), "too-many-submissions", 3600)
            same(file(z, THERE, 4).status, 201)
            for _ in range(30):
                refused(ask(z, "POST", TRACK, HERE, {"number": "1", "code": "ABCDEFGHJKMN"}), 404, "not-found")


def run(t):
    writes(t)
    codes(t)
    hours(t)
