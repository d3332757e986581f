/* SPDX-License-Identifier: Apache-2.0
 * Every state × act × role: what is possible and what the rest is refused with, as expected.csv has it, through the host. */
#include "world.h"

#define N_STATES 16
#define FIRST_STATE 2 /* column */

static const struct {
	const char *name, *body, *permissions;
} roles[] = {
	{ "window", "window-" TOWNSHIP, "approvals.read approvals.personal approvals.accept approvals.deliver approvals.archive approvals.check" },
	{ "agriculture", "agriculture-" TOWNSHIP, "approvals.read approvals.personal approvals.review approvals.suspend approvals.check" },
	{ "planning", "planning-" TOWNSHIP, "approvals.read approvals.personal approvals.plan approvals.suspend approvals.check" },
	{ "government", "government-" TOWNSHIP,
	  "approvals.read approvals.suspend approvals.decide approvals.extend approvals.withdraw approvals.check" },
	{ "keeper", "government-" TOWNSHIP, "approvals.read approvals.issue" },
	{ "supervision", "county-532327000000", "approvals.read approvals.supervise" },
	{ "superior", "county-532327000000", "approvals.read approvals.supervise approvals.superior" },
	{ "agent", "village-532327101003", "approvals.read approvals.agent" },
};

#define REASON "{\"reason\": \"理由\", \"basis\": \"依据\"}"

/* What each act says, so that nothing but the table refuses it. %s: number and code. */
static const struct {
	const char *act, *path, *json;
} acts[] = {
	{ "accept", NULL, "{\"papers\": true}" },
	{ "materials", NULL, "{\"materials\": [{\"material\": \"住房建设图件\", \"how\": \"paper\"}]}" },
	{ "accept-lacking", NULL,
	  "{\"lacking\": [{\"material\": \"住房建设图件（选用通用图册的免交）\"}], \"promised_on\": \"2026-09-18\"}" },
	{ "accept-promise", NULL,
	  "{\"promises\": [{\"material\": \"户口簿\", \"content\": \"属实\"}], \"told\": true, \"signed_on\": \"2026-09-18\", "
	  "\"kept\": \"paper\"}" },
	{ "supplement", NULL, "{\"missing\": [{\"material\": \"住房建设图件\", \"reason\": \"缺平面图\"}]}" },
	{ "correct", NULL, "{\"correction\": \"更正姓名\"}" },
	{ "refuse", NULL, "{\"reason\": \"属县级权限\", \"competent_body\": \"永仁县自然资源局\"}" },
	{ "not-needed", NULL, "{\"reason\": \"仅修缮内部\"}" },
	{ "attach", "/track/materials", "\"title\": \"住房建设图件\"" },
	{ "supply", "/track/supplement", "\"note\": \"已补\", \"title\": \"住房建设图件\"" },
	{ "retract", "/track/retract", "\"reason\": \"不建了\"" },
	{ "retract-for", "retract", "{\"reason\": \"不建了\", \"signed\": true}" },
	{ "lacking", "/track/lacking", "\"material\": \"住房建设图件\"" },
	{ "steps", "steps/homestead", "{\"decision\": \"return\", \"opinion\": \"退回\"}" },
	{ "publicity", NULL, "{\"act\": \"end\"}" },
	{ "suspend", NULL, "{\"reason\": \"expert_review\", \"expected_days\": 5}" },
	{ "resume", NULL, "{}" },
	{ "extend", NULL, "{\"reason\": \"情况复杂\"}" },
	{ "promise-checks", NULL, "{\"material\": \"户口簿\", \"result\": \"kept\", \"note\": \"属实\"}" },
	{ "reject", NULL, REASON },
	{ "issue", NULL, "{}" },
	{ "withdraw", NULL, "{\"explanation\": \"程序有误\"}" },
	{ "ending-tell", "ending/tell", "{\"kind\": \"revoke\", \"ground\": \"procedure\", \"explanation\": \"程序有误\"}" },
	{ "ending-statement", "ending/statement", "{\"statement\": \"没有意见\"}" },
	{ "cancel", NULL, "{\"ground\": \"dissolved\", \"explanation\": \"注销登记\"}" },
	{ "superior", NULL, "{\"ground\": \"procedure\", \"number\": \"永政〔2026〕1号\", \"decided_on\": \"2026-09-18\", \"explanation\": \"程序有误\"}" },
	{ "visits", NULL, "{\"place\": \"便民服务中心\", \"reason\": \"补签\"}" },
	{ "green", NULL, "{\"kind\": \"elderly\"}" },
	{ "home-visits", NULL, "{\"address\": \"三组\", \"planned_on\": \"2026-12-30\", \"purpose\": \"核对\"}" },
	{ "escorts", NULL, "{\"department\": \"县局\", \"went_on\": \"2026-09-18\", \"from_time\": \"09:00\", \"to_time\": \"10:00\", "
	                   "\"person\": \"李\", \"outcome\": \"受理\"}" },
	{ "left-open", NULL, "{\"reason\": \"停电\"}" },
	{ "deliver", NULL, "{\"method\": \"window\", \"receiver\": \"李阿福\", \"signed\": true}" },
	{ "served", NULL, "{\"receiver\": \"李阿福\", \"served_on\": \"2026-09-18\", \"signed\": true}" },
	{ "handover", NULL, "{\"receiver\": \"李阿福\", \"signed\": true}" },
	{ "receipt", "/track/receipt", "" },
	{ "rating", "/track/rating", "\"grade\": \"5\"" },
	{ "contacted", "rating/contacted", "{\"note\": \"已联系\"}" },
	{ "mended", "rating/mended", "{\"how\": \"已整改\"}" },
	{ "hearing-tell", "hearing/tell", "{\"parties\": \"邻户\", \"interest\": \"采光\"}" },
	{ "hearing-ask", "hearing/ask", "{\"by\": \"third\"}" },
	{ "hearing-notice", "hearing/notice", "{\"held_on\": \"2026-09-30\", \"place\": \"会议室\", \"presider\": \"" KEEPER "\"}" },
	{ "hearing-record", "hearing/record", "{\"outcome\": \"held\", \"record\": \"要点\", \"signed\": true}" },
	{ "archive", NULL, "{\"retention\": \"10\"}" },
};

