/* SPDX-License-Identifier: Apache-2.0
 * The process as a table: it hangs together, and what it answers is what residents and staff are told. */
#include <criterion/criterion.h>
#include <glib.h>

#include "approvals.h"

Test(process, the_table_hangs_together)
{
	char text[200] = "";
	const char *fault = zhen_process_fault(&approval_process, STATE_FILED, text, sizeof text);

	cr_expect(fault == NULL, "%s", text);
}

Test(process, who_is_answered_what)
{
	enum { RESIDENT, WINDOW, AGRICULTURE, PLANNING, GOVERNMENT, KEEPER };
	static const struct {
		enum state state;
		enum act act;
		uint32_t role;
		const char *code;
	} rows[] = {
		{ STATE_FILED, ACT_ACCEPT, WINDOW, "" },
		{ STATE_FILED, ACT_ACCEPT, RESIDENT, "forbidden" },
		{ STATE_FILED, ACT_ACCEPT, GOVERNMENT, "forbidden" },
		{ STATE_REVIEW, ACT_ACCEPT, WINDOW, "case-under-review" },
		{ STATE_REVIEW, ACT_SUSPEND, AGRICULTURE, "" },
		{ STATE_SUSPENDED, ACT_SUSPEND, AGRICULTURE, "case-suspended" },
		{ STATE_REVIEW, ACT_EXTEND, PLANNING, "forbidden" },
		{ STATE_REVIEW, ACT_ISSUE, KEEPER, "case-under-review" },
		{ STATE_APPROVED, ACT_ISSUE, GOVERNMENT, "forbidden" },
		{ STATE_APPROVED, ACT_ISSUE, KEEPER, "" },
		{ STATE_ISSUED, ACT_RETRACT, RESIDENT, "case-closed" },
		{ STATE_REVIEW, ACT_RETRACT, RESIDENT, "" },
		{ STATE_APPROVED, ACT_RETRACT, RESIDENT, "case-approved" },
		{ STATE_REVIEW, ACT_RETRACT_FOR, GOVERNMENT, "forbidden" },
		{ STATE_REJECTED, ACT_DELIVER, WINDOW, "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_process_answer answer =
			zhen_process_ask(&approval_process, rows[i].state, rows[i].act, rows[i].role, "2026-1");

		cr_expect_str_eq(answer.code, rows[i].code, "row %zu: %s, not %s", i, answer.code, rows[i].code);
	}
}
