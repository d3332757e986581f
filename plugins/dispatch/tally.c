/* SPDX-License-Identifier: Apache-2.0
 * What reports are made of: counters, kept in the transaction of what they count, so that a page costs the same with a hundred
 * thousand whistles as with none. Each share says of how many it is. */
#include "dispatch.h"

void count_township(zhen_call *call, const char *township, const char *name, int64_t by)
{
	zhen_run(call,
	         zhen_format(call, "INSERT INTO tally(township, %s) VALUES($1, $2) {{upsert township}} %s = tally.%s + excluded.%s", name,
	                     name, name, name),
	         township, by);
}

void count_body(zhen_call *call, const struct order *order, const char *name, int64_t by)
{
	int64_t year = zhen_calendar_year_of(zhen_calendar_day_of_ms(order->ordered_first));
	const zhen_body *body = call->host->body(call, order->body);
	const char *division = body != NULL ? body->division : order->township;
	/* A team of a township is read with the departments of its county. */
	const zhen_division *county = call->host->division_above(call, division, 3);

	zhen_run(call,
	         zhen_format(call,
	                     "INSERT INTO body_tally(body, year, county, body_name, %s) VALUES($1, $2, $3, $4, $5) {{upsert body, year}} "
	                     "%s = body_tally.%s + excluded.%s",
	                     name, name, name, name),
	         order->body, year, county != NULL ? county->code : division, order->body_name, by);
}

void count_kind(zhen_call *call, const struct whistle *whistle, const char *name, int64_t by)
{
	zhen_run(call,
	         zhen_format(call,
	                     "INSERT INTO kind_tally(township, class, kind, %s) VALUES($1, $2, $3, $4) {{upsert township, class, kind}} "
	                     "%s = kind_tally.%s + excluded.%s",
	                     name, name, name, name),
	         whistle->township, whistle->class_, whistle->kind, by);
}

void count_duty(zhen_call *call, const struct whistle *whistle, const char *duty)
{
	if (duty[0] != '\0')
		zhen_run(call, "INSERT INTO duty_tally(township, duty, orders) VALUES($1, $2, 1) {{upsert township, duty}} "
		               "orders = duty_tally.orders + 1",
		         whistle->township, duty);
}

static const char *hundredths(zhen_call *call, int64_t n)
{
	return zhen_format(call, "%lld.%02lld", (long long)(n / 100), (long long)(n % 100));
}

const char *percent(zhen_call *call, int64_t part, int64_t of)
{
	return of == 0 ? NULL : hundredths(call, (part * 20000 + of) / (2 * of));
}

static void put_share(zhen_call *call, const char *name, int64_t part, int64_t of)
{
	const char *text = percent(call, part, of);

	if (text != NULL)
		zhen_put(call, name, text);
}

static void put_number(zhen_call *call, const zhen_row *row, const char *name)
{
	zhen_put(call, name, zhen_column_int(row, name));
}

zhen_result report_completion(zhen_call *call)
{
	static const char *const names[] = { "raised", "answered", "closed", "sent_back", "used" };
	int64_t sums[sizeof(names) / sizeof(names[0])] = { 0 };

	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row, "SELECT township, raised, answered, closed, sent_back, used FROM tally WHERE {{scope township}} "
	                          "ORDER BY township LIMIT 2000") {
		zhen_open_object(call, NULL);
		zhen_put(call, "township", zhen_column_text(row, "township"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			sums[i] += zhen_column_int(row, names[i]);
			put_number(call, row, names[i]);
		}
		put_share(call, "completion", zhen_column_int(row, "answered"), zhen_column_int(row, "raised"));
		zhen_close(call);
	}
	zhen_close(call);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		zhen_put(call, names[i], sums[i]);
	put_share(call, "completion", sums[1], sums[0]);
	return zhen_ok(call);
}

/* Of a hundred, in hundredths; -1 = not known. @rest: what else the year's assessment says. */
static int64_t year_score(zhen_call *call, const zhen_row *row, int64_t *township)
{
	int64_t rated = zhen_column_int(row, "rated"), weight = zhen_setting_int(call, "township_weight");

	*township = rated == 0 ? -1 : (zhen_column_int(row, "score_sum") * 2 + rated) / (2 * rated);
	if (*township < 0 || zhen_column_int(row, "rest") < 0)
		return -1;
	return (*township * weight + zhen_column_int(row, "rest") * (100 - weight) + 50) / 100;
}

