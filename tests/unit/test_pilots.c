/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "access/pilots.h"
#include "base/clock.h"
#include "base/json.h"

#define TREE                                                                                                                   \
	"code,name,level,parent\n532300000000,楚雄彝族自治州,prefecture,\n532301000000,楚雄市,county,532300000000\n" \
	"532327000000,永仁县,county,532300000000\n532327101000,永定镇,township,532327000000\n"                           \
	"532327102000,宜就镇,township,532327000000\n532327101001,环城社区,village,532327101000\n"

typedef struct World {
	char *folder;
	Divisions *divisions;
	Conf *conf;
} World;

static char *put(const World *world, const char *name, const char *content)
{
	char *path = g_build_filename(world->folder, name, NULL);

	cr_assert(g_file_set_contents(path, content, -1, NULL));
	return path;
}

static void world_init(World *world, const char *text)
{
	g_autoptr(GError) error = NULL;

	world->folder = g_dir_make_tmp("zhen-pilots-XXXXXX", NULL);
	g_autofree char *tree = put(world, "tree.csv", TREE);
	g_autofree char *conf = put(world, "zhend.conf", text);
	world->divisions = divisions_load((const char *const[]){ tree, NULL }, &error);
	cr_assert_not_null(world->divisions, "%s", error != NULL ? error->message : "");
	world->conf = conf_load(conf, pilots_conf_keys, &error);
	cr_assert_not_null(world->conf, "%s", error != NULL ? error->message : "");
	g_remove(tree);
	g_remove(conf);
}

static void world_clear(World *world)
{
	conf_free(world->conf);
	divisions_free(world->divisions);
	g_rmdir(world->folder);
	g_free(world->folder);
}

static gint64 at(const char *time)
{
	gint64 ms = 0;

	cr_assert(clock_parse(time, &ms), "%s", time);
	return ms;
}

static const zhen_feature features[] = {
	{ .name = "promise", .title = "告知承诺" },
	{ .name = "escort", .title = "陪办", .flags = ZHEN_OFF_BY_DEFAULT },
	{ 0 },
};

static gboolean serves(const Pilots *pilots, const char *plugin, gint row, const Division *division, gint64 now)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Switches) switches = pilots_switches(pilots, plugin, features, 2, faults);

	cr_assert_eq(faults_count(faults), 0, "%s", faults_count(faults) > 0 ? faults_nth(faults, 0)->message : "");
	return switches_serve(switches, row, division, now);
}

Test(pilots, a_plugin_is_on_inside_a_running_pilot_and_above_it)
{
	static const struct {
		const char *plugin, *code, *time;
		gboolean on;
	} cases[] = {
		{ "approvals", "532327101000", "2026-09-18T09:00:00+08:00", TRUE },
		{ "approvals", "532327101001", "2026-09-18T09:00:00+08:00", TRUE }, /* a village of it */
		{ "approvals", "532327000000", "2026-09-18T09:00:00+08:00", TRUE }, /* its county */
		{ "approvals", NULL, "2026-09-18T09:00:00+08:00", TRUE },
		{ "approvals", "532327102000", "2026-09-18T09:00:00+08:00", FALSE }, /* its neighbour */
		{ "approvals", "532301000000", "2027-01-01T00:00:00+08:00", TRUE },  /* the city has every plugin */
		{ "other", "532327101000", "2026-09-18T09:00:00+08:00", FALSE },
		{ "other", NULL, "2026-09-18T09:00:00+08:00", TRUE },
		{ "other", "532301000000", "2026-09-18T09:00:00+08:00", TRUE },
		{ "approvals", "532327101000", "2026-08-31T23:59:59+08:00", FALSE },
		{ "approvals", "532327101000", "2026-09-01T00:00:00+08:00", TRUE },
		{ "approvals", "532327101000", "2026-12-31T23:59:59+08:00", TRUE },
		{ "approvals", "532327101000", "2027-01-01T00:00:00+08:00", FALSE },
	};
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, "[pilot yongding]\ndivisions=532327101000\nplugins=approvals; notes\nfrom=2026-09-01\n"
	                   "until=2026-12-31\ntitle=永定镇试点\n[pilot city]\ndivisions=532301000000\nplugins=approvals; notes; other\n");
	g_autoptr(Pilots) pilots = pilots_load(world.conf, world.divisions, NULL, &error);
	cr_assert_not_null(pilots, "%s", error != NULL ? error->message : "");
	cr_assert_eq(pilots_count(pilots), 2);
	cr_assert_str_eq(pilots_title(pilots, 0), "永定镇试点");
	cr_assert_str_eq(pilots_title(pilots, 1), "city");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_eq(serves(pilots, cases[i].plugin, SWITCH_PLUGIN,
		                    divisions_find(world.divisions, cases[i].code), at(cases[i].time)),
		             cases[i].on, "%s %s %s", cases[i].plugin, cases[i].code, cases[i].time);
	world_clear(&world);
}

