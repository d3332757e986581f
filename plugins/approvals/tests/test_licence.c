/* SPDX-License-Identifier: Apache-2.0
 * A licence after it was issued. 行政许可法 50: its term, its renewal in time, late, not decided, after its end; 8, 69, 70: its end. */
#include "world.h"

#define HEAD                                                                                                              \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办,有效期（月）,提前申请延续（工作日）,延续依据,延续材料\\n"
#define ITEM(type, term)                                                                                               \
	"L1,采砂," type ",代办,《甲法》第一条,内容,自然人,20,示例,20,条件,申请书|申请人；权属证明|申请人,社会事务,政府,采砂许可证,中心,工作日," \
	"0878-1,是," term "\\n"
#define TWO_MONTHS ITEM("行政许可", "2,2,《甲办法》第二条,申请书") /* applied for by Sunday 2026-11-15, ends on 2026-11-17 */
#define APPROVE "{\"decision\": \"approve\", \"opinion\": \"同意\"}"

static void an_item(World *world, const char *row)
{
	g_autofree char *json = g_strdup_printf("{\"content\": \"" HEAD "%s\"}", row);

	expect_done(world, import_items(world, json), 201, "published");
}

static int32_t files(World *world, int person, const char *renews)
{
	g_autofree char *card = id_card(person);
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"李阿福\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"采砂\", \"renews\": \"%s\"}",
	                                        card, renews);

	as_resident(world);
	int32_t status = zhen_test_call(world->test, "POST", "/items/L1/apply", json);
	if (status != 201)
		return status;
	g_free(world->number);
	g_free(world->code);
	world->number = g_strdup(value(world, "number"));
	world->code = g_strdup(value(world, "code"));
	world->id = (int)zhen_test_int(world->test, "id");
	return status;
}

static void reviewed(World *world)
{
	to_review(world);
	zhen_test_as(world->test, "马社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(world, step(world, "s1", APPROVE), 200, "reviewed");
}

/* The number of the licence. */
static char *granted(World *world)
{
	reviewed(world);
	as_government(world);
	expect_done(world, step(world, "s2", APPROVE), 200, "granted");
	as_keeper(world);
	expect_done(world, act(world, "issue", NULL), 200, "issue");
	keeper_seals(world);
	return document(world, "decision");
}

static const char *sql_of(World *world, const char *format)
{
	g_autofree char *sql = g_strdup_printf(format, world->id);
	const char *text = zhen_test_sql(world->test, sql);

	return text != NULL ? text : "";
}

static void tracks(World *world)
{
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"}", world->number, world->code);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "POST", "/track", json), 200, "track");
}

Test(licence, says_its_term_and_the_last_day_to_renew_and_is_renewed_from_the_day_after)
{
	World world = world_at("2026-09-18");

	an_item(&world, ITEM("行政许可", "12,,,申请书"));
	expect_done(&world, files(&world, 1, ""), 201, "filed");
	g_autofree char *first = granted(&world);
	cr_expect_str_eq(sql_of(&world, "SELECT valid_from || ' ' || valid_to FROM licence WHERE matter = %d"),
	                 "2026-09-18 2027-09-17");
	tracks(&world);
	cr_expect_str_eq(value(&world, "licence.0.valid_to"), "2027-09-17");
	g_autofree char *last = g_strdup(value(&world, "licence.0.apply_by"));
	cr_expect_str_eq(last, "2027-08-08", "thirty working days before");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "申请延续"));
	cr_expect(is_refused(&world, files(&world, 2, first), 404, "licence-unknown"), "somebody else's: %s",
	          zhen_test_body(world.test));
	int old = world.id;
	turn_to(&world, last);
	expect_done(&world, files(&world, 1, first), 201, "in time");
	cr_expect_not_null(strstr(value(&world, "renewal"), "视为准予延续"));
	cr_expect_str_eq(sql_of(&world, "SELECT late FROM renewal WHERE matter = %d"), "0");
	cr_expect_str_eq(sql_of(&world, "SELECT how FROM handed WHERE matter = %d AND seq = 2"), "waived",
	                 "not asked again");
	cr_expect(is_refused(&world, files(&world, 1, first), 409, "renewal-open"), "twice: %s",
	          zhen_test_body(world.test));
	g_autofree char *second = granted(&world);
	cr_expect_str_eq(sql_of(&world, "SELECT title FROM document WHERE matter = %d AND kind = 'decision'"),
	                 "准予延续行政许可决定书");
	cr_expect_str_eq(sql_of(&world, "SELECT valid_from || ' ' || valid_to FROM licence WHERE matter = %d"),
	                 "2027-09-18 2028-09-17");
	world.id = old;
	as_window(&world);
	g_autofree char *path = g_strdup_printf("/cases/%d", old);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the one before");
	cr_expect_not_null(strstr(value(&world, "licence.0.standing"), second), "%s",
	                   value(&world, "licence.0.standing"));
	cr_expect(is_refused(&world, files(&world, 1, first), 409, "renewed-already"), "%s",
	          zhen_test_body(world.test));
	world_clear(&world);
}

