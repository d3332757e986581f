/* SPDX-License-Identifier: Apache-2.0
 * 局管全面、队管片区、员管网格 (白沙镇): what happens in a village goes to its officer; what he does not settle in time is the
 * squad's, then the team's. 违建、占道 and the like are the township's own (石头河子镇), not the county's. */
#include "duty.h"

#define BATCH 200
/* No day comes after it: nothing is watched any more. */
#define UNWATCHED "9999-12-31"
#define INCIDENT_COLUMNS \
	"id, township, village, problem, place, fact, body, body_name, state, holder, due_on, late_on, result, kind, finding, at, handled_at"

const char duty_sql[] =
	/* holder: the member who has it, 0 = the team; body: who reported it. */
	"CREATE TABLE incident(id {{id}}, township TEXT NOT NULL, village TEXT NOT NULL, problem TEXT NOT NULL, place TEXT NOT NULL, "
	"fact TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, state TEXT NOT NULL, holder BIGINT NOT NULL, "
	"due_on TEXT NOT NULL, watch_on TEXT NOT NULL, late_on TEXT NOT NULL, result TEXT NOT NULL, kind TEXT NOT NULL, "
	"finding BIGINT NOT NULL, at BIGINT NOT NULL, handled_at BIGINT NOT NULL);"
	"CREATE INDEX incident_township ON incident(township, id);"
	"CREATE INDEX incident_body ON incident(body, id);"
	"CREATE INDEX incident_watch ON incident(watch_on, id);"
	/* weekdays: digits, 1 = Monday; days: which of them by the calendar of working days. */
	"CREATE TABLE post(id {{id}}, team BIGINT NOT NULL, township TEXT NOT NULL, squad BIGINT NOT NULL, name TEXT NOT NULL, "
	"place TEXT NOT NULL, kind TEXT NOT NULL, weekdays TEXT NOT NULL, days TEXT NOT NULL, from_time TEXT NOT NULL, "
	"to_time TEXT NOT NULL, least BIGINT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX post_township ON post(township, id);"
	"CREATE TABLE shift(post BIGINT NOT NULL, on_day TEXT NOT NULL, people BIGINT NOT NULL, names TEXT NOT NULL, note TEXT NOT NULL, "
	"at BIGINT NOT NULL, PRIMARY KEY(post, on_day)) {{without rowid}};"
	"CREATE TABLE work(id {{id}}, township TEXT NOT NULL, on_day TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, "
	"source TEXT NOT NULL, source_id BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX work_township ON work(township, id);"
	"CREATE TABLE work_month(township TEXT NOT NULL, month TEXT NOT NULL, kind TEXT NOT NULL, amount BIGINT NOT NULL, "
	"PRIMARY KEY(township, month, kind)) {{without rowid}};" ZHEN_JOURNAL_SQL_AS("incident_journal") ";" ZHEN_JOURNAL_SQL_AS("work_journal");

struct incident {
	int64_t id, finding;
	uint32_t state;
	const char *township, *village, *problem;
};

static const zhen_row *incident_row(zhen_call *call, int64_t id)
{
	return zhen_one(call, "SELECT " INCIDENT_COLUMNS " FROM incident WHERE id = $1 AND {{scope township or body}}",
	                id);
}

