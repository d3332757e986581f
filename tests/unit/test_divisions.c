/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/divisions.h"
#include "base/error.h"

#define CHUXIONG SOURCE_DIR "/conf/data/divisions/chuxiong-532300.csv"
#define HEADER "code,name,level,parent\n"
#define PROVINCE "530000000000,云南省,province,\n"

static Divisions *load_chuxiong(void)
{
	static const char *const paths[] = { CHUXIONG, NULL };
	g_autoptr(GError) error = NULL;
	Divisions *divisions = divisions_load(paths, &error);

	cr_assert_not_null(divisions, "%s", error != NULL ? error->message : "");
	return divisions;
}

/* Writes each text to a file a.csv, b.csv … of a temporary folder and loads them in this order. */
static Divisions *load_texts(const char *const *texts, GError **error)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-divisions-XXXXXX", NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; texts[i] != NULL; i++) {
		const char name[] = { (char)('a' + i), '.', 'c', 's', 'v', '\0' };

		g_ptr_array_add(paths, g_build_filename(dir, name, NULL));
		cr_assert(g_file_set_contents(g_ptr_array_index(paths, i), texts[i], -1, NULL));
	}

	guint count = paths->len;

	g_ptr_array_add(paths, NULL);

	Divisions *divisions = divisions_load((const char *const *)paths->pdata, error);

	for (guint i = 0; i < count; i++)
		g_unlink(g_ptr_array_index(paths, i));
	g_rmdir(dir);
	return divisions;
}

Test(divisions, chuxiong_has_its_ten_counties_and_all_below)
{
	static const struct {
		DivisionLevel level;
		guint count;
	} cases[] = {
		{ LEVEL_NONE, 0 },    { LEVEL_PROVINCE, 1 },   { LEVEL_PREFECTURE, 1 },
		{ LEVEL_COUNTY, 10 }, { LEVEL_TOWNSHIP, 103 }, { LEVEL_VILLAGE, 1106 },
	};
	g_autoptr(Divisions) divisions = load_chuxiong();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_eq(divisions_count(divisions, cases[i].level), cases[i].count, "%s",
		             division_level_name(cases[i].level));
	cr_assert_eq(divisions_count(divisions, (DivisionLevel)99), 0);
}

Test(divisions, yongding_lies_in_yongren)
{
	g_autoptr(Divisions) divisions = load_chuxiong();
	const Division *town = divisions_find(divisions, "532327101000");
	const Division *county = divisions_find(divisions, "532327000000");

	cr_assert_str_eq(town->name, "永定镇");
	cr_assert_eq(town->level, LEVEL_TOWNSHIP);
	cr_assert_eq(town->parent, county);
	cr_assert_str_eq(county->name, "永仁县");
	cr_assert_eq(division_at(town, LEVEL_COUNTY), county);
	cr_assert_eq(division_at(town, LEVEL_TOWNSHIP), town);
	cr_assert_str_eq(division_at(town, LEVEL_PROVINCE)->name, "云南省");
	cr_assert_null(division_at(town, LEVEL_VILLAGE));
	cr_assert_null(division_at(NULL, LEVEL_VILLAGE));
	cr_assert_null(division_at(town, LEVEL_NONE));
	cr_assert_null(divisions_find(divisions, "532327101999"));
	cr_assert_null(divisions_find(divisions, ""));
	cr_assert_null(divisions_find(divisions, NULL));
}

Test(divisions, covering_goes_down_and_not_across)
{
	g_autoptr(Divisions) divisions = load_chuxiong();
	const Division *town = divisions_find(divisions, "532327101000");
	const Division *county = divisions_find(divisions, "532327000000");
	const Division *other = divisions_find(divisions, "532301000000");
	const Division *province = divisions_find(divisions, "530000000000");

	cr_assert(division_covers(county, town));
	cr_assert(division_covers(province, town));
	cr_assert(division_covers(town, town));
	cr_assert(division_covers(town, town->children[0]));
	cr_assert_not(division_covers(town, county));
	cr_assert_not(division_covers(other, town));
	cr_assert_not(division_covers(other, county));
}

static gboolean by_code(const Division *const *list, guint count)
{
	for (guint i = 1; i < count; i++) {
		if (strcmp(list[i - 1]->code, list[i]->code) >= 0)
			return FALSE;
	}
	return TRUE;
}

