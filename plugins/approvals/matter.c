/* SPDX-License-Identifier: Apache-2.0
 * The row of a matter. */
#include "cases.h"

#include <stdlib.h>

const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

const char *state_title(const char *name)
{
	int32_t state = zhen_process_state_of(&approval_process, name);

	return state >= 0 ? approval_process.states[state].title : name;
}

/* A name that the table does not have is taken for the last, in which nothing is possible. */
static enum state state_of(const char *name)
{
	int32_t state = zhen_process_state_of(&approval_process, name);

	return state >= 0 ? (enum state)state : (enum state)(N_STATES - 1);
}

#define MATTER_COLUMNS                                                                                               \
	"id, number, code_seed, item, item_code, item_name, township, village, window_body, applicant, credit_code, state, step, seq, " \
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
		.credit_code = or_empty(zhen_column_text(row, "credit_code")),
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

const char *addressed(const struct matter *matter)
{
	return matter->credit_code[0] != '\0' ? "你单位" : "你（户）";
}

bool matter_allows(const char *state, enum act act)
{
	return zhen_process_allows(&approval_process, state_of(state), act);
}

zhen_result matter_may(zhen_call *call, const struct matter *matter, enum act act)
{
	return zhen_process_may_in_state(call, &approval_process, matter->state, act, matter->number);
}

zhen_result matter_for(zhen_call *call, enum act act, struct matter *out)
{
	if (!fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE id = $1 AND {{scope village township}}",
	                   zhen_int(call, "id")), out) ||
	    !has_part(call, out->id))
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

static const char *pass_until(zhen_call *call, const char *number, int64_t until)
{
	const char *digest =
		call->host->keyed_digest(call, zhen_format(call, "pass|%s|%lld", number, (long long)until));

	return zhen_format(call, "%lld.%s", (long long)until, or_empty(digest));
}

const char *matter_pass(zhen_call *call, const char *number)
{
	return pass_until(call, number, zhen_now(call) + PASS_MS);
}

/* Of one length it takes as long wherever they differ. */
static bool same_text(const char *a, const char *b)
{
	size_t length = strlen(a);
	unsigned char differs = 0;

	if (strlen(b) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

zhen_result matter_by_pass(zhen_call *call, struct matter *out)
{
	const char *pass = or_empty(zhen_text(call, "pass")), *number = or_empty(zhen_text(call, "number"));
	int64_t until = strtoll(pass, NULL, 10);

	if (until >= zhen_now(call) && same_text(pass_until(call, number, until), pass) &&
	    fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE number = $1", number), out))
		return 0;
	if (zhen_has(call, "code"))
		return matter_by_code(call, out);
	zhen_field_error(call, "code", "required", "请填写查询码 (the query code)");
	return zhen_invalid(call);
}

bool matter_load(zhen_call *call, int64_t id, struct matter *out)
{
	return fill(zhen_one(call, "SELECT " MATTER_COLUMNS " FROM matter WHERE id = $1", id), out);
}

void matter_set_state(zhen_call *call, struct matter *matter, enum state state)
{
	matter->state = state;
	zhen_run(call, "UPDATE matter SET state = $1 WHERE id = $2", approval_process.states[state].name, matter->id);
}

void matter_emit(zhen_call *call, const struct matter *matter, const char *topic)
{
	zhen_emit(call, topic, "id", matter->id, "number", matter->number, "item", matter->item_code, "township",
	          matter->township, "step", matter->step, "state", approval_process.states[matter->state].name, "at",
	          zhen_now(call));
	cases_follow(call, matter, topic);
}

zhen_result matter_reply(zhen_call *call, const struct matter *matter)
{
	zhen_put(call, "id", matter->id);
	zhen_put(call, "number", matter->number);
	zhen_put(call, "state", approval_process.states[matter->state].name);
	zhen_put(call, "state_title", approval_process.states[matter->state].title);
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
