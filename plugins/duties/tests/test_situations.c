/* SPDX-License-Identifier: Apache-2.0
 * Who handles which situation: one row each, mended in its place, taken back with a reason, out of a file and into one. */
#include "world.h"

#define STALLS "\"division\": \"" COUNTY "\", \"topic\": \"市容\", "

/* 县编办 has said who handles 占道经营; its id. */
static int said(World *world)
{
	import_shipped(world);
	as_staffing(world);
	done(world, post(world, "/situations",
	                 "{" STALLS "\"situation\": \"占道经营\", \"responsible\": \"执法队\", \"code\": \"ZQ-104\", "
	                 "\"keywords\": \"摆地摊\"}"), 201, "situation");
	return (int)zhen_test_int(world->test, "id");
}

static int32_t import(World *world, const char *content, const char *more)
{
	g_autofree char *text = json_text(content);
	g_autofree char *json = g_strdup_printf("{\"division\": \"" COUNTY "\"%s, \"content\": %s}", more, text);

	return post(world, "/situations/import", json);
}

static int count_rows(World *world)
{
	int n = 0;

	done(world, get(world, "/situations"), 200, "the table");
	for (; n < 100; n++) {
		g_autofree char *name = g_strdup_printf("items.%d.topic", n);

		if (value(world, name)[0] == '\0')
			break;
	}
	return n;
}

Test(situations, one_is_shown_to_everybody_and_its_acts_to_its_office)
{
	World world = world_at("2026-09-18");
	int id = said(&world);
	g_autofree char *path = g_strdup_printf("/situations/%d", id), *removal = g_strconcat(path, "/remove", NULL);

	cr_expect(is_refused(&world, post(&world, "/situations",
	                                  "{" STALLS "\"situation\": \"占道经营\", \"responsible\": \"执法队\", \"code\": \"XX-1\"}"),
	                     409, "not-in-catalogue"));
	done(&world, get(&world, path), 200, "as its office sees it");
	cr_expect_str_eq(value(&world, "item"), "集镇占道经营的责令改正");
	cr_expect_str_eq(value(&world, "actions.0.fields.keywords"), "摆地摊");
	cr_expect_str_eq(value(&world, "actions.1.path"), removal);
	cr_expect_str_eq(value(&world, "journal.0.what"), "add");
	as_public(&world);
	done(&world, get(&world, path), 200, "as everybody sees it");
	cr_expect_str_eq(value(&world, "responsible"), "执法队");
	cr_expect_str_eq(value(&world, "actions.0.path"), "");
	cr_expect_str_eq(value(&world, "journal.0.what"), "", "who did it is for staff");
	cr_expect_eq(post(&world, removal, "{\"reason\": \"错\"}"), 401);
	world_clear(&world);
}

Test(situations, a_mended_wording_takes_the_place_of_the_old_one_and_is_told)
{
	World world = world_at("2026-09-18");
	int id = said(&world);
	g_autofree char *path = g_strdup_printf("/situations/%d", id), *change = g_strconcat(path, "/change", NULL);

	done(&world, post(&world, change,
	                  "{" STALLS "\"situation\": \"占道摆摊\", \"responsible\": \"城管局\", \"code\": \"ZQ-104\", "
	                  "\"keywords\": \"摆地摊\"}"), 200, "change");
	cr_expect_eq(count_rows(&world), 1, "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.0.situation"), "占道摆摊");
	done(&world, get(&world, path), 200, "the row");
	cr_expect_str_eq(value(&world, "journal.1.what"), "change");
	cr_expect_str_eq(value(&world, "journal.1.text"), "情形：占道经营→占道摆摊；责任单位：执法队→城管局");
	cr_expect_str_eq(value(&world, "journal.1.person"), "测试人员");
	/* The same form once more says nothing new; said as a new one it is the row there is. */
	done(&world, post(&world, "/situations",
	                  "{" STALLS "\"situation\": \"占道摆摊\", \"responsible\": \"城管局\", \"code\": \"ZQ-104\", "
	                  "\"keywords\": \"摆地摊\"}"), 201, "again");
	cr_expect_eq(zhen_test_int(world.test, "id"), id);
	done(&world, get(&world, path), 200, "the row");
	cr_expect_str_eq(value(&world, "journal.2.what"), "");
	/* Two that say the same cannot stand beside each other. */
	done(&world,
	     post(&world, "/situations", "{" STALLS "\"situation\": \"乱贴广告\", \"responsible\": \"执法队\"}"), 201,
	     "second");
	cr_expect(is_refused(
		&world, post(&world, change, "{" STALLS "\"situation\": \"乱贴广告\", \"responsible\": \"城管局\"}"),
		409, "situation-exists"));
	zhen_test_as(world.test, "外县", "county-staffing-532301000000", NULL, "duties.read duties.publish");
	cr_expect(is_refused(&world, post(&world, change,
	                                  "{\"division\": \"532301000000\", \"topic\": \"市容\", \"situation\": \"占道摆摊\", "
	                                  "\"responsible\": \"我们\"}"), 404, "not-found"));
	world_clear(&world);
}

