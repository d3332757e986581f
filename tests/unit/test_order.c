/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

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
	{ { { "aa", "1.0.0", { { .plugin = "bb" } } } }, "plugin aa needs bb, which is not enabled" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .min_version = "1.10.0" } } }, { "bb", "1.9.9", { { 0 } } } },
	  "plugin aa needs bb 1.10.0 or newer, here is 1.9.9" },
	{ { { "aa", "1.0.0", { { .plugin = "bb", .min_version = "1.9.0" } } }, { "bb", "1.10.0", { { 0 } } } }, "bb aa" },
	{ { { "xx", "1.0.0", { { .plugin = "aa" } } }, { "aa", "1.0.0", { { .plugin = "bb" } } },
	    { "bb", "1.0.0", { { .plugin = "aa" } } } },
	  "plugins need each other in a circle: aa needs bb needs aa" },
	{ { { "aa", "1.0.0", { { 0 } } }, { "aa", "1.0.1", { { 0 } } } }, "plugin aa is enabled twice" },
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
