/* SPDX-License-Identifier: Apache-2.0
 * What a file consists of. Not a list kept here: every table of the plugin's own migrations with a row per matter, or per document
 * of one, and all of its columns. A volume has a manifest that says of each table which columns it had and what they came to, so
 * that a column added by a later version changes nothing that was put away before, and a row changed since is named. */
#include "volume.h"

#include <ctype.h>
#include <stdlib.h>

#define MOST_TABLES 128
#define MOST_NAME 64

struct table {
	const char *name, *columns; /* "id, matter, what" */
};

struct tables {
	struct table rows[MOST_TABLES];
	size_t count;
};

/* What vouches for the file itself, what is still to be done, and the record of a delay, which is settled in its own time. */
static const char *const apart[] = { "archive", "archive_volume", "archive_kept", "deadline", "accountability" };

static const struct {
	const char *name, *title;
} titles[] = {
	{ "matter", "基本信息" },      { "matter_step", "办理环节" }, { "opinion", "审核意见" },  { "suspension", "期限扣除" },
	{ "extension", "延长期限" },   { "publicity", "公示" },       { "journal", "经过" },      { "material", "上传的文件" },
	{ "handed", "材料核对" },      { "homestead", "宅基地申请表" }, { "household", "家庭成员" }, { "application", "申请内容" },
	{ "document", "文书" },        { "certificate", "证书编号" }, { "sealing", "用印申请" },  { "seal_use", "用印记录" },
	{ "lacking", "容缺材料" },     { "promise", "告知承诺" },     { "credit", "失信记录" },   { "visit", "到场记录" },
	{ "visit_flag", "超出到场次数" }, { "home_visit", "上门服务" }, { "escort", "陪办记录" },   { "left_open", "当日未办结" },
	{ "acted_for", "AB岗代办" },   { "hearing", "听证" },           { "served", "送达" },          { "rating", "评价" },
	{ "licence", "许可有效期" },   { "renewal", "延续申请" }, { "ending", "撤销、撤回、变更、注销" }, { "superior", "上级机关的决定" },
};

static const char *title_of(const char *name)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(titles[i].name, name) == 0)
			return titles[i].title;
	return name;
}

/* ---- which tables: read from the migrations ---- */

static bool lists(const char *columns, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = strstr(columns, name); at != NULL; at = strstr(at + 1, name))
		if ((at == columns || at[-1] == ' ') && (at[length] == ',' || at[length] == '\0'))
			return true;
	return false;
}

static struct table *find(struct tables *tables, const char *name)
{
	for (size_t i = 0; i < tables->count; i++)
		if (strcmp(tables->rows[i].name, name) == 0)
			return &tables->rows[i];
	return NULL;
}

static void add_column(zhen_call *call, struct table *table, const char *name)
{
	table->columns = zhen_format(call, "%s%s%s", table->columns, table->columns[0] != '\0' ? ", " : "", name);
}

/* "name(column TYPE ..., PRIMARY KEY(a, b)) ..." */
static void create(zhen_call *call, struct tables *tables, const char *sql)
{
	size_t length = strcspn(sql, "(");
	struct table *table = &tables->rows[tables->count];
	int depth = 0;
	bool begins = true; /* of a part between commas */

	if (sql[length] == '\0' || tables->count == MOST_TABLES)
		return;
	*table = (struct table){ .name = zhen_format(call, "%.*s", (int)length, sql), .columns = "" };
	tables->count++;
	for (const char *at = sql + length; *at != '\0' && (depth > 0 || begins); at++) {
		if (*at == '(')
			depth++;
		else if (*at == ')')
			depth--;
		else if (*at == ',' && depth == 1)
			begins = true;
		else if (begins && !isspace((unsigned char)*at)) {
			size_t word = strcspn(at, " (,)");

			if (!isupper((unsigned char)*at)) /* a constraint is written in capitals */
				add_column(call, table, zhen_format(call, "%.*s", (int)word, at));
			begins = false;
		}
	}
}

