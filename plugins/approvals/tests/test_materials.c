/* SPDX-License-Identifier: Apache-2.0
 * 行政许可法 32: what is asked for stands in the item; complete it is accepted, else refused by name, deferred, promised, or
 * told in the one supplement; and no paper says of it what is not so. */
#include "world.h"

#define HEAD                                                                                                              \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办\\n"
#define ITEM                                                                                                              \
	"M1,开店,公共服务,代办,《甲法》第一条,内容,自然人,20,示例,10,条件,居民身份证|数据共享|0；近期免冠照片|申请人|2；银行账户|申请人|1|容缺后补；"  \
	"经营场所证明|申请人|1|告知承诺；合影|申请人|1|非必要,社会事务,政府,结果,中心,工作日,0878-1,是\\n"

#define PHOTO "\"material\": \"近期免冠照片\""
#define ACCOUNT "\"material\": \"银行账户\""
#define PLACE "\"material\": \"经营场所证明\""
#define ROWS(rows_) "\"materials\": [" rows_ "]"
#define ALL_PAPER ROWS("{" PHOTO ", \"how\": \"paper\"}, {" ACCOUNT ", \"how\": \"paper\"}, {" PLACE ", \"how\": \"paper\"}")
#define DEFERRED ROWS("{" PHOTO ", \"how\": \"paper\"}, {" ACCOUNT ", \"how\": \"deferred\"}, {" PLACE ", \"how\": \"paper\"}")
#define PROMISED                                                                             \
	ROWS("{" PHOTO ", \"how\": \"paper\"}, {" ACCOUNT ", \"how\": \"paper\"}, "          \
	     "{" PLACE ", \"how\": \"promised\", \"note\": \"场所为本人自有住房，合法使用\"}")

static int32_t apply(World *world, const char *verb, const char *more)
{
	g_autofree char *own = id_card(7), *path = g_strdup_printf("/items/M1/%s", verb);
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"开店\"%s}", own, more);

	return zhen_test_call(world->test, "POST", path, json);
}

static void remember(World *world)
{
	g_free(world->number);
	g_free(world->code);
	world->number = g_strdup(value(world, "number"));
	world->code = g_strdup(value(world, "code"));
	world->id = (int)zhen_test_int(world->test, "id");
}

static void file_shop(World *world)
{
	as_resident(world);
	expect_done(world, apply(world, "apply", ""), 201, "filing");
	remember(world);
}

/* With one application for the item of above. */
static World shop_at(const char *day)
{
	World world = world_at(day);
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, ITEM);

	expect_done(&world, import_items(&world, json), 201, "item");
	file_shop(&world);
	return world;
}

/* By the applicant: with number and code, and a file where @file. */
static int32_t sends(World *world, const char *path, const char *more, bool file)
{
	g_autofree char *digest = file ? g_strdup(zhen_test_upload(world->test, "%PDF-照片", 11)) : NULL;
	g_autofree char *upload = file ? g_strdup_printf(", \"file\": \"%s\"", digest) : g_strdup("");
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", %s%s}", world->number,
	                                        world->code, more, upload);

	as_resident(world);
	return zhen_test_call(world->test, "POST", path, json);
}

static int32_t says(World *world, const char *verb, const char *json)
{
	as_window(world);
	return act(world, verb, json);
}

/* What is printed on the newest paper of a kind. */
static char *words(World *world, const char *kind)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT content FROM document WHERE matter = %d AND kind = '%s' ORDER BY id DESC", world->id, kind);

	return g_strdup(zhen_test_sql(world->test, sql));
}

static void expect_words(World *world, const char *kind, const char *const *has, const char *const *lacks)
{
	g_autofree char *text = words(world, kind);

	cr_assert_not_null(text, "no %s", kind);
	for (size_t i = 0; has[i] != NULL; i++)
		cr_expect(strstr(text, has[i]) != NULL, "%s is not in %s", has[i], text);
	for (size_t i = 0; lacks[i] != NULL; i++)
		cr_expect(strstr(text, lacks[i]) == NULL, "%s is in %s", lacks[i], text);
}

