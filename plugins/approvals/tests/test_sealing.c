/* SPDX-License-Identifier: Apache-2.0
 * The use of the seal: two people for each, who of them reads what, and whose log it stands in. */
#include "world.h"

#define ALL "approvals.read approvals.posts approvals.supervise"
#define WINDOW "window-" TOWNSHIP
#define GOVERNMENT "government-" TOWNSHIP
#define SECOND "92" /* account: the keeper's B岗 */

/* A township whose keeper seals each paper, not only decisions. */
static World each_sealed(const char *day)
{
	return world_with(day, "seal_each", "all");
}

static void as_head(World *world)
{
	zhen_test_as(world->test, "1", GOVERNMENT, NULL, ALL);
}

static int32_t get(World *world, const char *path)
{
	return zhen_test_call(world->test, "GET", path, NULL);
}

/* What the newest request waits for; "0" = nothing does. */
static char *newest(World *world)
{
	return g_strdup(zhen_test_sql(
		world->test, "SELECT COALESCE(MAX(id), 0) FROM sealing WHERE confirmed_at = 0 AND dropped_at = 0"));
}

static int32_t of_sealing(World *world, const char *id, const char *verb)
{
	g_autofree char *path = g_strdup_printf("/sealings/%s/%s", id, verb);

	if (strcmp(verb, "confirm") == 0)
		zhen_test_run_jobs(world->test);
	return zhen_test_call(world->test, strcmp(verb, "paper") == 0 ? "GET" : "POST", path,
	                      strcmp(verb, "paper") == 0 ? NULL : "{}");
}

/* A case done on the spot, all of it by @asker: up to its receipt, or to the decision. */
static void on_the_spot(World *world, const char *asker, int household, bool decided)
{
	g_autofree char *own = id_card(300 + household);
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"申请\"}",
	                                        own);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "POST", "/items/YB0101/apply", json), 201, "filing");
	world->id = (int)zhen_test_int(world->test, "id");
	zhen_test_as(world->test, asker, WINDOW, NULL, "*");
	expect_done(world, act(world, "accept", NULL), 200, "accept");
	if (!decided)
		return;
	expect_done(world, step(world, "s1", "{\"decision\": \"approve\", \"opinion\": \"符合\"}"), 200, "s1");
	expect_done(world, step(world, "s2", "{\"decision\": \"approve\", \"opinion\": \"同意\"}"), 200, "s2");
}

static void stands_in(World *world, bool away)
{
	as_head(world);
	expect_done(world,
	            zhen_test_call(world->test, "POST", "/substitutes",
	                           "{\"body\": \"" GOVERNMENT "\", \"officer\": \"" KEEPER "\", \"stand_in\": \"" SECOND
	                           "\", \"from_on\": \"2026-09-18\"}"),
	            201, "B岗");
	if (away)
		expect_done(world,
		            zhen_test_call(world->test, "POST", "/absences",
		                           "{\"body\": \"" GOVERNMENT "\", \"officer\": \"" KEEPER
		                           "\", \"from_on\": \"2026-09-18\", \"reason\": \"病假\"}"),
		            201, "离岗");
}

static const struct {
	const char *asker, *sealer, *body, *permissions;
	bool stand_in, away;
	int32_t status;
	const char *code;
} who[] = {
	{ "李窗口", KEEPER, GOVERNMENT, "approvals.read approvals.issue", false, false, 200, "" },
	{ "李窗口", "李窗口", WINDOW, "*", false, false, 403, "not-the-keeper" },
	{ "李窗口", "91", GOVERNMENT, "approvals.read approvals.issue", false, false, 403, "not-the-keeper" },
	{ "李窗口", KEEPER, GOVERNMENT, "approvals.read", false, false, 403, "forbidden" },
	{ "李窗口", KEEPER, "government-" OTHER_TOWNSHIP, "approvals.read approvals.issue", false, false, 404, "not-found" },
	{ KEEPER, KEEPER, GOVERNMENT, "approvals.read approvals.issue", false, false, 403, "applicant-seals" },
	{ KEEPER, SECOND, GOVERNMENT, "approvals.read approvals.issue", true, false, 200, "" },
	{ "李窗口", SECOND, GOVERNMENT, "approvals.read approvals.issue", true, false, 403, "not-the-keeper" },
	{ "李窗口", KEEPER, GOVERNMENT, "approvals.read approvals.issue", true, false, 200, "" },
	{ "李窗口", SECOND, GOVERNMENT, "approvals.read approvals.issue", true, true, 200, "" },
	{ "李窗口", KEEPER, GOVERNMENT, "approvals.read approvals.issue", true, true, 403, "not-the-keeper" },
	{ SECOND, SECOND, GOVERNMENT, "approvals.read approvals.issue", true, true, 403, "applicant-seals" },
};