static struct incident incident_of(const zhen_row *row)
{
	return (struct incident){
		.id = zhen_column_int(row, "id"),
		.state = (uint32_t)zhen_process_state_of(&incident_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.village = column_or_empty(row, "village"),
		.problem = column_or_empty(row, "problem"),
	};
}

static zhen_result incident_for(zhen_call *call, uint32_t act, struct incident *out)
{
	const zhen_row *row = incident_row(call, zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个事件，或不在您的管辖范围 (no such incident)");
	*out = incident_of(row);
	zhen_result refused = zhen_process_may(call, &incident_process, out->state, act,
	                                       zhen_format(call, "%lld", (long long)out->id), out->township, out);
	if (refused == 0 && strcmp(zhen_get_caller(call)->division, out->township) != 0)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                    "%s由乡镇（街道）队伍负责 (the township's own team has it)",
		                    zhen_format(call, "事件 %lld ", (long long)out->id));
	return refused;
}

/* The level has it from today on: its working days begin. What is late at the highest is only said, once. */
static void give(zhen_call *call, const struct incident *incident, uint32_t level, int64_t holder)
{
	const char *due_on = working_days_after(call, incident->township, today(call),
	                                        zhen_setting_int_in(call, "incident_days", incident->township));

	zhen_run(call, "UPDATE incident SET state = $1, holder = $2, due_on = $3, watch_on = $3 WHERE id = $4",
	         incident_process.states[level].name, holder, due_on, incident->id);
	zhen_emit(call, "enforcement.incident.moved", "id", incident->id, "township", incident->township, "village",
	          incident->village, "problem", incident->problem, "state", incident_process.states[level].name, "at",
	          zhen_now(call));
}

static void give_up_from(zhen_call *call, const struct incident *incident, const char *act, const char *text)
{
	const zhen_row *area = zhen_one(
		call, "SELECT s.leader, s.name FROM area a JOIN squad s ON s.id = a.squad WHERE a.village = $1",
		incident->village);

	if (incident->state == INCIDENT_OFFICER && area != NULL)
		give(call, incident, INCIDENT_SQUAD, zhen_column_int(area, "leader"));
	else
		give(call, incident, INCIDENT_TEAM, 0);
	zhen_journal_add(call, "incident_journal", incident->id, act, text);
}

/* Whether the kind of problem is the township's own by the county's table. */
static bool is_townships(zhen_call *call, const char *township, const char *problem)
{
	size_t size = strlen(problem);

	for (const char *at = or_empty(zhen_setting_text_in(call, "own_problems", township)); *at != '\0';) {
		size_t length = strcspn(at, ";");

		if (length == size && strncmp(at, problem, size) == 0)
			return true;
		at += length + (at[length] == ';');
	}
	return false;
}

zhen_result add_incident(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *village = field_text(call, "village"), *problem = field_text(call, "problem");
	const zhen_division *above = call->host->division_above(call, village, 4);
	const zhen_body *body = call->host->body(call, caller->body);

	const char *township = zhen_format(call, "%s", above != NULL ? above->code : "");
	if (!is_townships(call, township, problem))
		return zhen_fail(call, ZHEN_CONFLICT, "not-the-townships",
		                 "按本地分工，这类问题不由乡镇（街道）队伍负责，请报告有关部门 (own_problems: by the county's division of work "
		                 "not the township's)");
	if (zhen_one(call, "SELECT id FROM team WHERE township = $1", township) == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "no-team", "该地没有执法队伍 (the township has no team)");
	struct incident incident = { .state = INCIDENT_OFFICER, .township = township, .village = village, .problem = problem };
	const zhen_row *area = zhen_one(call, "SELECT officer FROM area WHERE village = $1", village);
	int64_t officer = area != NULL ? zhen_column_int(area, "officer") : 0;
	incident.id = zhen_insert(call,
	                          "INSERT INTO incident(township, village, problem, place, fact, body, body_name, state, holder, due_on, "
	                          "watch_on, late_on, result, kind, finding, at, handled_at) VALUES($1, $2, $3, $4, $5, $6, $7, 'officer', 0, "
	                          "'', '" UNWATCHED "', '', '', '', 0, $8, 0) RETURNING id",
	                          township, village, problem, field_text(call, "place"), field_text(call, "fact"),
	                          or_empty(caller->body), body != NULL ? body->name : "", zhen_now(call));
	zhen_journal_add(call, "incident_journal", incident.id, "report", field_text(call, "fact"));
	give(call, &incident, area != NULL ? INCIDENT_OFFICER : INCIDENT_TEAM, officer);
	return zhen_created(call, incident.id);
}

zhen_result list_incidents(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.report"))
		put_way(call, "报告事件", "POST", "/incidents");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, township, village, problem, place, fact, state, NULLIF(due_on, '') AS due_on, "
	                 "CASE WHEN late_on <> '' THEN 1 ELSE 0 END AS late FROM incident WHERE ($1 = '' OR state = $1) AND "
	                 "($2 = '' OR problem = $2) AND {{scope township or body}} {{page id DESC}}",
	                 field_text(call, "state"), field_text(call, "problem"));
}

