/* SPDX-License-Identifier: Apache-2.0
 * What a refused file is told: each fault by its row as Excel shows it and by the column as the file calls it. */
#include "world.h"

typedef struct Fault {
	const char *field, *code;
} Fault;

static void expect_faults(World *world, const char *what, const Fault *faults)
{
	size_t n = 0;

	for (; faults[n].field != NULL; n++) {
		g_autofree char *field = g_strdup_printf("errors.%zu.field", n),
				*code = g_strdup_printf("errors.%zu.code", n);

		cr_expect_str_eq(value(world, field), faults[n].field, "%s, fault %zu: %s", what, n,
		                 zhen_test_body(world->test));
		cr_expect_str_eq(value(world, code), faults[n].code, "%s, fault %zu", what, n);
	}
	g_autofree char *more = g_strdup_printf("errors.%zu.field", n);
	cr_expect_str_eq(value(world, more), "", "%s: more than %zu faults: %s", what, n, zhen_test_body(world->test));
}

/* Rows 3 and 4 of Excel are lines 3 and 6 of the file. */
#define HEAD "某县权责目录,,,,\n事项编码（必填）,职权名称,法律依据,设定层级,清单\n"
#define TWO_LINES "A-1,\"甲\n（含\n换行）\",《甲法》,省,基本\n"

Test(imports, every_fault_of_every_row_is_told_by_row_and_head_of_the_file)
{
	static const struct {
		const char *what, *csv;
		Fault faults[8];
	} files[] = {
		{ "a row after cells of several lines", HEAD TWO_LINES "A-2,乙,,省,基本\n",
		  { { "lines.4.法律依据", "basis-missing" } } },
		{ "all faults of one row", HEAD TWO_LINES "甲 乙,,,区,配合\n",
		  { { "lines.4.设定层级", "word-unknown" }, { "lines.4.事项编码（必填）", "code-invalid" },
		    { "lines.4.职权名称", "name-missing" }, { "lines.4.法律依据", "basis-missing" },
		    { "lines.4.牵头部门", "lead-missing" }, { "lines.4.配合职责", "duty-missing" } } },
		{ "empty rows count, as in Excel", HEAD "\n,,,,\n" TWO_LINES "1.0E+5,,《乙法》,省,\n",
		  { { "lines.6.事项编码（必填）", "code-scientific" }, { "lines.6.职权名称", "name-missing" } } },
		{ "a code used twice, and what else is wrong with its row", HEAD TWO_LINES "A-1,,《乙法》,省,\n",
		  { { "lines.4.职权名称", "name-missing" }, { "lines.4.事项编码（必填）", "code-twice" } } },
		{ "a subtotal counts the rows at fault too", HEAD TWO_LINES "A-2,,《乙法》,省,\n合计,2\n",
		  { { "lines.4.职权名称", "name-missing" } } },
		{ "a quote that does not end", HEAD TWO_LINES "A-2,\"乙,《乙法》,省,\n", { { "lines.4", "file-unreadable" } } },
		{ "bytes that are no text", HEAD TWO_LINES "A-2,\xff\xff,《乙法》,省,\n", { { "lines.4", "file-unreadable" } } },
	};
	World world = world_at("2026-09-18");

	as_prefecture(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *json = g_strdup_printf(
			"{\"code\": \"f\", \"title\": \"t\", \"kind\": \"statutory\", \"division\": \"" PREFECTURE "\", \"file\": \"%s\"}",
			zhen_test_upload(world.test, files[i].csv, strlen(files[i].csv)));

		cr_expect(is_refused(&world, post(&world, "/catalogues", json), 422, "rows-refused"), "%s",
		          files[i].what);
		expect_faults(&world, files[i].what, files[i].faults);
	}
	world_clear(&world);
}

Test(imports, a_code_that_is_taken_is_told_with_what_else_is_wrong)
{
	static const Fault faults[] = { { "lines.2.名称", "name-missing" }, { "lines.2.编码", "code-taken" },
		                        { "lines.3.依据", "basis-missing" }, { NULL, NULL } };
	World world = world_at("2026-09-18");

	as_prefecture(&world);
	done(&world, bring(&world, "one", "statutory", PREFECTURE, "编码,名称,依据,层级\nA-1,甲,《甲法》,省\n", ""),
	     201, "one");
	cr_expect(is_refused(&world,
	                     bring(&world, "two", "statutory", PREFECTURE,
	                           "编码,名称,依据,层级\nA-1,,《甲法》,省\nA-2,乙,,省\n", ""),
	                     422, "rows-refused"));
	expect_faults(&world, "taken", faults);
	world_clear(&world);
}

