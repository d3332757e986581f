/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/tail.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/log.h"
#include "bus/bus.h"
#include "bus/cloudevents.h"

#define READ_EVENTS 256
#define READ_BYTES (256 * 1024)
#define PIECE_BYTES (48 * 1024)
#define PASSED_MAX 4096            /* events passed over before the reader is told how far it is */
#define AGAIN_US G_TIME_SPAN_SECOND /* after a log that could not be read */

/* A publisher's log and what was read of it last, for all who are near its end. */
typedef struct Source {
	const Plugin *plugin;
	char *dir;
	Log *log;           /* tail's thread; NULL until somebody reads */
	LogBlock *recent;   /* what lies behind recent_after; NULL = nothing read yet */
	LogPosition recent_after;
	gboolean at_end;    /* nothing lies behind recent */
	gboolean faulty;    /* that it cannot be read has been said */
	gboolean woken;     /* under the lock */
} Source;

typedef struct Place {
	LogPosition position;
	gboolean known;     /* position was found: where there is none yet, the log could not be read */
	gboolean from_start;
} Place;

struct TailReader {
	Tails *tails;
	TailOptions options;
	char **topics;
	Place *places;      /* one per source */
	guint passed;       /* events since something was given */
	gboolean greeted;
	gboolean pending;   /* more lies there already */
	gboolean ready, leaving; /* under the lock */
};

struct Tails {
	StoreHost *stores;
	const Divisions *divisions;
	GPtrArray *sources; /* of Source */
	GThread *thread;
	Arena *arena;
	LogBlock *own;      /* of who reads for itself */
	GPtrArray *readers; /* of TailReader; tail's thread */
	gboolean failed;    /* a log could not be read in this turn */
	GMutex lock;
	GCond come;
	GPtrArray *joining; /* of TailReader */
	guint n_readers;
	gboolean awake, stopping;
};

/* ---- positions: "plugin:position,plugin:position" ---- */

static gboolean is_plugin_name(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '_' && text[i] != '-' && text[i] != '.')
			return FALSE;
	return length > 0 && length < 64;
}

/* The next element of @from; moves it on. FALSE: it is not one. */
static gboolean next_place(const char **from, const char **out_name, gsize *out_length, LogPosition *out_position)
{
	const char *colon = strchr(*from, ':');
	gsize length = colon != NULL ? strcspn(colon + 1, ",") : 0;
	char text[LOG_POSITION_TEXT];

	if (colon == NULL || length == 0 || length >= sizeof(text) || !is_plugin_name(*from, (gsize)(colon - *from)))
		return FALSE;
	memcpy(text, colon + 1, length);
	text[length] = '\0';
	*out_name = *from;
	*out_length = (gsize)(colon - *from);
	*from = colon + 1 + length;
	if (**from == ',' && *++*from == '\0')
		return FALSE;
	return log_position_parse(text, out_position);
}

gboolean tail_from_valid(const char *from)
{
	const char *name;
	gsize length;
	LogPosition position;

	if (strlen(from) > TAIL_FROM_MAX)
		return FALSE;
	while (*from != '\0')
		if (!next_place(&from, &name, &length, &position))
			return FALSE;
	return TRUE;
}

/* Those of plugins that there are not are passed over. */
static void read_from(TailReader *reader, const char *from)
{
	const GPtrArray *sources = reader->tails->sources;
	const char *name;
	gsize length;
	LogPosition position;

	while (*from != '\0' && next_place(&from, &name, &length, &position))
		for (guint i = 0; i < sources->len; i++) {
			const char *id = ((const Source *)sources->pdata[i])->plugin->id;

			if (strlen(id) == length && memcmp(id, name, length) == 0)
				reader->places[i] = (Place){ .position = position, .known = TRUE };
		}
}

static void put_place(const TailReader *reader, GString *out)
{
	const GPtrArray *sources = reader->tails->sources;
	gboolean first = TRUE;

	for (guint i = 0; i < sources->len; i++) {
		if (!reader->places[i].known)
			continue;
		if (!first)
			g_string_append_c(out, ',');
		cloudevent_put_id(out, ((const Source *)sources->pdata[i])->plugin->id, &reader->places[i].position);
		first = FALSE;
	}
}

/* ---- what is given ---- */

static void put_id(const TailReader *reader, GString *out)
{
	g_string_append(out, "id: ");
	put_place(reader, out);
	g_string_append_c(out, '\n');
}

static void put_event(const TailReader *reader, const Plugin *plugin, const LogEvent *event, GString *out)
{
	if (reader->options.sse) {
		put_id(reader, out);
		g_string_append(out, "data: ");
	}
	cloudevent_put(out, plugin, event);
	g_string_append(out, reader->options.sse ? "\n\n" : "\n");
}

