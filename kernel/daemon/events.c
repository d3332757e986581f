/* SPDX-License-Identifier: Apache-2.0
 * GET /kernel/events: server-sent events of the topics that the session may read, of the divisions it oversees. Both are
 * looked at when an event is sent, against the session as it is then; a stream that may not go on says why and ends. */
#include "daemon/events.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "runtime/event_value.h"

#define TOPICS_MAX 64
#define SSE_TYPE "text/event-stream; charset=utf-8"

typedef struct Readable {
	const zhen_topic *topic;
	guint permission;
} Readable;

struct Events {
	Daemon *daemon;
	Tails *tails;
	GArray *topics;      /* of Readable: those that somebody outside may read */
	GHashTable *numbers; /* name of a topic -> index among topics, plus one */
	GMutex lock;
	GHashTable *follows; /* set of Follow, under the lock */
};

/* One stream. The http loop has it until the stream is gone, the tail until it has left, and a piece on its way. */
typedef struct Follow {
	gint ref; /* atomic */
	Events *events;
	HttpStream *stream;  /* NULL = gone; http loop, like all of these */
	TailReader *reader;
	Loop *loop;
	LoopTimer *beat;
	char *token;
	gboolean *may;       /* per topic, when it began */
	gboolean sending;    /* a piece is not through yet */
	GString *piece;      /* from the tail to the loop */
	LoopItem item;
} Follow;

static void follow_free(Follow *follow)
{
	if (follow->piece != NULL)
		g_string_free(follow->piece, TRUE);
	g_free(follow->token);
	g_free(follow->may);
	g_free(follow);
}

static void follow_unref(Follow *follow)
{
	Events *events = follow->events;

	if (!g_atomic_int_dec_and_test(&follow->ref))
		return;
	g_mutex_lock(&events->lock);
	g_hash_table_remove(events->follows, follow);
	g_mutex_unlock(&events->lock);
	follow_free(follow);
}

/* ---- may they ---- */

static Session *session_now(const Follow *follow)
{
	return access_session(follow->events->daemon->access, follow->token, strlen(follow->token), clock_now_ms());
}

/* What is of no division is for those alone who oversee everything. */
static gboolean oversees(const Events *events, const Session *session, const char *code)
{
	const Division *own = session_scope(session).division;
	const Division *of = code[0] != '\0' ? event_division(events->daemon->divisions, code) : NULL;

	if (own == NULL)
		return FALSE;
	if (code[0] == '\0')
		return own->n_townships == divisions_count(events->daemon->divisions, LEVEL_TOWNSHIP);
	return of != NULL && division_covers(own, of);
}

/* Tail's thread. */
static gboolean follow_may(void *data, const Plugin *publisher, const zhen_topic *topic, const LogEvent *event)
{
	Follow *follow = data;
	Events *events = follow->events;
	const guint number = GPOINTER_TO_UINT(g_hash_table_lookup(events->numbers, topic->name));
	g_autoptr(Session) session = number > 0 ? session_now(follow) : NULL;

	(void)publisher;
	return session != NULL &&
	       session_may(session, g_array_index(events->topics, Readable, number - 1).permission) &&
	       oversees(events, session, event->division);
}

/* NULL: it may go on. */
static const char *why_over(const Follow *follow)
{
	const Events *events = follow->events;
	g_autoptr(Session) session = session_now(follow);

	if (session == NULL)
		return "session-ended";
	for (guint i = 0; i < events->topics->len; i++)
		if (follow->may[i] && !session_may(session, g_array_index(events->topics, Readable, i).permission))
			return "permission-ended";
	return NULL;
}

/* ---- the stream's life; its loop ---- */

static void say_end(Follow *follow, const char *code)
{
	static const struct {
		const char *code, *title;
	} titles[] = {
		{ "session-ended", "登录已结束，请重新登录" },
		{ "permission-ended", "权限已变更，请重新订阅" },
		{ "stopping", "服务正在停止，请稍后重新连接" },
	};
	g_autoptr(GString) text = g_string_new("event: end\ndata: ");
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "code", code);
	for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
		if (strcmp(titles[i].code, code) == 0)
			json_put_text(&out, "title", titles[i].title);
	json_close_one(&out);
	g_string_append(text, "\n\n");
	if (http_stream_send(follow->stream, text->str, text->len))
		http_stream_end(follow->stream);
}

static void through(Follow *follow)
{
	follow->sending = FALSE;
	tail_more(follow->reader);
}