/* The spring of 2027 has no notice yet; with it the days before the end are fewer working days, or more. */
Test(licence,
     the_last_day_to_renew_is_never_before_the_day_its_paper_says_and_is_provisional_until_the_holidays_are_known)
{
	static const struct {
		const char *days, *apply_by;
	} rows[] = { { "{\"date\": \"2027-09-06\", \"name\": \"假\", \"kind\": \"off\"}", "2027-08-08" },
		     { "{\"date\": \"2027-09-05\", \"name\": \"班\", \"kind\": \"work\"}, "
		       "{\"date\": \"2027-09-04\", \"name\": \"班\", \"kind\": \"work\"}",
		       "2027-08-10" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = world_at("2026-09-18");
		g_autofree char *json = g_strdup_printf(
			"{\"division\": \"532327000000\", \"year\": 2027, \"days\": [%s]}", rows[i].days);

		an_item(&world, ITEM("行政许可", "12,,,申请书"));
		expect_done(&world, files(&world, 1, ""), 201, "filed");
		g_free(granted(&world));
		const char *paper =
			sql_of(&world, "SELECT content FROM document WHERE matter = %d AND kind = 'decision'");
		cr_expect_not_null(strstr(paper, "至2027年9月17日\""), "an end is no counted day: %s", paper);
		cr_expect_not_null(strstr(paper, "最迟于2027年8月8日提出申请（暂定"), "%s", paper);
		tracks(&world);
		cr_expect_str_eq(value(&world, "licence.0.provisional"), "true");
		as_county_admin(&world);
		expect_done(&world, zhen_test_call(world.test, "POST", "/calendar/days", json), 200, "the notice");
		tracks(&world);
		cr_expect_str_eq(value(&world, "licence.0.apply_by"), rows[i].apply_by, "row %zu", i);
		cr_expect_str_eq(value(&world, "licence.0.provisional"), "false");
		world_clear(&world);
	}
}

Test(licence, not_decided_before_its_end_it_counts_as_renewed_and_who_let_it_pass_is_on_record)
{
	static const struct {
		const char *state;
		void (*reach)(World *);
		const char *body;
	} rows[] = { { "filed", NULL, "window-" TOWNSHIP }, { "review", to_review, "social-" TOWNSHIP },
		     { "review", reviewed, "government-" TOWNSHIP } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = world_at("2026-09-18");

		an_item(&world, TWO_MONTHS);
		expect_done(&world, files(&world, 1, ""), 201, "filed");
		g_autofree char *first = granted(&world);
		turn_to(&world, "2026-11-13");
		expect_done(&world, files(&world, 1, first), 201, "in time");
		if (rows[i].reach != NULL)
			rows[i].reach(&world);
		turn_to(&world, "2026-11-17");
		g_autofree char *before = column(&world, "state");
		cr_expect_str_eq(before, rows[i].state, "its last day");
		turn_to(&world, "2026-11-18");
		g_autofree char *state = column(&world, "state");
		cr_expect_str_eq(state, "approved", "row %zu", i);
		cr_expect_str_eq(sql_of(&world, "SELECT body || ' ' || due_on FROM accountability WHERE matter = %d AND kind = 'renewal'"),
		                 i == 0 ? "window-" TOWNSHIP " 2026-11-17" :
		                 i == 1 ? "social-" TOWNSHIP " 2026-11-17" :
		                          "government-" TOWNSHIP " 2026-11-17");
		as_keeper(&world);
		expect_done(&world, act(&world, "issue", NULL), 200, "issue");
		keeper_seals(&world);
		cr_expect_not_null(strstr(sql_of(&world, "SELECT content FROM document WHERE matter = %d AND kind = 'decision'"),
		                          "视为准予延续"));
		cr_expect_str_eq(sql_of(&world, "SELECT valid_from || ' ' || valid_to FROM licence WHERE matter = %d"),
		                 "2026-11-18 2027-01-17");
		world_clear(&world);
	}
}

Test(licence, applied_for_late_it_is_told_and_taken_but_not_deemed_and_after_its_end_there_is_nothing_to_renew)
{
	World world = world_at("2026-09-18");

	an_item(&world, TWO_MONTHS);
	expect_done(&world, files(&world, 1, ""), 201, "filed");
	g_autofree char *first = granted(&world);
	turn_to(&world, "2026-11-16");
	expect_done(&world, files(&world, 1, first), 201, "late");
	cr_expect_not_null(strstr(value(&world, "renewal"), "不视为准予延续"), "%s", value(&world, "renewal"));
	reviewed(&world);
	turn_to(&world, "2026-11-18");
	g_autofree char *state = column(&world, "state");
	cr_expect_str_eq(state, "review");
	as_government(&world);
	cr_expect(is_refused(&world, step(&world, "s2", APPROVE), 409, "licence-expired"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world,
	            act(&world, "reject", "{\"reason\": \"有效期已届满\", \"basis\": \"《行政许可法》第五十条\"}"), 200,
	            "rejected");
	keeper_seals(&world);
	cr_expect_str_eq(sql_of(&world, "SELECT title FROM document WHERE matter = %d AND kind = 'rejection'"),
	                 "不予延续行政许可决定书");
	cr_expect(is_refused(&world, files(&world, 1, first), 409, "licence-expired"), "%s",
	          zhen_test_body(world.test));
	world_clear(&world);
}

/* What the item says of its term. */
Test(licence, an_item_with_a_term_that_cannot_be_is_not_published)
{
	static const struct {
		const char *row;
		int32_t status;
	} rows[] = {
		{ ITEM("公共服务", "12,,,"), 422 },        { ITEM("行政许可", "12,10,,"), 422 },
		{ ITEM("行政许可", "12,,,户口簿"), 422 }, { ITEM("行政许可", ",10,《甲办法》第二条,"), 422 },
		{ ITEM("行政许可", "12,10,《甲办法》第二条,申请书"), 201 },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = g_strdup_printf("{\"content\": \"" HEAD "%s\"}", rows[i].row);
		int32_t status = import_items(&world, json);

		cr_expect_eq(status, rows[i].status, "row %zu: %d %s", i, status, zhen_test_body(world.test));
	}
	world_clear(&world);
}

/* ---- 行政许可法 8, 69, 70 ---- */

static int32_t tells(World *world, const char *kind, const char *ground)
{
	g_autofree char *json = g_strdup_printf(
		"{\"kind\": \"%s\", \"ground\": \"%s\", \"explanation\": \"查明的事实\"}", kind, ground);

	as_government(world);
	return act(world, "ending/tell", json);
}

static void states(World *world)
{
	as_window(world);
	expect_done(world, act(world, "ending/statement", "{\"statement\": \"没有意见\"}"), 200, "stated");
	as_government(world);
}

static void verifies(World *world, const char *number)
{
	g_autofree char *escaped = escape(number);
	g_autofree char *code = NULL, *path = NULL;

	tracks(world);
	for (int i = 0; code == NULL && i < 9; i++) {
		g_autofree char *is = g_strdup_printf("documents.%d.number", i),
				*at = g_strdup_printf("documents.%d.code", i);

		if (strcmp(value(world, is), number) == 0)
			code = g_strdup(value(world, at));
	}
	path = g_strdup_printf("/verify?number=%s&code=%s", escaped, code != NULL ? code : "");
	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, "verify");
}

Test(ending, each_kind_is_told_stated_decided_and_read_from_the_paper)
{
	static const struct {
		const char *kind, *ground, *state, *result, *says, *topic, *counter;
	} rows[] = {
		{ "revoke", "by_deceit", "withdrawn", "withdrawn", "第六十九条第二款", "approvals.case.withdrawn", "withdrawn" },
		{ "recall", "law_changed", "recalled", "withdrawn", "第八条第二款", "approvals.case.recalled", "recalled" },
		{ "change", "facts_changed", "issued", "valid", "第八条第二款", "approvals.case.changed", "changed" },
		{ "cancel", "force_majeure", "cancelled", "withdrawn", "第七十条第五项", "approvals.case.cancelled", "cancelled" },
	};
	World world = world_at("2026-09-18");

	an_item(&world, ITEM("行政许可", "12,,,申请书"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		expect_done(&world, files(&world, (int)i + 1, ""), 201, "filed");
		g_autofree char *number = granted(&world);
		g_autofree char *counted = g_strdup_printf("SELECT SUM(%s) FROM tally", rows[i].counter);

		as_government(&world);
		cr_expect(is_refused(&world, act(&world, "withdraw", "{\"explanation\": \"事实\"}"), 409,
		                     "ending-not-told"));
		expect_done(&world, tells(&world, rows[i].kind, rows[i].ground), 200, rows[i].kind);
		cr_expect(is_refused(&world, act(&world, "withdraw", "{\"explanation\": \"事实\"}"), 409,
		                     "statement-open"));
		states(&world);
		expect_done(&world,
		            act(&world, "withdraw", "{\"explanation\": \"事实\", \"change\": \"面积减为一亩\"}"), 200,
		            rows[i].kind);
		keeper_seals(&world);
		g_autofree char *state = column(&world, "state");
		cr_expect_str_eq(state, rows[i].state);
		cr_expect_eq(events(&world, rows[i].topic), 1, "%s", rows[i].topic);
		cr_expect_str_eq(zhen_test_sql(world.test, counted), "1", "%s", rows[i].counter);
		verifies(&world, number);
		cr_expect_str_eq(value(&world, "result"), rows[i].result, "%s: %s", rows[i].kind,
		                 zhen_test_body(world.test));
		cr_expect_not_null(strstr(value(&world, "standing"), rows[i].says), "%s: %s", rows[i].kind,
		                   value(&world, "standing"));
		cr_expect_not_null(strstr(value(&world, "standing"), "2026-09-18"), "%s", value(&world, "standing"));
	}
	world_clear(&world);
}

Test(ending, what_was_got_by_deceit_is_kept_only_for_the_public_interest)
{
	static const struct {
		const char *kind, *ground, *why;
		int32_t status;
		const char *code;
	} rows[] = {
		{ "revoke", "by_deceit", "weighed", 409, "must-revoke" }, { "revoke", "by_deceit", "public", 200, "" },
		{ "revoke", "procedure", "weighed", 200, "" },            { "recall", "law_changed", "public", 422, "invalid" },
		{ "recall", "law_changed", "unfounded", 200, "" },        { "revoke", "law_changed", NULL, 422, "invalid" },
	};
	World world = world_at("2026-09-18");

	an_item(&world, ITEM("行政许可", "12,,,申请书"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		expect_done(&world, files(&world, (int)i + 1, ""), 201, "filed");
		g_autofree char *number = granted(&world);
		int32_t status = tells(&world, rows[i].kind, rows[i].ground);

		if (rows[i].why == NULL) {
			cr_expect_eq(status, rows[i].status, "%s", zhen_test_body(world.test));
			continue;
		}
		states(&world);
		g_autofree char *json = g_strdup_printf(
			"{\"decision\": \"keep\", \"why\": \"%s\", \"explanation\": \"权衡\"}", rows[i].why);
		status = act(&world, "withdraw", json);
		cr_expect_eq(status, rows[i].status, "row %zu: %s", i, zhen_test_body(world.test));
		if (status != 200) {
			cr_expect_str_eq(value(&world, "code"), rows[i].code);
			continue;
		}
		keeper_seals(&world);
		g_autofree char *state = column(&world, "state");
		cr_expect_str_eq(state, "issued");
		verifies(&world, number);
		cr_expect_str_eq(value(&world, "result"), "valid");
	}
	world_clear(&world);
}

Test(ending, a_licence_is_cancelled_for_being_over_only_when_it_is)
{
	World world = world_at("2026-09-18");

	an_item(&world, TWO_MONTHS);
	expect_done(&world, files(&world, 1, ""), 201, "filed");
	g_autofree char *number = granted(&world);
	as_government(&world);
	cr_expect(is_refused(&world, act(&world, "cancel", "{\"ground\": \"expired\", \"explanation\": \"届满\"}"), 409,
	                     "licence-in-force"));
	cr_expect(is_refused(&world, act(&world, "cancel", "{\"ground\": \"void\", \"explanation\": \"注销\"}"), 409,
	                     "not-void"));
	cr_expect(is_refused(&world, act(&world, "cancel", "{\"ground\": \"struck\", \"explanation\": \"吊销\"}"), 422,
	                     "invalid"));
	turn_to(&world, "2026-11-18");
	verifies(&world, number);
	cr_expect_str_eq(value(&world, "result"), "expired", "genuine, and without force");
	cr_expect_not_null(strstr(value(&world, "standing"), "已届满"), "%s", value(&world, "standing"));
	cr_expect(g_str_has_prefix(value(&world, "result_title"), "已届满"), "%s", value(&world, "result_title"));
	cr_expect(value(&world, "signature")[0] != '\0' && value(&world, "ticket")[0] != '\0', "how it is checked: %s",
	          zhen_test_body(world.test));
	as_government(&world);
	expect_done(&world, act(&world, "cancel", "{\"ground\": \"expired\", \"explanation\": \"届满\"}"), 200,
	            "cancelled");
	keeper_seals(&world);
	g_autofree char *title = g_strdup(sql_of(
		&world, "SELECT title FROM document WHERE matter = %d AND kind = 'cancellation' AND state = 'issued'"));
	cr_expect_str_eq(title, "注销行政许可决定书");
	verifies(&world, number);
	cr_expect_str_eq(value(&world, "result"), "withdrawn");
	cr_expect(g_str_has_prefix(value(&world, "result_title"), "已失效") && value(&world, "ticket")[0] != '\0', "%s",
	          zhen_test_body(world.test));
	cr_expect_not_null(strstr(value(&world, "standing"), "已注销（2026-11-18"), "%s", value(&world, "standing"));
	world_clear(&world);
}
