/* SPDX-License-Identifier: Apache-2.0
 * From a patrol to a penalty on the spot, and every gate on the way. */
#include "world.h"

#define CODE "91532327MA6K12345X"
#define FINDING(kind_, code_)                                                                                              \
	"{\"place\": \"集镇东街\", \"party_kind\": \"" kind_ "\", \"party\": \"东街电动车行\", \"credit_code\": \"" code_ "\", " \
	"\"problem\": \"street_trade\", \"fact\": \"店外经营\"}"
#define TWO "\"officers\": [{\"member\": 1}, {\"member\": 2}]"
#define OPEN "{\"item\": \"CF-01\", " TWO "}"

TestSuite(penalty, .timeout = 120);

/* Two officers and an assistant, an item of penalty, a patrol that found something. */
static World begin(const char *kind)
{
	World world = world_at("2026-09-18");
	int64_t one = team(&world);

	officer(&world, one);
	officer(&world, one);
	member(&world, one, "assistant");
	as_staffing(&world);
	done(&world, post(&world, "/items/import",
	                  "{\"township\": \"" TOWNSHIP "\", \"content\": \"编码,名称,权力类型,依据,生效日期\\nCF-01,占道经营的处罚,行政处罚,条例第五条,2026-01-01\\n"
	                  "JC-01,市容检查,行政检查,条例第三条,2026-01-01\"}"), 200, "items");
	as_head(&world);
	done(&world, post(&world, "/patrols", "{\"kind\": \"patrol\", \"place\": \"东街\", \"officers\": [{\"member\": 1}]}"), 201, "patrol");
	done(&world, post(&world, "/patrols/1/findings", strcmp(kind, "person") == 0 ? FINDING("person", "") : FINDING("organisation", CODE)), 201,
	     "finding");
	return world;
}

Test(penalty, a_shop_is_found_told_fined_paid_and_put_away)
{
	World world = begin("organisation");

	done(&world, post(&world, "/findings/1/order", "{\"text\": \"立即移入店内\", \"correct_by\": \"2026-09-18\"}"),
	     200, "order");
	cr_expect_str_eq(value(&world, "number"), "永定政责改〔2026〕1号");
	done(&world, post(&world, "/findings/1/correct", "{\"text\": \"已移入\"}"), 200, "correct");
	done(&world, post(&world, "/findings/1/case", OPEN), 201, "case");
	refused(&world, post(&world, "/penalties/1/decide", "{\"fine_fen\": 50000}"), 409, "penalty-opened");
	done(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": 50000, \"reason\": \"占道经营\"}"), 200,
	     "inform");
	done(&world, post(&world, "/penalties/1/defend", "{\"defence\": \"货未入库\", \"answer\": \"部分采纳\"}"), 200,
	     "defend");
	refused(&world, post(&world, "/penalties/1/decide", "{\"fine_fen\": 50001}"), 409, "heavier");
	refused(&world, post(&world, "/penalties/1/decide", "{\"fine_fen\": 50000, \"warning\": true}"), 409,
	        "heavier");
	done(&world, post(&world, "/penalties/1/decide", "{\"fine_fen\": 30000}"), 200, "decide");
	cr_expect_str_eq(value(&world, "number"), "永定政罚当〔2026〕1号");
	done(&world, post(&world, "/penalties/1/serve", "{\"how\": \"signed\"}"), 200, "serve");
	done(&world, get(&world, "/penalties/1"), 200, "show");
	cr_expect_str_eq(value(&world, "pay_by"), "2026-10-08", "%s", value(&world, "pay_by")); /* 3 October is a day off until the 7th */
	wrong(&world, post(&world, "/penalties/1/pay", "{\"paid_fen\": 29999, \"how\": \"bank\", \"receipt\": \"P1\"}"), "paid_fen", "not-the-sum");
	refused(&world, post(&world, "/penalties/1/pay", "{\"paid_fen\": 30000, \"how\": \"spot\", \"receipt\": \"P1\"}"), 409, "not-on-the-spot");
	refused(&world, post(&world, "/penalties/1/archive", "{}"), 409, "unpaid");
	done(&world, post(&world, "/penalties/1/pay", "{\"paid_fen\": 30000, \"how\": \"bank\", \"receipt\": \"P1\"}"),
	     200, "pay");
	done(&world, post(&world, "/penalties/1/archive", "{}"), 200, "archive");
	done(&world, get(&world, "/penalties/1"), 200, "show");
	cr_expect_str_eq(value(&world, "state"), "archived");
	cr_expect_str_eq(value(&world, "archive_number"), "532327101-CF-2026-00001", "%s",
	                 value(&world, "archive_number"));
	zhen_test_run_jobs(world.test);
	cr_expect_eq(
		get(&world, "/documents/%E6%B0%B8%E5%AE%9A%E6%94%BF%E7%BD%9A%E5%BD%93%E3%80%942026%E3%80%951%E5%8F%B7"),
		200, "%s", zhen_test_body(world.test));
	/* Art. 74: what leaves the plugin says nothing of money. */
	cr_expect_eq(events(&world, "enforcement.penalty.moved"), 6);
	for (uint32_t i = 0; zhen_test_event(world.test, i) != NULL; i++)
		cr_expect(strstr(zhen_test_event(world.test, i), "30000") == NULL &&
		                  strstr(zhen_test_event(world.test, i), "50000") == NULL &&
		                  strstr(zhen_test_event(world.test, i), "fine") == NULL,
		          "%s", zhen_test_event(world.test, i));
	done(&world, get(&world, "/reports/inspections"), 200, "report");
	cr_expect_str_eq(value(&world, "items.0.penalties"), "1");
	cr_expect_str_eq(value(&world, "items.0.ratio"), "1.00 : 1", "%s", value(&world, "items.0.ratio"));
	cr_expect_str_eq(value(&world, "problems.0.problem"), "street_trade");
	cr_expect(strstr(zhen_test_body(world.test), "fen") == NULL, "a report with money");
	world_clear(&world);
}