/* Takes the reference of the piece. */
static void run_piece(void *data)
{
	Follow *follow = data;
	GString *text = g_steal_pointer(&follow->piece);
	const char *over = follow->stream != NULL ? why_over(follow) : NULL;

	if (over != NULL) {
		say_end(follow, over);
	} else if (follow->stream != NULL) {
		follow->sending = TRUE;
		if (http_stream_send(follow->stream, text->str, text->len) && http_stream_idle(follow->stream))
			through(follow);
	}
	g_string_free(text, TRUE);
	follow_unref(follow);
}

static void follow_piece(void *data, GString *text)
{
	Follow *follow = data;

	g_atomic_int_inc(&follow->ref);
	follow->piece = text;
	follow->item = (LoopItem){ .run = run_piece, .data = follow };
	loop_post(follow->loop, &follow->item);
}

static void follow_left(void *data)
{
	follow_unref(data);
}

static void run_beat(void *data)
{
	Follow *follow = data;
	const char *over = why_over(follow);

	if (over != NULL)
		say_end(follow, over);
	else if (http_stream_idle(follow->stream))
		http_stream_send(follow->stream, ":\n\n", 3);
}

static void stream_sent(void *data)
{
	Follow *follow = data;

	if (follow->sending)
		through(follow);
}

static void stream_stopping(void *data)
{
	say_end(data, "stopping");
}

static void stream_gone(void *data)
{
	Follow *follow = data;

	follow->stream = NULL;
	g_clear_pointer(&follow->beat, loop_timer_free);
	tail_leave(follow->reader);
	follow_unref(follow);
}

/* ---- the route ---- */

static gboolean refuse(HttpCall *call, gint status, const char *code, const char *title, const char *detail)
{
	http_call_answer(call, call_reply_problem(status, code, title, detail));
	return FALSE;
}

static gboolean find_topic(const Events *events, const char *name, guint *out_index)
{
	for (guint i = 0; i < events->topics->len; i++)
		if (strcmp(g_array_index(events->topics, Readable, i).topic->name, name) == 0) {
			*out_index = i;
			return TRUE;
		}
	return FALSE;
}

/* Those asked for by name, which must be there and be readable; else all that are readable. */
static gboolean pick_topics(const Events *events, HttpCall *call, char **names, gboolean *may)
{
	const Session *session = http_call_session(call);
	gboolean any = FALSE;

	for (guint i = 0; names == NULL && i < events->topics->len; i++)
		any |= may[i] = session_may(session, g_array_index(events->topics, Readable, i).permission);
	if (names == NULL)
		return any || refuse(call, 403, "forbidden", "没有可以订阅的事件", NULL);
	if (g_strv_length(names) > TOPICS_MAX)
		return refuse(call, 422, "too-many-topics", "一次订阅的事件种类过多", NULL);
	for (guint i = 0; names[i] != NULL; i++) {
		guint index;

		if (!find_topic(events, names[i], &index))
			return refuse(call, 422, "unknown-topic", "没有这种可以订阅的事件", names[i]);
		may[index] = session_may(session, g_array_index(events->topics, Readable, index).permission);
		if (!may[index])
			return refuse(call, 403, "forbidden", "没有订阅此种事件的权限", names[i]);
	}
	return TRUE;
}

/* What a browser sends when it comes back says more than the address it began with. */
static char *position_of(HttpCall *call)
{
	g_autofree char *last = http_call_last_event_id(call);

	return last != NULL && last[0] != '\0' ? g_steal_pointer(&last) : g_strdup(http_call_param(call, "after"));
}

static Follow *follow_new(Events *events, HttpCall *call)
{
	static const HttpStreamEvents stream_events = { .sent = stream_sent, .stopping = stream_stopping, .gone = stream_gone };
	Follow *follow = g_new0(Follow, 1);

	follow->ref = 2;
	follow->events = events;
	follow->loop = http_call_loop(call);
	follow->token = http_call_token(call);
	follow->may = g_new0(gboolean, MAX(events->topics->len, 1));
	follow->stream = http_call_stream(call, SSE_TYPE, &stream_events, follow);
	if (follow->stream == NULL) {
		follow_free(follow);
		return NULL;
	}
	g_mutex_lock(&events->lock);
	g_hash_table_add(events->follows, follow);
	g_mutex_unlock(&events->lock);
	return follow;
}

