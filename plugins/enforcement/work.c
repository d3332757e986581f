/* SPDX-License-Identifier: Apache-2.0
 * Posts that recur (东双河镇: at seven in the morning at the school gate), who was there, and the log of what the team did,
 * by kind: teams do more than enforce (楚雄州). */
#include "duty.h"

#include <stdlib.h>

#define DAYS_MAX 31
#define POSTS_MAX 50

void work_add(zhen_call *call, const char *township, const char *on, const char *kind, const char *text,
              const char *source, int64_t source_id)
{
	int64_t id = zhen_insert(call,
	                         "INSERT INTO work(township, on_day, kind, text, source, source_id, at) VALUES($1, $2, $3, $4, $5, $6, $7) "
	                         "RETURNING id",
	                         township, on, kind, text, source, source_id, zhen_now(call));

	zhen_run(call,
	         "INSERT INTO work_month(township, month, kind, amount) VALUES($1, $2, $3, 1) {{upsert township, month, kind}} "
	         "amount = work_month.amount + 1",
	         township, zhen_format(call, "%.7s", on), kind);
	zhen_journal_add(call, "work_journal", id, "log", kind);
	zhen_put(call, "work", id);
}

/* ---- posts ---- */

static bool is_clock_time(const char *text)
{
	return strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5 && atoi(text) < 24 &&
	       atoi(text + 3) < 60 && text[0] <= '2' && text[3] <= '5';
}

zhen_result add_post(zhen_call *call)
{
	struct team team;
	const char *weekdays = zhen_has(call, "weekdays") ? field_text(call, "weekdays") : "1234567";
	int64_t squad = zhen_int(call, "squad");
	zhen_result refused = team_for(call, TEAM_SQUAD, &team);

	if (refused != 0)
		return refused;
	if (weekdays[0] == '\0' || weekdays[strspn(weekdays, "1234567")] != '\0')
		return wrong_field(call, "weekdays", "not-weekdays",
		                   "用 1 到 7 表示周一到周日，如 12345 (digits of weekdays, 1 = Monday)");
	static const char *const times[] = { "from_time", "to_time" };
	for (size_t i = 0; i < 2; i++)
		if (!is_clock_time(field_text(call, times[i])))
			return wrong_field(call, times[i], "not-a-time", "写作 07:00 (a time of day as 07:00)");
	if (strcmp(field_text(call, "from_time"), field_text(call, "to_time")) >= 0)
		return wrong_field(call, "to_time", "before-start", "不晚于开始时间 (not after it begins)");
	if (squad != 0 && zhen_one(call, "SELECT id FROM squad WHERE id = $1 AND team = $2", squad, team.id) == NULL)
		return wrong_field(call, "squad", "other-team", "不是本队的中队 (not a squad of this team)");
	const zhen_row *many =
		zhen_one(call, "SELECT COUNT(*) AS n FROM post WHERE township = $1 AND to_on = ''", team.township);
	if (zhen_column_int(many, "n") >= POSTS_MAX)
		return zhen_fail(call, ZHEN_CONFLICT, "too-many-posts",
		                 "勤务岗位已达 %d 个，请先停用不再安排的 (as many posts as there may be)", POSTS_MAX);
	int64_t least = zhen_int(call, "least");
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO post(team, township, squad, name, place, kind, weekdays, days, from_time, to_time, "
	                                      "least, from_on, to_on, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13) "
	                                      "RETURNING id",
	                                      team.id, team.township, squad, field_text(call, "name"), field_text(call, "place"),
	                                      zhen_has(call, "kind") ? field_text(call, "kind") : "service", weekdays,
	                                      zhen_has(call, "days") ? field_text(call, "days") : "any", field_text(call, "from_time"),
	                                      field_text(call, "to_time"), least > 0 ? least : 1, day_or_today(call, "from_on"),
	                                      zhen_now(call)));
}

#define POST_COLUMNS                                                                                                    \
	"p.id, p.township, p.name, p.place, p.kind, p.weekdays, p.days, p.from_time, p.to_time, p.least, p.from_on, " \
	"NULLIF(p.to_on, '') AS to_on, (SELECT s.name FROM squad s WHERE s.id = p.squad) AS squad_name"

zhen_result list_posts(zhen_call *call)
{
	return zhen_page(call, "SELECT " POST_COLUMNS " FROM post p WHERE {{scope p.township}} {{page p.id DESC}}");
}

static const zhen_row *post_row(zhen_call *call, int64_t id)
{
	return zhen_one(call, "SELECT " POST_COLUMNS ", p.team FROM post p WHERE p.id = $1 AND {{scope p.township}}",
	                id);
}

static zhen_result no_post(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个勤务岗位，或不在您的管辖范围 (no such post)");
}

