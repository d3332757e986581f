/* SPDX-License-Identifier: Apache-2.0 */
#include "situation.h"
#include "tables.h"

#define JOURNAL "situation_journal"
#define COLUMNS "division, topic, situation, responsible, assisting, basis, keywords, code, phone"

const char situations_sql[] = "ALTER TABLE situation ADD COLUMN keywords TEXT NOT NULL DEFAULT '';"
			      "CREATE INDEX situation_division ON situation(division, id)";

/* What was taken back stays, and does not stand in the way of the same said anew. Of each account the last file it asked for. */
const char situations_kept_sql[] =
	"ALTER TABLE situation ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0;"
	"DROP INDEX situation_key;"
	"CREATE UNIQUE INDEX situation_standing ON situation(topic, situation, division) WHERE removed_at = 0;"
	ZHEN_JOURNAL_SQL_AS(JOURNAL) ";"
	"CREATE TABLE export(id {{id}}, account TEXT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX export_account ON export(account)";

static const struct {
	const char *name, *title;
} columns[N_SITUATION] = {
	[SITUATION_DIVISION] = { "division", "适用辖区" }, [SITUATION_TOPIC] = { "topic", "事由" },
	[SITUATION_SITUATION] = { "situation", "情形" }, [SITUATION_RESPONSIBLE] = { "responsible", "责任单位" },
	[SITUATION_ASSISTING] = { "assisting", "配合单位" }, [SITUATION_BASIS] = { "basis", "依据" },
	[SITUATION_KEYWORDS] = { "keywords", "关键词" }, [SITUATION_CODE] = { "code", "事项编码" },
	[SITUATION_PHONE] = { "phone", "电话" },
};

const zhen_row *situation_named(zhen_call *call, const char *division, const char *topic, const char *situation)
{
	return zhen_one(call,
	                "SELECT id, removed_at, " COLUMNS " FROM situation WHERE topic = $1 AND situation = $2 AND division = $3 AND "
	                "removed_at = 0",
	                topic, situation, division);
}

/* "责任单位：执法队→城管局；电话：无→0878-1"; "" = nothing differs. */
static const char *differences(zhen_call *call, const zhen_row *row, const struct situation *one)
{
	const char *text = "";

	for (size_t i = 0; i < N_SITUATION; i++) {
		const char *before = column_or_empty(row, columns[i].name), *after = one->texts[i];

		if (strcmp(before, after) != 0)
			text = zhen_format(call, "%s%s%s：%s→%s", text, text[0] != '\0' ? "；" : "", columns[i].title,
			                   before[0] != '\0' ? before : "无", after[0] != '\0' ? after : "无");
	}
	return text;
}

enum situation_kept situation_store(zhen_call *call, const zhen_row *row, const struct situation *one, int64_t *out_id)
{
	const char *const *t = one->texts, *changed = row != NULL ? differences(call, row, one) : "";

	*out_id = count_of(row, "id");
	if (row != NULL && changed[0] == '\0')
		return SITUATION_SAME;
	if (row == NULL)
		*out_id = zhen_insert(call,
		                      "INSERT INTO situation(division, topic, situation, responsible, assisting, basis, keywords, code, "
		                      "phone, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
		                      t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], zhen_now(call));
	else
		zhen_run(call,
		         "UPDATE situation SET division = $1, topic = $2, situation = $3, responsible = $4, assisting = $5, "
		         "basis = $6, keywords = $7, code = $8, phone = $9, at = $10 WHERE id = $11",
		         t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], zhen_now(call), *out_id);
	zhen_journal_add(call, JOURNAL, *out_id, row == NULL ? "add" : "change",
	                 row == NULL ? t[SITUATION_RESPONSIBLE] : changed);
	return row == NULL ? SITUATION_ADDED : SITUATION_CHANGED;
}

/* What the form says; 0, or the refusal. */
static zhen_result asked(zhen_call *call, struct situation *out)
{
	for (size_t i = 0; i < N_SITUATION; i++)
		out->texts[i] = field_text(call, columns[i].name);
	out->texts[SITUATION_CODE] = code_of(call, out->texts[SITUATION_CODE]);
	call->host->subject(call,
	                    zhen_format(call, "%s：%s", out->texts[SITUATION_TOPIC], out->texts[SITUATION_SITUATION]));
	return refuse(call, code_known_check(call, out->texts[SITUATION_CODE]));
}

zhen_result set_situation(zhen_call *call)
{
	struct situation one;
	zhen_result refused = asked(call, &one);
	int64_t id;

	if (refused != 0)
		return refused;
	situation_store(call,
	                situation_named(call, one.texts[SITUATION_DIVISION], one.texts[SITUATION_TOPIC],
	                                one.texts[SITUATION_SITUATION]),
	                &one, &id);
	return zhen_created(call, id);
}

static const zhen_row *situation_of(zhen_call *call)
{
	return zhen_one(call, "SELECT id, removed_at, " COLUMNS " FROM situation WHERE id = $1", zhen_int(call, "id"));
}

