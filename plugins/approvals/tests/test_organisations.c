/* SPDX-License-Identifier: Apache-2.0
 * An organisation applies: by its name and credit code (GB 32100), and a person stands for it. */
#include "world.h"

#define HEAD                                                                                                             \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点," \
	"办理时间,咨询电话,可网办,有效期（月）\\n"
#define ITEM(code, who)                                                                                               \
	code ",采砂,行政许可,代办,《甲法》第一条,内容," who ",20,示例,20,条件,申请书|申请人,社会事务,政府,采砂许可证,中心,工作日,0878-1,是,2\\n"
#define FIRM "91350100M000100Y43"
#define APPROVE "{\"decision\": \"approve\", \"opinion\": \"同意\"}"

static void the_items(World *world)
{
	expect_done(world,
	            import_items(world, "{\"content\": \"" HEAD ITEM("FR", "法人") ITEM("ZR", "自然人")
	                                        ITEM("ALL", "自然人；法人") "\"}"),
	            201, "published");
}

/* @more: of an organisation; "" = a person. */
static int32_t files(World *world, const char *item, int person, const char *more)
{
	g_autofree char *card = id_card(person);
	g_autofree char *path = g_strdup_printf("/items/%s/%s", item, more[0] != '\0' ? "organisation" : "apply");
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE
	                                        "\", \"applicant\": \"永兴砂石有限公司\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"采砂\"%s}",
	                                        card, more);

	as_resident(world);
	int32_t status = zhen_test_call(world->test, "POST", path, json);
	if (status != 201)
		return status;
	g_free(world->number);
	g_free(world->code);
	world->number = g_strdup(value(world, "number"));
	world->code = g_strdup(value(world, "code"));
	world->id = (int)zhen_test_int(world->test, "id");
	return status;
}

static const char *paper(World *world, const char *kind)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT content FROM document WHERE matter = %d AND kind = '%s'", world->id, kind);
	const char *text = zhen_test_sql(world->test, sql);

	return text != NULL ? text : "";
}

#define OF(code) ", \"credit_code\": \"" code "\", \"representative\": \"李经理\""

Test(organisations, who_may_apply_is_as_the_item_says_and_what_is_missing_is_named)
{
	static const struct {
		const char *item, *more;
		int status;
		const char *found; /* field or code */
	} rows[] = {
		{ "FR", "", 409, "form-differs" },
		{ "ZR", OF(FIRM), 409, "form-differs" },
		{ "FR", OF("91350100M000100Y4"), 422, "credit_code" },
		{ "FR", ", \"credit_code\": \"" FIRM "\"", 422, "representative" },
		{ "FR", OF(FIRM), 201, NULL },
		{ "FR", OF("91350100M000100Y44"), 201, NULL },
		{ "ALL", OF(FIRM), 201, NULL },
		{ "ALL", "", 201, NULL },
		{ "ZR", "", 201, NULL },
	};
	World world = world_at("2026-09-18");

	the_items(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int32_t status = files(&world, rows[i].item, 1, rows[i].more);

		cr_expect_eq(status, rows[i].status, "row %zu: %s", i, zhen_test_body(world.test));
		if (rows[i].found != NULL)
			cr_expect_str_eq(value(&world, status == 422 ? "errors.0.field" : "code"), rows[i].found, "row %zu", i);
	}
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM matter"), "5");
	world_clear(&world);
}

