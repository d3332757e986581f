/* SPDX-License-Identifier: Apache-2.0
 * 最多跑一次、跑一处 (C23): how often and to how many places an applicant had to come, to apply, with papers, for the result.
 * Beyond the limit a visit needs its reason and raises a flag; who goes to the applicant (上门) is no visit of the applicant's. */
#include "cases.h"
#include "items.h"

static const char *bucket(int64_t visits)
{
	return visits == 0 ? "visits_0" : visits == 1 ? "visits_1" : "visits_more";
}

void visits_filed(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(call, "SELECT places FROM matter WHERE id = $1", matter->id);

	counter_add(call, matter->township, bucket(matter->visits), 1);
	if (matter->visits > 0)
		zhen_run(call, "INSERT INTO visit(matter, place, reason, account, at) VALUES($1, $2, '', $3, $4)",
		         matter->id, or_empty(zhen_column_text(row, "places")), zhen_get_caller(call)->account,
		         zhen_now(call));
}

static int64_t limit_of(zhen_call *call, const char *key, const char *township)
{
	return zhen_value_int(call->host->setting(call, key, township));
}

static int64_t places_of(zhen_call *call, int64_t matter, const char *and_place)
{
	return zhen_column_int(zhen_one(call,
	                                "SELECT COUNT(*) AS n FROM (SELECT DISTINCT place FROM visit WHERE matter = $1 "
	                                "UNION SELECT $2) AS p", matter, and_place), "n");
}

/* How often and to how many places with one more visit to @place, against what is allowed. */
struct tally {
	int64_t visits, places, limit, place_limit;
};

static struct tally with_one_more(zhen_call *call, const struct matter *matter, const char *place)
{
	return (struct tally){
		.visits = matter->visits + 1,
		.places = places_of(call, matter->id, place),
		.limit = matter->visit_limit > 0 ? matter->visit_limit : limit_of(call, "visit_limit", matter->township),
		.place_limit = limit_of(call, "place_limit", matter->township),
	};
}

static bool is_over(const struct tally *tally)
{
	return tally->visits > tally->limit || tally->places > tally->place_limit;
}

static void add_visit(zhen_call *call, const struct matter *matter, const struct tally *tally, const char *place,
                      const char *reason)
{
	bool elsewhere = zhen_one(call, "SELECT id FROM visit WHERE matter = $1 AND place = $2 LIMIT 1", matter->id,
	                          place) == NULL;

	zhen_run(call, "INSERT INTO visit(matter, place, reason, account, at) VALUES($1, $2, $3, $4, $5)", matter->id,
	         place, reason, zhen_get_caller(call)->account, zhen_now(call));
	zhen_run(call,
	         "UPDATE matter SET visits = visits + 1, places = CASE WHEN places = '' THEN $1 WHEN $2 = 1 THEN "
	         "places || '；' || $1 ELSE places END, over_visits = CASE WHEN $3 = 0 THEN over_visits ELSE $4 END WHERE id = $5",
	         place, elsewhere ? 1 : 0, is_over(tally) ? 1 : 0, reason, matter->id);
	if (strcmp(bucket(tally->visits - 1), bucket(tally->visits)) != 0) {
		counter_add(call, matter->township, bucket(tally->visits - 1), -1);
		counter_add(call, matter->township, bucket(tally->visits), 1);
	}
	if (is_over(tally))
		zhen_run(call,
		         "INSERT INTO visit_flag(matter, number, township, item_name, visits, places, reason, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
		         matter->id, matter->number, matter->township, matter->item_name, tally->visits, tally->places,
		         reason, zhen_now(call));
	matter_note(call, matter, "visit", zhen_format(call, "%s %s", place, reason));
}

zhen_result visit(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_VISIT, &matter);
	const char *reason = or_empty(zhen_text(call, "reason")), *place = or_empty(zhen_text(call, "place"));

	if (refused != 0)
		return refused;
	struct tally tally = with_one_more(call, &matter, place);
	if (is_over(&tally) && reason[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "visit-limit", "最多跑%lld次、%lld处；超出须写明原因",
		                 (long long)tally.limit, (long long)tally.place_limit);
	add_visit(call, &matter, &tally, place, reason);
	return matter_reply(call, &matter);
}

static bool was_there_today(zhen_call *call, int64_t matter, const char *place)
{
	const zhen_row *row = zhen_one(
		call, "SELECT at FROM visit WHERE matter = $1 AND place = $2 ORDER BY id DESC LIMIT 1", matter, place);

	return row != NULL && strcmp(zhen_date_of_ms(call, zhen_column_int(row, "at")), today_of(call)) == 0;
}

void visits_came(zhen_call *call, const struct matter *matter, const char *reason)
{
	const char *place = zhen_get_caller(call)->body_name;
	struct tally tally = with_one_more(call, matter, place);

	if (strcmp(or_empty(zhen_value_text(call->host->setting(call, "visits_to_collect", matter->township))), "no") !=
	            0 &&
	    !was_there_today(call, matter->id, place))
		add_visit(call, matter, &tally, place, reason);
}

void visits_show(zhen_call *call, int64_t matter)
{
	zhen_open_list(call, "visit_log");
	ZHEN_FOR_EACH (call, row, "SELECT place, reason, at FROM visit WHERE matter = $1 ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "place", zhen_column_text(row, "place"));
		zhen_put(call, "reason", zhen_column_text(row, "reason"));
		zhen_put_time(call, "at", zhen_column_int(row, "at"));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result list_visit_flags(zhen_call *call)
{
	return zhen_page(call, "SELECT id, number, item_name, township, visits, places, reason, at FROM visit_flag "
	                       "WHERE {{scope township}} {{page id DESC}}");
}
