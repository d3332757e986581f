/* SPDX-License-Identifier: Apache-2.0
 * 一体协同: one event of a township, a task for each of several teams, over when every task is (楚雄州). Whom the township
 * commands it tasks directly, a team stationed in it by a department too; that refuses with a reason, which those above it read.
 * A plugin of the field may finish its own task: what moves is told as an event, and its answer comes as one. */
#include "task.h"

/* Whom the caller's rows are of: all of its division; else its body's own and those of bodies under it. */
#define OF_TASK(body) "(" body " = '' OR body = " body " OR superior = " body ")"
#define OF_EVENT(body) \
	"(" body " = '' OR EXISTS (SELECT 1 FROM task WHERE task.incident = incident.id AND " OF_TASK(body) "))"
#define TASK_COLUMNS "id, (SELECT title FROM incident WHERE incident.id = task.incident) AS title, incident, township, field, body_name, work, NULLIF(due_on, '') AS due_on, state, reason, result"

static zhen_result load_incident(zhen_call *call, int64_t id, struct incident *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT township, title, state FROM incident WHERE " OF_EVENT("$1") " AND id = $2 AND {{scope township}}",
	                               own_body(call), id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个协同事件 (no such event)");
	*out = (struct incident){
		.id = id,
		.state = (uint32_t)zhen_process_state_of(&incident_process, or_empty(zhen_column_text(row, "state"))),
		.township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))),
		.title = zhen_format(call, "%s", or_empty(zhen_column_text(row, "title"))),
	};
	return 0;
}

/* Open while a task is; refused is open: the township has to say who does it. */
static void settle(zhen_call *call, const struct incident *incident)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS open FROM task WHERE incident = $1 AND state IN ('assigned', 'accepted', 'refused')",
	                               incident->id);
	uint32_t to = zhen_column_int(row, "open") == 0 ? INCIDENT_ENDED : INCIDENT_UNDER_WAY;

	if (to == incident->state)
		return;
	zhen_run(call, "UPDATE incident SET state = $1, ended_at = $2 WHERE id = $3", incident_process.states[to].name,
	         to == INCIDENT_ENDED ? zhen_now(call) : 0, incident->id);
	zhen_emit(call, "dispatch.incident.moved", "incident", incident->id, "township", incident->township, "state",
	          incident_process.states[to].name, "at", zhen_now(call));
}

static void tell(zhen_call *call, const struct task *task, const struct incident *incident)
{
	zhen_emit(call, "dispatch.task.moved", "task", task->id, "incident", incident->id, "township",
	          incident->township, "field", task->field, "body", task->body, "title", incident->title, "work",
	          task->work, "due_on", task->due_on, "state", task_process.states[task->state].name, "at",
	          zhen_now(call));
}

static void count(zhen_call *call, const struct task *task, const char *name, int64_t by)
{
	count_body(call, &(struct order){ .township = task->township, .body = task->body, .body_name = task->body_name,
	                                  .ordered_first = task->at },
	           name, by);
}

/* @i: which entry of the list "tasks"; -1: the fields themselves. */
static const char *text_of(zhen_call *call, int32_t i, const char *name)
{
	return i < 0 ? field_text(call, name) : or_empty(zhen_value_text(call->host->list_field(call, "tasks", i, name)));
}

static zhen_result assign(zhen_call *call, const struct incident *incident, int32_t i)
{
	const zhen_body *body = call->host->body(call, text_of(call, i, "body"));
	struct task task = { .at = zhen_now(call), .state = TASK_ASSIGNED, .township = incident->township,
		             .field = text_of(call, i, "field"), .work = text_of(call, i, "work"), .due_on = text_of(call, i, "due_on") };

	if (body == NULL || !zhen_within_caller(call, body->division)) {
		zhen_field_error(call, i < 0 ? "body" : "tasks", "not-yours",
		                 "第%d项：须是本乡镇、派驻本乡镇或者村（社区）的单位 (a body of this township, or stationed in it)",
		                 i < 0 ? 1 : (int)i + 1);
		return zhen_invalid(call);
	}
	task.body = body->id;
	task.body_name = body->name;
	task.id = zhen_insert(call,
	                      "INSERT INTO task(incident, township, field, body, body_name, superior, work, due_on, state, reason, result, score, "
	                      "comment, at, accepted_at, done_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 'assigned', '', '', -1, '', $9, 0, 0) "
	                      "RETURNING id",
	                      incident->id, incident->township, task.field, body->id, body->name,
	                      or_empty(body->superior), task.work, task.due_on, task.at);
	zhen_journal_add(call, "incident_journal", incident->id, "assign",
	                 zhen_format(call, "%s：%s", body->name, task.work));
	count(call, &task, "orders", 1);
	tell(call, &task, incident);
	return 0;
}

