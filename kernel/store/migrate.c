/* SPDX-License-Identifier: Apache-2.0
 * Numbered changes of a plugin's schema, each applied once, all that a start finds in one transaction with the rows that say so. */
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
	return out->sql != NULL || out->handle != NULL || out->number != 0; /* a note has no handlers */
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
		store_prepare(conn, STORE_HOST, "SELECT number, checksum, phase FROM _migration", NULL, NULL, 0, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	g_hash_table_remove_all(applied);
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value number, checksum, phase;

		store_column(stmt, 0, &number);
		store_column(stmt, 1, &checksum);
		store_column(stmt, 2, &phase);
		g_hash_table_insert(applied, GINT_TO_POINTER((gint)number.as.integer),
		                    g_strdup_printf("%d%s", (gint)phase.as.integer,
		                                    checksum.kind == ZHEN_KIND_TEXT ? checksum.as.text : ""));
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

/* What a later version added, an older one goes on over; what it took away, it does not. */
static gboolean not_contracted(const char *name, GHashTable *applied, gint count, GError **error)
{
	GHashTableIter iter;
	gpointer number, was;

	g_hash_table_iter_init(&iter, applied);
	while (g_hash_table_iter_next(&iter, &number, &was))
		if (GPOINTER_TO_INT(number) > count && ((const char *)was)[0] == '0' + ZHEN_CONTRACT)
			return throw_error(error, ERROR_INVALID,
			                   "%s: 数据已由更新的版本收缩（第 %d 号迁移），此版本不能再用 (migration %d of a later "
			                   "version has contracted the database: this version cannot go on over it)",
			                   name, GPOINTER_TO_INT(number), GPOINTER_TO_INT(number));
	return TRUE;
}

gboolean migrations_fit(const char *name, GHashTable *applied, const zhen_migration *rows, guint32 row_size,
                        gboolean *out_new, GError **error)
{
	g_autoptr(Digest) digest = digest_new();
	g_autoptr(GString) changed = g_string_new(NULL);
	guint count = 0, i;
	zhen_migration row;

	*out_new = FALSE;
	for (i = 0; row_at(rows, row_size, i, &row); i++) {
		const char *was = g_hash_table_lookup(applied, GINT_TO_POINTER(row.number));
		char checksum[DIGEST_HEX_SIZE];

		*out_new = *out_new || (was == NULL && row.phase == ZHEN_EXPAND);
		checksum_of(digest, &row, checksum);
		if (was == NULL || strcmp(was + 1, checksum) == 0)
			continue;
		g_string_append_printf(changed, "%s%d", count++ > 0 ? ", " : "", row.number);
	}
	if (count == 0)
		return not_contracted(name, applied, (gint)i, error);
	return throw_error(error, ERROR_INVALID, "%s: migration%s %s %s changed after %s applied", name,
	                   count > 1 ? "s" : "", changed->str, count > 1 ? "were" : "was", count > 1 ? "they were" : "it was");
}

typedef struct Step {
	zhen_migration row;
	char checksum[DIGEST_HEX_SIZE];
} Step;

static gboolean apply(StoreConn *conn, const Step *step, GError **error)
{
	zhen_value row[] = { zhen_from_int(step->row.number), zhen_from_int(step->row.phase),
		             zhen_from_text(step->checksum), zhen_from_int(clock_now_ms()) };

	return (step->row.sql == NULL || conn_script(conn, STORE_MIGRATION, step->row.sql, error)) &&
	       store_exec(conn, STORE_HOST,
	                  "INSERT INTO _migration(number, phase, checksum, at) VALUES($1, $2, $3, $4)", row,
	                  G_N_ELEMENTS(row), NULL, error);
}

typedef struct Steps {
	const char *name;
	GArray *all; /* of Step */
} Steps;

static gboolean apply_all(StoreConn *conn, void *data, GError **error)
{
	const Steps *steps = data;

	for (guint i = 0; i < steps->all->len; i++) {
		const Step *step = &g_array_index(steps->all, Step, i);

		if (!apply(conn, step, error))
			return prefix_error(error, "%s: migration %d", steps->name, step->row.number);
	}
	return TRUE;
}

static void step_of(const zhen_migration *row, Step *out)
{
	g_autoptr(Digest) digest = digest_new();

	out->row = *row;
	checksum_of(digest, row, out->checksum);
}

static gboolean check_step(const char *name, const zhen_migration *row, GError **error)
{
	if (row->sql == NULL && row->phase != ZHEN_BACKFILL)
		return throw_error(error, ERROR_INVALID, "%s: migration %d has no SQL", name, row->number);
	return row->sql == NULL || words_check(row->sql, TRUE, error) ||
	       prefix_error(error, "%s: migration %d", name, row->number);
}

/* What of @phases is not applied yet. @out_others: so many of other phases are not. */
static gboolean steps_left(const char *name, GHashTable *applied, const zhen_migration *rows, guint32 row_size,
                           guint phases, GArray *out, guint *out_others, GError **error)
{
	zhen_migration row;

	for (guint i = 0; row_at(rows, row_size, i, &row); i++) {
		Step step;

		if (row.number != (gint32)i + 1)
			return throw_error(error, ERROR_INVALID, "%s: migration %d stands where %u belongs", name,
			                   row.number, i + 1);
		if (g_hash_table_contains(applied, GINT_TO_POINTER(row.number)))
			continue;
		if ((phases >> row.phase & 1) == 0) {
			*out_others += 1;
			continue;
		}
		if (!check_step(name, &row, error))
			return FALSE;
		step_of(&row, &step);
		g_array_append_val(out, step);
	}
	return TRUE;
}

gboolean store_migrate_phases(Store *store, const zhen_migration *rows, guint32 row_size, guint phases,
                              guint *out_pending, GError **error)
{
	g_autoptr(GHashTable) applied = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(Step));
	Steps steps = { store->name, left };
	guint pending = 0;
	gboolean new_ones;

	if (!store_write_now(store, migrations_applied, applied, error) ||
	    !migrations_fit(store->name, applied, rows, row_size, &new_ones, error) ||
	    !steps_left(store->name, applied, rows, row_size, phases, left, &pending, error) ||
	    (left->len > 0 && !store_write_now(store, apply_all, &steps, error)))
		return FALSE;
	if (out_pending != NULL)
		*out_pending = pending;
	return TRUE;
}

gboolean store_migrate(Store *store, const zhen_migration *rows, guint32 row_size, guint *out_pending, GError **error)
{
	return store_migrate_phases(store, rows, row_size, 1u << ZHEN_EXPAND, out_pending, error);
}

gboolean store_migrate_one(StoreConn *conn, const zhen_migration *row, GError **error)
{
	Step step;

	step_of(row, &step);
	return check_step("migrations", row, error) && apply(conn, &step, error);
}