/* What was asked for is not there; where it goes on is. */
static void put_reset(const TailReader *reader, const Plugin *plugin, const char *why, GString *out)
{
	JsonOut json;

	if (reader->options.sse) {
		put_id(reader, out);
		g_string_append(out, "event: reset\ndata: ");
	}
	json_out_init(&json, out);
	json_open(&json, NULL, FALSE);
	json_put_text(&json, "code", "reset");
	json_put_text(&json, "plugin", plugin->id);
	json_put_text(&json, "title", "无法从此位置继续，之后从最新事件开始");
	json_put_text(&json, "detail", why);
	json_close_one(&json);
	g_string_append(out, reader->options.sse ? "\n\n" : "\n");
}

static gboolean wants(const TailReader *reader, const char *topic)
{
	return reader->topics == NULL || g_strv_contains((const char *const *)reader->topics, topic);
}

static const zhen_topic *topic_of(const Plugin *plugin, const char *name)
{
	for (guint i = 0; i < plugin->n_topics; i++)
		if (strcmp(plugin->topics[i].name, name) == 0)
			return &plugin->topics[i];
	return NULL;
}

static void give(TailReader *reader, const Plugin *plugin, const LogEvent *event, GString *out)
{
	const zhen_topic *topic = wants(reader, event->topic) ? topic_of(plugin, event->topic) : NULL;

	reader->passed++;
	/* What its topic does not declare leaves the host no more than it reaches a subscriber. */
	if (topic == NULL || event_fault(plugin, reader->tails->divisions, event, reader->tails->arena) != NULL)
		return;
	if (reader->options.may == NULL || reader->options.may(reader->options.data, plugin, topic, event))
		put_event(reader, plugin, event, out);
}

/* Moves @place through @block as far as the piece has room. */
static void give_block(TailReader *reader, const Source *source, Place *place, const LogBlock *block, GString *out)
{
	for (guint i = 0; i < block->events->len; i++) {
		const LogEvent *event = &g_array_index(block->events, LogEvent, i);

		if (log_position_compare(&event->position, &place->position) <= 0)
			continue;
		if (out->len >= PIECE_BYTES)
			return;
		place->position = event->position;
		give(reader, source->plugin, event, out);
		arena_reset(reader->tails->arena);
	}
	if (log_position_compare(&block->upto, &place->position) > 0)
		place->position = block->upto;
}

/* ---- reading ---- */

static gboolean not_read(Tails *tails, Source *source, const GError *error)
{
	if (!source->faulty)
		log_write(LOG_WARN, source->plugin->id, "events are not read for readers outside: %s", error->message);
	source->faulty = tails->failed = TRUE;
	return FALSE;
}

static void open_log(Tails *tails, Source *source)
{
	if (source->log == NULL)
		source->log = log_open(tails->stores, source->dir, source->plugin->id);
}

/* TRUE: @place says where reading begins. */
static gboolean find_place(Tails *tails, Source *source, Place *place)
{
	g_autoptr(GError) error = NULL;
	LogPosition position = { 0, 0 };

	open_log(tails, source);
	if (place->from_start ? !log_epoch(source->log, &position.epoch, &error) :
	                        !log_end(source->log, &position, &error))
		return not_read(tails, source, error);
	place->position = position;
	place->known = TRUE;
	return TRUE;
}

static gboolean of_recent(const Source *source, const LogPosition *position)
{
	return source->recent != NULL && source->recent->upto.epoch == position->epoch;
}

/* What lies behind @place: what was read for all, or else read now. NULL: nothing, or it could not be read. */
static const LogBlock *block_behind(const TailReader *reader, Source *source, Place *place, GError **error)
{
	Tails *tails = reader->tails;
	const gboolean near = of_recent(source, &place->position) &&
	                      log_position_compare(&place->position, &source->recent_after) >= 0;
	LogBlock *block;

	if (near && log_position_compare(&place->position, &source->recent->upto) < 0)
		return source->recent;
	if (near && source->at_end && log_position_compare(&place->position, &source->recent->upto) == 0)
		return NULL;
	/* At the end of what was read for all, or nothing was: this is read for all. */
	if (source->recent == NULL)
		source->recent = log_block_new();
	block = near || !of_recent(source, &place->position) ? source->recent : tails->own;
	open_log(tails, source);
	if (block == source->recent)
		source->at_end = FALSE;
	if (!log_read(source->log, &place->position, block == tails->own ? (const char *const *)reader->topics : NULL,
	              READ_EVENTS, READ_BYTES, block, error)) {
		if (block == source->recent)
			g_clear_pointer(&source->recent, log_block_free);
		return NULL;
	}
	/* The start is the start in any epoch. */
	place->position.epoch = block->upto.epoch;
	if (block == source->recent) {
		source->recent_after = place->position;
		source->at_end = block->at_end;
	}
	return block;
}

