/* SPDX-License-Identifier: Apache-2.0
 * secure_delete zeroes what is deleted, not what is moved: a page that was split keeps old copies of rows between its cell
 * pointers and its cells (measured: one removed name of a thousand). Here that space is zeroed in the file itself.
 *
 * The write lock is held, and the write-ahead log is empty: the file is all there is and nobody changes it. Readers never look
 * at these bytes. The writer has pages with the old bytes in its cache and would write them again; the commit at the end, from
 * another connection, makes it read them anew. The file is reached through the engine's own handle: closing another descriptor
 * of it would drop the process's locks. */
#include <string.h>
#include <sys/stat.h>
#include "store/store_private.h"

#define INTERIOR_INDEX 2
#define INTERIOR_TABLE 5
#define LEAF_INDEX 10
#define LEAF_TABLE 13

typedef struct Scrub {
	sqlite3_file *file;
	guint size;        /* of a page */
	gint64 pages;
	guint8 *page, *zeros;
	guint8 *seen;      /* a bit per page */
	GArray *next;      /* of guint32: pages to look at */
} Scrub;

static guint be16(const guint8 *at)
{
	return (guint)at[0] << 8 | at[1];
}

static guint32 be32(const guint8 *at)
{
	return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static gboolean all_zero(const guint8 *at, gsize length)
{
	return length == 0 || (at[0] == 0 && memcmp(at, at + 1, length - 1) == 0);
}

/* FALSE: it is no page of a tree, or the disk refused. */
static gboolean clear_space(Scrub *scrub, guint32 number, const guint8 *head)
{
	const guint cells = be16(head + 3), width = head[0] < LEAF_INDEX ? 12 : 8;
	const guint from = (guint)(head - scrub->page) + width + 2 * cells;
	const guint to = be16(head + 5) == 0 ? 65536 : be16(head + 5);

	if (from > to || to > scrub->size)
		return FALSE;
	return all_zero(scrub->page + from, to - from) ||
	       scrub->file->pMethods->xWrite(scrub->file, scrub->zeros, (int)(to - from),
	                                     (sqlite3_int64)(number - 1) * scrub->size + from) == SQLITE_OK;
}

static gboolean add_children(Scrub *scrub, const guint8 *head)
{
	const guint cells = be16(head + 3);
	guint32 child = be32(head + 8);

	g_array_append_val(scrub->next, child);
	for (guint i = 0; i < cells; i++) {
		const guint at = be16(head + 12 + 2 * i);

		if (at + 4 > scrub->size)
			return FALSE;
		child = be32(scrub->page + at);
		g_array_append_val(scrub->next, child);
	}
	return TRUE;
}

static gboolean visit(Scrub *scrub, guint32 number)
{
	const guint8 *head = scrub->page + (number == 1 ? 100 : 0);

	if (number == 0 || number > scrub->pages)
		return FALSE;
	if ((scrub->seen[number / 8] >> number % 8 & 1) != 0)
		return TRUE;
	scrub->seen[number / 8] |= (guint8)(1u << number % 8);
	if (scrub->file->pMethods->xRead(scrub->file, scrub->page, (int)scrub->size,
	                                 (sqlite3_int64)(number - 1) * scrub->size) != SQLITE_OK)
		return FALSE;
	switch (head[0]) {
	case INTERIOR_INDEX:
	case INTERIOR_TABLE:
		return clear_space(scrub, number, head) && add_children(scrub, head);
	case LEAF_INDEX:
	case LEAF_TABLE:
		return clear_space(scrub, number, head);
	default:
		return FALSE;
	}
}

static int first_int(StoreConn *conn, const char *sql, gint64 *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc;
}

static gboolean add_roots(StoreConn *conn, GArray *next)
{
	sqlite3_stmt *stmt = NULL;
	guint32 root = 1;
	int rc = sqlite3_prepare_v2(conn->db, "SELECT rootpage FROM sqlite_master WHERE rootpage > 0", -1, &stmt, NULL);

	g_array_append_val(next, root);
	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		root = (guint32)sqlite3_column_int64(stmt, 0);
		g_array_append_val(next, root);
	}
	return sqlite3_finalize(stmt) == SQLITE_OK && rc == SQLITE_OK;
}

static gboolean walk(Scrub *scrub, StoreConn *conn)
{
	gboolean fine = add_roots(conn, scrub->next);

	while (fine && scrub->next->len > 0) {
		const guint32 number = g_array_index(scrub->next, guint32, scrub->next->len - 1);

		g_array_set_size(scrub->next, scrub->next->len - 1);
		fine = visit(scrub, number);
	}
	return fine;
}

/* Inside the write transaction. */
static gboolean clear_all(StoreConn *conn, sqlite3_file *file)
{
	Scrub scrub = { .file = file };
	gint64 size = 0;
	gboolean fine;

	if (first_int(conn, "PRAGMA page_size", &size) != SQLITE_ROW ||
	    first_int(conn, "PRAGMA page_count", &scrub.pages) != SQLITE_ROW)
		return FALSE;
	scrub.size = (guint)size;
	scrub.page = g_malloc(scrub.size);
	scrub.zeros = g_malloc0(scrub.size);
	scrub.seen = g_malloc0((gsize)scrub.pages / 8 + 1);
	scrub.next = g_array_new(FALSE, FALSE, sizeof(guint32));
	fine = walk(&scrub, conn);
	g_array_unref(scrub.next);
	g_free(scrub.seen);
	g_free(scrub.zeros);
	g_free(scrub.page);
	return fine;
}

static gboolean log_is_empty(const Store *store)
{
	g_autofree char *path = g_strconcat(store->file, "-wal", NULL);
	struct stat st;

	return stat(path, &st) != 0 || st.st_size == 0;
}

static gboolean run(StoreConn *conn, const char *sql)
{
	return sqlite3_exec(conn->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

gboolean scrub_run(Store *store, StoreConn *conn, gboolean *out_again, GError **error)
{
	g_autofree char *mark = g_strdup_printf("INSERT INTO _meta(name, value) VALUES('scrubbed', %" G_GINT64_FORMAT ") "
	                                        "ON CONFLICT(name) DO UPDATE SET value = excluded.value", g_get_real_time());
	sqlite3_file *file = NULL;
	gboolean fine;

	*out_again = !run(conn, "BEGIN IMMEDIATE");
	if (*out_again)
		return TRUE;
	*out_again = !log_is_empty(store);
	fine = *out_again || (sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
	                      file != NULL && file->pMethods != NULL && clear_all(conn, file));
	sqlite3_db_release_memory(conn->db);
	fine = fine && (*out_again || (run(conn, mark) && run(conn, "COMMIT")));
	if (!sqlite3_get_autocommit(conn->db))
		run(conn, "ROLLBACK");
	/* Not under the lock: it may be much. */
	if (fine && !*out_again)
		fine = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
	return fine || throw_error(error, ERROR_IO, "%s: unused space in the pages of %s cannot be cleared",
	                           store->name, store->file);
}
