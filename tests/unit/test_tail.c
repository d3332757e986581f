/* SPDX-License-Identifier: Apache-2.0
 * Readers outside, on a publisher's real database. */
#include "store_fixture.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "bus/tail.h"

#define DEADLINE_US (20 * G_TIME_SPAN_SECOND)

static const zhen_field fields[] = {
	{ .name = "n", .type = ZHEN_INT },
	{ .name = "place", .type = ZHEN_DIVISION },
	{ .name = "padding", .type = ZHEN_LONG_TEXT },
	{ 0 },
};
static zhen_topic topics[] = {
	{ .name = "notes.one", .fields = fields, .scope = "place", .permission = "notes.read" },
	{ .name = "notes.two", .fields = fields, .scope = "place" },
};
static const Plugin plugin = { .id = "notes", .version = "1.0.0", .topics = topics, .n_topics = G_N_ELEMENTS(topics) };

typedef struct World {
	Fixture store;
	Divisions *divisions;
	char *tree;
	Tails *tails;
	gint64 next;
} World;

static World world_new(void)
{
	World w = { .store = fixture(), .next = 1 };
	g_autoptr(GError) error = NULL;

	w.tree = g_build_filename(w.store.dir, "tree.csv", NULL);
	cr_assert(g_file_set_contents(w.tree,
	                              "code,name,level,parent\n532300000000,州,prefecture,\n532327000000,永仁县,county,532300000000\n"
	                              "532327101000,永定镇,township,532327000000\n",
	                              -1, NULL));
	w.divisions = divisions_load((const char *const[]){ w.tree, NULL }, &error);
	cr_assert_not_null(w.divisions, "%s", error != NULL ? error->message : "");
	w.tails = tails_new(w.store.host, w.divisions);
	tails_add(w.tails, &plugin, store_dir(w.store.store));
	tails_start(w.tails);
	return w;
}

static void world_clear(World *w)
{
	tails_free(w->tails);
	divisions_free(w->divisions);
	g_free(w->tree);
	fixture_clear(&w->store);
}

static void emit_raw(World *w, const char *topic, const char *body)
{
	g_autofree char *sql = g_strdup_printf("INSERT INTO _event(topic, subject, division, at, body) "
	                                       "VALUES('%s', '', '532327101000', 1789695000000, '%s')", topic, body);

	write_ok(&w->store, STORE_HOST, sql);
}

/* The same with a thousand bytes in each. */
static void emit_large(World *w, guint count)
{
	g_autofree char *padding = g_strnfill(1000, 'x');

	for (guint i = 0; i < count; i++) {
		g_autofree char *body =
			g_strdup_printf("{\"n\":%" G_GINT64_FORMAT ",\"place\":\"532327101000\",\"padding\":\"%s\"}",
		                        w->next++, padding);

		emit_raw(w, "notes.one", body);
	}
	tails_wake(w->tails, &plugin);
}

/* Consecutive numbers, then a wake as a COMMIT gives it. */
static void emit(World *w, const char *topic, guint count)
{
	g_autoptr(GString) sql = g_string_new("INSERT INTO _event(topic, subject, division, at, body) VALUES");

	for (guint i = 0; i < count; i++)
		g_string_append_printf(sql, "%s('%s', '', '532327101000', 1789695000000, '{\"n\":%" G_GINT64_FORMAT
		                            ",\"place\":\"532327101000\"}')",
		                       i > 0 ? "," : "", topic, w->next++);
	write_ok(&w->store, STORE_HOST, sql->str);
	tails_wake(w->tails, &plugin);
}

/* ---- somebody who reads ---- */

typedef struct Follower {
	GMutex lock;
	GCond come;
	TailReader *reader;
	GString *text;       /* all that came */
	guint pieces, largest;
	gboolean held;       /* asks for no more by itself */
	gboolean waits, left;
	guint refused;       /* may answers no for events below this number */
	char last_id[TAIL_FROM_MAX + 1];
} Follower;

static void on_piece(void *data, GString *text)
{
	Follower *f = data;

	g_mutex_lock(&f->lock);
	g_string_append_len(f->text, text->str, (gssize)text->len);
	f->largest = MAX(f->largest, (guint)text->len);
	f->pieces++;
	f->waits = f->held;
	g_cond_signal(&f->come);
	if (!f->held)
		tail_more(f->reader);
	g_mutex_unlock(&f->lock);
	g_string_free(text, TRUE);
}

static void on_left(void *data)
{
	Follower *f = data;

	g_mutex_lock(&f->lock);
	f->left = TRUE;
	g_cond_signal(&f->come);
	g_mutex_unlock(&f->lock);
}