Test(organisations, its_papers_name_it_and_speak_to_it_and_the_clerk_is_told_of_a_code_that_does_not_check)
{
	static const struct {
		const char *code;
		bool doubtful;
	} rows[] = { { FIRM, false }, { "91350100M000100Y44", true } };
	World world = world_at("2026-09-18");

	the_items(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *more = g_strdup_printf(
			", \"credit_code\": \"%s\", \"representative\": \"李经理\"", rows[i].code);

		expect_done(&world, files(&world, "FR", 1, more), 201, "filed");
		g_autofree char *path = g_strdup_printf("/cases/%d", world.id);
		as_window(&world);
		expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the case");
		cr_expect_str_eq(value(&world, "applicant"), "永兴砂石有限公司");
		cr_expect_str_eq(value(&world, "credit_code"), rows[i].code);
		cr_expect_str_eq(value(&world, "representative"), "李经理");
		cr_expect_eq(strstr(zhen_test_body(world.test), "校验位不符") != NULL, rows[i].doubtful, "row %zu", i);
		to_review(&world);
		cr_expect_not_null(strstr(paper(&world, "receipt"), "你单位提交的"), "%s", paper(&world, "receipt"));
	}
	expect_done(&world, files(&world, "ALL", 1, ""), 201, "a person");
	to_review(&world);
	cr_expect_not_null(strstr(paper(&world, "receipt"), "你（户）提交的"), "%s", paper(&world, "receipt"));
	world_clear(&world);
}

/* Who stands for it may change: it is the organisation that holds, that applies twice, and that breaks its word. */
Test(organisations, it_holds_its_licence_by_its_code_whoever_stands_for_it)
{
	World world = world_at("2026-09-18");

	the_items(&world);
	expect_done(&world, files(&world, "FR", 1, OF(FIRM)), 201, "filed");
	to_review(&world);
	zhen_test_as(world.test, "马社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(&world, step(&world, "s1", APPROVE), 200, "reviewed");
	as_government(&world);
	expect_done(&world, step(&world, "s2", APPROVE), 200, "granted");
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	keeper_seals(&world);
	g_autofree char *number = document(&world, "decision");
	cr_expect_not_null(strstr(paper(&world, "decision"), FIRM), "%s", paper(&world, "decision"));
	cr_expect_not_null(strstr(paper(&world, "decision"), "李经理"), "%s", paper(&world, "decision"));
	g_autofree char
		*other = g_strdup_printf(
			", \"credit_code\": \"111100000000000030\", \"representative\": \"李经理\", \"renews\": \"%s\"",
			number),
		*its = g_strdup_printf(
			", \"credit_code\": \"" FIRM "\", \"representative\": \"王经理\", \"renews\": \"%s\"", number);
	cr_expect(is_refused(&world, files(&world, "FR", 1, other), 404, "licence-unknown"), "another firm: %s",
	          zhen_test_body(world.test));
	expect_done(&world, files(&world, "FR", 2, its), 201, "another stands for it");
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id);
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the case");
	cr_expect_str_eq(value(&world, "licence.0.renews"), number);
	expect_done(&world, files(&world, "FR", 3, OF(FIRM)), 201, "once more");
	g_autofree char *again = g_strdup_printf("/cases/%d", world.id);
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", again, NULL), 200, "the case");
	cr_expect_str_neq(value(&world, "duplicates.0.number"), "", "%s", zhen_test_body(world.test));
	expect_done(&world, files(&world, "FR", 3, OF("111100000000000030")), 201, "another firm, the same person");
	g_autofree char *apart = g_strdup_printf("/cases/%d", world.id);
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", apart, NULL), 200, "the case");
	cr_expect_null(strstr(zhen_test_body(world.test), "\"duplicates\":[{"), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(organisations, an_item_leads_to_the_form_of_whom_it_serves)
{
	static const struct {
		const char *item;
		bool persons, organisations;
	} rows[] = { { "FR", false, true }, { "ZR", true, false }, { "ALL", true, true } };
	World world = world_at("2026-09-18");

	the_items(&world);
	as_resident(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/items/%s", rows[i].item);

		expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, rows[i].item);
		cr_expect_eq(strstr(zhen_test_body(world.test), "在线申请") != NULL, rows[i].persons, "%s",
		             rows[i].item);
		cr_expect_eq(strstr(zhen_test_body(world.test), "单位申请") != NULL, rows[i].organisations, "%s",
		             rows[i].item);
		cr_expect_eq(strstr(zhen_test_body(world.test), "示例有限公司") != NULL, !rows[i].persons, "%s",
		             rows[i].item);
	}
	world_clear(&world);
}
