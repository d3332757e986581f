/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/manifest.h"

#include <string.h>
#include "base/json.h"

#define MANIFEST "manifest.json"
#define MANIFEST_SM3 "manifest.sm3"

static void file_free(gpointer data)
{
	ManifestFile *file = data;

	g_free(file->path);
	g_free(file);
}

static void damage_free(gpointer data)
{
	ManifestDamage *damage = data;

	g_free(damage->path);
	g_free(damage->why);
	g_free(damage);
}

static void plugin_clear(gpointer data)
{
	ManifestPlugin *plugin = data;

	g_free(plugin->id);
	g_free(plugin->folder);
	g_free(plugin->version);
	copy_state_clear(&plugin->state);
	g_free(plugin);
}

Manifest *manifest_new(void)
{
	Manifest *manifest = g_new0(Manifest, 1);

	manifest->plugins = g_ptr_array_new_with_free_func(plugin_clear);
	manifest->files = g_ptr_array_new_with_free_func(file_free);
	manifest->damaged = g_ptr_array_new_with_free_func(damage_free);
	return manifest;
}

void manifest_free(Manifest *manifest)
{
	if (manifest == NULL)
		return;
	g_ptr_array_unref(manifest->plugins);
	g_ptr_array_unref(manifest->files);
	g_ptr_array_unref(manifest->damaged);
	g_free(manifest->zhend);
	g_free(manifest->pilot);
	g_free(manifest);
}

ManifestFile *manifest_add_file(Manifest *manifest, const char *path)
{
	ManifestFile *file = g_new0(ManifestFile, 1);

	file->path = g_strdup(path);
	g_ptr_array_add(manifest->files, file);
	return file;
}

ManifestPlugin *manifest_add_plugin(Manifest *manifest, const char *id, const char *folder, const char *version)
{
	ManifestPlugin *plugin = g_new0(ManifestPlugin, 1);

	plugin->id = g_strdup(id);
	plugin->folder = g_strdup(folder);
	plugin->version = g_strdup(version);
	g_ptr_array_add(manifest->plugins, plugin);
	return plugin;
}

void manifest_add_damage(Manifest *manifest, const char *path, const char *why)
{
	ManifestDamage *damage = g_new0(ManifestDamage, 1);

	damage->path = g_strdup(path);
	damage->why = g_strdup(why);
	g_ptr_array_add(manifest->damaged, damage);
}

gint64 manifest_bytes(const Manifest *manifest)
{
	gint64 bytes = 0;

	for (guint i = 0; i < manifest->files->len; i++)
		bytes += ((ManifestFile *)manifest->files->pdata[i])->file.bytes;
	return bytes;
}

CopyEpoch *manifest_epochs(const Manifest *manifest)
{
	CopyEpoch *epochs = g_new0(CopyEpoch, manifest->plugins->len + 1);

	for (guint i = 0; i < manifest->plugins->len; i++) {
		const ManifestPlugin *plugin = manifest->plugins->pdata[i];

		epochs[i] = (CopyEpoch){ plugin->id, plugin->state.end, 0 };
	}
	return epochs;
}

/* ---- writing ---- */

static void put_position(JsonOut *out, const char *name, const LogPosition *position)
{
	char text[LOG_POSITION_TEXT];

	log_position_print(position, text);
	json_put_text(out, name, text);
}

static void put_plugin(JsonOut *out, const ManifestPlugin *plugin)
{
	json_open(out, NULL, FALSE);
	json_put_text(out, "id", plugin->id);
	json_put_text(out, "folder", plugin->folder);
	json_put_text(out, "version", plugin->version);
	put_position(out, "end", &plugin->state.end);
	json_put_int(out, "audit", plugin->state.audit);
	json_open(out, "cursors", TRUE);
	for (guint i = 0; i < plugin->state.cursors->len; i++) {
		const CopyCursor *cursor = plugin->state.cursors->pdata[i];

		json_open(out, NULL, FALSE);
		json_put_text(out, "publisher", cursor->publisher);
		json_put_text(out, "topic", cursor->topic);
		put_position(out, "position", &cursor->position);
		json_close_one(out);
	}
	json_close_one(out);
	json_close_one(out);
}

