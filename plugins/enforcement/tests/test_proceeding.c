/* SPDX-License-Identifier: Apache-2.0
 * The ordinary procedure from its opening to its file, and every gate on the way. Days: 2026-09-18 is a Friday. */
#include "world.h"

#define CODE "91532327MA6K12345X"
#define TWO "\"officers\": [{\"member\": 1}, {\"member\": 2}]"
#define OPEN(more_) "{\"item\": \"CF-01\", " TWO more_ "}"
#define TELL(fine_) "{\"fine_fen\": " fine_ ", \"reason\": \"占道经营\", \"age\": \"adult\"}"
#define MEMBERS 5

TestSuite(proceeding, .timeout = 180);

static void find(World *world, const char *kind, const char *party, const char *code)
{
	as_head(world);
	done(world, post(world, "/patrols/1/findings",
	                 "{\"place\": \"集镇东街\", \"party_kind\": \"%s\", \"party\": \"%s\", \"credit_code\": \"%s\", \"problem\": \"street_trade\", "
	                 "\"fact\": \"店外经营\"}",
	                 kind, party, code), 201, "finding");
}

/* Members 1 to 4 are officers, 5 an assistant; a finding of a shop. */
static World begin(void)
{
	World world = world_at("2026-09-18");
	int64_t one = team(&world);

	for (int i = 0; i < MEMBERS - 1; i++)
		officer(&world, one);
	member(&world, one, "assistant");
	as_staffing(&world);
	done(&world, post(&world, "/items/import",
	                  "{\"township\": \"" TOWNSHIP "\", \"content\": \"编码,名称,权力类型,依据,生效日期\\nCF-01,占道经营的处罚,行政处罚,条例第五条,2026-01-01\\n"
	                  "JC-01,市容检查,行政检查,条例第三条,2026-01-01\"}"), 200, "items");
	as_head(&world);
	done(&world,
	     post(&world, "/patrols", "{\"kind\": \"patrol\", \"place\": \"东街\", \"officers\": [{\"member\": 1}]}"),
	     201, "patrol");
	find(&world, "organisation", "东街电动车行", CODE);
	return world;
}

static void take(World *world, const char *kind, const char *more)
{
	const char *digest = zhen_test_upload(world->test, "%PDF-1.4 x", 10);

	done(world, post(world, "/proceedings/1/evidence",
	                 "{\"kind\": \"%s\", \"title\": \"照片\", \"proves\": \"店外经营\", \"place\": \"东街\", \"source\": \"现场拍摄\", \"file\": \"%s\", " TWO "%s}",
	                 kind, digest, more), 201, "evidence");
}

static void as_legal(World *world)
{
	zhen_test_as(world->test, "司法所", "government-" TOWNSHIP, NULL, "enforcement.read enforcement.review");
}

