/* SPDX-License-Identifier: Apache-2.0
 * Catalogues, lists made from them, and what is in force on a day. */
#include "world.h"

Test(lists, the_shipped_catalogues_count_as_their_subtotals_say)
{
	World world = world_at("2026-09-18");

	import_shipped(&world);
	as_public(&world);
	done(&world, get(&world, "/catalogues/township-powers"), 200, "powers");
	cr_expect_str_eq(value(&world, "items"), "108");
	cr_expect_str_eq(value(&world, "upper"), "82");
	cr_expect_str_eq(value(&world, "prefecture"), "26");
	done(&world, get(&world, "/catalogues/delegated"), 200, "delegated");
	cr_expect_str_eq(value(&world, "common"), "105");
	cr_expect_str_eq(value(&world, "optional"), "37");
	world_clear(&world);
}

Test(lists, a_list_inherits_is_chosen_published_and_read_by_everybody)
{
	World world = world_at("2026-09-18");

	first_list(&world);
	cr_expect_str_eq(value(&world, "version"), "1");
	cr_expect_eq(events(&world, "duties.item.assigned"), 108 + 105 + 2);
	cr_expect_eq(events(&world, "duties.list.published"), 1);
	as_public(&world);
	done(&world, get(&world, "/units/" TOWNSHIP), 200, "unit");
	cr_expect_str_eq(value(&world, "delegated"), "107");
	cr_expect_str_eq(value(&world, "statutory"), "108");
	g_autofree char *path = g_strdup(value(&world, "public_path") + strlen("/p/duties"));
	g_autofree char *qr = g_strdup(value(&world, "qr_path") + strlen("/p/duties"));
	done(&world, get(&world, path), 200, path);
	cr_expect_str_eq(value(&world, "title"), "永定镇");
	done(&world, get(&world, qr), 200, qr);
	size_t length = 0;
	const char *svg = zhen_test_blob(world.test, &length);
	cr_assert(length > 500 && g_strstr_len(svg, (gssize)length, "<svg") != NULL);
	done(&world, get(&world, "/reports/lists?division=" PREFECTURE), 200, "report");
	cr_expect_str_eq(value(&world, "average_delegated"), "107.00");
	cr_expect_eq(get(&world, "/units/" OTHER_TOWNSHIP), 404);
	world_clear(&world);
}

Test(lists, the_first_version_is_compared_with_the_catalogues_and_the_history_speaks_in_words)
{
	World world = world_at("2026-09-18");

	import_shipped(&world);
	int id = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}]}"), 200, "choose");
	done(&world, act(&world, "lists", id, "add", "{\"code\": \"BD-001\", \"name\": \"甲\", \"basis\": \"甲法\"}"), 200, "add");
	done(&world, act(&world, "lists", id, "place",
	                 "{\"code\": \"BD-001\", \"place\": \"assist\", \"lead\": \"县局\", \"duty\": \"巡查\"}"), 200, "place");
	as_staffing(&world);
	done(&world, act(&world, "lists", id, "publish", NULL), 200, "publish");
	as_public(&world);
	done(&world, get(&world, "/units/" TOWNSHIP "/diff"), 200, "diff");
	cr_expect_not_null(strstr(value(&world, "note"), "首次编制，没有上一版可比：共215项，其中法定职权108项、共性赋权105项、可选赋权1项、本地增加1项"),
	                   "%s", value(&world, "note"));
	cr_expect_str_eq(value(&world, "differences.0.code"), "");
	cr_expect_str_eq(value(&world, "upstream_removed"), "36");
	cr_expect_str_eq(value(&world, "upstream.0.what"), "left_out");
	cr_expect_str_eq(value(&world, "upstream.36.what"), "own");
	done(&world, get(&world, "/history/BD-001"), 200, "history");
	cr_expect_str_eq(value(&world, "items.1.what"), "placed");
	cr_expect_str_eq(value(&world, "items.1.text"), "配合权责");
	world_clear(&world);
}

Test(lists, a_draft_is_seen_by_nobody_outside_and_by_no_other_township)
{
	World world = world_at("2026-09-18");

	import_shipped(&world);
	int id = draft(&world, TOWNSHIP);
	g_autofree char *path = g_strdup_printf("/lists/%d", id);
	done(&world, get(&world, path), 200, "own");
	zhen_test_as(world.test, "外镇", "government-" OTHER_TOWNSHIP, NULL, "*");
	cr_expect_eq(get(&world, path), 404);
	cr_expect_eq(act(&world, "lists", id, "publish", NULL), 404);
	as_public(&world);
	cr_expect_eq(get(&world, path), 401, "%s", zhen_test_body(world.test));
	cr_expect_eq(get(&world, "/units/" TOWNSHIP), 404);
	world_clear(&world);
}

