/* SPDX-License-Identifier: Apache-2.0
 * The processes as tables: each hangs together, and each cell of posts and secondments says what it should to each role. */
#include <criterion/criterion.h>
#include <glib.h>

#include "people.h"
#include "process.h"

static const zhen_process *const processes[] = {
	&list_process,   &round_process, &admission_process, &task_process, &transfer_process,
	&review_process, &post_process,  &secondment_process,
};

Test(process, every_table_hangs_together)
{
	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++) {
		char text[200] = "";

		cr_expect_null(zhen_process_fault(processes[i], 0, text, sizeof(text)), "%s: %s", processes[i]->name,
		               text);
	}
}

enum { TOWNSHIP, STAFFING, DEPARTMENT };

/* Every state and act: whose the act is, and the codes by state, "" = allowed. */
static void expect_cells(const zhen_process *process, uint32_t act, uint32_t owner, const char *const *codes)
{
	for (uint32_t state = 0; state < process->n_states; state++)
		for (uint32_t role = TOWNSHIP; role <= DEPARTMENT; role++) {
			zhen_process_answer answer = zhen_process_ask(process, state, act, role, "1");
			const char *wanted = role == owner ? codes[state] : "forbidden";

			cr_expect_str_eq(answer.code, wanted, "%s of %s in %s by %u: %s", process->acts[act].name,
			                 process->name, process->states[state].name, role, answer.code);
		}
}

Test(process, posts_answer_every_role_in_every_state)
{
	static const struct {
		uint32_t act, owner;
		const char *codes[3];
	} rows[] = {
		{ POST_APPROVE, STAFFING, { "", "post-active", "post-abolished" } },
		{ POST_ALLOT, STAFFING, { "post-draft", "", "post-abolished" } },
		{ POST_DUTY, TOWNSHIP, { "", "", "post-abolished" } },
		{ POST_UNDUTY, TOWNSHIP, { "", "", "post-abolished" } },
		{ POST_PLACE, TOWNSHIP, { "post-draft", "", "post-abolished" } },
		{ POST_VACATE, TOWNSHIP, { "post-draft", "", "post-abolished" } },
		{ POST_ABOLISH, STAFFING, { "", "", "post-abolished" } },
	};

	cr_assert_eq(G_N_ELEMENTS(rows), post_process.n_acts);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		expect_cells(&post_process, rows[i].act, rows[i].owner, rows[i].codes);
}

Test(process, secondments_answer_every_role_in_every_state)
{
	static const char *const codes[] = { "secondment-requested", "secondment-out", "secondment-refused",
		                             "secondment-cancelled", "secondment-returned" };
	static const struct {
		uint32_t act, owner, in;
	} rows[] = {
		{ SECOND_APPROVE, STAFFING, SECOND_REQUESTED }, { SECOND_REFUSE, STAFFING, SECOND_REQUESTED },
		{ SECOND_CANCEL, TOWNSHIP, SECOND_REQUESTED }, { SECOND_EXTEND, STAFFING, SECOND_OUT },
		{ SECOND_RETURN, TOWNSHIP, SECOND_OUT }, { SECOND_OVERDUE, UINT32_MAX, SECOND_OUT },
	};

	cr_assert_eq(G_N_ELEMENTS(rows), secondment_process.n_acts);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *wanted[G_N_ELEMENTS(codes)];

		memcpy(wanted, codes, sizeof(codes));
		wanted[rows[i].in] = "";
		expect_cells(&secondment_process, rows[i].act, rows[i].owner, wanted);
	}
}