Test(proceeding, a_shop_is_told_heard_fined_served_pays_and_is_put_away)
{
	World world = begin();

	done(&world, post(&world, "/findings/1/proceeding", OPEN("")), 201, "open");
	refused(&world, post(&world, "/proceedings/1/inform", TELL("3000000")), 409, "no-evidence");
#define TAKE(more_) "{\"kind\": \"object\", \"title\": \"遮阳伞\", \"proves\": \"店外经营\", \"place\": \"东街\", \"source\": \"现场提取\", " more_ "}"
	refused(&world, post(&world, "/proceedings/1/evidence", TAKE("\"officers\": [{\"member\": 1}]")), 409, "too-few-officers");
	refused(&world, post(&world, "/proceedings/1/evidence", TAKE("\"taken_on\": \"2026-01-04\", " TWO)), 409, "not-serving");
	wrong(&world, post(&world, "/proceedings/1/evidence",
	                   "{\"kind\": \"document\", \"title\": \"x\", \"proves\": \"x\", \"place\": \"x\", \"source\": \"x\", " TWO "}"),
	      "file", "required");
	take(&world, "audiovisual", "");
	wrong(&world, post(&world, "/proceedings/1/records", "{\"kind\": \"witness\", \"place\": \"东街\", \"text\": \"问：…答：…\", \"proves\": \"店外经营\", " TWO "}"),
	      "person", "required");
	done(&world, post(&world, "/proceedings/1/records", "{\"kind\": \"record\", \"place\": \"东街\", \"text\": \"店外摆放五辆\", \"proves\": \"店外经营\", " TWO "}"),
	     200, "record");
	done(&world, post(&world, "/proceedings/1/inform", TELL("3000000")), 200, "inform");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 3000000}"), 409, "defence-open");
	done(&world, post(&world, "/proceedings/1/defend", "{\"defence\": \"货未入库\", \"answer\": \"部分采纳\"}"),
	     200, "defend");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 3000001}"), 409, "heavier");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 3000000, \"warning\": true}"), 409,
	        "heavier");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 1, \"measure\": \"stop\"}"), 409,
	        "heavier");
	done(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 200000}"), 200, "decide");
	cr_expect_str_eq(value(&world, "number"), "永定政罚〔2026〕1号");
	refused(&world,
	        post(&world, "/proceedings/1/serve",
	             "{\"how\": \"electronic\", \"recipient\": \"店主\", \"proof\": \"短信\"}"),
	        409, "no-consent");
	wrong(&world,
	      post(&world, "/proceedings/1/serve", "{\"how\": \"left\", \"recipient\": \"店主\", \"proof\": \"录像\"}"),
	      "witness", "required");
	done(&world,
	     post(&world, "/proceedings/1/serve",
	          "{\"how\": \"direct\", \"recipient\": \"店主\", \"proof\": \"签收\"}"),
	     200, "serve");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "effective_on"), "2026-09-18");
	cr_expect_str_eq(value(&world, "pay_by"), "2026-10-08");
	refused(&world, post(&world, "/proceedings/1/archive", "{}"), 409, "unpaid");
	wrong(&world, post(&world, "/proceedings/1/pay", "{\"paid_fen\": 200001, \"receipt\": \"P1\"}"), "paid_fen",
	      "not-the-sum");
	done(&world, post(&world, "/proceedings/1/pay", "{\"paid_fen\": 50000, \"receipt\": \"P1\"}"), 200, "a part");
	cr_expect_str_eq(value(&world, "state"), "served");
	/* 72: a day late 60.00, on the 33rd day 1,980.00, from the 34th no more than the fine. */
	static const struct {
		const char *day, *owed;
	} late[] = { { "2026-10-08", "150000" }, { "2026-10-09", "156000" }, { "2026-11-10", "348000" }, { "2026-11-11", "350000" }, { "2027-03-01", "350000" } };
	for (size_t i = 0; i < G_N_ELEMENTS(late); i++) {
		turn_to(&world, late[i].day);
		done(&world, get(&world, "/proceedings/1"), 200, late[i].day);
		cr_expect_str_eq(value(&world, "owed_fen"), late[i].owed, "%s: %s", late[i].day,
		                 value(&world, "owed_fen"));
	}
	done(&world, post(&world, "/proceedings/1/pay", "{\"paid_fen\": 350000, \"receipt\": \"P2\"}"), 200,
	     "the rest");
	cr_expect_str_eq(value(&world, "state"), "settled");
	done(&world, post(&world, "/proceedings/1/archive", "{}"), 200, "archive");
	zhen_test_run_jobs(world.test);
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	static const char *const papers[] = { "现场笔录", "行政处罚事先告知书", "行政处罚决定书", "送达回证" };
	for (size_t i = 0; i < G_N_ELEMENTS(papers); i++) {
		g_autofree char *path = g_strdup_printf("documents.%zu.title", i);

		cr_expect_str_eq(value(&world, path), papers[i]);
	}
	cr_expect_str_eq(value(&world, "evidence.1.source"), "永定政笔〔2026〕1号");
	cr_expect_str_eq(value(&world, "custody.0.what"), "收集");
	/* Art. 74: what leaves the plugin says nothing of money. */
	cr_expect_eq(events(&world, "enforcement.proceeding.moved"), 6);
	for (uint32_t i = 0; zhen_test_event(world.test, i) != NULL; i++)
		cr_expect(strstr(zhen_test_event(world.test, i), "000") == NULL ||
		                  strstr(zhen_test_event(world.test, i), "fen") == NULL,
		          "%s", zhen_test_event(world.test, i));
	world_clear(&world);
}