Test(situations, what_is_taken_back_leaves_who_when_and_why)
{
	World world = world_at("2026-09-18");
	int id = said(&world);
	g_autofree char *path = g_strdup_printf("/situations/%d", id), *removal = g_strconcat(path, "/remove", NULL);

	zhen_test_as(world.test, "外县", "county-staffing-532301000000", NULL, "duties.read duties.publish");
	cr_expect(is_refused(&world, post(&world, removal, "{\"reason\": \"错\"}"), 404, "not-found"));
	as_staffing(&world);
	cr_expect_eq(post(&world, removal, NULL), 422, "without a reason");
	done(&world, post(&world, removal, "{\"reason\": \"并入市容环境\"}"), 200, "remove");
	cr_expect(is_refused(&world, post(&world, removal, "{\"reason\": \"再删\"}"), 409, "situation-removed"));
	cr_expect_eq(count_rows(&world), 0);
	done(&world, get(&world, "/answer?q=%E5%8D%A0%E9%81%93%E7%BB%8F%E8%90%A5&unit=" TOWNSHIP), 200, "asked");
	cr_expect_str_eq(value(&world, "sure"), "false");
	cr_expect_str_eq(value(&world, "guesses.0.situation"), "");
	done(&world, get(&world, "/situations/removed"), 200, "what was removed");
	cr_expect_str_eq(value(&world, "items.0.reason"), "并入市容环境");
	cr_expect_str_eq(value(&world, "items.0.person"), "测试人员");
	cr_expect(g_str_has_prefix(value(&world, "items.0.removed_at"), "2026-09-18T09:00"), "%s",
	          value(&world, "items.0.removed_at"));
	done(&world, get(&world, path), 200, "staff still see it");
	cr_expect_str_eq(value(&world, "state"), "removed");
	cr_expect_str_eq(value(&world, "journal.1.what"), "remove");
	cr_expect_str_eq(value(&world, "actions.0.path"), "/situations", "said anew, and nothing else");
	cr_expect_str_eq(value(&world, "actions.0.fields.situation"), "占道经营");
	cr_expect_str_eq(value(&world, "actions.1.path"), "");
	as_public(&world);
	cr_expect(is_refused(&world, get(&world, path), 404, "not-found"));
	/* Said anew, it is a row of its own. */
	as_staffing(&world);
	done(&world,
	     post(&world, "/situations", "{" STALLS "\"situation\": \"占道经营\", \"responsible\": \"城管局\"}"), 201,
	     "anew");
	cr_expect_neq(zhen_test_int(world.test, "id"), id);
	cr_expect_eq(count_rows(&world), 1);
	world_clear(&world);
}

/* Names of staff are for those who go by the row: its own place, what lies below it, and who answers for it from above. */
Test(situations, who_did_it_is_told_where_it_holds_and_above)
{
	static const struct {
		const char *body;
		bool sees;
	} rows[] = {
		{ "county-staffing-" COUNTY, true },
		{ "government-" TOWNSHIP, true },
		{ "prefecture-staffing-" PREFECTURE, true },
		{ "county-staffing-532301000000", false },
		{ "government-532301101000", false },
	};
	World world = world_at("2026-09-18");
	int id = said(&world);
	g_autofree char *path = g_strdup_printf("/situations/%d", id), *removal = g_strconcat(path, "/remove", NULL);

	for (int removed = 0; removed < 2; removed++) {
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
			zhen_test_as(world.test, "某人", rows[i].body, NULL, "duties.read duties.publish");
			if (removed != 0 && !rows[i].sees) {
				cr_expect(is_refused(&world, get(&world, path), 404, "not-found"), "%s", rows[i].body);
			} else {
				done(&world, get(&world, path), 200, rows[i].body);
				cr_expect_str_eq(value(&world, "journal.0.what"), rows[i].sees ? "add" : "", "%s",
				                 rows[i].body);
			}
			done(&world, get(&world, "/situations/removed"), 200, rows[i].body);
			cr_expect_str_eq(value(&world, "items.0.person"),
			                 removed != 0 && rows[i].sees ? "测试人员" : "", "%s", rows[i].body);
		}
		as_staffing(&world);
		if (removed == 0)
			done(&world, post(&world, removal, "{\"reason\": \"并入市容环境\"}"), 200, "remove");
	}
	world_clear(&world);
}

Test(situations, a_file_adds_and_mends_and_leaves_the_rest)
{
	World world = world_at("2026-09-18");

	said(&world);
	done(&world, import(&world, "永仁县职责分工\n事由,情形,责任单位（必填）,俗称,事项编码\n市容,占道经营,城管局,摆地摊,ZQ-104\n市容,乱贴广告,执法队,小广告,\n",
	                    ", \"check_only\": true"), 200, "only looked at");
	cr_expect_str_eq(value(&world, "imported"), "false");
	cr_expect_eq(count_rows(&world), 1);
	done(&world, import(&world, "事由,情形,责任单位,俗称,事项编码\n市容,占道经营,城管局,摆地摊,ZQ-104\n市容,乱贴广告,执法队,小广告,\n", ""),
	     200, "import");
	cr_expect_eq(zhen_test_int(world.test, "added"), 1, "%s", zhen_test_body(world.test));
	cr_expect_eq(zhen_test_int(world.test, "changed"), 1);
	done(&world, import(&world, "事由,情形,责任单位,俗称,事项编码\n市容,占道经营,城管局,摆地摊,ZQ-104\n", ""), 200,
	     "again");
	cr_expect_eq(zhen_test_int(world.test, "same"), 1);
	cr_expect_eq(count_rows(&world), 2);
	cr_expect_str_eq(value(&world, "items.0.responsible"), "城管局");
	world_clear(&world);
}

