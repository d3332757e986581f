/* SPDX-License-Identifier: Apache-2.0
 * Meetings of a county (研判会、联席会、周调度): who is called must come or say why not; who does neither is on record when it ends
 * (应到尽到, 阳泉市). The weekly one makes itself, of what is open. */
#include "dispatch.h"

#define AGENDA_LIMIT "200"

struct meeting {
	int64_t id;
	uint32_t state;
	const char *county, *held_on;
};

static zhen_result load(zhen_call *call, int64_t id, struct meeting *out)
{
	const zhen_row *row =
		zhen_one(call, "SELECT county, held_on, state FROM meeting WHERE id = $1 AND {{scope county}}", id);

	/* Who is called from elsewhere sees what it is called to. */
	if (row == NULL)
		row = zhen_one(call,
		               "SELECT m.county, m.held_on, m.state FROM attendance a JOIN meeting m ON m.id = a.meeting WHERE m.id = $1 AND "
		               "{{scope or a.body}}",
		               id);
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次会议 (no such meeting)");
	*out = (struct meeting){
		.id = id,
		.state = (uint32_t)zhen_process_state_of(&meeting_process, or_empty(zhen_column_text(row, "state"))),
		.county = zhen_format(call, "%s", or_empty(zhen_column_text(row, "county"))),
		.held_on = zhen_format(call, "%s", or_empty(zhen_column_text(row, "held_on"))),
	};
	return 0;
}

static zhen_result begin(zhen_call *call, uint32_t act, struct meeting *out)
{
	int64_t id = zhen_int(call, "id");
	zhen_result refused = load(call, id, out);

	return refused != 0 ? refused :
	       zhen_process_may(call, &meeting_process, out->state, act, zhen_format(call, "%lld", (long long)id), out->county, out);
}

static zhen_result done(zhen_call *call, const struct meeting *meeting)
{
	zhen_put(call, "id", meeting->id);
	zhen_put(call, "state", meeting_process.states[meeting->state].name);
	return zhen_ok(call);
}

static void invite(zhen_call *call, const struct meeting *meeting, const zhen_body *body)
{
	zhen_run(call,
	         "INSERT INTO attendance(meeting, county, body, body_name, state, reason, at) VALUES($1, $2, $3, $4, 'called', '', 0) "
	         "{{upsert meeting, body}} body_name = excluded.body_name",
	         meeting->id, meeting->county, body->id, body->name);
}

/* Each body of the field "bodies"; 0, or the refusal. */
static zhen_result invite_all(zhen_call *call, const struct meeting *meeting)
{
	for (int32_t i = 0; i < call->host->list_count(call, "bodies"); i++) {
		const zhen_body *body = call->host->body(
			call, or_empty(zhen_value_text(call->host->list_field(call, "bodies", i, "body"))));

		if (body == NULL || !zhen_within_caller(call, body->division)) {
			zhen_field_error(call, "bodies", "not-yours",
			                 "第%d个不是本辖区的单位 (not a body of your division)", (int)i + 1);
			return zhen_invalid(call);
		}
		invite(call, meeting, body);
	}
	return 0;
}

static int64_t add(zhen_call *call, const struct meeting *meeting, int64_t whistle, const char *title, bool late)
{
	return zhen_insert(call,
	                   "INSERT INTO agenda(meeting, whistle, title, late, decision, county, body, body_name, due_on, decided_at, done, "
	                   "done_at) VALUES($1, $2, $3, $4, '', $5, '', '', '', 0, '', 0) RETURNING id",
	                   meeting->id, whistle, title, late, meeting->county);
}

