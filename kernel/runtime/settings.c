/* SPDX-License-Identifier: Apache-2.0
 * Settings of one plugin: an immutable snapshot, checked against its table. */
#include <string.h>
#include "base/json.h"
#include "runtime/exec.h"

#define CONTENT_MAX (4 * 1024 * 1024) /* bytes of a file that a ZHEN_CONTENT setting names */

/* Of [plugin @code]. */
typedef struct Override {
	char code[13];
	guint index;      /* of the row */
	zhen_value value; /* its text owned */
} Override;

struct Settings {
	gint ref;
	const Plugin *plugin;
	zhen_value *values; /* by row of the plugin's table; texts owned */
	GArray *overrides;  /* of Override */
	Switches *switches; /* NULL = everything is on everywhere */
};

static void clear_value(zhen_value *value)
{
	if (value->kind == ZHEN_KIND_TEXT)
		g_free((char *)value->as.text);
}

static void clear_override(void *data)
{
	clear_value(&((Override *)data)->value);
}

static Settings *settings_alloc(const Plugin *plugin)
{
	Settings *settings = g_new0(Settings, 1);

	settings->ref = 1;
	settings->plugin = plugin;
	settings->values = g_new0(zhen_value, plugin->n_settings + 1);
	settings->overrides = g_array_new(FALSE, FALSE, sizeof(Override));
	g_array_set_clear_func(settings->overrides, clear_override);
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
		clear_value(&settings->values[i]);
	g_free(settings->values);
	g_array_unref(settings->overrides);
	switches_unref(settings->switches);
	g_free(settings);
}

void settings_switch(Settings *settings, Switches *switches)
{
	switches_unref(settings->switches);
	settings->switches = switches;
}

const Switches *settings_switches(const Settings *settings)
{
	return settings->switches;
}

static const Override *find_override(const Settings *settings, guint index, const char *code)
{
	for (guint i = 0; i < settings->overrides->len; i++) {
		const Override *override = &g_array_index(settings->overrides, Override, i);

		if (override->index == index && strcmp(override->code, code) == 0)
			return override;
	}
	return NULL;
}

const zhen_value *settings_at(const Settings *settings, guint index, const Division *division, const char **out_from)
{
	const Override *override = NULL;

	for (; override == NULL && division != NULL && settings->overrides->len > 0; division = division->parent)
		override = find_override(settings, index, division->code);
	*out_from = override != NULL ? override->code : "";
	return override != NULL ? &override->value : &settings->values[index];
}

const zhen_value *settings_find(const Settings *settings, const char *key, const Division *division)
{
	const char *from;

	for (guint i = 0; i < settings->plugin->n_settings; i++)
		if (strcmp(settings->plugin->settings[i].key, key) == 0)
			return settings_at(settings, i, division, &from);
	return NULL;
}

static void set_text(zhen_value *value, char *owned)
{
	*value = zhen_from_text(owned);
}

/* Into @out, which holds nothing yet. */
static gboolean set_checked(const Settings *settings, guint index, const char *text, zhen_value *out, GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	zhen_field field = { .name = row->key, .type = row->type, .choices = row->choices, .min = row->min, .max = row->max };
	FieldWorld nothing = { 0 };
	g_autoptr(Arena) arena = arena_new();
	const char *code, *reason;
	zhen_value value = { 0 };

	if (text[0] == '\0' && row->type == ZHEN_TEXT) {
		set_text(out, g_strdup(""));
		return TRUE;
	}
	reason = field_check_text(&field, text, strlen(text), &nothing, arena, &value, &code);
	if (reason != NULL)
		return throw_error(error, ERROR_INVALID, "[%s] %s = %s: %s (%s)", settings->plugin->id, row->key, text,
		                   reason, code);
	if (value.kind == ZHEN_KIND_TEXT)
		set_text(out, g_strdup(value.as.text));
	else
		*out = value;
	return TRUE;
}

/* Of @group: the general one, or that of a division. */
static gboolean set_content(const Settings *settings, guint index, const Conf *conf, const char *group, zhen_value *out,
                            GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	g_autofree char *path = conf_path(conf, group, row->key);
	char *text = NULL;
	gsize length = 0;

	if (path == NULL || path[0] == '\0') {
		set_text(out, g_strdup(""));
		return TRUE;
	}
	/* A reload reads on the loop: nothing that could keep it waiting. */
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return throw_error(error, ERROR_INVALID, "[%s] %s: %s 不是文件 (is no file)", group, row->key, path);
	if (!g_file_get_contents(path, &text, &length, error))
		return prefix_error(error, "[%s] %s", group, row->key);
	if (length > CONTENT_MAX || !g_utf8_validate_len(text, length, NULL)) {
		g_free(text);
		return throw_error(error, ERROR_INVALID,
		                   "[%s] %s: %s 超过 %d 字节或不是 UTF-8 文本 (too large, or not UTF-8)", group,
		                   row->key, path, CONTENT_MAX);
	}
	set_text(out, text);
	return TRUE;
}