static void run_events(HttpCall *call, void *data)
{
	Events *events = data;
	const char *asked = http_call_param(call, "topics");
	g_auto(GStrv) names = asked != NULL && asked[0] != '\0' ? g_strsplit(asked, ",", -1) : NULL;
	g_autofree char *from = position_of(call);
	g_autofree gboolean *may = g_new0(gboolean, MAX(events->topics->len, 1));
	g_autoptr(GPtrArray) topics = g_ptr_array_new();
	Follow *follow;

	if (http_call_session(call) == NULL) {
		refuse(call, 401, "login-required", "请先登录", NULL);
		return;
	}
	if (from != NULL && !tail_from_valid(from)) {
		refuse(call, 400, "not-a-position", "不是事件流给出的位置", NULL);
		return;
	}
	if (!pick_topics(events, call, names, may))
		return;
	follow = follow_new(events, call);
	if (follow == NULL)
		return;
	for (guint i = 0; i < events->topics->len; i++)
		if (may[i])
			g_ptr_array_add(topics, (gpointer)g_array_index(events->topics, Readable, i).topic->name);
	g_ptr_array_add(topics, NULL);
	memcpy(follow->may, may, events->topics->len * sizeof(*may));
	TailOptions options = { .sse = TRUE, .topics = (const char *const *)topics->pdata, .from = from, .whole = TRUE,
		                .may = follow_may, .piece = follow_piece, .left = follow_left, .data = follow };
	follow->reader = tail_join(events->tails, &options);
	follow->beat = loop_timer_new(follow->loop, conf_int(events->daemon->conf, "limits", "stream_heartbeat"), TRUE,
	                              run_beat, follow);
}

/* ---- life ---- */

static void add_plugin(Events *events, const Slot *slot)
{
	const Plugin *plugin = slot->loaded->plugin;

	if (slot->home == NULL)
		return;
	tails_add(events->tails, plugin, slot->home->dir);
	for (guint i = 0; i < plugin->n_topics; i++) {
		const zhen_topic *topic = &plugin->topics[i];
		Readable row = { .topic = topic };

		/* What names no permission is read by the administrator alone. */
		if (topic->permission == NULL)
			continue;
		row.permission = access_permission(events->daemon->access, topic->permission);
		g_array_append_val(events->topics, row);
		g_hash_table_insert(events->numbers, (gpointer)topic->name, GUINT_TO_POINTER(events->topics->len));
	}
}

static const zhen_field stream_fields[] = {
	{ .name = "topics", .label = "事件，用逗号分开；不填：看得到的全部", .type = ZHEN_TEXT },
	{ .name = "after", .label = "从这个位置之后开始，与 Last-Event-ID 相同", .type = ZHEN_TEXT },
	{ 0 },
};

static const HttpRoute stream_route = { .method = ZHEN_GET, .path = "/kernel/events", .summary = "持续接收事件（server-sent events）",
	                                .media = "text/event-stream", .fields = stream_fields, .permissions = "",
	                                .verb = "events tail", .run = run_events };

Events *events_new(Daemon *daemon)
{
	Events *events = g_new0(Events, 1);

	events->daemon = daemon;
	events->tails = tails_new(daemon->stores, daemon->divisions);
	events->topics = g_array_new(FALSE, FALSE, sizeof(Readable));
	events->numbers = g_hash_table_new(g_str_hash, g_str_equal);
	events->follows = g_hash_table_new(NULL, NULL);
	g_mutex_init(&events->lock);
	for (guint i = 0; i < daemon->slots->len; i++)
		add_plugin(events, daemon->slots->pdata[i]);
	http_add(daemon->http, &stream_route, events);
	tails_start(events->tails);
	return events;
}

Tails *events_tails(Events *events)
{
	return events->tails;
}

void events_wake(Daemon *daemon, const Plugin *plugin)
{
	Events *events = g_atomic_pointer_get(&daemon->events);

	if (events != NULL)
		tails_wake(events->tails, plugin);
}

void events_stop(Events *events)
{
	if (events != NULL)
		tails_stop(events->tails);
}

void events_free(Events *events)
{
	GHashTableIter iter;
	gpointer follow;

	if (events == NULL)
		return;
	tails_free(events->tails);
	/* Those with a piece on its way to a loop that has ended. */
	g_hash_table_iter_init(&iter, events->follows);
	while (g_hash_table_iter_next(&iter, &follow, NULL))
		follow_free(follow);
	g_hash_table_unref(events->follows);
	g_hash_table_unref(events->numbers);
	g_array_unref(events->topics);
	g_mutex_clear(&events->lock);
	g_free(events);
}