static void put_damages(JsonOut *out, const Manifest *manifest)
{
	json_open(out, "damaged", TRUE);
	for (guint i = 0; i < manifest->damaged->len; i++) {
		const ManifestDamage *damage = manifest->damaged->pdata[i];

		json_open(out, NULL, FALSE);
		json_put_text(out, "path", damage->path);
		json_put_text(out, "why", damage->why);
		json_close_one(out);
	}
	json_close_one(out);
}

static char *manifest_text(const Manifest *manifest)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_int(&out, "format", MANIFEST_FORMAT);
	json_put_text(&out, "zhend", manifest->zhend);
	json_put_text(&out, "pilot", manifest->pilot);
	json_put_time(&out, "at", manifest->at_ms);
	json_put_int(&out, "at_ms", manifest->at_ms);
	json_put_int(&out, "pause_us", manifest->pause_us);
	json_open(&out, "databases", TRUE);
	for (guint i = 0; i < manifest->plugins->len; i++)
		put_plugin(&out, manifest->plugins->pdata[i]);
	json_close_one(&out);
	put_damages(&out, manifest);
	json_open(&out, "files", TRUE);
	for (guint i = 0; i < manifest->files->len; i++) {
		const ManifestFile *file = manifest->files->pdata[i];

		g_string_append_c(text, '\n'); /* a line each, for people who compare two */
		json_open(&out, NULL, FALSE);
		json_put_text(&out, "path", file->path);
		json_put_int(&out, "bytes", file->file.bytes);
		json_put_text(&out, "sm3", file->file.sm3);
		json_close_one(&out);
	}
	json_close_one(&out);
	json_close_one(&out);
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

static void sm3_of(const char *text, gsize length, char out[DIGEST_HEX_SIZE])
{
	g_autoptr(Digest) digest = digest_new();
	guint8 bytes[DIGEST_SIZE];

	digest_of(digest, text, length, bytes);
	digest_hex(bytes, out);
}

gboolean manifest_write(const Manifest *manifest, const char *dir, GError **error)
{
	g_autofree char *text = manifest_text(manifest), *line = NULL;
	g_autofree char *path = g_build_filename(dir, MANIFEST, NULL), *sm3 = g_build_filename(dir, MANIFEST_SM3, NULL);
	char hex[DIGEST_HEX_SIZE];

	sm3_of(text, strlen(text), hex);
	line = g_strdup_printf("%s  " MANIFEST "\n", hex);
	return tree_write(path, text, strlen(text), error) && tree_write(sm3, line, strlen(line), error);
}

/* ---- reading ---- */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static gint64 number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Parts of plain names: nothing that leads out of the backup, or to its own manifest. */
static gboolean is_path(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);

	for (guint i = 0; parts[i] != NULL; i++)
		if (parts[i][0] == '\0' || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0)
			return FALSE;
	return parts[0] != NULL && !g_str_has_prefix(path, "manifest.");
}

static gboolean read_file(Manifest *manifest, const json_t *row)
{
	ManifestFile *file;
	guint8 digest[DIGEST_SIZE];

	if (!is_path(text_of(row, "path")) || !digest_from_hex(text_of(row, "sm3"), digest) ||
	    number_of(row, "bytes") < 0)
		return FALSE;
	file = manifest_add_file(manifest, text_of(row, "path"));
	file->file.bytes = number_of(row, "bytes");
	digest_hex(digest, file->file.sm3);
	return TRUE;
}

