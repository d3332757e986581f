/* SPDX-License-Identifier: Apache-2.0
 * One SQLite connection: how it is opened, and how its errors are told. */
#include <errno.h>
#include <string.h>
#include "store/search.h"

#define LENGTH_MAX (64 << 20) /* of one text, blob or row */
#define MESSAGE_SQL 120       /* bytes of a statement shown in a message */
#define PATIENT_FACTOR 2500   /* of the budget, where nobody waits behind it: some seconds, then it is stuck */
#define BUSY_MS 2000          /* only another process or a recovery can make us wait */

static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, LENGTH_MAX },
	{ SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 32 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const struct {
	int id, on;
} switches[] = {
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },        { SQLITE_DBCONFIG_DQS_DML, 0 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
};

/* The WAL remembers its last errno; sqlite3_system_errno has often been overwritten by then. */
static gboolean lacks_room(StoreConn *conn)
{
	sqlite3_file *wal = NULL;
	int number = 0;

	if (sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK && wal != NULL &&
	    wal->pMethods != NULL)
		wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &number);
	return number == ENOSPC || number == EDQUOT;
}

static ErrorCode code_of(StoreConn *conn, int rc)
{
	if (rc == SQLITE_CONSTRAINT_COMMITHOOK)
		return ERROR_REFUSED;
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		return ERROR_CONSTRAINT;
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return ERROR_REFUSED;
	case SQLITE_INTERRUPT:
		return ERROR_INTERRUPTED;
	case SQLITE_FULL:
		return ERROR_FULL;
	case SQLITE_IOERR:
		return lacks_room(conn) ? ERROR_FULL : ERROR_IO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERROR_BUSY;
	case SQLITE_TOOBIG:
		return ERROR_TOO_LARGE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
		return ERROR_IO;
	default:
		return ERROR_FAILED;
	}
}

int sql_cut(const char *sql)
{
	gsize length = strlen(sql);

	if (length <= MESSAGE_SQL)
		return (int)length;
	length = MESSAGE_SQL;
	while (length > 0 && ((guchar)sql[length] & 0xc0) == 0x80)
		length--;
	return (int)length;
}

gboolean conn_error(StoreConn *conn, int rc, const char *sql, GError **error)
{
	const char *message = conn->db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(conn->db);
	g_autofree char *text = NULL;
	gboolean denied = conn->denied[0] != '\0';

	if (denied)
		message = conn->denied;
	else if ((rc & 0xff) == SQLITE_READONLY)
		message = "a read may not write";
	text = sql == NULL ? g_strdup(message) : g_strdup_printf("%s (%.*s)", message, sql_cut(sql), sql);
	return throw_error(error, denied ? ERROR_REFUSED : code_of(conn, rc), "%s: %s", conn->store->name, text);
}

static int on_progress(void *data)
{
	StoreConn *conn = data;

	return conn->steps_max > 0 && ++conn->steps > conn->steps_max;
}

static int on_wal(void *data, sqlite3 *db, const char *name, int frames)
{
	StoreConn *conn = data;

	(void)db;
	(void)name;
	conn->wal_frames = (guint)frames;
	return SQLITE_OK;
}

/* Only the writer itself commits; whatever else says COMMIT rolls back. */
static int on_commit(void *data)
{
	return !((StoreConn *)data)->committing;
}

static gboolean run_pragmas(StoreConn *conn, ConnKind kind, GError **error)
{
	const StoreOptions *options = &conn->store->options;
	const char *synchronous = "FULL";
	g_autofree char *sql = NULL;
	g_autofree char *quota = NULL;
	int rc;

#ifdef ZHEN_TEST_POINTS
	if (g_getenv("ZHEN_TEST_SYNCHRONOUS") != NULL)
		synchronous = g_getenv("ZHEN_TEST_SYNCHRONOUS");
#endif
	if (options->quota_bytes > 0)
		quota = g_strdup_printf("PRAGMA max_page_count=%" G_GINT64_FORMAT ";",
		                        MAX(options->quota_bytes / 4096, 1));
	sql = g_strdup_printf(
		"%sPRAGMA synchronous=%s;PRAGMA cache_size=-%" G_GINT64_FORMAT ";PRAGMA mmap_size=%" G_GINT64_FORMAT
		";PRAGMA temp_store=MEMORY;"
		"PRAGMA journal_size_limit=67108864;PRAGMA wal_autocheckpoint=0;PRAGMA secure_delete=ON;%s",
		kind == CONN_WRITER ? "PRAGMA journal_mode=WAL;" : "", synchronous, options->cache_kib,
		options->mmap_bytes, kind == CONN_WRITER && quota != NULL ? quota : "");
	rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK || conn_error(conn, rc, NULL, error);
}

static gboolean configure(StoreConn *conn, ConnKind kind, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
		sqlite3_db_config(conn->db, switches[i].id, switches[i].on, (int *)NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
		sqlite3_limit(conn->db, limits[i].id, limits[i].value);
	sqlite3_extended_result_codes(conn->db, 1);
	sqlite3_busy_timeout(conn->db, BUSY_MS);
	if (!run_pragmas(conn, kind, error))
		return FALSE;
	if (kind == CONN_CHECKPOINTER)
		return TRUE;
	conn_add_pinyin(conn);
	if (!conn_add_search(conn, error))
		return FALSE;
	sqlite3_set_authorizer(conn->db, conn_authorize, conn);
	sqlite3_progress_handler(conn->db, 1000, on_progress, conn);
	if (kind == CONN_WRITER) {
		sqlite3_wal_hook(conn->db, on_wal, conn);
		sqlite3_commit_hook(conn->db, on_commit, conn);
	}
	return statements_init(conn, error);
}

StoreConn *conn_open(Store *store, ConnKind kind, GError **error)
{
	StoreConn *conn = g_new0(StoreConn, 1);
	int flags = kind == CONN_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int rc;

	conn->store = store;
	conn->writer = kind == CONN_WRITER;
	if (kind == CONN_WRITER)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(store->file, &conn->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (rc != SQLITE_OK)
		conn_error(conn, rc, store->file, error);
	if (rc != SQLITE_OK || !configure(conn, kind, error)) {
		conn_close(conn);
		return NULL;
	}
	return conn;
}

void conn_close(StoreConn *conn)
{
	if (conn == NULL)
		return;
	statements_clear(conn);
	conn_clear_search(conn);
	sqlite3_close_v2(conn->db);
	conn_free_pinyin(conn);
	g_clear_error(&conn->fault);
	g_free(conn);
}

gboolean conn_control(StoreConn *conn, sqlite3_stmt *stmt, GError **error)
{
	int rc;

	conn->denied[0] = '\0';
	conn->committing = stmt == conn->commit;
	rc = sqlite3_step(stmt);
	conn->committing = FALSE;
	if (rc != SQLITE_DONE) {
		conn_error(conn, rc, sqlite3_sql(stmt), error);
		sqlite3_reset(stmt);
		return FALSE;
	}
	sqlite3_reset(stmt);
	return TRUE;
}

gint64 store_changes(StoreConn *conn)
{
	return sqlite3_changes64(conn->db);
}

void store_read_budget(StoreConn *conn, gboolean on)
{
	conn->steps = 0;
	conn->steps_max = conn->store->options.read_steps * (on ? G_GUINT64_CONSTANT(1) : PATIENT_FACTOR);
}
