/* SPDX-License-Identifier: Apache-2.0
 * Posts, stand-ins, absences, the seal, agents and the eligibility ledger: each entered, shown, replaced and ended, in turn. */
#include "world.h"

#define OFFICE "agriculture-" TOWNSHIP
#define STATION "village-" VILLAGE
#define ALL "approvals.read approvals.posts approvals.places approvals.eligibility approvals.supervise"
#define PAID                                                                                                        \
	"姓名,身份证号,待遇,月份,金额(元)\\n吴老三,532327198001010015,养老保险,2026-07,\\\"1,200\\\"\\n" \
	"吴老三,532327198001010015,养老保险,2026-08,1200\\n"

typedef struct Ask {
	const char *method, *path, *json;
	int32_t status;
	const char *value, *is; /* of the answer */
} Ask;

static const Ask story[] = {
	{ "POST", "/posts", "{\"body\": \"" OFFICE "\", \"officer\": \"12\"}", 422, "errors.0.code", "unknown-account" },
	{ "POST", "/posts", "{\"body\": \"" OFFICE "\", \"officer\": \"13\"}", 422, "errors.0.code", "account-without-permission" },
	{ "POST", "/posts", "{\"body\": \"" OFFICE "\", \"officer\": \"11\", \"step\": \"s99\"}", 422, "errors.0.code", "step-unknown" },
	{ "POST", "/posts", "{\"body\": \"" OFFICE "\", \"officer\": \"10\", \"reason\": \"分工\"}", 201, "id", "1" },
	{ "POST", "/posts", "{\"body\": \"" OFFICE "\", \"officer\": \"11\"}", 409, "code", "post-taken" },
	{ "POST", "/posts/1/replace", "{\"officer\": \"10\", \"reason\": \"重复\"}", 409, "code", "same-officer" },
	{ "POST", "/posts/1/replace", "{\"officer\": \"11\", \"on\": \"2026-09-19\", \"reason\": \"调整\"}", 422, "errors.0.code", "day" },
	{ "POST", "/posts/1/replace", "{\"officer\": \"11\", \"reason\": \"调整\"}", 201, "id", "2" },
	{ "GET", "/posts", NULL, 200, "items.0.name", "赵农业" },
	{ "GET", "/posts", NULL, 200, "items.1.end_reason", "调整" },
	{ "POST", "/substitutes",
	  "{\"body\": \"" OFFICE "\", \"officer\": \"11\", \"stand_in\": \"10\", \"from_on\": \"2026-09-18\"}", 201, "id", "1" },
	{ "POST", "/absences",
	  "{\"body\": \"" OFFICE "\", \"officer\": \"11\", \"from_on\": \"2026-09-18\", \"reason\": \"病假\"}", 201, "id", "1" },
	{ "GET", "/posts", NULL, 200, "items.0.acting", "王农业" },
	{ "GET", "/absences", NULL, 200, "items.0.may", "end" },
	{ "POST", "/absences/1/end", "{\"on\": \"2026-09-18\"}", 201, "id", "1" },
	{ "POST", "/absences/1/end", "{\"on\": \"2026-09-18\"}", 409, "code", "dates" },
	{ "GET", "/substitutes", NULL, 200, "items.0.stand_in_name", "王农业" },
	{ "POST", "/substitutes/1/end", "{\"on\": \"2026-09-18\", \"reason\": \"轮岗\"}", 200, "id", "1" },
	{ "POST", "/posts/2/end", "{\"reason\": \"撤岗\"}", 200, "id", "2" },
	{ "POST", "/posts/2/end", "{\"reason\": \"撤岗\"}", 404, "code", "not-found" },
	{ "GET", "/seals", NULL, 200, "items.0.keeper_name", "吴掌印" },
	{ "POST", "/seals/1/handover", "{\"keeper\": \"10\", \"reason\": \"调整\"}", 422, "errors.0.code", "account-without-permission" },
	{ "POST", "/seals/1/handover", "{\"keeper\": \"14\", \"reason\": \"调整\"}", 201, "id", "2" },
	{ "GET", "/seals/2/log", NULL, 200, NULL, NULL },
	{ "POST", "/seals/2/end", "{\"reason\": \"损毁\"}", 200, "id", "2" },
	{ "GET", "/seals", NULL, 200, "items.0.end_reason", "损毁" },
	{ "POST", "/agents", "{\"body\": \"" STATION "\", \"account\": \"10\", \"township\": \"" TOWNSHIP "\"}", 422, "errors.0.code",
	  "account-without-permission" },
	{ "POST", "/agents", "{\"body\": \"" STATION "\", \"account\": \"15\", \"township\": \"" TOWNSHIP "\"}", 201, "id", "1" },
	{ "POST", "/agents", "{\"body\": \"" STATION "\", \"account\": \"15\", \"township\": \"" TOWNSHIP "\"}", 409, "code", "agent-already" },
	{ "POST", "/agents/1/end", "{\"reason\": \"换届\"}", 200, "id", "1" },
	{ "GET", "/agents", NULL, 200, "items.0.end_reason", "换届" },
	{ "POST", "/payments/imports", "{\"division\": \"" TOWNSHIP "\", \"content\": \"" PAID "\"}", 201, "rows", "2" },
	{ "POST", "/payments/imports", "{\"division\": \"" TOWNSHIP "\", \"content\": \"" PAID "\"}", 422, "errors.0.code", "month-imported" },
	{ "POST", "/payments/imports", "{\"division\": \"" TOWNSHIP "\", \"replace\": true, \"content\": \"" PAID "\"}", 201, "rows", "2" },
	{ "POST", "/facts/imports",
	  "{\"division\": \"" TOWNSHIP "\", \"content\": \"来源,身份证号,日期,情形\\n民政,532327198001010015,2026-07-02,死亡\\n\"}", 201, "rows", "1" },
	{ "GET", "/payments/imports", NULL, 200, NULL, NULL },
	{ "POST", "/eligibility/checks", "{\"division\": \"" TOWNSHIP "\", \"year\": 2026}", 201, "id", "1" },
	{ "GET", "/eligibility/checks", NULL, 200, "items.0.payments", "2" },
	{ "GET", "/suspicions", NULL, 200, "items.0.name", "吴**" },
	{ "GET", "/suspicions/1", NULL, 200, "name", "吴老三" },
	{ "POST", "/suspicions/1/settle", "{\"result\": \"confirmed\", \"note\": \"已核实\"}", 200, "recovery", "1" },
	{ "POST", "/recoveries/1/receipts", "{\"amount_fen\": 20000, \"received_on\": \"2026-09-18\", \"voucher\": \"收1\"}", 200, "id", "1" },
	{ "GET", "/recoveries", NULL, 200, "items.0.may", "receipts" },
	{ "GET", "/recoveries/1", NULL, 200, "receipts.0.amount_fen", "20000" },
	{ "GET", "/accountability", NULL, 200, NULL, NULL },
	{ "GET", "/home-visits", NULL, 200, NULL, NULL },
	{ "GET", "/left-open", NULL, 200, NULL, NULL },
	{ "GET", "/queue", NULL, 200, NULL, NULL },
};