static char **line_of(char **lines, const char *name)
{
	for (size_t i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) cells = g_strsplit(lines[i], ",", FIRST_STATE + N_STATES + 1);

		if (cells[0] != NULL && strcmp(cells[0], name) == 0)
			return g_steal_pointer(&cells);
	}
	return NULL;
}

static char **expected_lines(void)
{
	g_autofree char *text = NULL;

	cr_assert(g_file_get_contents(SOURCE_DIR "/plugins/approvals/tests/expected.csv", &text, NULL, NULL));
	return g_strsplit(text, "\n", -1);
}

static int32_t tries(World *world, size_t a, const char *role)
{
	bool resident = acts[a].path != NULL && acts[a].path[0] == '/';

	for (size_t r = 0; role != NULL && r < G_N_ELEMENTS(roles); r++)
		if (strcmp(roles[r].name, role) == 0)
			zhen_test_as(world->test, strcmp(role, "keeper") == 0 ? KEEPER : role, roles[r].body, NULL, roles[r].permissions);
	if (role == NULL)
		as_resident(world);
	if (!resident)
		return act(world, acts[a].path != NULL ? acts[a].path : acts[a].act, acts[a].json);
	const char *more = acts[a].json;
	g_autofree char *with_file = NULL;

	if (strcmp(acts[a].act, "attach") == 0 || strcmp(acts[a].act, "supply") == 0 || strcmp(acts[a].act, "lacking") == 0)
		more = with_file = g_strdup_printf("%s, \"file\": \"%s\"", more, zhen_test_upload(world->test, "%PDF-图件", 11));
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"%s%s}", world->number, world->code,
	                                        more[0] != '\0' ? ", " : "", more);
	return zhen_test_call(world->test, "POST", acts[a].path, json);
}

static void says(World *world, const char *name, const char *role)
{
	for (size_t a = 0; a < G_N_ELEMENTS(acts); a++)
		if (strcmp(acts[a].act, name) == 0)
			expect_done(world, tries(world, a, role), 200, name);
}

