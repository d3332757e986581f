/* SPDX-License-Identifier: Apache-2.0
 * What an administrator may do about events: try one again, drop it, let a plugin handle what was before, go on after a
 * restore. The plugin does it in its own home; admin's thread waits. */
#include <string.h>

#include "base/clock.h"
#include "bus/bus.h"
#include "daemon/events_verbs.h"

/* ---- asking ---- */

/* From admin's thread to a loop, and the answer back. Held by both: the one that comes last frees it. */
typedef struct Ask {
	gint ref; /* atomic */
	LoopItem item;
	Loop *loop;
	Home *home;
	CallRequest request;
	GMutex lock;
	GCond come;
	gboolean posted;   /* under the lock, like all below: on its way to the loop */
	gboolean answered;
	GError *error;
	char *account, *sent; /* of the request */
	char *said;           /* the answer's body */
} Ask;

static void ask_unref(Ask *ask)
{
	if (!g_atomic_int_dec_and_test(&ask->ref))
		return;
	g_clear_error(&ask->error);
	g_mutex_clear(&ask->lock);
	g_cond_clear(&ask->come);
	g_free(ask->account);
	g_free(ask->sent);
	g_free(ask->said);
	g_free(ask);
}

static Ask *ask_new(void)
{
	Ask *ask = g_new0(Ask, 1);

	ask->ref = 2;
	g_mutex_init(&ask->lock);
	g_cond_init(&ask->come);
	return ask;
}

/* (transfer full) @error NULL = it is done. */
static void ask_answer(Ask *ask, GError *error)
{
	g_mutex_lock(&ask->lock);
	ask->answered = TRUE;
	ask->error = error;
	g_cond_signal(&ask->come);
	g_mutex_unlock(&ask->lock);
	ask_unref(ask);
}

/* Takes @ask, and what the loop holds of it once that has ended: it answers nobody then. @out_said may be NULL; (transfer full) */
static gboolean ask_wait(Daemon *daemon, Ask *ask, char **out_said, GError **error)
{
	gboolean fine, never_runs;

	g_mutex_lock(&ask->lock);
	while (!ask->answered && !admin_ending(daemon->admin))
		g_cond_wait_until(&ask->come, &ask->lock, g_get_monotonic_time() + 100 * G_TIME_SPAN_MILLISECOND);
	fine = ask->answered ? ask->error == NULL : throw_error(error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)");
	if (ask->error != NULL)
		g_propagate_error(error, g_steal_pointer(&ask->error));
	if (fine && out_said != NULL)
		*out_said = g_steal_pointer(&ask->said);
	never_runs = ask->posted;
	g_mutex_unlock(&ask->lock);
	if (never_runs)
		ask_unref(ask);
	ask_unref(ask);
	return fine;
}

/* ---- calls to a plugin ---- */

static gboolean answer_is_fine(const CallReply *reply, GError **error)
{
	g_autoptr(json_t) problem = NULL;
	const char *title, *detail, *code;

	if (reply->status < 300)
		return TRUE;
	problem = json_read(reply->body->str, reply->body->len, NULL);
	title = json_string_value(json_object_get(problem, "title"));
	detail = json_string_value(json_object_get(problem, "detail"));
	code = json_string_value(json_object_get(problem, "code"));
	return throw_error(error,
	                   reply->status == 404 ? ERROR_NOT_FOUND :
	                   reply->status == 409 ? ERROR_CONFLICT :
	                   reply->status == 422 ? ERROR_INVALID :
	                   reply->status == 503 ? ERROR_BUSY :
	                                          ERROR_FAILED,
	                   "%d %s: %s%s%s", reply->status, code != NULL ? code : "",
	                   title != NULL ? title : "", detail != NULL ? ": " : "", detail != NULL ? detail : "");
}

static void call_answered(void *data, CallReply *reply)
{
	Ask *ask = data;
	GError *error = NULL;

	if (answer_is_fine(reply, &error))
		ask->said = g_strndup(reply->body->str, reply->body->len);
	call_reply_free(reply);
	ask_answer(ask, error);
}

