/* SPDX-License-Identifier: Apache-2.0
 * Items as data: what a table of them is refused for, which version holds on a day, what an event of the list of duties does, and
 * how a result leaves. */
#include "world.h"

#include <sys/resource.h>

#define HEAD                                                                                                              \
	"编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办,对应职权,版本,生效日期\\n"
#define ROW(code, mode, legal, promised, materials, review, duty, version, from)                                           \
	code ",名称,公共服务," mode ",《甲法》第一条,内容,自然人," legal ",示例," promised ",条件," materials "," review \
	     ",政府,结果,中心,工作日,0878-1,是," duty "," version "," from "\\n"
#define GOOD(code) ROW(code, "代办", "20", "10", "身份证|申请人", "社会事务", "", "1", "2020-01-01")

static int32_t import(World *world, const char *rows)
{
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, rows);

	return import_items(world, json);
}

static int32_t ask(World *world, const char *code)
{
	as_resident(world);
	return ask_through(world, code, "");
}

static void expect_refused_like(int32_t status, int32_t wanted, World *world, const char *code)
{
	cr_expect(is_refused(world, status, wanted, code), "%d %s, not %s", status, zhen_test_body(world->test), code);
}

Test(items, a_table_with_one_fault_is_refused_whole)
{
	static const struct {
		const char *row, *column, *code;
	} rows[] = {
		{ ROW("B", "快办", "20", "10", "身份证|申请人", "社会事务", "", "1", "2020-01-01"), "办理方式", "mode-unknown" },
		{ ROW("B", "代办", "20", "21", "身份证|申请人", "社会事务", "", "1", "2020-01-01"), "承诺时限", "promise-too-long" },
		{ ROW("B", "代办", "20", "二十", "身份证|申请人", "社会事务", "", "1", "2020-01-01"), "承诺时限", "not-a-number" },
		{ ROW("B", "代办", "20", "10", "其他材料|申请人", "社会事务", "", "1", "2020-01-01"), "申请材料", "material-vague" },
		{ ROW("B", "代办", "20", "10", "身份证|申请人", "派出所", "", "1", "2020-01-01"), "审核", "office-unknown" },
		{ ROW("B", "直办", "20", "0", "身份证|申请人", "社会事务", "", "1", "2020-01-01"), "审核", "direct-elsewhere" },
		{ ROW("1.2E+9", "代办", "20", "10", "身份证|申请人", "社会事务", "", "1", "2020-01-01"), "编码", "code-scientific" },
		{ ROW("B", "代办", "20", "10", "身份证|申请人", "社会事务", "", "1", "二月三十"), "生效日期", "not-a-date" },
		{ ROW("B", "代办", "20", "10", "身份证|申请人", "入户调查@社会事务:5:三人", "", "1", "2020-01-01"), "审核", "people-unknown" },
		{ "B,名称,行政许可,代办,《甲法》第一条,内容,自然人,20,示例,10,条件,身份证|申请人,现场核查@农业农村:5,政府,结果,中心,工作日,0878-1,是,,1,2020-01-01\\n",
		  "审核", "two-checkers" },
		{ GOOD("A"), "编码", "code-twice" },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(GOOD("A"), rows[i].row, NULL);
		g_autofree char *field = g_strdup_printf("lines.3.%s", rows[i].column);

		cr_expect_eq(import(&world, text), 422, "row %zu", i);
		cr_expect_str_eq(value(&world, "errors.0.field"), field, "row %zu: %s", i, zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu", i);
		cr_expect_eq(zhen_test_call(world.test, "GET", "/items/A", NULL), 404, "the good row of a bad table");
	}
	expect_done(&world, import(&world, GOOD("A")), 201, "a good table");
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/A", NULL), 200, "its item");
	world_clear(&world);
}

/* "row.column=code …" of the answer. */
static char *faults_told(World *world)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (int i = 0;; i++) {
		g_autofree char *field = g_strdup_printf("errors.%d.field", i),
				*code = g_strdup_printf("errors.%d.code", i);

		if (value(world, field)[0] == '\0')
			return g_string_free(g_steal_pointer(&all), FALSE);
		g_string_append_printf(all, "%s%s=", i > 0 ? " " : "", value(world, field) + strlen("lines."));
		g_string_append(all, value(world, code));
	}
}

