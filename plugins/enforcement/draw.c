/* SPDX-License-Identifier: Apache-2.0
 * 双随机: what is inspected and by whom is drawn; both draws can be drawn again by anybody from what is on record. */
#include "draw.h"

#include <stdlib.h>

#define PER_MAX 5

const char draws_sql[] =
	"CREATE TABLE premise(id {{id}}, township TEXT NOT NULL, name TEXT NOT NULL, credit_code TEXT NOT NULL, trade TEXT NOT NULL, "
	"address TEXT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX premise_township ON premise(township, id);"
	"CREATE UNIQUE INDEX premise_code ON premise(township, credit_code);"
	/* keys: all that were in, a line each; left_out: who was not, and why. Rows are added, never changed. */
	"CREATE TABLE draw(id {{id}}, township TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, seed TEXT NOT NULL, keys TEXT NOT NULL, "
	"digest TEXT NOT NULL, left_out TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX draw_township ON draw(township, id);"
	"CREATE TABLE drawn(id {{id}}, draw BIGINT NOT NULL, township TEXT NOT NULL, place BIGINT NOT NULL, premise BIGINT NOT NULL, "
	"members TEXT NOT NULL, officers TEXT NOT NULL, patrol BIGINT NOT NULL);"
	"CREATE INDEX drawn_draw ON drawn(draw, place);"
	"CREATE INDEX drawn_premise ON drawn(premise, id);"
	"CREATE TABLE evaluation(id {{id}}, township TEXT NOT NULL, half TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, "
	"due_on TEXT NOT NULL, missing_on TEXT NOT NULL, state TEXT NOT NULL, draw BIGINT NOT NULL, files BIGINT NOT NULL, grade TEXT NOT NULL, "
	"text TEXT NOT NULL, body TEXT NOT NULL, closed_on TEXT NOT NULL);"
	"CREATE UNIQUE INDEX evaluation_half ON evaluation(township, half);"
	"CREATE INDEX evaluation_township ON evaluation(township, id);"
	"CREATE INDEX evaluation_due ON evaluation(state, due_on);"
	"CREATE TABLE sample(id {{id}}, evaluation BIGINT NOT NULL, township TEXT NOT NULL, place BIGINT NOT NULL, kind TEXT NOT NULL, "
	"matter BIGINT NOT NULL, sound BIGINT NOT NULL, text TEXT NOT NULL, person TEXT NOT NULL);"
	"CREATE INDEX sample_evaluation ON sample(evaluation, place);"
	"CREATE INDEX penalty_decided ON penalty(township, decided_on);"
	"CREATE INDEX proceeding_decided ON proceeding(township, decided_on);" ZHEN_JOURNAL_SQL_AS("drawn_journal");

/* ---- lots ---- */

struct lots *lots_new(zhen_call *call)
{
	struct lots *lots = (struct lots *)zhen_alloc(call, sizeof(*lots));

	lots->seed = zhen_format(call, "%s", call->host->random_code(call, 24));
	lots->n = 0;
	return lots;
}

bool lots_add(zhen_call *call, struct lots *lots, int64_t id, const char *key)
{
	if (lots->n == KEYS_MAX)
		return false;
	lots->ids[lots->n] = id;
	lots->keys[lots->n++] = zhen_format(call, "%s", key);
	return true;
}

struct lot {
	const char *key, *hash;
	int64_t id;
};

static int by_hash(const void *a, const void *b)
{
	return strcmp(((const struct lot *)a)->hash, ((const struct lot *)b)->hash);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct lot *)a)->key, ((const struct lot *)b)->key);
}

static void sort(zhen_call *call, struct lots *lots, int (*order)(const void *, const void *))
{
	struct lot *all = (struct lot *)zhen_alloc(call, (lots->n + 1) * sizeof(*all));

	for (size_t i = 0; i < lots->n; i++)
		all[i] = (struct lot){ .key = lots->keys[i], .hash = lots->hash[i], .id = lots->ids[i] };
	qsort(all, lots->n, sizeof(*all), order);
	for (size_t i = 0; i < lots->n; i++) {
		lots->keys[i] = all[i].key;
		lots->hash[i] = all[i].hash;
		lots->ids[i] = all[i].id;
	}
}