static gboolean on_may(void *data, const Plugin *publisher, const zhen_topic *topic, const LogEvent *event)
{
	const Follower *f = data;

	(void)publisher, (void)topic;
	return event->position.seq >= f->refused;
}

static void follow(World *w, Follower *f, TailOptions options)
{
	g_mutex_init(&f->lock);
	g_cond_init(&f->come);
	f->text = g_string_new(NULL);
	options.piece = on_piece;
	options.left = on_left;
	options.data = f;
	g_mutex_lock(&f->lock);
	f->reader = tail_join(w->tails, &options);
	g_mutex_unlock(&f->lock);
}

/* Under the lock: numbers of the events that came, one after the other. */
static GArray *numbers_of(const Follower *f)
{
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	const char *at = f->text->str;

	while ((at = strstr(at, "\"data\":{\"n\":")) != NULL) {
		gint64 number = g_ascii_strtoll(at + 12, NULL, 10);

		g_array_append_val(numbers, number);
		at++;
	}
	return numbers;
}

static gboolean wait_text(Follower *f, const char *text, guint times)
{
	const gint64 until = g_get_monotonic_time() + DEADLINE_US;
	guint found = 0;

	g_mutex_lock(&f->lock);
	do {
		found = 0;
		for (const char *at = f->text->str; (at = strstr(at, text)) != NULL; at++)
			found++;
	} while (found < times && g_cond_wait_until(&f->come, &f->lock, until));
	g_mutex_unlock(&f->lock);
	return found >= times;
}

static gboolean wait_events(Follower *f, guint count)
{
	return wait_text(f, "\"specversion\"", count);
}

static void unfollow(Follower *f)
{
	const gint64 until = g_get_monotonic_time() + DEADLINE_US;
	const char *id;

	tail_leave(f->reader);
	g_mutex_lock(&f->lock);
	while (!f->left && g_cond_wait_until(&f->come, &f->lock, until))
		continue;
	g_mutex_unlock(&f->lock);
	cr_assert(f->left);
	id = g_strrstr(f->text->str, "id: ");
	if (id != NULL)
		g_strlcpy(f->last_id, id + 4, MIN(strcspn(id + 4, "\n") + 1, sizeof(f->last_id)));
}

static void follower_clear(Follower *f)
{
	g_string_free(f->text, TRUE);
	g_mutex_clear(&f->lock);
	g_cond_clear(&f->come);
}

static void expect_numbers(const Follower *f, gint64 first, guint count)
{
	g_autoptr(GArray) numbers = numbers_of(f);

	cr_expect_eq(numbers->len, count, "%u events instead of %u", numbers->len, count);
	for (guint i = 0; i < numbers->len; i++)
		if (g_array_index(numbers, gint64, i) != first + i) {
			cr_expect_fail("event %u is %" G_GINT64_FORMAT, i, g_array_index(numbers, gint64, i));
			return;
		}
}

/* ---- tests ---- */

Test(tail, without_a_position_only_what_is_new_comes)
{
	World w = world_new();
	Follower f = { 0 };

	emit(&w, "notes.one", 5);
	follow(&w, &f, (TailOptions){ .sse = TRUE });
	cr_assert(wait_text(&f, "retry: 2000\nid: notes:", 1));
	emit(&w, "notes.one", 3);
	cr_assert(wait_events(&f, 3));
	unfollow(&f);
	expect_numbers(&f, 6, 3);
	follower_clear(&f);
	world_clear(&w);
}

Test(tail, who_comes_back_gets_each_event_once)
{
	World w = world_new();
	g_autofree char *from = g_strdup("");
	guint seen = 0;

	for (guint round = 0; round < 12; round++) {
		Follower f = { 0 };

		emit(&w, "notes.one", 40);
		follow(&w, &f, (TailOptions){ .sse = TRUE, .from = from, .whole = TRUE });
		emit(&w, "notes.one", 20);
		cr_assert(wait_events(&f, 1 + round % 30));
		unfollow(&f);
		g_autoptr(GArray) numbers = numbers_of(&f);
		expect_numbers(&f, seen + 1, numbers->len);
		seen += numbers->len;
		g_free(from);
		from = g_strdup(f.last_id);
		follower_clear(&f);
	}
	Follower rest = { 0 };
	follow(&w, &rest, (TailOptions){ .from = from });
	cr_assert(wait_events(&rest, (guint)w.next - 1 - seen));
	unfollow(&rest);
	expect_numbers(&rest, seen + 1, (guint)w.next - 1 - seen);
	follower_clear(&rest);
	world_clear(&w);
}

