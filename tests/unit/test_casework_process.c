/* SPDX-License-Identifier: Apache-2.0
 * A process as data: every state × act × role has one answer, and a table that does not hang together is told so. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include <zhen/casework/process.h>

enum { DRAFT, OPEN, CLOSED, N_STATES };
enum { SEND, APPROVE, LOOK, EXPIRE, N_ACTS };
enum { CLERK, HEAD, RESIDENT, N_ROLES };

static const zhen_process_state states[N_STATES] = {
	[DRAFT] = { "draft", "草稿", "list-draft" }, [OPEN] = { "open", "审议中", "list-open" }, [CLOSED] = { "closed", "已印发", "list-closed" },
};
static const zhen_process_act acts[N_ACTS] = {
	[SEND] = { .name = "send", .title = "报送", .permission = "lists.write" },
	[APPROVE] = { .name = "approve", .title = "批准", .permission = "lists.decide", .body_kind = "government" },
	[LOOK] = { .name = "look", .title = "查看", .flags = ZHEN_BY_RESIDENT },
	[EXPIRE] = { .name = "expire", .title = "失效", .flags = ZHEN_BY_HOST },
};
static const zhen_process_role roles[N_ROLES] = {
	[CLERK] = { "clerk", "经办人", "lists.read;lists.write;lists.decide", "window" },
	[HEAD] = { "head", "镇长", "lists.read;lists.decide", "government" },
	[RESIDENT] = { "resident", "群众", "", NULL },
};

static zhen_result never(zhen_call *call, const void *matter)
{
	(void)call, (void)matter;
	return 409;
}

static const zhen_process_rule rules[] = {
	{ .state = DRAFT, .act = SEND, .to = OPEN },
	{ .state = OPEN, .act = SEND, .to = OPEN, .refusal = "sent-once", .refusal_text = "清单 %s 只能报送一次" },
	{ .state = OPEN, .act = APPROVE, .to = CLOSED, .guard = never, .condition = "评估完成" },
	{ .state = CLOSED, .act = LOOK, .to = CLOSED },
	{ .state = OPEN, .act = EXPIRE, .to = CLOSED },
};

#define PROCESS                                                                                            \
	.name = "list", .noun = "清单", .states = states, .acts = acts, .roles = roles, .rules = rules,    \
	.n_states = N_STATES, .n_acts = N_ACTS, .n_roles = N_ROLES, .n_rules = G_N_ELEMENTS(rules)

static const zhen_process process = { PROCESS };

/* Rows are states, columns acts: clerk, head, resident of each, "" = allowed. */
static const char *const answers[N_STATES][N_ACTS][N_ROLES] = {
	[DRAFT] = { { "", "forbidden", "forbidden" }, { "list-draft", "list-draft", "forbidden" },
	            { "list-draft", "list-draft", "list-draft" }, { "forbidden", "forbidden", "forbidden" } },
	[OPEN] = { { "sent-once", "forbidden", "forbidden" }, { "wrong-body", "", "forbidden" },
	           { "list-open", "list-open", "list-open" }, { "forbidden", "forbidden", "forbidden" } },
	[CLOSED] = { { "list-closed", "forbidden", "forbidden" }, { "list-closed", "list-closed", "forbidden" },
	             { "", "", "" }, { "forbidden", "forbidden", "forbidden" } },
};

Test(casework_process, every_state_act_and_role_has_its_answer)
{
	for (uint32_t state = 0; state < N_STATES; state++)
		for (uint32_t act = 0; act < N_ACTS; act++)
			for (uint32_t role = 0; role < N_ROLES; role++) {
				zhen_process_answer answer = zhen_process_ask(&process, state, act, role, "L1");
				const char *wanted = answers[state][act][role];

				cr_expect_str_eq(answer.code, wanted, "%s %s by %s: %s, not %s", states[state].name,
				                 acts[act].name, roles[role].name, answer.code, wanted);
				cr_expect_eq(answer.status == 0, wanted[0] == '\0');
			}
	cr_expect(zhen_process_ask(&process, OPEN, APPROVE, HEAD, "L1").guarded);
}

Test(casework_process, a_refusal_names_the_matter_the_state_and_the_act)
{
	cr_expect_str_eq(zhen_process_ask(&process, CLOSED, SEND, CLERK, "L1").text, "清单 L1 处于“已印发”，不能报送");
	cr_expect_str_eq(zhen_process_ask(&process, OPEN, SEND, CLERK, "L%d").text, "清单 L%d 只能报送一次");
}

Test(casework_process, a_table_that_does_not_hang_together_is_told_so)
{
	static const zhen_process_rule twice[] = { { .state = DRAFT, .act = SEND, .to = OPEN }, { .state = DRAFT, .act = SEND, .to = CLOSED } };
	static const zhen_process_rule beyond[] = { { .state = DRAFT, .act = N_ACTS, .to = OPEN } };
	static const zhen_process_rule island[] = { { .state = DRAFT, .act = SEND, .to = OPEN } };
	static const struct {
		const char *fault;
		const zhen_process_rule *rules;
		size_t n, n_roles;
	} rows[] = {
		{ NULL, rules, G_N_ELEMENTS(rules), N_ROLES },
		{ "two rows for send in draft", twice, 2, N_ROLES },
		{ "row 0 names a state or act that is not there", beyond, 1, N_ROLES },
		{ "nothing leads to closed", island, 1, N_ROLES },
		{ "no role may approve", rules, G_N_ELEMENTS(rules), 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_process broken = { PROCESS };
		char text[200] = "";

		broken.rules = rows[i].rules;
		broken.n_rules = rows[i].n;
		broken.n_roles = rows[i].n_roles;
		const char *fault = zhen_process_fault(&broken, DRAFT, text, sizeof text);
		cr_expect_eq(fault == NULL, rows[i].fault == NULL, "row %zu: %s", i, text);
		if (fault != NULL && rows[i].fault != NULL)
			cr_expect_str_eq(fault, rows[i].fault, "row %zu: %s", i, fault);
	}
}

Test(casework_process, a_state_is_found_by_its_name)
{
	cr_expect_eq(zhen_process_state_of(&process, "open"), OPEN);
	cr_expect_eq(zhen_process_state_of(&process, "else"), -1);
	cr_expect(zhen_process_allows(&process, DRAFT, SEND));
	cr_expect(!zhen_process_allows(&process, OPEN, SEND));
}
