/* SPDX-License-Identifier: Apache-2.0
 * What the databases say against a start, looked at while they may be in use. */
#include <string.h>
#include "access/posts.h"
#include "base/clock.h"
#include "daemon/verdict.h"
#include "runtime/audit.h"
#include "store/rehearse.h"

/* As a start does: its migrations first, then whether all is there that was vouched for. */
static gboolean open_as_a_start(StoreHost *stores, const Keys *keys, const char *data, const Plugin *plugin,
                                gboolean *out_done, GError **error)
{
	g_autofree char *dir = g_build_filename(data, "plugins", plugin->id, NULL);
	g_autofree char *name = g_strconcat(plugin->id, ".anchors", NULL);
	g_autofree char *anchors = g_build_filename(data, "anchors", name, NULL);

	return store_rehearse(stores, dir, plugin->id, plugin->migrations, out_done, error) &&
	       (keys == NULL || audit_fits(stores, dir, anchors, keys, plugin->id, error));
}

static void check_database(Verdict *verdict, StoreHost *stores, const Keys *keys, const char *data,
                           const Plugin *plugin)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gboolean done = TRUE;

	if (!open_as_a_start(stores, keys, data, plugin, &done, &error)) {
		text = g_strdup_printf("plugin %s: %s", plugin->id, error->message);
		verdict_leave_out(verdict, plugin->id, text);
	} else if (!done) {
		text = g_strdup_printf("plugin %s: 数据库超过 512 MB 或其目录不可写，新的迁移未试 (its database is larger than "
		                       "512 MB, or its folder may not be written: new migrations were not tried)",
		                       plugin->id);
		verdict_complain(verdict, plugin->id, text, FALSE, TRUE);
	}
}

static gboolean read_posts(const Verdict *verdict, StoreHost *stores, const char *dir, Faults *found, GError **error)
{
	const StoreOptions options = { .dir = dir, .name = "host", .read_only = TRUE };
	g_autoptr(Roles) roles = roles_new(verdict->conf);
	g_autoptr(Store) store = store_open(stores, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, 0, error) : NULL;
	gboolean fine = conn != NULL && posts_stray(conn, verdict->bodies, roles, clock_now_ms(), found, error);

	store_read_done(stores, 0);
	return fine;
}

static void check_posts(Verdict *verdict, StoreHost *stores, const char *data)
{
	g_autofree char *dir = g_build_filename(data, "host", NULL), *file = g_build_filename(dir, "data.db", NULL);
	g_autoptr(Faults) found = faults_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	if (verdict->bodies == NULL || !g_file_test(file, G_FILE_TEST_IS_REGULAR))
		return;
	if (!read_posts(verdict, stores, dir, found, &error)) {
		text = g_strdup_printf("任职没有查成 (posts not looked at): %s", error->message);
		verdict_complain(verdict, NULL, text, FALSE, TRUE);
	}
	for (guint i = 0; i < faults_kept(found); i++)
		verdict_complain(verdict, NULL, faults_nth(found, i)->message, FALSE, TRUE);
}

/* NULL = there are none yet, or none that can be read: then @verdict says so. */
static Keys *read_keys(Verdict *verdict, const char *data)
{
	g_autofree char *path = g_build_filename(data, "keys", NULL);
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	GError *error = NULL;
	Keys *keys;

	/* A start makes new ones where there are none; a check makes nothing. */
	if (folder == NULL || g_dir_read_name(folder) == NULL)
		return NULL;
	keys = keys_load(data, &error);
	verdict_take(verdict, error);
	return keys;
}

void verdict_databases(Verdict *verdict)
{
	const StoreHostOptions options = { .writers = 1, .readers = 1 };
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreHost) stores = NULL;
	g_autoptr(GPtrArray) plugins = NULL;
	g_autofree char *data = NULL;
	Keys *keys;

	if (verdict->conf == NULL)
		return;
	data = conf_path(verdict->conf, "host", "data");
	stores = store_host_new(&options, &error);
	if (stores == NULL) {
		verdict_take(verdict, g_steal_pointer(&error));
		return;
	}
	keys = read_keys(verdict, data);
	/* Those that are left out meanwhile are looked at all the same. */
	plugins = g_ptr_array_copy(verdict->tables, NULL, NULL);
	for (guint i = 0; i < plugins->len; i++)
		check_database(verdict, stores, keys, data, plugins->pdata[i]);
	check_posts(verdict, stores, data);
	keys_free(keys);
}
