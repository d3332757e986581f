/* SPDX-License-Identifier: Apache-2.0
 * Everything a tree is made of lives in one arena. Rows are read first and linked afterwards, because a parent may
 * stand in a later file. */
#include "base/divisions.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/error.h"

#define CODE_LENGTH 12
#define COLUMNS_MOST 7

static const char *const columns[COLUMNS_MOST] = {
	"code", "name", "level", "parent", "valid_from", "valid_to", "successor",
};
enum { COLUMN_CODE, COLUMN_NAME, COLUMN_LEVEL, COLUMN_PARENT, COLUMNS_LEAST };

static const char *const level_names[] = {
	[LEVEL_NONE] = "none",     [LEVEL_PROVINCE] = "province", [LEVEL_PREFECTURE] = "prefecture",
	[LEVEL_COUNTY] = "county", [LEVEL_TOWNSHIP] = "township", [LEVEL_VILLAGE] = "village",
};

typedef struct Row {
	Division *division;
	char parent[CODE_LENGTH + 1]; /* "" at the top */
	const char *path;             /* borrowed, while loading */
	guint line;
} Row;

struct Divisions {
	Arena *arena;
	GHashTable *by_code; /* code in the Division → Division, both in the arena */
	guint counts[G_N_ELEMENTS(level_names)];
	const Division **all; /* by code */
	guint n_all;
};

typedef struct Load {
	Divisions *divisions;
	GArray *rows;        /* of Row */
	GHashTable *indexes; /* code → index + 1 in rows */
	const char *path;
	guint line;
	guint n_columns;
} Load;

static gboolean throw_here(const Load *load, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean throw_here(const Load *load, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	return throw_error(error, ERROR_INVALID, "%s:%u: %s", load->path, load->line, what);
}

/* Takes the quotes off the value at *@at in place and leaves *@at after its comma or at the end. FALSE: bad quotes. */
static gboolean cut_value(char **at, char **out)
{
	char *from = *at;
	char *to = *at;

	*out = to;
	if (*from != '"') {
		*at = from + strcspn(from, ",\"");
		if (**at == '"')
			return FALSE;
	} else {
		for (from++; *from != '\0' && (*from != '"' || from[1] == '"'); from++) {
			*to++ = *from;
			if (*from == '"')
				from++;
		}
		if (*from != '"' || (from[1] != ',' && from[1] != '\0'))
			return FALSE;
		*at = from + 1;
	}

	char *end = from == to ? *at : to;

	if (**at == ',')
		(*at)++;
	else
		*at = NULL;
	*end = '\0';
	return TRUE;
}

/* Cuts @line into @values in place; returns how many, 0 = @error set. */
static guint cut_line(const Load *load, char *line, char *values[COLUMNS_MOST], GError **error)
{
	guint count = 0;

	for (char *at = line; at != NULL; count++) {
		if (count == COLUMNS_MOST) {
			throw_here(load, error, "超过 %d 列 (more than %d columns)", COLUMNS_MOST, COLUMNS_MOST);
			return 0;
		}
		if (!cut_value(&at, &values[count])) {
			throw_here(load, error, "第 %u 列的引号有误 (bad quotes in column %u)", count + 1, count + 1);
			return 0;
		}
	}
	return count;
}

static gboolean code_valid(const char *code)
{
	return strlen(code) == CODE_LENGTH && strspn(code, "0123456789") == CODE_LENGTH;
}

static DivisionLevel level_of(const char *name)
{
	for (guint i = LEVEL_PROVINCE; i < G_N_ELEMENTS(level_names); i++) {
		if (strcmp(level_names[i], name) == 0)
			return (DivisionLevel)i;
	}
	return LEVEL_NONE;
}

static gboolean read_header(Load *load, char *line, GError **error)
{
	char *values[COLUMNS_MOST];
	guint count = cut_line(load, line, values, error);

	if (count == 0)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		if (strcmp(values[i], columns[i]) != 0)
			return throw_here(load, error, "第 %u 列是 '%s'，应为 '%s' (column %u is '%s', expected '%s')",
			                  i + 1, values[i], columns[i], i + 1, values[i], columns[i]);
	}
	if (count < COLUMNS_LEAST)
		return throw_here(load, error,
		                  "表头应为 code,name,level,parent (the header must be code,name,level,parent)");
	load->n_columns = count;
	return TRUE;
}

/* A row that is there already: the same again is no harm, as several files name the same province. */
static gboolean check_again(const Load *load, const Row *row, char *const values[], DivisionLevel level, GError **error)
{
	if (strcmp(row->division->name, values[COLUMN_NAME]) == 0 && row->division->level == level &&
	    strcmp(row->parent, values[COLUMN_PARENT]) == 0)
		return TRUE;
	return throw_here(load, error, "%s 已在 %s:%u，内容不同 (%s is already at %s:%u with other values)",
	                  values[COLUMN_CODE], row->path, row->line, values[COLUMN_CODE], row->path, row->line);
}

