/* SPDX-License-Identifier: Apache-2.0
 * 行政许可法 36, 45 to 48: the right to be heard, told before a decision; the hearing, by whoever does not review; the decision
 * after its record. */
#include "world.h"

#define HEAD                                                                                                              \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办,听证\\n"
#define ITEM "H1,采石,行政许可,代办,《甲法》第一条,内容,自然人,20,示例,20,条件,申请书|申请人,社会事务,政府,结果,中心,工作日,0878-1,是,%s\\n"
#define SITE "{\"decision\": \"approve\", \"opinion\": \"符合\", \"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"2026-09-18\"}"
#define NOTICE(day, who) "{\"held_on\": \"" day "\", \"place\": \"镇会议室\", \"presider\": \"" who "\"}"
#define REJECT "{\"reason\": \"不符\", \"basis\": \"依据\"}"
#define APPROVE "{\"decision\": \"approve\", \"opinion\": \"同意\"}"

static void as_head(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL,
	             "approvals.read approvals.suspend approvals.decide");
}

static void refused_as(World *world, int32_t status, int32_t wanted, const char *code)
{
	const char *path = wanted == 422 ? "errors.0.code" : "code";

	cr_expect(status == wanted && strcmp(value(world, path), code) == 0, "%d %s, not %s", status,
	          zhen_test_body(world->test), code);
}

/* To the applicant, and to the one interested person. */
static void serves(World *world)
{
	static const char *const to[] = { "", "李大" };

	zhen_test_run_jobs(world->test);
	zhen_test_as(world->test, "李窗口", "window-" TOWNSHIP, NULL, "approvals.read approvals.deliver");
	for (size_t i = 0; i < G_N_ELEMENTS(to); i++) {
		g_autofree char *json = g_strdup_printf(
			"{\"method\": \"window\", \"receiver\": \"甲\", \"signed\": true, \"party\": \"%s\"}", to[i]);

		expect_done(world, act(world, "deliver", json), 200, "served");
	}
}

Test(hearing, whose_interest_is_touched_is_told_heard_and_then_it_is_decided)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	zhen_test_account(world.test, "王农业", "王农业", "agriculture-" TOWNSHIP, "approvals.read approvals.review");
	as_agriculture(&world);
	expect_done(&world, step(&world, "homestead", SITE), 200, "reviewed");
	as_planning(&world);
	refused_as(&world, act(&world, "suspend", "{\"reason\": \"hearing\", \"expected_days\": 5}"), 409,
	           "hearing-by-request");
	refused_as(&world, act(&world, "hearing/ask", "{\"by\": \"third\"}"), 409, "hearing-not-told");
	expect_done(&world, act(&world, "hearing/tell", "{\"parties\": \"李大\", \"interest\": \"采光\"}"), 200,
	            "told");
	refused_as(&world, act(&world, "hearing/tell", "{\"parties\": \"李大\", \"interest\": \"采光\"}"), 409,
	           "hearing-told");
	serves(&world);
	as_government(&world);
	refused_as(&world, act(&world, "reject", REJECT), 409, "hearing-right-open");
	as_planning(&world);
	refused_as(&world, act(&world, "hearing/ask", "{\"by\": \"third\", \"asked_on\": \"2026-09-19\"}"), 422,
	           "hearing-day");
	expect_done(&world, act(&world, "hearing/ask", "{\"by\": \"third\"}"), 200, "asked");
	g_autofree char *state = column(&world, "state"), *due = column(&world, "due_on");
	cr_expect_str_eq(state, "suspended", "its days do not count");
	cr_expect_str_eq(due, "");
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-09-28", KEEPER)), 422, "notice-too-short");
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-11-30", KEEPER)), 422, "hearing-too-late");
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-09-30", "王农业")), 422, "presider-reviews");
	/* The second of those who were on the spot. */
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-09-30", "22")), 422, "presider-reviews");
	expect_done(&world, act(&world, "hearing/notice", NOTICE("2026-09-30", KEEPER)), 200, "notice");
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-10-08", KEEPER)), 422, "required");
	expect_done(&world,
	            act(&world, "hearing/notice",
	                "{\"held_on\": \"2026-09-30\", \"place\": \"二楼会议室\", \"presider\": \"" KEEPER "\", \"reason\": \"换会议室\"}"),
	            200, "notified anew");
	cr_expect_not_null(strstr(zhen_test_sql(world.test, "SELECT content FROM document WHERE kind = 'hearing_notice' ORDER BY id DESC LIMIT 1"),
	                          "因换会议室"), "the first one is void");
	refused_as(&world, act(&world, "hearing/record", "{\"outcome\": \"held\", \"record\": \"要点\", \"signed\": true}"), 409,
	           "hearing-not-held");
	turn_to(&world, "2026-09-30");
	as_planning(&world);
	refused_as(&world, act(&world, "hearing/record", "{\"outcome\": \"held\", \"record\": \"要点\"}"), 422,
	           "record-unsigned");
	expect_done(&world,
	            act(&world, "hearing/record", "{\"outcome\": \"held\", \"record\": \"要点\", \"signed\": true}"),
	            200, "held");
	zhen_test_as(world.test, KEEPER, "planning-" TOWNSHIP, NULL, "approvals.read approvals.plan");
	refused_as(&world, step(&world, "planning", APPROVE), 403, "presider");
	as_planning(&world);
	refused_as(&world,
	           step(&world, "planning",
	                "{\"decision\": \"approve\", \"opinion\": \"同意\", \"checker\": \"" KEEPER "\"}"),
	           422, "presider");
	zhen_test_as(world.test, KEEPER, "government-" TOWNSHIP, NULL, "approvals.read approvals.extend");
	refused_as(&world, act(&world, "extend", "{\"reason\": \"情况复杂\"}"), 403, "presider");
	as_government(&world);
	expect_done(&world, act(&world, "reject", REJECT), 200, "decided");
	cr_expect_not_null(strstr(zhen_test_sql(world.test, "SELECT content FROM document WHERE kind = 'rejection'"),
	                          "根据听证笔录作出"));
	world_clear(&world);
}