zhen_result show_incident(zhen_call *call)
{
	const zhen_row *row = incident_row(call, zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个事件，或不在您的管辖范围 (no such incident)");
	struct incident incident = incident_of(row);
	int64_t holder = zhen_column_int(row, "holder"), finding = zhen_column_int(row, "finding");
	static const char *const texts[] = { "township", "village", "problem", "place", "fact", "body_name", "state", "result", NULL },
				 *const days[] = { "due_on", "late_on", "kind" };

	zhen_put(call, "id", incident.id);
	put_texts(call, row, texts);
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (column_or_empty(row, days[i])[0] != '\0')
			zhen_put(call, days[i], column_or_empty(row, days[i]));
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	if (zhen_column_int(row, "handled_at") != 0)
		zhen_put_time(call, "handled_at", zhen_column_int(row, "handled_at"));
	if (finding != 0)
		zhen_put(call, "finding", finding);
	zhen_put(call, "holder_name",
	         column_or_empty(zhen_one(call, "SELECT name FROM member WHERE id = $1", holder), "name"));
	zhen_journal_put(call, "journal", "incident_journal", incident.id);
	zhen_open_list(call, "actions");
	if (strcmp(zhen_get_caller(call)->division, incident.township) == 0)
		zhen_process_put_actions(call, &incident_process, incident.state, incident.township,
		                         zhen_format(call, "/incidents/%lld", (long long)incident.id));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result stands(zhen_call *call, int64_t id)
{
	zhen_put(call, "id", id);
	zhen_put(call, "state",
	         column_or_empty(zhen_one(call, "SELECT state FROM incident WHERE id = $1", id), "state"));
	return zhen_ok(call);
}

zhen_result escalate_incident(zhen_call *call)
{
	struct incident incident;
	zhen_result refused = incident_for(call, INCIDENT_ESCALATE, &incident);

	if (refused != 0)
		return refused;
	give_up_from(call, &incident, "escalate", field_text(call, "reason"));
	return stands(call, incident.id);
}

zhen_result handle_incident(zhen_call *call)
{
	struct incident incident;
	int64_t finding = zhen_int(call, "finding");
	const char *kind = zhen_has(call, "kind") ? field_text(call, "kind") : "enforcement";
	zhen_result refused = incident_for(call, INCIDENT_HANDLE, &incident);

	if (refused != 0)
		return refused;
	if (finding != 0 && zhen_one(call, "SELECT id FROM finding WHERE id = $1 AND township = $2", finding,
	                             incident.township) == NULL)
		return wrong_field(call, "finding", "no-such-finding",
		                   "本乡镇没有这个问题记录 (no such finding of this township)");
	zhen_run(call,
	         "UPDATE incident SET state = 'handled', watch_on = '" UNWATCHED
	         "', result = $1, kind = $2, finding = $3, handled_at = $4 WHERE id = $5",
	         field_text(call, "result"), kind, finding, zhen_now(call), incident.id);
	zhen_journal_add(call, "incident_journal", incident.id, "handle", field_text(call, "result"));
	work_add(call, incident.township, today(call), kind, field_text(call, "result"), "incident", incident.id);
	zhen_emit(call, "enforcement.incident.moved", "id", incident.id, "township", incident.township, "village",
	          incident.village, "problem", incident.problem, "state", "handled", "at", zhen_now(call));
	return stands(call, incident.id);
}

/* The job: what a level let pass is the next one's; of the team's own it is only kept that it is late. */
zhen_result watch_incidents(zhen_call *call)
{
	int64_t ids[BATCH];
	size_t n = 0;
	const char *day = today(call);

	ZHEN_FOR_EACH (call, row, "SELECT id FROM incident WHERE watch_on < $1 ORDER BY watch_on, id LIMIT 200", day)
		if (n < BATCH)
			ids[n++] = zhen_column_int(row, "id");
	for (size_t i = 0; i < n; i++) {
		const zhen_row *row = zhen_one(call, "SELECT " INCIDENT_COLUMNS " FROM incident WHERE id = $1", ids[i]);
		struct incident incident = incident_of(row);

		zhen_run(call,
		         "UPDATE incident SET late_on = CASE WHEN late_on = '' THEN $1 ELSE late_on END WHERE id = $2",
		         day, ids[i]);
		if (incident.state != INCIDENT_TEAM) {
			give_up_from(call, &incident, "overdue", column_or_empty(row, "due_on"));
			continue;
		}
		zhen_run(call, "UPDATE incident SET watch_on = '" UNWATCHED "' WHERE id = $1", ids[i]);
		zhen_journal_add(call, "incident_journal", ids[i], "late", column_or_empty(row, "due_on"));
	}
	return zhen_ok(call);
}
