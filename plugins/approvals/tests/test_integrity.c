/* SPDX-License-Identifier: Apache-2.0
 * What a case may not come to: granted on a false word, put away before it is done with, standing still or waiting for ever. */
#include "world.h"

#define SHOP "YB0215"    /* 代办, with a proof that may be promised; two offices */
#define BIRTH "YB0102"   /* 直办 by the window, with a proof that may be promised */
#define ALLOWANCE "YB0206" /* with a material that may come later */
#define PROOF "经营场所使用证明"
#define AWAY "{\"retention\": \"10\"}"
#define YES "{\"decision\": \"approve\", \"opinion\": \"同意\"}"
#define BY_HAND "{\"method\": \"window\", \"receiver\": \"张三\", \"signed\": true}"
#define WORD ", \"told\": true, \"promised_on\": \"2026-09-18\", \"kept\": \"paper\"}"

static void file_item(World *world, const char *code, int n)
{
	g_autofree char *own = id_card(600 + n), *path = g_strdup_printf("/items/%s/apply", code);
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"申请\"}", own);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "POST", path, json), 201, "filing");
	g_free(world->number);
	g_free(world->code);
	world->number = g_strdup(value(world, "number"));
	world->code = g_strdup(value(world, "code"));
	world->id = (int)zhen_test_int(world->test, "id");
}

static void as_all(World *world, const char *body)
{
	g_autofree char *id = g_strconcat(body, "-" TOWNSHIP, NULL);

	zhen_test_as(world->test, body, id, NULL, "*");
}

static int32_t as_window_does(World *world, const char *verb, const char *json)
{
	as_all(world, "window");
	return act(world, verb, json);
}

static int32_t tracks(World *world, const char *path, const char *more)
{
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"%s}", world->number, world->code, more);

	as_resident(world);
	return zhen_test_call(world->test, "POST", path, json);
}

static const char *sql_of(World *world, const char *format)
{
	g_autofree char *sql = g_strdup_printf(format, world->id);
	const char *text = zhen_test_sql(world->test, sql);

	return text != NULL ? text : "";
}

static void expect_state(World *world, const char *wanted)
{
	g_autofree char *is = column(world, "state");

	cr_expect_str_eq(is, wanted, "%s, not %s", is, wanted);
}

static void shop_by_promise(World *world)
{
	file_item(world, SHOP, 1);
	expect_done(world,
	            as_window_does(world, "accept",
	                           "{\"papers\": true, \"materials\": [{\"material\": \"" PROOF "\", \"how\": \"promised\", "
	                           "\"note\": \"自有房屋\"}]" WORD), 200, "accept");
}

static int32_t checks(World *world, const char *body, const char *material, const char *result)
{
	g_autofree char *json =
		g_strdup_printf("{\"material\": \"%s\", \"result\": \"%s\", \"note\": \"已核查\"}", material, result);

	as_all(world, body);
	return act(world, "promise-checks", json);
}

/* ---- a promise ---- */

Test(integrity, nothing_is_granted_on_a_promise_found_false)
{
	World world = world_at("2026-09-18");

	shop_by_promise(&world);
	as_all(&world, "social");
	expect_done(&world, step(&world, "s1", YES), 200, "s1");
	cr_expect(is_refused(&world, checks(&world, "window", PROOF, "false"), 403, "forbidden"),
	          "the window has no step in it");
	expect_done(&world, checks(&world, "social", PROOF, "false"), 200, "false");
	expect_state(&world, "refusing");
	/* Sent back, it comes no further either. */
	as_all(&world, "government");
	expect_done(&world, step(&world, "s2", "{\"decision\": \"return\", \"opinion\": \"退回\"}"), 200, "back");
	as_all(&world, "social");
	cr_expect(is_refused(&world, step(&world, "s1", YES), 409, "promise-false"), "%s", zhen_test_body(world.test));
	as_all(&world, "government");
	expect_done(&world, act(&world, "reject", "{\"reason\": \"承诺不实\", \"basis\": \"依法\"}"), 200, "reject");
	world_clear(&world);
}

