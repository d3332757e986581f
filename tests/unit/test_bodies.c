/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "access/bodies.h"

#define TREE                                                                                                                   \
	"code,name,level,parent\n532300000000,楚雄彝族自治州,prefecture,\n532327000000,永仁县,county,532300000000\n" \
	"532327101000,永定镇,township,532327000000\n532327102000,宜就镇,township,532327000000\n"                         \
	"532327101001,环城社区,village,532327101000\n"

typedef struct World {
	char *folder;
	Divisions *divisions;
} World;

static char *put(const World *world, const char *name, const char *content)
{
	char *path = g_build_filename(world->folder, name, NULL);

	cr_assert(g_file_set_contents(path, content, -1, NULL));
	return path;
}

static void world_init(World *world)
{
	g_autoptr(GError) error = NULL;

	world->folder = g_dir_make_tmp("zhen-bodies-XXXXXX", NULL);
	g_autofree char *path = put(world, "tree.csv", TREE);
	world->divisions = divisions_load((const char *const[]){ path, NULL }, &error);
	cr_assert_not_null(world->divisions, "%s", error != NULL ? error->message : "");
	g_remove(path);
}

static void world_clear(World *world)
{
	divisions_free(world->divisions);
	g_rmdir(world->folder);
	g_free(world->folder);
}

static Bodies *load(const World *world, const char *rows, GError **error)
{
	g_autofree char *content = g_strconcat("id,kind,name,division,superior\n", rows, NULL);
	g_autofree char *path = put(world, "bodies.csv", content);
	Bodies *bodies = bodies_load((const char *const[]){ path, NULL }, world->divisions, error);

	g_remove(path);
	return bodies;
}

Test(bodies, a_row_for_a_level_makes_one_body_of_every_division)
{
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world);
	g_autoptr(Bodies) bodies = load(&world,
	                                "window-{code},window,{name}便民服务窗口,*township,government-{code}\n"
	                                "government-{code},government,\"{name}人民政府\",*township,county-{county}\n"
	                                "\n# a note\n"
	                                "county-{code},county-government,{name}人民政府,*county,prefecture\n"
	                                "prefecture,prefecture,州人民政府,532300000000,\n",
	                                &error);
	cr_assert_not_null(bodies, "%s", error != NULL ? error->message : "");
	cr_assert_eq(bodies_count(bodies), 6);

	const Body *window = bodies_find(bodies, "window-532327101000");

	cr_assert_str_eq(window->name, "永定镇便民服务窗口");
	cr_assert_str_eq(window->kind, "window");
	cr_assert_str_eq(window->division->code, "532327101000");
	cr_assert_str_eq(window->superior->id, "government-532327101000");
	cr_assert_str_eq(window->superior->superior->id, "county-532327000000");
	cr_assert_null(window->superior->superior->superior->superior);
	cr_assert_null(bodies_find(bodies, "window-1"));
	cr_assert_eq(bodies_nth(bodies, 0), window);
	cr_assert_null(bodies_nth(bodies, 6));
	world_clear(&world);
}

Test(bodies, a_division_is_served_by_its_own_body_or_the_nearest_above)
{
	static const struct {
		const char *kind, *code, *id;
	} cases[] = {
		{ "window", "532327101000", "window-532327101000" },
		{ "window", "532327101001", "window-532327101000" }, /* a village */
		{ "window", "532327000000", NULL },
		{ "team", "532327101001", "team" },
		{ "team", "532300000000", NULL },
		{ "nothing", "532327101000", NULL },
	};
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world);
	g_autoptr(Bodies) bodies =
		load(&world, "window-{code},window,{name},*township,\nteam,team,队,532327000000,\n", &error);
	cr_assert_not_null(bodies, "%s", error != NULL ? error->message : "");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Body *body =
			bodies_serving(bodies, cases[i].kind, divisions_find(world.divisions, cases[i].code));

		cr_assert(g_strcmp0(body != NULL ? body->id : NULL, cases[i].id) == 0, "%s for %s: %s", cases[i].kind,
		          cases[i].code, body != NULL ? body->id : "none");
	}
	world_clear(&world);
}