Test(pilots, only_the_named_pilot_is_taken)
{
	World world;
	g_autoptr(GError) error = NULL;
	gint64 now = at("2026-09-18T09:00:00+08:00");

	world_init(&world, "[pilot a]\ndivisions=532327101000\nplugins=x\n"
	                   "[pilot b]\ndivisions=532327102000; 532327101000; 532327102000\nplugins=x\n");
	g_autoptr(Pilots) one = pilots_load(world.conf, world.divisions, "a", &error);
	g_autoptr(Pilots) all = pilots_load(world.conf, world.divisions, NULL, &error);
	const Division *yongding = divisions_find(world.divisions, "532327101000");
	const Division *yijiu = divisions_find(world.divisions, "532327102000");

	cr_assert(one != NULL && all != NULL, "%s", error != NULL ? error->message : "");
	cr_assert(serves(one, "x", SWITCH_PLUGIN, yongding, now) && serves(all, "x", SWITCH_PLUGIN, yongding, now));
	cr_assert(serves(all, "x", SWITCH_PLUGIN, yijiu, now) && !serves(one, "x", SWITCH_PLUGIN, yijiu, now));
	cr_assert_not(serves(all, "y", SWITCH_PLUGIN, NULL, now));
	cr_assert_null(pilots_load(world.conf, world.divisions, "c", &error));
	cr_assert_str_eq(error->message, "没有试点 'c'；是否应为 'a'？(no pilot 'c'; did you mean 'a'?)");
	world_clear(&world);
}

Test(pilots, what_is_wrong_is_refused_with_the_groups_name)
{
	static const struct {
		const char *conf, *says;
	} cases[] = {
		{ "[pilot a]\ndivisions=1\nplugins=x\n", "zhend.conf:2: [pilot a] divisions: 没有区划 '1' (names the unknown division '1')" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nfrom=2026-02-30\n",
		  "zhend.conf:4: [pilot a] from: '2026-02-30' 不是日期，写法如 2026-09-18 ('2026-02-30' is not a day like 2026-09-18)" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nuntil=soon\n",
		  "[pilot a] until: 'soon' 不是日期，写法如 2026-09-18 ('soon' is not a day like 2026-09-18)" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nfrom=2026-02-03\nuntil=2026-02-01\n",
		  "zhend.conf:5: [pilot a] until: 结束早于开始 (ends before it begins)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		World world;
		g_autoptr(GError) error = NULL;

		world_init(&world, cases[i].conf);
		cr_assert_null(pilots_load(world.conf, world.divisions, NULL, &error), "taken: %s", cases[i].conf);
		cr_assert_not_null(strstr(error->message, cases[i].says), "%s", error->message);
		world_clear(&world);
	}
}

/* Whatever its features are. */
static gboolean serves_any(const Pilots *pilots, const char *plugin, const Division *division)
{
	g_autoptr(Faults) unknown = faults_new();
	g_autoptr(Switches) switches = pilots_switches(pilots, plugin, NULL, 0, unknown);

	return switches_serve(switches, SWITCH_PLUGIN, division, clock_now_ms());
}

/* Of pilots, and anything else unlooked at. */
static const ConfKey *all_keys(void)
{
	static ConfKey keys[32];
	guint count = 0;

	while (pilots_conf_keys[count].group != NULL) {
		keys[count] = pilots_conf_keys[count];
		count++;
	}
	keys[count] = (ConfKey){ "*", "*", CONF_TEXT, "", 0, 0, NULL, FALSE, "" };
	return keys;
}

/* [pilot a] of the prefecture, inside it the county, inside that a township. */
#define NESTED                                                                                                          \
	"[pilot a]\ndivisions=5323\nplugins=x\nfeatures=x.escort\n"                                                     \
	"[pilot b]\ndivisions=532327\nplugins=x\nfeatures=-x.promise; -x.escort\nuntil=2026-12-31\n"                    \
	"[pilot c]\ndivisions=532327101\nplugins=x\nfeatures=x.promise\nof=a\n"

Test(pilots, of_a_feature_the_inner_pilot_decides_and_what_none_names_is_as_the_plugin_says)
{
	static const struct {
		const char *code;
		gint row;
		gboolean on, later;
	} cases[] = {
		{ "532301000000", 0, TRUE, TRUE },  { "532327000000", 0, FALSE, TRUE }, /* by default, off in the county until 2027 */
		{ "532327101000", 0, TRUE, TRUE },  { "532327101001", 0, TRUE, TRUE },  /* on again in the township and below */
		{ "532327102000", 0, FALSE, TRUE }, { "532301000000", 1, TRUE, TRUE },
		{ "532327101000", 1, FALSE, TRUE }, { "532327000000", 1, FALSE, TRUE },
	};
	const gint64 now = at("2026-09-18T09:00:00+08:00"), later = at("2027-01-01T00:00:00+08:00");
	World world;
	g_autoptr(GError) error = NULL;
	g_autoptr(Faults) faults = faults_new();

	world_init(&world, NESTED);
	g_autoptr(Pilots) pilots = pilots_load(world.conf, world.divisions, NULL, &error);
	cr_assert_not_null(pilots, "%s", error != NULL ? error->message : "");
	g_autoptr(Switches) made = pilots_switches(pilots, "x", features, 2, faults);
	g_autofree char *json = switches_to_json(made);
	g_autoptr(json_t) parsed = json_loads(json, 0, NULL);
	g_autoptr(Switches) sent = switches_from_json(features, 2, parsed, &error);

	cr_assert(sent != NULL && switches_same(made, sent), "%s", json);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Division *division = divisions_find(world.divisions, cases[i].code);

		cr_assert_eq(switches_on(sent, cases[i].row, division, now), cases[i].on, "%s %d", cases[i].code,
		             cases[i].row);
		cr_assert_eq(switches_on(sent, cases[i].row, division, later), cases[i].later, "%s later",
		             cases[i].code);
	}
	cr_assert_str_eq(switches_decider(made, 0, divisions_find(world.divisions, "532327101001"), now), "[pilot c]");
	cr_assert_str_eq(switches_decider(made, 0, divisions_find(world.divisions, "532301000000"), now), "");
	/* The county watches its pilot township. */
	cr_assert(switches_serve(sent, 0, divisions_find(world.divisions, "532327000000"), now));
	cr_assert_not(switches_serve(sent, 1, divisions_find(world.divisions, "532327000000"), now));
	cr_assert(switches_serve(sent, 1, divisions_find(world.divisions, "532300000000"), now));
	world_clear(&world);
}

