/* SPDX-License-Identifier: Apache-2.0
 * Posts and persons out of files: all rows or none, faults named by line and column. */
#include "people_world.h"

static int32_t import(World *world, const char *what, const char *content)
{
	g_autoptr(GString) json = g_string_new("{\"unit\": \"" TOWNSHIP "\", \"content\": \"");
	g_autofree char *path = g_strdup_printf("/%s/import", what);

	for (const char *p = content; *p != '\0'; p++)
		g_string_append(json, *p == '\n' ? "\\n" : *p == '"' ? "\\\"" : (char[]){ *p, '\0' });
	g_string_append(json, "\"}");
	as_head(world);
	return post(world, path, json->str);
}

Test(people_import, posts_come_in_as_drafts_with_their_duties)
{
	World world = world_at("2026-09-18");

	give_list(&world);
	done(&world, import(&world, "posts", "永定镇岗位目录\n岗位编号,岗位名称（必填）,人员类别,事项编码\nP1,综合岗,公务员,A1;A2\n"
	                                     "P2,\"网格岗,兼职\",全科网格员,A3；B1\n"), 200, "import");
	cr_expect_eq(zhen_test_int(world.test, "rows"), 2);
	done(&world, get(&world, "/posts"), 200, "posts");
	cr_expect_str_eq(value(&world, "items.0.name"), "网格岗,兼职");
	cr_expect_str_eq(value(&world, "items.0.rung"), "grid");
	cr_expect_str_eq(value(&world, "items.1.state"), "draft");
	done(&world, get(&world, "/posts/2"), 200, "post");
	cr_expect_str_eq(value(&world, "duties.0"), "A3");
	cr_expect_str_eq(value(&world, "duties.1"), "B1");
	world_clear(&world);
}

Test(people_import, a_single_bad_row_leaves_nothing_and_is_named)
{
	static const struct {
		const char *what, *content, *field, *code;
	} rows[] = {
		{ "posts", "岗位编号,岗位,人员类别,事项编码\nP1,综合岗,临时工,A1\nP2,综合岗,staff,Z9\n", "lines.2.人员类别", "word-unknown" },
		{ "posts", "岗位编号,岗位,人员类别,事项编码\nP1,综合岗,staff,A1\nP2,综合岗,staff,Z9\n", "lines.3.事项编码", "item-not-in-list" },
		{ "posts", "岗位编号,岗位,人员类别,事项编码\nP1,综合岗,staff,W1\n", "lines.2.事项编码", "item-withdrawn" },
		{ "posts", "岗位编号,岗位,人员类别\nP1,综合岗,staff\nP1,综合岗,staff\n", "lines.3.岗位编号", "post-code-taken" },
		{ "posts", "岗位编号,岗位,人员类别\nP1,,staff\n", "lines.2.岗位", "required" },
		{ "posts", "岗位,人员类别\n综合岗,staff\n", "lines.1", "head-missing" },
		{ "posts", "岗位编号,岗位,人员类别\n", "lines.1", "no-rows" },
		{ "posts", "单位代码,岗位编号,岗位,人员类别\n" OTHER_TOWNSHIP ",P1,综合岗,staff\n", "lines.2.单位代码", "outside-division" },
		{ "posts", "单位代码,岗位编号,岗位,人员类别\n" COUNTY ",P1,综合岗,staff\n", "lines.2.单位代码", "not-a-unit" },
		{ "persons", "姓名,人员类别,任现级日期,来源,依据\n李秀英,社区工作者,2026-02-30,选聘,公告\n", "lines.2.任现级日期", "not-a-date" },
		{ "persons", "姓名,人员类别,任现级日期,来源,依据\n李秀英,社区工作者,2027-02-01,选聘,公告\n", "lines.2.任现级日期", "future" },
		{ "persons", "姓名,人员类别,任现级日期,来源,依据\n李秀英,社区工作者,2024-02-01,划转,公告\n", "lines.2.来源", "transfer-alone" },
	};
	World world = world_at("2026-09-18");

	give_list(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		cr_expect_eq(import(&world, rows[i].what, rows[i].content), 422, "row %zu: %s", i,
		             zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu: %s", i,
		                 zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu: %s", i,
		                 zhen_test_body(world.test));
	}
	done(&world, get(&world, "/posts"), 200, "posts");
	cr_expect_null(zhen_test_value(world.test, "items.0.id"), "nothing was imported");
	world_clear(&world);
}

Test(people_import, persons_come_in_with_dates_as_excel_writes_them)
{
	World world = world_at("2026-09-18");

	done(&world, import(&world, "persons", "姓名,人员类别,任现级日期,来源,依据\n李秀英,微网格长,2020/3/1,选聘,公告\n王芳,社区工作者,2021年12月5日,"
	                                       "考试招录,公告\n赵敏,全科网格员（社区助理）,2024-09-18,选聘,公告\n"), 200, "import");
	done(&world, get(&world, "/persons/eligible?rung=worker&years=4"), 200, "eligible");
	cr_expect_str_eq(value(&world, "items.0.since_on"), "2021-12-05", "%s", zhen_test_body(world.test));
	done(&world, get(&world, "/persons?rung=grid"), 200, "persons");
	cr_expect_str_eq(value(&world, "items.0.since_on"), "2024-09-18", "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(people_import, a_file_of_a_county_comes_in_as_its_office_program_wrote_it)
{
	static const char text[] = "姓名,人员类别,任现级日期,来源,依据\r\n\"李秀英\",微网格长,2020/3/1,选聘,公告\r\n";
	World world = world_at("2026-09-18");
	gsize length;
	g_autofree char *bytes = g_convert(text, -1, "GB18030", "UTF-8", NULL, &length, NULL);

	cr_assert_not_null(bytes);
	as_head(&world);
	g_autofree char *json = g_strdup_printf("{\"unit\": \"" TOWNSHIP "\", \"file\": \"%s\"}",
	                                        zhen_test_upload(world.test, bytes, length));
	done(&world, post(&world, "/persons/import", json), 200, "import");
	done(&world, get(&world, "/persons/1"), 200, "person");
	cr_expect_str_eq(value(&world, "name"), "李秀英");
	done(&world, get(&world, "/import/people"), 200, "where to send it");
	cr_expect_neq(strlen(value(&world, "ticket")), 0);
	world_clear(&world);
}