static void call_submit(void *data)
{
	Ask *ask = data;

	g_mutex_lock(&ask->lock);
	ask->posted = FALSE;
	g_mutex_unlock(&ask->lock);
	ask->home->submit(ask->home, ask->loop, &ask->request, call_answered, ask);
}

gboolean events_call(Daemon *daemon, Home *home, const CallRequest *request, char **out_said, GError **error)
{
	Ask *ask = ask_new();

	ask->account = g_strdup(request->caller.account != NULL ? request->caller.account : "host");
	ask->sent = g_strndup(request->body, request->body_length);
	ask->loop = daemon->loop;
	ask->home = home;
	ask->request = *request;
	ask->request.body = ask->sent;
	ask->request.caller = (Caller){ .account = ask->account, .name = "zhenctl", .body = "", .division = "", .on_behalf = "",
		                        .permissions = G_MAXUINT64, .sees_all = TRUE };
	ask->request.request_id = "zhenctl";
	ask->request.base_url = "";
	ask->request.address = "";
	ask->request.now_ms = clock_now_ms();
	ask->item = (LoopItem){ .run = call_submit, .data = ask };
	ask->posted = TRUE;
	loop_post(daemon->loop, &ask->item);
	return ask_wait(daemon, ask, out_said, error);
}

/* ---- what was set aside as not what its topic declares ---- */

static const char *column(StoreStmt *stmt, guint index, Arena *arena)
{
	zhen_value value;

	store_column(stmt, index, &value);
	return value.kind == ZHEN_KIND_TEXT ? arena_strndup(arena, value.as.text, value.length) : "";
}

/* *@out_publisher NULL: it was set aside for another reason, or is not there. */
static gboolean read_refused(Daemon *daemon, const Slot *slot, gint64 row, Arena *arena, LogEvent *out,
                             const char **out_publisher, GError **error)
{
	const guint reader = daemon->env.readers - 1;
	StoreOptions options = { .dir = slot->home->dir, .name = slot->loaded->plugin->id, .read_only = TRUE };
	zhen_value id = zhen_from_int(row);
	g_autoptr(Store) store = store_open(daemon->stores, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, reader, error) : NULL;
	StoreStep step = STORE_FAILED;
	StoreStmt *stmt;

	*out_publisher = NULL;
	if (conn == NULL)
		return FALSE;
	stmt = store_prepare(conn, STORE_HOST,
	                     "SELECT publisher, topic, subject, division, body FROM _parked WHERE id = $1 AND code = 'not-valid'",
	                     NULL, &id, 1, error);
	if (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		*out_publisher = column(stmt, 0, arena);
		*out = (LogEvent){ .topic = column(stmt, 1, arena), .subject = column(stmt, 2, arena),
			           .division = column(stmt, 3, arena), .body = column(stmt, 4, arena) };
		out->body_length = strlen(out->body);
	}
	if (stmt != NULL)
		store_reset(stmt);
	store_read_done(daemon->stores, reader);
	return step != STORE_FAILED;
}

/* What is declared, and what divisions there are, may be other than it was then. */
static gboolean check_again(Daemon *daemon, const Slot *slot, CallRequest *request, GError **error)
{
	g_autoptr(Arena) arena = arena_new();
	const char *publisher, *fault;
	const Slot *from;
	LogEvent event;

	if (!read_refused(daemon, slot, request->job_id, arena, &event, &publisher, error))
		return FALSE;
	if (publisher == NULL)
		return TRUE;
	from = events_slot(daemon, publisher, error);
	if (from == NULL)
		return FALSE;
	fault = event_fault(from->loaded->plugin, daemon->divisions, &event, arena);
	if (fault != NULL)
		return throw_error(error, ERROR_INVALID,
		                   "事件仍不合声明，不能重试，只能丢弃 (still not what its topic declares): %s", fault);
	request->index = PARKED_CHECKED;
	return TRUE;
}

