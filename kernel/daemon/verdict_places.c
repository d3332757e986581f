/* SPDX-License-Identifier: Apache-2.0
 * Where the host listens, what it knows of places, where it keeps its data. */
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include "access/roles.h"
#include "daemon/backup.h"
#include "daemon/signing.h"
#include "daemon/verdict.h"

#define DISK_MIN (G_GINT64_CONSTANT(64) * 1024 * 1024) /* free bytes without which starting is refused */

static gboolean is_loopback(const char *address)
{
	return g_str_has_prefix(address, "127.") || strcmp(address, "::1") == 0 || strcmp(address, "localhost") == 0;
}

static void check_address(Verdict *verdict)
{
	const char *address = conf_text(verdict->conf, "host", "address");
	GError *error = NULL;

	if (!verdict->demo || is_loopback(address))
		return;
	throw_error(&error, ERROR_REFUSED,
	            "演示模式只能监听本机地址，不能是 %s (demo mode listens on loopback only, not %s)", address,
	            address);
	verdict_take(verdict, error);
}

/* Lists of files are relative to the configuration file. */
static char **absolute(const Verdict *verdict, const char *key)
{
	g_autofree char *dir = g_path_get_dirname(verdict->conf_path);
	char **paths = conf_list(verdict->conf, "host", key);

	for (guint i = 0; paths[i] != NULL; i++)
		if (!g_path_is_absolute(paths[i])) {
			char *path = g_build_filename(dir, paths[i], NULL);

			g_free(paths[i]);
			paths[i] = path;
		}
	return paths;
}

/* Those of [host], then those that pilots bring; one file once. */
static char **division_files(const Verdict *verdict, const char *pilot)
{
	g_auto(GStrv) own = absolute(verdict, "divisions");
	g_auto(GStrv) places = pilots_places(verdict->conf, pilot);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
	GPtrArray *paths = g_ptr_array_new();

	for (guint i = 0; i < g_strv_length(own) + g_strv_length(places); i++) {
		const char *path = i < g_strv_length(own) ? own[i] : places[i - g_strv_length(own)];
		char *real = realpath(path, NULL);

		/* One that is not there is said when it is read. */
		if (real == NULL || g_hash_table_add(seen, real))
			g_ptr_array_add(paths, g_strdup(path));
	}
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

/* Features that no plugin has, pilots that contradict each other, settings for divisions that do not exist. */
static void check_switches(const Verdict *verdict, Faults *faults)
{
	for (guint i = 0; i < verdict->known->len; i++) {
		const Plugin *plugin = verdict->known->pdata[i];

		switches_unref(
			pilots_switches(verdict->pilots, plugin->id, plugin->features, plugin->n_features, faults));
	}
	host_conf_check_divisions(verdict->conf, verdict->known, verdict->divisions, faults);
}

static void read_places(Verdict *verdict)
{
	const char *pilot = conf_text(verdict->conf, "host", "pilot");
	g_autoptr(Faults) faults = faults_new();

	verdict->division_files = division_files(verdict, pilot);
	verdict->body_files = absolute(verdict, "bodies");
	verdict->divisions = divisions_load_all((const char *const *)verdict->division_files, faults);
	if (verdict->divisions != NULL) {
		verdict->bodies = bodies_load_all((const char *const *)verdict->body_files, verdict->divisions, faults);
		verdict->pilots = pilots_load_all(verdict->conf, verdict->divisions, pilot, faults);
		check_switches(verdict, faults);
	}
	verdict_take_all(verdict, faults);
}

/* Of roles that no plugin which runs here declares: a start warns of them. */
static void check_roles(Verdict *verdict)
{
	const char *pilot = conf_text(verdict->conf, "host", "pilot");
	g_autoptr(Roles) roles = roles_new(verdict->conf);
	g_autoptr(Faults) unknown = faults_new();

	/* No plugin was looked at for want of the pilot: all would be unknown. */
	if (pilot[0] != '\0' && !pilots_named(verdict->conf, pilot, NULL))
		return;
	roles_know_host(roles);
	for (guint i = 0; i < verdict->known->len; i++) {
		const Plugin *plugin = verdict->known->pdata[i];

		for (guint p = 0; p < plugin->n_permissions; p++)
			roles_permission(roles, plugin->permissions[p].name);
	}
	roles_resolve(roles, unknown);
	for (guint i = 0; i < faults_kept(unknown); i++)
		verdict_complain(verdict, NULL, faults_nth(unknown, i)->message, FALSE, TRUE);
}

/* Of the disk that @path is on, or would be: one that is not there yet is made. */
static gboolean lacks_room(const char *path)
{
	g_autofree char *there = g_strdup(path);
	struct statvfs disk;

	while (statvfs(there, &disk) != 0) {
		char *above = g_path_get_dirname(there);

		if (strcmp(above, there) == 0) {
			g_free(above);
			return FALSE;
		}
		g_free(there);
		there = above;
	}
	return (gint64)disk.f_bavail * (gint64)disk.f_frsize < DISK_MIN;
}

/* New keys are made for a new folder only: beside data, they would disown everything signed and issued. */
static gboolean keys_are_there(const char *data, GError **error)
{
	g_autofree char *keys = g_build_filename(data, "keys", NULL);
	g_autofree char *host = g_build_filename(data, "host", "data.db", NULL);

	if (g_file_test(keys, G_FILE_TEST_IS_DIR) || !g_file_test(host, G_FILE_TEST_EXISTS))
		return TRUE;
	return throw_error(error, ERROR_REFUSED,
	                   "%s 有数据而密钥目录 %s 不在：请从备份恢复密钥目录，系统不会另造新密钥 "
	                   "(data without its keys: restore the folder from a backup; no new keys are made)",
	                   data, keys);
}

static void check_data(Verdict *verdict)
{
	g_autofree char *data = conf_path(verdict->conf, "host", "data");
	GError *error = NULL;

	if (!restore_is_whole(data, &error))
		verdict_take(verdict, g_steal_pointer(&error));
	if (!keys_are_there(data, &error))
		verdict_take(verdict, g_steal_pointer(&error));
	if (!signing_fits(verdict->conf, data, &error))
		verdict_take(verdict, g_steal_pointer(&error));
	if (!lacks_room(data))
		return;
	throw_error(&error, ERROR_FULL, "数据目录 %s 所在磁盘剩余空间不足 64 MB (less than 64 MB free)", data);
	verdict_take(verdict, error);
}

void verdict_places(Verdict *verdict)
{
	check_address(verdict);
	read_places(verdict);
	check_roles(verdict);
	check_data(verdict);
}
