/* SPDX-License-Identifier: Apache-2.0
 * What a reader outside is given: from where it stands, as far as a piece has room. */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "bus/bus.h"
#include "bus/cloudevents.h"
#include "bus/tail_inside.h"

#define READ_EVENTS 256
#define READ_BYTES (256 * 1024)
#define PIECE_BYTES (48 * 1024)
#define PASSED_MAX 4096 /* events passed over before the reader is told how far it is */

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

static gboolean wants(const TailReader *reader, const char *topic)
{
	return reader->topics == NULL || g_strv_contains((const char *const *)reader->topics, topic);
}

static gboolean wants_any(const TailReader *reader, const Plugin *plugin)
{
	for (guint i = 0; i < plugin->n_topics; i++)
		if (wants(reader, plugin->topics[i].name))
			return TRUE;
	return FALSE;
}

static void name_place(TailReader *reader, const char *name, gsize length, const LogPosition *position)
{
	const GPtrArray *sources = reader->tails->sources;

	for (guint i = 0; i < sources->len; i++) {
		const char *id = ((const Source *)sources->pdata[i])->plugin->id;

		if (strlen(id) != length || memcmp(id, name, length) != 0)
			continue;
		reader->places[i].position = *position;
		reader->places[i].known = TRUE;
		reader->places[i].from_start = FALSE;
	}
}

/* Those of plugins that there are not are passed over. */
void tail_places(TailReader *reader, const char *from, gboolean whole)
{
	const GPtrArray *sources = reader->tails->sources;
	const char *name;
	gsize length;
	LogPosition position;

	for (guint i = 0; i < sources->len; i++) {
		reader->places[i].from_start = from != NULL && (from[0] == '\0' || whole);
		reader->places[i].wanted = wants_any(reader, ((const Source *)sources->pdata[i])->plugin);
	}
	while (from != NULL && *from != '\0' && next_place(&from, &name, &length, &position))
		name_place(reader, name, length, &position);
}

static void put_place(const TailReader *reader, GString *out)
{
	const GPtrArray *sources = reader->tails->sources;
	gboolean first = TRUE;

	for (guint i = 0; i < sources->len; i++) {
		if (!reader->places[i].known || !reader->places[i].wanted)
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
	LogEvent given = *event; /* the block serves other readers too */

	reader->passed++;
	/* What its topic does not declare leaves the host no more than it reaches a subscriber. */
	if (topic == NULL || event_fault(plugin, reader->tails->divisions, &given, reader->tails->arena) != NULL)
		return;
	if (reader->options.may == NULL || reader->options.may(reader->options.data, plugin, topic, event))
		put_event(reader, plugin, &given, out);
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

	/* When it was greeted the log could not be read: what came since and lies before its end is passed over, and said. */
	if (!place->known) {
		if (!find_place(tails, source, place))
			return;
		if (!place->from_start)
			put_reset(reader, source->plugin, "the log could not be read when the reader came", out);
	}
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

/* ---- a piece ---- */

/* Where it stands before anything is given: who is cut off in the first piece resumes from here. */
static void greet(TailReader *reader, GString *out)
{
	Tails *tails = reader->tails;

	reader->greeted = TRUE;
	for (guint i = 0; i < tails->sources->len; i++)
		if (!reader->places[i].known && reader->places[i].wanted)
			find_place(tails, tails->sources->pdata[i], &reader->places[i]);
	if (!reader->options.sse)
		return;
	g_string_append(out, "retry: 2000\n");
	put_id(reader, out);
	g_string_append_c(out, '\n');
}

GString *tail_gather(TailReader *reader)
{
	Tails *tails = reader->tails;
	GString *out = g_string_new(NULL);

	reader->pending = FALSE;
	if (!reader->greeted)
		greet(reader, out);
	for (guint i = 0; i < tails->sources->len && out->len < PIECE_BYTES; i++)
		if (reader->places[i].wanted)
			read_on(reader, i, out);
	if (out->len == 0 && reader->passed >= PASSED_MAX && reader->options.sse) {
		put_id(reader, out);
		g_string_append_c(out, '\n');
	}
	if (out->len == 0) {
		g_string_free(out, TRUE);
		return NULL;
	}
	reader->passed = 0;
	return out;
}
