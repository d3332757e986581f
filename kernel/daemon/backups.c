/* SPDX-License-Identifier: Apache-2.0
 * The list of backups in the host's own database. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "daemon/backup.h"
#include "daemon/manifest.h"

void backup_row_free(gpointer data)
{
	BackupRow *row = data;

	g_free(row->path);
	g_free(row->databases);
	g_free(row);
}

static gboolean make_table(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST, BACKUPS_TABLE, NULL, 0, NULL, error);
}

gboolean backups_table(Store *host, GError **error)
{
	return store_write_now(host, make_table, NULL, error);
}

static gboolean remember(StoreConn *conn, void *data, GError **error)
{
	const BackupRow *row = data;
	zhen_value args[] = { zhen_from_text(row->path), zhen_from_int(row->at_ms), zhen_from_int(row->bytes),
		              zhen_from_text(row->databases) };

	return store_exec(conn, STORE_HOST, "DELETE FROM _backup WHERE path = $1", args, 1, NULL, error) &&
	       store_exec(conn, STORE_HOST, "INSERT INTO _backup(path, at, bytes, databases) VALUES($1, $2, $3, $4)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

gboolean backups_remember(Store *host, const BackupRow *row, GError **error)
{
	return store_write_now(host, remember, (void *)row, error);
}

typedef struct Listing {
	gint64 before_ms;
	GPtrArray *rows;
} Listing;

static char *text_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_TEXT ? g_strndup(value.as.text, value.length) : g_strdup("");
}

static gint64 number_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return zhen_value_int(&value);
}

static gboolean read_rows(StoreConn *conn, void *data, GError **error)
{
	Listing *listing = data;
	zhen_value before = zhen_from_int(listing->before_ms);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT path, at, bytes, databases FROM _backup WHERE at < $1 ORDER BY at, path", NULL,
	                                &before, 1, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	g_ptr_array_set_size(listing->rows, 0);
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		BackupRow *row = g_new0(BackupRow, 1);

		row->path = text_of(stmt, 0);
		row->at_ms = number_of(stmt, 1);
		row->bytes = number_of(stmt, 2);
		row->databases = text_of(stmt, 3);
		g_ptr_array_add(listing->rows, row);
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

GPtrArray *backups_before(Store *host, gint64 at_ms, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(backup_row_free);
	Listing listing = { at_ms, rows };

	if (!store_write_now(host, read_rows, &listing, error))
		return NULL;
	for (guint i = 0; i < rows->len; i++) {
		BackupRow *row = rows->pdata[i];
		g_autofree char *manifest = g_build_filename(row->path, "manifest.json", NULL);

		row->there = g_file_test(manifest, G_FILE_TEST_IS_REGULAR);
	}
	return g_steal_pointer(&rows);
}

char *backups_positions(const Manifest *manifest)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (guint i = 0; i < manifest->plugins->len; i++) {
		const ManifestPlugin *plugin = manifest->plugins->pdata[i];
		char end[LOG_POSITION_TEXT];

		log_position_print(&plugin->state.end, end);
		json_put_text(&out, plugin->id, end);
	}
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

/* @out: whether it was known. */
typedef struct Forgetting {
	const char *path;
	gboolean known;
} Forgetting;

static gboolean forget(StoreConn *conn, void *data, GError **error)
{
	Forgetting *forgetting = data;
	zhen_value path = zhen_from_text(forgetting->path);

	if (!store_exec(conn, STORE_HOST, "DELETE FROM _backup WHERE path = $1", &path, 1, NULL, error))
		return FALSE;
	forgetting->known = store_changes(conn) > 0;
	return TRUE;
}

gboolean backups_forget(Daemon *daemon, const char *path, GString *text, GError **error)
{
	g_autofree char *manifest = g_build_filename(path, "manifest.json", NULL);
	Forgetting forgetting = { .path = path };

	if (g_file_test(manifest, G_FILE_TEST_EXISTS))
		return throw_error(error, ERROR_REFUSED,
		                   "%s: 备份仍在，请先删除 (the backup is there: delete it first)", path);
	if (!store_write_now(daemon->store, forget, &forgetting, error))
		return FALSE;
	if (!forgetting.known)
		return throw_error(error, ERROR_NOT_FOUND,
		                   "%s: 没有登记这份备份，见 zhenctl backups (no such backup is listed)", path);
	log_notice("backup forgotten, said to be destroyed: %s", path);
	g_string_append_printf(text, "已注销 forgotten: %s\n", path);
	return TRUE;
}

gboolean backups_list(Daemon *daemon, GString *text, JsonOut *data, GError **error)
{
	g_autoptr(GPtrArray) rows = backups_before(daemon->store, G_MAXINT64, error);

	if (rows == NULL)
		return FALSE;
	json_open(data, "backups", TRUE);
	for (guint i = 0; i < rows->len; i++) {
		const BackupRow *row = rows->pdata[i];
		char at[CLOCK_TEXT_SIZE];

		clock_format(row->at_ms, at);
		g_string_append_printf(text, "%.19s %8" G_GINT64_FORMAT " KB %s%s\n", at, row->bytes >> 10, row->path,
		                       row->there ? "" : "  （不在原处，移走了？not there, moved?）");
		json_open(data, NULL, FALSE);
		json_put_text(data, "path", row->path);
		json_put_time(data, "at", row->at_ms);
		json_put_int(data, "bytes", row->bytes);
		json_put_bool(data, "there", row->there);
		json_put_raw(data, "databases", row->databases, strlen(row->databases));
		json_close_one(data);
	}
	json_close_one(data);
	if (rows->len == 0)
		g_string_append(text, "还没有备份 (no backup was made yet)\n");
	return TRUE;
}
