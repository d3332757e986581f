/* SPDX-License-Identifier: Apache-2.0
 * A licence after it was issued: from when to when it holds, until when its renewal is applied for, and what became of it, as its
 * holder and whoever verifies the paper see it. Whether it still holds follows from its days and from what was decided since. */
#include "items.h"
#include "licence.h"

#include <stdio.h>

const char licence_sql[] =
	/* Of an item with a term. renews: the case whose licence it renews, 0 = none. */
	"CREATE TABLE licence(matter BIGINT NOT NULL PRIMARY KEY, document BIGINT NOT NULL, valid_from TEXT NOT NULL, "
	"valid_to TEXT NOT NULL, renews BIGINT NOT NULL);"
	"CREATE INDEX licence_document ON licence(document);"
	"CREATE INDEX licence_renews ON licence(renews);"
	/* An application to renew. late: what is not decided in time does not count as granted. */
	"CREATE TABLE renewal(matter BIGINT NOT NULL PRIMARY KEY, licence BIGINT NOT NULL, number TEXT NOT NULL, "
	"valid_to TEXT NOT NULL, late BIGINT NOT NULL, deemed_at BIGINT NOT NULL);"
	"CREATE INDEX renewal_licence ON renewal(licence);"
	"ALTER TABLE tally ADD COLUMN renewed BIGINT NOT NULL DEFAULT 0";

/* The last day to apply for renewal as the paper says it; '' = issued before it was kept. */
const char printed_sql[] = "ALTER TABLE licence ADD COLUMN apply_by TEXT NOT NULL DEFAULT ''";

/* ---- the term ---- */

struct term term_of(zhen_call *call, const json_t *content)
{
	const char *basis = item_text(content, "term.renewal_basis");
	struct term term = { .months = item_number(content, "term.months"),
		             .days = item_number(content, "term.renewal_days") };

	if (term.days == 0)
		term.days = zhen_setting_int(call, "renewal_days");
	term.basis = basis[0] != '\0' ? zhen_format(call, "%s", basis) : "《中华人民共和国行政许可法》第五十条";
	return term;
}

const char *term_text(zhen_call *call, const json_t *content)
{
	struct term term = term_of(call, content);

	return term.months == 0 ? "" :
	                          zhen_format(call, "证照有效期%lld个月；需要延续的，在有效期届满%lld个工作日前申请（%s）",
	                                      (long long)term.months, (long long)term.days, term.basis);
}

/* The last day of a term that begins that day (民法典 202: where the month has no such day, its last). */
static const char *last_of_term(zhen_call *call, const char *from, int64_t months)
{
	int y = 0, m = 0, d = 0;
	char end[11];

	if (sscanf(from, "%d-%d-%d", &y, &m, &d) != 3)
		return "";
	m += (int)months - 1;
	y += m / 12;
	m = m % 12 + 1;
	int32_t day = zhen_calendar_parse_date(zhen_format(call, "%04d-%02d-%02d", y, m, d)), before = 1;
	for (; day == ZHEN_NO_DAY && d > 28; before = 0)
		day = zhen_calendar_parse_date(zhen_format(call, "%04d-%02d-%02d", y, m, --d));
	zhen_calendar_format_date(day - before, end);
	return zhen_format(call, "%s", end);
}

/* Counted back from the end of the term: where a year on the way has no notice yet, the day may move. */
static struct last_day last_day_of(zhen_call *call, const char *township, const char *valid_to, int64_t days)
{
	int32_t day = zhen_calendar_parse_date(valid_to);
	zhen_calendar calendar;
	char last[11];

	zhen_calendar_load(call, township, &calendar);
	bool provisional = !zhen_calendar_covers(&calendar, day);
	while (days > 0)
		days -= zhen_calendar_is_working(&calendar, day--) ? 1 : 0;
	zhen_calendar_format_date(day, last);
	return (struct last_day){ .day = zhen_format(call, "%s", last), .provisional = provisional };
}

struct last_day renewal_last_day(zhen_call *call, const zhen_row *licence)
{
	json_auto_t *content = item_content(call, zhen_column_int(licence, "item"));
	struct last_day last =
		last_day_of(call, text(licence, "township"), text(licence, "valid_to"), term_of(call, content).days);

	if (strcmp(text(licence, "apply_by"), last.day) > 0)
		last.day = text(licence, "apply_by");
	return last;
}

/* ---- as it is issued ---- */

static const char *day_after(zhen_call *call, const char *day)
{
	char next[11];

	zhen_calendar_format_date(zhen_calendar_parse_date(day) + 1, next);
	return zhen_format(call, "%s", next);
}

/* A renewed one begins where the one before ends. */
static const char *begins_on(zhen_call *call, const zhen_row *renewal)
{
	return renewal != NULL ? day_after(call, text(renewal, "valid_to")) : today_of(call);
}

