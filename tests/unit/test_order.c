/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include "loader/loader.h"

#define NEEDS_MAX 3

typedef struct Given {
	const char *id, *version;
	zhen_need needs[NEEDS_MAX + 1];
} Given;

static const struct {
	Given plugins[5];
	const char *order; /* or the refusal */
} cases[] = {
	{ { { "aa", "1.0.0", { { 0 } } }, { "bb", "1.0.0", { { 0 } } } }, "aa bb" },
	{ { { "aa", "1.0.0", { { .plugin = "cc" } } }, { "bb", "1.0.0", { { 0 } } }, { "cc", "1.0.0", { { .plugin = "bb" } } } },
	  "bb cc aa" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .flags = ZHEN_OPTIONAL } } }, { "bb", "1.0.0", { { 0 } } } }, "bb aa" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .flags = ZHEN_OPTIONAL } } } }, "aa" },
	{ { { "aa", "1.0.0", { { .plugin = "bb" } } } }, "模块 aa 需要 bb，它没有启用 (plugin aa needs bb, which is not enabled)" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .min_version = "1.10.0" } } }, { "bb", "1.9.9", { { 0 } } } },
	  "模块 aa 需要 bb 1.10.0 或更新，现为 1.9.9 (plugin aa needs bb 1.10.0 or newer, here is 1.9.9)" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .min_version = "1.9.0" } } }, { "bb", "1.10.0", { { 0 } } } }, "bb aa" },
	{ { { "xx", "1.0.0", { { .plugin = "aa" } } }, { "aa", "1.0.0", { { .plugin = "bb" } } },
	    { "bb", "1.0.0", { { .plugin = "aa" } } } },
	  "模块循环依赖 (plugins need each other in a circle): aa needs bb needs aa" },
	{ { { "aa", "1.0.0", { { 0 } } }, { "aa", "1.0.1", { { 0 } } } }, "模块 aa 启用了两次 (plugin aa is enabled twice)" },
};

Test(order, whoever_is_needed_goes_first_else_as_configured)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) plugins = g_ptr_array_new();
		g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify)plugin_free);
		g_autoptr(GString) order = g_string_new(NULL);
		g_autoptr(GError) error = NULL;

		for (const Given *given = cases[i].plugins; given->id != NULL; given++) {
			const zhen_plugin entry = { ZHEN_PLUGIN_SIZES, .id = given->id, .version = given->version,
				                    .needs = given->needs };

			g_ptr_array_add(owned, plugin_bind(&entry, NULL));
			g_ptr_array_add(plugins, owned->pdata[owned->len - 1]);
		}
		if (plugins_order(plugins, &error))
			for (guint n = 0; n < plugins->len; n++)
				g_string_append_printf(order, "%s%s", n > 0 ? " " : "", ((Plugin *)plugins->pdata[n])->id);
		else
			g_string_assign(order, error->message);
		cr_expect_str_eq(order->str, cases[i].order);
	}
}

static const struct {
	const char *a, *b;
	gint sign;
} versions[] = {
	{ "1.0.0", "1.0.0", 0 },      { "1.2.0", "1.10.0", -1 }, { "2.0.0", "1.99.99", 1 },  { "1.0.0-rc1", "1.0.0", -1 },
	{ "1.0.0", "1.0.0-rc1", 1 },  { "1.0.0-a", "1.0.0-b", -1 }, { "1.0.0+x", "1.0.0", 0 },
};

Test(order, versions_are_compared_by_number)
{
	for (gsize i = 0; i < G_N_ELEMENTS(versions); i++)
		cr_expect_eq(version_compare(versions[i].a, versions[i].b), versions[i].sign, "%s %s", versions[i].a,
		             versions[i].b);
}

/* ---- who of them can run ---- */

static zhen_result take(zhen_call *call)
{
	(void)call;
	return ZHEN_OK;
}

static const zhen_field came[] = { { .name = "id", .type = ZHEN_INT }, { .name = "kind", .type = ZHEN_CHOICE, .choices = "a|b" }, { 0 } };
static const zhen_topic topics[] = { { .name = "pub.animal.came", .fields = came }, { 0 } };
static const zhen_field good[] = { { .name = "kind", .type = ZHEN_TEXT }, { .name = "event_id", .type = ZHEN_TEXT }, { 0 } };
static const zhen_field wrong[] = { { .name = "id", .type = ZHEN_TEXT }, { .name = "cage", .type = ZHEN_INT }, { 0 } };