Test(items, every_fault_of_every_row_is_told_by_the_row_that_excel_shows)
{
	static const struct {
		const char *rows, *told;
	} tables[] = {
		/* The cell of materials has two lines: the next row is the third all the same. */
		{ ROW("A", "代办", "20", "10", "\\\"身份证|申请人；\\n户口簿|申请人\\\"", "社会事务", "", "1", "2020-01-01")
		  ROW("B", "快办", "20", "21", "其他材料|申请人", "社会事务", "", "1", "2020-01-01"),
		  "3.承诺时限=promise-too-long 3.办理方式=mode-unknown 3.申请材料=material-vague" },
		{ ROW("A", "快办", "二十", "十", "身份证|申请人", "派出所", "", "一", "二月三十"),
		  "2.法定时限=not-a-number 2.承诺时限=not-a-number 2.审核=office-unknown 2.版本=not-a-number 2.生效日期=not-a-date "
		  "2.办理方式=mode-unknown" },
		{ GOOD("A") ROW("A", "代办", "20", "10", "", "社会事务", "", "1", "2020-01-01"),
		  "3.申请材料=guide-incomplete 3.编码=code-twice" },
		{ ROW("Y", "代办", "20", "10", "", "社会事务", "", "2", "2020-01-01") GOOD("X"),
		  "2.申请材料=guide-incomplete 2.编码=code-retired" },
	};
	World world = world_at("2026-09-18");

	expect_done(&world, import(&world, GOOD("Y")), 201, "an item");
	expect_done(&world, zhen_test_call(world.test, "POST", "/items/Y/retire", "{\"reason\": \"依据废止\"}"), 200,
	            "given up");
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		cr_expect(is_refused(&world, import(&world, tables[i].rows), 422, "rows-refused"), "table %zu", i);
		g_autofree char *told = faults_told(&world);
		cr_expect_str_eq(told, tables[i].told, "table %zu: %s", i, told);
	}
	cr_expect_eq(zhen_test_call(world.test, "GET", "/items/X", NULL), 404, "the good row of a bad table");
	world_clear(&world);
}

Test(items, a_version_published_ahead_holds_from_its_day_on)
{
	World world = world_at("2026-09-18");

	expect_done(&world, import(&world, GOOD("A")), 201, "version 1");
	expect_done(&world,
	            import(&world, ROW("A", "代办", "20", "5", "身份证|申请人", "社会事务", "", "2", "2026/10/8")), 201,
	            "version 2");
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/A", NULL), 200, "before");
	cr_expect_eq(zhen_test_int(world.test, "guide.promised.days"), 10);
	turn_to(&world, "2026-10-08");
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/A", NULL), 200, "on its day");
	cr_expect_eq(zhen_test_int(world.test, "guide.promised.days"), 5);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/A?version=1", NULL), 200, "the old one");
	cr_expect_eq(zhen_test_int(world.test, "guide.promised.days"), 10);
	cr_expect_eq(import(&world, ROW("A", "代办", "20", "7", "身份证|申请人", "社会事务", "", "2", "2026-10-08")),
	             422);
	cr_expect_str_eq(value(&world, "errors.0.code"), "version-not-newer");
	world_clear(&world);
}

#define FIELDS_HEAD "编码,名称,事项类型,办理方式,设定依据,行使内容,服务对象,法定时限,法定时限依据,承诺时限,受理条件,申请材料,审核,决定,结果名称,办理地点,"  \
	"办理时间,咨询电话,可网办,填写要素\\n"
#define WITH_FIELDS(cell) "F,名称,公共服务,代办,《甲法》第一条,内容,自然人,20,示例,10,条件,身份证|申请人,社会事务,政府,结果,中心,工作日,0878-1,是," cell "\\n"
#define ASKED "家庭人口|整数|必填|1-20；上月收入|小数|选填|0-9999；住房|选择|必填|自有、租住；开业日|日期|选填；残疾|是否|选填；说明|文字|选填|4"

static int32_t import_fields_of(World *world, const char *row)
{
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", FIELDS_HEAD, row);

	return import_items(world, json);
}

