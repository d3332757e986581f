/* SPDX-License-Identifier: Apache-2.0
 * Days by which something is to be done besides the case itself. A row stands until it is met or its day is over; whether it was
 * done says the thing itself, never the want of a row. */
#include "cases.h"
#include "items.h"
#include "licence.h"

#define BATCH 200

struct due {
	int64_t id, matter, ref;
	const char *kind, *due_on;
};

void deadline_set(zhen_call *call, const char *kind, int64_t matter, int64_t ref, const char *due_on)
{
	zhen_run(call, "INSERT INTO deadline(kind, matter, ref, due_on) VALUES($1, $2, $3, $4)", kind, matter, ref,
	         due_on);
}

void deadline_met(zhen_call *call, const char *kind, int64_t matter, int64_t ref)
{
	zhen_run(call, "DELETE FROM deadline WHERE matter = $1 AND kind = $2 AND ref = $3", matter, kind, ref);
}

const char *working_days_after(zhen_call *call, const char *township, const char *day, int64_t days)
{
	zhen_calendar calendar;
	char text[11];

	zhen_calendar_load(call, township, &calendar);
	zhen_calendar_format_date(
		zhen_calendar_add_working(&calendar, zhen_calendar_parse_date(day), (int32_t)days).day, text);
	return zhen_format(call, "%s", text);
}

const char *working_days_on(zhen_call *call, const char *township, int64_t days)
{
	return working_days_after(call, township, today_of(call), days);
}

/* A promise is looked into as long as something could follow from it. */
static bool is_still_owed(zhen_call *call, const struct matter *matter, const char *kind)
{
	if (strcmp(kind, "promise-check") == 0)
		return matter->state != STATE_REJECTED && matter->state != STATE_WITHDRAWN &&
		       matter->state != STATE_CANCELLED;
	if (strcmp(kind, "direct-open") != 0)
		return true;
	/* What stands still by law is not left open. */
	return matter->stopped_at == 0 && matter->state != STATE_SUSPENDED &&
	       zhen_one(call, "SELECT id FROM left_open WHERE matter = $1", matter->id) == NULL;
}

static void fell_due(zhen_call *call, const struct due *due)
{
	struct matter matter;

	zhen_run(call, "DELETE FROM deadline WHERE id = $1", due->id);
	if (!matter_load(call, due->matter, &matter) || matter.state == STATE_ARCHIVED)
		return;
	if (strcmp(due->kind, "lacking") == 0)
		lacking_lapse(call, &matter, due->ref);
	else if (strcmp(due->kind, "suspension") == 0)
		hold_lapse(call, &matter, due->due_on);
	else if (strcmp(due->kind, "renewal") == 0)
		renewal_lapse(call, &matter, due->due_on);
	else if (is_still_owed(call, &matter, due->kind))
		account_for(call, &matter, due->kind, due->due_on);
}
void deadlines_watch(zhen_call *call, const char *today)
{
	struct due due[BATCH];
	size_t n = 0;

	ZHEN_FOR_EACH (call, row, "SELECT id, matter, ref, kind, due_on FROM deadline WHERE due_on < $1 ORDER BY due_on, id "
	                          "LIMIT 200", today)
		if (n < BATCH)
			due[n++] = (struct due){ zhen_column_int(row, "id"), zhen_column_int(row, "matter"),
				                 zhen_column_int(row, "ref"),
				                 zhen_format(call, "%s", or_empty(zhen_column_text(row, "kind"))),
				                 zhen_format(call, "%s", or_empty(zhen_column_text(row, "due_on"))) };
	for (size_t i = 0; i < n; i++)
		fell_due(call, &due[i]);
}