static const struct {
	const char *version; /* of the publisher */
	zhen_subscription row;
	const char *told;
} readings[] = {
	{ "1.0.0", { .topic = "pub.animal.came", .handle = take, .fields = good }, "" },
	{ "1.0.0", { .topic = "elsewhere.animal.came", .handle = take, .fields = wrong }, "" },
	{ "1.0.0", { .topic = "pub.animal.came", .handle = take, .fields = wrong },
	  "模块 sub 把 pub.animal.came 的字段 id 读作 text，pub 1.0.0 声明为 int (plugin sub reads the field id of pub.animal.came as text, pub 1.0.0 declares it as int)\n"
	  "模块 sub 读 pub.animal.came 的字段 cage，pub 1.0.0 没有声明它 (plugin sub reads the field cage of pub.animal.came, which pub 1.0.0 does not declare)\n"
	  "模块 user 需要 sub，它已被排除 (plugin user needs sub, which is left out)\n" },
	{ "1.0.0", { .topic = "pub.animal.came", .handle = take, .publisher_min = "1.1.0" },
	  "模块 sub 读 pub.animal.came，须 pub 1.1.0 或更新，现为 1.0.0 (plugin sub reads pub.animal.came of pub 1.1.0 or newer, here is 1.0.0)\n"
	  "模块 user 需要 sub，它已被排除 (plugin user needs sub, which is left out)\n" },
	{ "1.1.0", { .topic = "pub.animal.came", .handle = take, .publisher_min = "1.1.0" }, "" },
	{ "1.0.0", { .topic = "pub.animal.gone", .handle = take, .fields = good },
	  "模块 sub 订阅 pub.animal.gone，pub 1.0.0 没有声明它 (plugin sub subscribes to pub.animal.gone, which pub 1.0.0 does not declare)\n"
	  "模块 user 需要 sub，它已被排除 (plugin user needs sub, which is left out)\n" },
	{ "1.0.0", { .topic = "pub.animal.gone", .handle = take },
	  "warning: 模块 sub 订阅 pub.animal.gone，pub 1.0.0 没有声明它 (plugin sub subscribes to pub.animal.gone, which pub 1.0.0 does not declare)\n" },
};

static void write_down(void *data, const Plugin *plugin, const char *text, gboolean warning)
{
	(void)plugin;
	g_string_append_printf(data, "%s%s\n", warning ? "warning: " : "", text);
}

Test(order, what_a_subscriber_reads_its_publisher_declares)
{
	for (gsize i = 0; i < G_N_ELEMENTS(readings); i++) {
		const zhen_subscription rows[] = { readings[i].row, { 0 } };
		const zhen_need needs[] = { { .plugin = "sub" }, { 0 } };
		const zhen_plugin user = { ZHEN_PLUGIN_SIZES, .id = "user", .version = "1.0.0", .needs = needs };
		const zhen_plugin sub = { ZHEN_PLUGIN_SIZES, .id = "sub", .version = "1.0.0", .subscriptions = rows };
		const zhen_plugin pub = { ZHEN_PLUGIN_SIZES, .id = "pub", .version = readings[i].version, .topics = topics };
		g_autoptr(Plugin) a = plugin_bind(&user, NULL), b = plugin_bind(&sub, NULL), c = plugin_bind(&pub, NULL);
		g_autoptr(GPtrArray) plugins = g_ptr_array_new();
		g_autoptr(GString) told = g_string_new(NULL);

		g_ptr_array_add(plugins, a);
		g_ptr_array_add(plugins, b);
		g_ptr_array_add(plugins, c);
		plugins_settle(plugins, NULL, write_down, told);
		cr_expect_str_eq(told->str, readings[i].told);
		cr_expect_eq(plugins->len, strstr(told->str, "left out") != NULL ? 1 : 3);
	}
}

Test(order, a_circle_takes_out_its_members_and_whoever_needs_them)
{
	const zhen_need of_b[] = { { .plugin = "bb" }, { 0 } }, of_a[] = { { .plugin = "aa" }, { 0 } };
	const zhen_plugin entries[] = {
		{ ZHEN_PLUGIN_SIZES, .id = "aa", .version = "1.0.0", .needs = of_b },
		{ ZHEN_PLUGIN_SIZES, .id = "bb", .version = "1.0.0", .needs = of_a },
		{ ZHEN_PLUGIN_SIZES, .id = "cc", .version = "1.0.0", .needs = of_a },
		{ ZHEN_PLUGIN_SIZES, .id = "dd", .version = "1.0.0" },
	};
	g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify)plugin_free);
	g_autoptr(GPtrArray) plugins = g_ptr_array_new();
	g_autoptr(GString) told = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
		g_ptr_array_add(owned, plugin_bind(&entries[i], NULL));
		g_ptr_array_add(plugins, owned->pdata[i]);
	}
	plugins_settle(plugins, NULL, write_down, told);
	cr_expect_str_eq(told->str, "模块循环依赖 (plugins need each other in a circle): aa needs bb needs aa\n"
	                            "模块循环依赖 (plugins need each other in a circle): aa needs bb needs aa\n"
	                            "模块 cc 需要 aa，它已被排除 (plugin cc needs aa, which is left out)\n");
	cr_assert_eq(plugins->len, 1);
	cr_assert_str_eq(((const Plugin *)plugins->pdata[0])->id, "dd");
}
