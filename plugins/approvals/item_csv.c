/* SPDX-License-Identifier: Apache-2.0
 * Items out of an office's table: a row becomes the same object that is published one by one, so both are held to the same.
 * All or nothing; every fault is told with its line and column. */
#include "items.h"

#include <stdlib.h>

#define HEAD_ROWS 10
#define COLUMNS_MAX 200

enum kind { CELL_TEXT, CELL_CODE, CELL_COUNT, CELL_WORDS, CELL_YES, CELL_BASES, CELL_MATERIALS, CELL_STEPS, CELL_FEN, CELL_DATE, CELL_FIELDS };

/* path in the object; names of the column, ours first; what holds where the file has no such column (NULL = it must). */
static const struct column {
	const char *path, *names, *def;
	enum kind kind;
} columns[] = {
	{ "code", "编码|事项编码|实施编码|代码", NULL, CELL_CODE },
	{ "name", "名称|事项名称|事项", NULL, CELL_TEXT },
	{ "keywords", "关键词|别名|俗称", "", CELL_WORDS },
	{ "type", "类型|事项类型", NULL, CELL_TEXT },
	{ "mode", "办理方式|三办|服务方式", NULL, CELL_TEXT },
	{ "handling", "办件类型", "", CELL_TEXT },
	{ "legal_bases", "设定依据|法律依据|依据", NULL, CELL_BASES },
	{ "body.name", "实施主体", "乡（镇）人民政府", CELL_TEXT },
	{ "body.nature", "主体性质", "法定机关", CELL_TEXT },
	{ "body.window_kind", "受理窗口|受理地点", "便民服务中心", CELL_TEXT },
	{ "levels", "行使层级|层级", "乡级", CELL_WORDS },
	{ "power_split", "权限划分", "由乡（镇）受理、办理", CELL_TEXT },
	{ "content", "行使内容|服务内容", NULL, CELL_TEXT },
	{ "service_target", "服务对象", NULL, CELL_WORDS },
	{ "statutory.days", "法定时限|法定办结时限", NULL, CELL_COUNT },
	{ "statutory.basis", "法定时限依据", NULL, CELL_TEXT },
	{ "promised.days", "承诺时限|承诺办结时限", NULL, CELL_COUNT },
	{ "promised.unit", "时限单位|承诺时限单位", "工作日", CELL_TEXT },
	{ "statutory.unit", "法定时限单位", "", CELL_TEXT },
	{ "promised.basis", "承诺依据", "服务承诺", CELL_TEXT },
	{ "extension.days", "可延长", "0", CELL_COUNT },
	{ "extension.basis", "延长依据", "不延长", CELL_TEXT },
	{ "conditions", "受理条件", NULL, CELL_WORDS },
	{ "materials", "申请材料|材料", NULL, CELL_MATERIALS },
	{ "review", "审核|审核环节", NULL, CELL_STEPS },
	{ "decision", "决定|决定环节", NULL, CELL_STEPS },
	{ "result.name", "结果名称|办理结果", NULL, CELL_TEXT },
	{ "result.type", "结果类型", "其他", CELL_TEXT },
	{ "delivery", "送达方式", "窗口领取；免费邮寄", CELL_WORDS },
	{ "channels", "办理渠道|渠道", "窗口；村站；网上", CELL_WORDS },
	{ "fee.amount_fen", "收费|收费（元）", "0", CELL_FEN },
	{ "fee.basis", "收费依据", "不收费", CELL_TEXT },
	{ "place", "办理地点", NULL, CELL_TEXT },
	{ "hours", "办理时间", NULL, CELL_TEXT },
	{ "phones.consult", "咨询电话|电话", NULL, CELL_TEXT },
	{ "phones.complaint", "监督电话|投诉电话", "12345", CELL_TEXT },
	{ "visits.count", "到场次数|到办事现场次数", "1", CELL_COUNT },
	{ "online.available", "可网办|网办|是否网办", "否", CELL_YES },
	{ "scope", "通办范围", "本乡镇", CELL_TEXT },
	{ "remedies.reconsideration", "复议机关|行政复议部门", "乡镇人民政府所在的县（市、区）人民政府", CELL_TEXT },
	{ "remedies.litigation", "诉讼法院|行政诉讼部门", "有管辖权的人民法院", CELL_TEXT },
	{ "hearing", "听证", "不涉及", CELL_TEXT },
	{ "term.months", "有效期（月）|证照有效期（月）", "0", CELL_COUNT },
	{ "term.renewal_days", "提前申请延续（工作日）", "0", CELL_COUNT },
	{ "term.renewal_basis", "延续依据", "", CELL_TEXT },
	{ "term.materials", "延续材料", "", CELL_WORDS },
	{ "quantity_limit", "数量限制", "无", CELL_TEXT },
	{ "intermediary", "中介服务", "无", CELL_TEXT },
	{ "duty", "对应职权|职权编码", "", CELL_CODE },
	{ "fields", "填写要素|申请表要素", "", CELL_FIELDS },
	{ "version", "版本", "1", CELL_COUNT },
	{ "valid_from", "生效日期", "2020-01-01", CELL_DATE },
	{ "valid_to", "失效日期", "2099-12-31", CELL_DATE },
	{ "status", "状态|备注", "在用", CELL_TEXT },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Who does a step: what it is called in files, the kind of body, what its officers must be allowed. */
static const struct {
	const char *names, *kind, *review, *decide;
} offices[] = {
	{ "窗口|便民服务中心|综合窗口", "window", "approvals.accept", "approvals.accept" },
	{ "农业农村|农业农村办公室", "agriculture", "approvals.review", "approvals.review" },
	{ "规划|自然资源|自然资源和规划|自然资源和规划办公室", "planning", "approvals.plan", "approvals.plan" },
	{ "社会事务|社会事务办公室|民政", "social", "approvals.review", "approvals.review" },
	{ "政府|乡镇人民政府|人民政府|乡（镇）人民政府", "government", "approvals.decide", "approvals.decide" },
};

/* A table being read, or that was. */
struct item_table {
	zhen_call *call;
	zhen_csv csv;
	zhen_csv_faults faults;
	const char *first;      /* of the faults */
	const zhen_csv_row *head;
	int at[N_COLUMNS];      /* of the file's columns, -1 = none */
	bool is_bad[N_COLUMNS]; /* of the row being read: its fault was told */
	int64_t line;           /* of the row being read */
};

/* What the file calls it; what we do where it has none. */
static const char *column_title(const struct item_table *r, size_t column)
{
	if (r->head != NULL && r->at[column] >= 0)
		return r->head->cells[r->at[column]];
	return zhen_format(r->call, "%.*s", (int)strcspn(columns[column].names, "|"), columns[column].names);
}

static void row_fault(struct item_table *r, int64_t line, const char *column, const char *code, const char *text)
{
	if (r->first == NULL)
		r->first = zhen_format(r->call, "第%lld行%s%s%s：%s", (long long)line, column[0] != '\0' ? "“" : "", column,
		                       column[0] != '\0' ? "”列" : "", text);
	zhen_csv_fault(&r->faults, line, column, code, text);
}

/* Of the row being read; false, for the caller to hand on. */
static bool fault(struct item_table *r, const struct column *column, const char *code, const char *text)
{
	size_t at = (size_t)(column - columns);

	r->is_bad[at] = true;
	row_fault(r, r->line, column_title(r, at), code, text);
	return false;
}

static bool is_one(const char *names, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = names; p != NULL; p = strchr(p, '|'), p += p != NULL)
		if (strncmp(p, word, length) == 0 && (p[length] == '|' || p[length] == '\0'))
			return length > 0;
	return false;
}