Test(imports, more_faults_than_are_listed_are_counted)
{
	World world = world_at("2026-09-18");
	g_autoptr(GString) csv = g_string_new("编码,名称,依据,层级\n");

	for (int i = 0; i < 150; i++)
		g_string_append_printf(csv, "A-%d,,,省\n", i);
	as_prefecture(&world);
	cr_expect(is_refused(&world, bring(&world, "f", "statutory", PREFECTURE, csv->str, ""), 422, "rows-refused"));
	cr_expect_not_null(strstr(value(&world, "title"), "300处错误"), "%s", value(&world, "title"));
	cr_expect_not_null(strstr(value(&world, "title"), "另有200处未列出"), "%s", value(&world, "title"));
	cr_expect_str_eq(value(&world, "errors.99.field"), "lines.51.依据");
	cr_expect_str_eq(value(&world, "errors.100.field"), "");
	world_clear(&world);
}

Test(imports, a_units_own_items_are_refused_row_by_row_as_when_added_by_hand)
{
	static const Fault faults[] = {
		{ "lines.2.编码", "code-taken" }, { "lines.3.技术要求不高", "criterion-not-met" },
		{ "lines.3.易发现易处置", "criterion-unanswered" }, { "lines.5.编码", "code-listed" },
		{ "lines.6.权力类型", "power-missing" }, { "lines.8.基层迫切需要", "criterion-unanswered" },
		{ "lines.8.能有效衔接", "criterion-unanswered" }, { "lines.8.技术要求不高", "criterion-unanswered" },
		{ "lines.8.易发现易处置", "criterion-unanswered" }, { NULL, NULL },
	};
	World world = world_at("2026-09-18");

	import_shipped(&world);
	int id = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", id, "add", "{\"code\": \"BD-001\", \"name\": \"甲\", \"basis\": \"甲法\"}"),
	     200, "add");
	g_autofree char *content = json_text("编码,名称,依据,类别,基层迫切需要,能有效衔接,技术要求不高,易发现易处置\n"
	                                     "KX-001,乙,乙法,民生,,,,\nBD-002,丙,丙法,行政处罚,是,是,否,\n"
	                                     "BD-003,丁,丁法,行政强制,是,是,是,是\nBD-001,戊,戊法,,,,,\n"
	                                     "BD-004,己,己法,行政执法,是,是,是,是\nBD-005,扣押物品登记,庚法,不是行政权力,,,,\n"
	                                     "BD-006,辛,辛法,行政检查,,,,\n");
	g_autofree char *json = g_strdup_printf("{\"content\": %s}", content);
	cr_expect(is_refused(&world, act(&world, "lists", id, "import", json), 422, "rows-refused"));
	expect_faults(&world, "local", faults);
	g_autofree char *path = g_strdup_printf("/lists/%d", id);
	done(&world, get(&world, path), 200, "draft");
	cr_expect_str_eq(value(&world, "local"), "1");
	world_clear(&world);
}

Test(imports, posts_and_persons_are_told_every_fault_of_a_row)
{
	static const Fault posts[] = {
		{ "lines.3.岗位名称", "required" }, { "lines.3.类别", "word-unknown" }, { "lines.3.事项编码", "item-not-in-list" },
		{ "lines.4.编号", "post-code-taken" }, { NULL, NULL },
	};
	static const Fault persons[] = {
		{ "lines.2.类别", "word-unknown" }, { "lines.2.日期", "not-a-date" }, { "lines.2.来源", "transfer-alone" },
		{ "lines.3.姓名", "required" }, { NULL, NULL },
	};
	World world = world_at("2026-09-18");

	first_list(&world);
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "*");
	done(&world, post(&world, "/posts/import",
	                  "{\"unit\": \"" TOWNSHIP "\", \"content\": \"编号,岗位名称,类别,事项编码\\nP1,\\\"综合\\n岗\\\",staff,FQ-001\\n\"}"),
	     200, "posts");
	cr_expect(is_refused(&world, post(&world, "/posts/import",
	                                  "{\"unit\": \"" TOWNSHIP "\", \"content\": \"编号,岗位名称,类别,事项编码\\nP2,\\\"综合\\n岗\\\",staff,FQ-001\\n"
	                                  "P3,,临时工,Z9\\nP1,综合岗,staff,\\n\"}"), 422, "rows-refused"));
	expect_faults(&world, "posts", posts);
	cr_expect(is_refused(&world, post(&world, "/persons/import",
	                                  "{\"unit\": \"" TOWNSHIP "\", \"content\": \"姓名,类别,日期,来源,依据\\n李秀英,临时工,二月三十,划转,公告\\n"
	                                  ",社区工作者,2024-03-01,选聘,公告\\n\"}"), 422, "rows-refused"));
	expect_faults(&world, "persons", persons);
	world_clear(&world);
}
