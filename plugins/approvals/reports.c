/* SPDX-License-Identifier: Apache-2.0
 * What supervision reads: counters, one row per township, kept by each handler in its own transaction, so that a page costs the
 * same with a hundred thousand cases as with none. Each share says of how many it is. */
#include "cases.h"

/* Everything that is counted; a column each. */
#define COUNTERS(X)                                                                                                  \
	X(filed) X(accepted) X(issued) X(granted) X(rejected) X(turned_away) X(retracted) X(withdrawn) X(suspended)  \
	X(extended) X(overdue) X(accounted) X(archived) X(visits_0) X(visits_1) X(visits_more) X(home_visits)        \
	X(rated_5) X(rated_4) X(rated_3) X(rated_2) X(rated_1) X(bad_contacted) X(bad_mended)                        \
	X(recovery_due_fen) X(recovered_fen)

#define COLUMN(name_) ", " #name_ " BIGINT NOT NULL DEFAULT 0"
#define NAME(name_) ", " #name_
#define SUMMED(name_) ", SUM(CASE WHEN name = '" #name_ "' THEN value ELSE 0 END)"

#define LISTED "number, item_name, village, applicant, step_title, filed_at, due_on, provisional"

const char reports_sql[] =
	"CREATE TABLE tally(township TEXT NOT NULL PRIMARY KEY" COUNTERS(COLUMN) ") {{without rowid}};"
	"INSERT INTO tally(township" COUNTERS(NAME) ") SELECT township" COUNTERS(SUMMED) " FROM counter GROUP BY township;"
	"DROP TABLE counter;"
	/* Lists of some cases out of many read nothing but these. */
	"CREATE INDEX matter_state ON matter(state, township, id, " LISTED ", overdue_at);"
	"CREATE INDEX matter_state_newest ON matter(state, id);"
	"CREATE INDEX matter_overdue ON matter(township, id, state, " LISTED ", overdue_at) WHERE overdue_at > 0;"
	"CREATE INDEX matter_overdue_newest ON matter(id) WHERE overdue_at > 0;"
	"CREATE INDEX accountability_kind ON accountability(kind, id);"
	"CREATE INDEX rating_bad ON rating(township, matter) WHERE grade <= 2;"
	"CREATE INDEX binding_kind ON binding(place_kind, township, id)";

/* What is counted of places; halls stand in the row of their county. */
const char reports_places_sql[] =
	"ALTER TABLE tally ADD COLUMN halls BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN centres BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN stations BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN standard_stations BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN always_open BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0;"
	"INSERT INTO tally(township, halls, centres, stations, standard_stations, always_open) SELECT township, "
	"COUNT(CASE WHEN kind = 'hall' THEN 1 END), COUNT(CASE WHEN kind = 'centre' THEN 1 END), "
	"COUNT(DISTINCT CASE WHEN kind = 'station' THEN village END), "
	"COUNT(DISTINCT CASE WHEN kind = 'station' AND standard = 1 THEN village END), "
	"COUNT(CASE WHEN kind = 'self' AND always_open = 1 THEN 1 END) FROM place GROUP BY township "
	"{{upsert township}} halls = excluded.halls, centres = excluded.centres, stations = excluded.stations, "
	"standard_stations = excluded.standard_stations, always_open = excluded.always_open;"
	"INSERT INTO tally(township, elsewhere) SELECT township, COUNT(*) FROM binding WHERE place_kind = 'agency' "
	"GROUP BY township {{upsert township}} elsewhere = excluded.elsewhere;"
	"CREATE INDEX left_open_township ON left_open(township, id)";

void counter_add(zhen_call *call, const char *township, const char *name, int64_t by)
{
	zhen_run(call,
	         zhen_format(call,
	                     "INSERT INTO tally(township, %s) VALUES($1, $2) {{upsert township}} %s = tally.%s + excluded.%s",
	                     name, name, name, name),
	         township, by);
}

int64_t counter_of(zhen_call *call, const char *township, const char *name)
{
	return zhen_column_int(zhen_one(call, zhen_format(call, "SELECT %s AS n FROM tally WHERE township = $1", name), township),
	                       "n");
}

void cases_follow(zhen_call *call, const struct matter *matter, const char *topic)
{
	static const struct {
		const char *topic, *name;
	} counted[] = {
		{ "approvals.case.filed", "filed" },         { "approvals.case.accepted", "accepted" },
		{ "approvals.case.issued", "issued" },       { "approvals.case.suspended", "suspended" },
		{ "approvals.case.withdrawn", "withdrawn" }, { "approvals.case.retracted", "retracted" },
		{ "approvals.case.recalled", "recalled" },   { "approvals.case.changed", "changed" },
		{ "approvals.case.cancelled", "cancelled" },
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
	ZHEN_FOR_EACH (call, row,
	               "SELECT township, filed, visits_0, visits_1, visits_more, home_visits FROM tally "
	               "WHERE filed > 0 AND {{scope township}} ORDER BY township") {
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
	ZHEN_FOR_EACH (call, row,
	               "SELECT township, accepted, issued, rejected, suspended, extended, overdue, accounted, renewed, withdrawn, recalled, changed, cancelled FROM tally "
	               "WHERE filed > 0 AND {{scope township}} ORDER BY township") {
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
	ZHEN_FOR_EACH (call, row,
	               "SELECT township, rated_5, rated_4, rated_3, rated_2, rated_1, bad_contacted, bad_mended FROM tally "
	               "WHERE filed > 0 AND {{scope township}} ORDER BY township") {
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
