/* SPDX-License-Identifier: Apache-2.0
 * What others see of a decision: its publication and its lesson; leads, reviews, visits. */
#include "world.h"

#define LESSON "{\"title\": \"占道经营怎样查处\", \"content\": \"%s\"}"

/* A person's case, warned on the spot, served and put away. */
static World closed(void)
{
	World world = world_at("2026-09-18");
	int64_t its = team(&world);

	officer(&world, its), officer(&world, its);
	as_staffing(&world);
	done(&world, post(&world, "/items/import",
	                  "{\"township\": \"" TOWNSHIP "\", \"content\": \"编码,名称,权力类型,依据,生效日期\\nCF-01,占道经营的处罚,行政处罚,条例第五条,2026-01-01\"}"), 200, "items");
	as_head(&world);
	done(&world, post(&world, "/patrols", "{\"kind\": \"patrol\", \"place\": \"东街\", \"officers\": [{\"member\": 1}]}"), 201, "patrol");
	done(&world, post(&world, "/patrols/1/findings", "{\"place\": \"集镇东街\", \"party_kind\": \"person\", \"party\": \"王建国\", \"problem\": \"street_trade\", "
	                                                 "\"fact\": \"占道\"}"), 201, "finding");
	done(&world, post(&world, "/findings/1/case", "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}, {\"member\": 2}]}"), 201, "case");
	done(&world, post(&world, "/penalties/1/inform", "{\"warning\": true, \"reason\": \"占道经营\"}"), 200, "inform");
	done(&world, post(&world, "/penalties/1/decide", "{\"warning\": true}"), 200, "decide");
	done(&world, post(&world, "/penalties/1/serve", "{\"how\": \"signed\"}"), 200, "serve");
	return world;
}