Test(integrity, a_promise_found_false_ends_a_clock_that_stands)
{
	World world = world_at("2026-09-18");

	shop_by_promise(&world);
	as_all(&world, "social");
	expect_done(&world, act(&world, "suspend", "{\"reason\": \"inspection\", \"expected_days\": 20}"), 200,
	            "suspend");
	expect_done(&world, checks(&world, "social", PROOF, "false"), 200, "false");
	expect_state(&world, "refusing");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM suspension WHERE matter = %d AND to_at = 0"), "0");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM deadline WHERE matter = %d AND kind = 'suspension'"),
	                 "0");
	world_clear(&world);
}

static void done_on_the_spot(World *world, bool promised)
{
	file_item(world, BIRTH, 2);
	expect_done(world,
	            as_window_does(world, "accept",
	                           promised ? "{\"papers\": true, \"obtained\": true, \"obtained_from\": \"省数据共享交换平台\", \"materials\": [{\"material\": \"结婚证\", \"how\": \"promised\", "
	                                      "\"note\": \"已婚\"}]" WORD :
	                                      "{\"papers\": true, \"obtained\": true, \"obtained_from\": \"省数据共享交换平台\"}"), 200, "accept");
	for (int i = 1; i <= 2; i++) {
		g_autofree char *code = g_strdup_printf("s%d", i);

		if (sql_of(world, "SELECT seq FROM matter_step WHERE matter = %d AND state = 'current'")[0] != '\0')
			expect_done(world, step(world, code, YES), 200, code);
	}
	as_keeper(world);
	expect_done(world, act(world, "issue", NULL), 200, "issue");
	keeper_seals(world);
	expect_state(world, "issued");
	expect_done(world, as_window_does(world, "deliver", BY_HAND), 200, "deliver");
}

Test(integrity, what_is_done_on_the_spot_is_looked_into_by_the_window_and_no_day_that_goes_by_opens_the_archive)
{
	World world = world_at("2026-09-18");

	done_on_the_spot(&world, true);
	expect_done(&world, tracks(&world, "/track/rating", ", \"grade\": \"5\""), 200, "rated");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "follow-up-open"), "%s",
	          zhen_test_body(world.test));
	turn_to(&world, "2026-12-30");
	cr_expect_str_eq(sql_of(&world, "SELECT kind FROM accountability WHERE matter = %d AND kind = 'promise-check'"),
	                 "promise-check");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "follow-up-open"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, checks(&world, "window", "结婚证", "kept"), 200, "kept");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	world_clear(&world);
}

/* 行政许可法 69: revoked, or kept by the head for a reason of law; no third way into the archive. */
Test(integrity, what_was_granted_on_a_false_promise_is_decided_on_before_it_is_put_away)
{
	static const char tell[] = "{\"kind\": \"revoke\", \"ground\": \"by_deceit\", \"explanation\": \"承诺不实\"}";
	static const char keep[] = "{\"decision\": \"keep\", \"why\": \"public\", \"explanation\": \"子女将不能入学\"}";
	World world = world_at("2026-09-18");

	done_on_the_spot(&world, true);
	expect_done(&world, tracks(&world, "/track/rating", ", \"grade\": \"5\""), 200, "rated");
	expect_done(&world, checks(&world, "window", "结婚证", "false"), 200, "false");
	turn_to(&world, "2026-12-30");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "withdrawal-undecided"), "%s",
	          zhen_test_body(world.test));
	as_all(&world, "government");
	expect_done(&world, act(&world, "ending/tell", tell), 200, "told");
	keeper_seals(&world);
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "withdrawal-undecided"),
	          "only told");
	expect_done(&world, as_window_does(&world, "ending/statement", "{\"statement\": \"没有意见\"}"), 200, "heard");
	as_all(&world, "government");
	expect_done(&world, act(&world, "withdraw", keep), 200, "kept");
	keeper_seals(&world);
	expect_done(&world, as_window_does(&world, "deliver", BY_HAND), 200, "handed out as well");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	world_clear(&world);
}