zhen_result report_departments(zhen_call *call)
{
	static const char *const names[] = { "orders", "accepted", "accept_late", "done", "done_late", "returned", "rated", "absent" };
	int64_t least = zhen_setting_int(call, "rank_min"), place = 0, rank = 0, last = -1;

	zhen_put(call, "rank_min", least);
	zhen_put(call, "township_weight", zhen_setting_int(call, "township_weight"));
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT body, body_name, orders, replaced, accepted, accept_late, done, done_late, returned, rated, score_sum, absent, "
	               "rest FROM body_tally WHERE year = $1 AND {{scope county}} ORDER BY CASE WHEN rated >= $2 AND rest >= 0 THEN 0 ELSE 1 "
	               "END, CASE WHEN rated > 0 AND rest >= 0 THEN (score_sum * 2 + rated) / (2 * rated) * $3 + rest * (100 - $3) ELSE 0 END "
	               "DESC, body LIMIT 500",
	               zhen_int(call, "year"), least, zhen_setting_int(call, "township_weight")) {
		int64_t township, score = year_score(call, row, &township);

		zhen_open_object(call, NULL);
		zhen_put(call, "body", zhen_column_text(row, "body"));
		zhen_put(call, "body_name", zhen_column_text(row, "body_name"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			put_number(call, row, names[i]);
		put_share(call, "completion", zhen_column_int(row, "done"),
		          zhen_column_int(row, "orders") - zhen_column_int(row, "replaced"));
		if (township >= 0)
			zhen_put(call, "township_part", hundredths(call, township));
		if (zhen_column_int(row, "rest") >= 0)
			zhen_put(call, "rest", hundredths(call, zhen_column_int(row, "rest")));
		if (score >= 0)
			zhen_put(call, "score", hundredths(call, score));
		if (score >= 0 && zhen_column_int(row, "rated") >= least) {
			place++;
			rank = score == last ? rank : place;
			last = score;
			zhen_put(call, "rank", rank);
		}
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

/* "95.5" of at most 100 in hundredths; -1: it is not. */
static int64_t hundredths_of(const char *text)
{
	int64_t n = 0;
	int after = -1;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || n > 10000)
			return -1;
		n = n * 10 + (*p - '0');
		after += after >= 0;
	}
	for (; after < 2; after = after < 0 ? 1 : after + 1)
		n *= 10;
	return n <= 10000 ? n : -1;
}

zhen_result set_rest(zhen_call *call)
{
	const zhen_body *body = call->host->body(call, field_text(call, "body"));
	int64_t score = hundredths_of(field_text(call, "score"));

	if (body == NULL || !zhen_within_caller(call, body->division)) {
		zhen_field_error(call, "body", "not-yours", "不是本辖区的部门 (not a department of your division)");
		return zhen_invalid(call);
	}
	if (score < 0) {
		zhen_field_error(call, "score", "out-of-range", "0到100分 (from 0 to 100)");
		return zhen_invalid(call);
	}
	zhen_run(call,
	         "INSERT INTO body_tally(body, year, county, body_name, rest) VALUES($1, $2, $3, $4, $5) {{upsert body, year}} "
	         "rest = excluded.rest",
	         body->id, zhen_int(call, "year"), body->division, body->name, score);
	zhen_put(call, "body", body->id);
	return zhen_ok(call);
}

static void put_hours(zhen_call *call, const char *name, int64_t ms, int64_t n)
{
	if (n != 0) {
		int64_t tenths = (ms / n + 180000) / 360000;

		zhen_put(call, name,
		         zhen_format(call, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10)));
	}
}

zhen_result report_kinds(zhen_call *call)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT class, kind, SUM(raised) AS raised, SUM(accepted) AS accepted, SUM(accept_ms) AS accept_ms, SUM(done) AS done, "
	               "SUM(done_ms) AS done_ms, SUM(late) AS late FROM kind_tally WHERE {{scope township}} GROUP BY class, kind "
	               "ORDER BY raised DESC, class, kind LIMIT 1000") {
		zhen_open_object(call, NULL);
		zhen_put(call, "class", zhen_column_text(row, "class"));
		zhen_put(call, "kind", zhen_column_text(row, "kind"));
		put_number(call, row, "raised");
		put_number(call, row, "accepted");
		put_number(call, row, "done");
		put_number(call, row, "late");
		put_hours(call, "accept_hours", zhen_column_int(row, "accept_ms"), zhen_column_int(row, "accepted"));
		put_hours(call, "done_hours", zhen_column_int(row, "done_ms"), zhen_column_int(row, "done"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

/* “解决一件事”到“办好一类事”: what came again and again in one township since its last campaign. */
zhen_result report_repeated(zhen_call *call)
{
	int64_t least = zhen_setting_int(call, "repeat_min");

	zhen_put(call, "repeat_min", least);
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT township, class, kind, raised - settled AS times FROM kind_tally WHERE raised - settled >= $1 AND "
	               "{{scope township}} ORDER BY times DESC, township, class, kind LIMIT 200",
	               least) {
		zhen_open_object(call, NULL);
		zhen_put(call, "township", zhen_column_text(row, "township"));
		zhen_put(call, "class", zhen_column_text(row, "class"));
		zhen_put(call, "kind", zhen_column_text(row, "kind"));
		put_number(call, row, "times");
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.judge"))
		put_link(call, "POST", "发起专项整治", "/campaigns");
	zhen_close(call);
	return zhen_ok(call);
}

/* How much a list of duties is used: orders by the item that says whose the matter is. */
zhen_result report_duties(zhen_call *call)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT duty, SUM(orders) AS orders FROM duty_tally WHERE {{scope township}} GROUP BY duty ORDER BY orders DESC, duty "
	               "LIMIT 2000") {
		zhen_open_object(call, NULL);
		zhen_put(call, "duty", zhen_column_text(row, "duty"));
		put_number(call, row, "orders");
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