/* The head's words may have blanks and a star in them. */
static bool is_named(const char *names, const char *cell)
{
	char word[128];
	size_t used = 0;

	for (const char *p = cell; *p != '\0' && used < sizeof(word) - 1; p++)
		if (*p != ' ' && *p != '*')
			word[used++] = *p;
	word[used] = '\0';
	return is_one(names, word);
}

static bool read_head(struct item_table *r, const zhen_csv_row *row)
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		r->at[c] = -1;
		for (size_t i = 0; i < row->count && r->at[c] < 0; i++)
			if (is_named(columns[c].names, row->cells[i]))
				r->at[c] = (int)i;
	}
	if (r->at[0] < 0 || r->at[1] < 0)
		return false;
	r->head = row;
	r->line = row->line;
	for (size_t c = 0; c < N_COLUMNS; c++)
		if (r->at[c] < 0 && columns[c].def == NULL)
			fault(r, &columns[c], "column-missing", "表头没有这一列");
	return true;
}

static void put(json_t *root, const char *path, json_t *value)
{
	const char *dot = strchr(path, '.');
	json_t *inner = NULL;
	char head[32];

	if (dot == NULL) {
		json_object_set_new(root, path, value);
		return;
	}
	snprintf(head, sizeof(head), "%.*s", (int)(dot - path), path);
	inner = json_object_get(root, head);
	if (inner == NULL) {
		inner = json_object();
		json_object_set_new(root, head, inner);
	}
	json_object_set_new(inner, dot + 1, value);
}

