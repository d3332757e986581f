/* SPDX-License-Identifier: Apache-2.0
 * One table, several readings: what may be done, what it is refused with, and whether the table hangs together. */
#include <string.h>

#include <zhen/casework/process.h>

#include "text.h"

int32_t zhen_process_state_of(const zhen_process *process, const char *name)
{
	for (size_t i = 0; i < process->n_states; i++)
		if (strcmp(process->states[i].name, name) == 0)
			return (int32_t)i;
	return -1;
}

const zhen_process_rule *zhen_process_rule_of(const zhen_process *process, uint32_t state, uint32_t act)
{
	for (size_t i = 0; i < process->n_rules; i++)
		if (process->rules[i].state == state && process->rules[i].act == act)
			return &process->rules[i];
	return NULL;
}

bool zhen_process_allows(const zhen_process *process, uint32_t state, uint32_t act)
{
	const zhen_process_rule *rule = zhen_process_rule_of(process, state, act);

	return rule != NULL && rule->refusal == NULL;
}

/* Whether @wanted is one of "a;b;c". */
static bool has_word(const char *words, const char *wanted)
{
	size_t length = strlen(wanted);

	for (const char *at = words; at != NULL && *at != '\0';) {
		size_t end = strcspn(at, ";");

		if (end == length && memcmp(at, wanted, length) == 0)
			return true;
		at += end + (at[end] == ';');
	}
	return false;
}

/* A text with one %s in it, which is not taken for a format. */
static void fill(char *out, size_t size, const char *text, const char *number)
{
	const char *gap = strstr(text, "%s");

	if (gap == NULL)
		snprintf(out, size, "%s", text);
	else
		snprintf(out, size, "%.*s%s%s", (int)(gap - text), text, number, gap + 2);
}

static zhen_process_answer in_state(const zhen_process *process, uint32_t state, uint32_t act, const char *number)
{
	zhen_process_answer answer = { 0 };
	const zhen_process_rule *rule = zhen_process_rule_of(process, state, act);

	if (rule != NULL && rule->refusal == NULL) {
		answer.guarded = rule->guard != NULL;
		return answer;
	}
	answer.status = ZHEN_CONFLICT;
	snprintf(answer.code, sizeof(answer.code), "%s", rule != NULL ? rule->refusal : process->states[state].code);
	if (rule != NULL)
		fill(answer.text, sizeof(answer.text), or_empty(rule->refusal_text), number);
	else
		snprintf(answer.text, sizeof(answer.text), "%s %s 处于“%s”，不能%s", process->noun, number,
		         process->states[state].title, process->acts[act].title);
	return answer;
}

/* Of a role alone: has it the permission, is its body of the kind. */
static bool role_may(const zhen_process_role *role, const zhen_process_act *act)
{
	if ((act->flags & ZHEN_BY_HOST) != 0)
		return false;
	return act->permission == NULL || has_word(role->permissions, act->permission);
}

static bool role_is(const zhen_process_role *role, const zhen_process_act *act)
{
	return act->body_kind == NULL || strcmp(or_empty(role->body_kind), act->body_kind) == 0;
}

zhen_process_answer zhen_process_ask(const zhen_process *process, uint32_t state, uint32_t act, uint32_t role,
                                     const char *number)
{
	const zhen_process_act *what = &process->acts[act];
	zhen_process_answer answer = { .status = ZHEN_FORBIDDEN, .code = "forbidden" };

	if (!role_may(&process->roles[role], what))
		return answer;
	answer = in_state(process, state, act, number);
	if (answer.status == 0 && !role_is(&process->roles[role], what)) {
		answer = (zhen_process_answer){ .status = ZHEN_FORBIDDEN, .code = "wrong-body" };
		snprintf(answer.text, sizeof(answer.text), "%s由有权机关办理", what->title);
	}
	return answer;
}

/* ---- the table itself ---- */

static bool leads_on(const zhen_process *process, uint32_t state)
{
	for (size_t i = 0; i < process->n_rules; i++) {
		const zhen_process_rule *rule = &process->rules[i];

		if (rule->state == state && rule->refusal == NULL && rule->to != state && rule->to != ZHEN_SAME_STATE)
			return true;
	}
	return false;
}

/* By table or, where the plugin decides where to, from any. */
static bool is_reached(const zhen_process *process, uint32_t state, uint32_t first)
{
	bool open = false;

	for (size_t i = 0; i < process->n_rules; i++) {
		if (process->rules[i].to == state)
			return true;
		open |= process->rules[i].to == ZHEN_SAME_STATE;
	}
	return state == first || open;
}

static bool somebody_may(const zhen_process *process, const zhen_process_act *act)
{
	if ((act->flags & ZHEN_BY_HOST) != 0)
		return true;
	for (size_t i = 0; i < process->n_roles; i++)
		if (role_may(&process->roles[i], act) && role_is(&process->roles[i], act))
			return true;
	return false;
}

static const char *act_fault(const zhen_process *process, uint32_t act, char *out, size_t size)
{
	bool used = false;

	for (size_t i = 0; i < process->n_rules; i++)
		used |= process->rules[i].act == act;
	if (!used)
		snprintf(out, size, "act %s has no cell", process->acts[act].name);
	else if (!somebody_may(process, &process->acts[act]))
		snprintf(out, size, "no role may %s", process->acts[act].name);
	else
		return NULL;
	return out;
}

