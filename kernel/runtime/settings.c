/* SPDX-License-Identifier: Apache-2.0
 * Settings of one plugin: an immutable snapshot, checked against its table. */
#include <string.h>
#include "base/json.h"
#include "runtime/exec.h"

#define CONTENT_MAX (4 * 1024 * 1024) /* bytes of a file that a ZHEN_CONTENT setting names */

struct Settings {
	gint ref;
	const Plugin *plugin;
	zhen_value *values; /* by row of the plugin's table; texts owned */
};

static Settings *settings_alloc(const Plugin *plugin)
{
	Settings *settings = g_new0(Settings, 1);

	settings->ref = 1;
	settings->plugin = plugin;
	settings->values = g_new0(zhen_value, plugin->n_settings + 1);
	return settings;
}

Settings *settings_ref(Settings *settings)
{
	g_atomic_int_inc(&settings->ref);
	return settings;
}

void settings_unref(Settings *settings)
{
	if (settings == NULL || !g_atomic_int_dec_and_test(&settings->ref))
		return;
	for (guint i = 0; i < settings->plugin->n_settings; i++)
		if (settings->values[i].kind == ZHEN_KIND_TEXT)
			g_free((char *)settings->values[i].as.text);
	g_free(settings->values);
	g_free(settings);
}

const zhen_value *settings_find(const Settings *settings, const char *key)
{
	for (guint i = 0; i < settings->plugin->n_settings; i++)
		if (strcmp(settings->plugin->settings[i].key, key) == 0)
			return &settings->values[i];
	return NULL;
}

static void set_text(zhen_value *value, char *owned)
{
	*value = zhen_from_text(owned);
}

static gboolean set_checked(Settings *settings, guint index, const char *text, GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	zhen_field field = { .name = row->key, .type = row->type, .choices = row->choices, .min = row->min, .max = row->max };
	FieldWorld nothing = { 0 };
	g_autoptr(Arena) arena = arena_new();
	const char *code, *reason;
	zhen_value value = { 0 };

	if (text[0] == '\0' && row->type == ZHEN_TEXT) {
		set_text(&settings->values[index], g_strdup(""));
		return TRUE;
	}
	reason = field_check_text(&field, text, strlen(text), &nothing, arena, &value, &code);
	if (reason != NULL)
		return throw_error(error, ERROR_INVALID, "[%s] %s = %s: %s (%s)", settings->plugin->id, row->key, text,
		                   reason, code);
	if (value.kind == ZHEN_KIND_TEXT)
		set_text(&settings->values[index], g_strdup(value.as.text));
	else
		settings->values[index] = value;
	return TRUE;
}

static gboolean set_content(Settings *settings, guint index, const Conf *conf, GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	g_autofree char *path = conf_path(conf, settings->plugin->id, row->key);
	char *text = NULL;
	gsize length = 0;

	if (path == NULL || path[0] == '\0') {
		set_text(&settings->values[index], g_strdup(""));
		return TRUE;
	}
	/* A reload reads on the loop: nothing that could keep it waiting. */
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return throw_error(error, ERROR_INVALID, "[%s] %s: %s is no file", settings->plugin->id, row->key,
		                   path);
	if (!g_file_get_contents(path, &text, &length, error))
		return prefix_error(error, "[%s] %s", settings->plugin->id, row->key);
	if (length > CONTENT_MAX || !g_utf8_validate_len(text, length, NULL)) {
		g_free(text);
		return throw_error(error, ERROR_INVALID, "[%s] %s: %s is larger than %d bytes or not UTF-8",
		                   settings->plugin->id, row->key, path, CONTENT_MAX);
	}
	set_text(&settings->values[index], text);
	return TRUE;
}

/* FALSE: refused, or refused before as the file was read. */
static gboolean set_one(Settings *settings, guint index, const Conf *conf, GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	const char *text = conf_text(conf, settings->plugin->id, row->key);
	g_autofree char *where = NULL;

	if ((row->flags & ZHEN_CONTENT) != 0 ? set_content(settings, index, conf, error) :
	                                       text != NULL && set_checked(settings, index, text, error))
		return TRUE;
	where = conf_where(conf, settings->plugin->id, row->key);
	return prefix_error(error, "%s", where);
}

Settings *settings_new_all(const Plugin *plugin, const Conf *conf, Faults *faults)
{
	Settings *settings = settings_alloc(plugin);

	for (guint i = 0; i < plugin->n_settings; i++) {
		GError *error = NULL;

		set_one(settings, i, conf, &error);
		if (error != NULL)
			faults_take(faults, error);
	}
	return settings;
}

Settings *settings_new(const Plugin *plugin, const Conf *conf, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	Settings *settings = settings_new_all(plugin, conf, faults);

	if (faults_none(faults, error))
		return settings;
	settings_unref(settings);
	return NULL;
}

gboolean settings_same(const Settings *a, const Settings *b, guint index)
{
	const zhen_value *one = &a->values[index], *two = &b->values[index];

	if (one->kind != two->kind)
		return FALSE;
	return one->kind == ZHEN_KIND_TEXT ? strcmp(one->as.text, two->as.text) == 0 : one->as.integer == two->as.integer;
}

void settings_keep(Settings *settings, const Settings *running)
{
	for (guint i = 0; i < settings->plugin->n_settings; i++) {
		zhen_value *value = &settings->values[i];

		if ((settings->plugin->settings[i].flags & ZHEN_RESTART) == 0)
			continue;
		if (value->kind == ZHEN_KIND_TEXT)
			g_free((char *)value->as.text);
		*value = running->values[i];
		if (value->kind == ZHEN_KIND_TEXT)
			set_text(value, g_strdup(value->as.text));
	}
}

char *settings_to_json(const Settings *settings)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (guint i = 0; i < settings->plugin->n_settings; i++)
		json_put_value(&out, settings->plugin->settings[i].key, &settings->values[i]);
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

Settings *settings_from_json(const Plugin *plugin, const char *json, GError **error)
{
	g_autoptr(json_t) object = json_read(json, strlen(json), error);
	Settings *settings;

	if (object == NULL)
		return NULL;
	settings = settings_alloc(plugin);
	for (guint i = 0; i < plugin->n_settings; i++) {
		const zhen_setting *row = &plugin->settings[i];
		const json_t *value = json_object_get(object, row->key);
		gboolean fine = TRUE;

		if (json_is_integer(value))
			settings->values[i] = zhen_from_int(json_integer_value(value));
		else if (json_is_string(value) && (row->flags & ZHEN_CONTENT) != 0)
			set_text(&settings->values[i], g_strdup(json_string_value(value)));
		else if (json_is_string(value))
			fine = set_checked(settings, i, json_string_value(value), error);
		else if (row->def != NULL && (row->flags & ZHEN_CONTENT) == 0)
			fine = set_checked(settings, i, row->def, error);
		else if (row->def == NULL)
			fine = throw_error(error, ERROR_INVALID, "[%s] %s must be set", plugin->id, row->key);
		else
			set_text(&settings->values[i], g_strdup(""));
		if (!fine) {
			settings_unref(settings);
			return NULL;
		}
	}
	return settings;
}
