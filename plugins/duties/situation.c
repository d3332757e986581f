/* SPDX-License-Identifier: Apache-2.0
 * Who handles which situation: as the township says, else its county, else above; found by the words people use. */
#include "tables.h"

#define ROWS_MAX 2000
#define ANSWERS 10
#define COLUMNS "topic, situation, responsible, assisting, basis, code, phone, division"

const char situations_sql[] = "ALTER TABLE situation ADD COLUMN keywords TEXT NOT NULL DEFAULT '';"
			      "CREATE INDEX situation_division ON situation(division, id)";

zhen_result set_situation(zhen_call *call)
{
	const char *division = field_text(call, "division");

	call->host->subject(call, field_text(call, "topic"));
	int64_t id = zhen_insert(
		call,
		"INSERT INTO situation(division, topic, situation, responsible, assisting, basis, code, phone, keywords, at) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) {{upsert topic, situation, division}} responsible = "
		"excluded.responsible, assisting = excluded.assisting, basis = excluded.basis, code = excluded.code, "
		"phone = excluded.phone, keywords = excluded.keywords, at = excluded.at RETURNING id",
		division, field_text(call, "topic"), field_text(call, "situation"), field_text(call, "responsible"),
		field_text(call, "assisting"), field_text(call, "basis"), field_text(call, "code"),
		field_text(call, "phone"), field_text(call, "keywords"), zhen_now(call));
	return zhen_created(call, id);
}

zhen_result list_situations(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, topic, situation, responsible, assisting, basis, code, phone, division FROM "
	                 "situation WHERE ($1 = '' OR topic = $1) AND ($2 = '' OR division = $2) {{page id}}",
	                 field_text(call, "topic"), field_text(call, "division"));
}

static void put_row(zhen_call *call, const zhen_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
}

/* The divisions from the unit up, and "" for levels that it has not. */
static void line_up(zhen_call *call, const char *unit, const char *out[6])
{
	for (uint32_t level = 0; level <= 5; level++) {
		const zhen_division *above = level > 0 ? call->host->division_above(call, unit, level) : NULL;

		out[level] = above != NULL ? above->code : "";
	}
}

/* Named exactly, as programs do. */
static zhen_result answer_named(zhen_call *call, const char *unit)
{
	const char *line[6];

	line_up(call, unit, line);
	for (size_t level = 5; level >= 1; level--) {
		const zhen_row *row = line[level][0] == '\0' ? NULL :
			zhen_one(call, "SELECT " COLUMNS " FROM situation WHERE topic = $1 AND situation = $2 AND division = $3",
			         field_text(call, "topic"), field_text(call, "situation"), line[level]);

		if (row == NULL)
			continue;
		put_row(call, row);
		return zhen_ok(call);
	}
	return zhen_fail(call, ZHEN_NOT_FOUND, "situation-unknown", "“%s”的“%s”还没有明确责任单位",
	                 field_text(call, "topic"), field_text(call, "situation"));
}

/* ---- everyday words ---- */

static size_t letter_length(const char *at)
{
	size_t length = 1;

	while (((unsigned char)at[length] & 0xc0) == 0x80)
		length++;
	return length;
}

