# SPDX-License-Identifier: Apache-2.0
"""Bytes as no client of ours sends them. Two readers that disagree where a request ends are a smuggled request: so whatever
can be read in two ways is refused and the connection closed, and what follows is never answered."""
import re
import socket
import time

from tap import check, same
from zhend import Zhend

HOST = b"Host: 127.0.0.1\r\n"
GOOD = b"GET /kernel/health HTTP/1.1\r\n" + HOST + b"\r\n"
NEXT = b"GET /p/approvals/items/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /p/approvals/track HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def get(target, *lines):
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"".join(lines) + b"\r\n"


# What is wrong, the bytes (a good request follows each)
REFUSED = [
    ("two lengths that differ", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    ("two equal lengths", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
    ("a list of lengths", POST + b"Content-Length: 2, 2\r\n\r\n{}"),
    ("a length with a sign", POST + b"Content-Length: +2\r\n\r\n{}"),
    ("a negative length", POST + b"Content-Length: -1\r\n\r\n{}"),
    ("a hexadecimal length", POST + b"Content-Length: 0x2\r\n\r\n{}"),
    ("an empty length", POST + b"Content-Length:\r\n\r\n{}"),
    ("a length beyond 64 bits", POST + b"Content-Length: 99999999999999999999\r\n\r\n{}"),
    ("a length and chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END),
    ("chunks and a length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + END),
    ("gzip, chunked", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + END),
    ("chunked, identity", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + END),
    ("identity", POST + b"Transfer-Encoding: identity\r\n\r\n" + END),
    ("xchunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + END),
    ("chunked twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + END),
    ("chunked after a vertical tab", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + END),
    ("a blank before the colon", POST + b"Transfer-Encoding : chunked\r\n\r\n" + END),
    ("a tab before the colon", POST + b"Content-Length\t: 2\r\n\r\n{}"),
    ("chunks in HTTP/1.0", CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + END),
    ("a bare LF after the request line", b"GET /kernel/health HTTP/1.1\n" + HOST + b"\r\n"),
    ("a bare LF after a header", b"GET /kernel/health HTTP/1.1\r\nHost: x\nX: y\r\n\r\n"),
    ("a bare LF at the end of the head", b"GET /kernel/health HTTP/1.1\r\nHost: x\r\n\n"),
    ("bare LF throughout", b"GET /kernel/health HTTP/1.1\nHost: x\n\n"),
    ("a bare CR in a header", get(b"/kernel/health", b"X: a\rContent-Length: 5\r\n")),
    ("NUL in a header", get(b"/kernel/health", b"X: a\0b\r\n")),
    ("NUL in a header's name", get(b"/kernel/health", b"X\0Y: a\r\n")),
    ("NUL in the target", get(b"/kernel/he\0alth")),
    ("NUL before the request", b"\0" + GOOD),
    ("an empty line before the request", b"\r\n" + GOOD),
    ("a folded header", get(b"/kernel/health", b"X: a\r\n b\r\n")),
    ("a folded header by tab", get(b"/kernel/health", b"X: a\r\n\tContent-Length: 5\r\n")),
    ("a fold as the first line", b"GET /kernel/health HTTP/1.1\r\n " + HOST + b"\r\n"),
    ("a header without a colon", get(b"/kernel/health", b"Nonsense\r\n")),
    ("a header without a name", get(b"/kernel/health", b": x\r\n")),
    ("a header whose name has a blank", get(b"/kernel/health", b"X Y: a\r\n")),
    ("two hosts", get(b"/kernel/health", b"Host: elsewhere\r\n")),
    ("two equal hosts", get(b"/kernel/health", HOST)),
    ("no host", b"GET /kernel/health HTTP/1.1\r\n\r\n"),
    ("an empty host", b"GET /kernel/health HTTP/1.1\r\nHost:\r\n\r\n"),
    ("a host with a path", b"GET /kernel/health HTTP/1.1\r\nHost: x/y\r\n\r\n"),
    ("a host with a user", b"GET /kernel/health HTTP/1.1\r\nHost: a@b\r\n\r\n"),
    ("the whole address of another host", get(b"http://elsewhere/kernel/health")),
    ("the whole address by another scheme", get(b"ftp://127.0.0.1/kernel/health")),
    ("an authority", b"CONNECT elsewhere:443 HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a target that is no path", get(b"kernel/health")),
    ("two blanks in the request line", b"GET  /kernel/health HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a tab in the request line", b"GET\t/kernel/health HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a blank after the version", b"GET /kernel/health HTTP/1.1 \r\n" + HOST + b"\r\n"),
    ("no version", b"GET /kernel/health\r\n" + HOST + b"\r\n"),
    ("a method in small letters", b"get /kernel/health HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("dot segments", get(b"/p/../kernel/health")),
    ("a dot segment at the end", get(b"/kernel/health/..")),
    ("a single dot segment", get(b"/kernel/./health")),
    ("encoded dot segments", get(b"/p/%2e%2e/kernel/health")),
    ("half-encoded dot segments", get(b"/p/.%2E/kernel/health")),
    ("an encoded slash", get(b"/kernel%2fhealth")),
    ("an encoded backslash", get(b"/kernel%5chealth")),
    ("a backslash", get(b"/kernel\\health")),
    ("an encoded NUL", get(b"/kernel/health%00")),
    ("an encoded line end", get(b"/kernel/health%0d%0aX:%20y")),
    ("an escape that is none", get(b"/kernel/%zz")),
    ("an escape cut short", get(b"/kernel/health%4")),
    ("bytes that are no UTF-8", get(b"/kernel/%ff%fe")),
    ("a surrogate", get(b"/kernel/%ed%a0%80")),
    ("a slash in too many bytes", get(b"/kernel/%c0%af")),
    ("raw bytes above ASCII", get("/审批".encode())),
    ("a fragment", get(b"/kernel/health#x")),
    ("a chunk size beyond 64 bits", CHUNKED + b"10000000000000002\r\n{}\r\n" + END),
    ("a chunk size of many noughts", CHUNKED + b"0" * 40 + b"2\r\n{}\r\n" + END),
    ("a negative chunk size", CHUNKED + b"-2\r\n{}\r\n" + END),
    ("a chunk size with 0x", CHUNKED + b"0x2\r\n{}\r\n" + END),
    ("a chunk size after a blank", CHUNKED + b" 2\r\n{}\r\n" + END),
    ("an empty chunk size", CHUNKED + b"\r\n{}\r\n" + END),
    ("a chunk extension", CHUNKED + b"2;x=1\r\n{}\r\n" + END),
    ("a bare LF in a chunk extension", CHUNKED + b"2;\nxx\r\n{}\r\n" + END),
    ("a bare LF after a chunk size", CHUNKED + b"2\n{}\r\n" + END),
    ("a chunk longer than it says", CHUNKED + b"2\r\n{}}\r\n" + END),
    ("a chunk without its line end", CHUNKED + b"2\r\n{}" + END),
    ("a chunk ended by a bare LF", CHUNKED + b"2\r\n{}\n" + END),
    ("a chunk ended by something and LF", CHUNKED + b"2\r\n{}x\n" + END),
    ("a last chunk ended by bare LF", CHUNKED + b"2\r\n{}\r\n0\n\n"),
    ("trailers", CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
    ("an expectation other than 100-continue", POST + b"Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}"),
    ("HTTP/1.2", GOOD.replace(b"1.1", b"1.2")),
    ("HTTP/2.0", GOOD.replace(b"1.1", b"2.0")),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64),
]

OTHERS = {"an expectation other than 100-continue": 417, "HTTP/1.2": 505, "HTTP/2.0": 505, "an authority": 501,
          "the preface of HTTP/2": 501}

# A good request, answered, and then this
AFTER_GOOD = [
    ("garbage", b"GARBAGE\r\n\r\n"),
    ("bytes that are no text", bytes(range(128, 256))),
    ("an empty line", b"\r\n" + GOOD),
    ("a request with two hosts", get(b"/kernel/health", b"Host: elsewhere\r\n")),
]


def statuses(answer):
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def one_refusal(z, sentence, sent):
    answer, closed = z.raw(sent + NEXT + NEXT)
    got = statuses(answer)
    # 400 and nothing else: a 404 or 422 would say that somebody made sense of it.
    same(got, [OTHERS.get(sentence, 400)], answer[:300])
    check(closed, "the connection stays open")
    check(b"connection: close" in answer.lower(), answer[:300])
    # In pieces it is the same.
    answer, closed = z.raw(*(sent[at:at + 37] for at in range(0, min(len(sent), 222), 37)), sent[222:] + NEXT, pause=0.01)
    same((statuses(answer), closed), (got, True), answer[:300])


def keep_alive(t, z):
    with t.case("three good requests sent at once are answered in order"):
        ids = (b"one", b"two", b"three")
        sent = b"".join(get(b"/kernel/health", b"X-Request-Id: " + name + b"\r\n") for name in ids)
        answer, _ = z.raw(sent, half_close=True)
        same((statuses(answer), re.findall(rb"(?i)x-request-id: (\w+)", answer)), ([200] * 3, list(ids)))
    with t.case("three with a body, the middle one refused by its handler, are answered in order"):
        bodies = [b'{"number": "1", "code": "2"}', b'{"number": 1}', b'{"number": "3", "code": "4"}']
        sent = b"".join(POST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
        answer, _ = z.raw(sent, half_close=True)
        same(statuses(answer), [404, 422, 404])
    with t.case("chunks in any pieces make the same body"):
        sent = CHUNKED + b"1\r\n{\r\n" + b"19\r\n\"number\": \"1\", \"code\": \"2\r\n2\r\n\"}\r\n" + END
        for pieces in ([sent], [sent[at:at + 3] for at in range(len(CHUNKED), len(sent), 3)]):
            answer, _ = z.raw(*([CHUNKED] + pieces if len(pieces) > 1 else pieces), half_close=True, pause=0.005)
            same(statuses(answer), [404], answer)
    with t.case("a GET with a body is refused, and its body is not taken for the next request"):
        answer, _ = z.raw(get(b"/kernel/health", b"Content-Length: %d\r\n" % len(NEXT)) + NEXT + GOOD, half_close=True)
        same(statuses(answer), [400, 200], answer[-300:])
    with t.case("a request of HTTP/1.0 without a host is answered and the connection closed"):
        answer, closed = z.raw(b"GET /kernel/health HTTP/1.0\r\n\r\n")
        same((statuses(answer), closed), ([200], True))
    with t.case("Connection: close is kept to"):
        answer, closed = z.raw(get(b"/kernel/health", b"Connection: close\r\n") + NEXT)
        same((statuses(answer), closed), ([200], True))
    with t.case("the whole address of this host is its path"):
        answer, _ = z.raw(get(b"http://127.0.0.1/kernel/health"), half_close=True)
        same(statuses(answer), [200])
    for sentence, rest in AFTER_GOOD:
        with t.case(f"a good request is answered, {sentence} after it is refused and ends the connection"):
            answer, closed = z.raw(GOOD + rest + NEXT)
            same((statuses(answer), closed), ([200, 400], True), answer[-300:])
    with t.case("bytes beyond the length are the next request, and no good one"):
        answer, closed = z.raw(POST + b"Content-Length: 2\r\n\r\n{}GARBAGE" + NEXT)
        same((statuses(answer), closed), ([422, 501], True), answer[-300:])  # "GARBAGEGET" is a method nobody knows


def head_and_expect(t, z):
    with t.case("HEAD has the head of GET and no body"):
        answer, _ = z.raw(b"HEAD /kernel/style.css HTTP/1.1\r\n" + HOST + b"\r\n" + GOOD, half_close=True)
        head, _, rest = answer.partition(b"\r\n\r\n")
        same(statuses(answer), [200, 200])
        check(rest.startswith(b"HTTP/1.1 200 "), rest[:100])
        full, _ = z.raw(b"GET /kernel/style.css HTTP/1.1\r\n" + HOST + b"\r\n", half_close=True)
        length = rb"(?i)content-length: (\d+)"
        same(re.search(length, head).group(1), re.search(length, full).group(1))
    with t.case("HEAD of what is not there has no body either"):
        answer, _ = z.raw(b"HEAD /nothing HTTP/1.1\r\n" + HOST + b"\r\n" + GOOD, half_close=True)
        same(statuses(answer), [404, 200])
        check(answer.partition(b"\r\n\r\n")[2].startswith(b"HTTP/1.1 200 "), answer)
    with t.case("who waits for 100 Continue is told so, then answered"):
        answer, _ = z.raw(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", b"{}", half_close=True)
        same(statuses(answer), [100, 422])
    with t.case("who would be refused is told so instead, and sends nothing"):
        answer, closed = z.raw(POST.replace(b"/track", b"/nothing") + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        same((statuses(answer), closed), ([404], True))


def limits(t, z):
    def cut(sentence, *pieces, wanted, within):
        with t.case(sentence):
            began = time.monotonic()
            answer, closed = z.raw(*pieces)
            spent = time.monotonic() - began
            same((statuses(answer), closed), (wanted, True), answer[:200])
            check(within[0] <= spent < within[1], f"{spent:.2f} s")

    drop = [b"X-%d: y\r\n" % number for number in range(400)]
    cut("a head that trickles in is cut when its second is over", b"GET / HTTP/1.1\r\n" + HOST, *drop, wanted=[408], within=(0.9, 30))
    cut("a head that never ends is cut as well", b"GET / HTTP/1.1\r\nHo", wanted=[408], within=(0.9, 5))
    cut("a body that never comes is cut", POST + b"Content-Length: 100\r\n\r\n{", wanted=[408], within=(0.9, 5))
    with t.case("a connection that asks nothing is closed without a word"):
        same(z.raw(b""), (b"", True))
    with t.case("others are answered while a hundred heads trickle"):
        slow = [socket.create_connection(("127.0.0.1", z.port)) for _ in range(100)]
        for one in slow:
            one.sendall(b"GET / HT")
        began = time.monotonic()
        same(z.get("/kernel/health").status, 200)
        check(time.monotonic() - began < 5, "held up")
        for one in slow:
            one.close()
    with t.case("a head over its limit is 431, by one line, by many lines, by its target"):
        for sent in (get(b"/", b"X: " + b"y" * 5000 + b"\r\n"), get(b"/", *drop), get(b"/" + b"y" * 5000), get(b"/", *drop[:70])):
            answer, closed = z.raw(sent + NEXT)
            same((statuses(answer), closed), ([431], True), answer[:200])
    with t.case("a body over its limit is 413, told by its length or by what came"):
        for sent in (POST + b"Content-Length: 9000\r\n\r\n", POST + b"Content-Length: 9000\r\n\r\n" + b"x" * 9000,
                     CHUNKED + b"2000\r\n" + b" " * 8192 + b"\r\n1\r\n{\r\n"):
            answer, closed = z.raw(sent + NEXT)
            same((statuses(answer), closed), ([413], True), answer[:200])


def crowd(t):
    with Zhend(settings={"limits": {"connections": 8}}) as z:
        with t.case("one connection too many is told 503 and closed; when another ends there is room again"):
            held = [socket.create_connection(("127.0.0.1", z.port)) for _ in range(8)]
            for one in held:  # each is accepted once it is answered
                one.sendall(GOOD)
                check(one.recv(65536).startswith(b"HTTP/1.1 200"), "not answered")
            answer, closed = z.raw(GOOD)
            same((statuses(answer), closed), ([503], True), answer)
            for one in held:
                one.close()
            deadline = time.monotonic() + 10
            while z.get("/kernel/health").status != 200:
                check(time.monotonic() < deadline, "no room")
            check(z.metrics()["zhen_http_refused_connections_total"] >= 1, "not counted")


def run(t):
    settings = {"limits": {"header_time": "1s", "body_time": "2s", "idle_time": "2s", "header_bytes": "4K", "body_bytes": "8K"}}
    with Zhend(settings=settings) as z:
        for sentence, sent in REFUSED:
            with t.case(f"{sentence}: refused, closed, and the next request never answered"):
                one_refusal(z, sentence, sent)
        keep_alive(t, z)
        head_and_expect(t, z)
        limits(t, z)
        with t.case("no smuggled request was ever looked at"):
            route = 'zhen_http_request_seconds_count{method="GET",route="/p/approvals/items/{code}"}'
            same(z.metrics().get(route), None)
            same(z.get("/p/approvals/items/smuggled").status, 404)
            same(z.metrics().get(route), 1)
    crowd(t)
