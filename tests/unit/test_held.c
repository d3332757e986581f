/* SPDX-License-Identifier: Apache-2.0
 * A subject of which too many events are set aside: what comes later of it waits in the log, the others go on, and in the end
 * each was handled once, in order. */
#include "events_fixture.h"

#define EVENTS 40
#define STEPS_MAX 2000

/* A publisher's log, and the bus that reads it from the cursors on. */
typedef struct Line {
	Sub sub;
	CallEvent events[EVENTS];
	char subjects[EVENTS][4], bodies[EVENTS][16];
	guint count; /* written so far */
} Line;

static void write_event(Line *line, const char *subject, gboolean ill)
{
	const guint i = line->count++;

	g_snprintf(line->subjects[i], sizeof line->subjects[i], "%s", subject);
	g_snprintf(line->bodies[i], sizeof line->bodies[i], "{\"n\":%d}", ill ? 2 : 1);
	line->events[i] = (CallEvent)EVENT(i + 1, line->subjects[i], "");
	line->events[i].body = line->bodies[i];
	line->events[i].body_length = strlen(line->bodies[i]);
}

/* One letter an event, its subject; in capitals it fails as long as refused_n is 2. */
static void write_all(Line *line, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const char subject[] = { g_ascii_tolower(*letters), '\0' };

		write_event(line, subject, g_ascii_isupper(*letters));
	}
}

static gint64 number(Sub *sub, const char *sql)
{
	g_autofree char *text = sub_sql(sub, sql);

	return g_ascii_strtoll(text, NULL, 10);
}

#define CURSOR "SELECT COALESCE(MIN(seq), 0) FROM _cursor WHERE publisher = 'pub'"

/* FALSE: it stands still. */
static gboolean deliver_some(Line *line, guint most)
{
	const gint64 at = number(&line->sub, CURSOR);
	const guint count = MIN(line->count - (guint)at, most);
	gint status = sub_deliver(&line->sub, &line->events[at], count, at, at + count);

	for (guint i = 0; status == 409 && i < count; i++)
		if (sub_deliver(&line->sub, &line->events[at + i], 1, at + i, at + i + 1) != 200)
			return FALSE;
	return status == 200 || status == 409;
}

static void deliver_rest(Line *line)
{
	for (guint i = 0; number(&line->sub, CURSOR) < line->count; i++)
		cr_assert(i < STEPS_MAX && deliver_some(line, EVENTS), "%s", line->sub.reply->body->str);
}

static void retry_first(Line *line)
{
	const gint64 id = number(&line->sub, "SELECT MIN(id) FROM _parked");

	if (id > 0)
		sub_parked(&line->sub, PARKED_RETRY, id);
}

static void line_open(Line *line, guint of_subject)
{
	const RuntimeEnv env = { .parked_of_subject = of_subject, .event_tries = 1 };

	memset(line, 0, sizeof *line);
	sub_open(&line->sub, &env);
	refused_n = 2;
}

