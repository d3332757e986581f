# SPDX-License-Identifier: Apache-2.0
"""Logins, sessions, and requests that a page of ours did not send."""
import re
import statistics
import time

from tap import check, refused, same
from zhend import PAPERS, PASSWORD, Session, Zhend, application

WINDOW = "window-532327101000"
CASES = "/p/approvals/cases"


def alike(one, other, hide=()):
    """Byte for byte, but for dates, request ids and what was typed in."""

    def shown(reply):
        text = reply.text
        for word in hide:
            text = text.replace(word, "…")
        text = re.sub(r'name="_key" value="[^"]*"', "", text)  # drawn anew with every form
        return reply.status, [pair for pair in reply.headers if pair[0] != "date"], text

    same(shown(one), shown(other))


def cookies(t, z):
    with t.case("the session's cookie is HttpOnly, SameSite, for the whole site and ends by itself"):
        reply = z.post("/login", json={"login": WINDOW, "password": PASSWORD})
        parts = [part.strip() for part in reply.header("set-cookie").split(";")]
        check(re.fullmatch(r"zhen_session=[A-Za-z0-9_-]{43}", parts[0]), parts)
        same(set(parts[1:]) - {"SameSite=Lax", "SameSite=Strict"}, {"HttpOnly", "Path=/", "Max-Age=43200"}, parts)
        check({"SameSite=Lax", "SameSite=Strict"} & set(parts), parts)
        same(reply.header("cache-control"), "no-store")
    with t.case("the form logs in, goes on to a page of ours, and never to another site"):
        for given, wanted in (("/p/approvals/cases", "/p/approvals/cases"), ("//evil.example/", "/"),
                              ("https://evil.example/", "/"), ("/\\evil.example", "/"), ("", "/"), ("javascript:alert(1)", "/")):
            reply = z.post("/login", form={"login": WINDOW, "password": PASSWORD, "next": given}, headers={"Accept": "text/html"})
            same((reply.status, reply.header("location")), (303, wanted), given)
            check(reply.header("set-cookie"), reply)
    with t.case("what a signed-in person is shown is kept by no cache"):
        same(z.page(CASES, as_=z.login(WINDOW)).header("cache-control"), "no-store")


def logout(t, z):
    with t.case("a session ends with its logout, as cookie and as bearer token"):
        session, other = z.login(WINDOW), z.login(WINDOW)
        bearer = {"Authorization": f"Bearer {session.token}"}
        same((z.get(CASES, as_=session).status, z.get(CASES, headers=bearer).status), (200, 200))
        reply = z.post("/logout", as_=session)
        same(reply.status, 204)
        check("Max-Age=0" in reply.header("set-cookie"), reply.headers)
        refused(z.get(CASES, as_=session), 401, "login-required")
        refused(z.get(CASES, headers=bearer), 401, "login-required")
        same(z.get(CASES, as_=other).status, 200, "the other session of the same account")