const char *zhen_process_fault(const zhen_process *process, uint32_t first_state, char *out, size_t size)
{
	bool ends = false;

	for (size_t i = 0; i < process->n_rules; i++) {
		const zhen_process_rule *rule = &process->rules[i];

		if (rule->state >= process->n_states || rule->act >= process->n_acts ||
		    (rule->to != ZHEN_SAME_STATE && rule->to >= process->n_states)) {
			snprintf(out, size, "row %zu names a state or act that is not there", i);
			return out;
		}
		if (zhen_process_rule_of(process, rule->state, rule->act) != rule) {
			snprintf(out, size, "two rows for %s in %s", process->acts[rule->act].name,
			         process->states[rule->state].name);
			return out;
		}
	}
	for (uint32_t i = 0; i < process->n_states; i++) {
		if (!is_reached(process, i, first_state)) {
			snprintf(out, size, "nothing leads to %s", process->states[i].name);
			return out;
		}
		ends |= !leads_on(process, i);
	}
	for (uint32_t i = 0; i < process->n_acts; i++)
		if (act_fault(process, i, out, size) != NULL)
			return out;
	if (!ends)
		snprintf(out, size, "no state is an end");
	return ends ? NULL : out;
}

/* ---- in a call ---- */

zhen_result zhen_process_may_in_state(zhen_call *call, const zhen_process *process, uint32_t state, uint32_t act,
                                      const char *number)
{
	zhen_process_answer answer = in_state(process, state, act, number);

	return answer.status == 0 ? 0 : zhen_fail(call, answer.status, answer.code, "%s", answer.text);
}

/* The body whose act it is; NULL = anybody's, or there is none. */
static const zhen_body *body_for(zhen_call *call, const zhen_process_act *act, const char *township)
{
	return act->body_kind != NULL ? call->host->body_of(call, act->body_kind, township) : NULL;
}

static bool is_of_body(zhen_call *call, const zhen_process_act *act, const char *township)
{
	const zhen_body *body = body_for(call, act, township);

	return act->body_kind == NULL || (body != NULL && strcmp(body->id, zhen_get_caller(call)->body) == 0);
}

bool zhen_process_is_callers(zhen_call *call, const zhen_process_act *act, const char *township)
{
	return (act->flags & ZHEN_BY_HOST) == 0 && (act->permission == NULL || zhen_may(call, act->permission)) &&
	       is_of_body(call, act, township);
}

zhen_result zhen_process_may(zhen_call *call, const zhen_process *process, uint32_t state, uint32_t act,
                             const char *number, const char *township, const void *matter)
{
	const zhen_process_act *what = &process->acts[act];
	zhen_result refused = zhen_process_may_in_state(call, process, state, act, number);

	if (refused != 0)
		return refused;
	if (!is_of_body(call, what, township)) {
		const zhen_body *body = body_for(call, what, township);

		return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "%s由%s办理", what->title,
		                 body != NULL ? body->name : "有权机关");
	}
	const zhen_process_rule *rule = zhen_process_rule_of(process, state, act);
	return rule->guard != NULL ? rule->guard(call, matter) : 0;
}

void zhen_process_put_offers(zhen_call *call, const zhen_process *process, uint32_t state, const char *township,
                             const char *base, zhen_process_offers *offers, const void *matter)
{
	for (uint32_t act = 0; act < process->n_acts; act++) {
		const zhen_process_act *what = &process->acts[act];

		if ((what->flags & (ZHEN_NO_BUTTON | ZHEN_BY_RESIDENT)) != 0 ||
		    !zhen_process_allows(process, state, act) || !zhen_process_is_callers(call, what, township) ||
		    (offers != NULL && !offers(call, act, matter)))
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "title", what->button != NULL ? what->button : what->title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", zhen_format(call, "%s/%s", base, what->path != NULL ? what->path : what->name));
		zhen_close(call);
	}
}

void zhen_process_put_actions(zhen_call *call, const zhen_process *process, uint32_t state, const char *township,
                              const char *base)
{
	zhen_process_put_offers(call, process, state, township, base, NULL, NULL);
}

/* 便民服务中心窗口、镇人民政府 */
static const char *roles_of(zhen_call *call, const zhen_process *process, const zhen_process_act *act)
{
	const char *text = "";

	if ((act->flags & ZHEN_BY_HOST) != 0)
		return "系统";
	if ((act->flags & ZHEN_BY_RESIDENT) != 0)
		return "申请人";
	for (size_t i = 0; i < process->n_roles; i++)
		if (role_may(&process->roles[i], act) && role_is(&process->roles[i], act))
			text = zhen_format(call, "%s%s%s", text, text[0] != '\0' ? "、" : "", process->roles[i].title);
	return text;
}

void zhen_process_put_guide(zhen_call *call, const zhen_process *process)
{
	zhen_open_list(call, "states");
	for (size_t i = 0; i < process->n_states; i++) {
		zhen_open_object(call, NULL);
		zhen_put(call, "name", process->states[i].name);
		zhen_put(call, "title", process->states[i].title);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "acts");
	for (size_t i = 0; i < process->n_rules; i++) {
		const zhen_process_rule *rule = &process->rules[i];
		const zhen_process_act *act = &process->acts[rule->act];

		if (rule->refusal != NULL)
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "name", act->name);
		zhen_put(call, "title", act->title);
		zhen_put(call, "law", or_empty(act->law));
		zhen_put(call, "by", roles_of(call, process, act));
		zhen_put(call, "from", process->states[rule->state].title);
		zhen_put(call, "to", process->states[rule->to == ZHEN_SAME_STATE ? rule->state : rule->to].title);
		zhen_put(call, "condition", or_empty(rule->condition));
		zhen_close(call);
	}
	zhen_close(call);
}
