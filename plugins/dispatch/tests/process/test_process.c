/* SPDX-License-Identifier: Apache-2.0
 * The processes as tables: each hangs together, and every cell says what it should to each role. */
#include <criterion/criterion.h>
#include <glib.h>

#include "opinion.h"
#include "task.h"

static const zhen_process *const processes[] = { &whistle_process, &order_process, &meeting_process, &demand_process,
	                                         &campaign_process, &intake_process, &incident_process, &task_process, &opinion_process };

Test(process, every_table_hangs_together)
{
	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++) {
		char text[200] = "";

		cr_expect_null(zhen_process_fault(processes[i], 0, text, sizeof(text)), "%s: %s", processes[i]->name,
		               text);
	}
}

enum { TOWNSHIP = 1, DEPARTMENT = 2, CENTRE = 4, VILLAGE = 16 }; /* and the supervisor: no act is his */

Test(process, every_state_answers_every_act_of_every_role)
{
	/* Whose the act is, and the codes by state, "" = allowed. */
	static const struct {
		const zhen_process *process;
		uint32_t act, owners;
		const char *codes[7];
	} rows[] = {
#define JUDGED "whistle-in-judgement"
#define SENT "whistle-sent-back"
		{ &whistle_process, WHISTLE_JUDGE, CENTRE, { "", "whistle-in-work", "whistle-answered", "whistle-closed", "whistle-used", SENT } },
		{ &whistle_process, WHISTLE_ORDER, CENTRE, { "", "", "whistle-answered", "whistle-closed", "whistle-used", SENT } },
		{ &whistle_process, WHISTLE_SEND_BACK, CENTRE, { "", "whistle-in-work", "whistle-answered", "whistle-closed", "whistle-used", SENT } },
		{ &whistle_process, WHISTLE_PROMOTE, CENTRE, { JUDGED, "", "", "", "", SENT } },
		{ &whistle_process, WHISTLE_USE, CENTRE, { JUDGED, "whistle-in-work", "whistle-answered", "", "whistle-used", SENT } },
#define REST "order-returned", "order-replaced", "order-done", "order-rated"
		{ &order_process, ORDER_ACCEPT, DEPARTMENT, { "", "order-in-work", "order-suspended", REST } },
		{ &order_process, ORDER_RETURN, DEPARTMENT, { "", "order-in-work", "order-suspended", REST } },
		{ &order_process, ORDER_UPHOLD, CENTRE, { "order-unaccepted", "order-in-work", "order-suspended", "", "order-replaced", "order-done", "order-rated" } },
		{ &order_process, ORDER_REPLACE, CENTRE, { "order-unaccepted", "order-in-work", "order-suspended", "", "order-replaced", "order-done", "order-rated" } },
		{ &order_process, ORDER_SUSPEND, CENTRE, { "order-unaccepted", "", "order-suspended", REST } },
		{ &order_process, ORDER_RESUME, CENTRE, { "order-unaccepted", "order-in-work", "", REST } },
		{ &order_process, ORDER_FEEDBACK, DEPARTMENT, { "order-unaccepted", "", "order-suspended", REST } },
		{ &order_process, ORDER_RATE, TOWNSHIP, { "order-unaccepted", "order-in-work", "order-suspended", "order-returned", "order-replaced", "", "order-rated" } },
		{ &order_process, ORDER_DEMAND, CENTRE, { "", "", "", REST } },
#define OVER "meeting-held", "meeting-cancelled"
		{ &meeting_process, MEETING_INVITE, CENTRE, { "", OVER } },
		{ &meeting_process, MEETING_ADD, CENTRE, { "", OVER } },
		{ &meeting_process, MEETING_COME, DEPARTMENT, { "", OVER } },
		{ &meeting_process, MEETING_LEAVE, DEPARTMENT, { "", OVER } },
		{ &meeting_process, MEETING_DECIDE, CENTRE, { "", OVER } },
		{ &meeting_process, MEETING_CLOSE, CENTRE, { "", OVER } },
		{ &meeting_process, MEETING_CANCEL, CENTRE, { "", OVER } },
		{ &demand_process, DEMAND_ANSWER, DEPARTMENT, { "", "demand-met" } },
		{ &campaign_process, CAMPAIGN_END, CENTRE, { "", "campaign-ended" } },
#define INTAKE "", "intake-raised", "intake-answered", "intake-linked"
		{ &intake_process, INTAKE_RAISE, TOWNSHIP, { INTAKE } },
		{ &intake_process, INTAKE_ANSWER, TOWNSHIP, { INTAKE } },
		{ &intake_process, INTAKE_LINK, TOWNSHIP, { INTAKE } },
		{ &incident_process, INCIDENT_ASSIGN, TOWNSHIP, { "", "incident-ended" } },
#define U "task-unaccepted"
#define W "task-in-work"
#define R "task-refused"
#define OVER_WITH "task-done", "task-rated", "task-withdrawn"
		{ &task_process, TASK_ACCEPT, DEPARTMENT, { "", W, R, OVER_WITH } },
		{ &task_process, TASK_REFUSE, DEPARTMENT, { "", W, R, OVER_WITH } },
		{ &task_process, TASK_FINISH, DEPARTMENT, { U, "", R, OVER_WITH } },
		{ &task_process, TASK_INSIST, TOWNSHIP, { U, W, "", OVER_WITH } },
		{ &task_process, TASK_WITHDRAW, TOWNSHIP, { "", "", "", OVER_WITH } },
		{ &task_process, TASK_RATE, TOWNSHIP, { U, W, R, "", "task-rated", "task-withdrawn" } },
		{ &opinion_process, OPINION_RAISE, VILLAGE | TOWNSHIP | CENTRE, { "", "", "opinion-at-county", "opinion-settled" } },
		{ &opinion_process, OPINION_SETTLE, VILLAGE | TOWNSHIP | CENTRE, { "", "", "", "opinion-settled" } },
	};
	size_t acts = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++)
		acts += processes[i]->n_acts;
	cr_assert_eq(G_N_ELEMENTS(rows), acts);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (uint32_t state = 0; state < rows[i].process->n_states; state++)
			for (uint32_t role = 0; role < rows[i].process->n_roles; role++) {
				zhen_process_answer answer = zhen_process_ask(rows[i].process, state, rows[i].act, role, "1");
				const char *wanted = (rows[i].owners & 1u << role) != 0 ? rows[i].codes[state] : "forbidden";

				cr_expect_str_eq(answer.code, wanted, "%s of %s in state %u by %u: %s",
				                 rows[i].process->acts[rows[i].act].name, rows[i].process->name, state,
				                 role, answer.code);
			}
}