static void read_on(TailReader *reader, guint index, GString *out)
{
	Tails *tails = reader->tails;
	Source *source = tails->sources->pdata[index];
	Place *place = &reader->places[index];
	g_autoptr(GError) error = NULL;
	const LogBlock *block;

	if (!place->known && !find_place(tails, source, place))
		return;
	block = block_behind(reader, source, place, &error);
	source->faulty = source->faulty && block == NULL;
	if (block != NULL) {
		if (block->events->len == 0)
			reader->passed += READ_EVENTS;
		give_block(reader, source, place, block, out);
		reader->pending |= !block->at_end || log_position_compare(&place->position, &block->upto) < 0;
	} else if (error != NULL && g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_CONFLICT)) {
		place->from_start = FALSE;
		if (find_place(tails, source, place))
			put_reset(reader, source->plugin, error->message, out);
	} else if (error != NULL) {
		not_read(tails, source, error);
	}
}

/* ---- a turn ---- */

static void greet(TailReader *reader, GString *out)
{
	reader->greeted = TRUE;
	if (!reader->options.sse)
		return;
	/* Who is cut off before the first event resumes from here. */
	g_string_append(out, "retry: 2000\n");
	put_id(reader, out);
	g_string_append_c(out, '\n');
}

static void serve(TailReader *reader)
{
	Tails *tails = reader->tails;
	GString *out = g_string_new(NULL);

	reader->pending = FALSE;
	for (guint i = 0; i < tails->sources->len && out->len < PIECE_BYTES; i++)
		read_on(reader, i, out);
	if (!reader->greeted) {
		GString *first = g_string_new(NULL);

		greet(reader, first);
		g_string_append_len(first, out->str, (gssize)out->len);
		g_string_free(out, TRUE);
		out = first;
	}
	if (out->len == 0 && reader->passed >= PASSED_MAX && reader->options.sse) {
		put_id(reader, out);
		g_string_append_c(out, '\n');
	}
	if (out->len == 0) {
		g_string_free(out, TRUE);
		return;
	}
	reader->passed = 0;
	g_mutex_lock(&tails->lock);
	reader->ready = FALSE;
	g_mutex_unlock(&tails->lock);
	reader->options.piece(reader->options.data, out);
}

static void reader_free(void *data)
{
	TailReader *reader = data;

	reader->options.left(reader->options.data);
	g_strfreev(reader->topics);
	g_free(reader->places);
	g_free(reader);
}

/* Under the lock: who came, who goes, what was committed. */
static GPtrArray *take_news(Tails *tails)
{
	GPtrArray *gone = g_ptr_array_new_with_free_func(reader_free);

	while (tails->joining->len > 0)
		g_ptr_array_add(tails->readers, g_ptr_array_steal_index(tails->joining, 0));
	for (guint i = tails->readers->len; i > 0; i--)
		if (((TailReader *)tails->readers->pdata[i - 1])->leaving)
			g_ptr_array_add(gone, g_ptr_array_steal_index(tails->readers, i - 1));
	for (guint i = 0; i < tails->sources->len; i++) {
		Source *source = tails->sources->pdata[i];

		source->at_end = source->at_end && !source->woken;
		source->woken = FALSE;
	}
	tails->awake = FALSE;
	return gone;
}

static gboolean is_ready(Tails *tails, TailReader *reader)
{
	gboolean ready;

	g_mutex_lock(&tails->lock);
	ready = reader->ready && !reader->leaving;
	g_mutex_unlock(&tails->lock);
	return ready;
}

/* TRUE: there is more to do already. */
static gboolean turn(Tails *tails)
{
	gboolean more = FALSE;

	for (guint i = 0; i < tails->readers->len; i++) {
		TailReader *reader = tails->readers->pdata[i];

		if (!is_ready(tails, reader))
			continue;
		serve(reader);
		more |= reader->pending && is_ready(tails, reader);
	}
	return more;
}