Test(lists, no_version_takes_effect_before_the_day_it_is_published)
{
	World world = world_at("2026-09-18");
	const char *const past = "{\"unit\": \"" TOWNSHIP "\", \"effective_from\": \"2026-09-17\"}";

	import_shipped(&world);
	as_township(&world);
	cr_expect(is_refused(&world, post(&world, "/lists", past), 422, "in-the-past"));
	cr_expect_str_eq(value(&world, "errors.0.field"), "effective_from");
	cr_expect_not_null(strstr(value(&world, "errors.0.title"), "行政许可法第五条"), "%s",
	                   zhen_test_body(world.test));
	cr_expect_not_null(strstr(value(&world, "errors.0.title"), "2026-09-18: a list takes effect"));
	int id = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}]}"), 200, "choose");
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-01-01\"}"), 422,
	                     "in-the-past"));
	cr_expect_str_eq(value(&world, "errors.0.field"), "effective_from");
	as_public(&world);
	cr_expect_eq(get(&world, "/units/" TOWNSHIP "?date=2026-01-01"), 404);
	/* Published later than it was meant for: from then on. */
	turn_to(&world, "2026-09-25");
	as_staffing(&world);
	done(&world, act(&world, "lists", id, "publish", NULL), 200, "publish");
	cr_expect_str_eq(value(&world, "effective_from"), "2026-09-25");
	as_public(&world);
	cr_expect_eq(get(&world, "/units/" TOWNSHIP "?date=2026-09-24"), 404);
	world_clear(&world);
}

Test(lists, a_day_has_one_version_and_the_next_one_follows_on_the_next_day)
{
	static const char change[] = "{\"items\": [{\"code\": \"KX-003\"}]}";
	World world = world_at("2026-09-18");
	int id, early;

	import_shipped(&world);
	early = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", early, "choose", change), 200, "choose");
	as_staffing(&world);
	done(&world, act(&world, "lists", early, "publish", NULL), 200, "publish");
	as_department(&world);
	done(&world, post(&world, "/admissions",
	                  "{\"unit\": \"" TOWNSHIP "\", \"as\": \"item\", \"code\": \"BD-001\", \"title\": \"甲\", \"reason\": \"乙\", "
	                  "\"basis\": \"甲法\", \"lead\": \"县局\", \"duty\": \"巡查\", \"support\": \"经费\"}"), 201, "file");
	id = (int)zhen_test_int(world.test, "id");
	as_staffing(&world);
	done(&world, act(&world, "admissions", id, "approve", "{\"opinion\": \"同意\"}"), 200, "approve");
	cr_expect_str_eq(value(&world, "version"), "2");
	cr_expect_str_eq(value(&world, "effective_from"), "2026-09-19");
	as_township(&world);
	cr_expect(is_refused(&world, post(&world, "/lists", "{\"unit\": \"" TOWNSHIP "\", \"effective_from\": \"2026-09-19\"}"), 422,
	                     "day-taken"));
	cr_expect_str_eq(value(&world, "errors.0.field"), "effective_from");
	cr_expect_not_null(strstr(value(&world, "errors.0.title"), "第2版自2026-09-19起生效"), "%s",
	                   zhen_test_body(world.test));
	cr_expect_not_null(strstr(value(&world, "errors.0.title"), "the next one on 2026-09-20 or later"));
	id = draft(&world, TOWNSHIP);
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-09-19\"}"), 422,
	                     "day-taken"));
	as_public(&world);
	for (int day = 18; day <= 19; day++) {
		g_autofree char *path = g_strdup_printf("/units/" TOWNSHIP "?date=2026-09-%d", day);

		done(&world, get(&world, path), 200, "each day its version");
		cr_expect_eq(zhen_test_int(world.test, "version"), day - 17);
	}
	cr_expect_str_eq(value(&world, "versions.1.effective_from"), "2026-09-18");
	cr_expect_str_eq(value(&world, "versions.1.effective_to"), "2026-09-18");
	world_clear(&world);
}

Test(lists, a_draft_takes_effect_no_earlier_than_the_catalogues_it_rests_on)
{
	World world = world_at("2026-09-18");

	as_prefecture(&world);
	done(&world,
	     bring(&world, "later", "delegated", PREFECTURE,
	           "编码,名称,清单,依据,选取\nFQ-900,新增的共性事项,基本,《样本条例》,共性\n",
	           ", \"effective_from\": \"2026-10-01\""),
	     201, "a catalogue of a later day");
	as_township(&world);
	done(&world, post(&world, "/lists", "{\"unit\": \"" TOWNSHIP "\", \"effective_from\": \"2026-10-08\"}"), 201,
	     "draft");
	int id = (int)zhen_test_int(world.test, "id");
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-09-30\"}"), 422,
	                     "before-catalogue"),
	          "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "errors.0.field"), "effective_from");
	cr_expect_not_null(strstr(value(&world, "errors.0.title"), "自2026-10-01起施行"), "%s",
	                   zhen_test_body(world.test));
	done(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-10-01\"}"), 200,
	     "from the catalogue's day on");
	world_clear(&world);
}

