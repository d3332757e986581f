/* SPDX-License-Identifier: Apache-2.0
 * Who handles which situation: as the township says, else its county, else above; found by the words people use. What only looks
 * alike is offered as a guess, with whom to ask. */
#include "situation.h"
#include "tables.h"

#define ANSWERS 5
#define COLUMNS "topic, situation, responsible, assisting, basis, code, phone, division"

static void put_row(zhen_call *call, const zhen_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
}

/* Named exactly, as programs do. */
static zhen_result answer_named(zhen_call *call, const char *unit)
{
	const char *line[6];

	line_up(call, unit, line);
	for (size_t level = 5; level >= 1; level--) {
		const zhen_row *row = line[level][0] == '\0' ? NULL :
			zhen_one(call, "SELECT " COLUMNS " FROM situation WHERE topic = $1 AND situation = $2 AND division = $3 AND removed_at = 0",
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
		"，。、；：？！“”（）的了是有人不在我你他她谁哪什么啥怎样办找管没被把和就都要会能可以这那个吗呢吧啊";

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

/* The longest part, beginning here, that stands in the text, of @least letters that say something; 0 = none. */
static size_t part_in(const char *at, const char *text, int64_t least, int64_t *out_said)
{
	size_t length = 0, longest = 0;
	int64_t said = 0;

	while (at[length] != '\0') {
		size_t more = letter_length(at + length);

		if (!stands_in(text, at, length + more))
			break;
		said += !says_nothing(at + length, more);
		length += more;
		if (said >= least) {
			longest = length;
			*out_said = said;
		}
	}
	return longest;
}

static int64_t count_said(const char *asked)
{
	int64_t said = 0;

	for (const char *at = asked; *at != '\0'; at += letter_length(at))
		said += !says_nothing(at, letter_length(at));
	return said;
}

/* How many letters that say something stand in the text in parts of @least: two neighbours are a word in Chinese, or nearly so.
 * @out_parts: these, "楼道、堆东西"; NULL = not wanted. */
static int64_t count_found(zhen_call *call, const char *asked, const char *text, int64_t least, const char **out_parts)
{
	int64_t found = 0;

	for (const char *at = asked; *at != '\0';) {
		int64_t said = 0;
		size_t length = says_nothing(at, letter_length(at)) ? 0 : part_in(at, text, least, &said);

		if (length > 0 && out_parts != NULL)
			*out_parts = zhen_format(call, "%s%s%.*s", *out_parts, **out_parts != '\0' ? "、" : "", (int)length, at);
		found += said;
		at += length > 0 ? length : letter_length(at);
	}
	return found;
}

/* A whole phrase of the row, of three letters at least, stands in what is asked. */
static bool has_phrase(const char *asked, const char *words)
{
	while (*words != '\0') {
		size_t length = strcspn(words, " "), letters = 0;

		for (size_t i = 0; i < length; i++)
			letters += ((unsigned char)words[i] & 0xc0) != 0x80;
		if (letters >= 3 && stands_in(asked, words, length))
			return true;
		words += length + strspn(words + length, " ");
	}
	return false;
}

struct answer {
	const zhen_row *row;
	int64_t score;
	bool sure;
	const char *parts;
};

/* score 0 = it has nothing of what is asked. Sure is what has most of it, and some of that in the situation itself: its topic it
 * shares with others. */
static struct answer judge(zhen_call *call, const char *asked, const zhen_row *row)
{
	const char *words = column_or_empty(row, "words");
	const char *all = zhen_format(call, "%s %s", words, column_or_empty(row, "topic"));
	int64_t said = count_said(asked), least = said < 2 ? said : 2;
	struct answer answer = { .row = row, .parts = "" };

	if (least == 0)
		return answer;
	int64_t found = count_found(call, asked, all, least, &answer.parts),
		own = count_found(call, asked, words, least, NULL);
	bool phrase = has_phrase(asked, words);
	answer.score = 100 * found + 10 * own + (phrase ? 150 : 0);
	answer.sure = found >= 2 && own >= 2 && (phrase || found * 2 > said);
	return answer;
}

static void keep_best(struct answer best[ANSWERS], size_t *count, struct answer one)
{
	size_t at = *count < ANSWERS ? (*count)++ : ANSWERS;

	for (; at > 0 && best[at - 1].score < one.score; at--)
		if (at < ANSWERS)
			best[at] = best[at - 1];
	if (at < ANSWERS)
		best[at] = one;
}

/* Of two that say who handles the same, the nearer: a code is greater than those of the divisions above it. */
static size_t find_best(zhen_call *call, const char *unit, const char *asked, struct answer best[ANSWERS])
{
	const char *line[6];
	size_t count = 0;

	line_up(call, unit, line);
	ZHEN_FOR_EACH (call, row,
	               "SELECT " COLUMNS ", situation || ' ' || keywords AS words FROM situation s WHERE removed_at = 0 AND ($1 = '' OR (division "
	               "IN ($2, $3, $4, $5, $6) AND NOT EXISTS (SELECT 1 FROM situation n WHERE n.removed_at = 0 AND n.topic = s.topic "
	               "AND n.situation = s.situation AND n.division IN ($2, $3, $4, $5, $6) AND n.division > s.division))) "
	               "ORDER BY division DESC, id LIMIT $7",
	               unit, line[1], line[2], line[3], line[4], line[5], (int64_t)SITUATIONS_MAX) {
		struct answer one = judge(call, asked, row);

		if (one.score > 0)
			keep_best(best, &count, one);
	}
	return count;
}

static void put_answer(zhen_call *call, const struct answer *answer, const struct list *list)
{
	const char *code = column_or_empty(answer->row, "code");
	const zhen_row *item = code[0] != '\0' && list->id != 0 ? list_item(call, list->id, code) : NULL;

	for (uint32_t i = 0; i < answer->row->count; i++)
		if (strcmp(answer->row->names[i], "words") != 0)
			call->host->put(call, answer->row->names[i], answer->row->values[i]);
	zhen_put(call, "parts", answer->parts);
	if (item == NULL)
		return;
	zhen_put(call, "item", column_or_empty(item, "name"));
	zhen_put(call, "item_href", zhen_format(call, "/p/duties/units/%s/items/%s", list->unit, code));
}

static void put_answers(zhen_call *call, const char *name, const struct answer *answers, size_t count,
                        const struct list *list)
{
	zhen_open_list(call, name);
	for (size_t i = 0; i < count; i++) {
		zhen_open_object(call, NULL);
		put_answer(call, &answers[i], list);
		zhen_close(call);
	}
	zhen_close(call);
}

/* Who takes what nobody is sure of: the township's own centre. */
static const char *whom_to_ask(zhen_call *call, const char *township)
{
	const char *phone = or_empty(zhen_value_text(call->host->setting(call, "help_phone", township)));

	return zhen_format(call, "%s便民服务中心%s%s", township[0] != '\0' ? division_name(call, township) : "所在乡镇（街道）",
	                   phone[0] != '\0' ? "，电话 " : "", phone);
}

/* Two that fit alike and name different bodies are no answer. */
static bool is_sure(const struct answer *best, size_t count)
{
	return count > 0 && best[0].sure &&
	       (count == 1 || best[1].score < best[0].score ||
	        strcmp(column_or_empty(best[0].row, "responsible"), column_or_empty(best[1].row, "responsible")) == 0);
}

static zhen_result answer_asked(zhen_call *call, const char *unit, const char *asked)
{
	const char *township = township_of(call, unit);
	struct answer best[ANSWERS];
	struct list list = { 0 };
	size_t count = find_best(call, unit, asked, best);
	bool sure = is_sure(best, count);

	if (township[0] != '\0')
		list_in_force(call, township, today(call), &list);
	zhen_put(call, "sure", sure);
	if (sure) {
		put_answer(call, &best[0], &list);
		if (count > 1)
			put_answers(call, "others", best + 1, count - 1, &list);
		return zhen_ok(call);
	}
	zhen_put(call, "note",
	         count == 0 ? zhen_format(call, "“%s”还没有明确由谁负责。可以换个说法再查，或问下面的单位。", asked) :
	                      "拿不准。下面几种情形有相同的词，可能是其中一种；都不像的，请问下面的单位。");
	zhen_put(call, "ask", whom_to_ask(call, township));
	if (count > 0)
		put_answers(call, "guesses", best, count, &list);
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