zhen_result call_meeting(zhen_call *call)
{
	struct meeting meeting = { .state = MEETING_PLANNED, .county = zhen_get_caller(call)->division,
		                   .held_on = field_text(call, "held_on") };

	if (strcmp(meeting.held_on, zhen_date_of_ms(call, zhen_now(call))) < 0) {
		zhen_field_error(call, "held_on", "in-the-past", "不能早于今天 (before today)");
		return zhen_invalid(call);
	}
	meeting.id = zhen_insert(call,
	                         "INSERT INTO meeting(county, kind, title, held_on, state, minutes, made_at) VALUES($1, $2, $3, $4, 'planned', "
	                         "'', $5) RETURNING id",
	                         meeting.county, field_text(call, "kind"), field_text(call, "title"), meeting.held_on,
	                         zhen_now(call));
	zhen_result refused = invite_all(call, &meeting);
	return refused != 0 ? refused : zhen_created(call, meeting.id);
}

zhen_result invite_meeting(zhen_call *call)
{
	struct meeting meeting;
	zhen_result refused = begin(call, MEETING_INVITE, &meeting);

	if (refused == 0)
		refused = invite_all(call, &meeting);
	return refused != 0 ? refused : done(call, &meeting);
}

zhen_result add_agenda(zhen_call *call)
{
	struct meeting meeting;
	struct whistle whistle;
	int64_t id = zhen_int(call, "whistle");
	zhen_result refused = begin(call, MEETING_ADD, &meeting);

	if (refused == 0 && id != 0)
		refused = whistle_load(call, id, &whistle);
	return refused != 0 ? refused : zhen_created(call, add(call, &meeting, id, field_text(call, "title"), false));
}