Test(divisions, lists_are_complete_and_by_code)
{
	g_autoptr(Divisions) divisions = load_chuxiong();
	const Division *prefecture = divisions_find(divisions, "532300000000");
	guint towns = 0, villages = 0;

	cr_assert_eq(prefecture->n_children, 10);
	cr_assert_eq(prefecture->n_townships, 103);
	cr_assert_eq(prefecture->parent->n_townships, 103);
	cr_assert(by_code((const Division *const *)prefecture->children, prefecture->n_children));
	cr_assert(by_code((const Division *const *)prefecture->townships, prefecture->n_townships));
	for (guint i = 0; i < prefecture->n_children; i++)
		towns += prefecture->children[i]->n_townships;
	for (guint i = 0; i < prefecture->n_townships; i++) {
		const Division *town = prefecture->townships[i];

		cr_assert_eq(town->n_townships, 1);
		cr_assert_eq(town->townships[0], town);
		villages += town->n_children;
		for (guint v = 0; v < town->n_children; v++)
			cr_assert_eq(town->children[v]->n_townships, 0);
	}
	cr_assert_eq(towns, 103);
	cr_assert_eq(villages, 1106);
}

Test(divisions, all_of_them_come_by_code)
{
	g_autoptr(Divisions) divisions = load_chuxiong();
	guint count = 0;
	const Division *const *all = divisions_all(divisions, &count);

	cr_assert_eq(count, 1 + 1 + 10 + 103 + 1106);
	cr_assert(by_code(all, count));
}

Test(divisions, csv_of_other_programs_is_read)
{
	static const char *const texts[] = {
		"\xef\xbb\xbf" "code,name,level,parent,valid_from,valid_to,successor\r\n"
		"\"530000000000\",\"云南, \"\"彩云之南\"\"\",province,\"\",2020-01-01,,\r\n"
		"\r\n"
		"532300000000,楚雄彝族自治州,prefecture,530000000000,,,",
		NULL,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Divisions) divisions = load_texts(texts, &error);

	cr_assert_not_null(divisions, "%s", error != NULL ? error->message : "");
	cr_assert_str_eq(divisions_find(divisions, "530000000000")->name, "云南, \"彩云之南\"");
	cr_assert_null(divisions_find(divisions, "530000000000")->parent);
	cr_assert_not_null(divisions_find(divisions, "532300000000")->parent);
}

Test(divisions, a_parent_may_stand_in_a_later_file_and_a_row_may_be_repeated)
{
	static const char *const texts[] = {
		HEADER "532300000000,楚雄彝族自治州,prefecture,530000000000\n",
		HEADER PROVINCE "532300000000,楚雄彝族自治州,prefecture,530000000000\n",
		HEADER PROVINCE,
		NULL,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Divisions) divisions = load_texts(texts, &error);

	cr_assert_not_null(divisions, "%s", error != NULL ? error->message : "");
	cr_assert_eq(divisions_count(divisions, LEVEL_PROVINCE), 1);
	cr_assert_eq(divisions_find(divisions, "530000000000")->n_children, 1);
}

Test(divisions, rows_may_come_in_any_order)
{
	static const char *const texts[] = {
		HEADER "530200103000,丙镇,township,530200000000\n530100102000,乙镇,township,530100000000\n"
		       "530200000000,乙县,county,530000000000\n530100101000,甲镇,township,530100000000\n"
		       "530100000000,甲县,county,530000000000\n" PROVINCE,
		NULL,
	};
	g_autoptr(Divisions) divisions = load_texts(texts, NULL);
	const Division *province = divisions_find(divisions, "530000000000");

	cr_assert_eq(province->n_children, 2);
	cr_assert_eq(province->n_townships, 3);
	cr_assert(by_code((const Division *const *)province->children, 2));
	cr_assert(by_code((const Division *const *)province->townships, 3));
}

Test(divisions, a_level_may_be_skipped)
{
	static const char *const texts[] = { HEADER PROVINCE "539001001000,某镇,township,530000000000\n", NULL };
	g_autoptr(Divisions) divisions = load_texts(texts, NULL);

	cr_assert_eq(divisions_find(divisions, "530000000000")->n_townships, 1);
	cr_assert_null(division_at(divisions_find(divisions, "539001001000"), LEVEL_COUNTY));
}