/* What the page of the case says of a material: how, or stands. */
static char *stands(World *world, int row, const char *what)
{
	g_autofree char *path = g_strdup_printf("/cases/%d", world->id),
			*field = g_strdup_printf("checklist.%d.%s", row, what);

	as_window(world);
	cr_assert_eq(zhen_test_call(world->test, "GET", path, NULL), 200);
	return g_strdup(value(world, field));
}

Test(materials, acceptance_is_refused_with_the_name_and_field_of_each_that_lacks)
{
	static const struct {
		const char *json;
		int32_t status;
		const char *fields; /* field=code, sorted as they come */
	} rows[] = {
		{ "{}", 422, "materials=material-lacking materials=material-lacking materials=material-lacking" },
		{ "{" ROWS("{" PHOTO ", \"how\": \"paper\"}, {" ACCOUNT "}") "}", 422, "materials.1.how=material-lacking materials=material-lacking" },
		{ "{" ROWS("{" PHOTO ", \"how\": \"paper\", \"copies\": 1}") "}", 422, "materials.0.copies=copies-short" },
		{ "{" ROWS("{\"material\": \"无犯罪记录证明\", \"how\": \"paper\"}") "}", 422, "materials.0.material=material-not-listed" },
		{ "{\"papers\": true, " ROWS("{" PHOTO ", \"how\": \"waived\", \"note\": \"免了\"}") "}", 422, "materials.0.how=not-waivable" },
		{ "{\"papers\": true, " ROWS("{" PHOTO ", \"how\": \"shared\"}") "}", 422, "materials.0.how=not-shared" },
		{ "{\"papers\": true, " ROWS("{" PHOTO ", \"how\": \"missing\", \"note\": \"不清\"}") "}", 422, "materials.0.how=material-lacking" },
		{ "{\"papers\": true, " ROWS("{\"material\": \"合影\", \"how\": \"waived\"}") "}", 422, "materials.0.note=reason-missing" },
		{ "{" DEFERRED "}", 422, "promised_on=required" },
		{ "{" DEFERRED ", \"promised_on\": \"2026-09-19\"}", 409, "promise-in-future" },
		{ "{" DEFERRED ", \"promised_on\": \"2026-09-18\", \"kept\": \"file\"}", 409, "promise-not-on-file" },
		{ "{\"papers\": true, \"promised_on\": \"2026-09-18\", " ROWS("{" PHOTO ", \"how\": \"deferred\"}") "}", 409, "material-not-deferrable" },
		{ "{\"papers\": true, \"promised_on\": \"2026-09-18\", \"kept\": \"paper\", \"told\": true, "
		  ROWS("{" PHOTO ", \"how\": \"promised\", \"note\": \"有\"}") "}", 409, "not-by-promise" },
		{ "{" PROMISED ", \"promised_on\": \"2026-09-18\", \"kept\": \"paper\"}", 409, "not-told" },
		{ "{" PROMISED ", \"told\": true}", 422, "promised_on=required kept=required" },
		{ "{" PROMISED ", \"told\": true, \"promised_on\": \"2026-09-18\", \"kept\": \"file\"}", 409, "promise-not-on-file" },
	};
	World world = shop_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) found = g_string_new(NULL);
		int32_t status = says(&world, "accept", rows[i].json);

		cr_expect_eq(status, rows[i].status, "row %zu: %d %s", i, status, zhen_test_body(world.test));
		for (int k = 0;; k++) {
			g_autofree char *field = g_strdup_printf("errors.%d.field", k),
					*code = g_strdup_printf("errors.%d.code", k);
			g_autofree char *path = g_strdup(value(&world, field));

			if (path[0] == '\0')
				break;
			g_string_append_printf(found, "%s%s=%s", k > 0 ? " " : "", path, value(&world, code));
		}
		if (found->len == 0)
			g_string_assign(found, value(&world, "code"));
		cr_expect_str_eq(found->str, rows[i].fields, "row %zu: %s", i, zhen_test_body(world.test));
		g_autofree char *state = column(&world, "state");
		cr_expect_str_eq(state, "filed", "row %zu", i);
	}
	says(&world, "accept", "{}");
	cr_expect(strstr(value(&world, "errors.0.title"), "近期免冠照片") != NULL, "%s", zhen_test_body(world.test));
	cr_expect(strstr(value(&world, "errors.0.title"), "is lacking") != NULL, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM handed"), "0",
	                 "what is refused is not written down");
	world_clear(&world);
}