Test(proceeding, opens_by_two_officers_who_do_not_supervise_the_matter_on_an_item_in_force_once)
{
	World world = begin();

	refused(&world, post(&world, "/findings/1/proceeding", "{\"item\": \"JC-01\", " TWO "}"), 409, "item-not-in-force");
	refused(&world, post(&world, "/findings/1/proceeding", "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}]}"), 409, "too-few-officers");
	refused(&world, post(&world, "/findings/1/proceeding", "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}, {\"member\": 5}]}"), 409,
	        "assistant-may-not");
	refused(&world, post(&world, "/findings/1/proceeding", "{\"item\": \"CF-01\", " TWO ", \"ended_on\": \"2024-09-17\"}"), 409, "limitation");
	done(&world, post(&world, "/members/2/oversights", "{\"item\": \"CF-01\", \"work\": \"license\"}"), 201, "oversight");
	refused(&world, post(&world, "/findings/1/proceeding", OPEN("")), 403, "separation");
	refused(&world, post(&world, "/findings/1/case", OPEN("")), 403, "separation");
	done(&world, post(&world, "/oversights/1/end", "{}"), 200, "ended");
	turn_to(&world, "2026-09-21");
	as_head(&world);
	done(&world, post(&world, "/findings/1/proceeding", OPEN("")), 201, "open");
	find(&world, "organisation", "东街电动车行", CODE);
	refused(&world, post(&world, "/findings/2/proceeding", OPEN("")), 409, "once");
	refused(&world, post(&world, "/findings/2/case", OPEN("")), 409, "once");
	done(&world, post(&world, "/proceedings/1/drop", "{\"reason\": \"首违轻微并及时改正\"}"), 200, "drop");
	done(&world, post(&world, "/findings/2/proceeding", OPEN("")), 201, "the first was dropped");
	world_clear(&world);
}

Test(proceeding, who_is_recused_leaves_and_another_takes_over)
{
	World world = begin();

	done(&world, post(&world, "/findings/1/proceeding", OPEN("")), 201, "open");
	wrong(&world,
	      post(&world, "/proceedings/1/recusals",
	           "{\"member\": 3, \"granted\": true, \"reason\": \"亲属\", \"officers\": [{\"member\": 4}]}"),
	      "member", "not-a-handler");
	refused(&world,
	        post(&world, "/proceedings/1/recusals", "{\"member\": 2, \"granted\": true, \"reason\": \"亲属\"}"),
	        409, "too-few-officers");
	wrong(&world,
	      post(&world, "/proceedings/1/recusals",
	           "{\"member\": 2, \"granted\": true, \"reason\": \"亲属\", \"officers\": [{\"member\": 1}]}"),
	      "officers", "handled-it");
	done(&world, post(&world, "/proceedings/1/recusals", "{\"member\": 2, \"granted\": false, \"reason\": \"没有利害关系\"}"), 200, "refused");
	done(&world, post(&world, "/proceedings/1/recusals", "{\"member\": 2, \"granted\": true, \"reason\": \"亲属\", \"officers\": [{\"member\": 3}]}"), 200,
	     "granted");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_null(strstr(value(&world, "handlers"), "（2）"), "%s", value(&world, "handlers"));
	wrong(&world, post(&world, "/proceedings/1/recusals", "{\"member\": 2, \"granted\": false, \"reason\": \"x\"}"),
	      "member", "not-a-handler");
	world_clear(&world);
}

Test(proceeding, a_hearing_is_asked_for_in_time_called_in_time_and_held_before_the_decision)
{
	World world = begin();

	done(&world, post(&world, "/findings/1/proceeding", OPEN("")), 201, "open");
	take(&world, "electronic", "");
	done(&world, post(&world, "/proceedings/1/inform", TELL("4999999")), 200, "below");
	refused(&world, post(&world, "/proceedings/1/hearing-request", "{\"said\": \"要求听证\"}"), 409, "no-hearing");
	done(&world, post(&world, "/proceedings/1/inform", TELL("5000000")), 200, "told anew");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "hearing_right"), "true");
	turn_to(&world, "2026-09-25"); /* Mid-autumn, a day off; the 20th is a make-up Sunday: the fifth working day is the 24th */
	as_head(&world);
	refused(&world, post(&world, "/proceedings/1/hearing-request", "{\"said\": \"要求听证\"}"), 409,
	        "hearing-late");
	turn_to(&world, "2026-09-24");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 1}"), 409, "hearing-open");
	done(&world, post(&world, "/proceedings/1/hearing-request", "{\"said\": \"要求听证\"}"), 200, "asked");
	refused(&world, post(&world, "/proceedings/1/hearing", "{\"record\": \"笔录\"}"), 409, "hearing-not-called");
	refused(&world, post(&world, "/proceedings/1/hearing-notice", "{\"on\": \"2026-09-30\", \"presider\": 3, \"place\": \"会议室\"}"), 409, "hearing-too-soon");
	refused(&world, post(&world, "/proceedings/1/hearing-notice", "{\"on\": \"2026-10-15\", \"presider\": 1, \"place\": \"会议室\"}"), 409,
	        "presider-investigated");
	done(&world, post(&world, "/proceedings/1/hearing-notice", "{\"on\": \"2026-10-15\", \"presider\": 3, \"place\": \"会议室\"}"), 200, "called");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 1}"), 409, "hearing-due");
	refused(&world, post(&world, "/proceedings/1/hearing", "{\"record\": \"笔录\"}"), 409, "hearing-not-yet");
	turn_to(&world, "2026-10-15");
	done(&world, post(&world, "/proceedings/1/hearing", "{\"record\": \"笔录\"}"), 200, "held");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 1}"), 409, "not-reviewed");
	refused(&world, post(&world, "/proceedings/1/legal-review", "{\"passed\": true, \"opinion\": \"合法\"}"), 403,
	        "forbidden");
	as_legal(&world);
	done(&world, post(&world, "/proceedings/1/legal-review", "{\"passed\": false, \"opinion\": \"补充证据\"}"), 200,
	     "not passed");
	as_head(&world);
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 1}"), 409, "not-reviewed");
	as_legal(&world);
	done(&world, post(&world, "/proceedings/1/legal-review", "{\"passed\": true, \"opinion\": \"合法\"}"), 200,
	     "passed");
	as_head(&world);
	done(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 4000000}"), 200, "decide");
	world_clear(&world);
}