Test(bodies, what_is_wrong_is_refused_with_file_and_line)
{
	static const struct {
		const char *rows, *says;
	} cases[] = {
		{ "a,k,n,532327000000\n", "bodies.csv:2: 不是这五列：id,kind,name,division,superior (not the five columns id,kind,name,division,superior)" },
		{ "a,k,n,532327000000,,\n", "bodies.csv:2: 不是这五列：id,kind,name,division,superior (not the five columns id,kind,name,division,superior)" },
		{ "a,k,\"n,532327000000,\n", "bodies.csv:2: 不是这五列：id,kind,name,division,superior (not the five columns id,kind,name,division,superior)" },
		{ "a,k,\"n\"x,532327000000,\n", "bodies.csv:2: 不是这五列：id,kind,name,division,superior (not the five columns id,kind,name,division,superior)" },
		{ "a,k,n,532327000000,\"\n", "bodies.csv:2: 不是这五列：id,kind,name,division,superior (not the five columns id,kind,name,division,superior)" },
		{ ",k,n,532327000000,\n", "bodies.csv:2: id、kind、name 不能为空 (id, kind and name must not be empty)" },
		{ "a,k,n,5,\n", "bodies.csv:2: 没有区划 '5' (unknown division '5')" },
		{ "a{code},k,n,*hamlet,\n", "bodies.csv:2: 没有 '*hamlet' 这一级 (unknown level '*hamlet')" },
		{ "a,k,n,*township,\n", "bodies.csv:2: 每个 township 一行的 id 里须有 {code} (the id of a row for every township needs {code})" },
		{ "a{code},k,{nam},*township,\n", "bodies.csv:2: 532327101000 永定镇 没有 {nam} 的值 ({nam} has no value for it)" },
		{ "a{code},k,{village},*township,\n", "bodies.csv:2: 532327101000 永定镇 没有 {village} 的值 ({village} has no value for it)" },
		{ "a,k,n,532327000000,\na,k,n,532327000000,\n", "bodies.csv:3: 单位 'a' 已在 /" },
		{ "a,k,n,532327000000,\na,k,n,532327000000,\n", "bodies.csv:2 (the body 'a' is already at " },
		{ "a,k,n,532327000000,b\n", "bodies.csv:2: 'a' 的上级 'b' 不存在 (the superior 'b' of 'a' is unknown)" },
		{ "a,k,n,532327000000,b\nb,k,n,532327000000,a\n", "bodies.csv:2: 'a' 成了自己的上级 ('a' is above itself)" },
		{ "a,k,n,532327000000,a\n", "bodies.csv:2: 'a' 成了自己的上级 ('a' is above itself)" },
	};
	World world;

	world_init(&world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		cr_assert_null(load(&world, cases[i].rows, &error), "taken: %s", cases[i].rows);
		cr_assert_not_null(strstr(error->message, cases[i].says), "%s", error->message);
	}
	world_clear(&world);
}

Test(bodies, the_shipped_files_give_every_township_its_four_bodies)
{
	static const char *const kinds[] = { "government", "window", "agriculture", "planning" };
	const char *const tree[] = { SOURCE_DIR "/conf/data/divisions/chuxiong-532300.csv", NULL };
	const char *const rows[] = { SOURCE_DIR "/conf/data/bodies.csv", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(Divisions) divisions = divisions_load(tree, &error);
	g_autoptr(Bodies) bodies = divisions != NULL ? bodies_load(rows, divisions, &error) : NULL;
	guint count = 0, townships = 0;

	cr_assert_not_null(bodies, "%s", error != NULL ? error->message : "");

	const Division *const *all = divisions_all(divisions, &count);

	for (guint i = 0; i < count; i++)
		for (gsize k = 0; all[i]->level == LEVEL_TOWNSHIP && k < G_N_ELEMENTS(kinds); k++) {
			const Body *body = bodies_serving(bodies, kinds[k], all[i]);

			cr_assert_not_null(body, "%s of %s", kinds[k], all[i]->name);
			cr_assert_eq(body->division, all[i], "%s of %s", kinds[k], all[i]->name);
			townships += k == 0;
		}
	cr_assert_eq(townships, 103);
}