void licence_facts(zhen_call *call, const struct matter *matter, const json_t *content, bool draft, zhen_sheet *sheet)
{
	const zhen_row *renewal = renewal_row(call, matter->id);
	struct term term = term_of(call, content);

	if (renewal != NULL)
		zhen_sheet_fact(sheet, "延续的许可", text(renewal, "number"));
	if (term.months == 0)
		return;
	if (draft && renewal == NULL) {
		zhen_sheet_fact(sheet, "有效期", zhen_format(call, "自签发之日起%lld个月", (long long)term.months));
		return;
	}
	const char *from = begins_on(call, renewal), *to = last_of_term(call, from, term.months);
	struct last_day last = last_day_of(call, matter->township, to, term.days);
	zhen_sheet_fact(sheet, "有效期", zhen_format(call, "自%s至%s", chinese_day(call, from), chinese_day(call, to)));
	zhen_sheet_fact(sheet, "延续",
	                zhen_format(call, "需要延续的，最迟于%s提出申请%s（%s）", chinese_day(call, last.day),
	                            last.provisional ? CLOCK_PROVISIONAL : "", term.basis));
}

void licence_add(zhen_call *call, const struct matter *matter, const json_t *content, int64_t document)
{
	const zhen_row *renewal = renewal_row(call, matter->id);
	struct term term = term_of(call, content);
	const char *from = begins_on(call, renewal), *to = last_of_term(call, from, term.months);

	if (term.months == 0)
		return;
	zhen_run(call,
	         "INSERT INTO licence(matter, document, valid_from, valid_to, renews, apply_by) VALUES($1, $2, $3, $4, $5, $6)",
	         matter->id, document, from, to, zhen_column_int(renewal, "licence"),
	         last_day_of(call, matter->township, to, term.days).day);
	if (renewal != NULL)
		counter_add(call, matter->township, "renewed", 1);
}

/* ---- what became of it ---- */

const zhen_row *licence_row(zhen_call *call, int64_t matter)
{
	return zhen_one(call,
	                "SELECT l.valid_from AS valid_from, l.valid_to AS valid_to, l.apply_by AS apply_by, l.renews AS renews, d.number AS number, "
	                "d.state AS state, m.item AS item, m.item_code AS item_code, m.township AS township, m.village AS village "
	                "FROM licence l JOIN document d ON d.id = l.document JOIN matter m ON m.id = l.matter WHERE l.matter = $1",
	                matter);
}

/* Number and state of what renews it; NULL = nothing does. */
static const zhen_row *renewed_by(zhen_call *call, int64_t matter)
{
	return zhen_one(call,
	                "SELECT d.number AS number, d.state AS state FROM licence l JOIN document d ON d.id = l.document WHERE "
	                "l.renews = $1 AND d.state IN ('issued', 'withdrawn') ORDER BY l.matter DESC LIMIT 1",
	                matter);
}

bool licence_is_renewed(zhen_call *call, int64_t matter)
{
	return is(renewed_by(call, matter), "state", "issued");
}

#define GRANTED(of)                                                                                               \
	"SELECT r.deemed_at AS deemed_at FROM renewal r JOIN matter m ON m.id = r.matter WHERE r." of " = $1 AND " \
	"m.state IN ('approved', 'issuing') LIMIT 1"

/* Granted again, by decision or by law, and the paper of it yet to be sealed: how, "" = it is not. @row: of GRANTED. */
static const char *granted_how(const zhen_row *row)
{
	return row == NULL                               ? "" :
	       zhen_column_int(row, "deemed_at") != 0 ? "有效期届满前没有作出决定，视为准予延续（行政许可法第五十条第二款），新证正在制作" :
	                                                 "已决定准予延续，新证正在制作";
}

bool licence_is_over(zhen_call *call, const zhen_row *licence)
{
	return strcmp(text(licence, "valid_to"), today_of(call)) < 0;
}

static const char *standing_of(zhen_call *call, const zhen_row *licence, int64_t matter)
{
	const char *days = zhen_format(call, "有效期自%s至%s", text(licence, "valid_from"), text(licence, "valid_to"));
	const zhen_row *next = renewed_by(call, matter);

	if (next != NULL)
		return zhen_format(call, "%s，已准予延续，见%s%s", days, text(next, "number"),
		                   is(next, "state", "issued") ? "" : "（该延续已失效）");
	const char *how = granted_how(zhen_one(call, GRANTED("licence"), matter));
	if (how[0] != '\0')
		return zhen_format(call, "%s，%s", days, how);
	if (licence_is_over(call, licence))
		return zhen_format(call, "%s，已届满，没有延续，不再有效", days);
	if (strcmp(text(licence, "valid_from"), today_of(call)) > 0)
		return zhen_format(call, "%s，尚未开始", days);
	return days;
}