Test(items, a_form_whose_fields_cannot_be_asked_is_not_published)
{
	static const char *const cells[] = {
		"人口|数量|必填", "人口|整数|必填|许多", "人口|整数|必填|9-3", "人口|整数|必填|1-20|例：多", "人口|整数|必填|1-20|例：21", "住房|选择|必填|自有", "住房|选择", "人口|整数；人口|文字", "人口|整数|1、2",
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
		g_autofree char *row = g_strdup_printf("F,名称,公共服务,代办,《甲法》第一条,内容,自然人,20,示例,10,条件,身份证|申请人,社会事务,政府,结果,中心,"
		                                       "工作日,0878-1,是,%s\\n", cells[i]);

		cr_expect_eq(import_fields_of(&world, row), 422, "%s: %s", cells[i], zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.field"), "lines.2.填写要素", "%s: %s", cells[i],
		                 zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), "form-fault", "%s", cells[i]);
	}
	expect_done(&world, import_fields_of(&world, WITH_FIELDS(ASKED)), 201, "as it should be");
	world_clear(&world);
}

#define ROWS_OF(rows_) ", \"answers\": [" rows_ "]"
#define SAYS(name_, value_) "{\"name\": \"" name_ "\", \"value\": \"" value_ "\"}"
#define ENOUGH SAYS("家庭人口", "3") ", " SAYS("住房", "自有")

Test(items, a_form_takes_what_the_item_asks_for_and_nothing_else)
{
	static const struct {
		const char *more, *field, *code, *title; /* field NULL: taken */
	} rows[] = {
		{ "", "answers", "required", "请填写“家庭人口”，从该事项的办事指南打开申请表就有这一栏 (f1 is missing)" },
		{ ROWS_OF(SAYS("家庭人口", "3")), "answers", "required", "请填写“住房”，从该事项的办事指南打开申请表就有这一栏 (f3 is missing)" },
		{ ROWS_OF(SAYS("家庭人口", "3") ", " SAYS("住房", "")), "answers.1.value", "required", "请填写“住房” (f3 is missing)" },
		{ ROWS_OF(ENOUGH ", " SAYS("籍贯", "云南")), "answers.2.name", "not-asked", "该事项没有要求填写“籍贯” (籍贯 is not asked for)" },
		{ ROWS_OF(ENOUGH ", " SAYS("f1", "4")), "answers.2.value", "twice", "“家庭人口”填写了两次 (f1 is there twice)" },
		{ ROWS_OF(SAYS("家庭人口", "三") ", " SAYS("住房", "自有")), "answers.0.value", "not-a-number",
		  "“家庭人口”应为整数，1 至 20 (f1 has to be a whole number from 1 to 20)" },
		{ ROWS_OF(SAYS("家庭人口", "21") ", " SAYS("住房", "自有")), "answers.0.value", "not-a-number", NULL },
		{ ROWS_OF(SAYS("家庭人口", "3.5") ", " SAYS("住房", "自有")), "answers.0.value", "not-a-number", NULL },
		{ ROWS_OF(SAYS("家庭人口", "3") ", " SAYS("住房", "宫殿")), "answers.1.value", "no-choice",
		  "“住房”应为自有、租住 之一 (f3 has to be one of 自有、租住)" },
		{ ROWS_OF(ENOUGH ", " SAYS("上月收入", "1.234")), "answers.2.value", "not-a-number", NULL },
		{ ROWS_OF(ENOUGH ", " SAYS("上月收入", "-1")), "answers.2.value", "not-a-number", NULL },
		{ ROWS_OF(ENOUGH ", " SAYS("上月收入", "1.")), "answers.2.value", "not-a-number", NULL },
		{ ROWS_OF(ENOUGH ", " SAYS("开业日", "2026-02-30")), "answers.2.value", "not-a-date", NULL },
		{ ROWS_OF(ENOUGH ", " SAYS("残疾", "也许")), "answers.2.value", "not-yes-or-no", NULL },
		{ ROWS_OF(ENOUGH ", " SAYS("说明", "五个字太长")), "answers.2.value", "too-long", "“说明”应为不超过4字 (f6 has to be at most 4 characters)" },
		{ ROWS_OF(ENOUGH), NULL, NULL, NULL },
		{ ROWS_OF(SAYS("f1", "3") ", " SAYS("住房（必填，自有、租住 之一）", "租住") ", " SAYS("上月收入", "0.5") ", " SAYS("开业日", "2026-09-01") ", "
		          SAYS("残疾", "否") ", " SAYS("说明", "四个汉字")), NULL, NULL, NULL },
	};
	World world = world_at("2026-09-18");

	expect_done(&world, import_fields_of(&world, WITH_FIELDS(ASKED)), 201, "item");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		as_resident(&world);
		int32_t status = ask_through(&world, "F", rows[i].more);

		cr_expect_eq(status, rows[i].field == NULL ? 201 : 422, "row %zu: %s", i, zhen_test_body(world.test));
		if (rows[i].field == NULL)
			continue;
		cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu: %s", i,
		                 zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu", i);
		if (rows[i].title != NULL)
			cr_expect_str_eq(value(&world, "errors.0.title"), rows[i].title, "row %zu", i);
	}
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM matter"), "2",
	                 "what is refused changes nothing");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT answers FROM application ORDER BY matter LIMIT 1"),
	                 "[{\"name\":\"f1\",\"label\":\"家庭人口\",\"value\":\"3\"},{\"name\":\"f3\",\"label\":\"住房\",\"value\":\"自有\"}]");
	/* Items of before ask for nothing of their own. */
	expect_done(&world, import(&world, GOOD("A")), 201, "item");
	as_resident(&world);
	expect_done(&world, ask_through(&world, "A", ""), 201, "the common fields only");
	cr_expect_eq(ask_through(&world, "A", ROWS_OF(SAYS("家庭人口", "3"))), 422);
	/* The guide's form begins with them, and so does that of a self-service point. */
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/F", NULL), 200, "the guide");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "\"answers.0.name\":\"家庭人口（必填，整数，1 至 20）\""),
	                   "%s", zhen_test_body(world.test));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "\"answers.5.name\":\"说明（选填，不超过4字）\""));
	world_clear(&world);
}