char *item_cell_part(zhen_call *call, const char **at, const char *wide, char narrow)
{
	const char *from = *at, *to;

	while (*from == ' ' || *from == narrow || strncmp(from, wide, strlen(wide)) == 0)
		from += *from == ' ' || *from == narrow ? 1 : strlen(wide);
	if (*from == '\0')
		return NULL;
	for (to = from; *to != '\0' && *to != narrow && strncmp(to, wide, strlen(wide)) != 0;)
		to++;
	*at = to;
	while (to > from && to[-1] == ' ')
		to--;
	return zhen_format(call, "%.*s", (int)(to - from), from);
}

static json_t *words_of(zhen_call *call, const char *cell)
{
	json_t *list = json_array();
	char *part;

	while ((part = item_cell_part(call, &cell, "；", ';')) != NULL)
		json_array_append_new(list, json_string(part));
	return list;
}

/* 《中华人民共和国…法》第二十二条；… */
static json_t *bases_of(zhen_call *call, const char *cell)
{
	json_t *list = json_array();
	char *part;

	while ((part = item_cell_part(call, &cell, "；", ';')) != NULL) {
		const char *end = strstr(part, "》");
		size_t title = end != NULL ? (size_t)(end - part) + strlen("》") : strlen(part);

		json_array_append_new(
			list, json_pack("{s:s%, s:s, s:s}", "title", part, title, "article", part + title, "text", ""));
	}
	return list;
}

/* 2, 原件1, 原件1复印件2: how many of the one, and of the other. */
static int64_t copies_of(const char *cell, const char *word)
{
	const char *at = cell != NULL ? strstr(cell, word) : NULL;

	return at != NULL ? atoi(at + strlen(word)) : 0;
}

/* 名称|来源|份数|必要性|不用交的情形；… */
static json_t *materials_of(zhen_call *call, const char *cell)
{
	json_t *list = json_array();
	char *part;
	int n = 0;

	while ((part = item_cell_part(call, &cell, "；", ';')) != NULL) {
		const char *at = part, *name = item_cell_part(call, &at, "｜", '|'),
			   *source = item_cell_part(call, &at, "｜", '|'),
			   *copies = item_cell_part(call, &at, "｜", '|'), *need = item_cell_part(call, &at, "｜", '|'),
			   *unless = item_cell_part(call, &at, "｜", '|');
		bool kinds = copies != NULL && (strstr(copies, "原件") != NULL || strstr(copies, "复印件") != NULL);
		json_t *material = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "code",
		                             zhen_format(call, "m%d", ++n), "name", or_empty(name), "source",
		                             source != NULL ? source : "申请人", "copies",
		                             kinds          ? (json_int_t)copies_of(copies, "复印件") :
		                             copies != NULL ? (json_int_t)atoi(copies) :
		                                              (json_int_t)1,
		                             "form", "电子或纸质", "necessity", need != NULL ? need : "必要", "sample", "");

		if (kinds)
			json_object_set_new(material, "originals", json_integer(copies_of(copies, "原件")));
		if (unless != NULL)
			json_object_set_new(material, "unless", json_string(unless));
		json_array_append_new(list, material);
	}
	return list;
}

/* How many have to be named who did it: a check on the spot is done by two. */
static int people_of(const char *cell)
{
	return cell == NULL || cell[0] == '\0'                              ? 1 :
	       strcmp(cell, "两人") == 0 || strcmp(cell, "2人") == 0 || strcmp(cell, "2") == 0 ? 2 :
	                                                                                       0;
}