zhen_result list_incidents(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_get_caller(call)->level == 4 && zhen_may(call, "dispatch.raise"))
		put_link(call, "POST", "登记协同事件", "/incidents");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, township, title, place, state, at, NULLIF(ended_at, 0) AS ended_at FROM incident WHERE " OF_EVENT("$1")
	                 " AND ($2 = '' OR state = $2) AND {{scope township}} {{page id DESC}}",
	                 own_body(call), field_text(call, "state"));
}

zhen_result raise_incident(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	struct incident incident = { .township = zhen_format(call, "%s", caller->division), .title = field_text(call, "title"),
		                     .state = INCIDENT_UNDER_WAY };
	zhen_result refused = 0;

	if (caller->level != 4)
		return zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                 "由乡镇（街道）统一指挥 (the township commands)");
	incident.id = zhen_insert(call,
	                          "INSERT INTO incident(township, title, content, place, state, at, ended_at) VALUES($1, $2, $3, $4, 'open', $5, 0) "
	                          "RETURNING id",
	                          incident.township, incident.title, field_text(call, "content"),
	                          field_text(call, "place"), zhen_now(call));
	zhen_journal_add(call, "incident_journal", incident.id, "raise", incident.title);
	for (int32_t i = 0; refused == 0 && i < call->host->list_count(call, "tasks"); i++)
		refused = assign(call, &incident, i);
	return refused != 0 ? refused : zhen_created(call, incident.id);
}

zhen_result add_task(zhen_call *call)
{
	struct incident incident;
	int64_t id = zhen_int(call, "id");
	zhen_result refused = load_incident(call, id, &incident);

	if (refused == 0)
		refused = zhen_process_may(call, &incident_process, incident.state, INCIDENT_ASSIGN,
		                           zhen_format(call, "%lld", (long long)id), incident.township, &incident);
	if (refused == 0)
		refused = assign(call, &incident, -1);
	if (refused != 0)
		return refused;
	zhen_put(call, "id", id);
	zhen_put(call, "state", incident_process.states[incident.state].name);
	return zhen_ok(call);
}

static bool is_callers(zhen_call *call, uint32_t act, const struct task *task)
{
	const zhen_caller *caller = zhen_get_caller(call);

	if (act == TASK_ACCEPT || act == TASK_REFUSE || act == TASK_FINISH)
		return strcmp(caller->body, task->body) == 0;
	return strcmp(caller->division, task->township) == 0;
}

static bool offers(zhen_call *call, uint32_t act, const void *matter)
{
	return is_callers(call, act, (const struct task *)matter);
}

static void read_task(zhen_call *call, const zhen_row *row, struct task *out)
{
#define TEXT_OF(name) .name = zhen_format(call, "%s", or_empty(zhen_column_text(row, #name)))
	*out = (struct task){ TEXT_OF(township), TEXT_OF(field), TEXT_OF(body), TEXT_OF(body_name), TEXT_OF(work), TEXT_OF(due_on),
		              .id = zhen_column_int(row, "id"), .incident = zhen_column_int(row, "incident"),
		              .at = zhen_column_int(row, "at"),
		              .state = (uint32_t)zhen_process_state_of(&task_process, or_empty(zhen_column_text(row, "state"))) };
#undef TEXT_OF
}

#define LOADED "SELECT id, incident, township, field, body, body_name, work, due_on, state, at FROM task WHERE "