static zhen_result attend(zhen_call *call, uint32_t act, const char *state, const char *reason)
{
	struct meeting meeting;
	const zhen_caller *caller = zhen_get_caller(call);
	zhen_result refused = begin(call, act, &meeting);

	if (refused != 0)
		return refused;
	if (zhen_run(call, "UPDATE attendance SET state = $1, reason = $2, at = $3 WHERE meeting = $4 AND body = $5",
	             state, reason, zhen_now(call), meeting.id, caller->body) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-called", "没有通知本单位参会 (not called to it)");
	return done(call, &meeting);
}

zhen_result come_meeting(zhen_call *call)
{
	return attend(call, MEETING_COME, "came", "");
}

zhen_result leave_meeting(zhen_call *call)
{
	return attend(call, MEETING_LEAVE, "excused", field_text(call, "reason"));
}

zhen_result decide_meeting(zhen_call *call)
{
	struct meeting meeting;
	int64_t item = zhen_int(call, "item");
	zhen_result refused = begin(call, MEETING_DECIDE, &meeting);
	const zhen_body *body = call->host->body(call, field_text(call, "body"));

	if (refused != 0)
		return refused;
	if (body == NULL || !zhen_within_caller(call, body->division)) {
		zhen_field_error(call, "body", "not-yours", "不是本辖区的单位 (not a body of your division)");
		return zhen_invalid(call);
	}
	if (zhen_run(call,
	             "UPDATE agenda SET decision = $1, body = $2, body_name = $3, due_on = $4, decided_at = $5 WHERE id = $6 AND meeting = $7",
	             field_text(call, "decision"), body->id, body->name, field_text(call, "due_on"), zhen_now(call), item,
	             meeting.id) == 0) {
		zhen_field_error(call, "item", "not-on-agenda", "这次会议没有这个议题 (not on this meeting's agenda)");
		return zhen_invalid(call);
	}
	return done(call, &meeting);
}

zhen_result close_meeting(zhen_call *call)
{
	struct meeting meeting;
	zhen_result refused = begin(call, MEETING_CLOSE, &meeting);

	if (refused != 0)
		return refused;
	if (strcmp(meeting.held_on, zhen_date_of_ms(call, zhen_now(call))) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-yet", "会议%s才召开 (it is held on that day)", meeting.held_on);
	zhen_run(call, "UPDATE attendance SET state = 'absent', at = $1 WHERE meeting = $2 AND state = 'called'", zhen_now(call),
	         meeting.id);
	ZHEN_FOR_EACH (call, row, "SELECT body, body_name FROM attendance WHERE meeting = $1 AND state = 'absent'", meeting.id) {
		struct order absent = { .ordered_first = zhen_now(call), .township = meeting.county,
			                .body = zhen_column_text(row, "body"), .body_name = zhen_column_text(row, "body_name") };

		count_body(call, &absent, "absent", 1);
		zhen_emit(call, "dispatch.meeting.absent", "meeting", meeting.id, "division", meeting.county, "body",
		          absent.body, "at", zhen_now(call));
	}
	meeting.state = MEETING_HELD;
	zhen_run(call, "UPDATE meeting SET state = 'held', minutes = $1 WHERE id = $2", field_text(call, "minutes"),
	         meeting.id);
	return done(call, &meeting);
}

zhen_result cancel_meeting(zhen_call *call)
{
	struct meeting meeting;
	zhen_result refused = begin(call, MEETING_CANCEL, &meeting);

	if (refused != 0)
		return refused;
	meeting.state = MEETING_CANCELLED;
	zhen_run(call, "UPDATE meeting SET state = 'cancelled', minutes = $1 WHERE id = $2", field_text(call, "reason"),
	         meeting.id);
	return done(call, &meeting);
}

/* ---- what is looked at ---- */

zhen_result list_meetings(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.judge"))
		put_link(call, "POST", "召集会议", "/meetings");
	zhen_close(call);
	return zhen_page(call, "SELECT id, county, kind, title, held_on, state FROM meeting WHERE ($1 = '' OR kind = $1) AND "
	                       "{{scope county}} {{page id DESC}}",
	                 field_text(call, "kind"));
}

zhen_result show_meeting(zhen_call *call)
{
	struct meeting meeting;
	zhen_result refused = load(call, zhen_int(call, "id"), &meeting);
	static const char *const columns[] = { "kind", "title", "held_on", "state", "minutes" };
	static const char *const texts[] = { "title", "decision", "body_name", "due_on", "done" };

	if (refused != 0)
		return refused;
	const zhen_row *row =
		zhen_one(call, "SELECT kind, title, held_on, state, minutes FROM meeting WHERE id = $1", meeting.id);
	zhen_put(call, "id", meeting.id);
	zhen_put(call, "county", meeting.county);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		zhen_put(call, columns[i], zhen_column_text(row, columns[i]));
	zhen_open_list(call, "agenda");
	ZHEN_FOR_EACH (call, item,
	               "SELECT id, NULLIF(whistle, 0) AS whistle, title, late, decision, body_name, NULLIF(due_on, '') AS due_on, done FROM "
	               "agenda WHERE meeting = $1 ORDER BY id LIMIT 500",
	               meeting.id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(item, "id"));
		if (zhen_column_int(item, "whistle") != 0)
			zhen_put(call, "whistle", zhen_column_int(item, "whistle"));
		zhen_put(call, "late", zhen_column_int(item, "late") != 0);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			if (zhen_column_text(item, texts[i]) != NULL)
				zhen_put(call, texts[i], zhen_column_text(item, texts[i]));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "attendance");
	ZHEN_FOR_EACH (call, one,
	               "SELECT body_name, state, reason, at FROM attendance WHERE meeting = $1 ORDER BY id LIMIT 500",
	               meeting.id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "body_name", zhen_column_text(one, "body_name"));
		zhen_put(call, "state", zhen_column_text(one, "state"));
		zhen_put(call, "reason", zhen_column_text(one, "reason"));
		put_when(call, one, "at");
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &meeting_process, meeting.state, meeting.county,
	                         zhen_format(call, "/meetings/%lld", (long long)meeting.id));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_absences(zhen_call *call)
{
	return zhen_page(call, "SELECT id, meeting, county, body_name, at FROM attendance WHERE state = 'absent' AND {{scope county}} "
	                       "{{page id DESC}}");
}

/* What meetings decided, until it is done. */
zhen_result list_decisions(zhen_call *call)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call)), *body = own_body(call);

	return zhen_page(call,
	                 "SELECT id, meeting, county, title, decision, body_name, NULLIF(due_on, '') AS due_on, done, "
	                 "CASE WHEN done_at = 0 AND due_on <> '' AND due_on < $1 THEN 1 ELSE 0 END AS late FROM agenda WHERE decided_at > 0 "
	                 "AND ($2 = '' OR body = $2) AND ($3 = 0 OR done_at = 0) AND {{scope county}} {{page id DESC}}",
	                 today, body, zhen_int(call, "open"));
}