/* By whom: zhenctl is heard from root and the daemon's user only, and says who became that. */
char *events_account(json_t *args)
{
	const char *by = events_option(args, "--by"), *account = events_option(args, "--account");

	/* One who is logged in, as in every other chain; else somebody at the machine. */
	if (account != NULL)
		return g_strdup(account);
	return by != NULL && by[0] != '\0' ? g_strdup_printf("zhenctl:%.60s", by) : g_strdup("zhenctl");
}

static gboolean act(Daemon *daemon, json_t *args, enum ParkedAct what, GString *text, JsonOut *data, GError **error)
{
	g_autoptr(GString) shown = g_string_new(NULL);
	g_autofree char *account = events_account(args);
	CallRequest request = { .kind = CALL_PARKED, .index = what, .caller = { .account = account } };
	const Slot *slot;

	if (!events_look_up(daemon, args, shown, data, &slot, &request.job_id, error) ||
	    (what == PARKED_RETRY && !check_again(daemon, slot, &request, error)) ||
	    !events_call(daemon, slot->home, &request, NULL, error))
		return FALSE;
	g_string_append_printf(text, what == PARKED_RETRY ? "%s: 已重新处理 (handled)\n" : "%s: 已丢弃 (dropped)\n",
	                       events_word(args, 1));
	return TRUE;
}

gboolean events_retry(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	return act(daemon, args, PARKED_RETRY, text, data, error);
}

gboolean events_drop(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	return act(daemon, args, PARKED_DROP, text, data, error);
}

/* ---- cursors ---- */

static gboolean subscribes_to(const Plugin *plugin, const char *publisher)
{
	const gsize length = strlen(publisher);

	for (guint i = 0; i < plugin->n_subscriptions; i++)
		if (strncmp(plugin->subscriptions[i].topic, publisher, length) == 0 &&
		    plugin->subscriptions[i].topic[length] == '.')
			return TRUE;
	return FALSE;
}

/* "publisher:position" as an event's id has it, or the position alone. */
static gboolean read_position(const char *from, const char *publisher, LogPosition *out, GError **error)
{
	const char *colon = strchr(from, ':');
	const gsize length = colon != NULL ? (gsize)(colon - from) : 0;

	if (colon != NULL && (length != strlen(publisher) || strncmp(from, publisher, length) != 0))
		return throw_error(error, ERROR_INVALID, "位置 %s 不属于 %s (position %s is not of %s)", from,
		                   publisher, from, publisher);
	if (!log_position_parse(colon != NULL ? colon + 1 : from, out))
		return throw_error(error, ERROR_INVALID, "不是位置 (not a position): %s", from);
	return TRUE;
}

/* Where the cursor goes: behind @from, or before everything. */
static gboolean find_goal(Daemon *daemon, const Slot *publisher, const char *from, LogPosition *out, GError **error)
{
	const char *id = publisher->loaded->plugin->id;
	g_autoptr(Log) log = log_open(daemon->stores, publisher->home->dir, id);
	char position[LOG_POSITION_TEXT], last[LOG_POSITION_TEXT];
	LogPosition end = { 0, 0 };

	if (!log_end(log, &end, error) || !log_epoch(log, &end.epoch, error))
		return FALSE;
	*out = (LogPosition){ end.epoch, 0 };
	if (from == NULL)
		return TRUE;
	if (!read_position(from, id, out, error))
		return FALSE;
	if (out->epoch == end.epoch && log_position_compare(out, &end) <= 0)
		return TRUE;
	log_position_print(out, position);
	log_position_print(&end, last);
	return throw_error(error, ERROR_CONFLICT,
	                   "%s 的事件日志到 %s 为止，没有位置 %s (the log of %s ends at %s; there is no %s)", id, last,
	                   position, id, last, position);
}

/* The bus's loop. */
static void rewound(void *data, const char *position, const char *fault)
{
	Ask *ask = data;
	GError *error = NULL;

	if (fault != NULL)
		throw_error(&error, ERROR_FAILED, "%s", fault);
	ask->said = g_strdup(position);
	ask_answer(ask, error);
}