/* Up to the state of that name, from an application just filed. */
static void reach(World *world, const char *state)
{
	if (strcmp(state, "filed") == 0)
		return;
	if (strcmp(state, "supplementing") == 0)
		says(world, "supplement", "window");
	else if (strcmp(state, "not_needed") == 0)
		says(world, "not-needed", "window");
	else if (strcmp(state, "refused") == 0)
		says(world, "refuse", "window");
	else if (strcmp(state, "retracted") == 0)
		says(world, "retract", NULL);
	else
		to_review(world);
	if (strcmp(state, "suspended") == 0)
		says(world, "suspend", "agriculture");
	if (strcmp(state, "refusing") == 0) {
		as_agriculture(world);
		expect_done(world, step(world, "homestead", "{\"decision\": \"refuse\", \"opinion\": \"不同意\"}"), 200,
		            "refuse");
	}
	if (strcmp(state, "rejected") == 0 || strcmp(state, "archived") == 0)
		says(world, "reject", "government");
	bool ended =
		strcmp(state, "withdrawn") == 0 || strcmp(state, "recalled") == 0 || strcmp(state, "cancelled") == 0;
	if (ended || strcmp(state, "approved") == 0 || strcmp(state, "issuing") == 0 || strcmp(state, "issued") == 0)
		to_approved(world);
	if (ended || strcmp(state, "issuing") == 0 || strcmp(state, "issued") == 0)
		says(world, "issue", "keeper");
	if (strcmp(state, "issuing") != 0)
		keeper_seals(world);
	if (strcmp(state, "withdrawn") == 0)
		says(world, "ending-tell", "government");
	if (strcmp(state, "recalled") == 0) {
		as_government(world);
		expect_done(world,
		            act(world, "ending/tell",
		                "{\"kind\": \"recall\", \"ground\": \"law_changed\", \"explanation\": \"办法废止\"}"),
		            200, "told");
	}
	if (strcmp(state, "withdrawn") == 0 || strcmp(state, "recalled") == 0) {
		says(world, "ending-statement", "window");
		says(world, "withdraw", "government");
	}
	if (strcmp(state, "cancelled") == 0)
		says(world, "cancel", "government");
	if (ended)
		keeper_seals(world);
	if (strcmp(state, "archived") == 0) {
		says(world, "deliver", "window");
		says(world, "rating", NULL);
		says(world, "archive", "window");
	}
	g_autofree char *is = column(world, "state");
	if (strcmp(state, "issuing") != 0)
		cr_assert_str_eq(is, state);
}

static bool is_word(const char *words, const char *word)
{
	g_auto(GStrv) all = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)all, word);
}

/* One cell for one role; counts what was refused. */
static void ask(World *world, size_t a, char **line, const char *state, const char *cell, const char *code,
                const char *role, int *refused)
{
	bool theirs = is_word(line[1], role != NULL ? role : "resident");
	bool open = acts[a].path != NULL && acts[a].path[0] == '/';

	if (theirs && strcmp(cell, ".") == 0)
		return; /* tried below, in a world of its own */
	if (!theirs && (open || role == NULL))
		return; /* a public address knows number and code, not roles; nobody without an account gets to a handler */
	int32_t status = tries(world, a, role);
	cr_expect(is_refused(world, status, theirs ? 409 : 403, theirs ? code : "forbidden"), "%s in %s by %s: %d %s", acts[a].act,
	          state, role != NULL ? role : "resident", status, zhen_test_body(world->test));
	(*refused)++;
}

static void every_cell_of(size_t column_at)
{
	g_auto(GStrv) lines = expected_lines();
	g_auto(GStrv) head = line_of(lines, "act");
	g_auto(GStrv) codes = line_of(lines, "code");
	World world = world_at("2026-09-18");
	int refused = 0;

	file_one(&world, 1);
	reach(&world, head[column_at]);
	g_autofree char *before = column(&world, "state");
	for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
		g_auto(GStrv) line = line_of(lines, acts[a].act);

		cr_assert_not_null(line, "%s is not in expected.csv", acts[a].act);
		ask(&world, a, line, head[column_at], line[column_at], codes[column_at], NULL, &refused);
		for (size_t r = 0; r < G_N_ELEMENTS(roles); r++)
			ask(&world, a, line, head[column_at], line[column_at], codes[column_at], roles[r].name,
			    &refused);
	}
	g_autofree char *after = column(&world, "state");
	cr_expect_str_eq(before, after, "refusals move nothing");
	cr_expect_gt(refused, 100, "%s: %d refusals", head[column_at], refused);
	world_clear(&world);
}

/* Whose a step is stands in the item; the clock stands still at it. Of those who may as far as the table goes, these may not. */
static const struct {
	const char *act, *role, *code;
} not_theirs[] = {
	{ "steps", "window", "forbidden" },          { "steps", "planning", "forbidden" },
	{ "steps", "government", "forbidden" },      { "steps", "supervision", "forbidden" },
	{ "steps", "agent", "forbidden" },           { "publicity", "window", "step-not-current" },
	{ "publicity", "planning", "step-not-current" }, { "publicity", "government", "step-not-current" },
	{ "publicity", "supervision", "step-not-current" }, { "publicity", "agent", "step-not-current" },
	{ "steps", "superior", "forbidden" },        { "publicity", "superior", "step-not-current" },
	{ "steps", "keeper", "forbidden" },          { "publicity", "keeper", "step-not-current" },
	{ "suspend", "planning", "wrong-body" },     { "resume", "planning", "wrong-body" },
	{ "hearing-tell", "planning", "wrong-body" },   { "hearing-ask", "planning", "wrong-body" },
	{ "hearing-notice", "planning", "wrong-body" }, { "hearing-record", "planning", "wrong-body" },
	{ "promise-checks", "window", "forbidden" },
};

