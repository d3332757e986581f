/* SPDX-License-Identifier: Apache-2.0
 * A township's headcount: 基础编制 + 量化编制 + 周转（平衡）编制, each a history of changes by date; nothing is ever overwritten.
 * It grows by a decision, by a move from another township (统筹调剂), or by posts the county sinks (编制下沉). */
#include "people.h"

struct change {
	const char *township, *component, *on, *what, *other, *purpose, *reason, *basis;
	int64_t change;
};

int64_t headcount_total(zhen_call *call, const char *township, const char *on)
{
	return count_of(zhen_one(call,
	                         "SELECT COALESCE(SUM(change), 0) AS n FROM headcount WHERE township = $1 AND effective_on <= $2",
	                         township, on),
	                "n");
}

/* A change of an earlier day moves every later one: the least the component ever comes to, from that day on. */
static int64_t least_from(zhen_call *call, const char *township, const char *component, const char *on)
{
	int64_t sum = 0, least = INT64_MAX;

	ZHEN_FOR_EACH (call, row,
	               "SELECT effective_on, SUM(change) AS n FROM headcount WHERE township = $1 AND component = $2 "
	               "GROUP BY effective_on ORDER BY effective_on",
	               township, component) {
		/* What stood the day before is what the change meets. */
		if (strcmp(column_or_empty(row, "effective_on"), on) > 0 && sum < least)
			least = sum;
		sum += count_of(row, "n");
	}
	return sum < least ? sum : least;
}

static zhen_result may_lose(zhen_call *call, const struct change *change)
{
	int64_t least = least_from(call, change->township, change->component, change->on);

	if (least + change->change < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "headcount-negative",
		                 "change：%s的%s自 %s 起最少 %lld 名，不能核减 %lld 名 (the component would fall below zero)",
		                 division_name(call, change->township),
		                 choice_title(call, COMPONENT_CHOICES, change->component), change->on, (long long)least,
		                 (long long)-change->change);
	int64_t total = headcount_total(call, change->township, today(call));
	int64_t used = headcount_allotted(call, change->township);
	if (total + change->change < used)
		return zhen_fail(call, ZHEN_CONFLICT, "headcount-in-use",
		                 "change：%s编制 %lld 名，岗位已定编 %lld 名，不能核减 %lld 名 (posts have it)",
		                 division_name(call, change->township), (long long)total, (long long)used,
		                 (long long)-change->change);
	return 0;
}

static const char *county_of(zhen_call *call, const char *township)
{
	const zhen_division *county = call->host->division_above(call, township, 3);

	return county != NULL ? county->code : "";
}

/* Posts sunk came out of county departments: they do not count against the ceiling. */
static zhen_result under_ceiling(zhen_call *call, const char *township, int64_t more)
{
	const char *county = county_of(call, township);
	int64_t ceiling = zhen_value_int(call->host->setting(call, "headcount_ceiling", county));
	int64_t own = tally(call, county, "base", 0) + tally(call, county, "quantified", 0) +
	              tally(call, county, "balance", 0) - tally(call, county, "sunk", 0);

	if (ceiling == 0 || own + more <= ceiling)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "headcount-ceiling",
	                 "change：%s乡镇编制总量 %lld 名，上限 %lld 名，不能再增 %lld 名：从其他乡镇调剂或由县级部门下沉 "
	                 "(the county's ceiling: move headcount instead)",
	                 division_name(call, county), (long long)own, (long long)ceiling, (long long)more);
}

static void write_change(zhen_call *call, const struct change *change)
{
	bool base = strcmp(change->component, "base") == 0, quantified = strcmp(change->component, "quantified") == 0;
	bool sunk = strcmp(change->what, "sink") == 0;
	bool enforcement = strcmp(change->purpose, "enforcement") == 0, rescue = strcmp(change->purpose, "rescue") == 0;

	zhen_run(call,
	         "INSERT INTO headcount(township, component, change, effective_on, what, other, purpose, reason, basis, person, "
	         "at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	         change->township, change->component, change->change, change->on, change->what, change->other,
	         change->purpose, change->reason, change->basis, zhen_get_caller(call)->name, zhen_now(call));
	zhen_run(call,
	         "INSERT INTO staffing(township, base, quantified, balance, sunk, enforcement, rescue) VALUES($1, $2, $3, $4, $5, $6, $7) "
	         "{{upsert township}} base = staffing.base + excluded.base, "
	         "quantified = staffing.quantified + excluded.quantified, balance = staffing.balance + excluded.balance, "
	         "sunk = staffing.sunk + excluded.sunk, enforcement = staffing.enforcement + excluded.enforcement, "
	         "rescue = staffing.rescue + excluded.rescue",
	         change->township, base ? change->change : 0, quantified ? change->change : 0,
	         base || quantified ? 0 : change->change, sunk ? change->change : 0,
	         enforcement ? change->change : 0, rescue ? change->change : 0);
	tally_add(call, change->township, change->component, 0, change->change);
	zhen_emit(call, "duties.headcount.changed", "township", change->township, "component", change->component,
	          "change", change->change, "effective_on", change->on, "total",
	          headcount_total(call, change->township, today(call)));
}