static gboolean has_consent(json_t *args, const char *to, const char *from, const LogPosition *goal, GError **error)
{
	char position[LOG_POSITION_TEXT];

	if (events_flag(args, "--yes"))
		return TRUE;
	if (goal == NULL)
		return throw_error(error, ERROR_REFUSED,
		                   "%s 将接受 %s 现有的日志，并从两者分开之处继续；确认请加 --yes "
		                   "(%s would take the log of %s as it is and go on from where the two part; add --yes)",
		                   to, from, to, from);
	log_position_print(goal, position);
	return throw_error(error, ERROR_REFUSED,
	                   "%s 将重新处理 %s 在 %s 之后的全部事件；确认请加 --yes "
	                   "(%s would handle all events of %s behind %s again; add --yes)",
	                   to, from, position, to, from, position);
}

/* @accept: to where it parted from the log; else as "--from" says. */
static gboolean rewind_one(Daemon *daemon, json_t *args, const Slot *subscriber, const Slot *publisher, gboolean accept,
                           GString *text, JsonOut *data, GError **error)
{
	const char *from = publisher->loaded->plugin->id, *to = subscriber->loaded->plugin->id;
	g_autofree char *account = events_account(args);
	g_autofree char *position = NULL;
	LogPosition goal = { 0, 0 };
	Ask *ask;

	if (!accept && !find_goal(daemon, publisher, events_option(args, "--from"), &goal, error))
		return FALSE;
	if (!has_consent(args, to, from, accept ? NULL : &goal, error))
		return FALSE;
	ask = ask_new();
	bus_rewind(daemon->bus, to, from, accept ? REWIND_ACCEPT : REWIND_TO, &goal, account, rewound, ask);
	if (!ask_wait(daemon, ask, &position, error))
		return FALSE;
	g_string_append_printf(text, "%s: %s 之后 (behind %s:%s)\n", to, from, from, position);
	json_open(data, NULL, FALSE);
	json_put_text(data, "subscriber", to);
	json_put_text(data, "publisher", from);
	json_put_text(data, "position", position);
	json_close_one(data);
	return TRUE;
}

static gboolean rewind_all(Daemon *daemon, json_t *args, gboolean accept, GString *text, JsonOut *data, GError **error)
{
	const char *to = events_word(args, 1), *from = events_word(args, 2);
	const Slot *subscriber = to != NULL ? events_slot(daemon, to, error) : NULL;
	gboolean fine = TRUE, any = FALSE;

	if (to == NULL || (accept && from == NULL))
		return verb_misused(error);
	if (subscriber == NULL || (from != NULL && events_slot(daemon, from, error) == NULL))
		return FALSE;
	if (from == NULL && events_option(args, "--from") != NULL)
		return throw_error(error, ERROR_INVALID, "--from 要说明是哪个发布者 (--from needs a PUBLISHER)");
	json_open(data, "links", TRUE);
	for (guint i = 0; fine && i < daemon->slots->len; i++) {
		const Slot *publisher = daemon->slots->pdata[i];
		const char *id = publisher->loaded->plugin->id;

		if (publisher->home == NULL || (from != NULL && strcmp(from, id) != 0) ||
		    !subscribes_to(subscriber->loaded->plugin, id))
			continue;
		any = TRUE;
		fine = rewind_one(daemon, args, subscriber, publisher, accept, text, data, error);
	}
	json_close_one(data);
	return fine && (any || throw_error(error, ERROR_NOT_FOUND, "%s 没有订阅 %s 的事件 (%s subscribes to nothing of %s)", to,
	                                   from != NULL ? from : "任何模块", to, from != NULL ? from : "anybody"));
}

gboolean events_replay(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	return rewind_all(daemon, args, FALSE, text, data, error);
}

gboolean events_accept(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	return rewind_all(daemon, args, TRUE, text, data, error);
}