static zhen_result begin(zhen_call *call, uint32_t act, struct task *out)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, LOADED OF_TASK("$1") " AND id = $2 AND {{scope township or body}}", own_body(call), id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项协同任务 (no such task)");
	read_task(call, row, out);
	zhen_result refused = zhen_process_may(call, &task_process, out->state, act,
	                                       zhen_format(call, "%lld", (long long)id), out->township, out);
	if (refused == 0 && !is_callers(call, act, out))
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s办理 (somebody else's act)",
		                    act == TASK_ACCEPT || act == TASK_REFUSE || act == TASK_FINISH ? out->body_name : "下达任务的乡镇");
	return refused;
}

/* @text: said of it, kept in @column. */
static void move(zhen_call *call, struct task *task, uint32_t act, const char *column, const char *text)
{
	struct incident incident = { .id = task->incident, .township = task->township };
	const zhen_row *row = zhen_one(call, "SELECT title, state FROM incident WHERE id = $1", task->incident);

	incident.title = zhen_format(call, "%s", or_empty(zhen_column_text(row, "title")));
	incident.state = (uint32_t)zhen_process_state_of(&incident_process, or_empty(zhen_column_text(row, "state")));
	task->state = zhen_process_rule_of(&task_process, task->state, act)->to;
	zhen_run(call, "UPDATE task SET state = $1 WHERE id = $2", task_process.states[task->state].name, task->id);
	if (column != NULL)
		zhen_run(call, zhen_format(call, "UPDATE task SET %s = $1 WHERE id = $2", column), text, task->id);
	zhen_journal_add(call, "incident_journal", task->incident, task_process.acts[act].name,
	                 zhen_format(call, "%s%s%s", task->body_name, text[0] != '\0' ? "：" : "", text));
	tell(call, task, &incident);
	settle(call, &incident);
}

static zhen_result answer(zhen_call *call, const struct task *task)
{
	zhen_put(call, "id", task->id);
	zhen_put(call, "incident", task->incident);
	zhen_put(call, "state", task_process.states[task->state].name);
	return zhen_ok(call);
}

zhen_result accept_task(zhen_call *call)
{
	struct task task;
	zhen_result refused = begin(call, TASK_ACCEPT, &task);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE task SET accepted_at = $1 WHERE id = $2", zhen_now(call), task.id);
	count(call, &task, "accepted", 1);
	move(call, &task, TASK_ACCEPT, NULL, "");
	return answer(call, &task);
}

zhen_result refuse_task(zhen_call *call)
{
	struct task task;
	zhen_result refused = begin(call, TASK_REFUSE, &task);

	if (refused != 0)
		return refused;
	count(call, &task, "returned", 1);
	move(call, &task, TASK_REFUSE, "reason", field_text(call, "reason"));
	return answer(call, &task);
}

zhen_result insist_task(zhen_call *call)
{
	struct task task;
	zhen_result refused = begin(call, TASK_INSIST, &task);

	if (refused != 0)
		return refused;
	move(call, &task, TASK_INSIST, NULL, field_text(call, "reason"));
	return answer(call, &task);
}

zhen_result withdraw_task(zhen_call *call)
{
	struct task task;
	zhen_result refused = begin(call, TASK_WITHDRAW, &task);

	if (refused != 0)
		return refused;
	count(call, &task, "replaced", 1);
	move(call, &task, TASK_WITHDRAW, NULL, field_text(call, "reason"));
	return answer(call, &task);
}

static void finish(zhen_call *call, struct task *task, const char *result)
{
	zhen_run(call, "UPDATE task SET done_at = $1 WHERE id = $2", zhen_now(call), task->id);
	count(call, task, "done", 1);
	if (task->due_on[0] != '\0' && strcmp(zhen_date_of_ms(call, zhen_now(call)), task->due_on) > 0)
		count(call, task, "done_late", 1);
	move(call, task, TASK_FINISH, "result", result);
}

zhen_result finish_task(zhen_call *call)
{
	struct task task;
	zhen_result refused = begin(call, TASK_FINISH, &task);

	if (refused != 0)
		return refused;
	finish(call, &task, field_text(call, "result"));
	return answer(call, &task);
}

