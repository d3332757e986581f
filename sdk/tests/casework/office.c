/* SPDX-License-Identifier: Apache-2.0
 * A plugin that does nothing but what sdk/casework does through the host: for test_casework. */
#include <string.h>

#include <zhen/casework.h>

static const char sql[] = ZHEN_SERIES_SQL ";" ZHEN_IMPORTED_SQL ";" ZHEN_CALENDAR_SQL ";" ZHEN_SUSPENSIONS_SQL
					  ";" ZHEN_JOURNAL_SQL ";" ZHEN_SUBSTITUTION_SQL ";" ZHEN_SUBSTITUTION_MORE_SQL ";" ZHEN_RATINGS_SQL;

static const char *text(zhen_call *call, const char *name)
{
	const char *value = zhen_text(call, name);

	return value != NULL ? value : "";
}

static zhen_result done(zhen_call *call, zhen_result refused)
{
	return refused != 0 ? refused : zhen_ok(call);
}

static zhen_result number(zhen_call *call)
{
	zhen_put(call, "number",
	         zhen_series_next(call, text(call, "series"), text(call, "body"), text(call, "township")));
	zhen_journal_add(call, NULL, zhen_int(call, "matter"), "numbered", NULL);
	if (zhen_int(call, "fail") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "on-purpose", "退回");
	return zhen_ok(call);
}

static zhen_result absent(zhen_call *call)
{
	zhen_absence absence = { .body = "b", .officer = text(call, "officer"), .from_on = text(call, "from_on"),
		                 .to_on = text(call, "to_on"), .reason = "出差" };

	return done(call, zhen_absence_add(call, &absence, NULL));
}

static zhen_result substitute(zhen_call *call)
{
	zhen_substitute row = { .body = "b", .officer = text(call, "officer"), .stand_in = text(call, "stand_in"),
		                .from_on = text(call, "from_on"), .to_on = text(call, "to_on") };

	return done(call, zhen_substitute_add(call, &row, NULL));
}

static zhen_result handle_matter(zhen_call *call)
{
	return done(call, zhen_may_act_for(call, text(call, "officer"), "李经办"));
}

static zhen_result rate(zhen_call *call)
{
	const char *bodies[] = { text(call, "body") };
	zhen_rating rating = { .matter = zhen_int(call, "matter"), .grade = zhen_int(call, "grade"), .text = "等了很久",
		               .channel = "online", .township = text(call, "township"), .bodies = bodies, .n_bodies = 1 };

	return done(call, zhen_rate(call, &rating));
}

static zhen_result mend(zhen_call *call)
{
	zhen_result refused = zhen_rating_contacted(call, zhen_int(call, "matter"));

	return done(call, refused != 0 ? refused : zhen_rating_mended(call, zhen_int(call, "matter"), "道歉并补办"));
}

static zhen_result hold(zhen_call *call)
{
	zhen_suspension row = { .matter = zhen_int(call, "matter"), .reason = "hearing", .basis = "行政许可法第四十五条" };

	return done(call, zhen_suspend(call, &row));
}

static zhen_result go_on(zhen_call *call)
{
	return done(call, zhen_resume(call, zhen_int(call, "matter")));
}

/* A ten-day clock that began on the day given, with what the ledger of the matter says. */
static zhen_result show(zhen_call *call)
{
	zhen_calendar calendar;
	zhen_clock clock = { .budget = 10,
		             .started_at = zhen_calendar_ms_of_day(zhen_calendar_parse_date(text(call, "from_on"))) };
	size_t n;
	const zhen_span *spans = zhen_spans(call, zhen_int(call, "matter"), &n);

	zhen_calendar_load(call, text(call, "township"), &calendar);
	zhen_clock_reading reading = zhen_clock_read(&clock, &calendar, spans, n);
	zhen_put(call, "due_on", zhen_format(call, "%s", reading.due_on));
	zhen_put(call, "used", zhen_clock_used(&clock, &calendar, spans, n, zhen_now(call)));
	zhen_clock_put(call, "days", &clock, &calendar, spans, n, zhen_now(call));
	zhen_journal_put(call, "journal", NULL, zhen_int(call, "matter"));
	return zhen_ok(call);
}

static zhen_result local_day(zhen_call *call)
{
	if (!zhen_within_caller(call, text(call, "township")))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "不在辖区");
	zhen_calendar_store_day(call, text(call, "township"), text(call, "from_on"), "火把节", "off");
	return zhen_ok(call);
}

#define TEXT(name_) { .name = name_, .type = ZHEN_TEXT }
static const zhen_field fields[] = {
	{ .name = "matter", .type = ZHEN_INT }, { .name = "grade", .type = ZHEN_INT }, { .name = "fail", .type = ZHEN_INT },
	TEXT("series"), TEXT("body"), TEXT("officer"), TEXT("stand_in"), TEXT("from_on"), TEXT("to_on"),
	{ .name = "township", .type = ZHEN_DIVISION, .flags = ZHEN_ANYWHERE }, { 0 },
};

#define ACT(path_, handle_) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields, .flags = ZHEN_PUBLIC, .summary = path_ }
static const zhen_route routes[] = {
	ACT("/number", number), ACT("/absent", absent), ACT("/substitute", substitute), ACT("/handle", handle_matter),
	ACT("/rate", rate), ACT("/mend", mend), ACT("/hold", hold), ACT("/go-on", go_on), ACT("/local-day", local_day),
	{ .method = ZHEN_GET, .path = "/show", .handle = show, .fields = fields, .flags = ZHEN_PUBLIC, .summary = "时钟" }, { 0 },
};

static const zhen_setting settings[] = { ZHEN_CALENDAR_SETTING, ZHEN_SERIES_SETTINGS("series.csv", "names.csv"), { 0 } };
static const zhen_migration migrations[] = { { .number = 1, .sql = sql }, { 0 } };

ZHEN_PLUGIN(office, "1.0.0", .title = "办公", .migrations = migrations, .routes = routes, .settings = settings);