static gboolean add_row(Load *load, char *const values[], GError **error)
{
	const char *code = values[COLUMN_CODE];
	DivisionLevel level = level_of(values[COLUMN_LEVEL]);

	if (!code_valid(code))
		return throw_here(load, error, "'%s' 不是 %d 位区划代码 ('%s' is not a code of %d digits)", code, CODE_LENGTH,
		                  code, CODE_LENGTH);
	if (values[COLUMN_NAME][0] == '\0')
		return throw_here(load, error, "%s 没有名称 (%s has no name)", code, code);
	if (level == LEVEL_NONE)
		return throw_here(load, error, "没有 '%s' 这一级 (unknown level '%s')", values[COLUMN_LEVEL],
		                  values[COLUMN_LEVEL]);
	if (values[COLUMN_PARENT][0] != '\0' && !code_valid(values[COLUMN_PARENT]))
		return throw_here(load, error, "上级 '%s' 不是 %d 位区划代码 (parent '%s' is not a code of %d digits)",
		                  values[COLUMN_PARENT], CODE_LENGTH, values[COLUMN_PARENT], CODE_LENGTH);

	gpointer index = g_hash_table_lookup(load->indexes, code);

	if (index != NULL)
		return check_again(load, &g_array_index(load->rows, Row, GPOINTER_TO_UINT(index) - 1), values, level,
		                   error);

	Row row = { .path = load->path, .line = load->line };
	Arena *arena = load->divisions->arena;

	row.division = arena_alloc0(arena, sizeof *row.division);
	row.division->level = level;
	row.division->name = arena_strdup(arena, values[COLUMN_NAME]);
	g_strlcpy(row.division->code, code, sizeof row.division->code);
	g_strlcpy(row.parent, values[COLUMN_PARENT], sizeof row.parent);
	g_array_append_val(load->rows, row);
	g_hash_table_insert(load->indexes, row.division->code, GUINT_TO_POINTER(load->rows->len));
	return TRUE;
}

static gboolean read_line(Load *load, char *line, GError **error)
{
	char *values[COLUMNS_MOST];

	if (!g_utf8_validate(line, -1, NULL))
		return throw_here(load, error, "不是 UTF-8 文本 (not UTF-8)");
	if (load->n_columns == 0)
		return read_header(load, line, error);

	guint count = cut_line(load, line, values, error);

	if (count == 0)
		return FALSE;
	if (count != load->n_columns)
		return throw_here(load, error, "有 %u 列，表头有 %u 列 (%u columns, the header has %u)", count,
		                  load->n_columns, count, load->n_columns);
	return add_row(load, values, error);
}

/* FALSE: there is nothing to be read. */
static gboolean read_file(Load *load, const char *path, Faults *faults)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &cause))
		return faults_add(faults, ERROR_IO, "%s", cause->message);
	load->path = path;
	load->line = 1;
	load->n_columns = 0;
	if (strlen(text) != length)
		return faults_add(faults, ERROR_INVALID, "%s: 有 NUL 字节，不是 CSV 文件 (a NUL byte, not a CSV file)",
		                  path);

	char *line = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;

	for (char *next; line != NULL; line = next, load->line++) {
		gsize end = strcspn(line, "\n");
		GError *error = NULL;

		next = line[end] == '\n' ? line + end + 1 : NULL;
		if (end > 0 && line[end - 1] == '\r')
			end--;
		line[end] = '\0';
		if (line[0] == '\0' || read_line(load, line, &error))
			continue;
		faults_take(faults, error);
		if (load->n_columns == 0)
			return FALSE; /* the lines below mean nothing without it */
	}
	return load->n_columns > 0 || faults_add(faults, ERROR_INVALID, "%s: 没有表头 (no header)", path);
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	return strcmp(((const Row *)a)->division->code, ((const Row *)b)->division->code);
}

static gboolean link_parent(Load *load, const Row *row, GError **error)
{
	Division *division = row->division;
	Division *parent = g_hash_table_lookup(load->divisions->by_code, row->parent);

	if (parent == NULL)
		return throw_here(load, error, "%s: 各文件中都没有它的上级 %s (the parent %s is in no file)",
		                  division->code, row->parent, row->parent);
	/* Levels may be skipped (a city without counties), never turned round; so there is no circle either. */
	if (parent->level >= division->level)
		return throw_here(load, error,
		                  "%s 是 %s 级，不能在 %s 级的 %s 之下 (%s is a %s and cannot be under %s, a %s)",
		                  division->code, level_names[division->level], level_names[parent->level],
		                  parent->code, division->code, level_names[division->level], parent->code,
		                  level_names[parent->level]);
	division->parent = parent;
	parent->n_children++;
	return TRUE;
}

/* Hangs every row under its parent and counts what each will hold. */
static void link_parents(Load *load, Faults *faults)
{
	for (guint i = 0; i < load->rows->len; i++) {
		Row *row = &g_array_index(load->rows, Row, i);
		GError *error = NULL;

		load->path = row->path;
		load->line = row->line;
		load->divisions->counts[row->division->level]++;
		if (row->parent[0] != '\0' && !link_parent(load, row, &error))
			faults_take(faults, error);
	}
}

