/* SPDX-License-Identifier: Apache-2.0
 * What the databases say against a start, looked at while they may be in use. */
#include <string.h>
#include "access/posts.h"
#include "base/clock.h"
#include "daemon/verdict.h"
#include "store/rehearse.h"

static void check_database(Verdict *verdict, StoreHost *stores, const char *data, const Plugin *plugin)
{
	g_autofree char *dir = g_build_filename(data, "plugins", plugin->id, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gboolean done = TRUE;

	if (!store_rehearse(stores, dir, plugin->id, plugin->migrations, &done, &error)) {
		text = g_strdup_printf("plugin %s: %s", plugin->id, error->message);
		verdict_leave_out(verdict, plugin->id, text);
	} else if (!done) {
		text = g_strdup_printf("plugin %s: 数据库超过 512 MB，新的迁移未试 "
		                       "(its database is larger than 512 MB: new migrations were not tried)",
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
	gboolean fine =
		conn != NULL && posts_stray(conn, verdict->bodies, roles, clock_now_ms(), found, error);

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
		text = g_strdup_printf("posts not looked at: %s", error->message);
		verdict_complain(verdict, NULL, text, FALSE, TRUE);
	}
	for (guint i = 0; i < faults_kept(found); i++)
		verdict_complain(verdict, NULL, faults_nth(found, i)->message, FALSE, TRUE);
}

void verdict_databases(Verdict *verdict)
{
	const StoreHostOptions options = { .writers = 1, .readers = 1 };
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreHost) stores = NULL;
	g_autoptr(GPtrArray) plugins = NULL;
	g_autofree char *data = NULL;

	if (verdict->conf == NULL)
		return;
	data = conf_path(verdict->conf, "host", "data");
	stores = store_host_new(&options, &error);
	if (stores == NULL) {
		verdict_take(verdict, g_steal_pointer(&error));
		return;
	}
	/* Those that are left out meanwhile are looked at all the same. */
	plugins = g_ptr_array_copy(verdict->tables, NULL, NULL);
	for (guint i = 0; i < plugins->len; i++)
		check_database(verdict, stores, data, plugins->pdata[i]);
	check_posts(verdict, stores, data);
}
