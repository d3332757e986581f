/* SPDX-License-Identifier: Apache-2.0
 * Numbered changes of a plugin's schema, each applied once, in one transaction with the row that says so. */
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "store/store_private.h"

typedef struct Step {
	Store *store;
	const zhen_migration *row;
	char checksum[DIGEST_HEX_SIZE];
	gboolean applied; /* found in _migration */
} Step;

static gboolean look_up(StoreConn *conn, void *data, GError **error)
{
	Step *step = data;
	zhen_value number = zhen_from_int(step->row->number);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, "SELECT checksum FROM _migration WHERE number = $1", NULL,
	                                &number, 1, error);
	zhen_value checksum;
	StoreStep found;
	gboolean same = TRUE;

	if (stmt == NULL)
		return FALSE;
	found = store_step(stmt, error);
	step->applied = found == STORE_ROW;
	if (step->applied) {
		store_column(stmt, 0, &checksum);
		same = g_strcmp0(checksum.as.text, step->checksum) == 0;
	}
	store_reset(stmt);
	if (!same)
		return throw_error(error, ERROR_INVALID, "%s: migration %d was changed after it was applied",
		                   step->store->name, step->row->number);
	return found != STORE_FAILED;
}

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

static gboolean migrate_one(Store *store, Digest *digest, const zhen_migration *row, guint *pending, GError **error)
{
	Step step = { .store = store, .row = row };
	guint8 bytes[DIGEST_SIZE];

	digest_of(digest, row->sql == NULL ? "" : row->sql, row->sql == NULL ? 0 : strlen(row->sql), bytes);
	digest_hex(bytes, step.checksum);
	if (!store_write_now(store, look_up, &step, error))
		return FALSE;
	if (step.applied)
		return TRUE;
	if (row->phase != ZHEN_EXPAND) {
		(*pending)++;
		return TRUE;
	}
	if (row->sql == NULL)
		return throw_error(error, ERROR_INVALID, "%s: migration %d has no SQL", store->name, row->number);
	if (!words_check(row->sql, TRUE, error) || !store_write_now(store, apply, &step, error))
		return prefix_error(error, "%s: migration %d", store->name, row->number);
	return TRUE;
}

gboolean store_migrate(Store *store, const zhen_migration *rows, guint32 row_size, guint *out_pending, GError **error)
{
	g_autoptr(Digest) digest = digest_new();
	guint pending = 0;

	for (gint32 expected = 1; rows != NULL; expected++) {
		const char *at = (const char *)rows + (gsize)(expected - 1) * row_size;
		zhen_migration row = { 0 };

		memcpy(&row, at, MIN(row_size, sizeof(row)));
		if (row.sql == NULL && row.handle == NULL)
			break;
		if (row.number != expected)
			return throw_error(error, ERROR_INVALID, "%s: migration %d stands where %d belongs",
			                   store->name, row.number, expected);
		if (!migrate_one(store, digest, &row, &pending, error))
			return FALSE;
	}
	if (out_pending != NULL)
		*out_pending = pending;
	return TRUE;
}