/* As shipped: what is looked into on the spot is looked into by two, whoever says yes to it. */
Test(items, a_visit_to_the_home_or_the_site_is_made_by_two)
{
	static const struct {
		const char *code, *body, *checks, *field; /* field NULL: done */
	} rows[] = {
		{ "YB0203", "social", "", "checker" },
		{ "YB0203", "social", ", \"checker\": \"21\", \"checked_on\": \"2026-09-18\"", "second_checker" },
		{ "YB0203", "social", ", \"checker\": \"21\", \"second_checker\": \"21\", \"checked_on\": \"2026-09-18\"", "second_checker" },
		{ "YB0203", "social", ", \"checker\": \"21\", \"second_checker\": \"22\"", "checked_on" },
		{ "YB0203", "social", ", \"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"2026-09-18\"", NULL },
		{ "YB0204", "social", "", "checker" }, { "YB0205", "social", "", "checker" }, { "YB0207", "social", "", "checker" },
		{ "YB0209", "social", "", "checker" }, { "YB0210", "social", "", "checker" }, { "YB0212", "agriculture", "", "checker" },
		{ "YB0214", "social", "", "checker" }, { "YB0217", "agriculture", "", "checker" }, { "YB0218", "agriculture", "", "checker" },
		{ "YB0201", "social", "", NULL }, { "YB0206", "social", "", NULL },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *body = g_strconcat(rows[i].body, "-" TOWNSHIP, NULL);
		g_autofree char *json =
			g_strdup_printf("{\"decision\": \"approve\", \"opinion\": \"符合\"%s}", rows[i].checks);

		as_window(&world);
		expect_done(&world, ask_through(&world, rows[i].code, ""), 201, rows[i].code);
		world.id = (int)zhen_test_int(world.test, "id");
		as_window(&world);
		expect_done(&world, act(&world, "accept", NULL), 200, rows[i].code);
		zhen_test_as(world.test, "某人", body, NULL, "approvals.read approvals.review");
		int32_t status = step(&world, "s1", json);
		cr_expect_eq(status, rows[i].field != NULL ? 422 : 200, "row %zu: %s", i, zhen_test_body(world.test));
		if (rows[i].field != NULL)
			cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu", i);
	}
	world_clear(&world);
}

static const char duty_event[] = "{\"item\": \"D1\", \"township\": \"" TOWNSHIP "\", \"unit\": \"" TOWNSHIP "\", \"name\": \"职权\", "
				 "\"effective_from\": \"%s\"}";

static int32_t duty(World *world, const char *verb, const char *from)
{
	g_autofree char *topic = g_strconcat("duties.item.", verb, NULL);
	g_autofree char *json = g_strdup_printf(duty_event, from);

	return zhen_test_deliver(world->test, topic, "D1", json);
}