Test(lists, a_version_that_changes_nothing_is_not_published)
{
	World world = world_at("2026-09-18");
	int id;

	first_list(&world);
	turn_to(&world, "2026-09-21");
	id = draft(&world, TOWNSHIP);
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "lists", id, "publish", NULL), 409, "nothing-changed"));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "nothing differs from version 1"), "%s",
	                   zhen_test_body(world.test));
	as_public(&world);
	done(&world, get(&world, "/units/" TOWNSHIP), 200, "unit");
	cr_expect_str_eq(value(&world, "version"), "1");
	world_clear(&world);
}

Test(lists, whoever_chooses_reads_names)
{
	World world = world_at("2026-09-18");
	int id;

	import_shipped(&world);
	id = draft(&world, TOWNSHIP);
	g_autofree char *path = g_strdup_printf("/lists/%d", id), *choose = g_strconcat(path, "/choose", NULL),
			*place = g_strconcat(path, "/place?q=FQ-047", NULL),
			*removal = g_strconcat(path, "/remove", NULL);
	done(&world, get(&world, choose), 200, "choose");
	cr_expect_str_eq(value(&world, "limits"), "1 至 37 项");
	cr_expect_str_eq(value(&world, "groups.0.chosen"), "0");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "items.0.code=KX-001%20%E5%9F%8E%E4%B9%A1%E5%B1%85%E6%B0%91%E5%8F%82%E4%BF%9D%E7%99%BB%E8%AE%B0&items.0.take=no"), "%s",
	                   zhen_test_body(world.test));
	cr_expect(is_refused(&world, act(&world, "lists", id, "pick", "{\"items\": [{\"code\": \"FQ-001\", \"take\": \"no\"}]}"), 409,
	                     "not-optional"));
	done(&world, act(&world, "lists", id, "pick",
	                 "{\"items\": [{\"code\": \"KX-001 城乡居民参保登记\", \"take\": \"yes\"}, {\"code\": \"KX-002\", \"take\": \"no\"}]}"),
	     200, "pick");
	cr_expect_str_eq(value(&world, "optional"), "1");
	done(&world, get(&world, place), 200, "place");
	cr_expect_not_null(strstr(value(&world, "items.0.href"), "/place?_form=POST&code=FQ-047%20小型水库安全巡查"),
	                   "%s", zhen_test_body(world.test));
	done(&world, get(&world, removal), 200, "remove");
	cr_expect_str_eq(value(&world, "items.0.code"), "KX-001");
	cr_expect_str_eq(value(&world, "items.1.code"), "", "common items are not offered");
	done(&world, act(&world, "lists", id, "remove", "{\"code\": \"KX-001 城乡居民参保登记\", \"reason\": \"x\"}"),
	     200, "remove");
	cr_expect_str_eq(value(&world, "actions.0.path"), removal);
	world_clear(&world);
}

Test(lists, admission_opens_the_way_for_what_is_outside)
{
	World world = world_at("2026-09-18");
	int task, admission;

	first_list(&world);
	turn_to(&world, "2026-09-21");
	as_department(&world);
	done(&world, post(&world, "/tasks", "{\"unit\": \"" TOWNSHIP "\", \"title\": \"清查旧档\"}"), 201, "task");
	task = (int)zhen_test_int(world.test, "id");
	cr_expect_str_eq(value(&world, "flag"), "清单外");
	cr_expect(is_refused(&world, act(&world, "tasks", task, "assign", NULL), 409, "outside-list"));
	done(&world, post(&world, "/admissions",
	                  "{\"unit\": \"" TOWNSHIP "\", \"as\": \"item\", \"code\": \"BD-001\", \"title\": "
	                  "\"旧档清查\", \"reason\": \"需要\", "
	                  "\"basis\": \"档案法第十条\", \"lead\": \"县档案局\", \"duty\": \"清点造册\", \"support\": "
	                  "\"经费1万元\", "
	                  "\"place\": \"assist\"}"), 201, "file");
	admission = (int)zhen_test_int(world.test, "id");
	as_staffing(&world);
	done(&world, act(&world, "admissions", admission, "approve", "{\"opinion\": \"同意\"}"), 200, "approve");
	cr_expect_str_eq(value(&world, "version"), "2");
	as_department(&world);
	done(&world, act(&world, "tasks", task, "assign", "{\"code\": \"BD-001\"}"), 200, "assign");
	cr_expect_str_eq(value(&world, "flag"), "", "what had no item has one now");
	cr_expect_eq(events(&world, "duties.admission.decided"), 1);
	as_public(&world);
	done(&world, get(&world, "/units/" TOWNSHIP "/items/BD-001"), 200, "item");
	cr_expect_str_eq(value(&world, "orders"), "1");
	world_clear(&world);
}