Test(materials, the_receipt_lists_each_as_it_came_and_says_complete_only_of_what_is)
{
	static const struct {
		const char *json, *has[6], *lacks[4];
	} rows[] = {
		{ "{" ALL_PAPER "}",
		  { "申请材料齐全、符合法定形式", "1．居民身份证：由本机关通过数据共享获取", "2．近期免冠照片：纸质2份，2026年9月18日测试人员核收",
		    "5．合影：未提交（非必要）", NULL },
		  { "容缺", "承诺代替", "尚未提交", NULL } },
		{ "{\"papers\": true, " ROWS("{\"material\": \"合影\", \"how\": \"waived\", \"note\": \"独自经营\"}") "}",
		  { "齐全", "5．合影：本件不需要：独自经营", NULL }, { "尚未提交", NULL } },
		{ "{" DEFERRED ", \"promised_on\": \"2026-09-18\"}",
		  { "3．银行账户：容缺后补", "本件容缺受理，尚缺：银行账户", NULL }, { "齐全", NULL } },
		{ "{" PROMISED ", \"promised_on\": \"2026-09-18\", \"kept\": \"paper\", \"told\": true}",
		  { "4．经营场所证明：以书面承诺代替", "本机关将于", NULL }, { "齐全", NULL } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = shop_at("2026-09-18");

		expect_done(&world, says(&world, "accept", rows[i].json), 200, "accept");
		expect_words(&world, "receipt", rows[i].has, rows[i].lacks);
		world_clear(&world);
	}
}

/* The page after filing goes on without the code: for this case, for two hours, for its materials. */
Test(materials, what_is_carried_in_place_of_the_code_opens_one_case_for_a_while)
{
	World world = shop_at("2026-09-18");
	g_autofree char *first = g_strdup(world.number), *pass = NULL, *later = NULL, *digest = NULL;

	file_shop(&world);
	pass = g_strdup(value(&world, "actions.0.fields.pass"));
	cr_assert_str_neq(pass, "", "%s", zhen_test_body(world.test));
	later = g_strdup_printf("9%s", pass);
	digest = g_strdup(zhen_test_upload(world.test, "%PDF-照片", 11));
	const struct {
		const char *path, *number, *pass;
		int32_t status;
	} rows[] = {
		{ "/track/materials", world.number, pass, 200 }, { "/track/materials", first, pass, 422 },
		{ "/track/materials", world.number, later, 422 }, { "/track/materials", world.number, "", 422 },
		{ "/track/materials", world.number, "9999999999999.", 422 }, { "/track/retract", world.number, pass, 422 },
		{ "/track", world.number, pass, 422 },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bool file = strcmp(rows[i].path, "/track/materials") == 0;
		g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"pass\": \"%s\"%s%s%s}", rows[i].number, rows[i].pass,
		                                        file ? ", \"title\": \"近期免冠照片\", \"file\": \"" : "", file ? digest : "",
		                                        file ? "\"" : "");

		as_resident(&world);
		cr_expect_eq(zhen_test_call(world.test, "POST", rows[i].path, json), rows[i].status, "row %zu: %s", i,
		             zhen_test_body(world.test));
		if (rows[i].status == 422 && file)
			cr_expect_str_eq(value(&world, "errors.0.field"), "code", "row %zu", i);
	}
	zhen_test_turn_to(world.test, morning("2026-09-18") + 2 * 3600000 + 1);
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"pass\": \"%s\", \"title\": \"银行账户\", \"file\": \"%s\"}",
	                        world.number, pass, digest);
	cr_expect_eq(zhen_test_call(world.test, "POST", "/track/materials", json), 422, "after two hours");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM material"), "1");
	world_clear(&world);
}