static void follow(zhen_call *call, struct tables *tables, const char *sql)
{
	char name[MOST_NAME], column[MOST_NAME];
	struct table *table;

	if (strncmp(sql, "CREATE TABLE ", 13) == 0)
		create(call, tables, sql + 13);
	else if (sscanf(sql, "ALTER TABLE %63s ADD COLUMN %63s", name, column) == 2 &&
	         (table = find(tables, name)) != NULL)
		add_column(call, table, column);
	else if (sscanf(sql, "DROP TABLE %63[a-z_]", name) == 1 && (table = find(tables, name)) != NULL)
		*table = (struct table){ .name = "", .columns = "" };
}

static struct tables tables_of(zhen_call *call)
{
	struct tables tables = { .count = 0 };

	for (size_t i = 0; migrations[i].number != 0; i++)
		for (const char *sql = migrations[i].sql; *sql != '\0';) {
			sql += strspn(sql, "; \n\t");
			follow(call, &tables, sql);
			sql += strcspn(sql, ";");
		}
	return tables;
}

/* How a table's rows of a matter are found; NULL = it has none of one. */
static const char *which_rows(const char *name, const char *columns)
{
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (strcmp(name, apart[i]) == 0)
			return NULL;
	if (strcmp(name, "matter") == 0)
		return "id = $1";
	if (lists(columns, "matter"))
		return "matter = $1";
	return lists(columns, "document") ? "document IN (SELECT id FROM document WHERE matter = $1)" : NULL;
}

/* ---- what stands in them ---- */