Test(integrity, a_complaint_is_mended_before_its_case_is_put_away_however_late)
{
	World world = world_at("2026-09-18");

	done_on_the_spot(&world, false);
	expect_done(&world, tracks(&world, "/track/rating", ", \"grade\": \"1\""), 200, "rated");
	turn_to(&world, "2026-12-30");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "follow-up-open"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, as_window_does(&world, "rating/contacted", "{\"note\": \"已联系\"}"), 200, "contacted");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "follow-up-open"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, as_window_does(&world, "rating/mended", "{\"how\": \"已整改\"}"), 200, "mended");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	world_clear(&world);
}

/* ---- what is handed out, and put away ---- */

static void rejected(World *world, int n)
{
	file_one(world, n);
	to_review(world);
	as_all(world, "government");
	expect_done(world, act(world, "reject", "{\"reason\": \"面积超标\", \"basis\": \"土地管理法第六十二条\"}"), 200,
	            "reject");
}

Test(integrity, a_rejection_is_handed_out_signed_for_and_rated_before_it_is_put_away)
{
	World world = world_at("2026-09-18");

	rejected(&world, 1);
	cr_expect(is_refused(&world, as_window_does(&world, "deliver", BY_HAND), 409, "document-waits"),
	          "before it has its seal");
	keeper_seals(&world);
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "not-delivered"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, as_window_does(&world, "deliver", "{\"method\": \"mail\", \"tracking\": \"EMS1\"}"), 200,
	            "by mail");
	cr_expect(is_refused(&world, as_window_does(&world, "deliver", BY_HAND), 409, "already-delivered"), "twice");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "receipt-open"), "%s",
	          zhen_test_body(world.test));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "2026年10月9日"), "%s", zhen_test_body(world.test));
	expect_done(&world, tracks(&world, "/track/receipt", ""), 200, "signed for");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "receipt-open"), "not rated yet");
	expect_done(&world, tracks(&world, "/track/rating", ", \"grade\": \"4\""), 200, "rated");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	/* Who says nothing is not waited for longer than the days left for it. */
	zhen_test_turn_to(world.test, morning("2026-09-18"));
	rejected(&world, 2);
	keeper_seals(&world);
	expect_done(&world, as_window_does(&world, "deliver", "{\"method\": \"online\"}"), 200, "online");
	turn_to(&world, "2026-10-09");
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "receipt-open"), "%s",
	          zhen_test_body(world.test));
	turn_to(&world, "2026-10-10");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	world_clear(&world);
}

/* Not from a list kept in the test: what the database has. */
Test(integrity, a_file_consists_of_every_table_with_a_row_of_the_case)
{
	static const char left_out[] =
		"SELECT group_concat(name, ' ') FROM (SELECT DISTINCT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) p "
		"WHERE m.type = 'table' AND p.name IN ('matter', 'document') AND "
		"instr(char(10) || (SELECT manifest FROM archive), char(10) || m.name || ':') = 0 ORDER BY 1)";
	static const char columns[] =
		"SELECT group_concat(name, ' ') FROM (SELECT m.name || '.' || p.name AS name FROM sqlite_master m "
		"JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND instr(char(10) || (SELECT manifest FROM archive), char(10) || "
		"m.name || ':') > 0 AND instr((SELECT manifest FROM archive), p.name) = 0)";
	World world = world_at("2026-09-18");

	done_on_the_spot(&world, false);
	expect_done(&world, tracks(&world, "/track/rating", ", \"grade\": \"5\""), 200, "rated");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	cr_expect_str_eq(zhen_test_sql(world.test, left_out),
	                 "accountability archive archive_kept archive_volume deadline");
	const char *missing = zhen_test_sql(world.test, columns);
	cr_expect(missing == NULL || missing[0] == '\0', "%s", missing);
	g_autofree char *path = g_strdup_printf("/cases/%d/archive", world.id);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "checked");
	cr_expect_str_eq(value(&world, "intact"), "true", "%s", zhen_test_body(world.test));
	world_clear(&world);
}