Test(materials, a_clerk_scans_what_was_brought)
{
	World world = shop_at("2026-09-18");
	g_autofree char *pdf = g_strdup(zhen_test_upload(world.test, "%PDF-照片", 11));
	g_autofree char *text = g_strdup(zhen_test_upload(world.test, "no paper", 8));
	const struct {
		const char *material, *how, *file, *field; /* field NULL: done */
	} rows[] = {
		{ "户口簿", "paper", pdf, "material" }, { "近期免冠照片", "paper", text, "file" }, { "近期免冠照片", "seen", pdf, "how" },
		{ "近期免冠照片", "paper", pdf, NULL }, { "银行账户", "file", pdf, NULL }, { "经营场所证明", "file", pdf, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = g_strdup_printf("{\"material\": \"%s\", \"how\": \"%s\", \"file\": \"%s\"}",
		                                        rows[i].material, rows[i].how, rows[i].file);

		as_other_township(&world);
		cr_expect_eq(act(&world, "scans", json), strcmp(rows[i].how, "seen") == 0 ? 422 : 404, "row %zu, another township's", i);
		int32_t status = says(&world, "scans", json);
		cr_expect_eq(status, rows[i].field != NULL ? 422 : 200, "row %zu: %s", i, zhen_test_body(world.test));
		if (rows[i].field != NULL)
			cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu", i);
		/* The page goes on with the next. */
		else if (i == 3)
			cr_expect_not_null(
				strstr(zhen_test_body(world.test), "/scans\",\"fields\":{\"material\":\"银行账户\"}"),
				"%s", zhen_test_body(world.test));
	}
	g_autofree char *photo = stands(&world, 1, "stands"), *account = stands(&world, 2, "stands");
	cr_expect_str_eq(photo, "纸质2份，2026年9月18日测试人员核收");
	cr_expect_str_eq(account, "电子件，2026年9月18日测试人员上传");
	cr_expect_not_null(strstr(value(&world, "checklist.1.href"), "/materials/"), "%s", zhen_test_body(world.test));
	expect_done(&world, says(&world, "accept", "{}"), 200, "nothing lacks");
	world_clear(&world);
}

Test(materials, what_is_sent_in_counts_and_what_is_only_announced_does_not)
{
	World world = shop_at("2026-09-18");

	cr_expect_eq(sends(&world, "/track/materials", "\"title\": \"近期免冠照片\"", false), 422,
	             "neither file nor paper");
	expect_done(&world, sends(&world, "/track/materials", "\"title\": \"近期免冠照片\"", true), 200, "a file");
	expect_done(&world, sends(&world, "/track/materials", "\"title\": \"告知承诺书\"", true), 200,
	            "what is not on the list");
	expect_done(&world, sends(&world, "/track/materials", "\"title\": \"全部\", \"how\": \"paper\"", false), 200,
	            "the rest on paper");
	cr_expect_eq(sends(&world, "/track/materials", "\"title\": \"无犯罪记录证明\", \"how\": \"paper\"", false), 422,
	             "none of the list");
	g_autofree char *photo = stands(&world, 1, "how"), *account = stands(&world, 2, "how"),
			*open = stands(&world, 2, "open");
	cr_expect_str_eq(photo, "file");
	cr_expect_str_eq(account, "bring");
	cr_expect_str_eq(open, "true", "%s", zhen_test_body(world.test));
	cr_expect_eq(says(&world, "accept", "{}"), 422);
	/* The signed promise was sent in: it is on file. */
	expect_done(&world,
	            says(&world, "accept",
	                 "{" ROWS("{" ACCOUNT ", \"how\": \"paper\"}, {" PLACE ", \"how\": \"promised\", \"note\": \"自有住房\"}")
	                 ", \"promised_on\": \"2026-09-18\", \"kept\": \"file\", \"told\": true}"),
	            200, "accept");
	expect_words(&world, "receipt", (const char *const[]){ "2．近期免冠照片：电子件，2026年9月18日上传", NULL },
	             (const char *const[]){ "齐全", NULL });
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT kept FROM promise"), "file");
	world_clear(&world);
}

Test(materials, the_one_supplement_lists_exactly_what_lacks_and_is_met_when_all_of_it_is_here)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, sends(&world, "/track/materials", "\"title\": \"近期免冠照片\"", true), 200, "a file");
	cr_expect_eq(says(&world, "supplement", "{\"missing\": [{\"material\": \"户口簿\", \"reason\": \"未附\"}]}"),
	             422);
	cr_expect_str_eq(value(&world, "errors.0.code"), "material-not-listed");
	/* One is named with its fault; the rest that lacks is told as well. */
	expect_done(&world, says(&world, "supplement", "{\"missing\": [{" PHOTO ", \"reason\": \"不是近期的\"}]}"), 200,
	            "supplement");
	expect_words(&world, "supplement",
	             (const char *const[]){ "1．近期免冠照片：不是近期的", "2．银行账户：尚未提交，应交1份", "3．经营场所证明：尚未提交", NULL },
	             (const char *const[]){ "居民身份证", "合影", NULL });
	g_autofree char *photo = stands(&world, 1, "stands");
	cr_expect_str_eq(photo, "尚缺：不是近期的", "what was sent in is open again");
	cr_expect(is_refused(&world, sends(&world, "/track/supplement", "\"note\": \"补了\"", false), 409,
	                     "supplement-incomplete"),
	          "%s", zhen_test_body(world.test));
	/* One of three: kept, and not taken for the whole. */
	expect_done(&world, sends(&world, "/track/supplement", "\"note\": \"照片\", \"title\": \"近期免冠照片\"", true),
	            200, "one of three");
	cr_expect_str_eq(value(&world, "state"), "supplementing");
	expect_done(&world, sends(&world, "/track/materials", "\"title\": \"银行账户\"", true), 200, "another");
	cr_expect(is_refused(&world, says(&world, "accept", "{\"papers\": true}"), 409, "case-awaiting-supplement"));
	/* The last one on paper, days later: from then on the window's days count. */
	turn_to(&world, "2026-09-21");
	expect_done(&world, says(&world, "materials", "{" ROWS("{" PLACE ", \"how\": \"paper\"}") "}"), 200, "paper");
	cr_expect_str_eq(value(&world, "state"), "filed");
	g_autofree char *watch = column(&world, "watch_on");
	cr_expect_str_eq(watch, "2026-09-29", "%s", watch);
	expect_done(&world, says(&world, "accept", "{}"), 200, "accept");
	world_clear(&world);
}

