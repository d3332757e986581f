/* SPDX-License-Identifier: Apache-2.0
 * What every application has, whatever its form: number, query code, row, the day by which the applicant is told. */
#include "checklist.h"
#include "items.h"

#include <stdlib.h>

static int64_t insert_matter(zhen_call *call, const zhen_row *item, const struct filing *filing, const char *number,
                             const char *seed, const char *digest, const zhen_division *township,
                             const zhen_body *window)
{
	return zhen_insert(
		call,
		"INSERT INTO matter(number, code_digest, code_seed, item, item_code, item_name, township, village, window_body, "
		"channel, point, applicant, id_card, phone, state, step, step_title, seq, round, filed_at, materials_at, "
		"told_once, accepted_at, deemed, contact, budget_days, extension_days, consumed_days, running_since, due_on, "
		"provisional, watch_on, overdue_at, stopped_at, decided_at, visits, visit_limit, places, over_visits, purged_at, "
		"credit_code, representative) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'filed', '', '', 0, 1, $15, $19, 0, 0, 0, "
		"'', 0, 0, 0, 0, '', 0, '9999-12-31', 0, 0, 0, $16, $17, $18, '', 0, $20, $21) RETURNING id",
		number, digest, seed, zhen_column_int(item, "id"), zhen_column_text(item, "code"), zhen_column_text(item, "name"),
		township->code, zhen_text(call, "village"), window->id, filing->channel, filing->point, zhen_text(call, "applicant"),
		zhen_text(call, "id_card"), zhen_text(call, "phone"), zhen_now(call), filing->visits,
		zhen_column_int(item, "visit_limit"), filing->place_visited, filing->materials_at, or_empty(filing->credit_code),
		or_empty(filing->representative));
}

static bool has_channel(const char *list, const char *channel)
{
	size_t length = strlen(channel);

	for (const char *p = list; *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
		if (strncmp(p, channel, length) == 0 && (p[length] == '|' || p[length] == '\0'))
			return true;
	return false;
}

static int64_t minutes(const char *text)
{
	int h = 0, m = 0;

	return sscanf(text, "%d:%d", &h, &m) == 2 ? (int64_t)(h * 60 + m) * 60000 : 0;
}

/* 24小时自助: taken at any hour; the clock begins at the next working time, that is now when somebody is at work. */
int64_t filing_counted_from(zhen_call *call, const char *township, const char *channel)
{
	const char *hours = or_empty(zhen_setting_text(call, "work_hours")), *dash = strchr(hours, '-');
	int64_t now = zhen_now(call);

	if (!has_channel(or_empty(zhen_setting_text(call, "night_channels")), channel) || dash == NULL)
		return now;
	int32_t day = zhen_calendar_day_of_ms(now);
	int64_t opens = minutes(hours), closes = minutes(dash + 1), at = now - zhen_calendar_ms_of_day(day);
	zhen_calendar calendar;
	zhen_calendar_load(call, township, &calendar);
	if (zhen_calendar_is_working(&calendar, day) && at < closes)
		return at < opens ? zhen_calendar_ms_of_day(day) + opens : now;
	return zhen_calendar_ms_of_day(zhen_calendar_add_working(&calendar, day, 1).day) + opens;
}

zhen_result filing_no_window(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "no-window", "该村（社区）所在乡镇没有便民服务中心");
}

zhen_result filing_open(zhen_call *call, const zhen_row *item, const struct filing *filing, struct matter *out,
                        const char **out_code)
{
	const zhen_division *township = call->host->division_above(call, or_empty(zhen_text(call, "village")), 4);
	const zhen_body *window =
		township != NULL ? call->host->body_of(call, or_empty(zhen_column_text(item, "window_kind")), township->code) : NULL;

	if (window == NULL)
		return filing_no_window(call);
	zhen_result refused = offer_allows(call, item, township->code, or_empty(zhen_text(call, "village")));
	if (refused != 0)
		return refused;
	const char *number = zhen_series_next(call, "filing", window->id, township->code);
	const char *seed = or_empty(call->host->random_code(call, 24));

	*out_code = zhen_code_of(call, seed, number);
	int64_t id = insert_matter(call, item, filing, number, seed, zhen_code_digest(call, number, *out_code),
	                           township, window);
	call->host->subject(call, number);
	if (!matter_load(call, id, out))
		return zhen_fail(call, ZHEN_INTERNAL, "not-stored", "未能登记");
	parts_filed(call, out, item);
	clock_watch_intake(call, out);
	volume_add(call, township->code, out->item_code);
	matter_note(call, out, "filed", "收到申请材料");
	matter_emit(call, out, "approvals.case.filed");
	return 0;
}

static void show_action(zhen_call *call, const char *title, const char *method, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", path);
	zhen_close(call);
}

/* Filed at the window, the same hand accepts it, scans what was brought, and finds the case again; a resident goes on with the
 * materials, without the code. */
static void show_actions(zhen_call *call, const struct matter *matter, const char *ticket)
{
	if (!zhen_may(call, "approvals.accept") || !zhen_within_caller(call, matter->village)) {
		track_actions(call, matter, ticket);
		return;
	}
	duplicates_show(call, matter->id, matter->credit_code);
	zhen_open_list(call, "actions");
	checklist_actions(call, matter->id, approval_process.states[matter->state].name);
	show_action(call, "查看办件", "GET", zhen_format(call, "/cases/%lld", (long long)matter->id));
	zhen_close(call);
}

zhen_result filing_answer(zhen_call *call, const struct matter *matter, const char *code)
{
	zhen_put(call, "id", matter->id);
	zhen_put(call, "number", matter->number);
	zhen_put(call, "code", code);
	zhen_put(call, "told_by", matter->watch_on);
	const char *ticket = or_empty(call->host->ticket(call, matter->number, TICKET_MS));
	zhen_put(call, "ticket", ticket);
	checklist_show(call, matter, false);
	show_actions(call, matter, ticket);
	zhen_put(call, "track", zhen_format(call, "%s/p/approvals/track", or_empty(call->host->base_url(call))));
	return call->host->reply(call, ZHEN_CREATED);
}

/* The one written application. */
zhen_result apply(zhen_call *call)
{
	const char *code = zhen_has(call, "item") ? zhen_text(call, "item") : or_empty(zhen_setting_text(call, "homestead_item"));
	const zhen_row *item = item_in_force(call, code, or_empty(zhen_text(call, "village")));
	const zhen_division *township = call->host->division_above(call, or_empty(zhen_text(call, "village")), 4);
	zhen_result refused = homestead_check(call);
	const char *query = "";
	struct matter matter;

	if (refused != 0)
		return refused;
	if (item == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "item-unknown", "没有这个事项，或它尚未生效");
	if (strcmp(or_empty(zhen_column_text(item, "form")), "homestead") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "form-differs",
		                 "该事项不用宅基地申请表，请在该事项的办事指南中申请");
	struct filing filing;
	if (township == NULL)
		return filing_no_window(call);
	if ((refused = door_of(call, item, township->code, false, &filing)) != 0)
		return refused;
	if ((refused = filing_open(call, item, &filing, &matter, &query)) != 0)
		return refused;
	homestead_store(call, matter.id);
	return filing_answer(call, &matter, query);
}