static gboolean read_plugin(Manifest *manifest, const json_t *row)
{
	ManifestPlugin *plugin;
	LogPosition end;
	const json_t *cursor;
	gsize i;

	if (!is_path(text_of(row, "folder")) || text_of(row, "id")[0] == '\0' ||
	    !log_position_parse(text_of(row, "end"), &end))
		return FALSE;
	plugin = manifest_add_plugin(manifest, text_of(row, "id"), text_of(row, "folder"), text_of(row, "version"));
	plugin->state = (CopyState){ .end = end,
		                     .audit = number_of(row, "audit"),
		                     .cursors = g_ptr_array_new_with_free_func(copy_cursor_free) };
	json_array_foreach(json_object_get(row, "cursors"), i, cursor)
	{
		LogPosition position;

		if (!log_position_parse(text_of(cursor, "position"), &position))
			return FALSE;
		g_ptr_array_add(plugin->state.cursors,
		                copy_cursor_new(text_of(cursor, "publisher"), text_of(cursor, "topic"), position));
	}
	return TRUE;
}

static gboolean read_rows(Manifest *manifest, const json_t *json)
{
	const json_t *row;
	gsize i;

	json_array_foreach(json_object_get(json, "databases"), i, row)
	{
		if (!read_plugin(manifest, row))
			return FALSE;
	}
	json_array_foreach(json_object_get(json, "files"), i, row)
	{
		if (!read_file(manifest, row))
			return FALSE;
	}
	json_array_foreach(json_object_get(json, "damaged"), i, row)
	{
		manifest_add_damage(manifest, text_of(row, "path"), text_of(row, "why"));
	}
	return manifest->plugins->len > 0 && manifest->files->len > 0;
}

static gboolean sm3_fits(const char *dir, const char *text, gsize length, GError **error)
{
	g_autofree char *path = g_build_filename(dir, MANIFEST_SM3, NULL), *said = NULL;
	char hex[DIGEST_HEX_SIZE];

	sm3_of(text, length, hex);
	if (!g_file_get_contents(path, &said, NULL, error))
		return prefix_error(error, "不是完整的备份 (no whole backup)");
	return strncmp(said, hex, DIGEST_HEX_SIZE - 1) == 0 ||
	       throw_error(error, ERROR_INVALID,
	                   "%s/" MANIFEST ": 与 " MANIFEST_SM3 " 不符 (changed: does not fit " MANIFEST_SM3 ")", dir);
}

Manifest *manifest_read(const char *dir, GError **error)
{
	g_autoptr(Manifest) manifest = manifest_new();
	g_autofree char *path = g_build_filename(dir, MANIFEST, NULL), *text = NULL;
	g_autoptr(json_t) json = NULL;
	gsize length;

	if (g_str_has_suffix(dir, ".partial") || !g_file_get_contents(path, &text, &length, NULL)) {
		throw_error(error, ERROR_INVALID, "%s: 不是完整的备份 (no whole backup)", dir);
		return NULL;
	}
	if (!sm3_fits(dir, text, length, error))
		return NULL;
	json = json_read(text, length, error);
	if (json == NULL)
		return NULL;
	if (number_of(json, "format") != MANIFEST_FORMAT) {
		throw_error(error, ERROR_ABI,
		            "%s: 备份格式 %" G_GINT64_FORMAT " 由另一版本写成，本程序读 %d (backup format %" G_GINT64_FORMAT
		            ", this program reads %d)",
		            path, number_of(json, "format"), MANIFEST_FORMAT, number_of(json, "format"), MANIFEST_FORMAT);
		return NULL;
	}
	manifest->zhend = g_strdup(text_of(json, "zhend"));
	manifest->pilot = g_strdup(text_of(json, "pilot"));
	manifest->at_ms = number_of(json, "at_ms");
	manifest->pause_us = number_of(json, "pause_us");
	if (read_rows(manifest, json))
		return g_steal_pointer(&manifest);
	throw_error(error, ERROR_INVALID, "%s: 内容有误 (a row of it is broken)", path);
	return NULL;
}
