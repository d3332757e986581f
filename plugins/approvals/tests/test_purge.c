/* SPDX-License-Identifier: Apache-2.0
 * What is forgotten, and what the law keeps. */
#include "world.h"

#define NOT_OURS "{\"reason\": \"属县级权限\", \"competent_body\": \"永仁县自然资源局\"}"
#define MISSING "{\"missing\": [{\"material\": \"住房建设图件\", \"reason\": \"缺平面图\"}]}"

typedef void Reach(World *world);

static int32_t retract(World *world)
{
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", \"reason\": \"李阿福不建了\"}",
	                                        world->number, world->code);

	as_resident(world);
	return zhen_test_call(world->test, "POST", "/track/retract", json);
}

static void attach(World *world)
{
	g_autofree char *digest =
		g_strdup(zhen_test_upload(world->test, "%PDF-李阿福的身份证", strlen("%PDF-李阿福的身份证")));
	g_autofree char *json = g_strdup_printf(
		"{\"number\": \"%s\", \"code\": \"%s\", \"title\": \"李阿福的身份证\", \"file\": \"%s\"}",
		world->number, world->code, digest);

	as_resident(world);
	expect_done(
		world,
		zhen_test_call_with(world->test, "POST", "/track/materials", json, "0123456789abcdef01234567", NULL),
		200, "materials");
}

static void filed(World *world)
{
	(void)world;
}

static void supplementing(World *world)
{
	as_window(world);
	expect_done(world, act(world, "supplement", MISSING), 200, "supplement");
}

static void retracted_after_a_paper(World *world)
{
	supplementing(world);
	expect_done(world, retract(world), 200, "retract");
}

static void refused(World *world)
{
	as_window(world);
	expect_done(world, act(world, "refuse", NOT_OURS), 200, "refuse");
}

static void not_needed(World *world)
{
	as_window(world);
	expect_done(world, act(world, "not-needed", "{\"reason\": \"仅修缮内部\"}"), 200, "not needed");
}

static const struct {
	const char *name;
	Reach *reach;
	const char *code, *reason;
} kept[] = {
	{ "filed", filed, "case-open", "第四十七条" },
	{ "supplementing", supplementing, "archive-kept", "档案法第十三条" },
	{ "retracted after a paper", retracted_after_a_paper, "archive-kept", "档案法第十三条" },
	{ "refused on paper", refused, "archive-kept", "三十年、十年" },
	{ "not needed", not_needed, "archive-kept", "Archives Law" },
	{ "review", to_review, "archive-kept", "第四十七条第二款" },
	{ "issued", to_issued, "archive-kept", "art. 47 para. 2 PIPL" },
};

Test(purge, what_is_open_or_has_a_document_is_kept_with_the_rule_as_reason)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		World world = world_at("2026-09-18");

		file_one(&world, 1);
		kept[i].reach(&world);
		int32_t status = zhen_test_purge(world.test, "application", world.number);
		cr_expect(is_refused(&world, status, 409, kept[i].code), "%s: %d %s", kept[i].name, status,
		          zhen_test_body(world.test));
		cr_expect_not_null(strstr(value(&world, "title"), kept[i].reason), "%s: %s", kept[i].name,
		                   zhen_test_body(world.test));
		g_autofree char *applicant = column(&world, "applicant");
		cr_expect_str_eq(applicant, "李阿福", "%s", kept[i].name);
		cr_expect_str_eq(zhen_test_sql(world.test, "SELECT outcome || ' ' || (subject <> '') FROM _audit "
		                                           "WHERE route = 'purge application'"), "409 1");
		world_clear(&world);
	}
}

Test(purge, who_is_not_known_is_not_purged)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	cr_expect_eq(zhen_test_purge(world.test, "application", "无此件"), 404);
	cr_expect_eq(zhen_test_purge(world.test, "application", ""), 422);
	cr_expect_eq(zhen_test_purge(world.test, "person", world.number), 404);
	world_clear(&world);
}

Test(purge, a_retracted_application_keeps_its_number_and_dates_and_nothing_of_the_person)
{
	World world = world_at("2026-09-18");

	file_one(&world, 2);
	file_one(&world, 1);
	attach(&world);
	cr_assert_eq(retract(&world), 200);
	cr_expect_eq(events(&world, "approvals.case.retracted"), 1);
	cr_assert_eq(zhen_test_purge(world.test, "application", world.number), 200, "%s", zhen_test_body(world.test));
	cr_expect_eq(zhen_test_int(world.test, "removed.people"), 2);
	cr_expect_eq(zhen_test_int(world.test, "files"), 1);
	cr_expect_eq(zhen_test_int(world.test, "answers"), 1);
	cr_expect_str_eq(value(&world, "clean"), "true");
	g_autofree char *id = id_card(2), *dump = g_strdup(zhen_test_dump(world.test));
	const char *first = strstr(dump, "李阿福");
	/* The neighbour of the same name stays. */
	cr_expect(first != NULL && strstr(dump, id) == NULL, "%s", dump);
	g_autofree char *sql = g_strdup_printf("SELECT (SELECT COUNT(*) FROM household WHERE matter = %d) || applicant || phone || "
	                                       "state || (filed_at > 0) || (stopped_at > 0) || village FROM matter WHERE id = %d",
	                                       world.id, world.id);
	cr_expect_str_eq(zhen_test_sql(world.test, sql), "0retracted11" VILLAGE);
	as_window(&world);
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id);
	cr_assert_eq(zhen_test_call(world.test, "GET", path, NULL), 200);
	cr_expect_str_eq(value(&world, "notice"), "已依法删除个人信息");
	cr_expect_null(strstr(zhen_test_body(world.test), "李阿福"));
	cr_assert_eq(zhen_test_purge(world.test, "application", world.number), 200);
	cr_expect_str_eq(value(&world, "again"), "true");
	cr_expect_eq(zhen_test_int(world.test, "files"), 0);
	world_clear(&world);
}

Test(purge, an_application_is_retracted_only_with_its_code_and_once_accepted_its_file_is_kept)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	g_autofree char *code = g_steal_pointer(&world.code);
	world.code = g_strdup("2222222222");
	cr_expect_eq(retract(&world), 404);
	g_free(world.code);
	world.code = g_steal_pointer(&code);
	to_review(&world);
	cr_expect_eq(retract(&world), 200, "%s", zhen_test_body(world.test));
	cr_expect_eq(zhen_test_purge(world.test, "application", world.number), 409);
	cr_expect_str_eq(value(&world, "code"), "archive-kept");
	world_clear(&world);
}