Test(materials, a_supplement_for_what_is_complete_is_refused)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, says(&world, "materials", "{\"papers\": true}"), 200, "all on paper");
	cr_expect_eq(says(&world, "supplement", "{}"), 422);
	cr_expect_str_eq(value(&world, "errors.0.code"), "nothing-lacking");
	expect_done(&world,
	            says(&world, "supplement", "{\"missing\": [{\"material\": \"申请表\", \"reason\": \"未签名\"}]}"),
	            200, "the form");
	expect_done(&world, sends(&world, "/track/supplement", "\"note\": \"已签名\"", false), 200, "signed");
	cr_expect_str_eq(value(&world, "state"), "filed");
	world_clear(&world);
}

Test(materials, deemed_accepted_with_something_open_it_is_said_and_nothing_is_granted_without_it)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, says(&world, "materials",
	                        "{\"obtained\": true, \"obtained_from\": \"省数据共享交换平台\", " ROWS("{" PHOTO ", \"how\": \"paper\"}, {" PLACE ", \"how\": \"paper\"}") "}"), 200,
	            "two of three");
	turn_to(&world, "2026-09-29");
	g_autofree char *state = column(&world, "state");
	cr_expect_str_eq(state, "review");
	expect_words(&world, "receipt", (const char *const[]){ "逾期未告知补正", "3．银行账户：尚未提交", NULL },
	             (const char *const[]){ "齐全", NULL });
	zhen_test_as(world.test, "民政", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(&world, step(&world, "s1", "{\"decision\": \"approve\", \"opinion\": \"同意\"}"), 200, "review");
	as_government(&world);
	cr_expect(is_refused(&world, step(&world, "s2", "{\"decision\": \"approve\", \"opinion\": \"准予\"}"), 409,
	                     "material-lacking"),
	          "%s", zhen_test_body(world.test));
	/* It cannot be asked for any more; but it may still come. */
	cr_expect_eq(says(&world, "materials", "{" ROWS("{" ACCOUNT ", \"how\": \"deferred\"}") "}"), 422);
	cr_expect_str_eq(value(&world, "errors.0.code"), "after-acceptance");
	cr_expect_eq(sends(&world, "/track/lacking", "\"material\": \"银行账户\"", false), 422, "without a file");
	cr_expect(is_refused(&world, sends(&world, "/track/lacking", "\"material\": \"近期免冠照片\"", true), 409,
	                     "not-lacking"));
	expect_done(&world, sends(&world, "/track/lacking", "\"material\": \"银行账户\"", true), 200, "sent in");
	as_government(&world);
	expect_done(&world, step(&world, "s2", "{\"decision\": \"approve\", \"opinion\": \"准予\"}"), 200, "granted");
	world_clear(&world);
}