Test(tail, the_first_id_stands_before_the_first_event)
{
	World w = world_new();
	Follower f = { 0 };

	emit(&w, "notes.one", 5);
	follow(&w, &f, (TailOptions){ .sse = TRUE, .from = "" });
	cr_assert(wait_events(&f, 5));
	unfollow(&f);
	/* "retry: 2000\nid: notes:<epoch>-0\n" */
	const char *id = strstr(f.text->str, "id: ");
	const char *dash = strchr(id, '-');
	cr_expect(g_str_has_prefix(dash, "-0\n"), "%.60s", id);
	follower_clear(&f);
	world_clear(&w);
}

Test(tail, all_who_follow_get_the_same_wherever_they_are)
{
	World w = world_new();
	Follower f[6] = { 0 };

	emit(&w, "notes.one", 700);
	for (guint i = 0; i < G_N_ELEMENTS(f); i++)
		follow(&w, &f[i], (TailOptions){ .sse = TRUE, .from = i < 3 ? "" : NULL });
	for (guint i = 0; i < G_N_ELEMENTS(f); i++)
		cr_assert(wait_text(&f[i], "retry", 1));
	for (guint i = 0; i < 3; i++)
		cr_assert(wait_events(&f[i], 700));
	for (guint i = 0; i < 30; i++)
		emit(&w, "notes.one", 10);
	for (guint i = 0; i < G_N_ELEMENTS(f); i++) {
		cr_assert(wait_text(&f[i], "\"n\":1000,", 1), "follower %u", i);
		unfollow(&f[i]);
		g_autoptr(GArray) numbers = numbers_of(&f[i]);
		if (i < 3)
			expect_numbers(&f[i], 1, 1000);
		else
			expect_numbers(&f[i], 1001 - numbers->len, numbers->len);
		follower_clear(&f[i]);
	}
	world_clear(&w);
}

Test(tail, who_does_not_take_gets_one_piece_of_bounded_size)
{
	World w = world_new();
	Follower slow = { .held = TRUE }, quick = { 0 };

	emit_large(&w, 200);
	emit(&w, "notes.one", 1800);
	follow(&w, &slow, (TailOptions){ .from = "" });
	follow(&w, &quick, (TailOptions){ .from = "" });
	cr_assert(wait_events(&quick, 2000));
	g_mutex_lock(&slow.lock);
	cr_expect_eq(slow.pieces, 1);
	cr_expect_lt(slow.largest, 64 * 1024);
	slow.held = FALSE;
	g_mutex_unlock(&slow.lock);
	tail_more(slow.reader);
	cr_assert(wait_events(&slow, 2000));
	unfollow(&slow);
	unfollow(&quick);
	expect_numbers(&slow, 1, 2000);
	follower_clear(&slow);
	follower_clear(&quick);
	world_clear(&w);
}

Test(tail, only_the_topics_asked_for_come_and_only_what_may)
{
	static const char *const asked[] = { "notes.two", NULL };
	World w = world_new();
	Follower two = { 0 }, late = { .refused = 15 };

	emit(&w, "notes.one", 10);
	emit(&w, "notes.two", 10);
	follow(&w, &two, (TailOptions){ .from = "", .topics = asked });
	follow(&w, &late, (TailOptions){ .from = "", .may = on_may });
	cr_assert(wait_text(&two, "\"n\":20,", 1));
	cr_assert(wait_text(&late, "\"n\":20,", 1));
	unfollow(&two);
	unfollow(&late);
	expect_numbers(&two, 11, 10);
	expect_numbers(&late, 15, 6);
	follower_clear(&two);
	follower_clear(&late);
	world_clear(&w);
}

Test(tail, what_its_topic_does_not_declare_stays_inside)
{
	static const struct {
		const char *topic, *body;
	} rows[] = {
		{ "notes.one", "{\"n\":\"x\",\"place\":\"532327101000\"}" },  { "notes.one", "not json" },
		{ "notes.other", "{\"n\":1}" },                               { "notes.one", "[1]" },
		{ "notes.one", "{\"n\":0,\"more\":2,\"place\":\"532327101000\"}" },
		{ "notes.one", "{\"n\":1,\"place\":\"532300000000\"}" },
	};
	World w = world_new();
	Follower f = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		emit_raw(&w, rows[i].topic, rows[i].body);
	emit(&w, "notes.one", 1);
	follow(&w, &f, (TailOptions){ .from = "" });
	cr_assert(wait_text(&f, "\"n\":1,", 1));
	unfollow(&f);
	expect_numbers(&f, 0, 2);
	cr_expect_null(strstr(f.text->str, "more"), "a field that was taken back is not shown");
	follower_clear(&f);
	world_clear(&w);
}