static char *line_of(const zhen_row *row)
{
	json_auto_t *values = json_array();

	for (uint32_t i = 0; i < row->count; i++) {
		const char *text = zhen_value_text(&row->values[i]);

		json_array_append_new(values, text != NULL ? json_string(text) : json_integer(zhen_value_int(&row->values[i])));
	}
	return json_dumps(values, JSON_COMPACT | JSON_ENSURE_ASCII);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In an order that is no database's own. */
static const char *rows_of(zhen_call *call, int64_t matter, const char *name, const char *columns)
{
	const char *where = which_rows(name, columns);
	const char *counted = zhen_format(call, "SELECT COUNT(*) AS n FROM %s WHERE %s", name, where),
		   *listed = zhen_format(call, "SELECT %s FROM %s WHERE %s", columns, name, where);
	size_t room = (size_t)zhen_column_int(zhen_one(call, counted, matter), "n"), n = 0, length = 0;
	char **lines = (char **)zhen_alloc(call, (room + 1) * sizeof(*lines));

	ZHEN_FOR_EACH (call, row, listed, matter)
		if (n < room && (lines[n] = line_of(row)) != NULL)
			length += strlen(lines[n++]) + 1;
	qsort(lines, n, sizeof(*lines), by_text);
	char *text = (char *)zhen_alloc(call, length + 1), *to = text;
	for (size_t i = 0; i < n; i++) {
		to = stpcpy(stpcpy(to, lines[i]), "\n");
		free(lines[i]);
	}
	*to = '\0';
	return text;
}

/* "#table:columns" before the rows of each: no row begins so. */
static const char *section(zhen_call *call, const char *text, int64_t matter, const char *name, const char *columns)
{
	return zhen_format(call, "%s#%s:%s\n%s", text, name, columns, rows_of(call, matter, name, columns));
}

/* What becomes of a case that was put away is the archive's to say. */
static const char *without_state(zhen_call *call, const char *columns)
{
	const char *at = strstr(columns, ", state,");

	return zhen_format(call, "%.*s%s", (int)(at - columns), columns, at + strlen(", state"));
}

const char *volume_text(zhen_call *call, int64_t matter)
{
	struct tables tables = tables_of(call);
	const char *text = "";

	for (size_t i = 0; i < tables.count; i++) {
		const struct table *one = &tables.rows[i];

		if (one->name[0] != '\0' && which_rows(one->name, one->columns) != NULL)
			text = section(call, text, matter, one->name,
			               strcmp(one->name, "matter") == 0 ? without_state(call, one->columns) : one->columns);
	}
	return text;
}

const char *volume_manifest(zhen_call *call, const char *text)
{
	const char *manifest = "";

	while (*text == '#') {
		const char *rows = strchr(text, '\n'), *end;

		if (rows == NULL)
			break;
		rows++;
		for (end = rows; *end != '\0' && *end != '#'; end += strcspn(end, "\n"), end += *end == '\n')
			;
		manifest = zhen_format(call, "%s%.*s:%s\n", manifest, (int)(rows - 1 - (text + 1)), text + 1,
		                       or_empty(call->host->sm3(call, rows, (size_t)(end - rows))));
		text = end;
	}
	return manifest;
}

/* Whether the plugin still has the table with these columns. */
static bool is_there(struct tables *tables, char *name, char *columns)
{
	const struct table *table = find(tables, name);
	char *at = NULL;

	if (table == NULL)
		return false;
	for (char *one = strtok_r(columns, ", ", &at); one != NULL; one = strtok_r(NULL, ", ", &at))
		if (!lists(table->columns, one))
			return false;
	return true;
}

/* Never to be changed: archives of before are digests of just this. */
static const char *const whole[] = {
	("SELECT number, item, item_code, item_name, township, village, window_body, channel, point, applicant, id_card, phone, round, "
	"filed_at, materials_at, told_once, accepted_at, deemed, contact, budget_days, extension_days, consumed_days, overdue_at, "
	"stopped_at, decided_at, visits, places, over_visits FROM matter WHERE id = $1"),
	"SELECT seq, code, body, state, started_at, done_at, person, opinion FROM matter_step WHERE matter = $1 ORDER BY seq",
	("SELECT id, round, step, decision, opinion, person, account, body, checker, second_checker, checked_on, at FROM opinion "
	"WHERE matter = $1 ORDER BY id"),
	"SELECT id, reason, basis, note, expected_days, from_at, to_at FROM suspension WHERE matter = $1 ORDER BY id",
	"SELECT days, reason, approver, at FROM extension WHERE matter = $1",
	"SELECT kind, number, dated_on, state, digest, signature FROM document WHERE matter = $1 ORDER BY id",
	"SELECT title, digest, at FROM material WHERE matter = $1 ORDER BY id",
	"SELECT seq, how, copies, note, person, at FROM handed WHERE matter = $1 ORDER BY seq",
	"SELECT material, due_on, supplied_at, lapsed_at FROM lacking WHERE matter = $1 ORDER BY id",
	"SELECT material, content, result, checker, checked_at FROM promise WHERE matter = $1 ORDER BY id",
	"SELECT grade, text, at, contacted_at, mended_at, mended FROM rating WHERE matter = $1",
	"SELECT what, text, person, body, at FROM journal WHERE matter = $1 AND what <> 'archived' ORDER BY id",
};

const char *volume_text_whole(zhen_call *call, int64_t matter)
{
	const char *text = "";

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		ZHEN_FOR_EACH (call, row, whole[i], matter) {
			char *line = line_of(row);

			text = zhen_format(call, "%s%s\n", text, or_empty(line));
			free(line);
		}
	return text;
}

const char *volume_text_as(zhen_call *call, int64_t matter, const char *manifest)
{
	struct tables tables = tables_of(call);
	const char *text = manifest[0] == '\0' ? volume_text_whole(call, matter) : "";

	for (const char *line = manifest; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t name = strcspn(line, ":\n"), columns = strcspn(line + name + 1, ":\n");
		char *table = zhen_format(call, "%.*s", (int)name, line),
		     *list = zhen_format(call, "%.*s", (int)columns, line + name + 1);

		if (is_there(&tables, table, zhen_format(call, "%s", list)))
			text = section(call, text, matter, table, list);
	}
	return text;
}

const char *volume_changed(zhen_call *call, int64_t matter, const char *manifest, const char *kept)
{
	const char *now = volume_manifest(call, kept != NULL ? kept : volume_text_as(call, matter, manifest)), *names = "";

	for (const char *line = manifest; *line != '\0'; line += strcspn(line, "\n") + 1) {
		int length = (int)strcspn(line, "\n");
		const char *same = strstr(now, zhen_format(call, "%.*s\n", length, line));

		if (same == NULL || (same != now && same[-1] != '\n'))
			names = zhen_format(call, "%s%s%s", names, names[0] != '\0' ? "、" : "",
			                    title_of(zhen_format(call, "%.*s", (int)strcspn(line, ":"), line)));
	}
	return names;
}