/* By the list of what waits, and a decision by its case as well. */
static void each_who(bool decided)
{
	for (int step = 0; step < 3; step++) {
		World world = each_sealed("2026-09-18");

		zhen_test_account(world.test, SECOND, "郑副印", GOVERNMENT, "approvals.read approvals.issue");
		if (step > 0)
			stands_in(&world, step == 2);
		for (size_t i = 0; i < G_N_ELEMENTS(who); i++) {
			if (who[i].stand_in + who[i].away != step)
				continue;
			on_the_spot(&world, who[i].asker, (int)i, decided);
			g_autofree char *id = newest(&world);
			zhen_test_as(world.test, who[i].sealer, who[i].body, NULL, who[i].permissions);
			int32_t status = decided && i % 2 == 1 ? act(&world, "issue", NULL) : of_sealing(&world, id, "confirm");
			cr_expect(status == who[i].status && (status == 200 || strcmp(value(&world, "code"), who[i].code) == 0),
			          "%zu %s asks, %s seals: %d %s", i, who[i].asker, who[i].sealer, status, zhen_test_body(world.test));
			if (strcmp(who[i].code, "applicant-seals") == 0)
				cr_expect(strstr(zhen_test_body(world.test), "两个人") != NULL &&
				                  strstr(zhen_test_body(world.test), "two people") != NULL,
				          "%s", zhen_test_body(world.test));
			if (status == 200)
				cr_expect(is_refused(&world, of_sealing(&world, id, "confirm"), 404, "not-found"),
				          "twice");
		}
		zhen_test_run_jobs(world.test);
		cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM sealing WHERE account = keeper"), "0");
		g_autofree char *uses = g_strdup(zhen_test_sql(world.test, "SELECT COUNT(*) FROM seal_use"));
		cr_expect_str_eq(uses, step == 1 ? "2" : "1", "%d: %s", step, uses);
		cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM seal_use u JOIN sealing s ON "
		                                           "s.document = u.document AND s.keeper = u.account"),
		                 uses, "the log and the request name one keeper");
		world_clear(&world);
	}
}

Test(sealing, two_people_for_each_paper)
{
	each_who(false);
}

Test(sealing, two_people_for_each_decision)
{
	each_who(true);
}

/* The applicant does not wait for the keeper to get a receipt; the keeper's own papers wait for a second person all the same. */
Test(sealing, a_receipt_is_sealed_by_the_keepers_standing_word_and_a_decision_is_not)
{
	World world = world_at("2026-09-18");

	on_the_spot(&world, "李窗口", 1, true);
	zhen_test_run_jobs(world.test);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT account || ' ' || keeper || ' ' || keeper_name FROM sealing WHERE "
	                                           "confirmed_at > 0"),
	                 "李窗口 " KEEPER " 吴掌印");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT MIN(kind || ' ' || state) FROM document"),
	                 "receipt issued");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM seal_use WHERE account = '" KEEPER "'"), "1");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM sealing WHERE confirmed_at = 0 AND document = 0"), "1",
	                 "the decision waits");
	as_head(&world);
	expect_done(&world, get(&world, "/seals/1/log"), 200, "the log");
	cr_expect_str_eq(value(&world, "items.0.keeper_name"), "吴掌印", "%s", zhen_test_body(world.test));
	on_the_spot(&world, KEEPER, 2, false);
	zhen_test_run_jobs(world.test);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT state FROM document ORDER BY id DESC LIMIT 1"), "waiting");
	world_clear(&world);
}

/* Who looks at the paper sees that it has no seal; who looks at a seal sees what was sealed with it. */
Test(sealing, without_a_seal_a_paper_has_none_and_each_seal_has_its_own_log)
{
	World world = each_sealed("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	keeper_seals(&world);
	as_head(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/seals/1/end", "{\"reason\": \"损毁\"}"), 200,
	            "out of use");
	turn_to(&world, "2026-09-19");
	file_one(&world, 2);
	to_review(&world);
	zhen_test_run_jobs(world.test);
	g_autofree char *content = g_strdup(zhen_test_sql(
		world.test, "SELECT state || content FROM document ORDER BY id DESC LIMIT 1"));
	cr_expect(g_str_has_prefix(content, "issued") && strstr(content, "未加盖印章") != NULL &&
	                  strstr(content, "\"seal\":\"\"") != NULL,
	          "%s", content);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM seal_use"), "1");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM sealing"), "1", "nobody is asked");
	register_seal(&world, TOWNSHIP);
	as_head(&world);
	expect_done(&world, get(&world, "/seals/1/log"), 200, "the old one's");
	cr_expect_str_eq(value(&world, "items.0.person"), "测试人员", "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.1.number"), "");
	expect_done(&world, get(&world, "/seals/2/log"), 200, "the new one's");
	cr_expect_str_eq(value(&world, "items.0.number"), "", "%s", zhen_test_body(world.test));
	file_one(&world, 3);
	to_review(&world);
	keeper_seals(&world);
	as_head(&world);
	expect_done(&world, get(&world, "/seals/2/log"), 200, "the new one's");
	cr_expect_str_eq(value(&world, "items.0.number"), "永政审受〔2026〕3号", "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.1.number"), "");
	world_clear(&world);
}