Test(staff, what_people_hold_is_entered_shown_replaced_and_ended)
{
	World world = world_at("2026-09-18");

	zhen_test_account(world.test, "10", "王农业", OFFICE, "approvals.read approvals.review");
	zhen_test_account(world.test, "11", "赵农业", OFFICE, "approvals.read approvals.review");
	zhen_test_account(world.test, "13", "陈观摩", OFFICE, "approvals.read");
	zhen_test_account(world.test, "14", "周掌印", "government-" TOWNSHIP, "approvals.read approvals.issue");
	zhen_test_account(world.test, "15", "代办员", STATION, "approvals.read approvals.agent");
	for (size_t i = 0; i < G_N_ELEMENTS(story); i++) {
		const Ask *ask = &story[i];

		zhen_test_as(world.test, "1", "government-" TOWNSHIP, NULL, ALL);
		int32_t status = zhen_test_call(world.test, ask->method, ask->path, ask->json);
		cr_expect_eq(status, ask->status, "%zu %s %s: %d %s", i, ask->method, ask->path, status,
		             zhen_test_body(world.test));
		if (ask->value != NULL)
			cr_expect_str_eq(value(&world, ask->value), ask->is, "%zu %s %s: %s", i, ask->method, ask->path,
			                 zhen_test_body(world.test));
	}
	world_clear(&world);
}

/* Nothing is decided under seal before there is one, and it says what to do. */
Test(staff, without_a_seal_no_decision_leaves_the_house)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	zhen_test_as(world.test, "1", "government-" TOWNSHIP, NULL, ALL);
	expect_done(&world, zhen_test_call(world.test, "POST", "/seals/1/end", "{\"reason\": \"损毁\"}"), 200,
	            "out of use");
	as_government(&world);
	cr_expect(is_refused(&world, act(&world, "reject", "{\"reason\": \"不符\", \"basis\": \"依据\"}"), 409,
	                     "no-seal"),
	          "%s", zhen_test_body(world.test));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "启用印章"));
	to_approved(&world);
	as_keeper(&world);
	cr_expect(is_refused(&world, act(&world, "issue", NULL), 409, "no-seal"), "%s", zhen_test_body(world.test));
	register_seal(&world, TOWNSHIP);
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "with one");
	world_clear(&world);
}