zhen_result show_post(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = post_row(call, id);
	static const char *const texts[] = { "township", "name", "place", "kind", "weekdays", "days", "from_time", "to_time", "from_on", "squad_name", NULL };

	if (row == NULL)
		return no_post(call);
	zhen_put(call, "id", id);
	put_texts(call, row, texts);
	zhen_put(call, "least", zhen_column_int(row, "least"));
	bool ended = column_or_empty(row, "to_on")[0] != '\0';
	if (ended)
		zhen_put(call, "to_on", column_or_empty(row, "to_on"));
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.handle"))
		put_way(call, "登记到岗", "POST", zhen_format(call, "/posts/%lld/attend", (long long)id));
	if (zhen_may(call, "enforcement.team") && !ended)
		put_way(call, "停用", "POST", zhen_format(call, "/posts/%lld/end", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result end_post(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = post_row(call, id);
	const char *on = day_or_today(call, "on");

	if (row == NULL)
		return no_post(call);
	if (column_or_empty(row, "to_on")[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "post-ended", "该岗位已停用 (ended already)");
	if (strcmp(on, column_or_empty(row, "from_on")) < 0)
		return wrong_field(call, "on", "before-start", "早于岗位启用日期 (before the post began)");
	zhen_run(call, "UPDATE post SET to_on = $1 WHERE id = $2", on, id);
	zhen_put(call, "id", id);
	return zhen_ok(call);
}

/* Whether a post of these weekdays and days is kept on the day. */
static bool is_due(const zhen_row *post, const zhen_calendar *calendar, int32_t day, const char *on)
{
	char weekday = (char)('1' + ((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
	const char *days = column_or_empty(post, "days"), *to_on = column_or_empty(post, "to_on");

	if (strcmp(on, column_or_empty(post, "from_on")) < 0 || (to_on[0] != '\0' && strcmp(on, to_on) > 0))
		return false;
	return strchr(column_or_empty(post, "weekdays"), weekday) != NULL &&
	       (strcmp(days, "any") == 0 || (strcmp(days, "working") == 0) == zhen_calendar_is_working(calendar, day));
}

static void put_shift(zhen_call *call, const zhen_row *post, const char *on)
{
	int64_t id = zhen_column_int(post, "id"), least = zhen_column_int(post, "least");
	static const char *const texts[] = { "township", "name", "place", "from_time", "to_time", "squad_name", NULL };

	zhen_open_object(call, NULL);
	zhen_put(call, "post", id);
	zhen_put(call, "on_day", on);
	put_texts(call, post, texts);
	zhen_put(call, "least", least);
	const zhen_row *shift =
		zhen_one(call, "SELECT people, names FROM shift WHERE post = $1 AND on_day = $2", id, on);
	int64_t people = shift != NULL ? zhen_column_int(shift, "people") : 0;
	zhen_put(call, "people", people);
	zhen_put(call, "names", column_or_empty(shift, "names"));
	zhen_put(call, "state", shift != NULL             ? people < least ? "short" : "kept" :
	                        strcmp(on, today(call)) < 0 ? "missed" :
	                                                      "planned");
	zhen_close(call);
}

/* What is to be kept from day to day, and what was. */
zhen_result show_roster(zhen_call *call)
{
	const char *township = field_text(call, "township"), *from = day_or_today(call, "from"),
		   *to = zhen_has(call, "to") ? field_text(call, "to") : from;
	int32_t first = zhen_calendar_parse_date(from), last = zhen_calendar_parse_date(to);
	int64_t ids[POSTS_MAX];
	size_t n = 0;
	zhen_calendar calendar;

	if (last < first || last - first >= DAYS_MAX)
		return wrong_field(call, "to", "too-long", "从 %s 起至多 %d 天 (at most %d days from the first)", from,
		                   DAYS_MAX, DAYS_MAX);
	zhen_calendar_load(call, township, &calendar);
	ZHEN_FOR_EACH (call, row,
	               "SELECT id FROM post WHERE township = $1 AND from_on <= $2 AND (to_on = '' OR to_on >= $3) AND {{scope township}} "
	               "ORDER BY from_time, id LIMIT 50",
	               township, to, from)
		if (n < POSTS_MAX)
			ids[n++] = zhen_column_int(row, "id");
	zhen_put(call, "township", township);
	zhen_open_list(call, "items");
	for (int32_t day = first; day <= last; day++) {
		char text[11];

		zhen_calendar_format_date(day, text);
		for (size_t i = 0; i < n; i++) {
			const zhen_row *post = post_row(call, ids[i]);

			if (post != NULL && is_due(post, &calendar, day, text))
				put_shift(call, post, text);
		}
	}
	zhen_close(call);
	return zhen_ok(call);
}

/* Who was at the post; guiding traffic is no act of enforcement: assistants count. */
zhen_result attend_post(zhen_call *call)
{
	int64_t id = zhen_int(call, "id"), seen[OFFICERS_MAX];
	const zhen_row *post = post_row(call, id);
	const char *on, *names = "";
	int32_t n = call->host->list_count(call, "people");
	zhen_calendar calendar;
	zhen_result refused = post == NULL ? no_post(call) : past_day(call, "on", &on);

	if (refused != 0)
		return refused;
	int64_t team = zhen_column_int(post, "team");
	const char *township = column_or_empty(post, "township");
	zhen_calendar_load(call, township, &calendar);
	if (!is_due(post, &calendar, zhen_calendar_parse_date(on), on))
		return wrong_field(call, "on", "not-on-that-day",
		                   "该岗位 %s 没有安排 (the post is not kept on that day)", on);
	if (zhen_one(call, "SELECT people FROM shift WHERE post = $1 AND on_day = $2", id, on) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "attended",
		                 "%s 的到岗已登记 (who was there on that day is on record)", on);
	for (int32_t i = 0; i < n && i < OFFICERS_MAX; i++) {
		seen[i] = zhen_value_int(call->host->list_field(call, "people", i, "member"));
		const zhen_row *member =
			zhen_one(call, "SELECT m.name FROM member m WHERE m.id = $2 AND m.team = $3 AND " SERVES_ON, on,
		                 seen[i], team);
		for (int32_t k = 0; k < i; k++)
			if (seen[k] == seen[i])
				member = NULL;
		if (member == NULL)
			return wrong_field(
				call, "people", "not-a-member",
				"第%d名当日不在本队，或者重复 (did not serve in this team on that day, or named twice)",
				(int)i + 1);
		names = zhen_format(call, "%s%s%s", names, i > 0 ? "、" : "", column_or_empty(member, "name"));
	}
	zhen_run(call, "INSERT INTO shift(post, on_day, people, names, note, at) VALUES($1, $2, $3, $4, $5, $6)", id,
	         on, (int64_t)n, names, field_text(call, "note"), zhen_now(call));
	work_add(call, township, on, column_or_empty(post, "kind"),
	         zhen_format(call, "%s%s%s", column_or_empty(post, "name"), field_text(call, "note")[0] != '\0' ? "：" : "", field_text(call, "note")), "post", id);
	zhen_put(call, "post", id);
	zhen_put(call, "on_day", on);
	return zhen_ok(call);
}

/* ---- the log ---- */

zhen_result add_work(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *on;
	zhen_result refused = past_day(call, "on", &on);

	if (refused == 0 &&
	    (caller->level != 4 || zhen_one(call, "SELECT id FROM team WHERE township = $1", caller->division) == NULL))
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                    "由乡镇（街道）队伍登记 (by a township's team)");
	if (refused != 0)
		return refused;
	work_add(call, caller->division, on, field_text(call, "kind"), field_text(call, "text"), "", 0);
	return zhen_ok(call);
}

zhen_result list_works(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.handle"))
		put_way(call, "登记工作", "POST", "/works");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, township, on_day, kind, text, source FROM work WHERE ($1 = '' OR kind = $1) AND {{scope township}} "
	                 "{{page id DESC}}",
	                 field_text(call, "kind"));
}

/* What was logged under the wrong kind; that it was is kept. */
zhen_result classify_work(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT township, on_day, kind FROM work WHERE id = $1 AND {{scope township}}", id);
	const char *to = field_text(call, "kind");

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条工作记录 (no such entry)");
	const char *from = column_or_empty(row, "kind"), *township = column_or_empty(row, "township"),
		   *month = zhen_format(call, "%.7s", column_or_empty(row, "on_day"));
	if (strcmp(from, to) != 0) {
		zhen_run(call, "UPDATE work SET kind = $1 WHERE id = $2", to, id);
		zhen_run(call, "UPDATE work_month SET amount = amount - 1 WHERE township = $1 AND month = $2 AND kind = $3", township, month, from);
		zhen_run(call,
		         "INSERT INTO work_month(township, month, kind, amount) VALUES($1, $2, $3, 1) {{upsert township, month, kind}} "
		         "amount = work_month.amount + 1",
		         township, month, to);
		zhen_journal_add(call, "work_journal", id, "classify",
		                 zhen_format(call, "%s → %s：%s", from, to, field_text(call, "reason")));
	}
	zhen_put(call, "work", id);
	return zhen_ok(call);
}

zhen_result report_work(zhen_call *call)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT month, SUM(CASE WHEN kind = 'enforcement' THEN amount ELSE 0 END) AS enforcement, SUM(CASE WHEN kind = 'rescue' "
	               "THEN amount ELSE 0 END) AS rescue, SUM(CASE WHEN kind = 'service' THEN amount ELSE 0 END) AS service, SUM(CASE WHEN "
	               "kind = 'publicity' THEN amount ELSE 0 END) AS publicity, SUM(CASE WHEN kind = 'mediation' THEN amount ELSE 0 END) AS "
	               "mediation, SUM(amount) AS total FROM work_month WHERE {{scope township}} GROUP BY month ORDER BY month DESC LIMIT 60") {
		static const char *const names[] = { "enforcement", "rescue", "service", "publicity", "mediation", "total" };

		zhen_open_object(call, NULL);
		zhen_put(call, "month", zhen_column_text(row, "month"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			zhen_put(call, names[i], zhen_column_int(row, names[i]));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