Test(materials, what_was_deferred_comes_on_paper_to_the_window_too)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, says(&world, "accept", "{" DEFERRED ", \"promised_on\": \"2026-09-18\"}"), 200, "accept");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM deadline WHERE kind = 'lacking'"), "1");
	turn_to(&world, "2026-09-21");
	expect_done(&world, says(&world, "materials", "{" ROWS("{" ACCOUNT ", \"how\": \"paper\"}") "}"), 200, "paper");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM deadline WHERE kind = 'lacking'"), "0");
	cr_expect_str_neq(zhen_test_sql(world.test, "SELECT supplied_at FROM lacking"), "0");
	g_autofree char *how = stands(&world, 2, "how");
	cr_expect_str_eq(how, "paper");
	turn_to(&world, "2026-09-29");
	g_autofree char *state = column(&world, "state");
	cr_expect_str_eq(state, "review", "it did not lapse");
	expect_done(&world,
	            says(&world, "materials", "{\"obtained\": true, \"obtained_from\": \"省数据共享交换平台\"}"), 200,
	            "looked up");
	zhen_test_as(world.test, "社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(&world, step(&world, "s1", "{\"decision\": \"approve\", \"opinion\": \"符合\"}"), 200, "reviewed");
	as_government(&world);
	expect_done(&world, step(&world, "s2", "{\"decision\": \"approve\", \"opinion\": \"同意\"}"), 200, "granted");
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	expect_words(&world, "decision", (const char *const[]){ "容缺：银行账户（2026年9月21日补交）", NULL },
	             (const char *const[]){ "材料齐全", NULL });
	world_clear(&world);
}

Test(materials, the_agent_collects_and_the_window_counts)
{
	World world = shop_at("2026-09-18");

	zhen_test_account(world.test, "代办王", "代办王", "village-" VILLAGE, "approvals.read approvals.agent");
	zhen_test_as(world.test, "县管理员", "county-service-532327000000", NULL, "approvals.read approvals.places");
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/agents",
	                           "{\"body\": \"village-" VILLAGE "\", \"account\": \"代办王\", "
	                           "\"township\": \"" TOWNSHIP "\"}"),
	            201, "agent");
	zhen_test_as(world.test, "代办王", "village-" VILLAGE, NULL, "approvals.read approvals.agent");
	expect_done(&world,
	            apply(&world, "agency", ", \"authorised_on\": \"2026-09-18\", \"authorisation\": \"第1号\", \"papers\": true"), 201,
	            "filed by the agent");
	remember(&world);
	g_autofree char *text = stands(&world, 1, "stands");
	cr_expect(strstr(text, "待窗口核收") != NULL, "%s", text);
	cr_expect_eq(says(&world, "accept", "{}"), 422, "nobody has counted them");
	expect_done(&world, says(&world, "accept", "{\"papers\": true}"), 200, "counted");
	world_clear(&world);
}