zhen_result carry_decision(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(
		call, "SELECT body, done_at FROM agenda WHERE id = $1 AND decided_at > 0 AND {{scope county}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项议定事项 (no such decision)");
	if (strcmp(zhen_get_caller(call)->body, or_empty(zhen_column_text(row, "body"))) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由承办单位反馈 (another body's to carry out)");
	if (zhen_column_int(row, "done_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "done-already", "已经反馈 (done already)");
	zhen_run(call, "UPDATE agenda SET done = $1, done_at = $2 WHERE id = $3", field_text(call, "done"),
	         zhen_now(call), id);
	zhen_put(call, "id", id);
	return zhen_ok(call);
}

/* ---- 周调度 ---- */

static void make_weekly(zhen_call *call, const char *county, const char *today)
{
	const zhen_division *place = call->host->division(call, county);
	struct meeting meeting = { .county = county, .held_on = today, .state = MEETING_PLANNED };
	char prefix[8];

	meeting.id = zhen_insert(call,
	                         "INSERT INTO meeting(county, kind, title, held_on, state, minutes, made_at) VALUES($1, 'weekly', $2, $3, "
	                         "'planned', '', $4) RETURNING id",
	                         county, zhen_format(call, "%s周调度会", place != NULL ? place->name : ""), today, zhen_now(call));
	/* Late first; a county's code begins its townships' codes with six digits. */
	memcpy(prefix, county, 6);
	prefix[6] = '\0';
	ZHEN_FOR_EACH (call, row,
	               "SELECT a.whistle, a.body, w.title, a.body_name, CASE WHEN a.late_at + a.accept_late_at > 0 THEN 1 ELSE 0 END AS late FROM "
	               "assignment a JOIN whistle w ON w.id = a.whistle WHERE a.state IN ('ordered', 'accepted', 'suspended', 'returned') AND "
	               "a.township BETWEEN $1 AND $2 ORDER BY late DESC, a.id LIMIT " AGENDA_LIMIT,
	               zhen_format(call, "%s000000", prefix), zhen_format(call, "%s999999", prefix)) {
		const zhen_body *body = call->host->body(call, or_empty(zhen_column_text(row, "body")));

		add(call, &meeting, zhen_column_int(row, "whistle"),
		    zhen_format(call, "%s（%s）", zhen_column_text(row, "title"), zhen_column_text(row, "body_name")),
		    zhen_column_int(row, "late") != 0);
		if (body != NULL)
			invite(call, &meeting, body);
	}
}

/* Once an hour: on the county's day of the week, when there is none yet for the day. */
zhen_result weekly_meetings(zhen_call *call)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call));
	int32_t weekday = (zhen_calendar_day_of_ms(zhen_now(call)) + 3) % 7 + 1; /* 1 January 1970 was a Thursday */
	const char *counties[64];
	size_t n = 0;

	ZHEN_FOR_EACH (call, row,
	               "SELECT township FROM tally WHERE raised > answered + sent_back ORDER BY township LIMIT 5000") {
		const zhen_division *county =
			call->host->division_above(call, or_empty(zhen_column_text(row, "township")), 3);

		if (county == NULL || n == sizeof(counties) / sizeof(counties[0]) ||
		    (n > 0 && strcmp(counties[n - 1], county->code) == 0))
			continue;
		counties[n++] = zhen_format(call, "%s", county->code);
	}
	for (size_t i = 0; i < n; i++)
		if (zhen_setting_int_in(call, "weekly_on", counties[i]) == weekday &&
		    zhen_one(call, "SELECT id FROM meeting WHERE county = $1 AND held_on = $2 AND kind = 'weekly'",
		             counties[i], today) == NULL)
			make_weekly(call, counties[i], today);
	return zhen_ok(call);
}
