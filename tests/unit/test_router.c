/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include "http/router.h"
#include <zhen/plugin.h>

static const struct {
	guint32 method;
	const char *path;
} routes[] = {
	{ ZHEN_GET, "/notes" },
	{ ZHEN_POST, "/notes" },
	{ ZHEN_GET, "/notes/{id}" },
	{ ZHEN_PATCH, "/notes/{id}" },
	{ ZHEN_GET, "/notes/new" },
	{ ZHEN_GET, "/notes/{id}/files/{file}" },
	{ ZHEN_POST, "/notes/{number}/close" },
	{ ZHEN_GET, "/{anything}/x" },
	{ ZHEN_GET, "/" },
};

static Router *made(void)
{
	Router *router = router_new();

	for (gsize i = 0; i < G_N_ELEMENTS(routes); i++)
		cr_assert_null(router_add(router, routes[i].method, routes[i].path, (void *)&routes[i]));
	return router;
}

Test(router, finds_what_stands_there_literal_before_parameter)
{
	g_autoptr(Router) router = made();
	static const struct {
		guint32 method;
		const char *path;
		const char *route; /* NULL = none */
		guint32 allowed;
		const char *params;
	} cases[] = {
		{ ZHEN_GET, "/", "/", 1u << ZHEN_GET, "" },
		{ ZHEN_GET, "/notes", "/notes", 1u << ZHEN_GET | 1u << ZHEN_POST, "" },
		{ ZHEN_GET, "/notes/7", "/notes/{id}", 1u << ZHEN_GET | 1u << ZHEN_PATCH, "7" },
		{ ZHEN_GET, "/notes/new", "/notes/new", 1u << ZHEN_GET, "" },
		{ ZHEN_PATCH, "/notes/new", "/notes/{id}", 1u << ZHEN_GET | 1u << ZHEN_PATCH, "new" },
		{ ZHEN_GET, "/notes/镇/files/a b", "/notes/{id}/files/{file}", 1u << ZHEN_GET, "镇,a b" },
		{ ZHEN_POST, "/notes/7/close", "/notes/{number}/close", 1u << ZHEN_POST, "7" },
		{ ZHEN_GET, "/notes/x", "/notes/{id}", 1u << ZHEN_GET | 1u << ZHEN_PATCH, "x" },
		{ ZHEN_GET, "/other/x", "/{anything}/x", 1u << ZHEN_GET, "other" },
		{ ZHEN_DELETE, "/notes/7", NULL, 1u << ZHEN_GET | 1u << ZHEN_PATCH, "" },
		{ ZHEN_GET, "/notes/", NULL, 0, "" },
		{ ZHEN_GET, "/notes//files/1", NULL, 0, "" },
		{ ZHEN_GET, "/notes/7/", NULL, 0, "" },
		{ ZHEN_GET, "/note", NULL, 0, "" },
		{ ZHEN_GET, "/notes/7/files", NULL, 0, "" },
		{ ZHEN_GET, "notes", NULL, 0, "" },
		{ ZHEN_GET, "", NULL, 0, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) params = g_string_new(NULL);
		RouteMatch match;
		gboolean found = router_match(router, cases[i].method, cases[i].path, strlen(cases[i].path), &match);

		cr_expect_eq(found, cases[i].route != NULL, "%s", cases[i].path);
		cr_expect_eq(match.allowed, cases[i].allowed, "%s: %x", cases[i].path, match.allowed);
		if (!found || cases[i].route == NULL)
			continue;
		for (gsize j = 0; j < G_N_ELEMENTS(routes); j++)
			if (match.entry == &routes[j])
				cr_expect_str_eq(routes[j].path, cases[i].route);
		for (guint j = 0; j < match.n_params; j++)
			g_string_append_printf(params, "%s%.*s", j > 0 ? "," : "", (int)match.params[j].length,
			                       cases[i].path + match.params[j].at);
		cr_expect_str_eq(params->str, cases[i].params, "%s", cases[i].path);
	}
}

Test(router, the_same_route_again_takes_the_place_of_the_first)
{
	g_autoptr(Router) router = made();
	RouteMatch match;

	cr_expect_eq(router_add(router, ZHEN_GET, "/notes", router), (void *)&routes[0]);
	cr_expect(router_match(router, ZHEN_GET, "/notes", 6, &match));
	cr_expect_eq(match.entry, (void *)router);
}

Test(router, names_parameters_in_order)
{
	g_auto(GStrv) names = route_param_names("/notes/{id}/files/{file}");

	cr_assert_eq(g_strv_length(names), 2);
	cr_expect_str_eq(names[0], "id");
	cr_expect_str_eq(names[1], "file");
}