Test(items, what_rests_on_a_duty_follows_the_list_of_duties)
{
	World world = world_at("2026-09-18");

	expect_done(&world,
	            import(&world,
	                   ROW("A", "代办", "20", "10", "身份证|申请人", "社会事务", "D1", "1", "2020-01-01")
	                           ROW("B", "代办", "20", "10", "身份证|申请人", "社会事务", "D2", "1", "2020-01-01")),
	            201, "items");
	expect_done(&world, ask(&world, "B"), 201, "while nothing is known");
	cr_expect_eq(duty(&world, "assigned", "2026-09-18"), 200, "%s", zhen_test_body(world.test));
	expect_done(&world, ask(&world, "A"), 201, "a duty of this township");
	expect_refused_like(ask(&world, "B"), 409, &world, "outside-list");
	/* A later version lists it too: until that day the present one counts. */
	cr_expect_eq(duty(&world, "changed", "2027-01-01"), 200);
	expect_done(&world, ask(&world, "A"), 201, "as before");
	/* Withdrawn from a day on: until then it goes on. */
	cr_expect_eq(duty(&world, "withdrawn", "2026-10-01"), 200);
	expect_done(&world, ask(&world, "A"), 201, "until its day");
	turn_to(&world, "2026-10-01");
	expect_refused_like(ask(&world, "A"), 409, &world, "outside-list");
	cr_expect_eq(duty(&world, "changed", "2026-10-01"), 200);
	expect_done(&world, ask(&world, "A"), 201, "taken up again");
	world_clear(&world);
}

static void looks_at(World *world, const char *path)
{
	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, path);
}

static bool says(World *world, const char *words)
{
	return strstr(zhen_test_body(world->test), words) != NULL;
}

Test(items, a_power_that_left_the_list_is_offered_no_more_and_says_since_when)
{
	static const char gone[] = "自2026年9月22日起，永定镇已无此项权力（职权 D1 已不在权责清单内）", guide[] = "/items/A?at=" VILLAGE,
			  list[] = "/lists/" TOWNSHIP, print[] = "/items/A/guide", at[] = "{\"at\": \"" TOWNSHIP "\"}";
	World world = world_at("2026-09-18");

	expect_done(&world,
	            import(&world, ROW("A", "代办", "20", "10", "身份证|申请人", "社会事务", "D1", "1", "2020-01-01")
	                                   GOOD("B")),
	            201, "items");
	cr_expect_eq(duty(&world, "assigned", "2026-09-18"), 200);
	as_county_admin(&world);
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/lists",
	                           "{\"division\": \"" TOWNSHIP "\", \"codes\": [{\"code\": \"A\"}, {\"code\": \"B\"}]}"), 201, "the draft");
	as_publisher(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/lists/" TOWNSHIP "/publish", "{}"), 201, "the list");
	expect_done(&world, ask(&world, "A"), 201, "while it has the power");
	world.id = (int)zhen_test_int(world.test, "id");
	expect_done(&world, zhen_test_call(world.test, "POST", print, at), 200, "printed");
	cr_expect_eq(duty(&world, "withdrawn", "2026-09-22"), 200);
	turn_to(&world, "2026-09-21");
	looks_at(&world, guide);
	cr_expect(says(&world, "在线申请") && !says(&world, "已无此项权力"), "%s", zhen_test_body(world.test));
	turn_to(&world, "2026-09-22");
	looks_at(&world, guide);
	cr_expect(!says(&world, "在线申请"), "%s", zhen_test_body(world.test));
	cr_expect_not_null(strstr(value(&world, "missing"), gone), "%s", value(&world, "missing"));
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/A", NULL), 200, "by the township's window");
	cr_expect(!says(&world, "在线申请"), "%s", zhen_test_body(world.test));
	cr_expect_not_null(strstr(value(&world, "missing"), gone));
	looks_at(&world, "/items/A?at=" OTHER_TOWNSHIP);
	cr_expect(says(&world, "在线申请") && !says(&world, "已无此项权力"), "the neighbour's is its own");
	looks_at(&world, list);
	cr_expect_not_null(strstr(value(&world, "items.0.missing"), gone), "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.0.online"), "false");
	cr_expect_str_eq(value(&world, "items.1.missing"), "");
	cr_expect_str_eq(value(&world, "items.1.online"), "true");
	/* What hangs on the wall says otherwise now: it is printed anew. */
	cr_expect_eq(zhen_test_call(world.test, "GET", "/items/A/guide?at=" TOWNSHIP, NULL), 404);
	expect_done(&world, zhen_test_call(world.test, "POST", print, at), 200, "printed anew");
	expect_refused_like(ask(&world, "A"), 409, &world, "outside-list");
	cr_expect(says(&world, gone) && says(&world, "since 2026-09-22"), "%s", zhen_test_body(world.test));
	as_window(&world);
	expect_done(&world, act(&world, "accept", "{\"papers\": true}"), 200, "what was asked for before goes on");
	world_clear(&world);
}

