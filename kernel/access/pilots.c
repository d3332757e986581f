/* SPDX-License-Identifier: Apache-2.0 */
#include "access/pilots.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define GROUP "pilot "

typedef struct Pilot {
	char *title;
	char **plugins;       /* "*" = every one */
	GPtrArray *divisions; /* of const Division *, borrowed */
	gint64 from_ms;
	gint64 until_ms; /* first moment after it */
} Pilot;

struct Pilots {
	GPtrArray *all; /* of Pilot, owned */
};

const ConfKey pilots_conf_keys[] = {
	{ .group = "pilot *",
	  .key = "divisions",
	  .type = CONF_LIST,
	  .live = TRUE,
	  .help = "Codes of its divisions (12 digits); everything below belongs to it" },
	{ .group = "pilot *",
	  .key = "plugins",
	  .type = CONF_LIST,
	  .live = TRUE,
	  .help = "Plugins that are on in it; * = every one that is loaded" },
	{ .group = "pilot *", .key = "title", .type = CONF_TEXT, .def = "", .live = TRUE, .help = "Its name on pages" },
	{ .group = "pilot *",
	  .key = "from",
	  .type = CONF_TEXT,
	  .def = "",
	  .live = TRUE,
	  .help = "First day, YYYY-MM-DD; empty = always" },
	{ .group = "pilot *",
	  .key = "until",
	  .type = CONF_TEXT,
	  .def = "",
	  .live = TRUE,
	  .help = "Last day, YYYY-MM-DD; empty = without end" },
	{ 0 },
};

static void pilot_free(void *data)
{
	Pilot *pilot = data;

	g_ptr_array_unref(pilot->divisions);
	g_strfreev(pilot->plugins);
	g_free(pilot->title);
	g_free(pilot);
}

static void read_divisions(Pilot *pilot, const Conf *conf, const char *group, const Divisions *divisions,
                           Faults *faults)
{
	g_auto(GStrv) codes = conf_list(conf, group, "divisions");

	for (char **code = codes; *code != NULL; code++) {
		const Division *division = divisions_find(divisions, *code);
		g_autofree char *where = conf_where(conf, group, "divisions");

		if (division != NULL)
			g_ptr_array_add(pilot->divisions, (Division *)division);
		else
			faults_add(faults, ERROR_INVALID, "%s: [%s] names the unknown division '%s'", where, group,
			           *code);
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
	faults_add(faults, ERROR_INVALID, "%s: [%s] %s: '%s' is not a day like 2026-09-18", where, group, key, day);
}

static void read_pilot(Pilots *pilots, const Conf *conf, const Divisions *divisions, const char *name, Faults *faults)
{
	g_autofree char *group = g_strconcat(GROUP, name, NULL);
	const char *title = conf_text(conf, group, "title");
	Pilot *pilot = g_new0(Pilot, 1);

	g_ptr_array_add(pilots->all, pilot);
	pilot->divisions = g_ptr_array_new();
	pilot->title = g_strdup(title != NULL && title[0] != '\0' ? title : name);
	pilot->plugins = conf_list(conf, group, "plugins");
	read_divisions(pilot, conf, group, divisions, faults);
	read_day(conf, group, "from", G_MININT64, &pilot->from_ms, faults);
	read_day(conf, group, "until", G_MAXINT64, &pilot->until_ms, faults);
	if (pilot->until_ms != G_MAXINT64)
		pilot->until_ms += 24 * 3600 * 1000; /* the last day belongs to it */
	if (pilot->until_ms <= pilot->from_ms) {
		g_autofree char *where = conf_where(conf, group, "until");

		faults_add(faults, ERROR_INVALID, "%s: [%s] ends before it begins", where, group);
	}
}

static gboolean refuse_name(const char *only, const char *const *names, GError **error)
{
	const char *nearest = conf_nearest(only, names);
	g_autofree char *known = g_strjoinv(", ", (char **)names);

	if (nearest != NULL)
		return throw_error(error, ERROR_NOT_FOUND, "no pilot '%s'; did you mean '%s'?", only, nearest);
	return throw_error(error, ERROR_NOT_FOUND, "no pilot '%s'; there are: %s", only,
	                   known[0] != '\0' ? known : "none");
}

gboolean pilots_named(const Conf *conf, const char *only, GError **error)
{
	g_auto(GStrv) names = conf_groups(conf, GROUP);

	return g_strv_contains((const char *const *)names, only) ||
	       refuse_name(only, (const char *const *)names, error);
}

Pilots *pilots_load_all(const Conf *conf, const Divisions *divisions, const char *only, Faults *faults)
{
	Pilots *pilots = g_new0(Pilots, 1);
	g_auto(GStrv) names = conf_groups(conf, GROUP);
	GError *error = NULL;

	pilots->all = g_ptr_array_new_with_free_func(pilot_free);
	for (char **name = names; *name != NULL; name++)
		if (only == NULL || strcmp(only, *name) == 0)
			read_pilot(pilots, conf, divisions, *name, faults);
	if (only != NULL && pilots->all->len == 0 && !pilots_named(conf, only, &error))
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

static gboolean pilot_has(const Pilot *pilot, const char *plugin, gint64 now_ms)
{
	const char *const *plugins = (const char *const *)pilot->plugins;

	return now_ms >= pilot->from_ms && now_ms < pilot->until_ms &&
	       (g_strv_contains(plugins, plugin) || g_strv_contains(plugins, "*"));
}

gboolean pilots_enable(const Pilots *pilots, const char *plugin, const Division *division, gint64 now_ms)
{
	for (guint i = 0; i < pilots->all->len; i++) {
		const Pilot *pilot = pilots->all->pdata[i];

		if (!pilot_has(pilot, plugin, now_ms))
			continue;
		if (division == NULL)
			return TRUE;
		for (guint j = 0; j < pilot->divisions->len; j++) {
			const Division *own = pilot->divisions->pdata[j];

			if (division_covers(own, division) || division_covers(division, own))
				return TRUE;
		}
	}
	return FALSE;
}

char **pilot_divisions_for_plugin(const Pilots *pilots, const char *plugin, gint64 now_ms)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GPtrArray *codes = g_ptr_array_new();

	for (guint i = 0; i < pilots->all->len; i++) {
		const Pilot *pilot = pilots->all->pdata[i];

		for (guint j = 0; pilot_has(pilot, plugin, now_ms) && j < pilot->divisions->len; j++) {
			const Division *division = pilot->divisions->pdata[j];

			if (g_hash_table_add(seen, (Division *)division))
				g_ptr_array_add(codes, g_strdup(division->code));
		}
	}
	g_ptr_array_add(codes, NULL);
	return (char **)g_ptr_array_free(codes, FALSE);
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