/* What the item says of it binds whoever decides. */
Test(hearing, an_item_with_a_right_to_be_heard_is_not_decided_before_it_was_told)
{
	static const struct {
		const char *rule, *told, *asked, *code; /* code: of the decision the day after the days to ask; "" = granted */
	} rows[] = {
		{ "不涉及", NULL, NULL, "" },
		{ "依申请", NULL, NULL, "hearing-not-told" },
		{ "依申请", "2026-09-18", NULL, "" },
		{ "依申请", "2026-09-18", "waived", "" },
		{ "依申请", "2026-09-25", NULL, "hearing-right-open" },
		{ "依申请", "2026-09-25", "waived", "hearing-right-open" }, /* who waives, waives for himself */
		{ "应当", NULL, NULL, "hearing-not-told" },
		{ "应当", "2026-09-18", NULL, "hearing-not-held" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = world_at("2026-09-18");
		g_autofree char *own = id_card(7);
		g_autofree char *json = g_strdup_printf("{\"content\": \"" HEAD ITEM "\"}", rows[i].rule);
		g_autofree char *form = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
		                                        "\"phone\": \"13987654321\", \"content\": \"采石\"}", own);

		expect_done(&world, import_items(&world, json), 201, rows[i].rule);
		as_resident(&world);
		expect_done(&world, zhen_test_call(world.test, "POST", "/items/H1/apply", form), 201, "filed");
		world.id = (int)zhen_test_int(world.test, "id");
		to_review(&world);
		for (int day = 18; day <= 25; day += 7) {
			g_autofree char *today = g_strdup_printf("2026-09-%d", day);

			turn_to(&world, today);
			as_head(&world);
			if (g_strcmp0(rows[i].told, today) == 0)
				expect_done(
					&world,
					act(&world, "hearing/tell", "{\"parties\": \"李大\", \"interest\": \"道路\"}"),
					200, "told");
			if (g_strcmp0(rows[i].told, today) == 0) {
				serves(&world);
				as_head(&world);
			}
			if (g_strcmp0(rows[i].told, today) == 0 && rows[i].asked != NULL)
				expect_done(&world, act(&world, "hearing/ask", "{\"by\": \"waived\"}"), 200,
				            rows[i].asked);
		}
		zhen_test_as(world.test, "社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
		expect_done(&world, step(&world, "s1", APPROVE), 200, "reviewed");
		as_government(&world);
		int32_t status = step(&world, "s2", APPROVE);
		cr_expect_eq(status, rows[i].code[0] == '\0' ? 200 : 409, "row %zu: %s", i, zhen_test_body(world.test));
		if (rows[i].code[0] != '\0')
			cr_expect_str_eq(value(&world, "code"), rows[i].code, "row %zu", i);
		world_clear(&world);
	}
}

/* Whatever comes between, what is proposed to be refused is heard and decided. */
Test(hearing, a_proposed_refusal_is_heard_though_late_and_then_decided_by_another)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	expect_done(&world, step(&world, "homestead", "{\"decision\": \"refuse\", \"opinion\": \"不符\", \"checker\": \"21\", "
	                                              "\"second_checker\": \"22\", \"checked_on\": \"2026-09-18\"}"),
	            200, "proposed");
	expect_done(&world, act(&world, "hearing/tell", "{\"parties\": \"李大\", \"interest\": \"采光\"}"), 200,
	            "told");
	expect_done(&world, act(&world, "hearing/ask", "{\"by\": \"applicant\"}"), 200, "asked");
	refused_as(&world, act(&world, "resume", "{\"note\": \"恢复\"}"), 409, "hearing-open");
	turn_to(&world, "2026-10-30"); /* past the twenty days: it is heard all the same */
	as_agriculture(&world);
	refused_as(&world, act(&world, "hearing/notice", NOTICE("2026-11-04", KEEPER)), 422, "notice-too-short");
	expect_done(&world, act(&world, "hearing/notice", NOTICE("2026-11-20", KEEPER)), 200, "noticed");
	turn_to(&world, "2026-11-20");
	as_agriculture(&world);
	expect_done(&world,
	            act(&world, "hearing/record", "{\"outcome\": \"held\", \"record\": \"要点\", \"signed\": true}"),
	            200, "held");
	zhen_test_as(world.test, KEEPER, "government-" TOWNSHIP, NULL, "approvals.read approvals.decide");
	refused_as(&world, act(&world, "reject", REJECT), 403, "presider");
	as_government(&world);
	expect_done(&world, act(&world, "reject", REJECT), 200, "decided");
	world_clear(&world);
}

Test(hearing, a_rule_of_hearing_is_one_of_three)
{
	World world = world_at("2026-09-18");
	g_autofree char *json = g_strdup_printf("{\"content\": \"" HEAD ITEM "\"}", "也许");

	cr_expect_eq(import_items(&world, json), 422, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "errors.0.code"), "hearing-unknown");
	world_clear(&world);
}
