/* SPDX-License-Identifier: Apache-2.0
 * What somebody has a right to: each paper served on each receiver, days that begin with it (行政许可法 36, 44, 47), an end that takes
 * effect with its paper (69), a say without coming to the window, a superior that decides, a delay that is on record. */
#include "world.h"

#define HEAD                                                                                                              \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办,有效期（月）\\n"
#define ITEM                                                                                                           \
	"R1,采砂,行政许可,代办,《甲法》第一条,内容,自然人,20,示例,20,条件,申请书|申请人,社会事务,政府,采砂许可证,中心,工作日,0878-1,是,12\\n"
#define BY_HAND "{\"method\": \"window\", \"receiver\": \"李阿福\", \"signed\": true}"
#define APPROVE "{\"decision\": \"approve\", \"opinion\": \"同意\"}"
#define REVOKE "{\"kind\": \"revoke\", \"ground\": \"procedure\", \"explanation\": \"程序有误\"}"
#define KEEP "{\"decision\": \"keep\", \"why\": \"unfounded\", \"explanation\": \"查无此事\"}"
#define AWAY "{\"retention\": \"10\"}"
#define SUPERIOR                                                                                                  \
	"{\"ground\": \"procedure\", \"number\": \"永政决〔2026〕1号\", \"decided_on\": \"2026-09-18\", \"explanation\": " \
	"\"未听取陈述\"}"

static void as_desk(World *world)
{
	zhen_test_as(world->test, "李窗口", "window-" TOWNSHIP, NULL,
	             "approvals.read approvals.accept approvals.deliver approvals.archive");
}

static void refused_as(World *world, int32_t status, int32_t wanted, const char *code)
{
	const char *path = wanted == 422 ? "errors.0.code" : "code";

	cr_expect(status == wanted && strcmp(value(world, path), code) == 0, "%d %s, not %s", status,
	          zhen_test_body(world->test), code);
}

static int32_t delivers(World *world, const char *json)
{
	zhen_test_run_jobs(world->test);
	as_desk(world);
	return act(world, "deliver", json);
}

/* A licence granted, handed out and rated. */
static World licensed(void)
{
	World world = world_at("2026-09-18");
	g_autofree char *card = id_card(1);
	g_autofree char *form = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"李阿福\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"采砂\"}",
	                                        card);

	expect_done(&world, import_items(&world, "{\"content\": \"" HEAD ITEM "\"}"), 201, "published");
	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/items/R1/apply", form), 201, "filed");
	world.number = g_strdup(value(&world, "number"));
	world.code = g_strdup(value(&world, "code"));
	world.id = (int)zhen_test_int(world.test, "id");
	to_review(&world);
	zhen_test_as(world.test, "马社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(&world, step(&world, "s1", APPROVE), 200, "reviewed");
	as_government(&world);
	expect_done(&world, step(&world, "s2", APPROVE), 200, "granted");
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	keeper_seals(&world);
	expect_done(&world, delivers(&world, BY_HAND), 200, "handed out");
	return world;
}

static void tells(World *world)
{
	as_government(world);
	expect_done(world, act(world, "ending/tell", REVOKE), 200, "told");
	zhen_test_run_jobs(world->test);
}

static int32_t with_code(World *world, const char *path, const char *number, const char *code, const char *more)
{
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"%s}", number, code, more);

	as_resident(world);
	return zhen_test_call(world->test, "POST", path, json);
}

static void tracks(World *world)
{
	expect_done(world, with_code(world, "/track", world->number, world->code, ""), 200, "track");
}

static void sees(World *world)
{
	g_autofree char *path = g_strdup_printf("/cases/%d", world->id);

	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, "the case");
}

/* Whether the page just read has a button of that path. */
static bool has_button(World *world, const char *path)
{
	for (int i = 0; i < 40; i++) {
		g_autofree char *at = g_strdup_printf("actions.%d.path", i);

		if (g_str_has_suffix(value(world, at), path))
			return true;
	}
	return false;
}

static const char *sql_of(World *world, const char *format)
{
	g_autofree char *sql = g_strdup_printf(format, world->id);
	const char *text = zhen_test_sql(world->test, sql);

	return text != NULL ? text : "";
}

/* ---- 44: each paper is served ---- */

