/* SPDX-License-Identifier: Apache-2.0
 * What a reader meets first: how things stand, then what can be done; after a refusal the way on, not the front door. */
#include "pages_fixture.h"

enum { CASES, CASE, ACCEPT, NOTES, CHECK, TRACK_GET, TRACK, SUPPLY, STEP };

#define STAFF "t.read t.write"
#define BACK_TO_CASE "<a href=\"/p/t/cases/7\" class=\"button\">回到“办件详情”</a>"
#define BACK_TO_LIST "<a href=\"/p/t/cases\" class=\"button second\">回到“办件列表”</a>"
#define AGAIN "<a href=\"/p/t/cases/7/accept?_form=POST\" class=\"button\">重新填写“受理”</a>"

static const CallParam of_case[] = { { "id", "7", 1 }, { "step", "plan", 4 } };

static const struct {
	const char *held;
	guint route;
	gint status;
	const char *first, *then, *never;
} refusals[] = {
	{ STAFF, ACCEPT, 409, BACK_TO_CASE, BACK_TO_LIST, "重新填写" },
	{ STAFF, ACCEPT, 412, BACK_TO_CASE, BACK_TO_LIST, "重新填写" },
	{ STAFF, ACCEPT, 428, BACK_TO_CASE, BACK_TO_LIST, "重新填写" },
	{ STAFF, STEP, 409, BACK_TO_CASE, BACK_TO_LIST, "重新填写" },
	{ STAFF, ACCEPT, 413, AGAIN, "回到“办件详情”", "回到“受理”" },
	{ STAFF, ACCEPT, 503, AGAIN, "回到“办件详情”", "回到“受理”" },
	{ STAFF, CASE, 404, "<a href=\"/p/t/cases\" class=\"button\">回到“办件列表”</a>", "回到首页", "重新填写" },
	{ "t.write", ACCEPT, 409, "回到首页", "回到首页", "回到“" },
	{ NULL, TRACK_GET, 404, "<a href=\"/p/t/track\" class=\"button\">重新填写“查询进度”</a>", "回到首页", "回到“" },
	{ NULL, SUPPLY, 409, "<a href=\"/p/t/track\" class=\"button\">回到“查询进度”</a>", "回到首页", "重新填写" },
};

Test(pages, a_refusal_shows_the_way_back_to_what_it_was_about_before_the_front_door)
{
	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		PageView view = view_of("/p/t/x", refusals[i].held);
		g_autofree char *page = draw(&view, refusals[i].route, of_case, G_N_ELEMENTS(of_case), refusals[i].status,
		                             "{\"title\":\"题\",\"code\":\"a-code\"}");
		const char *first = strstr(page, refusals[i].first), *then = strstr(page, refusals[i].then);
		const char *home = strstr(page, ">回到首页<");

		cr_expect_not_null(first, "%u: no %s in %s", i, refusals[i].first, page);
		cr_expect_not_null(then, "%u: no %s", i, refusals[i].then);
		cr_expect(first <= then && home != NULL && then <= home + 1, "%u: order", i);
		cr_expect_null(strstr(page, refusals[i].never), "%u: %s", i, refusals[i].never);
	}
}

Test(pages, a_code_is_in_no_address_of_a_refusal)
{
	const CallParam params[] = { { "number", "1", 1 }, { "code", "SECRETCODE", 10 } };
	PageView view = view_of("/p/t/track", NULL);
	g_autofree char *page = draw(&view, SUPPLY, params, G_N_ELEMENTS(params), 409, "{\"title\":\"题\"}");

	lacks(page, "SECRETCODE");
}

Test(pages, how_a_case_stands_comes_before_what_can_be_done_and_the_rest_after_it)
{
	PageView view = view_of("/p/t/cases/7", STAFF);
	g_autofree char *page = draw(&view, CASE, of_case, 1, 200,
	                             "{\"more\":\"其他\",\"state\":\"filed\",\"number\":\"永政审1号\",\"actions\":"
	                             "[{\"title\":\"受理这件\",\"method\":\"POST\",\"path\":\"/cases/7/accept\"}]}");
	const char *state = strstr(page, "已提交"), *act = strstr(page, "受理这件"), *rest = strstr(page, "其他");

	cr_assert(state != NULL && act != NULL && rest != NULL, "%s", page);
	cr_expect(state < act && act < rest, "%s", page);
	cr_expect_null(strstr(state + 1, "已提交"), "twice: %s", page);
}

Test(pages, an_empty_place_of_a_table_is_marked_for_narrow_screens)
{
	PageView view = view_of("/p/t/cases", STAFF);
	gsize length;
	g_autofree char *page = draw(&view, CASES, NULL, 0, 200,
	                             "{\"items\":[{\"number\":\"1\",\"state\":null},{\"number\":\"2\",\"state\":\"done\"}]}");

	has(page, "class=\"none\"");
	has(pages_css(&length), "table.fold td.none{display:none}");
}