/* ---- time that does not count, and a supplement that does not come ---- */

#define HOLD "{\"reason\": \"expert_review\", \"expected_days\": 5}"

static void held(World *world)
{
	file_one(world, world->id + 1);
	to_review(world);
	zhen_test_turn_to(world->test, morning("2026-03-04"));
	as_agriculture(world);
	expect_done(world, act(world, "suspend", HOLD), 200, "suspend");
}

Test(integrity, the_days_that_were_told_are_over_and_the_clock_runs_whenever_the_watch_comes_by)
{
	static const char *const watched[] = { "2026-03-09", "2026-03-12" };

	for (size_t i = 0; i < G_N_ELEMENTS(watched); i++) {
		World world = world_at("2026-03-02");

		held(&world);
		zhen_test_run_jobs(world.test);
		if (i == 0)
			turn_to(&world, "2026-03-08");
		expect_state(&world, "suspended");
		turn_to(&world, watched[i]);
		expect_state(&world, "review");
		g_autofree char *due_on = column(&world, "due_on");
		cr_expect_str_eq(due_on, "2026-03-19", "%s", watched[i]);
		cr_expect_eq(events(&world, "approvals.case.resumed"), 1);
		as_agriculture(&world);
		cr_expect(is_refused(&world,
		                     act(&world, "suspend", "{\"reason\": \"supplement\", \"expected_days\": 5}"), 422,
		                     "invalid"),
		          "%s", zhen_test_body(world.test));
		expect_done(&world, act(&world, "suspend", HOLD), 200, "told anew");
		world_clear(&world);
	}
}

Test(integrity, what_stands_still_by_law_is_not_left_open)
{
	World world = world_at("2026-09-18");

	file_item(&world, BIRTH, 2);
	as_window(&world);
	expect_done(&world, act(&world, "accept", "{\"papers\": true}"), 200, "accept");
	as_all(&world, "government");
	expect_done(&world, act(&world, "suspend", HOLD), 200, "suspend");
	turn_to(&world, "2026-09-22");
	expect_state(&world, "suspended");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM accountability WHERE matter = %d"), "0");
	world_clear(&world);
}

Test(integrity, where_an_act_ends_it_the_want_of_one_is_a_record)
{
	World world = world_with("2026-03-02", "suspension_end", "remind");

	held(&world);
	turn_to(&world, "2026-03-12");
	expect_state(&world, "suspended");
	cr_expect_str_eq(sql_of(&world, "SELECT kind || due_on FROM accountability WHERE matter = %d"),
	                 "suspension2026-03-08");
	as_agriculture(&world);
	expect_done(&world, act(&world, "resume", "{}"), 200, "resume");
	world_clear(&world);
}

#define MISSING "{\"missing\": [{\"material\": \"住房建设图件\", \"reason\": \"缺平面图\"}]}"

Test(integrity, a_supplement_that_does_not_come_ends_the_application_and_is_told)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	expect_done(&world, as_window_does(&world, "supplement", MISSING), 200, "supplement");
	g_autofree char *until = column(&world, "due_on");
	cr_expect_str_eq(until, "2026-11-05");
	expect_done(&world, tracks(&world, "/track", ""), 200, "track");
	cr_expect_str_eq(value(&world, "supply_by"), "2026-11-05");
	turn_to(&world, "2026-11-05");
	expect_state(&world, "supplementing");
	turn_to(&world, "2026-11-06");
	expect_state(&world, "retracted");
	g_autofree char *paper = document(&world, "retraction");
	cr_expect_str_eq(paper, "永政审终〔2026〕1号");
	cr_expect_not_null(
		strstr(sql_of(&world, "SELECT content FROM document WHERE matter = %d AND kind = 'retraction'"),
	               "视为放弃申请"));
	cr_expect(is_refused(&world, as_window_does(&world, "archive", AWAY), 409, "not-delivered"), "%s",
	          zhen_test_body(world.test));
	zhen_test_run_jobs(world.test);
	expect_done(&world, as_window_does(&world, "deliver", BY_HAND), 200, "handed out");
	turn_to(&world, "2026-12-30");
	expect_done(&world, as_window_does(&world, "archive", AWAY), 200, "put away");
	world_clear(&world);
}