/* One that stands and is the caller's to mend. */
static zhen_result situation_for(zhen_call *call, const zhen_row **out)
{
	*out = situation_of(call);
	if (*out == NULL || !zhen_within_caller(call, column_or_empty(*out, "division")))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这种情形，或不在您的辖区 (no such situation)");
	call->host->subject(
		call, zhen_format(call, "%s：%s", column_or_empty(*out, "topic"), column_or_empty(*out, "situation")));
	if (count_of(*out, "removed_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "situation-removed",
		                 "这种情形已经删除，可以重新登记 (it was removed)");
	return 0;
}

zhen_result change_situation(zhen_call *call)
{
	const zhen_row *row, *other;
	struct situation one;
	int64_t id;
	zhen_result refused = situation_for(call, &row);

	if (refused == 0)
		refused = asked(call, &one);
	if (refused != 0)
		return refused;
	other = situation_named(call, one.texts[SITUATION_DIVISION], one.texts[SITUATION_TOPIC],
	                        one.texts[SITUATION_SITUATION]);
	if (other != NULL && count_of(other, "id") != count_of(row, "id"))
		return zhen_fail(call, ZHEN_CONFLICT, "situation-exists",
		                 "“%s”的“%s”已另有一条，请改那一条 (another row says who handles it)",
		                 one.texts[SITUATION_TOPIC], one.texts[SITUATION_SITUATION]);
	situation_store(call, row, &one, &id);
	zhen_put(call, "id", id);
	zhen_put(call, "state", "listed");
	return zhen_ok(call);
}

zhen_result remove_situation(zhen_call *call)
{
	const zhen_row *row;
	zhen_result refused = situation_for(call, &row);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE situation SET removed_at = $1 WHERE id = $2", zhen_now(call), count_of(row, "id"));
	zhen_journal_add(call, JOURNAL, count_of(row, "id"), "remove", field_text(call, "reason"));
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", "removed");
	return zhen_ok(call);
}

static const char *item_name(zhen_call *call, const char *code)
{
	return column_or_empty(zhen_one(call, "SELECT name FROM code WHERE code = $1", code), "name");
}

/* To the form @path, with what stands there. */
static void put_filled(zhen_call *call, const char *title, const char *path, const zhen_row *row)
{
	const char *fields[2 * N_SITUATION + 1] = { NULL };
	size_t n = 0;

	for (size_t i = 0; i < N_SITUATION; i++) {
		const char *text = column_or_empty(row, columns[i].name);

		if (text[0] == '\0')
			continue;
		fields[n++] = columns[i].name;
		fields[n++] = i == SITUATION_CODE ? zhen_format(call, "%s %s", text, item_name(call, text)) : text;
	}
	put_form(call, title, path, fields);
}

/* For who may: a new one is begun where its item is chosen by its name. */
static void put_table_acts(zhen_call *call)
{
	if (!zhen_may(call, "duties.publish"))
		return;
	zhen_open_list(call, "actions");
	put_way(call, "登记一种情形", "/situations/new");
	put_form(call, "导入职责分工表", "/situations/import", NULL);
	put_form(call, "导出职责分工表", "/situations/export", NULL);
	put_way(call, "已删除的情形", "/situations/removed");
	zhen_close(call);
}

zhen_result list_situations(zhen_call *call)
{
	put_table_acts(call);
	return zhen_page(call,
	                 "SELECT s.id, s.topic, s.situation, s.responsible, s.assisting, s.basis, s.code, COALESCE(c.name, '') AS item, "
	                 "s.phone, s.division FROM situation s LEFT JOIN code c ON c.code = s.code WHERE ($1 = '' OR s.topic = $1) AND "
	                 "($2 = '' OR s.division = $2) AND s.removed_at = 0 {{page s.id}}",
	                 field_text(call, "topic"), field_text(call, "division"));
}

/* With who took it back, when and why: of the caller's place, of what lies below it, and of what it goes by from above. */
zhen_result list_removed(zhen_call *call)
{
	const char *own = zhen_get_caller(call)->division, *line[6];

	line_up(call, own, line);
	return zhen_page(call,
	                 "SELECT s.id, s.topic, s.situation, s.responsible, j.text AS reason, j.person, s.removed_at, s.division, "
	                 "'/p/duties/situations/' || CAST(s.id AS TEXT) AS href FROM situation s JOIN situation_journal j ON "
	                 "j.matter = s.id AND j.what = 'remove' WHERE s.removed_at > 0 AND (s.division BETWEEN $1 AND $2 OR s.division "
	                 "IN ($3, $4, $5)) {{page s.id DESC}}",
	                 own, own[0] != '\0' ? last_below(call, own) : "", line[1], line[2], line[3]);
}

/* Mended or taken back, said anew when it was taken back. */
static void put_acts(zhen_call *call, const zhen_row *row, bool removed)
{
	const char *base = zhen_format(call, "/situations/%lld", (long long)count_of(row, "id"));

	zhen_open_list(call, "actions");
	if (removed) {
		put_filled(call, "重新登记", "/situations", row);
	} else {
		put_filled(call, "修改", zhen_format(call, "%s/change", base), row);
		put_form(call, "删除", zhen_format(call, "%s/remove", base), NULL);
	}
	zhen_close(call);
}

zhen_result show_situation(zhen_call *call)
{
	const zhen_row *row = situation_of(call);
	const char *division = column_or_empty(row, "division");
	bool removed = count_of(row, "removed_at") != 0,
	     all = zhen_may(call, "duties.read") && concerns_caller(call, division);

	if (row == NULL || (removed && !all))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这种情形 (no such situation)");
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", removed ? "removed" : "listed");
	for (size_t i = 0; i < N_SITUATION; i++)
		zhen_put(call, columns[i].name, column_or_empty(row, columns[i].name));
	zhen_put(call, "item", item_name(call, column_or_empty(row, "code")));
	if (all)
		zhen_journal_put(call, "journal", JOURNAL, count_of(row, "id"));
	if (zhen_may(call, "duties.publish") && zhen_within_caller(call, division))
		put_acts(call, row, removed);
	return zhen_ok(call);
}
