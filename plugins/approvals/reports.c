/* SPDX-License-Identifier: Apache-2.0
 * What supervision reads: counters per township, kept by each handler in its own transaction, so that a page costs the same
 * with a hundred thousand cases as with none. Each share says of how many it is. */
#include "cases.h"

void counter_add(zhen_call *call, const char *township, const char *name, int64_t by)
{
	zhen_run(call,
	         "INSERT INTO counter(township, name, value) VALUES($1, $2, $3) {{upsert township, name}} "
	         "value = counter.value + excluded.value",
	         township, name, by);
}

void cases_follow(zhen_call *call, const struct matter *matter, const char *topic)
{
	static const struct {
		const char *topic, *name;
	} counted[] = {
		{ "approvals.case.filed", "filed" },         { "approvals.case.accepted", "accepted" },
		{ "approvals.case.issued", "issued" },       { "approvals.case.suspended", "suspended" },
		{ "approvals.case.withdrawn", "withdrawn" }, { "approvals.case.retracted", "retracted" },
	};

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (strcmp(topic, counted[i].topic) == 0)
			counter_add(call, matter->township, counted[i].name, 1);
	if (strcmp(topic, "approvals.case.filed") == 0)
		visits_filed(call, matter);
	if (strcmp(topic, "approvals.case.decided") == 0)
		counter_add(call, matter->township,
		            matter->state == STATE_APPROVED ? "granted" : matter->state == STATE_REJECTED ? "rejected" : "turned_away",
		            1);
	if (strcmp(topic, "approvals.case.accepted") == 0 && is_mode(call, matter, "direct", "直办"))
		deadline_set(call, "direct-open", matter->id, 0, zhen_date_of_ms(call, matter->accepted_at));
}

#define COUNT(name_) "SUM(CASE WHEN name = '" name_ "' THEN value ELSE 0 END) AS " name_

static const char *percent(zhen_call *call, int64_t part, int64_t whole)
{
	return whole == 0 ? "" : zhen_format(call, "%.1f", 100.0 * (double)part / (double)whole);
}

static void put_counts(zhen_call *call, const zhen_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (strcmp(row->names[i], "township") == 0)
			zhen_put(call, "township", row->values[i]);
		else
			zhen_put(call, row->names[i], zhen_value_int(&row->values[i]));
}

zhen_result report_visits(zhen_call *call)
{
	int64_t within_all = 0, filed_all = 0;

	zhen_open_list(call, "townships");
	ZHEN_FOR_EACH (call, row, "SELECT township, " COUNT("filed") ", " COUNT("visits_0") ", " COUNT("visits_1") ", "
	               COUNT("visits_more") ", " COUNT("home_visits") " FROM counter WHERE {{scope township}} GROUP BY township "
	               "ORDER BY township") {
		int64_t within = zhen_column_int(row, "visits_0") + zhen_column_int(row, "visits_1");
		int64_t filed = within + zhen_column_int(row, "visits_more");

		zhen_open_object(call, NULL);
		put_counts(call, row);
		zhen_put(call, "share", percent(call, within, filed));
		zhen_close(call);
		within_all += within;
		filed_all += filed;
	}
	zhen_close(call);
	zhen_put(call, "cases", filed_all);
	zhen_put(call, "within", within_all);
	zhen_put(call, "share", percent(call, within_all, filed_all));
	return zhen_ok(call);
}

zhen_result report_overdue(zhen_call *call)
{
	int64_t overdue = 0, accepted = 0;

	zhen_open_list(call, "townships");
	ZHEN_FOR_EACH (call, row, "SELECT township, " COUNT("accepted") ", " COUNT("issued") ", " COUNT("rejected") ", "
	               COUNT("suspended") ", " COUNT("extended") ", " COUNT("overdue") ", " COUNT("accounted")
	               " FROM counter WHERE {{scope township}} GROUP BY township ORDER BY township") {
		zhen_open_object(call, NULL);
		put_counts(call, row);
		zhen_put(call, "share",
		         percent(call, zhen_column_int(row, "overdue"), zhen_column_int(row, "accepted")));
		zhen_close(call);
		overdue += zhen_column_int(row, "overdue");
		accepted += zhen_column_int(row, "accepted");
	}
	zhen_close(call);
	zhen_put(call, "accepted", accepted);
	zhen_put(call, "overdue", overdue);
	zhen_put(call, "share", percent(call, overdue, accepted));
	return zhen_ok(call);
}

zhen_result report_ratings(zhen_call *call)
{
	int64_t all = 0, good_all = 0;

	zhen_open_list(call, "townships");
	ZHEN_FOR_EACH (call, row, "SELECT township, " COUNT("rated_5") ", " COUNT("rated_4") ", " COUNT("rated_3") ", "
	               COUNT("rated_2") ", " COUNT("rated_1") ", " COUNT("bad_contacted") ", " COUNT("bad_mended")
	               " FROM counter WHERE {{scope township}} GROUP BY township ORDER BY township") {
		int64_t good = zhen_column_int(row, "rated_5") + zhen_column_int(row, "rated_4") + zhen_column_int(row, "rated_3");
		int64_t bad = zhen_column_int(row, "rated_2") + zhen_column_int(row, "rated_1");

		zhen_open_object(call, NULL);
		put_counts(call, row);
		zhen_put(call, "rated", good + bad);
		zhen_put(call, "share", percent(call, good, good + bad));
		zhen_put(call, "contacted_share", percent(call, zhen_column_int(row, "bad_contacted"), bad));
		zhen_close(call);
		all += good + bad;
		good_all += good;
	}
	zhen_close(call);
	zhen_put(call, "rated", all);
	zhen_put(call, "share", percent(call, good_all, all));
	return zhen_ok(call);
}
