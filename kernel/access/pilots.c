/* SPDX-License-Identifier: Apache-2.0 */
#include "access/pilots.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define GROUP "pilot "

typedef struct Pilot {
	char *name, *title;
	char **plugins;
	char **features;      /* "approvals.promise", "-approvals.promise" */
	char *where;          /* of them in the file */
	GPtrArray *divisions; /* of const Division *, borrowed */
	gint64 from_ms;
	gint64 until_ms; /* first moment after it */
} Pilot;

struct Pilots {
	GPtrArray *all; /* of Pilot, owned */
};

#define KEY(key_, type_, def_, help_) \
	{ .group = "pilot *", .key = key_, .type = type_, .def = def_, .help = help_ }

const ConfKey pilots_conf_keys[] = {
	KEY("divisions", CONF_LIST, NULL,
	    "Codes of its divisions, with or without the zeros at their end; everything below belongs to it"),
	KEY("plugins", CONF_LIST, NULL, "Plugins that are on in it"),
	KEY("features", CONF_LIST, "",
	    "Features (plugin.feature) that are on in it; with a '-' before it: off. What no pilot names is as the plugin says; of "
	    "pilots inside one another the inner one decides"),
	KEY("title", CONF_TEXT, "", "Its name on pages"),
	KEY("of", CONF_TEXT, "", "The pilot it belongs to: [host] pilot or --pilot of that one takes this one too"),
	KEY("places", CONF_PATH, "", "CSV file of its divisions, relative to this file; taken beside [host] divisions"),
	KEY("from", CONF_TEXT, "", "First day, YYYY-MM-DD; empty = always"),
	KEY("until", CONF_TEXT, "", "Last day, YYYY-MM-DD; empty = without end"),
	{ 0 },
};

static void pilot_free(void *data)
{
	Pilot *pilot = data;

	g_ptr_array_unref(pilot->divisions);
	g_strfreev(pilot->plugins);
	g_strfreev(pilot->features);
	g_free(pilot->where);
	g_free(pilot->name);
	g_free(pilot->title);
	g_free(pilot);
}

static void read_divisions(Pilot *pilot, const Conf *conf, const char *group, const Divisions *divisions,
                           Faults *faults)
{
	g_auto(GStrv) codes = conf_list(conf, group, "divisions");

	for (char **code = codes; *code != NULL; code++) {
		const Division *division = divisions_find_short(divisions, *code);
		const Division *near = division == NULL ? divisions_nearest(divisions, *code) : NULL;
		g_autofree char *where = conf_where(conf, group, "divisions");
		g_autofree char *after = near != NULL ? g_strdup_printf("' (%s)", near->name) : NULL;
		g_auto(Meant) meant = meant_new("'", near != NULL ? near->code : NULL, after);

		if (division != NULL)
			g_ptr_array_add(pilot->divisions, (Division *)division);
		else
			faults_add(faults, ERROR_INVALID,
			           "%s: [%s] divisions: 没有区划 '%s'%s(names the unknown division '%s'%s)", where, group,
			           *code, meant.chinese, *code, meant.english);
	}
}

/* Rows are scoped by township: a feature cannot be on in one village and off in the next. */
static void check_levels(const Pilot *pilot, Faults *faults)
{
	for (guint i = 0; pilot->features[0] != NULL && i < pilot->divisions->len; i++) {
		const Division *division = pilot->divisions->pdata[i];

		if (division->level > LEVEL_TOWNSHIP)
			faults_add(faults, ERROR_INVALID,
			           "%s: [pilot %s] features: 功能按乡镇或以上开关，%s (%s) 是 %s 级 (features are switched "
			           "for townships and above, and this is a %s)",
			           pilot->where, pilot->name, division->code, division->name,
			           division_level_name(division->level), division_level_name(division->level));
	}
}

/* The plugin of each must be one that the pilot has. */
static void check_features(const Pilot *pilot, Faults *faults)
{
	const char *const *plugins = (const char *const *)pilot->plugins;

	for (char **text = pilot->features; *text != NULL; text++) {
		const char *name = **text == '-' ? *text + 1 : *text;
		const char *dot = strchr(name, '.');
		g_autofree char *plugin = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;
		g_auto(Meant) meant = meant_new("'", plugin != NULL ? conf_nearest(plugin, plugins) : NULL, "'");

		if (plugin == NULL)
			faults_add(faults, ERROR_INVALID,
			           "%s: [pilot %s] features: '%s' 应写作 模块.功能 (is not written plugin.feature)",
			           pilot->where, pilot->name, *text);
		else if (!g_strv_contains(plugins, plugin))
			faults_add(faults, ERROR_INVALID,
			           "%s: [pilot %s] features: '%s': 此试点没有模块 '%s'%s(the pilot has no plugin '%s'%s)",
			           pilot->where, pilot->name, *text, plugin, meant.chinese, plugin, meant.english);
	}
}

