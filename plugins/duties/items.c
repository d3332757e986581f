/* SPDX-License-Identifier: Apache-2.0
 * A county's file as items: its head is looked for, its words are made into ours, its subtotals are held to. */
#include "items.h"

#include "sheet.h"

#include <stddef.h>

#define HEAD_ROWS 10 /* titles above the head */

enum column {
	COLUMN_CODE, COLUMN_NAME, COLUMN_LEVEL, COLUMN_TYPE, COLUMN_ORIGIN, COLUMN_PLACE, COLUMN_CATEGORY, COLUMN_BASIS,
	COLUMN_LEAD, COLUMN_DUTY, COLUMN_COUNTY_DUTY, COLUMN_RESPONSIBLE, COLUMN_UPPER, COLUMN_POWER,
	COLUMN_BATCH, N_COLUMNS
};

/* What a column is called in files, our own word first; and what its words mean ("stored=word,word|…", NULL = as it
 * is). */
static const struct {
	const char *names, *words;
	size_t offset; /* of the text in struct item */
} columns[N_COLUMNS] = {
#define TEXT(member) offsetof(struct item, member)
	[COLUMN_CODE] = { "编码|事项编码|职权编码|代码|事项代码", NULL, TEXT(code) },
	[COLUMN_NAME] = { "名称|事项名称|职权名称|职责事项|履职事项|事项", NULL, TEXT(name) },
	[COLUMN_LEVEL] = { "层级|来源层级|设定层级|来源", "national=国家,国家级,法律,行政法规,中央|province=省,省级|"
		"prefecture=州,市,州级,市级,州（市）,州(市)|county=县,县级,县（市）,县(市),县（市、区）|local=本级,乡镇,乡级,街道", TEXT(level) },
	[COLUMN_TYPE] = { "类型|清单类型|事项类型", "power=权责,行政职权,权力,责任|service=公共服务,服务", TEXT(type) },
	[COLUMN_ORIGIN] = { "选取|选取方式|共性可选", "common=共性,必选|optional=可选,自选,选取", TEXT(origin) },
	[COLUMN_PLACE] = { "清单|所属清单", "basic=基本,基本权责,基本履职|assist=配合,配合权责,配合履职|"
		"withdrawn=收回,收回上级部门,上级部门收回", TEXT(place) },
	[COLUMN_CATEGORY] = { "类别|职责类别|分类|领域", NULL, TEXT(category) },
	[COLUMN_BASIS] = { "依据|法律依据|设定依据|实施依据", NULL, TEXT(basis) },
	[COLUMN_LEAD] = { "牵头部门|上级部门|承接部门|赋权部门", NULL, TEXT(lead) },
	[COLUMN_DUTY] = { "配合职责|乡镇职责|乡镇配合职责", NULL, TEXT(duty) },
	[COLUMN_COUNTY_DUTY] = { "县级职责|部门职责|上级部门职责", NULL, TEXT(county_duty) },
	[COLUMN_RESPONSIBLE] = { "责任主体|责任层级", "township=乡镇,街道,村（社区）,乡镇（街道）|county=县级部门,县级,部门|joint=县乡共同,共同",
		TEXT(responsible) },
	[COLUMN_UPPER] = { "上级事项|对应上级事项|对应街道事项", NULL, TEXT(upper) },
	[COLUMN_POWER] = { "权力类型|职权类型|行政权力类型|职权类别|权力类别", "license=行政许可,许可|penalty=行政处罚,处罚|"
		"coercion=行政强制,强制,行政强制措施,行政强制执行|levy=行政征收、征用,行政征收,行政征用,行政征集|payment=行政给付,给付|"
		"inspection=行政检查,检查,行政监督检查|confirmation=行政确认|reward=行政奖励|ruling=行政裁决|filing=行政备案|"
		"other=其他行政权力,其他权力,其他职权,行政指导,行政调解,行政审核|none=不是行政权力,公共服务", TEXT(power) },
	[COLUMN_BATCH] = { "批次", NULL, 0 },
#undef TEXT
};

struct reading {
	zhen_call *call;
	const struct items_options *options;
	zhen_csv csv;
	struct items *out;
	const zhen_csv_row *head;
	int at[N_COLUMNS], answers[N_CRITERIA]; /* of the file's columns, -1 = none */
	int64_t national, province, prefecture, county, common, optional, basic, assist, withdrawn; /* since the last subtotal */
	size_t before; /* rows at the last subtotal */
};

