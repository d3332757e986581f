/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl events`: links and how far they are, what waits or is given up in the subscribers. Their databases are read from
 * outside, whatever their home. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus/bus.h"
#include "daemon/events_verbs.h"

#define ROWS_MAX 1000 /* of one page of one plugin */
#define PAGES_MAX 100000
#define NEVER G_MAXINT64 /* as not_before: nobody tries it by itself */
#define DEAD "not_before = 9223372036854775807 AND code <> 'behind'"
#define BEHIND "behind"  /* as code: it waits for one before it of the same subject */

/* ---- arguments ---- */

/* Words come first, options after them as zhenctl puts them. */
const char *events_word(json_t *args, guint index)
{
	const char *word = json_string_value(json_array_get(args, index));

	for (guint i = 0; i <= index; i++) {
		const char *before = json_string_value(json_array_get(args, i));

		if (before == NULL || g_str_has_prefix(before, "--"))
			return NULL;
	}
	return word;
}

const char *events_option(json_t *args, const char *name)
{
	for (guint i = 0; i < json_array_size(args); i++)
		if (g_strcmp0(json_string_value(json_array_get(args, i)), name) == 0)
			return json_string_value(json_array_get(args, i + 1));
	return NULL;
}

gboolean events_flag(json_t *args, const char *name)
{
	for (guint i = 0; i < json_array_size(args); i++)
		if (g_strcmp0(json_string_value(json_array_get(args, i)), name) == 0)
			return TRUE;
	return FALSE;
}

const Slot *events_slot(const Daemon *daemon, const char *id, GError **error)
{
	for (guint i = 0; i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (strcmp(slot->loaded->plugin->id, id) == 0 && slot->home != NULL)
			return slot;
	}
	throw_error(error, ERROR_NOT_FOUND, "没有启用模块 %s (no plugin %s is enabled)", id, id);
	return NULL;
}

/* ---- what is set aside ---- */

typedef struct ParkedList {
	const char *plugin;
	GString *text;
	JsonOut *data;
	gint64 only; /* 0 = all */
	gint64 page; /* from 0 */
	gint64 rows; /* shown */
	gint64 total, dead, pages; /* there are */
} ParkedList;

enum { COLUMN_ID, COLUMN_PUBLISHER, COLUMN_EPOCH, COLUMN_SEQ, COLUMN_TOPIC, COLUMN_SUBJECT, COLUMN_DIVISION, COLUMN_AT,
       COLUMN_BODY, COLUMN_CODE, COLUMN_ERROR, COLUMN_TRIES, COLUMN_NOT_BEFORE, COLUMN_PARKED_AT, COLUMNS };

static gint64 integer_of(const zhen_value *value)
{
	return value->kind == ZHEN_KIND_INT ? value->as.integer : 0;
}

static const char *text_of(const zhen_value *value)
{
	const char *text = zhen_value_text(value);

	/* A worker's file is a stranger's. */
	return text != NULL && g_utf8_validate(text, -1, NULL) ? text : "";
}

static gboolean is_behind(const zhen_value *row)
{
	return strcmp(text_of(&row[COLUMN_CODE]), BEHIND) == 0;
}

static gboolean is_dead(const zhen_value *row)
{
	return integer_of(&row[COLUMN_NOT_BEFORE]) == NEVER && !is_behind(row);
}

static void put_json(ParkedList *list, const zhen_value *row, const char *id, const char *event)
{
	JsonOut *data = list->data;
	const gint64 not_before = integer_of(&row[COLUMN_NOT_BEFORE]);

	json_open(data, NULL, FALSE);
	json_put_text(data, "id", id);
	json_put_text(data, "subscriber", list->plugin);
	json_put_text(data, "publisher", text_of(&row[COLUMN_PUBLISHER]));
	json_put_text(data, "event", event);
	json_put_text(data, "topic", text_of(&row[COLUMN_TOPIC]));
	json_put_text(data, "subject", text_of(&row[COLUMN_SUBJECT]));
	json_put_text(data, "division", text_of(&row[COLUMN_DIVISION]));
	json_put_time(data, "at", integer_of(&row[COLUMN_AT]));
	json_put_time(data, "parked_at", integer_of(&row[COLUMN_PARKED_AT]));
	json_put_int(data, "tries", integer_of(&row[COLUMN_TRIES]));
	json_put_bool(data, "dead", is_dead(row));
	if (not_before != NEVER)
		json_put_time(data, "next_try", not_before);
	json_put_text(data, "code", text_of(&row[COLUMN_CODE]));
	json_put_text(data, "error", text_of(&row[COLUMN_ERROR]));
	if (list->only != 0) {
		g_autoptr(json_t) body =
			json_read(text_of(&row[COLUMN_BODY]), strlen(text_of(&row[COLUMN_BODY])), NULL);

		if (body != NULL)
			json_put_raw(data, "body", text_of(&row[COLUMN_BODY]), strlen(text_of(&row[COLUMN_BODY])));
		else
			json_put_text(data, "body", text_of(&row[COLUMN_BODY]));
	}
	json_close_one(data);
}

/* For a terminal. @held: owns the texts. */
static void make_plain(zhen_value *row, GPtrArray *held)
{
	for (guint i = 0; i < COLUMNS; i++) {
		GString *plain;

		if (zhen_value_text(&row[i]) == NULL)
			continue;
		plain = g_string_new(NULL);
		log_append_plain(plain, text_of(&row[i]));
		row[i] = zhen_from_text(plain->str);
		g_ptr_array_add(held, g_string_free(plain, FALSE));
	}
}

static void put_text(ParkedList *list, const zhen_value *row, const char *id, const char *event)
{
	const gint64 not_before = integer_of(&row[COLUMN_NOT_BEFORE]);
	char next[CLOCK_TEXT_SIZE] = "", at[CLOCK_TEXT_SIZE];

	if (not_before != NEVER)
		clock_format(not_before, next);
	else
		g_strlcpy(next, is_behind(row) ? "排在其后/behind" : "已放弃/dead", sizeof(next));
	if (list->only == 0) {
		g_string_append_printf(list->text, "%-16s %-24s %-24s %-12s %3" G_GINT64_FORMAT " %-29s %s: %s\n", id,
		                       event, text_of(&row[COLUMN_TOPIC]), text_of(&row[COLUMN_SUBJECT]),
		                       integer_of(&row[COLUMN_TRIES]), next, text_of(&row[COLUMN_CODE]),
		                       text_of(&row[COLUMN_ERROR]));
		return;
	}
	clock_format(integer_of(&row[COLUMN_AT]), at);
	g_string_append_printf(list->text,
	                       "id         %s\nevent      %s\nhandler    %s, topic %s\nsubject    %s\ndivision   %s\nat         %s\n"
	                       "tries      %" G_GINT64_FORMAT "\nnext try   %s\nerror      %s: %s\nbody       %s\n",
	                       id, event, list->plugin, text_of(&row[COLUMN_TOPIC]), text_of(&row[COLUMN_SUBJECT]),
	                       text_of(&row[COLUMN_DIVISION]), at, integer_of(&row[COLUMN_TRIES]), next,
	                       text_of(&row[COLUMN_CODE]), text_of(&row[COLUMN_ERROR]), text_of(&row[COLUMN_BODY]));
}

static void put_row(ParkedList *list, StoreStmt *stmt)
{
	zhen_value row[COLUMNS];
	g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *id = NULL, *event = NULL;
	char position[LOG_POSITION_TEXT];

	for (guint i = 0; i < COLUMNS; i++)
		store_column(stmt, i, &row[i]);
	log_position_print(&(LogPosition){ integer_of(&row[COLUMN_EPOCH]), integer_of(&row[COLUMN_SEQ]) }, position);
	id = g_strdup_printf("%s/%" G_GINT64_FORMAT, list->plugin, integer_of(&row[COLUMN_ID]));
	event = g_strdup_printf("%s:%s", text_of(&row[COLUMN_PUBLISHER]), position);
	if (list->only == 0 && list->rows == 0)
		g_string_append_printf(list->text, "%-16s %-24s %-24s %-12s %3s %-29s %s\n", "ID", "EVENT", "TOPIC", "SUBJECT",
		                       "TRY", "NEXT", "ERROR");
	list->rows++;
	put_json(list, row, id, event);
	make_plain(row, held);
	put_text(list, row, id, event);
}

/* All of them, whatever is shown. */
static gboolean count_parked(StoreConn *conn, ParkedList *list, GError **error)
{
	gint64 rows = 0, dead = 0;

	if (list->only != 0)
		return TRUE;
	if (!store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _parked", NULL, 0, &rows, error) ||
	    !store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _parked WHERE " DEAD, NULL, 0, &dead, error))
		return FALSE;
	list->total += rows;
	list->dead += dead;
	list->pages = MAX(list->pages, (rows + ROWS_MAX - 1) / ROWS_MAX);
	return TRUE;
}

/* As it is now, beside whoever writes it. Those given up first. */
static gboolean read_parked(Daemon *daemon, ParkedList *list, const Slot *slot, GError **error)
{
	const guint reader = daemon->env.readers - 1;
	StoreOptions options = { .dir = slot->home->dir, .name = slot->loaded->plugin->id, .read_only = TRUE };
	zhen_value args[] = { zhen_from_int(list->only), zhen_from_int(ROWS_MAX),
		              zhen_from_int(list->page * ROWS_MAX) };
	g_autoptr(Store) store = store_open(daemon->stores, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, reader, error) : NULL;
	StoreStep step = STORE_FAILED;
	StoreStmt *stmt;

	if (conn == NULL)
		return FALSE;
	list->plugin = slot->loaded->plugin->id;
	store_read_budget(conn, FALSE);
	if (!count_parked(conn, list, error)) {
		store_read_done(daemon->stores, reader);
		return FALSE;
	}
	stmt = store_prepare(conn, STORE_HOST,
	                     "SELECT id, publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, "
	                     "not_before, parked_at FROM _parked WHERE $1 = 0 OR id = $1 ORDER BY "
	                     "CASE WHEN " DEAD " THEN 0 ELSE 1 END, id LIMIT $2 OFFSET $3",
	                     NULL, args, G_N_ELEMENTS(args), error);
	if (stmt != NULL) {
		while ((step = store_step(stmt, error)) == STORE_ROW)
			put_row(list, stmt);
		store_reset(stmt);
	}
	store_read_done(daemon->stores, reader);
	return step == STORE_DONE;
}

static void say_counts(const ParkedList *list)
{
	const gint64 page = list->page + 1;

	if (list->total == 0) {
		g_string_append(list->text, "没有搁置的事件 (nothing is set aside)\n");
		return;
	}
	g_string_append_printf(list->text,
	                       "搁置 %" G_GINT64_FORMAT " 条，其中放弃 %" G_GINT64_FORMAT " 条 (%" G_GINT64_FORMAT
	                       " set aside, %" G_GINT64_FORMAT " of them given up)\n",
	                       list->total, list->dead, list->total, list->dead);
	if (list->pages > 1)
		g_string_append_printf(list->text,
		                       "第 %" G_GINT64_FORMAT " 页，共 %" G_GINT64_FORMAT " 页；其余用 --page N (page %" G_GINT64_FORMAT
		                       " of %" G_GINT64_FORMAT "; --page N shows another)\n",
		                       page, list->pages, page, list->pages);
}

static gboolean run_list(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *only = events_word(args, 1);
	const char *page = events_option(args, "--page");
	ParkedList list = { .text = text, .data = data };
	gboolean fine = TRUE;
	guint64 number = 1;

	if (page != NULL && !g_ascii_string_to_unsigned(page, 10, 1, PAGES_MAX, &number, NULL))
		return throw_error(error, ERROR_INVALID, "--page 应为页号 (a page is a number from 1 on, not %s)",
		                   page);
	list.page = (gint64)number - 1;
	if (only != NULL && events_slot(daemon, only, error) == NULL)
		return FALSE;
	json_open(data, "parked", TRUE);
	for (guint i = 0; fine && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (slot->home != NULL && slot->loaded->plugin->n_subscriptions > 0 &&
		    (only == NULL || strcmp(only, slot->loaded->plugin->id) == 0))
			fine = read_parked(daemon, &list, slot, error);
	}
	json_close_one(data);
	json_put_int(data, "total", list.total);
	json_put_int(data, "dead", list.dead);
	json_put_int(data, "page", list.page + 1);
	json_put_int(data, "pages", list.pages);
	if (fine)
		say_counts(&list);
	return fine;
}

/* "subscriber/row" */
static const Slot *find_parked(Daemon *daemon, json_t *args, gint64 *out_row, GError **error)
{
	const char *id = events_word(args, 1);
	const char *slash = id != NULL ? strrchr(id, '/') : NULL;
	g_autofree char *plugin = slash != NULL ? g_strndup(id, (gsize)(slash - id)) : NULL;
	guint64 row = 0;

	if (slash == NULL || !g_ascii_string_to_unsigned(slash + 1, 10, 1, G_MAXINT64, &row, NULL)) {
		throw_error(error, ERROR_INVALID,
		            "编号形如 ring_b/12，见 zhenctl events list (an ID is SUBSCRIBER/NUMBER, not %s)",
		            id != NULL ? id : "nothing");
		return NULL;
	}
	*out_row = (gint64)row;
	return events_slot(daemon, plugin, error);
}

gboolean events_look_up(Daemon *daemon, json_t *args, GString *text, JsonOut *data, const Slot **out_slot,
                        gint64 *out_row, GError **error)
{
	const Slot *slot = find_parked(daemon, args, out_row, error);
	ParkedList list = { .text = text, .data = data, .only = *out_row };
	gboolean fine;

	if (slot == NULL)
		return FALSE;
	json_open(data, "parked", TRUE);
	fine = read_parked(daemon, &list, slot, error);
	json_close_one(data);
	*out_slot = slot;
	return fine &&
	       (list.rows > 0 || throw_error(error, ERROR_NOT_FOUND, "没有搁置的事件 %s (no event %s is set aside)",
	                                     events_word(args, 1), events_word(args, 1)));
}

static gboolean run_show(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const Slot *slot;
	gint64 row = 0;

	return events_look_up(daemon, args, text, data, &slot, &row, error);
}

/* ---- links ---- */

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* (transfer full) Also as text in @json; NULL with ERROR_BUSY: there is no bus. */
static json_t *read_links(Daemon *daemon, GString *json, GError **error)
{
	JsonOut out;

	if (daemon->bus == NULL) {
		throw_error(error, ERROR_BUSY, "zhend 正在启动或停止 (zhend is starting or stopping)");
		return NULL;
	}
	json_out_init(&out, json);
	json_open(&out, NULL, FALSE);
	bus_status(daemon->bus, NULL, &out);
	json_close_one(&out);
	return json_read(json->str, json->len, error);
}

gboolean events_none_stuck(Daemon *daemon, GString *text, GError **error)
{
	g_autoptr(GString) json = g_string_new(NULL);
	g_autoptr(json_t) said = daemon->bus != NULL ? read_links(daemon, json, NULL) : NULL;
	gboolean fine = TRUE;
	json_t *link;
	size_t i;

	json_array_foreach(json_object_get(said, "links"), i, link) {
		g_autofree char *line = NULL;

		if (strcmp(member(link, "state"), "refused") != 0 && !json_is_true(json_object_get(link, "full")))
			continue;
		line = g_strdup_printf("%s <- %s: 停止 (stands still): %s", member(link, "subscriber"),
		                       member(link, "publisher"), member(link, "fault"));
		g_string_append_printf(text, "%s\n", line);
		if (fine)
			throw_error(error, ERROR_FAILED, "%s", line);
		fine = FALSE;
	}
	return fine;
}

static gboolean run_links(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	g_autoptr(GString) json = g_string_new(NULL);
	g_autoptr(json_t) said = read_links(daemon, json, error);
	json_t *links, *link;
	size_t i;

	(void)args;
	if (said == NULL)
		return FALSE;
	json_put_raw(data, "bus", json->str, json->len);
	links = json_object_get(said, "links");
	if (json_array_size(links) == 0)
		g_string_append(text, "没有订阅 (no subscriptions)\n");
	json_array_foreach(links, i, link)
		g_string_append_printf(text, "%-14s <- %-14s %-11s %8" JSON_INTEGER_FORMAT " 条未处理 (behind)  %s%s%s\n",
		                       member(link, "subscriber"), member(link, "publisher"), member(link, "state"),
		                       json_integer_value(json_object_get(link, "lag")), member(link, "position"),
		                       member(link, "fault")[0] != '\0' ? "  " : "", member(link, "fault"));
	return TRUE;
}

static const struct {
	const char *name;
	gboolean (*run)(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
} acts[] = {
	{ "list", run_list },     { "show", run_show },     { "retry", events_retry },
	{ "drop", events_drop },   { "replay", events_replay }, { "accept", events_accept },
};

gboolean verb_events(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *name = events_word(args, 0);

	if (name == NULL)
		return run_links(daemon, args, text, data, error);
	for (guint i = 0; i < G_N_ELEMENTS(acts); i++)
		if (strcmp(acts[i].name, name) == 0)
			return acts[i].run(daemon, args, text, data, error);
	return verb_misused(error);
}