void lots_draw(zhen_call *call, struct lots *lots, const char *prefix)
{
	for (size_t i = 0; i < lots->n; i++) {
		const char *text = zhen_format(call, "%s\n%s%s%s", lots->seed, prefix, prefix[0] != '\0' ? "/" : "", lots->keys[i]);

		lots->hash[i] = zhen_format(call, "%s", call->host->sm3(call, text, strlen(text)));
	}
	sort(call, lots, by_hash);
}

int64_t lots_keep(zhen_call *call, struct lots *lots, const char *township, const char *kind, const char *title,
                  const char *left_out)
{
	size_t size = 1;
	struct lots *sorted = (struct lots *)zhen_alloc(call, sizeof(*sorted));

	*sorted = *lots;
	sort(call, sorted, by_key);
	for (size_t i = 0; i < sorted->n; i++)
		size += strlen(sorted->keys[i]) + 1;
	char *keys = (char *)zhen_alloc(call, size), *end = keys;
	for (size_t i = 0; i < sorted->n; i++) {
		size_t length = strlen(sorted->keys[i]);

		memcpy(end, sorted->keys[i], length);
		end += length;
		*end++ = '\n';
	}
	*end = '\0';
	const zhen_caller *caller = zhen_get_caller(call);
	return zhen_insert(call,
	                   "INSERT INTO draw(township, kind, title, seed, keys, digest, left_out, person, at) VALUES($1, $2, $3, $4, $5, $6, $7, "
	                   "$8, $9) RETURNING id",
	                   township, kind, title, lots->seed, keys, call->host->sm3(call, keys, (size_t)(end - keys)),
	                   left_out, or_empty(caller->name), zhen_now(call));
}

/* ---- what may be inspected ---- */

