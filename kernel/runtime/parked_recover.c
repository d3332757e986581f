/* SPDX-License-Identifier: Apache-2.0
 * Retries that had begun when the process ended. The one whose handler was at work ended it, and its try counts; another
 * was only on its way, stopped with the process: it is tried again as if nothing had been. */
#include "runtime/events.h"
#include "runtime/running.h"

typedef struct Begun {
	gint64 id;
	gboolean crashed;
} Begun;

static gboolean read_begun(const Runtime *runtime, StoreConn *conn, GArray *out, GError **error)
{
	zhen_value code = zhen_from_text(PARKED_TRYING);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT id, publisher, epoch, seq FROM _parked WHERE code = $1", NULL, &code, 1,
	                                error);
	StoreStep step = STORE_FAILED;

	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value id, publisher, epoch, seq;

		store_column(stmt, 0, &id);
		store_column(stmt, 1, &publisher);
		store_column(stmt, 2, &epoch);
		store_column(stmt, 3, &seq);
		const LogPosition at = { epoch.as.integer, seq.as.integer };
		const Begun begun = { id.as.integer, running_was(runtime->at_work, publisher.as.text, &at) };
		g_array_append_val(out, begun);
	}
	if (stmt != NULL)
		store_reset(stmt);
	return step == STORE_DONE;
}

static gboolean recover(StoreConn *conn, void *data, GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Begun));
	gboolean fine = read_begun(data, conn, all, error);

	for (guint i = 0; fine && i < all->len; i++) {
		const Begun *begun = &g_array_index(all, Begun, i);
		zhen_value args[] = { zhen_from_int(begun->id), zhen_from_text(begun->crashed ? "crashed" : PARKED_INTERRUPTED) };

		fine = store_exec(conn, STORE_HOST,
		                  begun->crashed ? "UPDATE _parked SET code = $2, error = 'the process ended while it ran' "
		                                   "WHERE id = $1" :
		                                   "UPDATE _parked SET code = $2, tries = tries - 1, not_before = 0 WHERE id = $1",
		                  args, G_N_ELEMENTS(args), NULL, error);
	}
	return fine;
}

gboolean parked_recover(Runtime *runtime, GError **error)
{
	runtime->at_work = running_open(runtime->dir, runtime->plugin->id);
	return store_write_now(runtime->store, recover, runtime, error);
}