Test(lists, a_task_outside_the_list_stays_marked_when_it_is_given_by_another_item)
{
	World world = world_at("2026-09-18");

	first_list(&world);
	as_department(&world);
	done(&world,
	     post(&world, "/tasks", "{\"unit\": \"" TOWNSHIP "\", \"title\": \"清查旧档\", \"code\": \"XX-1\"}"), 201,
	     "task");
	int task = (int)zhen_test_int(world.test, "id");
	g_autofree char *path = g_strdup_printf("/tasks/%d", task);
	done(&world, act(&world, "tasks", task, "assign", "{\"code\": \"FQ-001\"}"), 200, "assign");
	cr_expect_str_eq(value(&world, "flag"), "清单外");
	done(&world, get(&world, path), 200, "task");
	cr_expect_str_eq(value(&world, "outside"), "true");
	cr_expect_str_eq(value(&world, "code"), "FQ-001");
	cr_expect_str_eq(value(&world, "why"), "“XX-1”不在永定镇的现行清单内");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "改按“FQ-001”交办"), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(lists, reviews_fall_due_by_the_clock)
{
	World world = world_at("2026-09-18");

	first_list(&world);
	turn_to(&world, "2026-09-19");
	as_township(&world);
	done(&world, get(&world, "/reviews?state=open"), 200, "open");
	cr_expect_str_eq(value(&world, "items.1.quarter"), "3");
	cr_expect_str_eq(value(&world, "items.1.due_on"), "2026-10-20", "%s", zhen_test_body(world.test));
	turn_to(&world, "2026-10-21");
	cr_expect_eq(events(&world, "duties.review.overdue"), 1);
	world_clear(&world);
}

/* Bytes put in, taken out and turned about where files break: quotes, separators, byte order marks, halves of letters. */
static void spoil(GRand *dice, GByteArray *file)
{
	static const guint8 spice[] = "\",\r\n\t;\0\xff\xfe\xef\xbb\xbf\xe3\x80\x80""E+='";

	for (int i = g_rand_int_range(dice, 0, 8); i > 0; i--) {
		guint at = (guint)g_rand_int_range(dice, 0, (gint32)file->len);
		guint rest = file->len - at, some = (guint)g_rand_int_range(dice, 1, 40);

		switch (g_rand_int_range(dice, 0, 3)) {
		case 0:
			file->data[at] = spice[g_rand_int_range(dice, 0, sizeof(spice) - 1)];
			break;
		case 1:
			g_byte_array_remove_range(file, at, MIN(rest, some));
			break;
		default: {
			guint8 again[60];
			guint size = MIN(file->len, sizeof(again));

			memcpy(again, file->data, size);
			g_byte_array_append(file, again, size);
		}
		}
		if (file->len < 100)
			return;
	}
}

Test(lists, no_file_however_broken_is_more_than_refused)
{
	World world = world_at("2026-09-18");
	g_autofree char *whole = NULL;
	g_autoptr(GRand) dice = g_rand_new_with_seed(20260918);
	int taken = 0;

	cr_assert(g_file_get_contents(SOURCE_DIR "/conf/data/duties/county-delegated.csv", &whole, NULL, NULL));
	as_prefecture(&world);
	const char *end = whole;
	for (int line = 0; line < 14; line++)
		end = strchr(end, '\n') + 1;
	for (int i = 0; i < 200; i++) {
		static const char *const encodings[] = { "UTF-8", "GB18030", "UTF-16LE" };
		gsize length = 0;
		g_autofree char *text = g_convert(whole, end - whole, encodings[i % 3], "UTF-8", NULL, &length, NULL);
		g_autoptr(GByteArray) file = g_byte_array_new();

		cr_assert_not_null(text);
		g_byte_array_append(file, (const guint8 *)(i % 3 == 2 ? "\xff\xfe" : ""), i % 3 == 2 ? 2 : 0);
		g_byte_array_append(file, (const guint8 *)text, (guint)length);
		spoil(dice, file);
		g_autofree char *json = g_strdup_printf(
			"{\"code\": \"f\", \"title\": \"t\", \"kind\": \"delegated\", \"division\": \"" PREFECTURE "\", "
			"\"check_only\": true, \"file\": \"%s\"}",
			zhen_test_upload(world.test, file->data, file->len));
		int32_t status = post(&world, "/catalogues", json);
		cr_assert(status == 200 || is_refused(&world, status, 422, "rows-refused"), "file %d: %d %s", i, status,
		          zhen_test_body(world.test));
		taken += status == 200;
	}
	cr_expect(taken > 0 && taken < 200, "%d taken", taken);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM catalogue"), "0");
	world_clear(&world);
}