def cross_site(t, z):
    window = z.login(WINDOW)
    case = z.post("/p/approvals/applications", json=application(1)).json["id"]
    path = f"{CASES}/{case}/accept"
    no_token = Session(window.cookie, None, None)
    home = f"http://127.0.0.1:{z.port}"
    rows = [
        ("JSON without the token", {"json": {}, "as_": no_token}, "csrf"),
        ("a form without the token", {"form": {"a": ""}, "as_": no_token}, "csrf"),
        ("JSON with a wrong token", {"json": {}, "as_": Session(window.cookie, "A" * 24, None)}, "csrf"),
        ("a form with a wrong token", {"form": {"_csrf": "A" * 24}, "as_": no_token}, "csrf"),
        ("a form with another session's token", {"form": {"_csrf": z.login(WINDOW).csrf}, "as_": no_token}, "csrf"),
        ("the right token from another origin", {"json": {}, "as_": window, "headers": {"Origin": "http://evil.example"}}, "cross-site"),
        ("the right token from another port", {"json": {}, "as_": window, "headers": {"Origin": "http://127.0.0.1:1"}}, "cross-site"),
        ("the right token from a page without origin", {"json": {}, "as_": window, "headers": {"Origin": "null"}}, "cross-site"),
        ("the right token, sent by another site", {"json": {}, "as_": window, "headers": {"Sec-Fetch-Site": "cross-site"}}, "cross-site"),
        ("the right token, sent by a neighbour site", {"json": {}, "as_": window, "headers": {"Sec-Fetch-Site": "same-site"}}, "cross-site"),
        ("a form from our origin without the token", {"form": {"a": ""}, "as_": no_token, "headers": {"Origin": home}}, "csrf"),
    ]
    for sentence, sent, code in rows:
        with t.case(f"{sentence}: refused 403 {code}"):
            refused(z.post(path, **sent), 403, code)
            same(z.get(f"{CASES}/{case}", as_=window).json["state"], "filed")
    with t.case("login and logout are not to be had from another site either"):
        elsewhere = {"Origin": "http://evil.example"}
        refused(z.post("/login", json={"login": WINDOW, "password": PASSWORD}, headers=elsewhere), 403, "cross-site")
        refused(z.post("/logout", headers=elsewhere, as_=window), 403, "cross-site")
        same(z.get(CASES, as_=window).status, 200)
    with t.case("a page of ours, a form of ours and a bearer token get through"):
        for number, sent in enumerate([{"json": PAPERS, "as_": no_token, "headers": {"Sec-Fetch-Site": "same-origin"}},
                                       {"json": PAPERS, "as_": no_token, "headers": {"Origin": home}},
                                       {"form": {"_csrf": window.csrf, "papers": "true"}, "as_": no_token},
                                       {"json": PAPERS, "headers": {"Authorization": f"Bearer {window.token}"}}], 2):
            case = z.post("/p/approvals/applications", json=application(number)).json["id"]
            same(z.post(f"{CASES}/{case}/accept", **sent).status, 200, sent)


def same_refusals(t, z):
    fixed = {"X-Request-Id": "the-same"}
    with t.case("a wrong login and a wrong password are answered alike"):
        for accept in ("application/json", "text/html"):
            headers = {**fixed, "Accept": accept}
            wrong = [z.post("/login", form={"login": login, "password": "no-such-1"}, headers=headers)
                     for login in (WINDOW, "nobody-532327101000")]
            same(wrong[0].status, 401)
            alike(*wrong, hide=(WINDOW, "nobody-532327101000"))
    spent = {WINDOW: [], "nobody-532327101000": []}
    for login in list(spent) * 8:
        began = time.perf_counter()
        z.post("/login", json={"login": login, "password": "no-such-2"})
        spent[login].append(time.perf_counter() - began)
    t.note(f"time of a wrong password to that of a wrong login: {statistics.median(spent[WINDOW]) / statistics.median(spent['nobody-532327101000']):.2f}")

    filed = z.post("/p/approvals/applications", json=application(20)).json
    number, code, other = filed["number"], filed["code"], "532327101-2026-99999"
    for path, more in (("/p/approvals/track", {}), ("/p/approvals/track/materials", {"title": "身份证", "file": "0" * 64}),
                       ("/p/approvals/track/supplement", {"note": "补"})):
        for accept in ("application/json", "text/html"):
            for send in ("json", "form"):
                with t.case(f"{path}: a wrong number and a wrong code are answered alike ({send}, {accept})"):
                    headers = {**fixed, "Accept": accept}
                    pairs = [(number, "2" * len(code)), (other, code), (other, "2" * len(code))]
                    got = [z.post(path, **{send: {"number": one, "code": two, **more}}, headers=headers) for one, two in pairs]
                    check(got[0].status in (404, 422), got[0])
                    for reply in got[1:]:
                        alike(got[0], reply, hide=(number, other))
    with t.case("by GET, for tracking and for verifying, as well"):
        for path in ("/p/approvals/track", "/p/approvals/verify"):
            for accept in ("application/json", "text/html"):
                headers = {**fixed, "Accept": accept}
                got = [z.get(path, query={"number": one, "code": two}, headers=headers)
                       for one, two in ((number, "22222222"), (other, "22222222"), (other, "33333333"))]
                for reply in got[1:]:
                    alike(got[0], reply, hide=(number, other, "22222222", "33333333"))
    with t.case("the right pair is answered, so the cases above compare refusals"):
        same(z.post("/p/approvals/track", json={"number": number, "code": code}).json["number"], number)