/* The first moment of the day that @key names; @fallback when it is empty. */
static void read_day(const Conf *conf, const char *group, const char *key, gint64 fallback, gint64 *out, Faults *faults)
{
	const char *day = conf_text(conf, group, key);
	g_autofree char *time = NULL;
	g_autofree char *where = NULL;

	*out = fallback;
	if (day == NULL || day[0] == '\0')
		return;
	time = g_strdup_printf("%sT00:00:00+08:00", day);
	if (clock_day_valid(day) && clock_parse(time, out))
		return;
	*out = fallback;
	where = conf_where(conf, group, key);
	faults_add(faults, ERROR_INVALID,
	           "%s: [%s] %s: '%s' 不是日期，写法如 2026-09-18 ('%s' is not a day like 2026-09-18)", where, group, key,
	           day, day);
}

static void read_pilot(Pilots *pilots, const Conf *conf, const Divisions *divisions, const char *name, Faults *faults)
{
	g_autofree char *group = g_strconcat(GROUP, name, NULL);
	const char *title = conf_text(conf, group, "title");
	Pilot *pilot = g_new0(Pilot, 1);

	g_ptr_array_add(pilots->all, pilot);
	pilot->divisions = g_ptr_array_new();
	pilot->name = g_strdup(name);
	pilot->where = conf_where(conf, group, "features");
	pilot->features = conf_list(conf, group, "features");
	pilot->title = g_strdup(title != NULL && title[0] != '\0' ? title : name);
	pilot->plugins = conf_list(conf, group, "plugins");
	read_divisions(pilot, conf, group, divisions, faults);
	check_levels(pilot, faults);
	check_features(pilot, faults);
	read_day(conf, group, "from", G_MININT64, &pilot->from_ms, faults);
	read_day(conf, group, "until", G_MAXINT64, &pilot->until_ms, faults);
	if (pilot->until_ms != G_MAXINT64)
		pilot->until_ms += 24 * 3600 * 1000; /* the last day belongs to it */
	if (pilot->until_ms <= pilot->from_ms) {
		g_autofree char *where = conf_where(conf, group, "until");

		faults_add(faults, ERROR_INVALID, "%s: [%s] until: 结束早于开始 (ends before it begins)", where, group);
	}
}

static gboolean refuse_name(const char *only, const char *const *names, GError **error)
{
	const char *nearest = conf_nearest(only, names);
	g_autofree char *known = g_strjoinv(", ", (char **)names);
	g_auto(Meant) meant = meant_new("'", nearest, "'");

	if (nearest != NULL)
		return throw_error(error, ERROR_NOT_FOUND, "没有试点 '%s'%s(no pilot '%s'%s)", only, meant.chinese,
		                   only, meant.english);
	return throw_error(error, ERROR_NOT_FOUND, "没有试点 '%s'；现有：%s (no pilot '%s'; there are: %s)", only,
	                   known[0] != '\0' ? known : "无", only, known[0] != '\0' ? known : "none");
}

gboolean pilots_named(const Conf *conf, const char *only, GError **error)
{
	g_auto(GStrv) names = conf_groups(conf, GROUP);

	return g_strv_contains((const char *const *)names, only) ||
	       refuse_name(only, (const char *const *)names, error);
}

gboolean pilots_runs(const Conf *conf, const char *name, const char *only)
{
	g_autofree char *group = g_strconcat(GROUP, name, NULL);

	return only == NULL || only[0] == '\0' || strcmp(only, name) == 0 ||
	       g_strcmp0(conf_text(conf, group, "of"), only) == 0;
}