/* Whoever keeps the seal now takes up what waited for the one before; the paper bears the seal it was sealed with. */
Test(sealing, what_waits_when_a_seal_ends_waits_for_the_next)
{
	World world = each_sealed("2026-09-18");

	on_the_spot(&world, "李窗口", 1, true);
	as_head(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/seals/1/end", "{\"reason\": \"损毁\"}"), 200,
	            "out of use");
	as_keeper(&world);
	cr_expect(is_refused(&world, act(&world, "issue", NULL), 409, "no-seal"), "%s", zhen_test_body(world.test));
	cr_expect(is_refused(&world, of_sealing(&world, "1", "confirm"), 409, "no-seal"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, get(&world, "/sealings"), 200, "nothing is hers");
	cr_expect_str_eq(value(&world, "items.0.number"), "");
	zhen_test_account(world.test, SECOND, "郑副印", GOVERNMENT, "approvals.read approvals.issue");
	as_head(&world);
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/seals",
	                           "{\"division\": \"" TOWNSHIP "\", \"name\": \"审批专用章（2）\", \"keeper\": \"" SECOND "\"}"),
	            201, "the next");
	as_keeper(&world);
	cr_expect(is_refused(&world, of_sealing(&world, "1", "confirm"), 403, "not-the-keeper"), "%s",
	          zhen_test_body(world.test));
	zhen_test_as(world.test, SECOND, GOVERNMENT, NULL, "approvals.read approvals.issue");
	zhen_test_run_jobs(world.test);
	expect_done(&world, get(&world, "/sealings"), 200, "all of it is the successor's");
	cr_expect_str_eq(value(&world, "items.0.may"), "paper confirm", "%s", zhen_test_body(world.test));
	expect_done(&world, of_sealing(&world, "1", "confirm"), 200, "receipt");
	expect_done(&world, of_sealing(&world, "2", "confirm"), 200, "decision");
	zhen_test_run_jobs(world.test);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM document WHERE state = 'issued' AND "
	                                           "content LIKE '%\"seal\":\"审批专用章（2）\"%'"),
	                 "2");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM sealing WHERE seal = 2"), "2");
	world_clear(&world);
}

/* The keeper sees what is to be sealed, and afterwards what was; nobody else does, and the draft is neither sealed nor a key. */
Test(sealing, the_keeper_reads_what_waits_and_what_was_sealed)
{
	static const struct {
		const char *account, *body, *permissions;
		int32_t draft, paper;
	} readers[] = {
		{ KEEPER, GOVERNMENT, "approvals.read approvals.issue", 200, 200 },
		{ "91", GOVERNMENT, "approvals.read approvals.issue", 404, 404 },
		{ KEEPER, "government-" OTHER_TOWNSHIP, "approvals.read approvals.issue", 404, 404 },
		{ KEEPER, GOVERNMENT, "approvals.read", 403, 404 },
		{ "李窗口", WINDOW, "approvals.read approvals.personal approvals.accept", 403, 200 },
	};
	World world = each_sealed("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	zhen_test_run_jobs(world.test);
	g_autofree char *id = newest(&world), *number = document(&world, "receipt"), *escaped = escape(number);
	g_autofree char *path = g_strdup_printf("/documents/%s", escaped);
	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		zhen_test_as(world.test, readers[i].account, readers[i].body, NULL, readers[i].permissions);
		int32_t status = of_sealing(&world, id, "paper");
		cr_expect_eq(status, readers[i].draft, "%zu: %d %s", i, status, zhen_test_body(world.test));
		status = get(&world, path);
		cr_expect_eq(status, 404, "%zu: before it is sealed: %d", i, status);
	}
	as_keeper(&world);
	expect_done(&world, of_sealing(&world, id, "confirm"), 200, "sealed");
	zhen_test_run_jobs(world.test);
	cr_expect(is_refused(&world, of_sealing(&world, id, "paper"), 404, "not-found"), "the draft is gone");
	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		zhen_test_as(world.test, readers[i].account, readers[i].body, NULL, readers[i].permissions);
		int32_t status = get(&world, path);
		cr_expect_eq(status, readers[i].paper, "%zu: sealed: %d %s", i, status, zhen_test_body(world.test));
	}
	world_clear(&world);
}

/* What nobody has sealed yet is no paper to be put away. */
Test(sealing, a_case_waits_for_its_papers_before_it_is_put_away)
{
	World world = each_sealed("2026-09-18");

	file_one(&world, 1);
	zhen_test_as(world.test, "李窗口", WINDOW, NULL, "*");
	expect_done(&world, act(&world, "refuse", "{\"reason\": \"属县级权限\", \"competent_body\": \"永仁县自然资源局\"}"), 200,
	            "refuse");
	zhen_test_run_jobs(world.test);
	cr_expect(is_refused(&world, act(&world, "archive", "{\"retention\": \"10\"}"), 409, "document-unsealed"), "%s",
	          zhen_test_body(world.test));
	keeper_seals(&world);
	zhen_test_as(world.test, "李窗口", WINDOW, NULL, "*");
	expect_done(&world,
	            act(&world, "deliver", "{\"method\": \"window\", \"receiver\": \"李阿福\", \"signed\": true}"), 200,
	            "deliver");
	turn_to(&world, "2026-10-12");
	expect_done(&world, act(&world, "archive", "{\"retention\": \"10\"}"), 200, "archive");
	world_clear(&world);
}