#define FORM "{\"missing\": [{\"material\": \"申请表\", \"reason\": \"未签名\"}]}"

/* The application itself, on the item's list or not: nobody's silence puts it right. */
Test(integrity, a_form_that_nobody_puts_right_ends_the_application_as_well)
{
	for (int listed = 0; listed < 2; listed++) {
		World world = world_at("2026-09-18");

		for (int lapses = 0; lapses < 2; lapses++) {
			if (listed)
				file_one(&world, 1 + lapses);
			else
				file_item(&world, SHOP, 3 + lapses);
			expect_done(&world, as_window_does(&world, "materials", "{\"papers\": true}"), 200, "papers");
			expect_done(&world, as_window_does(&world, "supplement", FORM), 200, "supplement");
			if (lapses)
				break;
			expect_done(&world,
			            as_window_does(&world, "materials",
			                           "{\"materials\": [{\"material\": \"申请表\", \"how\": \"paper\"}]}"),
			            200, "signed at the window");
			expect_state(&world, "filed");
		}
		expect_done(&world,
		            as_window_does(&world, "materials", "{" "\"obtained\": true, \"obtained_from\": \"省平台\"}"), 200,
		            "something else");
		turn_to(&world, "2026-11-05");
		expect_state(&world, "supplementing");
		turn_to(&world, "2026-11-06");
		expect_state(&world, "retracted");
		world_clear(&world);
	}
}

Test(integrity, what_was_asked_for_may_be_promised_instead)
{
	World world = world_at("2026-09-18");

	file_item(&world, SHOP, 3);
	expect_done(&world,
	            as_window_does(&world, "supplement",
	                           "{\"missing\": [{\"material\": \"" PROOF "\", \"reason\": \"没有\"}]}"),
	            200, "supplement");
	expect_done(&world,
	            as_window_does(&world, "pledges",
	                           "{\"promises\": [{\"material\": \"" PROOF "\", \"content\": \"自有\"}]}"),
	            200, "printed");
	cr_expect(is_refused(&world,
	                     as_window_does(&world, "materials", "{\"materials\": [{\"material\": \"登记申请书\", \"how\": \"promised\"}]}"),
	                     409, "not-by-promise"), "%s", zhen_test_body(world.test));
	expect_done(&world,
	            as_window_does(&world, "materials",
	                           "{\"materials\": [{\"material\": \"登记申请书\", \"how\": \"paper\"}, {\"material\": \"" PROOF
	                           "\", \"how\": \"promised\", \"note\": \"自有房屋\"}]}"),
	            200, "promised");
	expect_state(&world, "filed");
	expect_done(&world, as_window_does(&world, "accept", "{\"told\": true, \"promised_on\": \"2026-09-18\", \"kept\": \"paper\"}"),
	            200, "accept");
	expect_state(&world, "review");
	world_clear(&world);
}

/* ---- 容缺 ---- */