static gpointer tails_thread(gpointer data)
{
	Tails *tails = data;
	gboolean more = FALSE;

	g_mutex_lock(&tails->lock);
	while (!tails->stopping) {
		g_autoptr(GPtrArray) gone = NULL;

		if (!tails->awake && !more && tails->failed)
			g_cond_wait_until(&tails->come, &tails->lock, g_get_monotonic_time() + AGAIN_US);
		while (!tails->awake && !more && !tails->failed && !tails->stopping)
			g_cond_wait(&tails->come, &tails->lock);
		tails->failed = FALSE;
		gone = take_news(tails);
		g_mutex_unlock(&tails->lock);
		g_ptr_array_set_size(gone, 0);
		more = turn(tails);
		g_mutex_lock(&tails->lock);
	}
	g_mutex_unlock(&tails->lock);
	return NULL;
}

/* ---- life ---- */

static void source_free(void *data)
{
	Source *source = data;

	log_close(source->log);
	log_block_free(source->recent);
	g_free(source->dir);
	g_free(source);
}

Tails *tails_new(StoreHost *stores, const Divisions *divisions)
{
	Tails *tails = g_new0(Tails, 1);

	tails->stores = stores;
	tails->divisions = divisions;
	tails->sources = g_ptr_array_new_with_free_func(source_free);
	tails->readers = g_ptr_array_new_with_free_func(reader_free);
	tails->joining = g_ptr_array_new_with_free_func(reader_free);
	tails->arena = arena_new();
	tails->own = log_block_new();
	g_mutex_init(&tails->lock);
	g_cond_init(&tails->come);
	return tails;
}

void tails_add(Tails *tails, const Plugin *plugin, const char *dir)
{
	Source *source;

	g_assert(tails->thread == NULL);
	if (plugin->n_topics == 0)
		return;
	source = g_new0(Source, 1);
	source->plugin = plugin;
	source->dir = g_strdup(dir);
	g_ptr_array_add(tails->sources, source);
}

void tails_start(Tails *tails)
{
	tails->thread = g_thread_new("zhen-tails", tails_thread, tails);
}

static void wake_locked(Tails *tails)
{
	tails->awake = TRUE;
	g_cond_signal(&tails->come);
}

void tails_wake(Tails *tails, const Plugin *publisher)
{
	g_mutex_lock(&tails->lock);
	for (guint i = 0; i < tails->sources->len; i++) {
		Source *source = tails->sources->pdata[i];

		source->woken |= source->plugin == publisher;
	}
	if (tails->n_readers > 0)
		wake_locked(tails);
	g_mutex_unlock(&tails->lock);
}

void tails_stop(Tails *tails)
{
	if (tails == NULL || tails->thread == NULL)
		return;
	g_mutex_lock(&tails->lock);
	tails->stopping = TRUE;
	g_cond_signal(&tails->come);
	g_mutex_unlock(&tails->lock);
	g_thread_join(g_steal_pointer(&tails->thread));
}

void tails_free(Tails *tails)
{
	if (tails == NULL)
		return;
	tails_stop(tails);
	g_ptr_array_unref(tails->readers);
	g_ptr_array_unref(tails->joining);
	g_ptr_array_unref(tails->sources);
	arena_free(tails->arena);
	log_block_free(tails->own);
	g_mutex_clear(&tails->lock);
	g_cond_clear(&tails->come);
	g_free(tails);
}

guint tails_readers(Tails *tails)
{
	guint count;

	g_mutex_lock(&tails->lock);
	count = tails->n_readers;
	g_mutex_unlock(&tails->lock);
	return count;
}

TailReader *tail_join(Tails *tails, const TailOptions *options)
{
	TailReader *reader = g_new0(TailReader, 1);

	reader->tails = tails;
	reader->options = *options;
	reader->topics = g_strdupv((char **)options->topics);
	reader->places = g_new0(Place, MAX(tails->sources->len, 1));
	reader->ready = TRUE;
	for (guint i = 0; i < tails->sources->len; i++)
		reader->places[i].from_start = options->from != NULL && (options->from[0] == '\0' || options->whole);
	if (options->from != NULL)
		read_from(reader, options->from);
	g_mutex_lock(&tails->lock);
	g_ptr_array_add(tails->joining, reader);
	tails->n_readers++;
	wake_locked(tails);
	g_mutex_unlock(&tails->lock);
	return reader;
}

void tail_more(TailReader *reader)
{
	Tails *tails = reader->tails;

	g_mutex_lock(&tails->lock);
	reader->ready = TRUE;
	wake_locked(tails);
	g_mutex_unlock(&tails->lock);
}

void tail_leave(TailReader *reader)
{
	Tails *tails = reader->tails;

	g_mutex_lock(&tails->lock);
	reader->leaving = TRUE;
	tails->n_readers--;
	wake_locked(tails);
	g_mutex_unlock(&tails->lock);
}