Test(pilots, what_is_narrowed_are_the_townships_where_it_is_on)
{
	static const struct {
		const char *code; /* NULL = all */
		gint row;
		const char *only; /* NULL = not narrowed */
	} cases[] = {
		{ "532327000000", 0, "永定镇 " }, { NULL, 0, "永定镇 " },  { "532300000000", 1, "" },
		{ "532327101000", 0, NULL },      { "532327102000", 0, "" }, { "532327000000", SWITCH_PLUGIN, NULL },
		{ "532327101001", 0, NULL },
	};
	const gint64 now = at("2026-09-18T09:00:00+08:00");
	World world;
	g_autoptr(Faults) faults = faults_new();

	world_init(&world, NESTED);
	g_autoptr(Pilots) pilots = pilots_load(world.conf, world.divisions, "", NULL);
	g_autoptr(Switches) switches = pilots_switches(pilots, "x", features, 2, faults);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) out = g_ptr_array_new();
		g_autoptr(GString) names = g_string_new(NULL);
		const gboolean narrowed =
			switches_narrow(switches, cases[i].row, divisions_find(world.divisions, cases[i].code),
		                        world.divisions, now, out);

		for (guint j = 0; j < out->len; j++)
			g_string_append_printf(names, "%s ", ((const Division *)out->pdata[j])->name);
		cr_assert_eq(narrowed, cases[i].only != NULL, "%s %d", cases[i].code, cases[i].row);
		cr_assert_str_eq(names->str, cases[i].only != NULL ? cases[i].only : "", "%s %d", cases[i].code, cases[i].row);
	}
	world_clear(&world);
}

Test(pilots, one_pilot_brings_those_that_belong_to_it)
{
	World world;

	world_init(&world, NESTED);
	cr_assert(pilots_runs(world.conf, "a", "a") && pilots_runs(world.conf, "c", "a"));
	cr_assert(!pilots_runs(world.conf, "b", "a") && !pilots_runs(world.conf, "a", "c"));
	cr_assert(pilots_runs(world.conf, "b", ""));
	g_autoptr(Pilots) two = pilots_load(world.conf, world.divisions, "a", NULL);
	cr_assert_eq(pilots_count(two), 2);
	world_clear(&world);
}

