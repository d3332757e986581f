/* SPDX-License-Identifier: Apache-2.0
 * 典型案例 (楚雄州): a closed case as a textbook for everybody, with nothing in it of whose it was; found by its matter. */
#include "lesson.h"

static zhen_result add_lesson(zhen_call *call, const char *kind, const zhen_row *row)
{
	static const char *const texts[] = { "title", "content" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个案件，或不在您的管辖范围 (no such case)");
	if (strcmp(column_or_empty(row, "state"), "archived") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-archived",
		                 "归档以后才能作为典型案例发布 (a case is a lesson only after it was archived)");
	int64_t matter = zhen_column_int(row, "id");
	for (size_t i = 0; i < 2; i++) {
		const char *text = field_text(call, texts[i]), *party = column_or_empty(row, "party"),
			   *code = column_or_empty(row, "credit_code"), *place = column_or_empty(row, "place");

		if ((party[0] != '\0' && strstr(text, party) != NULL) ||
		    (code[0] != '\0' && strstr(text, code) != NULL) ||
		    (place[0] != '\0' && strstr(text, place) != NULL))
			return wrong_field(call, texts[i], "names-the-party",
			                   "典型案例不得出现当事人的姓名、名称、代码或者地点 (a lesson may not say who or where the party is)");
	}
	if (zhen_one(call, "SELECT id FROM lesson WHERE kind = $1 AND matter = $2", kind, matter) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "lesson-already",
		                 "该案件已有典型案例 (the case is a lesson already)");
	const char *file = field_text(call, "file");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO lesson(township, kind, matter, item_name, problem, title, content, file, media, on_day, withdrawn_on) "
	                         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '') RETURNING id",
	                         column_or_empty(row, "township"), kind, matter, column_or_empty(row, "item_name"),
	                         column_or_empty(row, "problem"), field_text(call, "title"),
	                         field_text(call, "content"), file, field_text(call, "media"), today(call));
	if (file[0] != '\0')
		call->host->blob_keep(call, file, zhen_format(call, "lesson-%lld", (long long)id));
	return zhen_created(call, id);
}

#define CASE_OF(table_)                                                                                                         \
	"SELECT c.id, c.township, c.state, c.item_name, c.party, c.credit_code, c.place, f.problem FROM " table_ " c JOIN finding f ON f.id = " \
	"c.finding WHERE c.id = $1 AND {{scope c.township}}"

zhen_result add_lesson_of_penalty(zhen_call *call)
{
	return add_lesson(call, "penalty", zhen_one(call, CASE_OF("penalty"), zhen_int(call, "id")));
}

zhen_result add_lesson_of_proceeding(zhen_call *call)
{
	return add_lesson(call, "proceeding", zhen_one(call, CASE_OF("proceeding"), zhen_int(call, "id")));
}

static bool may_teach(zhen_call *call, const char *kind, int64_t matter, const char *state)
{
	return strcmp(state, "archived") == 0 && zhen_may(call, "enforcement.handle") &&
	       zhen_one(call, "SELECT id FROM lesson WHERE kind = $1 AND matter = $2", kind, matter) == NULL;
}

void put_lesson_ticket(zhen_call *call, const char *kind, int64_t matter, const char *state)
{
	if (may_teach(call, kind, matter, state))
		zhen_put(call, "ticket",
		         call->host->ticket(call, zhen_format(call, "%s-%lld", kind, (long long)matter), 3600 * 1000));
}

void put_lesson_way(zhen_call *call, const char *base, const char *kind, int64_t matter, const char *state)
{
	if (may_teach(call, kind, matter, state))
		put_way(call, "发布典型案例", "POST", zhen_format(call, "%s/%lld/lesson", base, (long long)matter));
}

zhen_result list_lessons(zhen_call *call)
{
	const char *query = field_text(call, "q");

	if (query[0] != '\0')
		return zhen_page(call,
		                 "SELECT id, title, item_name, problem, on_day FROM lesson WHERE {{search lessons $1 in id title item_name content}} AND "
		                 "withdrawn_on = '' {{page id DESC}}",
		                 query);
	return zhen_page(
		call,
		"SELECT id, title, item_name, problem, on_day FROM lesson WHERE withdrawn_on = '' {{page id DESC}}");
}

static const zhen_row *shown(zhen_call *call)
{
	return zhen_one(call, "SELECT id, title, item_name, problem, content, file, media, on_day FROM lesson WHERE id = $1 AND withdrawn_on = ''",
	                zhen_int(call, "id"));
}

static zhen_result no_lesson(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个典型案例 (no such lesson)");
}

zhen_result show_lesson(zhen_call *call)
{
	const zhen_row *row = shown(call);

	if (row == NULL)
		return no_lesson(call);
	zhen_put(call, "id", zhen_column_int(row, "id"));
	put_texts(call, row, (const char *const[]){ "title", "item_name", "problem", "content", "on_day", NULL });
	if (column_or_empty(row, "file")[0] != '\0')
		zhen_put(call, "file",
		         zhen_format(call, "/p/enforcement/lesson-files/%lld", (long long)zhen_column_int(row, "id")));
	if (column_or_empty(row, "media")[0] != '\0')
		zhen_put(call, "media", column_or_empty(row, "media"));
	return zhen_ok(call);
}

zhen_result get_lesson_file(zhen_call *call)
{
	const zhen_row *row = shown(call);

	if (row == NULL || column_or_empty(row, "file")[0] == '\0')
		return no_lesson(call);
	return call->host->send_blob(call, column_or_empty(row, "file"), "application/octet-stream",
	                             zhen_format(call, "lesson-%lld", (long long)zhen_column_int(row, "id")));
}

zhen_result withdraw_lesson(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");

	if (zhen_run(call,
	             "UPDATE lesson SET withdrawn_on = $1 WHERE id = $2 AND withdrawn_on = '' AND {{scope township}}",
	             today(call), id) == 0)
		return no_lesson(call);
	zhen_put(call, "id", id);
	return zhen_ok(call);
}