/* 环节@机构:工作日:两人；… or only the office. false: the fault was said. */
static bool add_steps(struct item_table *r, const struct column *column, const char *cell, json_t *steps)
{
	bool decision = strcmp(column->path, "decision") == 0;
	const char *phase = decision ? "决定" : "审核";
	char *part;

	while ((part = item_cell_part(r->call, &cell, "；", ';')) != NULL) {
		const char *at = part;
		const char *first = item_cell_part(r->call, &at, "@", '@'),
			   *second = item_cell_part(r->call, &at, "@", '@');
		const char *where = second != NULL ? second : first, *rest = where;
		const char *office = item_cell_part(r->call, &rest, "：", ':'),
			   *days = item_cell_part(r->call, &rest, "：", ':');
		const int people = people_of(days != NULL ? item_cell_part(r->call, &rest, "：", ':') : NULL);
		size_t found = 0;

		while (found < sizeof(offices) / sizeof(*offices) && !is_one(offices[found].names, or_empty(office)))
			found++;
		if (found == sizeof(offices) / sizeof(*offices))
			return fault(r, column, "office-unknown",
			             zhen_format(r->call, "“%s”不是窗口、社会事务、农业农村、规划、政府之一",
			                         or_empty(office)));
		if (people == 0)
			return fault(r, column, "people-unknown",
			             "工作日之后只能写“两人”：须由两名以上工作人员现场核查、入户调查的环节");
		json_array_append_new(steps, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s}", "code",
		                                       zhen_format(r->call, "s%zu", json_array_size(steps) + 1), "title",
		                                       second != NULL ? first : phase, "phase", phase, "body_kind",
		                                       offices[found].kind, "permission",
		                                       decision ? offices[found].decide : offices[found].review, "days",
		                                       days != NULL ? atoi(days) : 0, "people", people, "gate", "", "result", ""));
	}
	return true;
}

static bool add_money(json_t *item, const struct column *column, const char *cell)
{
	char *end;
	double yuan = strtod(cell, &end);

	if (strcmp(cell, "不收费") == 0 || strcmp(cell, "免费") == 0)
		yuan = 0;
	else if (end == cell || (*end != '\0' && strncmp(end, "元", strlen("元")) != 0) || yuan < 0 || yuan > 1e7)
		return false;
	put(item, column->path, json_integer((json_int_t)(yuan * 100 + 0.5)));
	return true;
}

static const char *date_of(zhen_call *call, const char *cell)
{
	int y, m, d;

	/* 2026/9/1 is what Excel makes of a day. */
	if (sscanf(cell, "%d/%d/%d", &y, &m, &d) == 3 || sscanf(cell, "%d-%d-%d", &y, &m, &d) == 3 ||
	    sscanf(cell, "%d年%d月%d日", &y, &m, &d) == 3)
		cell = zhen_format(call, "%04d-%02d-%02d", y, m, d);
	return zhen_calendar_parse_date(cell) != ZHEN_NO_DAY ? cell : NULL;
}

static bool read_count(struct item_table *r, const struct column *column, const char *plain, json_t *item)
{
	bool at_once = strcmp(plain, "当场") == 0 || strcmp(plain, "即办") == 0;
	int64_t count = at_once ? 0 : zhen_csv_count(r->call, plain);

	if (count < 0 || count > 100000)
		return fault(r, column, "not-a-number", zhen_format(r->call, "“%s”不是数字", plain));
	put(item, column->path, json_integer(count));
	return true;
}

static bool read_code(struct item_table *r, const struct column *column, const char *plain, json_t *item)
{
	if (zhen_csv_is_scientific(plain))
		return fault(r, column, "code-scientific",
		             zhen_format(r->call,
		                         "“%s”是 Excel 按数字显示的编码，原编码已丢失，请把该列设为文本后重新填写",
		                         plain));
	put(item, column->path, json_string(plain));
	return true;
}

static bool read_yes(struct item_table *r, const struct column *column, const char *plain, json_t *item)
{
	bool yes = is_one("是|可|可网办|√", plain);

	if (!yes && !is_one("否|不可|×", plain))
		return fault(r, column, "word-unknown", "应为“是”或“否”");
	put(item, column->path, json_boolean(yes));
	put(item, "online.depth", json_string(yes ? "全程网办" : "不可网办"));
	return true;
}

static bool read_date(struct item_table *r, const struct column *column, const char *plain, json_t *item)
{
	const char *date = date_of(r->call, plain);

	if (date == NULL)
		return fault(r, column, "not-a-date", zhen_format(r->call, "“%s”不是日期", plain));
	put(item, column->path, json_string(date));
	return true;
}