Test(rights, each_paper_of_a_case_is_served_by_itself_and_none_is_forgotten)
{
	World world = licensed();

	expect_done(&world, with_code(&world, "/track/rating", world.number, world.code, ", \"grade\": \"5\""), 200,
	            "rated");
	refused_as(&world, delivers(&world, BY_HAND), 409, "already-delivered");
	tells(&world);
	expect_done(&world, delivers(&world, "{\"method\": \"mail\", \"tracking\": \"EMS1\"}"), 200, "the notice");
	cr_expect_str_eq(sql_of(&world, "SELECT state_by FROM ending WHERE matter = %d"), "", "on its way");
	refused_as(&world,
	           act(&world, "served", "{\"receiver\": \"李阿福\", \"served_on\": \"2026-09-30\", \"signed\": true}"),
	           422, "service-day");
	turn_to(&world, "2026-09-21");
	as_desk(&world);
	expect_done(
		&world,
		act(&world, "served", "{\"receiver\": \"李阿福\", \"served_on\": \"2026-09-20\", \"signed\": true}"),
		200, "the mail's return");
	cr_expect_str_eq(sql_of(&world, "SELECT state_by FROM ending WHERE matter = %d"), "2026-09-28");
	refused_as(&world,
	           act(&world, "served", "{\"receiver\": \"李阿福\", \"served_on\": \"2026-09-20\", \"signed\": true}"),
	           409, "no-return-open");
	turn_to(&world, "2026-09-29");
	as_government(&world);
	expect_done(&world, act(&world, "withdraw", KEEP), 200, "kept");
	refused_as(&world, delivers(&world, BY_HAND), 409, "document-waits");
	keeper_seals(&world);
	as_desk(&world);
	refused_as(&world, act(&world, "archive", AWAY), 409, "not-delivered");
	sees(&world);
	cr_expect(has_button(&world, "/deliver"), "%s", zhen_test_body(world.test));
	g_autofree char *kept = document(&world, "kept");
	g_autofree char *json = g_strdup_printf(
		"{\"document\": \"%s\", \"method\": \"left\", \"served_on\": \"2026-09-29\", \"proof\": \"邻居在场，拒收\"}", kept);
	refused_as(&world, delivers(&world, "{\"method\": \"left\"}"), 422, "required");
	expect_done(&world, delivers(&world, json), 200, "left behind");
	cr_expect_str_eq(sql_of(&world, "SELECT served_on FROM served WHERE matter = %d ORDER BY id DESC"),
	                 "2026-09-29");
	sees(&world);
	cr_expect_str_eq(value(&world, "delivery.0.number"), kept);
	cr_expect(!has_button(&world, "/deliver") && has_button(&world, "/served"), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(rights, what_is_announced_counts_as_served_when_its_days_are_over)
{
	World world = licensed();

	tells(&world);
	expect_done(&world, delivers(&world, "{\"method\": \"mail\", \"tracking\": \"EMS1\"}"), 200, "tried by mail");
	expect_done(&world, delivers(&world, "{\"method\": \"public\", \"proof\": \"下落不明，镇公告栏\"}"), 200,
	            "announced");
	cr_expect_str_eq(sql_of(&world, "SELECT served_on FROM served WHERE matter = %d ORDER BY id DESC"), "2026-10-18",
	                 "thirty days");
	cr_expect_str_eq(sql_of(&world, "SELECT state_by FROM ending WHERE matter = %d"), "2026-10-23");
	world_clear(&world);
}

/* ---- 69: it ends when its paper is issued ---- */

Test(rights, a_revocation_takes_effect_when_its_paper_is_issued)
{
	World world = licensed();
	g_autofree char *number = document(&world, "decision"), *code = NULL;
	g_autofree char *escaped = escape(number);

	tells(&world);
	as_desk(&world);
	expect_done(&world, act(&world, "ending/statement", "{\"statement\": \"没有意见\"}"), 200, "stated");
	as_government(&world);
	expect_done(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 200, "decided");
	zhen_test_run_jobs(world.test);
	for (int issued = 0; issued < 2; issued++) {
		g_autofree char *state = column(&world, "state");

		cr_expect_str_eq(state, issued ? "withdrawn" : "issued");
		cr_expect_eq(events(&world, "approvals.case.withdrawn"), issued);
		cr_expect_str_eq(zhen_test_sql(world.test, "SELECT SUM(withdrawn) FROM tally"), issued ? "1" : "0");
		tracks(&world);
		for (int i = 0; code == NULL && i < 9; i++) {
			g_autofree char *is = g_strdup_printf("documents.%d.number", i),
					*at = g_strdup_printf("documents.%d.code", i);

			if (strcmp(value(&world, is), number) == 0)
				code = g_strdup(value(&world, at));
		}
		g_autofree char *path = g_strdup_printf("/verify?number=%s&code=%s", escaped, code);
		expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "verify");
		cr_expect_str_eq(value(&world, "result"), issued ? "withdrawn" : "valid");
		cr_expect_not_null(strstr(value(&world, "standing"), issued ? "已撤销" : "已决定撤销"), "%s",
		                   value(&world, "standing"));
		cr_expect_eq(strstr(value(&world, "standing"), "尚未签发") != NULL, !issued, "%s",
		             value(&world, "standing"));
		if (issued)
			break;
		as_government(&world);
		refused_as(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 409, "ending-decided");
		refused_as(&world, act(&world, "ending/tell", REVOKE), 409, "ending-told");
		refused_as(&world, act(&world, "cancel", "{\"ground\": \"void\", \"explanation\": \"注销\"}"), 409,
		           "ending-told");
		as_desk(&world);
		refused_as(&world, act(&world, "archive", AWAY), 409, "document-unsealed");
		keeper_seals(&world);
	}
	as_government(&world);
	expect_done(&world, act(&world, "cancel", "{\"ground\": \"void\", \"explanation\": \"注销\"}"), 200,
	            "cancelled");
	world_clear(&world);
}

/* ---- 7: the days begin when it was served; the say without the window ---- */

Test(rights, the_days_to_state_ones_case_begin_when_the_notice_is_served)
{
	World world = licensed();

	tells(&world);
	turn_to(&world, "2026-10-30");
	tracks(&world);
	cr_expect_str_eq(value(&world, "endings.0.state_by"), "");
	cr_expect_not_null(strstr(value(&world, "endings.0.days"), "没有起算"), "%s", zhen_test_body(world.test));
	as_government(&world);
	refused_as(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 409, "statement-open");
	expect_done(&world, delivers(&world, BY_HAND), 200, "served");
	tracks(&world);
	cr_expect_str_eq(value(&world, "endings.0.state_by"), "2026-11-06");
	turn_to(&world, "2026-11-06");
	as_government(&world);
	refused_as(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 409, "statement-open");
	turn_to(&world, "2026-11-07");
	as_government(&world);
	expect_done(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 200, "the day after");
	world_clear(&world);
}

Test(rights, the_holder_states_his_case_with_number_and_code)
{
	World world = licensed();
	static const char said[] = ", \"statement\": \"手续齐全\"";
	g_autofree char *long_text = g_strnfill(2001, 'x');
	g_autofree char *too_long = g_strdup_printf(", \"statement\": \"%s\"", long_text);

	tracks(&world);
	cr_expect(!has_button(&world, "/track/statement"), "nothing to say anything to");
	refused_as(&world, with_code(&world, "/track/statement", world.number, world.code, said), 409,
	           "ending-not-told");
	tells(&world);
	tracks(&world);
	cr_expect(has_button(&world, "/track/statement"), "%s", zhen_test_body(world.test));
	cr_expect_eq(with_code(&world, "/track/statement", world.number, "AAAAAAAAAA", said), 404);
	g_autofree char *first = g_strdup(zhen_test_body(world.test));
	cr_expect_eq(with_code(&world, "/track/statement", "532327101-2026-09999", world.code, said), 404);
	cr_expect_str_eq(first, zhen_test_body(world.test), "which of the two is wrong is not said");
	cr_expect_eq(with_code(&world, "/track/statement", world.number, world.code, too_long), 422);
	expect_done(&world, with_code(&world, "/track/statement", world.number, world.code, said), 200, "stated");
	refused_as(&world, with_code(&world, "/track/statement", world.number, world.code, said), 409,
	           "stated-already");
	tracks(&world);
	cr_expect(!has_button(&world, "/track/statement"), "once");
	as_government(&world);
	sees(&world);
	cr_expect_str_eq(value(&world, "endings.0.statement"), "手续齐全");
	cr_expect_str_eq(value(&world, "endings.0.stated_how"), "online");
	expect_done(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 200, "heard");
	world_clear(&world);
}

/* ---- 36, 47: each interested person has days of his own ---- */

Test(rights, the_days_to_ask_for_a_hearing_are_each_receivers_own)
{
	static const char *const receivers[] = { "", "李大", "邻村合作社" };
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	expect_done(&world, step(&world, "homestead", "{\"decision\": \"refuse\", \"opinion\": \"不符\", \"checker\": \"21\", "
	                                              "\"second_checker\": \"22\", \"checked_on\": \"2026-09-18\"}"),
	            200, "proposed");
	expect_done(&world, act(&world, "hearing/tell", "{\"parties\": \"李大、邻村合作社\", \"interest\": \"采光\"}"), 200,
	            "told");
	turn_to(&world, "2026-09-30");
	as_government(&world);
	refused_as(&world, act(&world, "reject", "{\"reason\": \"不符\", \"basis\": \"依据\"}"), 409,
	           "hearing-not-served");
	refused_as(&world,
	           delivers(&world,
	                    "{\"method\": \"window\", \"receiver\": \"甲\", \"signed\": true, \"party\": \"王五\"}"),
	           422, "party-unknown");
	for (size_t i = 0; i < G_N_ELEMENTS(receivers); i++) {
		g_autofree char *json = g_strdup_printf(
			"{\"method\": \"window\", \"receiver\": \"甲\", \"signed\": true, \"party\": \"%s\"}", receivers[i]);

		if (i == 2)
			turn_to(&world, "2026-10-12");
		sees(&world);
		cr_expect_not_null(strstr(value(&world, "hearing.0.days"), "邻村合作社"), "%s",
		                   zhen_test_body(world.test));
		expect_done(&world, delivers(&world, json), 200, receivers[i]);
	}
	sees(&world);
	cr_expect_str_eq(value(&world, "hearing.0.ask_by"), "2026-10-19", "the last of all");
	as_agriculture(&world);
	turn_to(&world, "2026-10-16");
	as_agriculture(&world);
	refused_as(&world, act(&world, "hearing/ask", "{\"by\": \"third\"}"), 422, "party-unknown");
	refused_as(&world, act(&world, "hearing/ask", "{\"by\": \"third\", \"party\": \"李大\"}"), 409,
	           "hearing-asked-late");
	as_government(&world);
	refused_as(&world, act(&world, "reject", "{\"reason\": \"不符\", \"basis\": \"依据\"}"), 409,
	           "hearing-right-open");
	as_agriculture(&world);
	expect_done(&world, act(&world, "hearing/ask", "{\"by\": \"third\", \"party\": \"邻村合作社\"}"), 200,
	            "in time");
	world_clear(&world);
}

/* ---- 69: the superior ---- */

Test(rights, a_superior_decides_on_the_case_and_the_township_carries_it_out)
{
	World world = licensed();

	as_government(&world);
	sees(&world);
	cr_expect(!has_button(&world, "/superior"));
	refused_as(&world, act(&world, "superior", SUPERIOR), 403, "forbidden");
	zhen_test_as(world.test, "镇里", "government-" TOWNSHIP, NULL, "*");
	sees(&world);
	cr_expect(!has_button(&world, "/superior"), "with the permission, and not above");
	refused_as(&world, act(&world, "superior", SUPERIOR), 403, "not-superior");
	zhen_test_as(world.test, "县里", "county-532327000000", NULL,
	             "approvals.read approvals.supervise approvals.superior");
	sees(&world);
	cr_expect(has_button(&world, "/superior"), "%s", zhen_test_body(world.test));
	expect_done(&world, act(&world, "superior", SUPERIOR), 200, "decided above");
	refused_as(&world, act(&world, "superior", SUPERIOR), 409, "ending-told");
	sees(&world);
	cr_expect(!has_button(&world, "/superior"), "once");
	cr_expect_str_eq(value(&world, "superior.0.number"), "永政决〔2026〕1号");
	expect_done(&world, with_code(&world, "/track/rating", world.number, world.code, ", \"grade\": \"5\""), 200,
	            "rated");
	as_desk(&world);
	refused_as(&world, act(&world, "archive", AWAY), 409, "superior-undone");
	tells(&world);
	cr_expect_not_null(
		strstr(sql_of(&world, "SELECT superior FROM ending WHERE matter = %d"), "永政决〔2026〕1号"));
	as_desk(&world);
	expect_done(&world, act(&world, "ending/statement", "{\"statement\": \"没有意见\"}"), 200, "stated");
	as_government(&world);
	refused_as(&world, act(&world, "withdraw", KEEP), 409, "superior-decided");
	expect_done(&world, act(&world, "withdraw", "{\"explanation\": \"程序有误\"}"), 200, "carried out");
	world_clear(&world);
}

/* ---- 32: who let the days pass ---- */

Test(rights, deemed_acceptance_is_on_record_against_the_window)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	turn_to(&world, "2026-09-24");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM accountability WHERE matter = %d"), "0",
	                 "on the last day");
	turn_to(&world, "2026-09-28");
	cr_expect_str_eq(sql_of(&world, "SELECT kind || ' ' || body || ' ' || due_on FROM accountability WHERE matter = %d"),
	                 "intake window-" TOWNSHIP " 2026-09-24");
	zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "approvals.read approvals.accept approvals.explain");
	sees(&world);
	cr_expect(has_button(&world, "/explain") && !has_button(&world, "/settle"), "the body explains");
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "approvals.read approvals.account");
	sees(&world);
	cr_expect(!has_button(&world, "/explain") && !has_button(&world, "/settle"), "before the body is heard");
	turn_to(&world, "2026-11-30");
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "approvals.read approvals.account");
	sees(&world);
	cr_expect(!has_button(&world, "/explain") && has_button(&world, "/settle"), "another settles");
	as_agriculture(&world);
	sees(&world);
	cr_expect(!has_button(&world, "/explain") && !has_button(&world, "/settle"), "nobody else");
	world_clear(&world);
}