static void put_history(zhen_call *call, const char *township, const char *on)
{
	zhen_open_list(call, "history");
	ZHEN_FOR_EACH (call, row,
	               "SELECT component, change, effective_on, what, other, purpose, reason, basis, person, at FROM headcount "
	               "WHERE township = $1 AND effective_on <= $2 ORDER BY effective_on, id",
	               township, on) {
		static const char *const texts[] = { "component", "effective_on", "what", "other", "purpose", "reason", "basis",
			                             "person" };
		/* The sums are public, who decided is not. */
		const size_t n = sizeof(texts) / sizeof(texts[0]) - !concerns_caller(call, township);

		zhen_open_object(call, NULL);
		zhen_put(call, "change", count_of(row, "change"));
		for (size_t i = 0; i < n; i++)
			zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
		zhen_put_time(call, "at", count_of(row, "at"));
		zhen_close(call);
	}
	zhen_close(call);
}

static zhen_result headcount_stands(zhen_call *call, const char *township, const char *on)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT COALESCE(SUM(CASE WHEN component = 'base' THEN change ELSE 0 END), 0) AS base, "
		"COALESCE(SUM(CASE WHEN component = 'quantified' THEN change ELSE 0 END), 0) AS quantified, "
		"COALESCE(SUM(CASE WHEN component = 'balance' THEN change ELSE 0 END), 0) AS balance FROM headcount "
		"WHERE township = $1 AND effective_on <= $2",
		township, on);
	int64_t base = count_of(row, "base"), quantified = count_of(row, "quantified"),
		balance = count_of(row, "balance");

	zhen_put(call, "township", township);
	zhen_put(call, "on", on);
	zhen_put(call, "base", base);
	zhen_put(call, "quantified", quantified);
	zhen_put(call, "balance", balance);
	zhen_put(call, "total", base + quantified + balance);
	zhen_put(call, "allotted", headcount_allotted(call, township));
	put_history(call, township, on);
	return zhen_ok(call);
}

zhen_result show_headcount(zhen_call *call)
{
	return headcount_stands(call, field_text(call, "township"), day_or_today(call, "on"));
}

zhen_result change_headcount(zhen_call *call)
{
	struct change change = {
		.township = field_text(call, "township"),
		.component = field_text(call, "component"),
		.what = "decide",
		.other = "",
		.purpose = "",
		.reason = field_text(call, "reason"),
		.basis = field_text(call, "basis"),
		.change = zhen_int(call, "change"),
	};
	zhen_result refused = past_day(call, "effective_on", &change.on);

	if (refused == 0 && change.change == 0)
		return wrong_field(call, "change", "zero", "增减数不能为 0 (a change of zero)");
	if (refused == 0)
		refused = change.change < 0 ? may_lose(call, &change) : under_ceiling(call, change.township, change.change);
	if (refused != 0)
		return refused;
	write_change(call, &change);
	return headcount_stands(call, change.township, today(call));
}

/* 统筹调剂: what one township gains another gives; the county's total stays what it was. */
zhen_result move_headcount(zhen_call *call)
{
	struct change out = {
		.township = field_text(call, "from"),
		.component = field_text(call, "component"),
		.what = "move",
		.other = field_text(call, "to"),
		.purpose = "",
		.reason = field_text(call, "reason"),
		.basis = field_text(call, "basis"),
		.change = -zhen_int(call, "number"),
	};
	zhen_result refused = past_day(call, "effective_on", &out.on);

	if (refused != 0)
		return refused;
	if (strcmp(out.township, out.other) == 0)
		return wrong_field(call, "to", "same-township", "调出和调入是同一乡镇 (both are the same township)");
	if (strcmp(county_of(call, out.township), county_of(call, out.other)) != 0)
		return wrong_field(call, "to", "other-county",
		                   "编制在同一县（市、区）内调剂 (moves stay within a county)");
	refused = may_lose(call, &out);
	if (refused != 0)
		return refused;
	struct change in = out;
	in.township = out.other;
	in.other = out.township;
	in.change = -out.change;
	write_change(call, &out);
	write_change(call, &in);
	zhen_put(call, "from_total", headcount_total(call, out.township, today(call)));
	zhen_put(call, "to_total", headcount_total(call, in.township, today(call)));
	return zhen_ok(call);
}

zhen_result sink_posts(zhen_call *call)
{
	const char *from = field_text(call, "from_body");
	const zhen_body *body = call->host->body(call, from);
	struct change change = {
		.township = field_text(call, "township"),
		.component = field_text(call, "component"),
		.what = "sink",
		.other = body != NULL ? body->name : from,
		.purpose = field_text(call, "purpose"),
		.reason = "",
		.basis = field_text(call, "basis"),
		.change = zhen_int(call, "posts"),
	};
	const zhen_division *place = body != NULL ? call->host->division(call, body->division) : NULL;
	zhen_result refused = past_day(call, "effective_on", &change.on);

	if (refused != 0)
		return refused;
	if (place == NULL || place->level > 3)
		return wrong_field(call, "from_body", "not-above",
		                   "编制由县级以上部门下沉 (posts are sunk by a body of the county or above)");
	const zhen_division *above = call->host->division_above(call, change.township, place->level);
	if (above == NULL || strcmp(above->code, place->code) != 0)
		return wrong_field(call, "from_body", "not-above",
		                   "%s不是该乡镇的上级部门 (not a body above the township)", body->name);
	write_change(call, &change);
	tally_add(call, change.township, "sunk", 0, change.change);
	tally_add(call, change.township, zhen_format(call, "sunk_%s", change.purpose), 0, change.change);
	tally_add(call, change.township, "sunk", zhen_calendar_year_of(zhen_calendar_parse_date(change.on)), change.change);
	zhen_emit(call, "duties.posts.sunk", "township", change.township, "posts", change.change, "purpose", change.purpose,
	          "effective_on", change.on);
	return headcount_stands(call, change.township, today(call));
}
