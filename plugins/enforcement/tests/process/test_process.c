/* SPDX-License-Identifier: Apache-2.0
 * The processes as tables: each hangs together, and every cell says what it should to each role. */
#include <criterion/criterion.h>
#include <glib.h>

#include "draw.h"
#include "duty.h"
#include "errand.h"
#include "lesson.h"
#include "proceeding.h"

static const zhen_process *const processes[] = { &team_process, &member_process, &certificate_process,
	                                            &finding_process, &penalty_process, &proceeding_process, &errand_process, &incident_process,
	                                            &evaluation_process, &publication_process };

Test(process, every_table_hangs_together)
{
	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++) {
		char text[200] = "";

		cr_expect_null(zhen_process_fault(processes[i], 0, text, sizeof(text)), "%s: %s", processes[i]->name,
		               text);
	}
}

enum { TOWNSHIP, LEGAL, BUREAU };

Test(process, every_state_answers_every_act_of_every_role)
{
	/* Whose the act is, and the codes by state, "" = allowed. */
	static const struct {
		const zhen_process *process;
		uint32_t act, owner;
		const char *codes[9];
	} rows[] = {
		{ &team_process, TEAM_ESTABLISH, TOWNSHIP, { "", "team-established" } },
		{ &team_process, TEAM_READY, TOWNSHIP, { "", "" } },
		{ &team_process, TEAM_JOIN, TOWNSHIP, { "", "" } },
		{ &team_process, TEAM_SQUAD, TOWNSHIP, { "", "" } },
		{ &team_process, TEAM_VEHICLE, TOWNSHIP, { "", "" } },
		{ &member_process, MEMBER_CERTIFY, BUREAU, { "", "member-left" } },
		{ &member_process, MEMBER_FRONTLINE, TOWNSHIP, { "", "member-left" } },
		{ &member_process, MEMBER_LEAVE, TOWNSHIP, { "", "member-left" } },
		{ &certificate_process, CERTIFICATE_REVOKE, BUREAU, { "", "certificate-revoked" } },
		{ &finding_process, FINDING_ADVISE, TOWNSHIP, { "", "finding-advised", "finding-ordered", "finding-corrected", "finding-case" } },
		{ &finding_process, FINDING_ORDER, TOWNSHIP, { "", "", "finding-ordered", "finding-corrected", "finding-case" } },
		{ &finding_process, FINDING_CORRECT, TOWNSHIP, { "finding-open", "finding-advised", "", "finding-corrected", "finding-case" } },
		{ &finding_process, FINDING_PENALTY, TOWNSHIP, { "", "", "", "", "finding-case" } },
		{ &finding_process, FINDING_PROCEED, TOWNSHIP, { "", "", "", "", "finding-case" } },
#define O "penalty-opened"
#define I "penalty-informed"
#define D "penalty-decided"
#define S "penalty-served"
#define P "penalty-settled"
#define END "penalty-archived", "penalty-dropped", "penalty-converted"
		{ &penalty_process, PENALTY_INFORM, TOWNSHIP, { "", I, D, S, P, END } },
		{ &penalty_process, PENALTY_DEFEND, TOWNSHIP, { O, "", D, S, P, END } },
		{ &penalty_process, PENALTY_DECIDE, TOWNSHIP, { O, "", D, S, P, END } },
		{ &penalty_process, PENALTY_SERVE, TOWNSHIP, { O, I, "", S, P, END } },
		{ &penalty_process, PENALTY_PAY, TOWNSHIP, { O, I, D, "", P, END } },
		{ &penalty_process, PENALTY_ARCHIVE, TOWNSHIP, { O, I, D, "", "", "penalty-archived", "", "penalty-converted" } },
		{ &penalty_process, PENALTY_DROP, TOWNSHIP, { "", "", D, S, P, END } },
		{ &penalty_process, PENALTY_CONVERT, TOWNSHIP, { "", "", D, S, P, END } },
#undef O
#undef I
#undef D
#undef S
#undef P
#undef END
#define O "proceeding-opened"
#define I "proceeding-informed"
#define D "proceeding-decided"
#define S "proceeding-served"
#define P "proceeding-settled"
#define E "proceeding-enforcing"
#define A "proceeding-archived"
#define N "proceeding-dropped"
#define T "proceeding-transferred"
#define OVER D, S, P, E, A, N, T
		{ &proceeding_process, PROCEEDING_EVIDENCE, TOWNSHIP, { "", "", OVER } },
		{ &proceeding_process, PROCEEDING_RECUSE, TOWNSHIP, { "", "", OVER } },
		{ &proceeding_process, PROCEEDING_JOINT, TOWNSHIP, { "", "", OVER } },
		{ &proceeding_process, PROCEEDING_INFORM, TOWNSHIP, { "", "", OVER } },
		{ &proceeding_process, PROCEEDING_DEFEND, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_ASK, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_CALL, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_HOLD, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_REVIEW, LEGAL, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_DISCUSS, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_DECIDE, TOWNSHIP, { O, "", OVER } },
		{ &proceeding_process, PROCEEDING_SERVE, TOWNSHIP, { O, I, "", S, P, E, A, N, T } },
		{ &proceeding_process, PROCEEDING_DEFER, TOWNSHIP, { O, I, D, "", P, E, A, N, T } },
		{ &proceeding_process, PROCEEDING_STAY, TOWNSHIP, { O, I, D, "", P, E, A, N, T } },
		{ &proceeding_process, PROCEEDING_PAY, TOWNSHIP, { O, I, D, "", P, "", A, N, T } },
		{ &proceeding_process, PROCEEDING_URGE, TOWNSHIP, { O, I, D, "", P, E, A, N, T } },
		{ &proceeding_process, PROCEEDING_COURT, TOWNSHIP, { O, I, D, "", P, E, A, N, T } },
		{ &proceeding_process, PROCEEDING_ARCHIVE, TOWNSHIP, { O, I, D, "", "", E, A, "", "" } },
		{ &proceeding_process, PROCEEDING_DROP, TOWNSHIP, { "", "", OVER } },
		{ &proceeding_process, PROCEEDING_TRANSFER, TOWNSHIP, { "", "", OVER } },
		{ &evaluation_process, EVALUATION_SAMPLE, LEGAL, { "", "evaluation-sampled", "evaluation-closed" } },
		{ &evaluation_process, EVALUATION_MARK, LEGAL, { "evaluation-due", "", "evaluation-closed" } },
		{ &evaluation_process, EVALUATION_CLOSE, LEGAL, { "evaluation-due", "", "evaluation-closed" } },
		{ &publication_process, PUBLICATION_PUBLISH, TOWNSHIP, { "", "publication-published", "", "publication-withdrawn" } },
		{ &publication_process, PUBLICATION_WITHHOLD, TOWNSHIP, { "", "publication-published", "publication-withheld", "publication-withdrawn" } },
		{ &publication_process, PUBLICATION_WITHDRAW, TOWNSHIP, { "publication-due", "", "publication-withheld", "publication-withdrawn" } },
		{ &incident_process, INCIDENT_ESCALATE, TOWNSHIP, { "", "", "incident-with-the-team", "incident-handled" } },
		{ &incident_process, INCIDENT_HANDLE, TOWNSHIP, { "", "", "", "incident-handled" } },
		{ &errand_process, ERRAND_FINISH, TOWNSHIP, { "", "errand-done", "errand-called-off" } },
	};
	size_t acts = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++)
		acts += processes[i]->n_acts;
	cr_assert_eq(G_N_ELEMENTS(rows), acts);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (uint32_t state = 0; state < rows[i].process->n_states; state++)
			for (uint32_t role = 0; role < rows[i].process->n_roles; role++) {
				zhen_process_answer answer =
					zhen_process_ask(rows[i].process, state, rows[i].act, role, "1");
				const char *wanted = role == rows[i].owner ? rows[i].codes[state] : "forbidden";

				cr_expect_str_eq(answer.code, wanted, "%s of %s in state %u by %u: %s",
				                 rows[i].process->acts[rows[i].act].name, rows[i].process->name, state,
				                 role, answer.code);
			}
}