static void expect_nothing_left(Sub *sub)
{
	HOLDS(sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(sub, "SELECT COUNT(*) FROM _held", "0 ");
	HOLDS(sub, "SELECT COUNT(*) FROM _reached", "0 ");
}

#define ORDER "SELECT substr(id, 7) FROM effect ORDER BY rowid"

Test(held, the_others_go_on_and_what_waited_comes_in_order_once)
{
	Line line;
	Sub *sub = &line.sub;

	line_open(&line, 2);
	write_all(&line, "aHbhchdhhe");
	deliver_rest(&line);
	cr_expect(sub_says(sub, "\"held\":5"), "%s", sub->reply->body->str);
	HOLDS(sub, ORDER, "1 3 5 7 10 ");
	HOLDS(sub, "SELECT seq || code FROM _parked ORDER BY id", "2not-now 4behind ");
	HOLDS(sub, "SELECT subject || seq || let_go FROM _held", "h50 ");
	write_all(&line, "hf");
	deliver_rest(&line);
	HOLDS(sub, ORDER, "1 3 5 7 10 12 ");
	HOLDS(sub, "SELECT COUNT(*) FROM _parked", "2 ");
	refused_n = 0;
	retry_first(&line);
	cr_expect_eq(number(sub, CURSOR), 5, "it went back");
	cr_expect_gt(g_atomic_int_get(&sub->emitted), 0, "the bus is told");
	deliver_rest(&line);
	HOLDS(sub, ORDER, "1 3 5 7 10 12 2 4 6 8 9 11 ");
	expect_nothing_left(sub);
	sub_close(sub);
}

Test(held, what_is_dropped_lets_go_too)
{
	Line line;

	line_open(&line, 1);
	write_all(&line, "Hhah");
	deliver_rest(&line);
	cr_expect_eq(sub_parked(&line.sub, PARKED_DROP, 1), 204);
	cr_expect_gt(g_atomic_int_get(&line.sub.emitted), 0, "the bus is told");
	deliver_rest(&line);
	HOLDS(&line.sub, ORDER, "3 2 4 ");
	expect_nothing_left(&line.sub);
	sub_close(&line.sub);
}

/* One of them fails again while what waited comes: the rest waits again. */
Test(held, who_fails_again_is_held_again)
{
	Line line;

	line_open(&line, 2);
	write_all(&line, "HhhHhhhxh");
	deliver_rest(&line);
	HOLDS(&line.sub, "SELECT seq FROM _held", "2 ");
	refused_n = 0;
	retry_first(&line);
	refused_n = 2;
	deliver_rest(&line);
	HOLDS(&line.sub, ORDER, "8 1 2 3 ");
	HOLDS(&line.sub, "SELECT subject || seq || let_go FROM _held", "h50 ");
	refused_n = 0;
	retry_first(&line);
	deliver_rest(&line);
	HOLDS(&line.sub, ORDER, "8 1 2 3 4 5 6 7 9 ");
	expect_nothing_left(&line.sub);
	sub_close(&line.sub);
}

/* Let go while another one that was let go is still coming: what that has had does not come to it again. */
Test(held, one_let_go_does_not_take_another_back)
{
	Line line;

	line_open(&line, 1);
	write_all(&line, "ABabababx");
	deliver_rest(&line);
	HOLDS(&line.sub, "SELECT subject || seq || let_go FROM _held ORDER BY subject", "a20 b30 ");
	refused_n = 0;
	retry_first(&line);
	cr_assert(deliver_some(&line, 3));
	HOLDS(&line.sub, ORDER, "9 1 3 5 ");
	retry_first(&line);
	HOLDS(&line.sub, "SELECT subject || seq || let_go FROM _held ORDER BY subject", "a51 b31 ");
	deliver_rest(&line);
	HOLDS(&line.sub, ORDER, "9 1 3 5 2 4 6 7 8 ");
	expect_nothing_left(&line.sub);
	sub_close(&line.sub);
}

/* All of the log again: nothing is passed over as had. */
Test(held, a_replay_gives_all_of_it_again)
{
	Line line;
	CallRequest request;

	line_open(&line, 1);
	write_all(&line, "Hhahb");
	deliver_rest(&line);
	refused_n = 0;
	request = sub_request(CALL_REWIND);
	request.index = REWIND_REPLAY;
	request.upto = AT(0);
	cr_expect_eq(sub_call(&line.sub, &request), 204);
	deliver_rest(&line);
	HOLDS(&line.sub, ORDER, "3 5 1 2 3 4 5 ");
	expect_nothing_left(&line.sub);
	sub_close(&line.sub);
}

/* Log, deliveries and retries in any order, with a limit that is reached all the time. */
static void one_history(guint32 seed)
{
	static const char *const names[] = { "", "a", "b", "c" };
	GRand *any = g_rand_new_with_seed(seed);
	Line line;

	line_open(&line, 1 + seed % 3);
	while (line.count < EVENTS || number(&line.sub, CURSOR) < line.count) {
		const gint act = g_rand_int_range(any, 0, 10);

		refused_n = g_rand_int_range(any, 0, 3) == 0 ? 0 : 2;
		for (gint n = g_rand_int_range(any, 0, 8); act < 4 && n > 0 && line.count < EVENTS; n--)
			write_event(&line, names[g_rand_int_range(any, 0, 4)], g_rand_int_range(any, 0, 4) == 0);
		if (act < 8)
			cr_assert(number(&line.sub, CURSOR) == line.count ||
			          deliver_some(&line, 1 + (guint)g_rand_int_range(any, 0, 12)));
		else
			retry_first(&line);
	}
	refused_n = 0;
	for (guint i = 0; i < STEPS_MAX && (number(&line.sub, "SELECT COUNT(*) FROM _parked") > 0 ||
	                                    number(&line.sub, CURSOR) < line.count);
	     i++) {
		retry_first(&line);
		deliver_rest(&line);
	}
	HOLDS(&line.sub, "SELECT COUNT(*) || '/' || COUNT(DISTINCT id) FROM effect", "40/40 ");
	HOLDS(&line.sub,
	      "SELECT COUNT(*) FROM effect a JOIN effect b ON b.subject = a.subject AND b.rowid > a.rowid AND "
	      "a.subject <> '' "
	      "AND CAST(substr(b.id, 7) AS INTEGER) < CAST(substr(a.id, 7) AS INTEGER)",
	      "0 ");
	expect_nothing_left(&line.sub);
	sub_close(&line.sub);
	g_rand_free(any);
}

Test(held, whatever_comes_in_whatever_order_each_is_handled_once_in_order)
{
	for (guint32 seed = 1; seed <= 15; seed++)
		one_history(seed);
}
