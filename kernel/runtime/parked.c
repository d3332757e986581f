/* SPDX-License-Identifier: Apache-2.0
 * Rows of _parked: how many, which of them stand before an event, one more. */
#include "runtime/events.h"

#define TRIES_MAX 10
#define BACKOFF_MS 1000
#define BACKOFF_MAX_MS (3600 * 1000)
#define PARKED_MAX 100000

gint64 parked_next_try(const Runtime *runtime, gint64 tries, gint64 now_ms)
{
	const RuntimeEnv *env = runtime->env;
	const gint64 most = env->event_tries > 0 ? env->event_tries : TRIES_MAX;
	const gint64 first = env->event_backoff_ms > 0 ? env->event_backoff_ms : BACKOFF_MS;

	if (tries >= most)
		return NEVER;
	return now_ms + MIN(first << MIN(MAX(tries, 1) - 1, 20), BACKOFF_MAX_MS);
}

gint64 parked_room(const Runtime *runtime, StoreConn *conn)
{
	const gint64 most = runtime->env->parked_max > 0 ? runtime->env->parked_max : PARKED_MAX;
	gint64 rows = most;

	store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _parked", NULL, 0, &rows, NULL);
	return MAX(most - rows, 0);
}

gboolean parked_any(StoreConn *conn, const char *publisher, gboolean *out, GError **error)
{
	zhen_value arg = zhen_from_text(publisher);
	gint64 found = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT 1 FROM _parked WHERE publisher = $1 AND subject > '' LIMIT 1", &arg, 1, &found,
	                error))
		return FALSE;
	*out = found != 0;
	return TRUE;
}

gboolean parked_before(StoreConn *conn, const char *publisher, const char *subject, gboolean *out, GError **error)
{
	zhen_value args[] = { zhen_from_text(publisher), zhen_from_text(subject) };
	gint64 found = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT 1 FROM _parked WHERE publisher = $1 AND subject = $2 LIMIT 1", args,
	                G_N_ELEMENTS(args), &found, error))
		return FALSE;
	*out = found != 0;
	return TRUE;
}

gboolean parked_insert(StoreConn *conn, const char *publisher, const ParkedRow *row, gint64 not_before, gint64 now_ms,
                       GError **error)
{
	const CallEvent *event = &row->event;
	zhen_value body = { ZHEN_KIND_TEXT, (guint32)event->body_length, { .text = event->body } };
	zhen_value args[] = {
		zhen_from_text(publisher),
		zhen_from_int(event->position.epoch),
		zhen_from_int(event->position.seq),
		zhen_from_text(event->topic),
		zhen_from_text(event->subject),
		zhen_from_text(event->division),
		zhen_from_int(event->at_ms),
		body,
		zhen_from_text(row->code),
		zhen_from_text(row->error),
		zhen_from_int(row->tries),
		zhen_from_int(not_before),
		zhen_from_int(now_ms),
	};

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, "
	                  "not_before, parked_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}