static const char *standing(zhen_call *call, int64_t matter)
{
	const zhen_row *licence = licence_row(call, matter);
	const char *before = text(zhen_one(call, "SELECT number FROM renewal WHERE matter = $1", matter), "number");

	const char *ended = ending_standing(call, matter);

	/* A change leaves it standing. */
	if (licence == NULL && ended[0] == '\0')
		return granted_how(zhen_one(call, GRANTED("matter"), matter));
	if (licence == NULL || (ended[0] != '\0' && strcmp(text(licence, "state"), "withdrawn") == 0))
		return ended;
	return zhen_format(call, "%s%s%s%s%s%s", ended, ended[0] != '\0' ? "；" : "", standing_of(call, licence, matter), before[0] != '\0' ? "；由" : "", before,
	                   before[0] != '\0' ? "延续而来" : "");
}

const char *licence_standing(zhen_call *call, int64_t matter)
{
	const char *pending = ending_pending(call, matter), *now = standing(call, matter);

	return zhen_format(call, "%s%s%s", pending, pending[0] != '\0' && now[0] != '\0' ? "；" : "", now);
}

/* Day "" = it cannot be renewed any more, or has no term. */
static struct last_day apply_by(zhen_call *call, const zhen_row *licence, int64_t matter)
{
	if (licence == NULL || !is(licence, "state", "issued") || licence_is_over(call, licence) ||
	    licence_is_renewed(call, matter))
		return (struct last_day){ .day = "" };
	return renewal_last_day(call, licence);
}

void licence_show(zhen_call *call, int64_t matter)
{
	const zhen_row *licence = licence_row(call, matter), *renewal = renewal_row(call, matter);
	const char *now = licence_standing(call, matter);
	struct last_day last = apply_by(call, licence, matter);

	ending_show(call, matter);
	if (now[0] == '\0' && renewal == NULL)
		return;
	zhen_open_list(call, "licence");
	zhen_open_object(call, NULL);
	zhen_put(call, "standing", now);
	if (licence != NULL) {
		zhen_put(call, "number", text(licence, "number"));
		zhen_put(call, "valid_from", text(licence, "valid_from"));
		zhen_put(call, "valid_to", text(licence, "valid_to"));
	}
	if (last.day[0] != '\0') {
		zhen_put(call, "apply_by", last.day);
		zhen_put(call, "provisional", last.provisional);
	}
	if (renewal != NULL) {
		zhen_put(call, "renews", text(renewal, "number"));
		zhen_put(call, "decide_by", text(renewal, "valid_to"));
		zhen_put(call, "late", zhen_column_int(renewal, "late"));
	}
	zhen_close(call);
	zhen_close(call);
}

/* The form of the item, with the licence it is about. */
void licence_action(zhen_call *call, const struct matter *matter)
{
	const zhen_row *licence = licence_row(call, matter->id);

	if (apply_by(call, licence, matter->id).day[0] == '\0' || renewal_is_open(call, matter->id))
		return;
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "申请延续");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/items/%s/%s", matter->item_code, matter->credit_code[0] != '\0' ? "organisation" : "apply"));
	zhen_open_object(call, "fields");
	zhen_put(call, "renews", text(licence, "number"));
	zhen_put(call, "village", matter->village);
	zhen_close(call);
	zhen_close(call);
}

/* ---- the page behind the QR code ---- */

static const zhen_row *decision_asked(zhen_call *call)
{
	const char *number = or_empty(zhen_text(call, "number"));

	return zhen_one(call,
	                "SELECT matter, state FROM document WHERE "
	                "number = $1 AND code_digest = $2 AND kind = 'decision' AND state IN ('issued', 'withdrawn')",
	                number, zhen_code_digest(call, number, or_empty(zhen_text(call, "code"))));
}

/* What is genuine is said to be otherwise: without force, for another reason than that it was revoked. */
struct verdict {
	const char *result, *title; /* NULL = as the document stands */
};

static struct verdict verdict_of(zhen_call *call, const zhen_row *row)
{
	int64_t matter = zhen_column_int(row, "matter");
	const zhen_row *licence = row != NULL ? licence_row(call, matter) : NULL;

	if (row != NULL && is(row, "state", "withdrawn") && ending_is_other(call, matter))
		return (struct verdict){ "withdrawn", "已失效：本件曾经签发，现已撤回或者注销" };
	if (licence != NULL && is(row, "state", "issued") && licence_is_over(call, licence) &&
	    !licence_is_renewed(call, matter) && zhen_one(call, GRANTED("licence"), matter) == NULL)
		return (struct verdict){ "expired", "已届满：本件由所列机关签发，有效期已过" };
	return (struct verdict){ NULL, NULL };
}

zhen_result verify_document(zhen_call *call)
{
	const zhen_row *row = decision_asked(call);
	const char *now = row != NULL ? licence_standing(call, zhen_column_int(row, "matter")) : "";
	struct verdict verdict = verdict_of(call, row);

	if (now[0] != '\0')
		zhen_put(call, "standing", now);
	return zhen_verify_as(call, verdict.result, verdict.title);
}

zhen_result verify_file(zhen_call *call)
{
	struct verdict verdict = verdict_of(call, decision_asked(call));

	return zhen_verify_file_as(call, verdict.result, verdict.title);
}
