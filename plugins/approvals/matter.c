/* SPDX-License-Identifier: Apache-2.0
 * The row of a matter, and which acts are possible in which state. */
#include "approvals.h"

static const struct {
	const char *name, *title, *code;
} states[N_STATES] = {
#define X(id, name_, shown, code_) [STATE_##id] = { name_, shown, code_ },
	STATES(X)
#undef X
};

static const char *const acts[N_ACTS] = {
#define X(id, shown) [ACT_##id] = shown,
	ACTS(X)
#undef X
};

#define MAY(act) (1u << ACT_##act)

/* A hole is a refusal. */
static const uint32_t possible[N_STATES] = {
	[STATE_FILED] = MAY(ACCEPT) | MAY(SUPPLEMENT) | MAY(CORRECT) | MAY(REFUSE) | MAY(NOT_NEEDED) | MAY(ATTACH) | MAY(RETRACT) |
			MAY(VISIT),
	[STATE_SUPPLEMENTING] = MAY(ATTACH) | MAY(SUPPLY) | MAY(RETRACT) | MAY(VISIT),
	[STATE_REVIEW] = MAY(STEP) | MAY(PUBLICITY) | MAY(SUSPEND) | MAY(EXTEND) | MAY(REJECT) | MAY(VISIT),
	[STATE_SUSPENDED] = MAY(RESUME) | MAY(VISIT),
	[STATE_REFUSING] = MAY(REJECT) | MAY(STEP) | MAY(VISIT),
	[STATE_APPROVED] = MAY(ISSUE) | MAY(VISIT),
	[STATE_ISSUED] = MAY(WITHDRAW) | MAY(VISIT),
};

const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

const char *state_title(const char *name)
{
	for (int i = 0; i < N_STATES; i++)
		if (strcmp(states[i].name, name) == 0)
			return states[i].title;
	return name;
}

static enum state state_of(const char *name)
{
	int i = 0;

	while (i < N_STATES - 1 && strcmp(states[i].name, name) != 0)
		i++;
	return (enum state)i;
}

#define MATTER_COLUMNS                                                                                               \
	"id, number, code_seed, item, item_code, item_name, township, village, window_body, applicant, state, step, seq, " \
	"round, materials_at, told_once, accepted_at, stopped_at, budget_days, extension_days, watch_on, overdue_at, "     \
	"visits, visit_limit"

static bool fill(const zhen_row *row, struct matter *out)
{
	if (row == NULL)
		return false;
	*out = (struct matter){
		.id = zhen_column_int(row, "id"),
		.number = or_empty(zhen_column_text(row, "number")),
		.code_seed = or_empty(zhen_column_text(row, "code_seed")),
		.item = zhen_column_int(row, "item"),
		.item_code = or_empty(zhen_column_text(row, "item_code")),
		.item_name = or_empty(zhen_column_text(row, "item_name")),
		.township = or_empty(zhen_column_text(row, "township")),
		.village = or_empty(zhen_column_text(row, "village")),
		.window = or_empty(zhen_column_text(row, "window_body")),
		.applicant = or_empty(zhen_column_text(row, "applicant")),
		.state = state_of(or_empty(zhen_column_text(row, "state"))),
		.step = or_empty(zhen_column_text(row, "step")),
		.seq = zhen_column_int(row, "seq"),
		.round = zhen_column_int(row, "round"),
		.materials_at = zhen_column_int(row, "materials_at"),
		.told_once = zhen_column_int(row, "told_once"),
		.accepted_at = zhen_column_int(row, "accepted_at"),
		.stopped_at = zhen_column_int(row, "stopped_at"),
		.budget_days = zhen_column_int(row, "budget_days"),
		.extension_days = zhen_column_int(row, "extension_days"),
		.watch_on = or_empty(zhen_column_text(row, "watch_on")),
		.overdue_at = zhen_column_int(row, "overdue_at"),
		.visits = zhen_column_int(row, "visits"),
		.visit_limit = zhen_column_int(row, "visit_limit"),
	};
	return true;
}

bool matter_allows(const char *state, enum act act)
{
	return (possible[state_of(state)] >> act & 1) != 0;
}

zhen_result matter_may(zhen_call *call, const struct matter *matter, enum act act)
{
	if ((possible[matter->state] >> act & 1) != 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, states[matter->state].code, "件 %s 处于“%s”，不能%s", matter->number,
	                 states[matter->state].title, acts[act]);
}

zhen_result matter_for(zhen_call *call, enum act act, struct matter *out)
{
	if (!fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE id = $1 AND {{scope village township}}",
	                   zhen_int(call, "id")), out))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一件，或不在您的管辖范围");
	call->host->subject(call, out->number);
	return matter_may(call, out, act);
}

zhen_result matter_by_code(zhen_call *call, struct matter *out)
{
	const char *number = or_empty(zhen_text(call, "number"));
	const char *digest = zhen_code_digest(call, number, or_empty(zhen_text(call, "code")));

	/* One digest and one statement whichever of the two is wrong. */
	if (!fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE number = $1 AND code_digest = $2", number,
	                   digest),
	          out))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与查询码不相符");
	return 0;
}

bool matter_load(zhen_call *call, int64_t id, struct matter *out)
{
	return fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE id = $1", id), out);
}

void matter_set_state(zhen_call *call, struct matter *matter, enum state state)
{
	matter->state = state;
	zhen_run(call, "UPDATE matter SET state = $1 WHERE id = $2", states[state].name, matter->id);
}

void matter_emit(zhen_call *call, const struct matter *matter, const char *topic)
{
	zhen_emit(call, topic, "id", matter->id, "number", matter->number, "item", matter->item_code, "township",
	          matter->township, "step", matter->step, "state", states[matter->state].name, "at", zhen_now(call));
}

zhen_result matter_reply(zhen_call *call, const struct matter *matter)
{
	zhen_put(call, "id", matter->id);
	zhen_put(call, "number", matter->number);
	zhen_put(call, "state", states[matter->state].name);
	zhen_put(call, "state_title", states[matter->state].title);
	zhen_put(call, "step", matter->step);
	const zhen_row *row = zhen_one(call, "SELECT due_on, provisional FROM matter WHERE id = $1", matter->id);
	if (row != NULL) {
		zhen_put(call, "due_on", zhen_column_text(row, "due_on"));
		zhen_put(call, "provisional", zhen_column_int(row, "provisional"));
	}
	return zhen_ok(call);
}

void matter_note(zhen_call *call, const struct matter *matter, const char *what, const char *text)
{
	zhen_journal_add(call, NULL, matter->id, what, text);
}
