# SPDX-License-Identifier: Apache-2.0
"""Each clause of the oracle is seen to fail: a ledger that is right, and every way in which it may be wrong."""
import copy
import os
import sqlite3
import tempfile

import ledger
from harness import check
from ledger_load import Load, ring_host, settle

LAST = "(SELECT MAX(id) FROM effect)"
LAST_TOKEN = "(SELECT token FROM effect ORDER BY id DESC LIMIT 1)"
EVENT_OF_LAST = "FROM other._event WHERE body LIKE '%\"' || " + LAST_TOKEN + " || '\"%'"
PARK = ("INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, not_before, parked_at) "
        "SELECT 'ring_c', 1, seq, topic, subject, division, at, body, 'x', 'x', 1, 1, 1 " + EVENT_OF_LAST)
BACK_BY_ONE = "UPDATE _cursor SET seq = (SELECT MAX(seq) FROM other._event) - 1"
TWO = ("(SELECT MIN(id) FROM effect WHERE subject = 's-1')", "(SELECT MAX(id) FROM effect WHERE subject = 's-1')")

# what is wrong, the plugin, statements ("other" is its publisher), what the oracle must say
IN_DATABASES = (
    ("an effect twice", "ring_a", ("INSERT INTO effect(token, subject, division, n, place, event, at) SELECT token, subject, "
                                   "division, n, place + 1, event || 'x', at FROM effect WHERE id = " + LAST,),
     "has had its effect twice"),
    ("an effect is not there", "ring_a", ("DELETE FROM effect WHERE id = " + LAST,), "was passed over"),
    ("an effect of nothing", "ring_a", ("UPDATE effect SET token = 'alien' WHERE id = " + LAST,), "never passed on"),
    ("another subject", "ring_a", ("UPDATE effect SET subject = 'other', place = 1 WHERE id = " + LAST,), "was passed on as"),
    ("one event for two", "ring_a", ("UPDATE effect SET event = 'same' WHERE id >= " + LAST + " - 1",), "the id of one event"),
    ("out of order", "ring_a", ("UPDATE effect SET id = 100000000 WHERE id = " + TWO[0], "UPDATE effect SET place = place - 1 "
                                "WHERE subject = 's-1'", "UPDATE effect SET place = (SELECT COUNT(*) FROM effect WHERE subject = "
                                "'s-1') WHERE id = 100000000"), "came after a later one"),
    ("a place is left out", "ring_a", ("UPDATE effect SET place = place + 1 WHERE id = " + LAST,), "says that it is number"),
    ("the event is not handed on", "ring_b", ("DELETE FROM _event WHERE seq = (SELECT MAX(seq) FROM _event)",),
     "the events they hand on differ"),
    ("handed on without an effect", "ring_b", ("DELETE FROM effect WHERE id = " + LAST,), "the events they hand on differ"),
    ("published without a token", "ring_a", ("DELETE FROM token WHERE id = (SELECT MIN(id) FROM token)",),
     ("the events and the tokens differ", "acknowledged and lost")),
    ("a token twice", "ring_a", ("INSERT INTO token(token, subject, division, fail, at) SELECT token, subject, division, fail, at "
                                 "FROM token WHERE id = 1",), "stands twice"),
    ("another failure than sent", "ring_a", ("UPDATE token SET fail = fail + 1 WHERE id = 1",), "was sent as"),
    ("the cursor beyond its log", "ring_c", ("UPDATE _cursor SET seq = seq + 100000",), "beyond the end of the log"),
    ("the cursor of another epoch", "ring_c", ("UPDATE _cursor SET epoch = epoch + 1",), "is of epoch"),
    ("given, and the cursor stays", "ring_a", (BACK_BY_ONE,), "was given before"),
    ("not given yet", "ring_a", ("DELETE FROM effect WHERE token = (SELECT json_extract(body, '$.token') FROM other._event ORDER "
                                 "BY seq DESC LIMIT 1)", BACK_BY_ONE, "UPDATE effect SET place = (SELECT COUNT(*) FROM effect e "
                                 "WHERE e.subject = effect.subject AND e.id <= effect.id)"), "were never delivered"),
    ("parked and given", "ring_a", (PARK,), "is parked and has had its effect"),
    ("parked twice", "ring_a", (PARK, PARK), "is parked twice"),
    ("parked, of nobody", "ring_a", (PARK, "UPDATE _parked SET seq = seq + 5"), "a parked event"),
    ("still parked", "ring_a", (PARK, "DELETE FROM effect WHERE id = " + LAST), "still parked"),
    ("a later one goes by", "ring_a", (
        PARK.replace(LAST_TOKEN, "(SELECT token FROM effect WHERE id = %s)" % TWO[0]),
        "UPDATE effect SET place = place - 1 WHERE subject = 's-1'", "DELETE FROM effect WHERE id = " + TWO[0]),
     "a later one of subject"),
    ("the audit is changed", "ring_b", ("UPDATE _audit SET outcome = 201 WHERE seq = 1 + (SELECT MAX(seq) FROM _audit) / 2",
                                        "UPDATE _audit SET subject = 'x' WHERE seq = (SELECT MAX(seq) FROM _audit) / 2"), "audit row"),
)


def _lost(expected):
    expected.sent["ghost"] = ("", 0)
    expected.acked["ghost"] = 10 ** 9


def _unsent(expected):
    expected.sent.pop(next(iter(expected.acked)))


def _dropped(expected):
    token = next(token for token in expected.acked if token not in expected.dropping)
    expected.dropped.add(token)
    expected.dropping.add(token)


IN_LISTS = (("an acknowledged token is not there", _lost, "acknowledged and lost"),
            ("a token nobody sent", _unsent, "was never sent"),
            ("a dropped token is there", _dropped, "was dropped and is there"))


def judged(data, expected):
    try:
        ledger.check_settled(ledger.copied(data, {}), expected)
    except ledger.oracle.Lost as lost:
        return str(lost)
    return None


def seen(what, words, said):
    words = (words,) if isinstance(words, str) else words
    check(said is not None, "%s: not seen", what)
    check(any(word in said for word in words), "%s: seen for another reason: %s", what, said)


def damage(data, plugin, statements):
    publisher = dict(ledger.LINKS)[plugin]
    db = sqlite3.connect(os.path.join(data, "plugins", plugin, "data.db"), isolation_level=None)
    db.execute("ATTACH ? AS other", (os.path.join(data, "plugins", publisher, "data.db"),))
    for statement in statements:
        check(db.execute(statement).rowcount > 0, "changes nothing: %s", statement)
    db.close()


def all_seen(data, expected):
    """@data: of a host that came to rest and ended."""
    check(judged(data, expected) is None, "the ledger is not right to begin with: %s", judged(data, expected))
    for what, plugin, statements, words in IN_DATABASES:
        with tempfile.TemporaryDirectory(prefix="zhen-clause-", dir=ledger.fast_folder()) as place:
            ledger.copy_databases(data, place)
            damage(place, plugin, statements)
            seen(what, words, judged(place, expected))
    for what, change, words in IN_LISTS:
        wrong = copy.deepcopy(expected)
        change(wrong)
        seen(what, words, judged(data, wrong))
    return ["%d clauses, each seen to fail" % (len(IN_DATABASES) + len(IN_LISTS))]


def all_of_them(work, home):
    book = ledger.Book(os.path.join(work, "book"))
    with ring_host(work, home, record=False) as host:
        host.start()
        load = Load(host, book, "c").start()
        load.wait(200)
        load.stop()
        settle(host, book)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return all_seen(host.data, book.expected())
