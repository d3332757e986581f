/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "access/pilots.h"
#include "base/clock.h"

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
	                   "until=2026-12-31\ntitle=永定镇试点\n[pilot city]\ndivisions=532301000000\nplugins=*\n");
	g_autoptr(Pilots) pilots = pilots_load(world.conf, world.divisions, NULL, &error);
	cr_assert_not_null(pilots, "%s", error != NULL ? error->message : "");
	cr_assert_eq(pilots_count(pilots), 2);
	cr_assert_str_eq(pilots_title(pilots, 0), "永定镇试点");
	cr_assert_str_eq(pilots_title(pilots, 1), "city");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		cr_assert_eq(pilots_enable(pilots, cases[i].plugin, divisions_find(world.divisions, cases[i].code),
		                           at(cases[i].time)),
		             cases[i].on, "%s %s %s", cases[i].plugin, cases[i].code, cases[i].time);
	}
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
	g_auto(GStrv) of_one = pilot_divisions_for_plugin(one, "x", now);
	g_auto(GStrv) of_all = pilot_divisions_for_plugin(all, "x", now);
	g_auto(GStrv) of_none = pilot_divisions_for_plugin(all, "y", now);

	cr_assert_eq(g_strv_length(of_one), 1);
	cr_assert_eq(g_strv_length(of_all), 2, "a division is named once");
	cr_assert_eq(g_strv_length(of_none), 0);
	cr_assert_not(pilots_enable(one, "x", divisions_find(world.divisions, "532327102000"), now));
	cr_assert_null(pilots_load(world.conf, world.divisions, "c", &error));
	cr_assert_str_eq(error->message, "no pilot 'c'; did you mean 'a'?");
	world_clear(&world);
}

Test(pilots, what_is_wrong_is_refused_with_the_groups_name)
{
	static const struct {
		const char *conf, *says;
	} cases[] = {
		{ "[pilot a]\ndivisions=1\nplugins=x\n", "zhend.conf:2: [pilot a] names the unknown division '1'" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nfrom=2026-02-30\n",
		  "zhend.conf:4: [pilot a] from: '2026-02-30' is not a day" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nuntil=soon\n",
		  "[pilot a] until: 'soon' is not a day" },
		{ "[pilot a]\ndivisions=532327101000\nplugins=x\nfrom=2026-02-03\nuntil=2026-02-01\n",
		  "zhend.conf:5: [pilot a] ends before it begins" },
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

Test(pilots, the_shipped_pilot_has_approvals_on_in_every_township)
{
	const char *const tree[] = { SOURCE_DIR "/conf/data/divisions/chuxiong-532300.csv", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(Divisions) divisions = divisions_load(tree, &error);
	g_autoptr(Conf) conf = conf_load(SOURCE_DIR "/conf/pilots/chuxiong.conf", pilots_conf_keys, &error);

	cr_assert(divisions != NULL && conf != NULL, "%s", error != NULL ? error->message : "");
	g_autoptr(Pilots) pilots = pilots_load(conf, divisions, "chuxiong", &error);
	cr_assert_not_null(pilots, "%s", error != NULL ? error->message : "");

	const Division *prefecture = divisions_find(divisions, "532300000000");

	for (guint i = 0; i < prefecture->n_townships; i++)
		cr_assert(pilots_enable(pilots, "approvals", prefecture->townships[i], clock_now_ms()), "%s",
		          prefecture->townships[i]->name);
	cr_assert_not(pilots_enable(pilots, "nothing", prefecture, clock_now_ms()));
}
