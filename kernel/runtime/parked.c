/* SPDX-License-Identifier: Apache-2.0
 * Rows of _parked: how many, which of them stand before an event, one more. */
#include "runtime/events.h"

#define TRIES_MAX 10
#define BACKOFF_MS 1000
#define PARKED_MAX 100000
#define OF_PUBLISHER_MAX 50000
#define OF_SUBJECT_MAX 1000
#define DEAD "not_before = 9223372036854775807 AND code <> 'behind'" /* word for word that of its index */
#define COUNTS "name >= 'parked:' AND name < 'parked;'"              /* rows of _meta, one per publisher */

gint64 parked_next_try(const Runtime *runtime, gint64 tries, gint64 now_ms)
{
	const RuntimeEnv *env = runtime->env;
	const gint64 most = env->event_tries > 0 ? env->event_tries : TRIES_MAX;
	const gint64 first = env->event_backoff_ms > 0 ? env->event_backoff_ms : BACKOFF_MS;

	if (tries >= most)
		return NEVER;
	return now_ms + MIN(first << MIN(MAX(tries, 1) - 1, 20), PARKED_WAIT_MAX_MS);
}

/* ---- how many; kept as they come and go, in the same transaction ---- */

gint64 parked_room(const Runtime *runtime, StoreConn *conn, const char *publisher, const char **out_full)
{
	const RuntimeEnv *env = runtime->env;
	const gint64 most = env->parked_max > 0 ? env->parked_max : PARKED_MAX;
	const gint64 most_of = env->parked_of_publisher > 0 ? env->parked_of_publisher : OF_PUBLISHER_MAX;
	g_autofree char *name = g_strconcat("parked:", publisher, NULL);
	zhen_value arg = zhen_from_text(name);
	gint64 all = 0, of = 0;

	*out_full = "parked-full";
	if (!store_exec(conn, STORE_HOST, "SELECT SUM(value) FROM _meta WHERE " COUNTS, NULL, 0, &all, NULL) ||
	    !store_exec(conn, STORE_HOST, "SELECT value FROM _meta WHERE name = $1", &arg, 1, &of, NULL) || all >= most)
		return 0;
	*out_full = "parked-full-publisher";
	return MAX(MIN(most - all, most_of - of), 0);
}

gboolean parked_counted(StoreConn *conn, const char *publisher, const char *subject, gint by, GError **error)
{
	g_autofree char *name = g_strconcat("parked:", publisher, NULL);
	zhen_value whole[] = { zhen_from_text(name), zhen_from_int(by) };
	zhen_value of[] = { zhen_from_text(publisher), zhen_from_text(subject), zhen_from_int(by) };

	if (!store_exec(conn, STORE_HOST,
	                "INSERT INTO _meta(name, value) VALUES($1, $2) {{upsert name}} value = _meta.value + "
	                "excluded.value",
	                whole, G_N_ELEMENTS(whole), NULL, error))
		return FALSE;
	if (subject[0] == '\0')
		return TRUE;
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _crowd(publisher, subject, events) VALUES($1, $2, $3) {{upsert publisher, "
	                  "subject}} "
	                  "events = _crowd.events + excluded.events",
	                  of, G_N_ELEMENTS(of), NULL, error) &&
	       (by > 0 ||
	        store_exec(conn, STORE_HOST, "DELETE FROM _crowd WHERE publisher = $1 AND subject = $2 AND events <= 0",
	                   of, 2, NULL, error));
}

gboolean parked_recount(StoreConn *conn, GError **error)
{
	static const char *const steps[] = {
		"DELETE FROM _meta WHERE " COUNTS,
		"INSERT INTO _meta(name, value) SELECT 'parked:' || publisher, COUNT(*) FROM _parked GROUP BY "
		"publisher",
		"DELETE FROM _crowd",
		"INSERT INTO _crowd(publisher, subject, events) SELECT publisher, subject, COUNT(*) FROM _parked "
		"WHERE subject > '' GROUP BY publisher, subject",
	};

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
		if (!store_exec(conn, STORE_HOST, steps[i], NULL, 0, NULL, error))
			return FALSE;
	return TRUE;
}

static gboolean check_counts(StoreConn *conn, void *data, GError **error)
{
	gint64 off = 0;

	(void)data;
	return store_exec(conn, STORE_HOST,
	                  "SELECT COALESCE((SELECT SUM(value) FROM _meta WHERE " COUNTS
	                  "), 0) <> (SELECT COUNT(*) FROM _parked)",
	                  NULL, 0, &off, error) &&
	       (off == 0 || parked_recount(conn, error));
}

gboolean parked_check_counts(Store *store, GError **error)
{
	return store_write_now(store, check_counts, NULL, error);
}

static gint64 crowd_of(const Runtime *runtime)
{
	return runtime->env->parked_of_subject > 0 ? runtime->env->parked_of_subject : OF_SUBJECT_MAX;
}

gboolean parked_is_crowd(const Runtime *runtime, StoreConn *conn, const char *publisher, const char *subject,
                         gboolean *out, GError **error)
{
	zhen_value args[] = { zhen_from_text(publisher), zhen_from_text(subject) };
	gint64 events = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT events FROM _crowd WHERE publisher = $1 AND subject = $2", args,
	                G_N_ELEMENTS(args), &events, error))
		return FALSE;
	*out = events >= crowd_of(runtime);
	return TRUE;
}

void parked_stats(const Runtime *runtime, StoreConn *conn, RuntimeStats *out)
{
	zhen_value crowd = zhen_from_int(crowd_of(runtime));
	gint64 all = 0, dead = 0, crowded = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT SUM(value) FROM _meta WHERE " COUNTS, NULL, 0, &all, NULL) ||
	    !store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _parked WHERE " DEAD, NULL, 0, &dead, NULL) ||
	    !store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _crowd WHERE events >= $1", &crowd, 1, &crowded, NULL))
		return;
	out->values[STAT_EVENTS_WAITING] = MAX(all - dead, 0);
	out->values[STAT_EVENTS_DEAD] = dead;
	out->values[STAT_EVENTS_CROWDED] = crowded;
}

/* ---- rows ---- */

gboolean parked_any(StoreConn *conn, const char *publisher, gboolean *out, GError **error)
{
	zhen_value arg = zhen_from_text(publisher);
	gint64 found = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT 1 FROM _parked WHERE publisher = $1 AND subject > '' LIMIT 1", &arg,
	                1, &found, error))
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

	if (!store_exec(conn, STORE_HOST,
	                "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, "
	                "tries, "
	                "not_before, parked_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
	                args, G_N_ELEMENTS(args), NULL, error))
		return FALSE;
	return parked_counted(conn, publisher, event->subject, 1, error);
}