Test(items, the_result_leaves_through_the_window_even_for_those_who_may_everything)
{
	static const char hand[] = "{\"method\": \"window\", \"receiver\": \"张三\", \"signed\": true}";
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "*");
	expect_refused_like(act(&world, "deliver", hand), 403, &world, "wrong-body");
	zhen_test_as(world.test, "外镇", "window-" OTHER_TOWNSHIP, NULL, "*");
	expect_refused_like(act(&world, "deliver", hand), 404, &world, "not-found");
	zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "*");
	expect_done(&world, act(&world, "deliver", hand), 200, "by the window");
	expect_refused_like(act(&world, "deliver", hand), 409, &world, "already-delivered");
	world_clear(&world);
}

static bool is_offered(World *world, const char *title)
{
	g_autofree char *path = g_strdup_printf("/cases/%d", world->id);
	g_autofree char *quoted = g_strdup_printf("\"%s\"", title);

	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, "the case");
	return strstr(zhen_test_body(world->test), quoted) != NULL;
}

/* 行政许可法 44: put away, it could be handed over no more. */
Test(items, what_was_granted_is_handed_over_before_it_is_put_away)
{
	static const char away[] = "{\"retention\": \"10\"}";
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "*");
	cr_expect_not(is_offered(&world, "归档"), "%s", zhen_test_body(world.test));
	expect_refused_like(act(&world, "archive", away), 409, &world, "not-delivered");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "统一出件"));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "deliver the decision"));
	expect_done(&world, act(&world, "deliver", "{\"method\": \"mail\", \"tracking\": \"EMS1\"}"), 200, "by mail");
	cr_expect_not(is_offered(&world, "归档"), "it may still be signed for and rated");
	turn_to(&world, "2026-10-20");
	cr_expect(is_offered(&world, "归档"), "%s", zhen_test_body(world.test));
	expect_done(&world, act(&world, "archive", away), 200, "put away");
	world_clear(&world);
}

Test(items, an_application_that_came_to_nothing_is_forgotten_whatever_its_form)
{
	World world = world_at("2026-09-18");

	expect_done(&world, import(&world, GOOD("A")), 201, "item");
	expect_done(&world, ask(&world, "A"), 201, "filed");
	g_autofree char *number = g_strdup(value(&world, "number"));
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"}", number, value(&world, "code"));
	expect_done(&world, zhen_test_call(world.test, "POST", "/track/retract", json), 200, "retracted");
	cr_expect_eq(zhen_test_purge(world.test, "application", number), 200, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM application"), "0");
	world_clear(&world);
}

/* Whose an item is: another county's people neither give it up nor publish its draft, and nobody publishes a draft of his own. */
Test(items, a_county_acts_on_its_own_items_and_two_people_publish)
{
	static const struct {
		const char *who, *body, *path;
		int32_t status;
		const char *code;
	} rows[] = {
		{ "县管理员", "county-service-532327000000", "/drafts/publish", 409, "own-draft" },
		{ "县管理员", "county-service-532327000000", "/drafts/1/publish", 409, "own-draft" },
		{ "外县", "county-service-532329000000", "/drafts/publish", 404, "no-draft" },
		{ "外县", "county-service-532329000000", "/drafts/1/publish", 404, "no-draft" },
		{ "州", "prefecture-staffing-532300000000", "/drafts/1/publish", 404, "no-draft" },
		{ "发布人", "county-staffing-532327000000", "/drafts/publish", 201, "" },
		{ "外县", "county-service-532329000000", "/items/A/retire", 404, "not-found" },
		{ "县管理员", "county-service-532327000000", "/items/A/retire", 200, "" },
		{ "县管理员", "county-service-532327000000", "/items/A/retire", 404, "not-found" },
	};
	static const char reason[] = "{\"reason\": \"调整\"}";
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, GOOD("A"));
	World world = world_at("2026-09-18");

	as_county_admin(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/imports", json), 201, "a draft");
	cr_expect_eq(zhen_test_call(world.test, "GET", "/items/A", NULL), 404, "seen before it is published");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_test_as(world.test, rows[i].who, rows[i].body, NULL, "approvals.publish");
		int32_t status =
			zhen_test_call(world.test, "POST", rows[i].path, strstr(rows[i].path, "retire") != NULL ? reason : "{}");
		cr_expect(status == rows[i].status && strcmp(rows[i].code, status < 400 ? "" : value(&world, "code")) == 0,
		          "row %zu: %d %s", i, status, zhen_test_body(world.test));
	}
	expect_refused_like(ask(&world, "A"), 404, &world, "item-unknown");
	world_clear(&world);
}