static bool read_fields(struct item_table *r, const struct column *column, const char *cell, json_t *item)
{
	json_t *fields = json_array();
	const char *text = form_read(r->call, cell, fields);

	put(item, column->path, fields);
	return text == NULL || fault(r, column, "form-fault", text);
}

static bool read_cell(struct item_table *r, const struct column *column, const char *cell, json_t *item)
{
	const char *plain = zhen_csv_plain(r->call, cell);

	switch (column->kind) {
	case CELL_CODE:
		return read_code(r, column, plain, item);
	case CELL_COUNT:
		return read_count(r, column, plain, item);
	case CELL_WORDS:
		if (cell[0] != '\0')
			put(item, column->path, words_of(r->call, cell));
		return true;
	case CELL_YES:
		return read_yes(r, column, plain, item);
	case CELL_BASES:
		put(item, column->path, bases_of(r->call, cell));
		return true;
	case CELL_MATERIALS:
		put(item, column->path, materials_of(r->call, cell));
		return true;
	case CELL_STEPS:
		if (json_object_get(item, "steps") == NULL)
			json_object_set_new(item, "steps", json_array());
		return add_steps(r, column, cell, json_object_get(item, "steps"));
	case CELL_FIELDS:
		return cell[0] == '\0' || read_fields(r, column, cell, item);
	case CELL_FEN:
		return add_money(item, column, plain) ||
		       fault(r, column, "not-money", zhen_format(r->call, "“%s”不是金额（元）", cell));
	case CELL_DATE:
		return read_date(r, column, plain, item);
	default:
		put(item, column->path, json_string(cell));
		return true;
	}
}

/* What follows from other columns. */
static void complete(json_t *item)
{
	bool direct = strcmp(item_text(item, "mode"), "直办") == 0;
	size_t i;
	json_t *level;
	bool outside = strcmp(item_text(item, "body.window_kind"), "便民服务中心") != 0;

	if (item_text(item, "handling")[0] == '\0')
		put(item, "handling", json_string(direct ? "即办件" : "承诺件"));
	if (item_text(item, "statutory.unit")[0] == '\0')
		put(item, "statutory.unit", json_string(item_text(item, "promised.unit")));
	put(item, "body.kind", json_string("government"));
	put(item, "body.window", json_string(item_text(item, "body.window_kind")));
	put(item, "body.window_kind", json_string(outside ? "other" : "window"));
	json_array_foreach(json_object_get(item, "levels"), i, level)
		put(item, "level", json_string(or_empty(json_string_value(level))));
	if (json_array_size(json_object_get(item, "levels")) > 1)
		put(item, "level", json_string("乡级、村级"));
	put(item, "form", json_string(""));
	if (item_number(item, "term.months") == 0 && item_number(item, "term.renewal_days") == 0 &&
	    item_at(item, "term.materials") == NULL)
		json_object_del(item, "term"); /* it holds without an end */
	if (item_number(item, "term.renewal_days") == 0)
		json_object_del(json_object_get(item, "term"), "renewal_days");
	put(item, "visits.places", json_integer(1));
	put(item, "visits.basis", json_string("最多跑一次、跑一处"));
	put(item, "fee.standard", json_string(item_number(item, "fee.amount_fen") == 0 ? "不收费" : "按标准收取"));
	put(item, "fee.reduction", json_string("无"));
	put(item, "logistics", json_string("支持免费邮寄"));
	put(item, "remedies.basis",
	    json_string("《中华人民共和国行政复议法》第二十条、《中华人民共和国行政诉讼法》第四十六条"));
	put(item, "remedies.text",
	    json_string("如不服本决定，可以自收到之日起六十日内向{county}人民政府申请行政复议，也可以自收到之日起六个月内依法向有管辖权的"
	                "人民法院提起行政诉讼。"));
}

/* The column in which the element of that path stands; NULL = in none. */
static const struct column *column_of(const char *path)
{
	if (strcmp(path, "steps") == 0)
		path = "review";
	if (strcmp(path, "online.depth") == 0)
		path = "online.available";
	for (size_t c = 0; c < N_COLUMNS; c++)
		if (strcmp(columns[c].path, path) == 0)
			return &columns[c];
	return NULL;
}

void item_csv_fault(struct item_table *table, int64_t line, const struct problem *problem)
{
	const struct column *column = column_of(problem->path);

	row_fault(table, line, column != NULL ? column_title(table, (size_t)(column - columns)) : problem->path, problem->code,
	          problem->text);
}