Test(publication, is_due_with_the_decision_and_names_no_natural_person)
{
	World world = closed();

	done(&world, get(&world, "/publications"), 200, "due");
	cr_expect_str_eq(value(&world, "items.0.due_on"), "2026-09-29");
	cr_expect_str_eq(value(&world, "items.0.late"), "0");
	turn_to(&world, "2026-09-30");
	as_head(&world);
	done(&world, get(&world, "/publications?state=due"), 200, "late");
	cr_expect_str_eq(value(&world, "items.0.late"), "1");
	refused(&world, post(&world, "/publications/1/withdraw", "{\"changed_on\": \"2026-09-30\", \"reason\": \"x\"}"),
	        409, "publication-due");
	done(&world, post(&world, "/publications/1/withhold", "{\"reason\": \"涉及个人隐私\"}"), 200, "withheld");
	zhen_test_anonymous(world.test);
	done(&world, get(&world, "/decisions"), 200, "public");
	cr_expect_str_eq(value(&world, "items.0.id"), "");
	as_neighbour(&world);
	cr_expect_eq(get(&world, "/publications/1"), 404);
	as_head(&world);
	done(&world, post(&world, "/publications/1/publish", "{}"), 200, "published after all");
	zhen_test_anonymous(world.test);
	done(&world, get(&world, "/decisions"), 200, "public");
	cr_expect_str_eq(value(&world, "items.0.result"), "警告");
	cr_expect_null(strstr(zhen_test_body(world.test), "王建国"));
	as_head(&world);
	done(&world,
	     post(&world, "/publications/1/withdraw", "{\"changed_on\": \"2026-09-30\", \"reason\": \"复议撤销\"}"),
	     200, "withdrawn");
	done(&world, get(&world, "/publications/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "journal.2.what"), "withdraw");
	world_clear(&world);
}

Test(lesson, says_nothing_of_whose_the_case_was_and_is_found_by_two_characters)
{
	World world = closed();

	refused(&world, post(&world, "/penalties/1/lesson", LESSON, "先责令改正"), 409, "not-archived");
	done(&world, post(&world, "/penalties/1/archive", "{}"), 200, "archive");
	wrong(&world, post(&world, "/penalties/1/lesson", LESSON, "王建国占道"), "content", "names-the-party");
	wrong(&world, post(&world, "/penalties/1/lesson", LESSON, "在集镇东街占道"), "content", "names-the-party");
	done(&world, post(&world, "/penalties/1/lesson", LESSON, "先责令改正"), 201, "lesson");
	refused(&world, post(&world, "/penalties/1/lesson", LESSON, "先责令改正"), 409, "lesson-already");
	zhen_test_anonymous(world.test);
	done(&world, get(&world, "/lessons?q=%E8%B4%A3%E4%BB%A4"), 200, "责令");
	cr_expect_eq(zhen_test_int(world.test, "items.0.id"), 1);
	done(&world, get(&world, "/lessons?q=%E5%9E%83%E5%9C%BE"), 200, "垃圾");
	cr_expect_str_eq(value(&world, "items.0.id"), "");
	done(&world, get(&world, "/lessons/1"), 200, "shown");
	cr_expect_null(strstr(zhen_test_body(world.test), "王建国"));
	cr_expect_eq(get(&world, "/lesson-files/1"), 404, "it has none");
	as_neighbour(&world);
	cr_expect_eq(post(&world, "/lessons/1/withdraw", "{}"), 404);
	cr_expect_eq(post(&world, "/proceedings/1/lesson", LESSON, "x"), 404);
	as_head(&world);
	done(&world, post(&world, "/lessons/1/withdraw", "{}"), 200, "taken down");
	cr_expect_eq(get(&world, "/lessons/1"), 404);
	world_clear(&world);
}

Test(penalty_search, finds_by_two_characters_of_item_place_or_fact_and_never_by_whose_it_was)
{
	World world = closed();
	static const struct {
		const char *words;
		int64_t found;
	} rows[] = { { "%E5%8D%A0%E9%81%93", 1 } /* 占道 */, { "%E4%B8%9C%E8%A1%97", 1 } /* 东街 */, { "%E7%8E%8B%E5%BB%BA", 0 } /* 王建 */,
		     { "%E5%9E%83%E5%9C%BE", 0 } /* 垃圾 */ };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/penalties?q=%s", rows[i].words);

		as_head(&world);
		done(&world, get(&world, path), 200, "search");
		cr_expect_eq(zhen_test_value(world.test, "items.0.id") != NULL, rows[i].found, "%s", rows[i].words);
		as_neighbour(&world);
		done(&world, get(&world, path), 200, "search");
		cr_expect_null(zhen_test_value(world.test, "items.0.id"), "elsewhere");
	}
	as_head(&world);
	done(&world, get(&world, "/proceedings?q=%E5%8D%A0%E9%81%93"), 200, "search");
	cr_expect_null(zhen_test_value(world.test, "items.0.id"), "none yet");
	world_clear(&world);
}

Test(lead, of_a_camera_stays_one_until_a_review_has_passed_it)
{
	World world = closed();

	as_staffing(&world);
	cr_expect_eq(post(&world, "/lead-batches", "{\"title\": \"x\", \"leads\": []}"), 403);
	as_head(&world);
	cr_expect_eq(post(&world, "/lead-batches", "{\"title\": \"x\", \"leads\": []}"), 422);
	done(&world, post(&world, "/lead-batches", "{\"title\": \"九月\", \"leads\": [{\"problem\": \"parking\", \"place\": \"东街\", \"fact\": \"乱停\", \"source\": "
	                                           "\"camera\"}, {\"problem\": \"parking\", \"place\": \"东街\", \"fact\": \"乱停\", \"source\": \"resident\"}]}"), 201, "batch");
	refused(&world, post(&world, "/leads/1/finding", "{\"finding\": 1}"), 409, "monitoring-unreviewed");
	wrong(&world, post(&world, "/leads/2/finding", "{\"finding\": 9}"), "finding", "no-such-finding");
	zhen_test_as(world.test, "法制员", "government-" TOWNSHIP, NULL, "enforcement.read enforcement.review");
	done(&world, post(&world, "/leads/1/review", "{\"passed\": true, \"opinion\": \"合格\"}"), 200, "reviewed");
	refused(&world, post(&world, "/leads/1/review", "{\"passed\": true, \"opinion\": \"合格\"}"), 409,
	        "nothing-to-review");
	as_head(&world);
	done(&world, post(&world, "/leads/1/finding", "{\"finding\": 1}"), 200, "found");
	refused(&world, post(&world, "/leads/1/finding", "{\"finding\": 1}"), 409, "lead-found");
	zhen_test_as(world.test, "执法局", "county-enforcement-" COUNTY, NULL,
	             "enforcement.read enforcement.teach enforcement.personal");
	done(&world, post(&world, "/lead-batches/1/visits", "{\"leader\": \"张伟\", \"leader_post\": \"副局长\"}"), 201,
	     "visit");
	done(&world, post(&world, "/visits/1/teachings", "{\"mode\": \"one\", \"people\": 1, \"content\": \"笔录\"}"),
	     201, "teaching");
	done(&world, get(&world, "/lead-batches"), 200, "list");
	cr_expect_eq(zhen_test_int(world.test, "items.0.visits"), 1);
	done(&world, get(&world, "/lead-batches/1"), 200, "together");
	cr_expect_eq(zhen_test_int(world.test, "leads.0.penalty"), 1);
	cr_expect_str_eq(value(&world, "visits.0.teachings.0.content"), "笔录");
	as_neighbour(&world);
	cr_expect_eq(get(&world, "/lead-batches/1"), 404);
	world_clear(&world);
}