/* A plugin's word on the task that it took over. Too late, it changes nothing. */
zhen_result task_answered(zhen_call *call)
{
	struct task task;
	const zhen_row *row = zhen_one(call, LOADED "id = $1 AND township = $2", zhen_int(call, "task"),
	                               field_text(call, "township"));

	if (row == NULL)
		return zhen_ok(call);
	read_task(call, row, &task);
	if (task.state == TASK_ASSIGNED) {
		zhen_run(call, "UPDATE task SET accepted_at = $1 WHERE id = $2", zhen_now(call), task.id);
		count(call, &task, "accepted", 1);
		move(call, &task, TASK_ACCEPT, NULL, "");
	}
	if (task.state == TASK_ACCEPTED)
		finish(call, &task, field_text(call, "result"));
	return zhen_ok(call);
}

zhen_result rate_task(zhen_call *call)
{
	struct task task;
	int64_t score = zhen_int(call, "score");
	zhen_result refused = begin(call, TASK_RATE, &task);

	if (refused != 0)
		return refused;
	int64_t most = zhen_setting_int_in(call, "score_max", task.township);
	if (score > most) {
		zhen_field_error(call, "score", "too-high", "得分最高%lld (the most is %lld)", (long long)most,
		                 (long long)most);
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE task SET score = $1 WHERE id = $2", score, task.id);
	count(call, &task, "rated", 1);
	count(call, &task, "score_sum", (score * 20000 + most) / (2 * most));
	move(call, &task, TASK_RATE, "comment", field_text(call, "comment"));
	return answer(call, &task);
}

zhen_result list_tasks(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " TASK_COLUMNS " FROM task WHERE " OF_TASK("$1") " AND ($2 = '' OR state = $2) AND {{scope township or body}} "
	                 "{{page id DESC}}",
	                 own_body(call), field_text(call, "state"));
}

static void put_task(zhen_call *call, const zhen_row *row)
{
	static const char *const texts[] = { "title", "field", "body_name", "work", "state", "reason", "result", "comment" };

	zhen_put(call, "id", zhen_column_int(row, "id"));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	if (zhen_column_text(row, "due_on") != NULL)
		zhen_put(call, "due_on", zhen_column_text(row, "due_on"));
	if (zhen_column_int(row, "score") >= 0)
		zhen_put(call, "score", zhen_column_int(row, "score"));
}

zhen_result show_task(zhen_call *call)
{
	struct task task;
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, LOADED OF_TASK("$1") " AND id = $2 AND {{scope township or body}}", own_body(call), id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项协同任务 (no such task)");
	read_task(call, row, &task);
	row = zhen_one(call, "SELECT " TASK_COLUMNS ", comment, score FROM task WHERE id = $1", id);
	zhen_put(call, "incident", task.incident);
	zhen_put(call, "township", task.township);
	put_task(call, row);
	zhen_open_list(call, "actions");
	zhen_process_put_offers(call, &task_process, task.state, task.township,
	                        zhen_format(call, "/tasks/%lld", (long long)id), offers, &task);
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result show_incident(zhen_call *call)
{
	struct incident incident;
	static const char *const texts[] = { "township", "title", "content", "place", "state" };
	zhen_result refused = load_incident(call, zhen_int(call, "id"), &incident);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(
		call, "SELECT township, title, content, place, state, at, ended_at FROM incident WHERE id = $1",
		incident.id);
	zhen_put(call, "id", incident.id);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	put_when(call, row, "at");
	put_when(call, row, "ended_at");
	zhen_open_list(call, "tasks");
	ZHEN_FOR_EACH (call, one,
	               "SELECT " TASK_COLUMNS ", comment, score FROM task WHERE incident = $1 ORDER BY id LIMIT 200",
	               incident.id) {
		zhen_open_object(call, NULL);
		put_task(call, one);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_journal_put(call, "journal", "incident_journal", incident.id);
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &incident_process, incident.state, incident.township,
	                         zhen_format(call, "/incidents/%lld", (long long)incident.id));
	zhen_close(call);
	return zhen_ok(call);
}