zhen_result list_premises(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.team"))
		put_way(call, "登记检查对象", "POST", "/premises");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, township, name, credit_code, trade, address, state FROM premise WHERE ($1 = '' OR state = $1) AND "
	                 "{{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_premise(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT township, name, credit_code, trade, address, state FROM premise WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个检查对象 (no such premises)");
	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "township", "name", "credit_code", "trade", "address", "state", NULL });
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.team") && strcmp(column_or_empty(row, "state"), "open") == 0)
		put_way(call, "注销", "POST", zhen_format(call, "/premises/%lld/close", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result township_only(zhen_call *call)
{
	return zhen_get_caller(call)->level == 4 ? 0 : zhen_fail(call, ZHEN_FORBIDDEN, "township-only", "由乡镇（街道）队伍办理 (by a township's team)");
}

zhen_result add_premise(zhen_call *call)
{
	const char *township = zhen_get_caller(call)->division, *code = field_text(call, "credit_code");
	zhen_result refused = township_only(call);

	if (refused != 0)
		return refused;
	if (zhen_credit_code_check(code) == ZHEN_CREDIT_CODE_WRONG)
		return wrong_field(call, "credit_code", "not-a-credit-code",
		                   "不是统一社会信用代码（GB 32100） (no credit code)");
	if (zhen_one(call, "SELECT id FROM premise WHERE township = $1 AND credit_code = $2", township, code) != NULL)
		return wrong_field(call, "credit_code", "registered-already", "已登记 (registered already)");
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO premise(township, name, credit_code, trade, address, state, at) VALUES($1, $2, $3, $4, "
	                                      "$5, 'open', $6) RETURNING id",
	                                      township, field_text(call, "name"), code, field_text(call, "trade"),
	                                      field_text(call, "address"), zhen_now(call)));
}

zhen_result close_premise(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");

	if (zhen_run(call,
	             "UPDATE premise SET state = 'closed' WHERE id = $1 AND state = 'open' AND {{scope township}}",
	             id) == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个在营的检查对象 (no such premises that are open)");
	return show_premise(call);
}

/* ---- a draw ---- */

static const char *who_is_left_out(zhen_call *call)
{
	const char *text = "";
	int32_t n = call->host->list_count(call, "left_out");

	for (int32_t i = 0; i < n; i++)
		text = zhen_format(call, "%s%lld：%s\n", text,
		                   (long long)zhen_value_int(call->host->list_field(call, "left_out", i, "member")),
		                   or_empty(zhen_value_text(call->host->list_field(call, "left_out", i, "reason"))));
	return text;
}

static bool is_left_out(zhen_call *call, const char *left_out, int64_t member)
{
	const char *line = zhen_format(call, "%lld：", (long long)member);

	for (const char *at = left_out; *at != '\0'; at += strcspn(at, "\n") + 1)
		if (strncmp(at, line, strlen(line)) == 0)
			return true;
	return false;
}

/* Who may act today and is not @left_out ("7：休假" a line): "m7". */
static struct lots *officers_of(zhen_call *call, const char *township, const char *seed, const char *left_out)
{
	struct lots *lots = lots_new(call);

	lots->seed = seed;
	ZHEN_FOR_EACH (call, row,
	               "SELECT m.id FROM member m WHERE m.township = $2 AND m.kind <> 'assistant' AND " SERVES_ON
	               " AND EXISTS (SELECT 1 FROM certificate c WHERE c.member = m.id AND " VALID_ON ") ORDER BY m.id LIMIT 1000",
	               today(call), township) {
		int64_t id = zhen_column_int(row, "id");

		if (!is_left_out(call, left_out, id))
			lots_add(call, lots, id, zhen_format(call, "m%lld", (long long)id));
	}
	return lots;
}

static const char *names_of(zhen_call *call, const int64_t *members, size_t n, const char **out_ids)
{
	const char *names = "", *ids = "";

	for (size_t i = 0; i < n; i++) {
		const zhen_row *row = zhen_one(call, "SELECT name FROM member WHERE id = $1", members[i]);

		names = zhen_format(call, "%s%s%s", names, i > 0 ? "、" : "", column_or_empty(row, "name"));
		ids = zhen_format(call, "%s%s%lld", ids, i > 0 ? "," : "", (long long)members[i]);
	}
	*out_ids = ids;
	return names;
}

zhen_result add_draw(zhen_call *call)
{
	const char *township = zhen_get_caller(call)->division, *trade = field_text(call, "trade"),
		   *year = zhen_format(call, "%.4s", today(call));
	int64_t wanted = zhen_int(call, "n"), per = zhen_has(call, "per") ? zhen_int(call, "per") : 2,
		most = zhen_setting_int_in(call, "inspections_a_year", township);
	zhen_result refused = township_only(call);

	if (refused != 0)
		return refused;
	const char *left_out = who_is_left_out(call);
	struct lots *places = lots_new(call), *officers = officers_of(call, township, places->seed, left_out);
	bool fits = true;
	ZHEN_FOR_EACH (call, row,
	               "SELECT p.id FROM premise p WHERE p.township = $1 AND p.state = 'open' AND ($2 = '' OR p.trade = $2) AND ($3 = 0 OR "
	               "(SELECT COUNT(*) FROM drawn d JOIN patrol q ON q.id = d.patrol WHERE d.premise = p.id AND q.on_day >= $4) < $3) "
	               "ORDER BY p.id LIMIT 5001",
	               township, trade, most, zhen_format(call, "%s-01-01", year)) {
		int64_t id = zhen_column_int(row, "id");

		fits = lots_add(call, places, id, zhen_format(call, "p%lld", (long long)id)) && fits;
	}
	if (!fits)
		return zhen_fail(call, ZHEN_CONFLICT, "too-many-keys",
		                 "检查对象超过 %d 个，请按行业分别抽取 (more than %d premises: draw by trade)",
		                 KEYS_MAX, KEYS_MAX);
	if ((int64_t)places->n < wanted)
		return wrong_field(call, "n", "too-few-premises",
		                   "可以抽取的检查对象只有 %lld 个 (only %lld premises can be drawn)",
		                   (long long)places->n, (long long)places->n);
	if ((int64_t)officers->n < per)
		return zhen_fail(call, ZHEN_CONFLICT, "too-few-officers",
		                 "可以执法的人员只有%lld人，检查不得少于%lld人（行政处罚法第四十二条） (only %lld officers may act, %lld are needed, art. 42)",
		                 (long long)officers->n, (long long)per, (long long)officers->n, (long long)per);
	size_t n_places = places->n;
	for (size_t i = 0; i < officers->n; i++)
		if (!lots_add(call, places, 0, officers->keys[i]))
			return zhen_fail(call, ZHEN_CONFLICT, "too-many-keys",
			                 "检查对象过多，请按行业分别抽取 (too many: draw by trade)");
	int64_t draw = lots_keep(call, places, township, "inspection", field_text(call, "title"), left_out);
	places->n = n_places;
	lots_draw(call, places, "");
	for (int64_t i = 0; i < wanted; i++) {
		int64_t members[PER_MAX];
		const char *ids;

		lots_draw(call, officers, places->keys[i]);
		for (int64_t k = 0; k < per; k++)
			members[k] = officers->ids[k];
		const char *names = names_of(call, members, (size_t)per, &ids);
		zhen_run(call, "INSERT INTO drawn(draw, township, place, premise, members, officers, patrol) VALUES($1, $2, $3, $4, $5, $6, 0)", draw,
		         township, i + 1, places->ids[i], ids, names);
	}
	return zhen_created(call, draw);
}

zhen_result list_draws(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.handle"))
		put_way(call, "随机抽取", "POST", "/draws");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, township, kind, title, person, at FROM draw WHERE ($1 = '' OR kind = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "kind"));
}

zhen_result show_draw(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT township, kind, title, seed, keys, digest, left_out, person, at FROM draw WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次抽取 (no such draw)");
	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "township", "kind", "title", "seed", "keys", "digest", "left_out", "person", NULL });
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	zhen_open_list(call, "drawn");
	ZHEN_FOR_EACH (call, one,
	               "SELECT d.id, d.place, d.premise, d.officers, d.patrol, p.name FROM drawn d JOIN premise p ON p.id = d.premise WHERE "
	               "d.draw = $1 ORDER BY d.place",
	               id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(one, "id"));
		zhen_put(call, "place", zhen_column_int(one, "place"));
		zhen_put(call, "premise", zhen_column_int(one, "premise"));
		put_texts(call, one, (const char *const[]){ "name", "officers", NULL });
		if (zhen_column_int(one, "patrol") != 0)
			zhen_put(call, "patrol", zhen_column_int(one, "patrol"));
		zhen_journal_put(call, "journal", "drawn_journal", zhen_column_int(one, "id"));
		zhen_open_list(call, "actions");
		if (zhen_column_int(one, "patrol") == 0 && zhen_may(call, "enforcement.handle")) {
			put_way(call, "登记检查", "POST",
			        zhen_format(call, "/drawn/%lld/inspect", (long long)zhen_column_int(one, "id")));
			put_way(call, "回避、更换", "POST",
			        zhen_format(call, "/drawn/%lld/replace", (long long)zhen_column_int(one, "id")));
		}
		zhen_close(call);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

