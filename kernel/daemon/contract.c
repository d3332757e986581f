/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl contract PLUGIN`: what a swap left for later. Rows are rewritten in batches among the other calls, then what no version
 * needs any more goes. There is no way back from that, so there must be a backup of after the swap. */
#include <string.h>

#include "base/clock.h"
#include "daemon/backup.h"
#include "daemon/events_verbs.h"
#include "store/rehearse.h"

typedef struct Contract {
	Daemon *daemon;
	const Slot *slot;
	StoreHost *stores; /* of its own, to look with */
	gint64 changed_ms; /* when the schema was expanded last */
	guint batches;
} Contract;

/* Row numbers of what is left of @phase. (transfer full) */
static GArray *left_of(Contract *self, guint phase, GError **error)
{
	const Plugin *plugin = self->slot->loaded->plugin;
	g_autoptr(GArray) rows = store_migrations_left(self->stores, self->slot->home->dir, plugin->id,
	                                               plugin->migrations, &self->changed_ms, error);

	for (guint i = rows != NULL ? rows->len : 0; i > 0; i--)
		if (plugin->migrations[g_array_index(rows, guint, i - 1)].phase != phase)
			g_array_remove_index(rows, i - 1);
	return g_steal_pointer(&rows);
}

/* As often as it takes. */
static gboolean run_phase(Contract *self, json_t *args, guint phase, GError **error)
{
	g_autofree char *account = events_account(args);

	for (;;) {
		g_autoptr(GArray) rows = left_of(self, phase, error);
		CallRequest request = { .kind = CALL_MIGRATE, .caller = { .account = account } };

		if (rows == NULL || g_atomic_int_get(&self->daemon->stopping) != 0)
			return rows != NULL &&
			       throw_error(error, ERROR_INTERRUPTED, "zhend 正在停止 (zhend is stopping)");
		if (rows->len == 0)
			return TRUE;
		request.index = g_array_index(rows, guint, 0);
		if (!events_call(self->daemon, self->slot->home, &request, NULL, error))
			return FALSE;
		self->batches++;
	}
}

static gboolean has_backup(const Contract *self, GError **error)
{
	g_autoptr(GPtrArray) rows = backups_before(self->daemon->store, G_MAXINT64, error);
	char at[CLOCK_TEXT_SIZE];

	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const BackupRow *row = rows->pdata[i];

		if (row->there && row->at_ms > self->changed_ms)
			return TRUE;
	}
	clock_format(self->changed_ms, at);
	return throw_error(error, ERROR_REFUSED,
	                   "收缩不可撤回，须先备份：没有 %.19s 之后的备份 (there is no way back from this: make a backup first, "
	                   "there is none of after %.19s)",
	                   at, at);
}

static gboolean contract(Contract *self, json_t *args, guint *out_done, GError **error)
{
	const Plugin *plugin = self->slot->loaded->plugin;
	g_autoptr(GArray) before = NULL;

	if (!run_phase(self, args, ZHEN_BACKFILL, error))
		return FALSE;
	before = left_of(self, ZHEN_CONTRACT, error);
	if (before == NULL)
		return FALSE;
	*out_done = before->len;
	return before->len == 0 || (has_backup(self, error) &&
	                            store_rehearse_contract(self->stores, self->slot->home->dir, plugin->id,
	                                                    conf_int(self->daemon->conf, "limits", "swap_copy"),
	                                                    plugin->version, plugin->migrations, error) &&
	                            run_phase(self, args, ZHEN_CONTRACT, error));
}

gboolean verb_contract(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const StoreHostOptions options = { .writers = 1, .readers = 1 };
	Contract self = { .daemon = daemon };
	g_autoptr(StoreHost) stores = NULL;
	guint done = 0;

	if (events_word(args, 0) == NULL || events_word(args, 1) != NULL)
		return verb_misused(error);
	self.slot = events_slot(daemon, events_word(args, 0), error);
	if (self.slot == NULL)
		return FALSE;
	self.stores = stores = store_host_new(&options, error);
	if (stores == NULL || !contract(&self, args, &done, error))
		return FALSE;
	json_put_text(data, "plugin", self.slot->loaded->plugin->id);
	json_put_int(data, "batches", (gint64)self.batches - done);
	json_put_int(data, "contracted", done);
	g_string_append_printf(text,
	                       "%s: 回填 %u 批，收缩迁移 %u 项 (batches of backfill, contracting migrations)\n",
	                       self.slot->loaded->plugin->id, self.batches - done, done);
	return TRUE;
}