static bool is_bad(const struct item_table *r, const char *path)
{
	const struct column *column = column_of(path);

	return column != NULL && r->is_bad[column - columns];
}

/* What a cell that could not be read leads to further is not told. */
static void told(struct problem *problem)
{
	struct item_table *r = (struct item_table *)problem->data;
	const struct column *column = column_of(problem->path);
	bool follows = is_bad(r, problem->path) || (strcmp(problem->path, "steps") == 0 && is_bad(r, "decision"));

	if (follows)
		return;
	if (column != NULL)
		r->is_bad[column - columns] = true;
	item_csv_fault(r, r->line, problem);
}

static json_t *read_item(struct item_table *r, const zhen_csv_row *row)
{
	struct problem problem = { .told = told, .data = r };
	json_t *item = json_object();

	r->line = row->line;
	memset(r->is_bad, 0, sizeof(r->is_bad));
	for (size_t c = 0; c < N_COLUMNS; c++) {
		int at = r->at[c];
		const char *cell = at >= 0 && (size_t)at < row->count ? row->cells[at] : "";

		if (cell[0] == '\0' && columns[c].def == NULL)
			fault(r, &columns[c], "guide-incomplete", "没有填写，要素不全不能发布");
		else
			read_cell(r, &columns[c], cell[0] != '\0' ? cell : columns[c].def, item);
	}
	complete(item);
	item_check(r->call, item, &problem);
	json_object_set_new(item, "_line", json_integer(row->line));
	return item;
}

static bool is_total(const zhen_csv_row *row)
{
	return strncmp(row->cells[0], "合计", 6) == 0 || strncmp(row->cells[0], "小计", 6) == 0 ||
	       row->cells[0][0] == '#';
}

/* Of the rows before, those at fault among them; and of the codes given up. */
static void check_code(struct item_table *r, const json_t *items, const json_t *item)
{
	const char *code = item_text(item, "code");
	struct problem problem = { 0 };
	size_t i;
	json_t *other;

	if (code[0] == '\0')
		return;
	if (!item_code_free(r->call, code, item_owner(r->call), &problem))
		item_csv_fault(r, r->line, &problem);
	json_array_foreach(items, i, other)
		if (strcmp(item_text(other, "code"), code) == 0) {
			fault(r, &columns[0], "code-twice",
			      zhen_format(r->call, "编码“%s”与第%lld行重复", code,
			                  (long long)item_number(other, "_line")));
			return;
		}
}

static void read_rows(struct item_table *r, size_t first, json_t *items)
{
	for (size_t i = first; i < r->csv.count; i++) {
		if (is_total(&r->csv.rows[i]))
			continue;
		size_t before = r->faults.count;
		json_t *item = read_item(r, &r->csv.rows[i]);

		check_code(r, items, item);
		if (r->faults.count > before)
			json_object_set_new(item, "_bad", json_true());
		json_array_append_new(items, item);
	}
	for (size_t i = json_array_size(items); i-- > 0;)
		if (json_object_get(json_array_get(items, i), "_bad") != NULL)
			json_array_remove(items, i);
}

json_t *item_csv_read(zhen_call *call, const void *bytes, size_t length, struct item_table **out)
{
	struct item_table *r = (struct item_table *)zhen_alloc(call, sizeof(*r));
	json_t *items = json_array();
	size_t head = 0;

	*out = r;
	r->call = call;
	r->faults = zhen_csv_faults_new(call);
	if (!zhen_csv_read(call, bytes, length, &r->csv)) {
		row_fault(r, r->csv.problem_line, "", "file-unreadable", r->csv.problem);
		return items;
	}
	while (head < r->csv.count && head < HEAD_ROWS && !read_head(r, &r->csv.rows[head]))
		head++;
	if (head == r->csv.count || head == HEAD_ROWS)
		row_fault(r, 1, "", "head-missing", "没有找到表头：至少要有“编码”和“名称”两列");
	else if (r->faults.count == 0) /* under a head that lacks a column every row would lack it too */
		read_rows(r, head + 1, items);
	if (r->faults.count == 0 && json_array_size(items) == 0)
		row_fault(r, 1, "", "no-items", "表头之下没有事项");
	return items;
}

zhen_result item_csv_refused(const struct item_table *table)
{
	return zhen_csv_refused(&table->faults);
}

const char *item_csv_problem(const struct item_table *table)
{
	return table->first;
}