struct drawn {
	int64_t id, premise, members[PER_MAX];
	size_t n;
	const char *township, *seed, *left_out, *name, *address;
};

static zhen_result drawn_load(zhen_call *call, struct drawn *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT d.id, d.premise, d.members, d.patrol, d.township, w.seed, w.left_out, p.name, p.address FROM drawn d JOIN draw w "
	                               "ON w.id = d.draw JOIN premise p ON p.id = d.premise WHERE d.id = $1 AND {{scope d.township}}",
	                               zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个抽取结果 (no such draw)");
	if (zhen_column_int(row, "patrol") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "inspected", "该对象已检查 (inspected already)");
	*out = (struct drawn){ .id = zhen_column_int(row, "id"), .premise = zhen_column_int(row, "premise"),
		               .township = column_or_empty(row, "township"), .seed = column_or_empty(row, "seed"), .left_out = column_or_empty(row, "left_out"),
		               .name = column_or_empty(row, "name"), .address = column_or_empty(row, "address") };
	for (const char *at = column_or_empty(row, "members"); *at != '\0' && out->n < PER_MAX; at += *at == ',') {
		char *end;

		out->members[out->n++] = strtoll(at, &end, 10);
		at = end;
	}
	return township_only(call);
}

/* 行政处罚法 43: who has to stand back is replaced by the next of the same draw, not by whom one likes. */
zhen_result replace_drawn(zhen_call *call)
{
	struct drawn drawn;
	int64_t member = zhen_int(call, "member"), next = 0;
	size_t at = 0;
	zhen_result refused = drawn_load(call, &drawn);

	if (refused != 0)
		return refused;
	while (at < drawn.n && drawn.members[at] != member)
		at++;
	if (at == drawn.n)
		return wrong_field(call, "member", "not-drawn", "抽取的检查人员中没有这一名 (was not drawn for it)");
	struct lots *officers = officers_of(call, drawn.township, drawn.seed, drawn.left_out);
	lots_draw(call, officers, zhen_format(call, "p%lld", (long long)drawn.premise));
	for (size_t i = 0; i < officers->n && next == 0; i++) {
		bool there = zhen_one(call, "SELECT id FROM drawn_journal WHERE matter = $1 AND text LIKE $2", drawn.id,
		                      zhen_format(call, "%lld：%%", (long long)officers->ids[i])) != NULL;

		for (size_t k = 0; k < drawn.n; k++)
			there = there || drawn.members[k] == officers->ids[i];
		next = there ? 0 : officers->ids[i];
	}
	if (next == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "too-few-officers",
		                 "没有其他可以执法的人员 (no other officer may act)");
	drawn.members[at] = next;
	const char *ids, *names = names_of(call, drawn.members, drawn.n, &ids);
	zhen_run(call, "UPDATE drawn SET members = $1, officers = $2 WHERE id = $3", ids, names, drawn.id);
	zhen_journal_add(call, "drawn_journal", drawn.id, "replace",
	                 zhen_format(call, "%lld：%s", (long long)member, field_text(call, "reason")));
	zhen_put(call, "id", drawn.id);
	zhen_put(call, "officers", names);
	return zhen_ok(call);
}