/* FALSE: refused, or refused before as the file was read. */
static gboolean set_one(const Settings *settings, guint index, const Conf *conf, const char *group, zhen_value *out,
                        GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	const char *text = conf_text(conf, group, row->key);
	g_autofree char *where = NULL;

	if ((row->flags & ZHEN_CONTENT) != 0 ? set_content(settings, index, conf, group, out, error) :
	                                       text != NULL && set_checked(settings, index, text, out, error))
		return TRUE;
	where = conf_where(conf, group, row->key);
	return prefix_error(error, "%s", where);
}

static void override(Settings *settings, const Conf *conf, const char *group, const char *code, guint index,
                     Faults *faults)
{
	const zhen_setting *row = &settings->plugin->settings[index];
	Override own = { .index = index };
	GError *error = NULL;

	if ((row->flags & ZHEN_PER_DIVISION) == 0) {
		g_autofree char *where = conf_where(conf, group, row->key);

		faults_add(faults, ERROR_INVALID,
		           "%s: [%s] %s: 此项不能按地区分别设置，只能写在 [%s] (holds everywhere: it is set in [%s] alone)",
		           where, group, row->key, settings->plugin->id, settings->plugin->id);
		return;
	}
	g_snprintf(own.code, sizeof own.code, "%s%.*s", code, (int)(12 - MIN(strlen(code), 12)), "000000000000");
	if (set_one(settings, index, conf, group, &own.value, &error))
		g_array_append_val(settings->overrides, own);
	else if (error != NULL)
		faults_take(faults, error);
}

/* Of [plugin @code]; whether there is such a division is for who knows them. */
static void override_all(Settings *settings, const Conf *conf, Faults *faults)
{
	g_autofree char *prefix = g_strconcat(settings->plugin->id, " @", NULL);
	g_auto(GStrv) codes = conf_groups(conf, prefix);

	for (char **code = codes; *code != NULL; code++) {
		g_autofree char *group = g_strconcat(prefix, *code, NULL);
		g_auto(GStrv) keys = conf_keys_of(conf, group);

		for (guint i = 0; i < settings->plugin->n_settings; i++)
			if (g_strv_contains((const char *const *)keys, settings->plugin->settings[i].key))
				override(settings, conf, group, *code, i, faults);
	}
}