static const char *not_theirs_with(const char *act, const char *role)
{
	for (size_t i = 0; i < G_N_ELEMENTS(not_theirs); i++)
		if (strcmp(not_theirs[i].act, act) == 0 && strcmp(not_theirs[i].role, role) == 0)
			return not_theirs[i].code;
	return NULL;
}

/* A cell by one of its roles, in a case of its own. */
static void is_possible(World *world, size_t a, const char *state, const char *state_code, const char *role,
                        int household)
{
	const char *but = not_theirs_with(acts[a].act, role);

	zhen_test_turn_to(world->test, morning("2026-09-18"));
	file_one(world, household);
	reach(world, state);
	int32_t status = tries(world, a, strcmp(role, "resident") == 0 ? NULL : role);
	if (but != NULL)
		cr_expect_str_eq(value(world, "code"), but, "%s in %s by %s: %d %s", acts[a].act, state, role, status,
		                 zhen_test_body(world->test));
	else
		cr_expect(status != 403 && status != 401 && status != 404 && status != 422 &&
		          strcmp(value(world, "code"), state_code) != 0,
		          "%s in %s by %s: %d %s", acts[a].act, state, role, status, zhen_test_body(world->test));
}

/* What is possible is not refused by the state, nor for want of a permission, to whichever of its roles. */
static void what_is_possible_in(size_t column_at)
{
	g_auto(GStrv) lines = expected_lines();
	g_auto(GStrv) head = line_of(lines, "act");
	g_auto(GStrv) codes = line_of(lines, "code");
	World world = world_at("2026-09-18");
	int household = 0;

	for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
		g_auto(GStrv) line = line_of(lines, acts[a].act);
		g_auto(GStrv) who = g_strsplit(line[1], " ", -1);

		if (strcmp(line[column_at], ".") != 0)
			continue;
		for (size_t r = 0; who[r] != NULL; r++)
			is_possible(&world, a, head[column_at], codes[column_at], who[r], ++household);
	}
	world_clear(&world);
}

#define STATE(name_, column_)                                                    \
	Test(table, every_act_of_every_role_in_##name_)                          \
	{                                                                        \
		every_cell_of(FIRST_STATE + (column_));                          \
	}                                                                        \
	Test(table, what_is_possible_in_##name_)                                 \
	{                                                                        \
		what_is_possible_in(FIRST_STATE + (column_));                    \
	}

STATE(filed, 0)
STATE(supplementing, 1)
STATE(review, 2)
STATE(suspended, 3)
STATE(refusing, 4)
STATE(approved, 5)
STATE(issuing, 6)
STATE(issued, 7)
STATE(not_needed, 8)
STATE(refused, 9)
STATE(rejected, 10)
STATE(withdrawn, 11)
STATE(retracted, 12)
STATE(archived, 13)
STATE(recalled, 14)
STATE(cancelled, 15)

Test(table, what_is_the_governments_is_no_other_offices_though_it_may)
{
	static const struct {
		const char *state, *act, *code;
	} rows[] = { { "review", "extend", "wrong-body" }, { "review", "reject", "wrong-body" },
		     { "approved", "issue", "not-the-keeper" }, { "issued", "withdraw", "wrong-body" },
		     { "issued", "ending-tell", "wrong-body" }, { "issued", "cancel", "wrong-body" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = world_at("2026-09-18");

		file_one(&world, 1);
		reach(&world, rows[i].state);
		for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
			if (strcmp(acts[a].act, rows[i].act) != 0)
				continue;
			zhen_test_as(world.test, "任意", "agriculture-" TOWNSHIP, NULL, "*");
			int32_t status =
				act(&world, acts[a].path != NULL ? acts[a].path : acts[a].act, acts[a].json);
			cr_expect(is_refused(&world, status, 403, rows[i].code), "%s: %d %s", rows[i].act, status,
			          zhen_test_body(world.test));
		}
		world_clear(&world);
	}
}