Test(proceeding, a_grave_case_is_joint_reviewed_and_discussed_within_ninety_days)
{
	World world = begin();

	done(&world, post(&world, "/findings/1/proceeding", OPEN(", \"grave\": true")), 201, "open");
	take(&world, "record", ", \"monitoring\": true");
	refused(&world, post(&world, "/proceedings/1/inform", TELL("100")), 409, "monitoring-unreviewed");
	as_legal(&world);
	done(&world, post(&world, "/evidence/1/monitoring-review", "{\"opinion\": \"设备合格，记录清晰\"}"), 200,
	     "looked at");
	refused(&world, post(&world, "/evidence/1/monitoring-review", "{\"opinion\": \"再审\"}"), 409,
	        "nothing-to-review");
	as_head(&world);
	done(&world, post(&world, "/proceedings/1/inform", TELL("100")), 200, "inform");
	done(&world, post(&world, "/proceedings/1/defend", "{\"defence\": \"无\", \"answer\": \"无\"}"), 200, "defend");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 100}"), 409, "not-reviewed");
	as_legal(&world);
	done(&world, post(&world, "/proceedings/1/legal-review", "{\"passed\": true, \"opinion\": \"合法\"}"), 200,
	     "passed");
	as_head(&world);
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 100}"), 409, "not-joint");
	wrong(&world,
	      post(&world, "/proceedings/1/joint",
	           "{\"body\": \"county-enforcement-532301000000\", \"text\": \"会商\"}"),
	      "body", "not-above");
	done(&world,
	     post(&world, "/proceedings/1/joint",
	          "{\"body\": \"county-enforcement-532327000000\", \"text\": \"会商\"}"),
	     200, "joint");
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 100}"), 409, "not-discussed");
	done(&world, post(&world, "/proceedings/1/discussion", "{\"present\": \"班子成员\", \"record\": \"同意\"}"),
	     200, "discussed");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "due_on"), "2026-12-17");
	cr_expect_str_eq(value(&world, "late"), "false");
	turn_to(&world, "2026-12-18");
	as_head(&world);
	refused(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 100}"), 409, "out-of-time");
	done(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 100, \"extension\": \"某条例第九条\"}"), 200,
	     "decide");
	done(&world,
	     post(&world, "/proceedings/1/serve",
	          "{\"how\": \"public\", \"recipient\": \"下落不明\", \"proof\": \"公告栏和网站\"}"),
	     200, "serve");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "effective_on"), "2027-01-17");
	cr_expect_str_eq(value(&world, "late"), "true");
	world_clear(&world);
}