Test(tail, a_position_that_cannot_be_resumed_is_told_and_new_events_follow)
{
	static const char *const rows[] = { "notes:1-3", "gone:1-3,notes:1-9" };
	World w = world_new();
	char beyond[80];
	gint64 epoch;

	emit(&w, "notes.one", 5);
	epoch = read_int(&w.store, STORE_HOST, "SELECT value FROM _meta WHERE name = 'epoch'");
	g_snprintf(beyond, sizeof(beyond), "notes:%" G_GINT64_MODIFIER "x-99", (guint64)epoch);
	for (guint i = 0; i <= G_N_ELEMENTS(rows); i++) {
		Follower f = { 0 };
		const gint64 first = w.next;

		follow(&w, &f, (TailOptions){ .sse = TRUE, .from = i < G_N_ELEMENTS(rows) ? rows[i] : beyond, .whole = TRUE });
		cr_assert(wait_text(&f, "event: reset\ndata: {", 1));
		emit(&w, "notes.one", 2);
		cr_assert(wait_events(&f, 2));
		unfollow(&f);
		expect_numbers(&f, first, 2);
		cr_expect_not_null(strstr(f.text->str, "\"plugin\":\"notes\""));
		follower_clear(&f);
	}
	world_clear(&w);
}

static zhen_topic other_topics[] = { { .name = "other.one", .fields = fields } };
static const Plugin other = { .id = "other", .version = "1.0.0", .topics = other_topics, .n_topics = G_N_ELEMENTS(other_topics) };

/* How much others publish is nothing to who may not read it. */
Test(tail, an_id_names_those_alone_whose_topics_were_asked_for)
{
	static const char *const asked[] = { "notes.one", NULL };
	World w = world_new();
	Follower one = { 0 }, all = { 0 };

	tails_free(w.tails);
	w.tails = tails_new(w.store.host, w.divisions);
	tails_add(w.tails, &plugin, store_dir(w.store.store));
	tails_add(w.tails, &other, store_dir(w.store.store));
	tails_start(w.tails);
	emit(&w, "notes.one", 3);
	follow(&w, &one, (TailOptions){ .sse = TRUE, .topics = asked, .from = "" });
	follow(&w, &all, (TailOptions){ .sse = TRUE, .from = "" });
	cr_assert(wait_events(&one, 3));
	cr_assert(wait_events(&all, 3));
	unfollow(&one);
	unfollow(&all);
	cr_expect(strstr(one.text->str, "other:") == NULL, "%.200s", one.text->str);
	cr_expect(strstr(all.text->str, "other:") != NULL, "%.200s", all.text->str);
	follower_clear(&one);
	follower_clear(&all);
	world_clear(&w);
}

Test(tail, a_log_that_was_not_there_when_the_reader_came_is_told_when_it_is)
{
	World w = world_new();
	g_autofree char *db = g_build_filename(store_dir(w.store.store), "data.db", NULL);
	g_autofree char *aside = g_strconcat(db, ".aside", NULL);
	Follower f = { 0 };

	log_set_level(0);
	emit(&w, "notes.one", 1);
	cr_assert_eq(rename(db, aside), 0);
	follow(&w, &f, (TailOptions){ .sse = TRUE });
	cr_assert(wait_text(&f, "retry", 1));
	cr_assert_eq(rename(aside, db), 0);
	tails_wake(w.tails, &plugin);
	cr_assert(wait_text(&f, "event: reset", 1));
	emit(&w, "notes.one", 1);
	cr_assert(wait_text(&f, "\"n\":2,", 1));
	unfollow(&f);
	follower_clear(&f);
	world_clear(&w);
}

Test(tail, positions_are_looked_at_before_they_are_believed)
{
	static const struct {
		const char *from;
		gboolean valid;
	} rows[] = {
		{ "", TRUE },           { "notes:5f-17", TRUE },     { "notes:5f-17,other:1-0", TRUE }, { "notes", FALSE },
		{ "notes:", FALSE },    { "notes:5f", FALSE },       { "notes:5f-17,", FALSE },         { ":5f-17", FALSE },
		{ "no tes:1-1", FALSE }, { "notes:1-1\nid: 2", FALSE }, { "notes:g-1", FALSE },         { "a:1--1", FALSE },
		{ "a:1-99999999999999999999999999999999999999999999999999", FALSE },
	};
	g_autofree char *large = g_strnfill(TAIL_FROM_MAX + 1, 'a');

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_expect_eq(tail_from_valid(rows[i].from), rows[i].valid, "%s", rows[i].from);
	cr_expect_not(tail_from_valid(large));
}

Test(tail, readers_that_are_there_at_the_end_are_let_go)
{
	World w = world_new();
	Follower f = { .held = TRUE };

	emit(&w, "notes.one", 5);
	follow(&w, &f, (TailOptions){ .from = "" });
	cr_assert(wait_events(&f, 5));
	cr_expect_eq(tails_readers(w.tails), 1);
	world_clear(&w);
	cr_expect(f.left);
	follower_clear(&f);
}