def limits(t):
    with Zhend(settings={"access": {"login_per_minute": 3}}) as z:
        with t.case("after three wrong passwords the fourth try is 429 with Retry-After, even with the right one"):
            for _ in range(3):
                refused(z.post("/login", json={"login": WINDOW, "password": "wrong-pass"}), 401, "wrong-login")
            reply = z.post("/login", json={"login": WINDOW, "password": PASSWORD})
            refused(reply, 429, "too-many-logins")
            check(int(reply.header("retry-after")) > 0, reply.headers)
        with t.case("another account of the same office still gets in"):
            z.login("agriculture-532327101000")
        with t.case("one address guessing at many accounts is stopped too"):
            got = [z.post("/login", json={"login": f"guess-{n}", "password": "wrong-pass"}).status for n in range(9)]
            check(got[0] == 401 and got[-1] == 429, got)
        with t.case("an account that is not there is limited like one that is"):
            same({z.post("/login", json={"login": login, "password": "x"}).status for login in (WINDOW, "guess-0")}, {429})


def behind_proxy(t):
    public = "https://zhen.example"
    with Zhend(settings={"host": {"base_url": public}}) as z:
        with t.case("behind a proxy with TLS the cookie is Secure, and the public address is an origin of ours"):
            reply = z.post("/login", json={"login": WINDOW, "password": PASSWORD}, headers={"Origin": public})
            same(reply.status, 200, reply)
            check("; Secure" in reply.header("set-cookie"), reply.headers)
            refused(z.post("/login", json={"login": WINDOW, "password": PASSWORD}, headers={"Origin": public + ".evil.example"}),
                    403, "cross-site")


FORWARDED = (  # what a proxy sends on, and who has asked then
    ("198.51.100.7", "198.51.100.7"),
    ("198.51.100.7:4711", "198.51.100.7"),
    ("203.0.113.5, 198.51.100.7", "198.51.100.7"),  # the first was written by the client
    ("198.51.100.7, 127.0.0.1", "198.51.100.7"),    # two proxies of ours
    ("::ffff:1, 198.51.100.7", "198.51.100.7"),
    ("[2001:db8::7]:443", "2001:db8::7"),
    ("not an address", "127.0.0.1"),
)


def clients_of_proxy(t):
    def guess(z, client, login="guess"):
        return z.post("/login", json={"login": login, "password": "wrong-pass"}, headers={"X-Forwarded-For": client}).status

    def enters(z, client):
        return z.post("/login", json={"login": WINDOW, "password": PASSWORD}, headers={"X-Forwarded-For": client}).status

    for sent, means in FORWARDED:
        with Zhend(settings={"host": {"proxies": "127.0.0.1"}, "access": {"login_per_minute": 3}}) as z:
            with t.case(f"behind a proxy of ours, X-Forwarded-For “{sent}” is {means}, and only that address is limited"):
                same([guess(z, sent, f"guess-{n}") for n in range(12)][-1], 429)
                same((enters(z, means), enters(z, "192.0.2.9")), (429, 200))
    with Zhend(settings={"access": {"login_per_minute": 3}}) as z:
        with t.case("from anybody else X-Forwarded-For changes nothing"):
            same([guess(z, f"198.51.100.{n}", f"guess-{n}") for n in range(12)][-1], 429)
            same(enters(z, "192.0.2.9"), 429)
    with t.case("a proxy that is no address is refused at the start and named"):
        z = Zhend(settings={"host": {"proxies": "127.0.0.1; nginx"}})
        try:
            z.start()
        except RuntimeError as said:
            check("[host] proxies" in str(said) and "nginx" in str(said), said)
        else:
            check(False, "it started")
        finally:
            z.close()


def run(t):
    with Zhend(settings={"access": {"login_per_minute": 1000}}) as z:
        cookies(t, z)
        logout(t, z)
        cross_site(t, z)
        same_refusals(t, z)
    limits(t)
    behind_proxy(t)
    clients_of_proxy(t)