Settings *settings_new_all(const Plugin *plugin, const Conf *conf, Faults *faults)
{
	Settings *settings = settings_alloc(plugin);

	for (guint i = 0; i < plugin->n_settings; i++) {
		GError *error = NULL;

		set_one(settings, i, conf, plugin->id, &settings->values[i], &error);
		if (error != NULL)
			faults_take(faults, error);
	}
	override_all(settings, conf, faults);
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

static gboolean same(const zhen_value *one, const zhen_value *two)
{
	if (one->kind != two->kind)
		return FALSE;
	return one->kind == ZHEN_KIND_TEXT ? strcmp(one->as.text, two->as.text) == 0 : one->as.integer == two->as.integer;
}

/* Every override of the row in @a is one in @b. */
static gboolean overrides_in(const Settings *a, const Settings *b, guint index)
{
	for (guint i = 0; i < a->overrides->len; i++) {
		const Override *one = &g_array_index(a->overrides, Override, i);
		const Override *two = one->index == index ? find_override(b, index, one->code) : NULL;

		if (one->index == index && (two == NULL || !same(&one->value, &two->value)))
			return FALSE;
	}
	return TRUE;
}

gboolean settings_same(const Settings *a, const Settings *b, guint index)
{
	return same(&a->values[index], &b->values[index]) && overrides_in(a, b, index) && overrides_in(b, a, index);
}

static zhen_value copy_value(const zhen_value *value)
{
	zhen_value copy = *value;

	if (value->kind == ZHEN_KIND_TEXT)
		set_text(&copy, g_strdup(value->as.text));
	return copy;
}

static gboolean needs_restart(const Settings *settings, guint index)
{
	return (settings->plugin->settings[index].flags & ZHEN_RESTART) != 0;
}

void settings_keep(Settings *settings, const Settings *running)
{
	for (guint i = 0; i < settings->plugin->n_settings; i++)
		if (needs_restart(settings, i)) {
			clear_value(&settings->values[i]);
			settings->values[i] = copy_value(&running->values[i]);
		}
	for (guint i = settings->overrides->len; i-- > 0;)
		if (needs_restart(settings, g_array_index(settings->overrides, Override, i).index))
			g_array_remove_index(settings->overrides, i);
	for (guint i = 0; i < running->overrides->len; i++) {
		Override own = g_array_index(running->overrides, Override, i);

		if (!needs_restart(settings, own.index))
			continue;
		own.value = copy_value(&own.value);
		g_array_append_val(settings->overrides, own);
	}
}

/* ---- from one process to another: keys, and what begins with '@' ---- */

static void put_overrides(const Settings *settings, JsonOut *out)
{
	json_open(out, "@overrides", TRUE);
	for (guint i = 0; i < settings->overrides->len; i++) {
		const Override *override = &g_array_index(settings->overrides, Override, i);

		json_open(out, NULL, FALSE);
		json_put_text(out, "at", override->code);
		json_put_text(out, "key", settings->plugin->settings[override->index].key);
		json_put_value(out, "value", &override->value);
		json_close_one(out);
	}
	json_close_one(out);
}

char *settings_to_json(const Settings *settings)
{
	g_autofree char *switches = settings->switches != NULL ? switches_to_json(settings->switches) : NULL;
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (guint i = 0; i < settings->plugin->n_settings; i++)
		json_put_value(&out, settings->plugin->settings[i].key, &settings->values[i]);
	put_overrides(settings, &out);
	if (switches != NULL)
		json_put_raw(&out, "@switches", switches, strlen(switches));
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

/* @value NULL: the default. */
static gboolean take_value(const Settings *settings, guint index, const json_t *value, zhen_value *out, GError **error)
{
	const zhen_setting *row = &settings->plugin->settings[index];

	if (json_is_integer(value))
		*out = zhen_from_int(json_integer_value(value));
	else if (json_is_string(value) && (row->flags & ZHEN_CONTENT) != 0)
		set_text(out, g_strdup(json_string_value(value)));
	else if (json_is_string(value))
		return set_checked(settings, index, json_string_value(value), out, error);
	else if (row->def == NULL)
		return throw_error(error, ERROR_INVALID, "[%s] %s: 必须设置 (must be set)", settings->plugin->id,
		                   row->key);
	else if ((row->flags & ZHEN_CONTENT) == 0)
		return set_checked(settings, index, row->def, out, error);
	else
		set_text(out, g_strdup(""));
	return TRUE;
}

static gboolean take_override(Settings *settings, const json_t *json, GError **error)
{
	const char *code = json_string_value(json_object_get(json, "at"));
	const char *key = json_string_value(json_object_get(json, "key"));
	Override own = { 0 };

	while (key != NULL && own.index < settings->plugin->n_settings &&
	       strcmp(settings->plugin->settings[own.index].key, key) != 0)
		own.index++;
	if (code == NULL || strlen(code) != 12 || key == NULL || own.index == settings->plugin->n_settings)
		return throw_error(error, ERROR_INVALID,
		                   "[%s]: 所设的不是可按地区设置的项 (sets what is no setting for a division)",
		                   settings->plugin->id);
	g_strlcpy(own.code, code, sizeof own.code);
	if (!take_value(settings, own.index, json_object_get(json, "value"), &own.value, error))
		return FALSE;
	g_array_append_val(settings->overrides, own);
	return TRUE;
}

static gboolean take_all(Settings *settings, const json_t *object, GError **error)
{
	const Plugin *plugin = settings->plugin;
	const json_t *switches = json_object_get(object, "@switches");
	json_t *override;
	gsize at;

	for (guint i = 0; i < plugin->n_settings; i++)
		if (!take_value(settings, i, json_object_get(object, plugin->settings[i].key), &settings->values[i],
		                error))
			return FALSE;
	json_array_foreach(json_object_get(object, "@overrides"), at, override)
		if (!take_override(settings, override, error))
			return FALSE;
	if (switches != NULL)
		settings->switches = switches_from_json(plugin->features, plugin->n_features, switches, error);
	return switches == NULL || settings->switches != NULL;
}

Settings *settings_from_json(const Plugin *plugin, const char *json, GError **error)
{
	g_autoptr(json_t) object = json_read(json, strlen(json), error);
	Settings *settings = object != NULL ? settings_alloc(plugin) : NULL;

	if (settings != NULL && !take_all(settings, object, error)) {
		settings_unref(settings);
		return NULL;
	}
	return settings;
}