Test(pilots, wrong_features_are_refused_with_place_and_nearest_name)
{
	static const struct {
		const char *conf, *says;
	} cases[] = {
		{ "[pilot a]\ndivisions=532327\nplugins=x\nfeatures=x.promis\n",
		  "zhend.conf:4: [pilot a] features: 没有功能 'x.promis'；是否应为 'x.promise'？(unknown feature 'x.promis'; did you mean 'x.promise'?)" },
		{ "[pilot a]\ndivisions=532327\nplugins=x\nfeatures=-x.nothing_like_it\n",
		  "zhend.conf:4: [pilot a] features: 没有功能 '-x.nothing_like_it' (unknown feature '-x.nothing_like_it')" },
		{ "[pilot a]\ndivisions=532327\nplugins=xray\nfeatures=xrai.promise\n",
		  "zhend.conf:4: [pilot a] features: 'xrai.promise': 此试点没有模块 'xrai'；是否应为 'xray'？(the pilot has no plugin 'xrai'; did you mean 'xray'?)" },
		{ "[pilot a]\ndivisions=532327\nplugins=x\nfeatures=promise\n",
		  "zhend.conf:4: [pilot a] features: 'promise' 应写作 模块.功能 (is not written plugin.feature)" },
		{ "[pilot a]\ndivisions=532327101001\nplugins=x\nfeatures=x.promise\n",
		  "zhend.conf:4: [pilot a] features: 功能按乡镇或以上开关，532327101001 (环城社区) 是 village 级 (features are switched for townships and above, and this is a village)" },
		{ "[pilot a]\ndivisions=532327\nplugins=x\nfeatures=x.promise\n[pilot b]\ndivisions=532327\nplugins=x\n"
		  "features=-x.promise\n",
		  "zhend.conf:8: [pilot b] features: '-x.promise' 在 532327000000 (永仁县) 与 [pilot a] 矛盾 (contradicts [pilot a] there)" },
		{ "[pilot a]\ndivisions=532326\nplugins=x\n",
		  "zhend.conf:2: [pilot a] divisions: 没有区划 '532326'；是否应为 '532327000000' (永仁县)？(names the unknown division '532326'; did you mean '532327000000' (永仁县)?)" },
		{ "[pilot a]\ndivisions=532327\nplugins=x\nof=b\n", "zhend.conf:4: [pilot a] of: 没有试点 'b'；是否应为 'a'？(no pilot 'b'; did you mean 'a'?)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		World world;
		g_autoptr(Faults) faults = faults_new();

		world_init(&world, cases[i].conf);
		g_autoptr(Pilots) pilots = pilots_load_all(world.conf, world.divisions, NULL, faults);
		switches_unref(pilots_switches(pilots, "x", features, 2, faults));
		cr_assert_eq(faults_count(faults), 1, "%u: %s", faults_count(faults), cases[i].conf);
		cr_assert_not_null(strstr(faults_nth(faults, 0)->message, cases[i].says), "%s",
		                   faults_nth(faults, 0)->message);
		world_clear(&world);
	}
}

Test(pilots, every_shipped_pilot_is_sound_and_has_its_plugins_on_in_all_its_townships)
{
	static const struct {
		const char *name, *top;
		guint townships;
	} shipped[] = {
		{ "chuxiong", "532300000000", 103 }, { "yongren", "532327000000", 7 }, { "lufeng", "532302000000", 14 },
		{ "yuanmou", "532328000000", 10 },   { "xinyang", "411500000000", 63 }, { "yangquan", "140300000000", 43 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(shipped); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = g_strdup_printf(SOURCE_DIR "/conf/pilots/%s.conf", shipped[i].name);
		g_autofree char *group = g_strconcat("pilot ", shipped[i].name, NULL);
		g_autoptr(Conf) conf = conf_load(SOURCE_DIR "/conf/zhend.conf", all_keys(), &error);

		cr_assert_not_null(conf, "%s", error != NULL ? error->message : "");
		g_auto(GStrv) places = pilots_places(conf, shipped[i].name);
		g_autoptr(Divisions) divisions = divisions_load((const char *const[]){ places[0], NULL }, &error);
		cr_assert_not_null(divisions, "%s", error != NULL ? error->message : "");
		g_autoptr(Pilots) pilots = pilots_load(conf, divisions, shipped[i].name, &error);
		cr_assert_not_null(pilots, "%s: %s", path, error != NULL ? error->message : "");
		const Division *top = divisions_find(divisions, shipped[i].top);
		g_auto(GStrv) plugins = conf_list(conf, group, "plugins");

		cr_assert_eq(top->n_townships, shipped[i].townships);
		for (guint t = 0; t < top->n_townships; t++)
			for (guint n = 0; plugins[n] != NULL; n++)
				cr_assert(serves_any(pilots, plugins[n], top->townships[t]), "%s %s", plugins[n],
				          top->townships[t]->name);
	}
}