Test(integrity, what_comes_in_place_of_what_was_deferred_is_looked_at)
{
	static const char deferred[] =
		"{\"materials\": [{\"material\": \"银行账户\", \"how\": \"deferred\"}], \"papers\": true, \"obtained\": true, \"obtained_from\": \"省数据共享交换平台\", \"promised_on\": \"%s\"}";
	World world = world_at("2026-09-18");

	file_item(&world, ALLOWANCE, 4);
	g_autofree char *before = g_strdup_printf(deferred, "2026-09-17"),
			*today = g_strdup_printf(deferred, "2026-09-18");
	cr_expect(is_refused(&world, as_window_does(&world, "accept", before), 409, "promise-before-filing"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world, as_window_does(&world, "accept", today), 200, "accept");
	g_autofree char *file = g_strdup_printf(", \"material\": \"银行账户\", \"file\": \"%s\"",
	                                        zhen_test_upload(world.test, "%PDF-别的", 11));
	expect_done(&world, tracks(&world, "/track/lacking", file), 200, "something came");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM lacking WHERE matter = %d AND supplied_at > 0"), "1");
	cr_expect(is_refused(&world,
	                     as_window_does(&world, "materials",
	                                    "{\"materials\": [{\"material\": \"银行账户\", \"how\": \"missing\"}]}"),
	                     422, "invalid"),
	          "without saying why");
	expect_done(&world,
	            as_window_does(&world, "materials",
	                           "{\"materials\": [{\"material\": \"银行账户\", \"how\": \"missing\", \"note\": \"不是本人的\"}]}"),
	            200, "not it");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM lacking WHERE matter = %d AND supplied_at > 0"), "0");
	as_all(&world, "social");
	expect_done(&world, step(&world, "s1", YES), 200, "s1");
	as_all(&world, "government");
	cr_expect(is_refused(&world, step(&world, "s2", YES), 409, "material-lacking"), "%s",
	          zhen_test_body(world.test));
	expect_done(&world,
	            as_window_does(&world, "materials",
	                           "{\"materials\": [{\"material\": \"银行账户\", \"how\": \"paper\"}]}"),
	            200, "it is");
	as_all(&world, "government");
	expect_done(&world, step(&world, "s2", YES), 200, "s2");
	world_clear(&world);
}

/* ---- the seal ---- */

Test(integrity, nobody_seals_what_there_is_nothing_to_see_of)
{
	World world = world_at("2026-09-18");
	g_autofree char *path = NULL;

	file_one(&world, 1);
	to_review(&world);
	to_approved(&world);
	path = g_strdup_printf("/cases/%d/issue", world.id);
	as_keeper(&world);
	cr_expect(is_refused(&world, zhen_test_call(world.test, "POST", path, "{}"), 409, "draft-not-drawn"), "%s",
	          zhen_test_body(world.test));
	g_autofree char *confirm =
		g_strdup_printf("/sealings/%s/confirm", zhen_test_sql(world.test, "SELECT MAX(id) FROM sealing"));
	cr_expect(is_refused(&world, zhen_test_call(world.test, "POST", confirm, "{}"), 409, "draft-not-drawn"), "%s",
	          zhen_test_body(world.test));
	zhen_test_run_jobs(world.test);
	expect_done(&world, zhen_test_call(world.test, "POST", path, "{}"), 200, "drawn");
	world_clear(&world);
}

Test(integrity, what_the_host_makes_by_itself_bears_the_seal_too)
{
	World world = world_at("2026-03-02");

	file_one(&world, 1);
	turn_to(&world, "2026-03-10");
	zhen_test_run_jobs(world.test);
	cr_expect_str_eq(sql_of(&world, "SELECT d.state || s.person FROM document d JOIN sealing s ON s.document = d.id JOIN seal_use u ON "
	                                "u.document = d.id WHERE d.matter = %d AND d.kind = 'receipt'"), "issued系统自动");
	as_all(&world, "government");
	expect_done(&world, zhen_test_call(world.test, "GET", "/seals", NULL), 200, "seals");
	cr_expect_null(strstr(zhen_test_body(world.test), "1970"), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

/* ---- taken back; twice; late ---- */

Test(integrity, an_application_is_taken_back_until_it_is_decided_and_the_applicant_has_it_on_paper)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	expect_done(&world, act(&world, "suspend", HOLD), 200, "suspend");
	expect_done(&world, tracks(&world, "/track/retract", ", \"reason\": \"不建了\""), 200, "by code");
	cr_expect_str_eq(value(&world, "document"), "永政审终〔2026〕1号", "%s", zhen_test_body(world.test));
	expect_state(&world, "retracted");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM suspension WHERE matter = %d AND to_at = 0"), "0");
	cr_expect_str_eq(sql_of(&world, "SELECT COUNT(*) FROM deadline WHERE matter = %d"), "0");
	turn_to(&world, "2026-12-30");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 0);
	file_one(&world, 2);
	to_review(&world);
	cr_expect(is_refused(&world, as_window_does(&world, "retract", "{\"reason\": \"不建了\", \"signed\": false}"),
	                     422, "invalid"),
	          "unsigned");
	expect_done(&world, as_window_does(&world, "retract", "{\"reason\": \"不建了\", \"signed\": true}"), 200,
	            "at the window");
	cr_expect_eq(events(&world, "approvals.case.retracted"), 2);
	zhen_test_turn_to(world.test, morning("2026-09-18"));
	file_one(&world, 3);
	to_review(&world);
	to_approved(&world);
	cr_expect(is_refused(&world, tracks(&world, "/track/retract", ""), 409, "case-approved"), "%s",
	          zhen_test_body(world.test));
	cr_expect(is_refused(&world, as_window_does(&world, "retract", "{\"reason\": \"不\", \"signed\": true}"), 409,
	                     "case-approved"),
	          "window");
	world_clear(&world);
}

Test(integrity, who_handles_a_case_sees_what_else_the_person_applies_for_and_who_files_does_not)
{
	World world = world_at("2026-09-18");

	file_item(&world, SHOP, 5);
	g_autofree char *first = g_strdup(world.number);
	file_item(&world, SHOP, 6);
	file_item(&world, BIRTH, 5);
	file_item(&world, SHOP, 5);
	cr_expect_null(strstr(zhen_test_body(world.test), first), "%s", zhen_test_body(world.test));
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id);
	as_all(&world, "window");
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the case");
	cr_expect_str_eq(value(&world, "duplicates.0.number"), first, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "duplicates.1.number"), "");
	expect_done(&world, tracks(&world, "/track/retract", ""), 200, "taken back");
	world_clear(&world);
}