Test(proceeding, parts_stays_urging_and_the_court_come_in_their_time)
{
	World world = begin();

	done(&world, post(&world, "/findings/1/proceeding", OPEN("")), 201, "open");
	take(&world, "document", "");
	done(&world, post(&world, "/proceedings/1/inform", TELL("200000")), 200, "inform");
	done(&world, post(&world, "/proceedings/1/defend", "{\"defence\": \"无\", \"answer\": \"无\"}"), 200, "defend");
	done(&world, post(&world, "/proceedings/1/decide", "{\"fine_fen\": 200000}"), 200, "decide");
	done(&world, post(&world, "/proceedings/1/serve", "{\"how\": \"post\", \"recipient\": \"店主\", \"proof\": \"EMS\"}"), 200, "serve");
	wrong(&world, post(&world, "/proceedings/1/instalments", "{\"reason\": \"困难\", \"parts\": [{\"due_on\": \"2026-10-20\", \"part_fen\": 100000}]}"), "parts",
	      "not-the-sum");
	wrong(&world, post(&world, "/proceedings/1/instalments",
	                   "{\"reason\": \"困难\", \"parts\": [{\"due_on\": \"2026-11-20\", \"part_fen\": 100000}, {\"due_on\": \"2026-10-20\", \"part_fen\": 100000}]}"),
	      "parts", "not-in-order");
	done(&world, post(&world, "/proceedings/1/instalments",
	                  "{\"reason\": \"困难\", \"parts\": [{\"due_on\": \"2026-10-20\", \"part_fen\": 100000}, {\"due_on\": \"2026-11-20\", \"part_fen\": 100000}]}"),
	     200, "parts");
	refused(&world, post(&world, "/proceedings/1/urge", "{\"text\": \"请缴纳\"}"), 409, "not-overdue");
	turn_to(&world, "2026-10-20");
	as_head(&world);
	done(&world, post(&world, "/proceedings/1/pay", "{\"paid_fen\": 100000, \"receipt\": \"P1\"}"), 200,
	     "the first in time");
	turn_to(&world, "2026-11-20");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "owed_fen"), "100000");
	/* Two days late, of which the second is stayed. */
	turn_to(&world, "2026-11-22");
	done(&world, post(&world, "/proceedings/1/stay", "{\"why\": \"行政复议\", \"from_on\": \"2026-11-22\"}"), 200,
	     "stay");
	refused(&world, post(&world, "/proceedings/1/stay", "{\"why\": \"诉讼\", \"from_on\": \"2026-11-22\"}"), 409,
	        "stayed-already");
	turn_to(&world, "2026-12-31");
	done(&world, get(&world, "/proceedings/1"), 200, "show");
	cr_expect_str_eq(value(&world, "owed_fen"), "106000");
	done(&world,
	     post(&world, "/proceedings/1/stay",
	          "{\"why\": \"维持\", \"from_on\": \"2026-11-22\", \"to_on\": \"2026-12-31\"}"),
	     200, "stay ends");
	refused(&world, post(&world, "/proceedings/1/court", "{\"court\": \"永仁县人民法院\"}"), 409, "not-in-time");
	turn_to(&world, "2027-03-20");
	as_head(&world);
	refused(&world, post(&world, "/proceedings/1/court", "{\"court\": \"永仁县人民法院\"}"), 409, "not-urged");
	done(&world, post(&world, "/proceedings/1/urge", "{\"text\": \"请缴纳\"}"), 200, "urged");
	turn_to(&world, "2027-03-30");
	refused(&world, post(&world, "/proceedings/1/court", "{\"court\": \"永仁县人民法院\"}"), 409, "not-urged");
	turn_to(&world, "2027-03-31");
	done(&world, post(&world, "/proceedings/1/court", "{\"court\": \"永仁县人民法院\"}"), 200, "court");
	done(&world, post(&world, "/proceedings/1/pay", "{\"paid_fen\": 300000, \"receipt\": \"P2\"}"), 200,
	     "paid in the end");
	cr_expect_str_eq(value(&world, "state"), "settled");
	world_clear(&world);
}

Test(proceeding, what_is_too_much_for_the_spot_goes_the_ordinary_way_and_children_are_not_fined)
{
	World world = begin();

	find(&world, "person", "小明", "");
	done(&world, post(&world, "/findings/2/case", OPEN("")), 201, "simple");
	refused(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": 20001, \"reason\": \"x\"}"), 409,
	        "not-simple");
	done(&world, post(&world, "/penalties/1/proceeding", OPEN("")), 201, "ordinary");
	refused(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": 20000, \"reason\": \"x\"}"), 409,
	        "penalty-converted");
	take(&world, "party", "");
	refused(&world,
	        post(&world, "/proceedings/1/inform", "{\"fine_fen\": 20001, \"reason\": \"x\", \"age\": \"child\"}"),
	        409, "under-fourteen");
	done(&world, post(&world, "/proceedings/1/transfer", "{\"to\": \"公安机关\", \"reason\": \"涉嫌犯罪\"}"), 200,
	     "transferred");
	world_clear(&world);
}
