/* SPDX-License-Identifier: Apache-2.0
 * The network of three levels, county hall, township centres and village stations: out of a table, and counted. */
#include "items.h"

enum column { NAME, KIND, DIVISION, STANDARD, ADDRESS, HOURS, PHONE, N_COLUMNS };

static const char *const titles[N_COLUMNS] = { "名称", "种类", "区划代码", "标准化", "地址", "开放时间", "电话" };

static const struct {
	const char *word, *kind;
} kinds[] = {
	{ "县级政务服务中心", "hall" },  { "区政务服务中心", "hall" },     { "县政务服务中心", "hall" }, { "政务服务中心", "hall" },
	{ "便民服务中心", "centre" },    { "乡镇便民服务中心", "centre" }, { "便民服务站", "station" },  { "村便民服务站", "station" },
	{ "24小时自助服务点", "self" }, { "自助服务点", "self" },
};

struct reading {
	zhen_call *call;
	int at[N_COLUMNS]; /* of the file's columns, -1 = none */
	zhen_csv_faults faults;
};

static void fault(struct reading *r, int64_t line, enum column column, const char *code, const char *text)
{
	zhen_csv_fault(&r->faults, line, titles[column], code, text);
}

static const char *cell(struct reading *r, const zhen_csv_row *row, enum column column)
{
	int at = r->at[column];

	return at >= 0 && (size_t)at < row->count ? row->cells[at] : "";
}

static bool read_head(struct reading *r, const zhen_csv_row *row)
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		r->at[c] = -1;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->cells[i], titles[c]) == 0)
				r->at[c] = (int)i;
	}
	return r->at[NAME] >= 0 && r->at[KIND] >= 0 && r->at[DIVISION] >= 0;
}

static const char *kind_of(const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].kind;
	return "";
}

/* -1 = it says neither. */
static int yes_or_no(const char *word)
{
	if (strcmp(word, "是") == 0 || strcmp(word, "√") == 0)
		return 1;
	return word[0] == '\0' || strcmp(word, "否") == 0 ? 0 : -1;
}

static void read_row(struct reading *r, const zhen_csv_row *row)
{
	zhen_call *call = r->call;
	const char *division = zhen_csv_plain(call, cell(r, row, DIVISION)), *text = "";
	struct place place = {
		.division = division,
		.kind = kind_of(cell(r, row, KIND)),
		.name = cell(r, row, NAME),
		.address = cell(r, row, ADDRESS),
		.hours = cell(r, row, HOURS),
		.phone = cell(r, row, PHONE),
		.amenities = "",
	};
	int standard = yes_or_no(cell(r, row, STANDARD));
	size_t before = r->faults.count;

	if (place.name[0] == '\0')
		fault(r, row->line, NAME, "name-missing", "没有名称");
	if (place.kind[0] == '\0')
		fault(r, row->line, KIND, "kind-unknown", "应为政务服务中心、便民服务中心、便民服务站或者自助服务点");
	if (standard < 0)
		fault(r, row->line, STANDARD, "word-unknown", "应为是或者否");
	if (zhen_csv_is_scientific(division))
		fault(r, row->line, DIVISION, "code-scientific",
		      "代码被表格程序写成了科学计数法，请按文本填写十二位代码");
	else if (call->host->division(call, division) == NULL)
		fault(r, row->line, DIVISION, "division-unknown", zhen_format(call, "没有代码为“%s”的区划", division));
	else if (!zhen_within_caller(call, division))
		fault(r, row->line, DIVISION, "out-of-scope", "不在您的管辖范围");
	if (r->faults.count > before)
		return;
	const char *code = place_fault(call, &place, &text);
	if (code != NULL) {
		fault(r, row->line, KIND, code, text);
		return;
	}
	place.standard = standard == 1;
	place_store(call, &place);
}

zhen_result import_places(zhen_call *call)
{
	const zhen_value content = zhen_field_value(call, "content");
	struct reading r = { .call = call, .faults = zhen_csv_faults_new(call) };
	zhen_csv csv;

	if (!zhen_csv_read(call, content.as.text, content.length, &csv)) {
		zhen_csv_fault(&r.faults, csv.problem_line, "", "file-unreadable", csv.problem);
		return zhen_csv_refused(&r.faults);
	}
	if (csv.count == 0 || !read_head(&r, &csv.rows[0])) {
		zhen_csv_fault(&r.faults, 1, "", "head-missing",
		               "第一行应为表头：名称、种类、区划代码，可有标准化、地址、开放时间、电话");
		return zhen_csv_refused(&r.faults);
	}
	for (size_t i = 1; i < csv.count; i++)
		read_row(&r, &csv.rows[i]);
	zhen_result refused = zhen_csv_refused(&r.faults);
	if (refused != 0)
		return refused;
	zhen_put(call, "rows", (int64_t)csv.count - 1);
	return call->host->reply(call, ZHEN_CREATED);
}

/* One county hall, its centres, its stations; of the villages with a station the share with one built to standard. */
zhen_result report_network(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division")), *low, *high;

	division_range(call, division, &low, &high);
	const zhen_row *row = zhen_one(
		call,
		"SELECT COALESCE(SUM(halls), 0) AS halls, COALESCE(SUM(centres), 0) AS centres, COALESCE(SUM(stations), 0) AS stations, "
		"COALESCE(SUM(standard_stations), 0) AS standard FROM tally WHERE township BETWEEN $1 AND $2",
		low, high);
	int64_t stations = zhen_column_int(row, "stations"), standard = zhen_column_int(row, "standard");

	zhen_put(call, "division", division);
	zhen_put(call, "halls", zhen_column_int(row, "halls"));
	zhen_put(call, "centres", zhen_column_int(row, "centres"));
	zhen_put(call, "stations", stations);
	zhen_put(call, "standard", standard);
	zhen_put(call, "share", stations > 0 ? zhen_format(call, "%.1f", (double)standard * 100 / (double)stations) : "");
	zhen_put(call, "rounded", stations > 0 ? zhen_format(call, "%.0f%%", (double)standard * 100 / (double)stations) : "");
	return zhen_ok(call);
}
