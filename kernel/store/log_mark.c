/* SPDX-License-Identifier: Apache-2.0
 * Whether a cursor lies on the log it was moved along. A folder put back by hand has its old epoch, and once it has grown
 * again nothing but the events themselves tells it from the log that was there. */
#include "store/log.h"

#include <string.h>

#define META "SELECT min(value) FROM _meta WHERE name GLOB ?1"

static guint64 mix(guint64 sum, gconstpointer data, gsize length)
{
	const guchar *bytes = data;

	for (gsize i = 0; i < length; i++)
		sum = (sum ^ bytes[i]) * G_GUINT64_CONSTANT(0x100000001b3);
	return sum;
}

static guint64 mix_text(guint64 sum, const char *text)
{
	return mix(sum, text, strlen(text) + 1);
}

LogMark log_mark(const LogEvent *event)
{
	guint64 sum = G_GUINT64_CONSTANT(0xcbf29ce484222325);

	sum = mix(sum, &event->position.seq, sizeof event->position.seq);
	sum = mix(sum, &event->at_ms, sizeof event->at_ms);
	sum = mix_text(mix_text(mix_text(sum, event->topic), event->subject), event->division);
	sum = mix(sum, event->body, event->body_length) & G_MAXINT64;
	return (LogMark){ sum != 0 ? (gint64)sum : 1, event->at_ms };
}

/* The first event behind @seq; *out 0 = none. */
static gboolean read_next(Log *log, const LogPosition *after, gint64 *out, LogMark *out_mark, GError **error)
{
	g_autoptr(LogBlock) block = log_block_new();
	gboolean at_end = FALSE;
	LogPosition from = *after;

	*out = 0;
	while (!at_end && block->events->len == 0) {
		if (!log_read(log, &from, NULL, 1, 1, block, error))
			return FALSE;
		at_end = block->at_end;
		from = block->upto;
	}
	if (block->events->len > 0) {
		const LogEvent *event = &g_array_index(block->events, LogEvent, 0);

		*out = event->position.seq;
		*out_mark = log_mark(event);
	}
	return TRUE;
}

gboolean log_mark_at(Log *log, gint64 seq, LogMark *out, GError **error)
{
	LogPosition end;
	LogMark mark;
	gint64 found;

	*out = (LogMark){ 0 };
	if (!log_end(log, &end, error))
		return FALSE;
	if (seq <= 0 || seq > end.seq)
		return TRUE;
	if (!read_next(log, &(LogPosition){ end.epoch, seq - 1 }, &found, &mark, error))
		return FALSE;
	if (found == seq)
		*out = mark;
	return TRUE;
}

gboolean log_holds(Log *log, const LogCursor *cursor, gboolean *out, LogPosition *out_end, GError **error)
{
	const LogPosition *at = &cursor->position;
	gint64 trimmed = 0;
	LogMark mark;

	if (!log_end(log, out_end, error))
		return FALSE;
	*out = at->epoch == out_end->epoch && at->seq >= 0 && at->seq <= out_end->seq;
	if (!*out || at->seq == 0)
		return TRUE;
	if (cursor->mark.digest == 0) {
		/* It was seen apart, and nothing tells that it no longer is. */
		*out = cursor->parted < 0;
		return TRUE;
	}
	if (!log_mark_at(log, at->seq, &mark, error) ||
	    (mark.digest == 0 && !log_number(log, META, "trimmed", &trimmed, error)))
		return FALSE;
	/* A transient event may be gone that everybody had; what was never there is another log's. */
	*out = mark.digest != 0 ? mark.digest == cursor->mark.digest : at->seq <= trimmed;
	return TRUE;
}

/* All that the old log had was older than the last event taken from it; what this one has since then is younger. */
static gboolean part_by_time(Log *log, const LogPosition *end, const LogCursor *cursor, gint64 *out, GError **error)
{
	gint64 low = 0, high = MIN(cursor->position.seq, end->seq); /* up to low nothing is younger; behind high all is */

	while (low < high) {
		const gint64 middle = low + (high - low) / 2;
		LogMark mark;
		gint64 found;

		if (!read_next(log, &(LogPosition){ end->epoch, middle }, &found, &mark, error))
			return FALSE;
		if (found != 0 && found <= high && mark.at_ms <= cursor->mark.at_ms)
			low = found;
		else
			high = middle;
	}
	*out = low;
	return TRUE;
}

gboolean log_parting(Log *log, const LogCursor *cursor, gint64 *out, GError **error)
{
	const LogPosition *at = &cursor->position;
	g_autofree char *left = g_strdup_printf(LOG_LEFT_NAME, (guint64)at->epoch);
	LogPosition end;
	LogMark mark;

	if (!log_end(log, &end, error) || !log_mark_at(log, at->seq, &mark, error))
		return FALSE;
	*out = end.seq;
	/* The same event is there: only the epoch is another one. */
	if (mark.digest != 0 && mark.digest == cursor->mark.digest)
		return TRUE;
	*out = at->epoch == end.epoch ? cursor->parted : -1;
	if (at->epoch != end.epoch && !log_number(log, META, left, out, error))
		return FALSE;
	if (*out < 0 && cursor->mark.digest != 0)
		return part_by_time(log, &end, cursor, out, error);
	if (*out < 0 && at->epoch != end.epoch)
		return throw_error(error, ERROR_REFUSED,
		                   "not known up to where the log of another epoch is the same: say it by a replay --from");
	*out = *out < 0 ? end.seq : MIN(*out, end.seq);
	return TRUE;
}
