/* SPDX-License-Identifier: Apache-2.0
 * What was deleted is to be in no file any more. Deleted bytes are zeroed by the engine (secure_delete); here the
 * write-ahead log, which has the pages as they were before, is emptied, and then what pages keep of rows that moved. */
#include "store/search.h"

#define ATTEMPT_MS 100

gboolean store_forget(Store *store, gint64 wait_ms, GError **error)
{
	const gint64 until = mono_us() + wait_ms * 1000;
	StoreConn *conn = search_forget(store, error) ? conn_open(store, CONN_CHECKPOINTER, error) : NULL;
	gboolean again = TRUE, fine = TRUE;

	if (conn == NULL)
		return FALSE;
	sqlite3_busy_timeout(conn->db, ATTEMPT_MS);
	do
		fine = !checkpoint_truncate(store, conn) || scrub_run(store, conn, &again, error);
	while (fine && again && mono_us() < until);
	conn_close(conn);
	return fine && (!again || throw_error(error, ERROR_BUSY, "%s: the write-ahead log is in use", store->name));
}