Test(penalty, a_case_needs_an_item_of_the_day_two_officers_and_no_assistant)
{
	World world = begin("organisation");

	refused(&world, post(&world, "/findings/1/case", "{\"item\": \"CF-99\", " TWO "}"), 409, "item-not-in-force");
	refused(&world, post(&world, "/findings/1/case", "{\"item\": \"JC-01\", " TWO "}"), 409, "item-not-in-force");
	refused(&world, post(&world, "/findings/1/case", "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}]}"), 409,
	        "too-few-officers");
	wrong(&world,
	      post(&world, "/findings/1/case",
	           "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}, {\"member\": 1}]}"),
	      "officers", "not-a-member");
	refused(&world,
	        post(&world, "/findings/1/case",
	             "{\"item\": \"CF-01\", \"officers\": [{\"member\": 1}, {\"member\": 3}]}"),
	        409, "assistant-may-not");
	refused(&world,
	        post(&world, "/findings/1/case", "{\"item\": \"CF-01\", \"ended_on\": \"2024-09-17\", " TWO "}"), 409,
	        "limitation");
	as_neighbour(&world);
	refused(&world, post(&world, "/findings/1/case", OPEN), 404, "not-found");
	as_head(&world);
	done(&world, post(&world, "/findings/1/case", "{\"item\": \"CF-01\", \"ended_on\": \"2024-09-18\", " TWO "}"),
	     201, "on the last day");
	refused(&world, post(&world, "/findings/1/case", OPEN), 409, "finding-case");
	wrong(&world, post(&world, "/patrols/1/findings", FINDING("organisation", "123")), "credit_code",
	      "not-a-credit-code");
	refused(&world,
	        post(&world, "/patrols",
	             "{\"kind\": \"inspection\", \"place\": \"东街\", \"officers\": [{\"member\": 1}]}"),
	        409, "too-few-officers");
	turn_to(&world, "2027-01-01"); /* the certificates ended with the year */
	as_head(&world);
	refused(&world,
	        post(&world, "/patrols",
	             "{\"kind\": \"patrol\", \"place\": \"东街\", \"officers\": [{\"member\": 1}]}"),
	        409, "certificate-invalid");
	world_clear(&world);
}

Test(penalty, what_may_be_fined_on_the_spot_is_so_much_for_a_person_and_so_much_for_an_organisation)
{
	static const struct {
		const char *kind, *most, *more;
	} rows[] = { { "person", "20000", "20001" }, { "organisation", "300000", "300001" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = begin(rows[i].kind);

		done(&world, post(&world, "/findings/1/case", OPEN), 201, "case");
		wrong(&world, post(&world, "/penalties/1/inform", "{\"reason\": \"x\"}"), "fine_fen", "no-penalty");
		refused(&world,
		        post(&world, "/penalties/1/inform", "{\"fine_fen\": %s, \"reason\": \"x\"}", rows[i].more), 409,
		        "not-simple");
		done(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": %s, \"reason\": \"x\"}", rows[i].most),
		     200, "inform");
		world_clear(&world);
	}
}

Test(penalty, what_is_paid_late_costs_three_in_a_hundred_a_day_and_never_more_than_the_fine)
{
	static const struct {
		const char *day, *sum;
	} rows[] = { { "2026-10-08", "20000" }, { "2026-10-09", "20600" }, { "2026-11-10", "39800" }, { "2026-11-11", "40000" }, { "2027-06-01", "40000" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = begin("person");

		done(&world, post(&world, "/findings/1/case", OPEN), 201, "case");
		done(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": 20000, \"reason\": \"x\"}"), 200,
		     "inform");
		done(&world, post(&world, "/penalties/1/decide", "{\"fine_fen\": 20000}"), 200, "decide");
		done(&world, post(&world, "/penalties/1/serve", "{\"how\": \"refused\", \"note\": \"拒签\"}"), 200,
		     "serve");
		turn_to(&world, rows[i].day);
		as_head(&world);
		done(&world,
		     post(&world, "/penalties/1/pay", "{\"paid_fen\": %s, \"how\": \"bank\", \"receipt\": \"P1\"}",
		          rows[i].sum),
		     200, rows[i].day);
		world_clear(&world);
	}
}

Test(penalty, most_findings_end_without_a_case)
{
	World world = begin("person");

	done(&world, post(&world, "/findings/1/advise", "{\"text\": \"请移入\"}"), 200, "advise");
	refused(&world, post(&world, "/findings/1/advise", "{\"text\": \"请移入\"}"), 409, "finding-advised");
	done(&world, get(&world, "/reports/inspections"), 200, "report");
	cr_expect_str_eq(value(&world, "items.0.advised"), "1");
	cr_expect_str_eq(value(&world, "items.0.ratio"), ""); /* nothing to divide by */
	done(&world, post(&world, "/findings/1/case", OPEN), 201, "case");
	done(&world, post(&world, "/penalties/1/drop", "{\"reason\": \"首违轻微，已教育（行政处罚法第三十三条）\"}"),
	     200, "drop");
	refused(&world, post(&world, "/penalties/1/inform", "{\"fine_fen\": 100, \"reason\": \"x\"}"), 409,
	        "penalty-dropped");
	done(&world, post(&world, "/penalties/1/archive", "{}"), 200, "archive");
	as_looker(&world);
	refused(&world, post(&world, "/findings/1/advise", "{\"text\": \"x\"}"), 403, "forbidden");
	world_clear(&world);
}