Test(integrity, a_delay_names_the_officer_of_the_body)
{
	World world = world_at("2026-09-18");

	zhen_test_as(world.test, "县管理员", "county-service-532327000000", NULL, "*");
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/officers",
	                           "{\"body\": \"agriculture-" TOWNSHIP "\", \"person\": \"王负责\", \"phone\": \"0878-1234567\"}"),
	            201, "officer");
	file_one(&world, 1);
	to_review(&world);
	turn_to(&world, "2026-10-30");
	cr_expect_str_eq(sql_of(&world, "SELECT officer FROM accountability WHERE matter = %d"), "王负责");
	world_clear(&world);
}

Test(integrity, a_day_of_a_year_whose_holidays_are_not_known_is_said_to_be_provisional)
{
	World world = world_at("2026-12-28");

	file_one(&world, 1);
	to_review(&world);
	cr_expect_not_null(strstr(sql_of(&world, "SELECT content FROM document WHERE matter = %d AND kind = 'receipt'"),
	                          "2027年1月11日（暂定"));
	turn_to(&world, "2027-01-05");
	as_all(&world, "window");
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id),
			*clock = g_strdup_printf("/cases/%d/clock", world.id);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the case");
	cr_expect_str_eq(value(&world, "steps.3.provisional"), "true", "%s", zhen_test_body(world.test));
	expect_done(&world, zhen_test_call(world.test, "GET", clock, NULL), 200, "day by day");
	cr_expect_null(strstr(value(&world, "days.3.why"), "暂定"), "%s", value(&world, "days.3.why"));
	cr_expect_not_null(strstr(value(&world, "days.7.why"), "暂定"), "%s", value(&world, "days.7.why"));
	world_clear(&world);
}
