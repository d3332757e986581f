/* SPDX-License-Identifier: Apache-2.0
 * Runs what is set aside when its time has come: the first of its subject, and those behind it one after the other. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"

#define AT_ONCE 4
#define READ_MAX 32             /* due rows of one look */
#define TIMER_MAX_MS (3600 * 1000) /* the clock may be set meanwhile */

typedef struct Retries {
	Runtime *runtime;
	Loop *loop;
	LoopTimer *timer;
	GHashTable *under_way; /* &Retry.id -> Retry, borrowed */
	gint64 next_due;       /* 0 = look at once */
	gint64 paused_until;   /* the store takes nothing at the moment */
	gint woken;            /* atomic: the item is on the loop's list */
	LoopItem wake;
	gboolean stopped;
} Retries;

typedef struct Retry {
	Retries *retries;
	gint64 id;
	CallRequest request;
} Retry;

static void look(Retries *retries);

static void ended(void *data, CallReply *reply)
{
	Retry *retry = data;
	Retries *retries = retry->retries;
	Runtime *runtime = retries->runtime;

	if (reply->status >= 400)
		log_write(LOG_WARN, runtime->plugin->id,
		          "event %s/%" G_GINT64_FORMAT " set aside failed again with %d (zhenctl events show)",
		          runtime->plugin->id, retry->id, reply->status);
	/* Then perhaps nothing could be recorded, and it is due still. */
	if (reply->status == 507 || reply->status == ZHEN_UNAVAILABLE)
		retries->paused_until = clock_now_ms() + 1000;
	call_reply_free(reply);
	g_hash_table_remove(retries->under_way, &retry->id);
	g_free(retry);
	retries->next_due = 0;
	look(retries);
	if (g_hash_table_size(retries->under_way) == 0)
		jobs_wake(runtime);
}

static void start(Retries *retries, gint64 id)
{
	Runtime *runtime = retries->runtime;
	Retry *retry = g_new0(Retry, 1);

	retry->retries = retries;
	retry->id = id;
	retry->request = (CallRequest){
		.kind = CALL_PARKED,
		.index = PARKED_RETRY,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.now_ms = clock_now_ms(),
		.request_id = "retry",
		.base_url = runtime->env->base_url,
		.address = "",
		.job_id = id,
	};
	g_hash_table_insert(retries->under_way, &retry->id, retry);
	runtime_submit(runtime, retries->loop, &retry->request, ended, retry);
}

/* Rows that are due, and when the first of the others is. */
static gboolean read_due(Retries *retries, StoreConn *conn, gint64 now, GArray *due)
{
	/* One that is to wait for longer than any does was set aside by a clock that has been set back since. */
	zhen_value args[] = { zhen_from_int(now), zhen_from_int(READ_MAX), zhen_from_int(now + PARKED_WAIT_MAX_MS),
		              zhen_from_int(NEVER) };
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT id FROM _parked p WHERE (not_before <= $1 OR (not_before > $3 AND not_before < $4)) "
	                                "AND code <> 'not-valid' AND (subject = '' "
	                                "OR NOT EXISTS (SELECT 1 FROM _parked b WHERE b.publisher = p.publisher AND "
	                                "b.subject = p.subject AND b.id < p.id)) ORDER BY not_before, id LIMIT $2",
	                                NULL, args, G_N_ELEMENTS(args), NULL);
	StoreStep step = STORE_FAILED;
	gint64 next = 0;

	while (stmt != NULL && (step = store_step(stmt, NULL)) == STORE_ROW) {
		zhen_value id;

		store_column(stmt, 0, &id);
		g_array_append_val(due, id.as.integer);
	}
	if (stmt != NULL)
		store_reset(stmt);
	if (step != STORE_DONE ||
	    !store_exec(conn, STORE_HOST, "SELECT MIN(not_before) FROM _parked WHERE not_before > $1", args, 1, &next,
	                NULL))
		return FALSE;
	retries->next_due = next > 0 ? next : NEVER;
	return TRUE;
}

static void on_time(void *data)
{
	Retries *retries = data;

	g_clear_pointer(&retries->timer, loop_timer_free);
	retries->next_due = 0;
	look(retries);
}

static void set_timer(Retries *retries, gint64 now)
{
	const gint64 at = MAX(retries->next_due, retries->paused_until);

	g_clear_pointer(&retries->timer, loop_timer_free);
	if (at != NEVER)
		retries->timer =
			loop_timer_new(retries->loop, CLAMP(at - now, 1, TIMER_MAX_MS), FALSE, on_time, retries);
}

static void look(Retries *retries)
{
	Runtime *runtime = retries->runtime;
	g_autoptr(GArray) due = g_array_new(FALSE, FALSE, sizeof(gint64));
	const gint64 now = clock_now_ms();
	StoreConn *conn;

	if (retries->stopped || runtime->stopping || jobs_held(runtime) ||
	    g_hash_table_size(retries->under_way) >= AT_ONCE)
		return;
	if (retries->next_due > now)
		return;
	if (retries->paused_until > now && retries->paused_until <= now + 1000) {
		set_timer(retries, now);
		return;
	}
	retries->paused_until = 0;
	conn = store_read(runtime->store, loop_index(retries->loop), NULL);
	if (conn != NULL)
		store_read_budget(conn, FALSE);
	if (conn == NULL || !read_due(retries, conn, now, due)) {
		retries->paused_until = now + 1000;
		set_timer(retries, now);
		return;
	}
	for (guint i = 0; i < due->len; i++) {
		const gint64 *id = &g_array_index(due, gint64, i);

		if (g_hash_table_contains(retries->under_way, id))
			continue;
		if (g_hash_table_size(retries->under_way) == AT_ONCE)
			return; /* looked again when one of them has ended */
		start(retries, *id);
	}
	set_timer(retries, now);
}

static void woken(void *data)
{
	Retries *retries = data;

	g_atomic_int_set(&retries->woken, 0);
	retries->next_due = 0;
	look(retries);
}

void retries_wake(Runtime *runtime)
{
	Retries *retries = runtime->retries;

	if (retries != NULL && g_atomic_int_compare_and_exchange(&retries->woken, 0, 1))
		loop_post(retries->loop, &retries->wake);
}

void retries_tick(Runtime *runtime)
{
	Retries *retries = runtime->retries;

	if (retries != NULL && retries->next_due <= clock_now_ms())
		look(retries);
}

gboolean retries_idle(Runtime *runtime)
{
	Retries *retries = runtime->retries;

	if (retries == NULL || retries->stopped)
		return TRUE;
	retries->next_due = 0;
	look(retries);
	return g_hash_table_size(retries->under_way) == 0;
}

gboolean retries_rest(const Retries *retries)
{
	return g_hash_table_size(retries->under_way) == 0 && g_atomic_int_get(&retries->woken) == 0;
}

Retries *retries_new(Runtime *runtime, Loop *loop)
{
	Retries *retries = g_new0(Retries, 1);

	retries->runtime = runtime;
	retries->loop = loop;
	retries->under_way = g_hash_table_new(g_int64_hash, g_int64_equal);
	retries->wake = (LoopItem){ .run = woken, .data = retries };
	return retries;
}

void retries_stop(Retries *retries)
{
	if (retries == NULL)
		return;
	retries->stopped = TRUE;
	g_clear_pointer(&retries->timer, loop_timer_free);
}

void retries_free(Retries *retries)
{
	if (retries == NULL)
		return;
	retries_stop(retries);
	g_hash_table_unref(retries->under_way);
	g_free(retries);
}