Test(divisions, what_is_wrong_is_named_with_file_and_line)
{
	static const struct {
		const char *texts[3];
		const char *says;
	} cases[] = {
		{ { "" }, "a.csv: 没有表头 (no header)" },
		{ { "code,name,level\n" }, "a.csv:1: 表头应为 code,name,level,parent (the header must be code,name,level,parent)" },
		{ { "code,name,parent,level\n" }, "a.csv:1: 第 3 列是 'parent'，应为 'level' (column 3 is 'parent', expected 'level')" },
		{ { "code,name,level,parent,x\n" }, "a.csv:1: 第 5 列是 'x'，应为 'valid_from' (column 5 is 'x', expected 'valid_from')" },
		{ { HEADER "530000000000,云南省,province\n" }, "a.csv:2: 有 3 列，表头有 4 列 (3 columns, the header has 4)" },
		{ { HEADER "530000000000,云南省,province,,\n" }, "a.csv:2: 有 5 列，表头有 4 列 (5 columns, the header has 4)" },
		{ { HEADER "\n53000000000,云南省,province,\n" }, "a.csv:3: '53000000000' 不是 12 位区划代码 ('53000000000' is not a code of 12 digits)" },
		{ { HEADER "53000000000x,云南省,province,\n" }, "a.csv:2: '53000000000x' 不是 12 位区划代码 ('53000000000x' is not a code of 12 digits)" },
		{ { HEADER "530000000000,,province,\n" }, "a.csv:2: 530000000000 没有名称 (530000000000 has no name)" },
		{ { HEADER "530000000000,云南省,state,\n" }, "a.csv:2: 没有 'state' 这一级 (unknown level 'state')" },
		{ { HEADER "530000000000,云南省,none,\n" }, "a.csv:2: 没有 'none' 这一级 (unknown level 'none')" },
		{ { HEADER "530000000000,\"云南省,province,\n" }, "a.csv:2: 第 2 列的引号有误 (bad quotes in column 2)" },
		{ { HEADER "530000000000,云\"南省,province,\n" }, "a.csv:2: 第 2 列的引号有误 (bad quotes in column 2)" },
		{ { HEADER "530000000000,\"云南省\"x,province,\n" }, "a.csv:2: 第 2 列的引号有误 (bad quotes in column 2)" },
		{ { HEADER "530000000000,\xff,province,\n" }, "a.csv:2: 不是 UTF-8 文本 (not UTF-8)" },
		{ { HEADER PROVINCE "532300000000,楚雄,prefecture,540000000000\n" },
		  "a.csv:3: 532300000000: 各文件中都没有它的上级 540000000000 (the parent 540000000000 is in no file)" },
		{ { HEADER PROVINCE, HEADER "532300000000,楚雄,prefecture,54\n" },
		  "b.csv:2: 上级 '54' 不是 12 位区划代码 (parent '54' is not a code of 12 digits)" },
		{ { HEADER PROVINCE, HEADER "530000000000,云南,province,\n" }, "b.csv:2: 530000000000 已在 /" },
		{ { HEADER PROVINCE "530000000000,云南省,county,\n" }, "a.csv:3: 530000000000 已在 /" },
		{ { HEADER PROVINCE, HEADER "530000000000,云南省,province,540000000000\n" },
		  "b.csv:2: 530000000000 已在 /" },
		{ { HEADER PROVINCE "540000000000,西藏,province,530000000000\n" },
		  "a.csv:3: 540000000000 是 province 级，不能在 province 级的 530000000000 之下 (540000000000 is a province and cannot be under 530000000000, a province)" },
		{ { HEADER "530000000000,云南省,province,530000000000\n" },
		  "a.csv:2: 530000000000 是 province 级，不能在 province 级的 530000000000 之下 (530000000000 is a province and cannot be under 530000000000, a province)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Divisions) divisions = load_texts(cases[i].texts, &error);

		cr_assert_null(divisions, "'%s' was accepted", cases[i].says);
		cr_assert_not_null(strstr(error->message, cases[i].says), "'%s' does not say '%s'", error->message,
		                   cases[i].says);
		cr_assert(g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_INVALID));
	}
}

Test(divisions, a_missing_file_is_named)
{
	static const char *const paths[] = { "/nowhere/x.csv", NULL };
	g_autoptr(GError) error = NULL;

	cr_assert_null(divisions_load(paths, &error));
	cr_assert(g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_IO));
	cr_assert_not_null(strstr(error->message, "/nowhere/x.csv"));
}

Test(divisions, levels_have_names)
{
	cr_assert_str_eq(division_level_name(LEVEL_TOWNSHIP), "township");
	cr_assert_str_eq(division_level_name(LEVEL_VILLAGE), "village");
	cr_assert_str_eq(division_level_name((DivisionLevel)99), "none");
}
