/* SPDX-License-Identifier: Apache-2.0
 * Numbered changes of a plugin's schema, each applied once, in one transaction with the row that says so. */
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "store/migrations.h"

/* One row of a plugin's table, of whatever size its SDK gave it. FALSE: the end. */
static gboolean row_at(const zhen_migration *rows, guint32 row_size, guint index, zhen_migration *out)
{
	memset(out, 0, sizeof(*out));
	if (rows != NULL)
		memcpy(out, (const char *)rows + (gsize)index * row_size, MIN(row_size, sizeof(*out)));
	return out->sql != NULL || out->handle != NULL;
}

static void checksum_of(Digest *digest, const zhen_migration *row, char out[DIGEST_HEX_SIZE])
{
	guint8 bytes[DIGEST_SIZE];

	digest_of(digest, row->sql == NULL ? "" : row->sql, row->sql == NULL ? 0 : strlen(row->sql), bytes);
	digest_hex(bytes, out);
}

gboolean migrations_applied(StoreConn *conn, void *data, GError **error)
{
	GHashTable *applied = data;
	StoreStmt *stmt =
		store_prepare(conn, STORE_HOST, "SELECT number, checksum FROM _migration", NULL, NULL, 0, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	g_hash_table_remove_all(applied);
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value number, checksum;

		store_column(stmt, 0, &number);
		store_column(stmt, 1, &checksum);
		g_hash_table_insert(applied, GINT_TO_POINTER((gint)number.as.integer),
		                    g_strdup(checksum.kind == ZHEN_KIND_TEXT ? checksum.as.text : ""));
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

gboolean migrations_fit(const char *name, GHashTable *applied, const zhen_migration *rows, guint32 row_size,
                        gboolean *out_new, GError **error)
{
	g_autoptr(Digest) digest = digest_new();
	g_autoptr(GString) changed = g_string_new(NULL);
	guint count = 0;
	zhen_migration row;

	*out_new = FALSE;
	for (guint i = 0; row_at(rows, row_size, i, &row); i++) {
		const char *was = g_hash_table_lookup(applied, GINT_TO_POINTER(row.number));
		char checksum[DIGEST_HEX_SIZE];

		*out_new = *out_new || (was == NULL && row.phase == ZHEN_EXPAND);
		checksum_of(digest, &row, checksum);
		if (was == NULL || strcmp(was, checksum) == 0)
			continue;
		g_string_append_printf(changed, "%s%d", count++ > 0 ? ", " : "", row.number);
	}
	return count == 0 ||
	       throw_error(error, ERROR_INVALID, "%s: migration%s %s %s changed after %s applied", name,
	                   count > 1 ? "s" : "", changed->str, count > 1 ? "were" : "was", count > 1 ? "they were" : "it was");
}

typedef struct Step {
	const zhen_migration *row;
	char checksum[DIGEST_HEX_SIZE];
} Step;

static gboolean apply(StoreConn *conn, void *data, GError **error)
{
	const Step *step = data;
	zhen_value row[] = { zhen_from_int(step->row->number), zhen_from_int(step->row->phase),
		             zhen_from_text(step->checksum), zhen_from_int(clock_now_ms()) };

	return conn_script(conn, STORE_MIGRATION, step->row->sql, error) &&
	       store_exec(conn, STORE_HOST,
	                  "INSERT INTO _migration(number, phase, checksum, at) VALUES($1, $2, $3, $4)", row,
	                  G_N_ELEMENTS(row), NULL, error);
}

static gboolean migrate_one(Store *store, const zhen_migration *row, GError **error)
{
	g_autoptr(Digest) digest = digest_new();
	Step step = { .row = row };

	checksum_of(digest, row, step.checksum);
	if (row->sql == NULL)
		return throw_error(error, ERROR_INVALID, "%s: migration %d has no SQL", store->name, row->number);
	if (!words_check(row->sql, TRUE, error) || !store_write_now(store, apply, &step, error))
		return prefix_error(error, "%s: migration %d", store->name, row->number);
	return TRUE;
}

gboolean store_migrate(Store *store, const zhen_migration *rows, guint32 row_size, guint *out_pending, GError **error)
{
	g_autoptr(GHashTable) applied = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	guint pending = 0;
	zhen_migration row;
	gboolean new_ones;

	if (!store_write_now(store, migrations_applied, applied, error) ||
	    !migrations_fit(store->name, applied, rows, row_size, &new_ones, error))
		return FALSE;
	for (guint i = 0; row_at(rows, row_size, i, &row); i++) {
		if (row.number != (gint32)i + 1)
			return throw_error(error, ERROR_INVALID, "%s: migration %d stands where %u belongs",
			                   store->name, row.number, i + 1);
		if (g_hash_table_contains(applied, GINT_TO_POINTER(row.number)))
			continue;
		if (row.phase != ZHEN_EXPAND)
			pending++;
		else if (!migrate_one(store, &row, error))
			return FALSE;
	}
	if (out_pending != NULL)
		*out_pending = pending;
	return TRUE;
}