char **pilots_places(const Conf *conf, const char *only)
{
	GPtrArray *paths = g_ptr_array_new();
	g_auto(GStrv) names = conf_groups(conf, GROUP);

	for (char **name = names; *name != NULL; name++) {
		g_autofree char *group = g_strconcat(GROUP, *name, NULL);
		char *path = pilots_runs(conf, *name, only) ? conf_path(conf, group, "places") : NULL;

		if (path != NULL && path[0] != '\0')
			g_ptr_array_add(paths, path);
		else
			g_free(path);
	}
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

/* One that belongs to none, or to one that belongs to another, would never run as its name says. */
static void check_of(const Conf *conf, const char *name, const char *const *names, Faults *faults)
{
	g_autofree char *group = g_strconcat(GROUP, name, NULL);
	g_autofree char *where = conf_where(conf, group, "of");
	const char *of = conf_text(conf, group, "of");
	g_autofree char *above = g_strconcat(GROUP, of, NULL);
	GError *error = NULL;

	if (of[0] == '\0')
		return;
	if (!g_strv_contains(names, of))
		refuse_name(of, names, &error);
	else if (strcmp(of, name) == 0 || conf_text(conf, above, "of")[0] != '\0')
		throw_error(&error, ERROR_INVALID, "'%s' 自己也属于另一试点 ('%s' belongs to another pilot itself)", of,
		            of);
	if (error == NULL)
		return;
	prefix_error(&error, "%s: [%s] of", where, group);
	faults_take(faults, error);
}

Pilots *pilots_load_all(const Conf *conf, const Divisions *divisions, const char *only, Faults *faults)
{
	Pilots *pilots = g_new0(Pilots, 1);
	g_auto(GStrv) names = conf_groups(conf, GROUP);
	GError *error = NULL;

	pilots->all = g_ptr_array_new_with_free_func(pilot_free);
	for (char **name = names; *name != NULL; name++) {
		check_of(conf, *name, (const char *const *)names, faults);
		if (pilots_runs(conf, *name, only))
			read_pilot(pilots, conf, divisions, *name, faults);
	}
	if (only != NULL && only[0] != '\0' && pilots->all->len == 0 && !pilots_named(conf, only, &error))
		faults_take(faults, error);
	return pilots;
}

Pilots *pilots_load(const Conf *conf, const Divisions *divisions, const char *only, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Pilots) pilots = pilots_load_all(conf, divisions, only, faults);

	return faults_none(faults, error) ? g_steal_pointer(&pilots) : NULL;
}

void pilots_free(Pilots *pilots)
{
	if (pilots == NULL)
		return;
	g_ptr_array_unref(pilots->all);
	g_free(pilots);
}

/* ---- one plugin ---- */

static void add_everywhere(Switches *switches, const Pilot *pilot, gint row, gboolean on)
{
	for (guint i = 0; i < pilot->divisions->len; i++)
		switches_add(switches, ((const Division *)pilot->divisions->pdata[i])->code, row, on, pilot->from_ms,
		             pilot->until_ms);
}

static void refuse_feature(const Pilot *pilot, const char *text, const char *plugin, const zhen_feature *features,
                           guint count, Faults *faults)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_auto(Meant) meant = { 0 };

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(names, g_strdup_printf("%s.%s", plugin, features[i].name));
	g_ptr_array_add(names, NULL);
	meant = meant_new("'", conf_nearest(text + (text[0] == '-'), (const char *const *)names->pdata), "'");
	faults_add(faults, ERROR_INVALID, "%s: [pilot %s] features: 没有功能 '%s'%s(unknown feature '%s'%s)",
	           pilot->where, pilot->name, text, meant.chinese, text, meant.english);
}

/* Said otherwise for the same division and time, in this pilot or another. */
static void check_against(const Switches *switches, const Pilot *pilot, const char *text, gint row, gboolean on,
                          Faults *faults)
{
	for (guint i = 0; i < pilot->divisions->len; i++) {
		const Division *division = pilot->divisions->pdata[i];
		const char *other =
			switches_against(switches, division->code, row, on, pilot->from_ms, pilot->until_ms);

		if (other != NULL)
			faults_add(faults, ERROR_INVALID,
			           "%s: [pilot %s] features: '%s' 在 %s (%s) 与 %s 矛盾 (contradicts %s there)",
			           pilot->where, pilot->name, text, division->code, division->name, other, other);
	}
}

static void add_features(Switches *switches, const Pilot *pilot, const char *plugin, const zhen_feature *features,
                         guint count, Faults *faults)
{
	const gsize length = strlen(plugin);

	for (char **text = pilot->features; *text != NULL; text++) {
		const gboolean on = **text != '-';
		const char *name = *text + !on;
		gint row;

		if (strncmp(name, plugin, length) != 0 || name[length] != '.')
			continue;
		row = switches_row(switches, name + length + 1);
		if (row < 0) {
			refuse_feature(pilot, *text, plugin, features, count, faults);
			continue;
		}
		check_against(switches, pilot, *text, row, on, faults);
		add_everywhere(switches, pilot, row, on);
	}
}

Switches *pilots_switches(const Pilots *pilots, const char *plugin, const zhen_feature *features, guint count,
                          Faults *faults)
{
	Switches *switches = switches_new(features, count);

	for (guint i = 0; i < pilots->all->len; i++) {
		const Pilot *pilot = pilots->all->pdata[i];
		g_autofree char *origin = g_strdup_printf("[pilot %s]", pilot->name);

		if (!g_strv_contains((const char *const *)pilot->plugins, plugin))
			continue;
		switches_origin(switches, origin);
		add_everywhere(switches, pilot, SWITCH_PLUGIN, TRUE);
		add_features(switches, pilot, plugin, features, count, faults);
	}
	return switches;
}

guint pilots_count(const Pilots *pilots)
{
	return pilots->all->len;
}

const char *pilots_title(const Pilots *pilots, guint index)
{
	const Pilot *pilot = index < pilots->all->len ? pilots->all->pdata[index] : NULL;

	return pilot != NULL ? pilot->title : NULL;
}