/* What parts words, and what stands in every question. */
static bool says_nothing(const char *at, size_t length)
{
	static const char idle[] =
		"，。、；：？！“”（）的了是有人不在我你他她谁哪什么怎样办找管没被把和就都要会能可以吗呢吧啊";

	if (length == 1)
		return !((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'));
	for (const char *one = idle; *one != '\0'; one += letter_length(one))
		if (letter_length(one) == length && memcmp(one, at, length) == 0)
			return true;
	return false;
}

static bool stands_in(const char *text, const char *part, size_t length)
{
	for (const char *at = text; (at = strchr(at, *part)) != NULL; at++)
		if (strncmp(at, part, length) == 0)
			return true;
	return false;
}

struct likeness {
	int64_t pairs, letters, said; /* said: letters of the question that say something */
};

/* How much of what is asked stands in the text: pairs of neighbouring letters are words in Chinese, or nearly so. */
static struct likeness compare(const char *asked, const char *text)
{
	struct likeness like = { 0, 0, 0 };

	for (const char *at = asked; *at != '\0'; at += letter_length(at)) {
		size_t length = letter_length(at), more = at[length] != '\0' ? letter_length(at + length) : 0;

		if (says_nothing(at, length))
			continue;
		like.said++;
		like.letters += stands_in(text, at, length);
		like.pairs += more > 0 && !says_nothing(at + length, more) && stands_in(text, at, length + more);
	}
	return like;
}

struct answer {
	const zhen_row *row;
	int64_t score;
};

/* 0 = it does not answer what is asked. The situation counts before its topic, which others share. */
static int64_t score_of(const char *asked, const zhen_row *row)
{
	struct likeness situation = compare(asked, column_or_empty(row, "words")),
			topic = compare(asked, column_or_empty(row, "topic"));
	int64_t score = 30 * situation.pairs + 20 * topic.pairs + 2 * situation.letters + topic.letters;

	return situation.pairs + topic.pairs > 0 || (situation.said > 0 && situation.letters * 2 >= situation.said) ? score : 0;
}

static void keep_best(struct answer best[ANSWERS], size_t *count, const zhen_row *row, int64_t score)
{
	size_t at = *count < ANSWERS ? (*count)++ : ANSWERS;

	for (; at > 0 && best[at - 1].score < score; at--)
		if (at < ANSWERS)
			best[at] = best[at - 1];
	if (at < ANSWERS)
		best[at] = (struct answer){ row, score };
}

/* Of two that say who handles the same, the nearer: a code is greater than those of the divisions above it. */
static size_t find_best(zhen_call *call, const char *unit, const char *asked, struct answer best[ANSWERS])
{
	const char *line[6];
	size_t count = 0;

	line_up(call, unit, line);
	ZHEN_FOR_EACH (call, row,
	               "SELECT " COLUMNS ", situation || ' ' || keywords AS words FROM situation s WHERE $1 = '' OR (division IN "
	               "($2, $3, $4, $5, $6) AND NOT EXISTS (SELECT 1 FROM situation n WHERE n.topic = s.topic AND n.situation = "
	               "s.situation AND n.division IN ($2, $3, $4, $5, $6) AND n.division > s.division)) "
	               "ORDER BY division DESC, id LIMIT $7",
	               unit, line[1], line[2], line[3], line[4], line[5], (int64_t)ROWS_MAX) {
		int64_t score = score_of(asked, row);

		if (score > 0)
			keep_best(best, &count, row, score);
	}
	return count;
}

static void put_answer(zhen_call *call, const zhen_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (strcmp(row->names[i], "words") != 0)
			call->host->put(call, row->names[i], row->values[i]);
}

static zhen_result answer_asked(zhen_call *call, const char *unit, const char *asked)
{
	struct answer best[ANSWERS];
	size_t count = find_best(call, unit, asked, best);

	if (count == 0)
		zhen_put(call, "note",
		         zhen_format(call, "“%s”还没有明确由谁负责。可以换个说法再查，或看职责分工表、权责清单。",
		                     asked));
	else
		put_answer(call, best[0].row);
	zhen_open_list(call, "others");
	for (size_t i = 1; i < count; i++) {
		zhen_open_object(call, NULL);
		put_answer(call, best[i].row);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result answer_situation(zhen_call *call)
{
	const char *unit = zhen_has(call, "unit") ? field_text(call, "unit") : zhen_get_caller(call)->division;

	if (zhen_has(call, "q"))
		return answer_asked(call, unit, field_text(call, "q"));
	if (zhen_has(call, "topic") && zhen_has(call, "situation"))
		return answer_named(call, unit);
	zhen_put(call, "note", "用平常的话说说是什么事，例如“楼道堆东西”“路灯不亮”，就能查到由谁负责、电话多少。");
	return zhen_ok(call);
}