/* What the file calls the column; what we do where it has none. */
static const char *column_name(const struct reading *r, enum column column)
{
	if (r->at[column] >= 0)
		return r->head->cells[r->at[column]];
	return zhen_format(r->call, "%.*s", (int)strcspn(columns[column].names, "|"), columns[column].names);
}

static void fault(struct reading *r, int64_t line, enum column column, const char *code, const char *text)
{
	zhen_csv_fault(&r->out->faults, line, column_name(r, column), code, text);
}

/* The head's words have blanks, breaks and remarks in brackets in them. */
static bool is_named(const char *names, const char *cell)
{
	char word[128];
	size_t used = 0;

	for (const char *p = cell; *p != '\0' && used < sizeof(word) - 1; p++) {
		if (strncmp(p, "（", 3) == 0 || *p == '(')
			break;
		if (*p != ' ' && *p != '*')
			word[used++] = *p;
	}
	word[used] = '\0';
	return one_of(names, word);
}

static bool read_head(struct reading *r, const zhen_csv_row *row)
{
	r->head = row;
	for (int c = 0; c < N_COLUMNS; c++)
		r->at[c] = -1;
	for (int c = 0; c < N_CRITERIA; c++)
		r->answers[c] = -1;
	for (size_t i = 0; i < row->count; i++) {
		for (int c = 0; c < N_CRITERIA; c++)
			if (is_named(criteria[c].title, row->cells[i]))
				r->answers[c] = (int)i;
		for (int c = 0; c < N_COLUMNS; c++) {
			if (!is_named(columns[c].names, row->cells[i]))
				continue;
			if (r->at[c] >= 0)
				zhen_csv_fault(&r->out->faults, row->line, row->cells[i], "column-twice",
				               "同一列出现两次");
			else
				r->at[c] = (int)i;
			break;
		}
	}
	return r->at[COLUMN_CODE] >= 0 && r->at[COLUMN_NAME] >= 0;
}

static const char *cell_at(const zhen_csv_row *row, int at)
{
	return at >= 0 && (size_t)at < row->count ? row->cells[at] : "";
}

/* "stored=word,word|…": what is stored for a word, NULL = none has it. */
static const char *stored_word(zhen_call *call, const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = words; p != NULL; p = strchr(p, '|'), p += p != NULL) {
		size_t name = strcspn(p, "="), end = strcspn(p, "|");

		if (name == length && strncmp(p, word, length) == 0)
			return word;
		for (size_t i = name + 1; i < end;) {
			size_t one = strcspn(p + i, ",|");

			if (one == length && strncmp(p + i, word, length) == 0)
				return zhen_format(call, "%.*s", (int)name, p);
			i += one + 1;
		}
	}
	return NULL;
}

static const char *offered(zhen_call *call, const char *words)
{
	char *text = (char *)zhen_alloc(call, strlen(words) * 2 + 16), *to = text;

	for (const char *p = words; p != NULL; p = strchr(p, '|'), p += p != NULL) {
		const char *word = p + strcspn(p, "=") + 1;

		to += sprintf(to, "%s%.*s", to == text ? "" : "、", (int)strcspn(word, ",|"), word);
	}
	return text;
}

static void read_texts(struct reading *r, const zhen_csv_row *row, struct item *item)
{
	for (int c = 0; c < N_COLUMNS; c++) {
		const char *cell = cell_at(row, r->at[c]), *text = cell;

		if (c == COLUMN_BATCH)
			continue;
		if (c == COLUMN_CODE || c == COLUMN_UPPER)
			text = zhen_csv_plain(r->call, cell);
		if (columns[c].words != NULL && cell[0] != '\0') {
			text = stored_word(r->call, columns[c].words, cell);
			if (text == NULL) {
				fault(r, row->line, (enum column)c, "word-unknown",
				      zhen_format(r->call, "“%s”不是%s之一", cell, offered(r->call, columns[c].words)));
				text = cell;
			}
		}
		*(const char **)((char *)item + columns[c].offset) = text;
	}
}

static void fill_defaults(const struct reading *r, struct item *item)
{
	/* Many files have the kind of power where others have the field of work. */
	if (item->power[0] == '\0')
		item->power = or_empty(stored_word(r->call, columns[COLUMN_POWER].words, item->category));
	if (item->type[0] == '\0')
		item->type = "power";
	if (item->place[0] == '\0')
		item->place = "basic";
	if (item->level[0] == '\0')
		item->level = r->options->level;
	if (item->origin[0] == '\0')
		item->origin = r->options->origin;
	if (item->responsible[0] == '\0')
		item->responsible = strcmp(item->place, "assist") == 0 ? "joint" :
		                    strcmp(item->place, "withdrawn") == 0 ? "county" : "township";
	if (strlen(item->code) > 2 && strcmp(item->code + strlen(item->code) - 2, ".0") == 0 &&
	    strspn(item->code, "0123456789") == strlen(item->code) - 2)
		((char *)(uintptr_t)item->code)[strlen(item->code) - 2] = '\0'; /* a number with its point */
}