/* Rows come by code, so both lists of every division are by code. */
static void fill_lists(Load *load)
{
	Arena *arena = load->divisions->arena;

	for (guint i = 0; i < load->rows->len; i++) {
		Division *division = g_array_index(load->rows, Row, i).division;

		for (Division *at = division; division->level == LEVEL_TOWNSHIP && at != NULL;
		     at = (Division *)at->parent)
			at->n_townships++;
	}
	for (guint i = 0; i < load->rows->len; i++) {
		Division *division = g_array_index(load->rows, Row, i).division;

		division->children = arena_alloc(arena, division->n_children * sizeof *division->children);
		division->townships = arena_alloc(arena, division->n_townships * sizeof *division->townships);
		division->n_children = division->n_townships = 0;
	}
	for (guint i = 0; i < load->rows->len; i++) {
		Division *division = g_array_index(load->rows, Row, i).division;
		Division *parent = (Division *)division->parent;

		if (parent != NULL)
			parent->children[parent->n_children++] = division;
		for (Division *at = division; division->level == LEVEL_TOWNSHIP && at != NULL;
		     at = (Division *)at->parent)
			at->townships[at->n_townships++] = division;
	}
}

static void link_rows(Load *load, Faults *faults)
{
	Divisions *divisions = load->divisions;

	g_array_sort(load->rows, compare_rows);
	divisions->n_all = load->rows->len;
	divisions->all = arena_alloc(divisions->arena, divisions->n_all * sizeof *divisions->all);
	for (guint i = 0; i < load->rows->len; i++) {
		Division *division = g_array_index(load->rows, Row, i).division;

		divisions->all[i] = division;
		g_hash_table_insert(load->divisions->by_code, division->code, division);
	}
	link_parents(load, faults);
	fill_lists(load);
}

Divisions *divisions_load_all(const char *const *paths, Faults *faults)
{
	g_autoptr(Divisions) divisions = g_new0(Divisions, 1);
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
	g_autoptr(GHashTable) indexes = g_hash_table_new(g_str_hash, g_str_equal);
	Load load = { .divisions = divisions, .rows = rows, .indexes = indexes };
	gboolean readable = TRUE;

	divisions->arena = arena_new();
	divisions->by_code = g_hash_table_new(g_str_hash, g_str_equal);
	for (gsize i = 0; paths[i] != NULL; i++)
		readable &= read_file(&load, paths[i], faults);
	if (!readable)
		return NULL;
	link_rows(&load, faults);
	return g_steal_pointer(&divisions);
}

Divisions *divisions_load(const char *const *paths, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Divisions) divisions = divisions_load_all(paths, faults);

	return faults_none(faults, error) ? g_steal_pointer(&divisions) : NULL;
}

void divisions_free(Divisions *divisions)
{
	if (divisions == NULL)
		return;
	g_clear_pointer(&divisions->by_code, g_hash_table_unref);
	g_clear_pointer(&divisions->arena, arena_free);
	g_free(divisions);
}

const Division *divisions_find(const Divisions *divisions, const char *code)
{
	return code != NULL ? g_hash_table_lookup(divisions->by_code, code) : NULL;
}

static char *whole_code(const char *code)
{
	const gsize length = strlen(code);

	return length == 2 || length == 4 || length == 6 || length == 9 ? g_strdup_printf("%s%0*d", code, (int)(12 - length), 0) :
	                                                                  g_strdup(code);
}

const Division *divisions_find_short(const Divisions *divisions, const char *code)
{
	g_autofree char *whole = whole_code(code);

	return divisions_find(divisions, whole);
}

const Division *divisions_nearest(const Divisions *divisions, const char *code)
{
	g_autofree const char **codes = g_new0(const char *, divisions->n_all + 1);
	g_autofree char *whole = whole_code(code);

	for (guint i = 0; i < divisions->n_all; i++)
		codes[i] = divisions->all[i]->code;
	return divisions_find(divisions, conf_nearest(whole, codes));
}

const Division *division_at(const Division *division, DivisionLevel level)
{
	while (division != NULL && division->level > level)
		division = division->parent;
	return division != NULL && division->level == level ? division : NULL;
}

gboolean division_covers(const Division *above, const Division *below)
{
	/* Levels grow downwards, so there is nothing to find above the level of @above. */
	while (below != NULL && below != above && below->level > above->level)
		below = below->parent;
	return below == above;
}

guint divisions_count(const Divisions *divisions, DivisionLevel level)
{
	return (guint)level < G_N_ELEMENTS(divisions->counts) ? divisions->counts[level] : 0;
}

const Division *const *divisions_all(const Divisions *divisions, guint *out_count)
{
	*out_count = divisions->n_all;
	return divisions->all;
}

const char *division_level_name(DivisionLevel level)
{
	return (guint)level < G_N_ELEMENTS(level_names) ? level_names[level] : "none";
}

const char *division_level_title(DivisionLevel level)
{
	static const char *const titles[] = { "无", "省级", "地级", "县级", "乡级", "村级" };

	return (guint)level < G_N_ELEMENTS(titles) ? titles[level] : titles[0];
}