Test(situations, one_bad_row_keeps_the_whole_file_out_and_every_fault_is_told)
{
	static const struct {
		const char *content, *field, *code;
	} rows[] = {
		{ "事由,情形,责任单位\n市容,乱贴广告,\n", "lines.2.责任单位", "required" },
		{ "事由,情形,责任单位,事项编码\n市容,乱贴广告,执法队,XX-1\n", "lines.2.事项编码", "not-in-catalogue" },
		{ "事由,情形,责任单位,事项编码\n市容,乱贴广告,执法队,1.0E+5\n", "lines.2.事项编码", "code-scientific" },
		{ "事由,情形,责任单位\n市容,乱贴广告,执法队\n市容,乱贴广告,城管局\n", "lines.3.情形", "situation-twice" },
		{ "区划代码,事由,情形,责任单位\n532301000000,市容,乱贴广告,执法队\n", "lines.2.区划代码", "outside-division" },
		{ "区划代码,事由,情形,责任单位\n" VILLAGE ",市容,乱贴广告,执法队\n", "lines.2.区划代码", "not-a-division" },
		{ "区划代码,事由,情形,责任单位\n5.32327E+11,市容,乱贴广告,执法队\n", "lines.2.区划代码", "not-a-division" },
		{ "事由,情形\n市容,乱贴广告\n", "lines.1", "head-missing" },
		{ "事由,情形,责任单位\n", "lines.1", "no-rows" },
	};
	World world = world_at("2026-09-18");

	said(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		cr_expect_eq(import(&world, rows[i].content, ""), 422, "row %zu: %s", i, zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu: %s", i,
		                 zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu: %s", i,
		                 zhen_test_body(world.test));
	}
	cr_expect_eq(import(&world, "事由,情形,责任单位,事项编码\n市容,好的,执法队,\n市容,,执法队,XX-1\n", ""), 422);
	cr_expect_str_eq(value(&world, "errors.1.code"), "not-in-catalogue", "both faults of a row: %s",
	                 zhen_test_body(world.test));
	cr_expect_eq(count_rows(&world), 1, "nothing was imported");
	world_clear(&world);
}

/* What Excel would spoil goes out so that it comes back as it was. */
Test(situations, what_is_exported_comes_back_unchanged_also_in_the_offices_encoding)
{
	World world = world_at("2026-09-18");
	size_t length;
	gsize converted;

	said(&world);
	done(&world, post(&world, "/situations",
	                  "{" STALLS "\"situation\": \"=1+1,\\\"引号\\\"\", \"responsible\": \"'执法队\", \"assisting\": \"-村委会\", "
	                  "\"phone\": \"087812345\"}"), 201, "what a spreadsheet takes for something else");
	done(&world, post(&world, "/situations/export", NULL), 201, "export");
	cr_expect_eq(zhen_test_int(world.test, "rows"), 2);
	g_autofree char *path = g_strdup_printf("/exports/%d", (int)zhen_test_int(world.test, "id"));
	done(&world, get(&world, path), 200, "download");
	const char *bytes = (const char *)zhen_test_blob(world.test, &length);
	cr_assert_not_null(bytes);
	g_autofree char *text = g_strndup(bytes, length);
	cr_expect(g_str_has_prefix(text, "\xEF\xBB\xBF区划代码,"), "%s", text);
	cr_expect_not_null(strstr(text, "\"'=1+1,\"\"引号\"\"\""), "no formula: %s", text);
	g_autofree char *gb = g_convert(text + 3, -1, "GB18030", "UTF-8", NULL, &converted, NULL);
	g_autofree char *utf8 = g_strdup_printf("{\"file\": \"%s\"}", zhen_test_upload(world.test, text, length));
	g_autofree char *office = g_strdup_printf("{\"file\": \"%s\"}", zhen_test_upload(world.test, gb, converted));
	for (int i = 0; i < 2; i++) {
		done(&world, post(&world, "/situations/import", i == 0 ? utf8 : office), 200, "import");
		cr_expect_eq(zhen_test_int(world.test, "same"), 2, "%s", zhen_test_body(world.test));
	}
	/* The next takes its place. */
	done(&world, post(&world, "/situations/export", "{\"division\": \"" TOWNSHIP "\"}"), 201, "export");
	cr_expect_eq(zhen_test_int(world.test, "rows"), 0);
	cr_expect(is_refused(&world, get(&world, path), 404, "not-found"));
	world_clear(&world);
}