static bool in_setting(zhen_call *call, const char *key, const char *word)
{
	return one_of(or_empty(zhen_setting_text(call, key)), word);
}

static bool seen_before(const struct reading *r, const struct item *item, int64_t *out_line)
{
	for (size_t i = 0; i < r->out->count; i++)
		if (strcmp(r->out->rows[i].code, item->code) == 0) {
			*out_line = r->out->rows[i].line;
			return true;
		}
	return false;
}

static void count_in(struct reading *r, const struct item *item)
{
	const struct {
		const char *value, *word;
		int64_t *whole, *since;
	} counts[] = {
		{ item->level, "national", &r->out->national, &r->national }, { item->level, "province",
		  &r->out->province, &r->province },
		{ item->level, "prefecture", &r->out->prefecture, &r->prefecture }, { item->level, "county",
		  &r->out->county, &r->county },
		{ item->origin, "common", &r->out->common, &r->common }, { item->origin, "optional",
		  &r->out->optional, &r->optional },
		{ item->place, "basic", &r->out->basic, &r->basic }, { item->place, "assist", &r->out->assist,
		  &r->assist },
		{ item->place, "withdrawn", &r->out->withdrawn, &r->withdrawn },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (strcmp(counts[i].value, counts[i].word) == 0) {
			++*counts[i].whole;
			++*counts[i].since;
		}
}

/* The item's own faults, in the words of the file's head. */
static void check_item(struct reading *r, const struct item *item)
{
	struct item_fault found[ITEM_FAULTS_MAX];
	size_t n = item_faults(item, found);

	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < N_COLUMNS; c++)
			if (one_of(columns[c].names, found[i].column)) {
				fault(r, item->line, (enum column)c, found[i].code, found[i].text);
				break;
			}
}

/* 《乡镇（街道）行政执法事项目录清单》, as when an item is added by hand; of common and optional ones by who offers them. */
static void check_criteria(struct reading *r, const zhen_csv_row *row, const struct item *item)
{
	if (!r->options->criteria || strcmp(item->place, "withdrawn") == 0)
		return;
	if (power_unsaid(item))
		fault(r, row->line, COLUMN_POWER, "power-missing",
		      "像是行政执法事项，请写明权力类型；确实不是的，写“不是行政权力” (say which kind of power it is)");
	if (!criteria_asked(r->call, item))
		return;
	for (int c = 0; c < N_CRITERIA; c++) {
		const char *answer = cell_at(row, r->answers[c]);

		if (answer[0] == '\0')
			zhen_csv_fault(&r->out->faults, row->line, criteria[c].title, "criterion-unanswered",
			               "四项标准都要回答“是”或“否”");
		else if (strcmp(answer, "是") != 0)
			zhen_csv_fault(&r->out->faults, row->line, criteria[c].title, "criterion-not-met",
			               "不符合这项标准，不能列入");
	}
}

static int64_t read_batch(struct reading *r, const zhen_csv_row *row)
{
	const char *cell = cell_at(row, r->at[COLUMN_BATCH]);
	int64_t batch = cell[0] != '\0' ? zhen_csv_count(r->call, cell) : 0;

	if (cell[0] != '\0' && batch < 1)
		fault(r, row->line, COLUMN_BATCH, "batch-invalid", "批次应为数字");
	return batch;
}

/* Everything that is wrong with the row is told at once. */
static void read_item(struct reading *r, const zhen_csv_row *row)
{
	struct item item = { .line = row->line };
	int64_t line = 0;

	read_texts(r, row, &item);
	fill_defaults(r, &item);
	if (zhen_csv_is_scientific(item.code)) {
		fault(r, row->line, COLUMN_CODE, "code-scientific",
		      zhen_format(r->call, "“%s”是 Excel 按数字显示的编码，原编码已丢失，请把该列设为文本后重新填写",
		                  item.code));
		item.code = zhen_format(r->call, "%lld", (long long)row->line); /* what it was cannot be judged */
	}
	check_item(r, &item);
	if (item.level[0] == '\0')
		fault(r, row->line, COLUMN_LEVEL, "level-missing", "没有写明国家、省、州（市）还是县级设定");
	if (r->options->categories && !in_setting(r->call, "categories", item.category))
		fault(r, row->line, COLUMN_CATEGORY, "category-unknown",
		      zhen_format(r->call, "“%s”不在类别之内：%s", item.category,
		                  or_empty(zhen_setting_text(r->call, "categories"))));
	item.batch = read_batch(r, row);
	check_criteria(r, row, &item);
	if (item.code[0] != '\0' && seen_before(r, &item, &line))
		fault(r, row->line, COLUMN_CODE, "code-twice",
		      zhen_format(r->call, "编码“%s”与第%lld行重复", item.code, (long long)line));
	if (item.code[0] != '\0' && r->options->check != NULL)
		r->options->check(r->call, r->out, &item, r->options->data);
	count_in(r, &item);
	r->out->rows[r->out->count++] = item;
}