Test(materials, the_form_of_accepting_begins_with_what_lacks)
{
	World world = shop_at("2026-09-18");
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id);

	as_window(&world);
	cr_assert_eq(zhen_test_call(world.test, "GET", path, NULL), 200);
	cr_expect_str_eq(value(&world, "actions.0.title"), "受理");
	g_autofree char *fields = g_strdup(value(&world, "actions.0.fields"));
	cr_expect(strstr(fields, "\"materials.2.material\": \"经营场所证明\"") != NULL ||
	          strstr(fields, "\"materials.2.material\":\"经营场所证明\"") != NULL, "%s", fields);
	cr_expect(strstr(fields, "居民身份证") == NULL && strstr(fields, "合影") == NULL, "%s", fields);
	cr_expect_str_eq(value(&world, "actions.1.title"), "一次告知补正");
	world_clear(&world);
}

/* 国务院令第716号 6, 7: what the body gets by itself is not asked of the applicant, and somebody has got it before it is granted.
 * What the body has it does not ask for again. */
Test(materials, what_the_body_has_got_is_not_asked_of_the_applicant)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, says(&world, "materials", "{\"papers\": true}"), 200, "what the applicant brought");
	g_autofree char *awaited = stands(&world, 0, "stands");
	cr_expect_str_eq(awaited, "由本机关通过数据共享获取，尚未取得", "papers are none of it");
	static const char *const nowhere[] = { "{\"obtained\": true}",
		                               "{" ROWS("{\"material\": \"居民身份证\", \"how\": \"shared\"}") "}" };
	for (size_t i = 0; i < G_N_ELEMENTS(nowhere); i++) {
		cr_expect_eq(says(&world, "materials", nowhere[i]), 422, "from nowhere");
		cr_expect_str_eq(value(&world, "errors.0.code"), "source-missing", "%s", zhen_test_body(world.test));
	}
	expect_done(&world,
	            says(&world, "materials",
	                 "{" ROWS("{\"material\": \"居民身份证\", \"how\": \"shared\", \"note\": \"公安人口库\"}") "}"),
	            200, "looked up");
	g_autofree char *got = stands(&world, 0, "stands");
	cr_expect_str_eq(got, "由本机关通过数据共享获取，2026年9月18日测试人员取得，来源：公安人口库");
	cr_expect_eq(
		says(&world, "supplement", "{\"missing\": [{\"material\": \"居民身份证\", \"reason\": \"不清\"}]}"),
		422, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "errors.0.code"), "obtained-already", "%s", zhen_test_body(world.test));
	g_autofree char *state = column(&world, "state");
	cr_expect_str_eq(state, "filed");
	world_clear(&world);
}

Test(materials, what_the_body_gets_by_itself_is_got_before_it_is_decided)
{
	World world = shop_at("2026-09-18");

	expect_done(&world, says(&world, "accept", "{" ALL_PAPER "}"), 200,
	            "accepted: of the applicant nothing is lacking");
	g_autofree char *awaited = stands(&world, 0, "stands");
	cr_expect_str_eq(awaited, "由本机关通过数据共享获取，尚未取得");
	zhen_test_as(world.test, "社会", "social-" TOWNSHIP, NULL, "approvals.read approvals.review");
	expect_done(&world, step(&world, "s1", "{\"decision\": \"approve\", \"opinion\": \"符合\"}"), 200, "reviewed");
	as_government(&world);
	cr_expect(is_refused(&world, step(&world, "s2", "{\"decision\": \"approve\", \"opinion\": \"同意\"}"), 409,
	                     "not-obtained"),
	          "%s", zhen_test_body(world.test));
	expect_done(&world,
	            says(&world, "materials", "{\"obtained\": true, \"obtained_from\": \"省数据共享交换平台\"}"), 200,
	            "looked up");
	g_autofree char *got = stands(&world, 0, "stands");
	cr_expect_str_eq(got, "由本机关通过数据共享获取，2026年9月18日测试人员取得，来源：省数据共享交换平台");
	as_government(&world);
	expect_done(&world, step(&world, "s2", "{\"decision\": \"approve\", \"opinion\": \"同意\"}"), 200, "granted");
	world_clear(&world);
}