Test(items, where_one_is_enough_an_import_is_published_at_once)
{
	World world = world_with("2026-09-18", "item_publisher", "anyone");
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, GOOD("A"));

	as_county_admin(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/imports", json), 201, "imported");
	expect_done(&world, ask(&world, "A"), 201, "and in force");
	world_clear(&world);
}

/* As some programs write each and every cell. */
Test(items, a_file_of_quoted_cells_takes_no_room_beyond_its_own)
{
	World world = world_at("2026-09-18");
	g_autoptr(GString) rows = g_string_new("");
	struct rusage before, after;

	for (int i = 0; i < 1000; i++) {
		g_string_append_printf(rows, "\\n\\\"R%d\\\"", i);
		for (int cell = 1; cell < 15; cell++)
			g_string_append(rows, ",\\\"二\\\"\\\"\\\"\\\"");
	}
	g_autofree char *json = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, rows->str);
	as_county_admin(&world);
	getrusage(RUSAGE_SELF, &before);
	cr_expect(is_refused(&world, zhen_test_call(world.test, "POST", "/imports", json), 422, "rows-refused"), "%s",
	          zhen_test_body(world.test));
	getrusage(RUSAGE_SELF, &after);
	cr_expect_leq(after.ru_maxrss - before.ru_maxrss, 200 * 1024, "%ld KB more",
	              after.ru_maxrss - before.ru_maxrss);
	world_clear(&world);
}

/* What a township or a village offers is told to its residents: by the same rule as items. */
Test(items, who_draws_up_a_list_does_not_publish_it)
{
	static const char *const anyone[] = { NULL, "item_publisher" };
	g_autofree char *imports = g_strdup_printf("{\"content\": \"%s%s\"}", HEAD, GOOD("A"));

	for (size_t i = 0; i < G_N_ELEMENTS(anyone); i++) {
		World world = world_with("2026-09-18", anyone[i], "anyone");

		if (i == 0)
			cr_expect_eq(import_items(&world, imports), 201);
		as_county_admin(&world);
		if (i == 1)
			expect_done(&world, zhen_test_call(world.test, "POST", "/imports", imports), 201, "imported");
		expect_done(&world,
		            zhen_test_call(world.test, "POST", "/lists",
		                           "{\"division\": \"" TOWNSHIP "\", \"codes\": [{\"code\": \"A\"}]}"),
		            201, "drawn up");
		int32_t status = zhen_test_call(world.test, "POST", "/lists/" TOWNSHIP "/publish", "{}");
		if (i == 0)
			cr_expect(is_refused(&world, status, 409, "own-draft"), "%s", zhen_test_body(world.test));
		else
			expect_done(&world, status, 201, "where one is enough");
		as_publisher(&world);
		expect_done(&world, zhen_test_call(world.test, "GET", "/lists/drafts", NULL), 200, "what waits");
		cr_expect_str_eq(value(&world, "items.0.division"), i == 0 ? TOWNSHIP : "");
		expect_done(&world, zhen_test_call(world.test, "GET", "/lists/drafts/" TOWNSHIP, NULL), 200,
		            "to look through");
		cr_expect_str_eq(value(&world, "items.0.code"), "A");
		if (i == 0)
			expect_done(&world, zhen_test_call(world.test, "POST", "/lists/" TOWNSHIP "/publish", "{}"),
			            201, "by another");
		world_clear(&world);
	}
}