static bool is_subtotal(const zhen_csv_row *row)
{
	for (size_t i = 0; i < row->count && i < 2; i++)
		if (strncmp(row->cells[i], "小计", 6) == 0 || strncmp(row->cells[i], "合计", 6) == 0 ||
		    strncmp(row->cells[i], "总计", 6) == 0)
			return true;
	return false;
}

/* "小计（国家和省）" counts the levels it names among all rows above; "小计" those since the last one; "合计" all. */
static void check_subtotal(struct reading *r, const zhen_csv_row *row)
{
	const char *label = "";
	int64_t said = -1, actual = 0;
	const struct {
		const char *word;
		int64_t count;
	} named[] = {
		{ "国家", r->out->national }, { "省", r->out->province }, { "州", r->out->prefecture }, { "县",
		  r->out->county },
		{ "共性", r->out->common }, { "可选", r->out->optional }, { "基本", r->out->basic }, { "配合",
		  r->out->assist },
		{ "收回", r->out->withdrawn },
	};
	bool any = false;

	for (size_t i = 0; i < row->count; i++) {
		if (label[0] == '\0' && row->cells[i][0] != '\0')
			label = row->cells[i];
		else if (said < 0)
			said = zhen_csv_count(r->call, row->cells[i]);
	}
	if (said < 0) { /* the figure stands with the label: 合计：108项 */
		const char *p = strpbrk(label, "0123456789");

		said = p != NULL ? zhen_csv_count(r->call, p) : -1;
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (strstr(label, named[i].word) != NULL) {
			actual += named[i].count;
			any = true;
		}
	if (!any)
		actual = strncmp(label, "小计", 6) == 0 ? (int64_t)(r->out->count - r->before) : (int64_t)r->out->count;
	if (said < 0)
		zhen_csv_fault(&r->out->faults, row->line, label, "subtotal-unreadable", "小计（合计）行没有数字");
	else if (said != actual)
		zhen_csv_fault(&r->out->faults, row->line, label, "subtotal-wrong",
		               zhen_format(r->call, "写的是%lld，逐行数得%lld", (long long)said, (long long)actual));
	r->before = r->out->count;
}

void items_read(zhen_call *call, const struct items_options *options, struct items *out)
{
	struct reading r = { .call = call, .options = options, .out = out };
	const void *bytes;
	size_t length, head = 0;

	*out = (struct items){ .encoding = "", .faults = zhen_csv_faults_new(call) };
	if (!import_bytes(call, &bytes, &length)) {
		zhen_csv_fault(&out->faults, 1, "", "required", "请填写内容或上传文件");
		return;
	}
	if (!zhen_csv_read(call, bytes, length, &r.csv)) {
		zhen_csv_fault(&out->faults, r.csv.problem_line, "", "file-unreadable", r.csv.problem);
		return;
	}
	out->encoding = r.csv.encoding;
	out->rows = (struct item *)zhen_alloc(call, sizeof(*out->rows) * (r.csv.count + 1));
	while (head < r.csv.count && head < HEAD_ROWS && !read_head(&r, &r.csv.rows[head]))
		head++;
	if (head == r.csv.count || head == HEAD_ROWS) {
		zhen_csv_fault(&out->faults, 1, "", "head-missing", "没有找到表头：至少要有“编码”和“名称”两列");
		return;
	}
	out->code_head = column_name(&r, COLUMN_CODE);
	out->upper_head = column_name(&r, COLUMN_UPPER);
	for (size_t i = head + 1; i < r.csv.count; i++) {
		if (is_subtotal(&r.csv.rows[i]))
			check_subtotal(&r, &r.csv.rows[i]);
		else
			read_item(&r, &r.csv.rows[i]);
	}
	if (out->faults.count == 0 && out->count == 0)
		zhen_csv_fault(&out->faults, r.csv.rows[head].line, "", "no-items", "表头之下没有事项");
}