/* An inspection by those who were drawn; what it finds is registered under it like of any other. */
zhen_result inspect_drawn(zhen_call *call)
{
	struct drawn drawn;
	const char *on, *ids;
	zhen_result refused = drawn_load(call, &drawn);

	if (refused == 0)
		refused = past_day(call, "on", &on);
	for (size_t i = 0; refused == 0 && i < drawn.n; i++) {
		const zhen_row *row = zhen_one(call, "SELECT kind, joined_on, left_on FROM member WHERE id = $1", drawn.members[i]);
		struct member one = { .id = drawn.members[i], .kind = column_or_empty(row, "kind"), .joined_on = column_or_empty(row, "joined_on"),
			              .left_on = column_or_empty(row, "left_on") };

		refused = officer_check(call, "id", &one, on);
	}
	if (refused != 0)
		return refused;
	const char *names = names_of(call, drawn.members, drawn.n, &ids);
	int64_t patrol = zhen_insert(call,
	                             "INSERT INTO patrol(township, kind, on_day, place, officers, findings, at) VALUES($1, 'inspection', $2, $3, $4, 0, "
	                             "$5) RETURNING id",
	                             drawn.township, on, zhen_format(call, "%s（%s）", drawn.name, drawn.address),
	                             names, zhen_now(call));
	zhen_run(call, "UPDATE drawn SET patrol = $1 WHERE id = $2", patrol, drawn.id);
	count_month(call, drawn.township, "inspection");
	return zhen_created(call, patrol);
}
