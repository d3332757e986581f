/* SPDX-License-Identifier: Apache-2.0
 * 12345 来件: what residents told the hotline, taken from its file under its own number. The township settles a matter itself,
 * blows the whistle for it, or links it to the one it repeats; what became of it is read here by the same number. Nobody who
 * called is kept: the hotline has them, and the number leads there. */
#include "dispatch.h"

enum column { NUMBER, TOWNSHIP, CLASS, KIND, TITLE, CONTENT, PLACE, N_COLUMNS };
/* most = characters, as in the form of a whistle; 0 = a code that is looked up. */
static const struct {
	const char *head, *name; /* of CSV, of JSON */
	size_t most;
	bool needed;
} columns[N_COLUMNS] = {
	[NUMBER] = { "工单编号", "number", 60, true }, [TOWNSHIP] = { "区划", "township", 0, true }, [CLASS] = { "类别", "class", 40, true },
	[KIND] = { "事项", "kind", 80, true },         [TITLE] = { "标题", "title", 80, true },      [CONTENT] = { "情况", "content", 2000, true },
	[PLACE] = { "地点", "place", 100, false },
};

struct intake {
	int64_t id, whistle;
	uint32_t state;
	const char *number, *township;
};

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

#define OF_BODY(body) \
	"(" body " = '' OR EXISTS (SELECT 1 FROM part WHERE part.body = " body " AND part.id = intake.whistle))"

static zhen_result load(zhen_call *call, int64_t id, struct intake *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT number, township, whistle, state FROM intake WHERE " OF_BODY("$1")
	                               " AND id = $2 AND {{scope township}}",
	                               own_body(call), id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件来件 (no such matter)");
	*out = (struct intake){
		.id = id,
		.whistle = zhen_column_int(row, "whistle"),
		.state = (uint32_t)zhen_process_state_of(&intake_process, or_empty(zhen_column_text(row, "state"))),
		.number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number"))),
		.township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))),
	};
	return 0;
}

static void move(zhen_call *call, const struct intake *intake, uint32_t state)
{
	zhen_run(call, "UPDATE intake SET state = $1, ended_at = CASE WHEN $2 = 1 THEN $3 ELSE 0 END WHERE id = $4",
	         intake_process.states[state].name, state == INTAKE_ANSWERED || state == INTAKE_LINKED ? 1 : 0, zhen_now(call),
	         intake->id);
	zhen_emit(call, "dispatch.intake.moved", "intake", intake->id, "number", intake->number, "township", intake->township,
	          "state", intake_process.states[state].name, "at", zhen_now(call));
}

void intake_follow(zhen_call *call, int64_t whistle, uint32_t state)
{
	const zhen_row *row = zhen_one(call, "SELECT id, number, township FROM intake WHERE whistle = $1", whistle);

	if (row == NULL || (state != WHISTLE_ANSWERED && state != WHISTLE_SENT_BACK))
		return;
	struct intake intake = { .id = zhen_column_int(row, "id"),
		                 .number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number"))),
		                 .township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))) };
	move(call, &intake, state == WHISTLE_ANSWERED ? INTAKE_ANSWERED : INTAKE_RECEIVED);
	/* What the centre sent back is the township's again. */
	if (state == WHISTLE_SENT_BACK)
		zhen_run(call, "UPDATE intake SET whistle = 0 WHERE id = $1", intake.id);
}

#define COLUMNS                                                                                                           \
	"SELECT intake.id, number, township, class, kind, title, state, NULLIF(whistle, 0) AS whistle, NULLIF(original, 0) AS " \
	"original, at FROM "

zhen_result list_intake(zhen_call *call)
{
	const char *state = field_text(call, "state"), *number = field_text(call, "number"), *body = own_body(call);

	if (number[0] != '\0')
		return zhen_page(call,
		                 COLUMNS "intake WHERE number = $1 AND ($2 = '' OR state = $2) AND " OF_BODY("$3")
		                         " AND {{scope township}} {{page intake.id DESC}}",
		                 number, state, body);
	/* From the body's own whistles to the matters: a body with few among many reads few. */
	if (body[0] != '\0')
		return zhen_page(call,
		                 COLUMNS "part CROSS JOIN intake WHERE intake.whistle = part.id AND part.body = $1 AND "
		                         "($2 = '' OR state = $2) AND {{scope township}} {{page intake.id DESC}}",
		                 body, state);
	return state[0] != '\0' ?
	               zhen_page(call, COLUMNS "intake WHERE state = $1 AND {{scope township}} {{page intake.id DESC}}", state) :
	               zhen_page(call, COLUMNS "intake WHERE {{scope township}} {{page intake.id DESC}}");
}

static void put_results(zhen_call *call, int64_t whistle)
{
	zhen_open_list(call, "results");
	ZHEN_FOR_EACH (call, row,
	               "SELECT body_name, result FROM assignment WHERE whistle = $1 AND state IN ('done', 'rated') ORDER BY id",
	               whistle) {
		zhen_open_object(call, NULL);
		zhen_put(call, "body_name", zhen_column_text(row, "body_name"));
		zhen_put(call, "result", zhen_column_text(row, "result"));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_intake(zhen_call *call)
{
	static const char *const texts[] = { "class", "kind", "title", "content", "place", "reason" };
	struct intake intake;
	zhen_result refused = load(call, zhen_int(call, "id"), &intake);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT class, kind, title, content, place, reason, original, at, ended_at FROM intake WHERE id = $1",
	                               intake.id);
	int64_t original = zhen_column_int(row, "original"), ended_at = zhen_column_int(row, "ended_at");
	zhen_put(call, "id", intake.id);
	zhen_put(call, "number", intake.number);
	zhen_put(call, "township", intake.township);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	if (ended_at != 0)
		zhen_put_time(call, "ended_at", ended_at);
	/* Who told of it the second time is answered with what became of the first. */
	const zhen_row *told = original == 0 ? NULL : zhen_one(call, "SELECT state, whistle FROM intake WHERE id = $1", original);
	int64_t whistle = told != NULL ? zhen_column_int(told, "whistle") : intake.whistle;
	if (told != NULL) {
		zhen_put(call, "original", original);
		zhen_put(call, "original_state", zhen_column_text(told, "state"));
	}
	if (whistle != 0)
		zhen_put(call, "whistle", whistle);
	zhen_put(call, "state", intake_process.states[intake.state].name);
	put_results(call, whistle);
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &intake_process, intake.state, intake.township,
	                         zhen_format(call, "/intake/%lld", (long long)intake.id));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result begin(zhen_call *call, uint32_t act, struct intake *out)
{
	zhen_result refused = load(call, zhen_int(call, "id"), out);

	if (refused == 0)
		refused = zhen_process_may(call, &intake_process, out->state, act, out->number, out->township, out);
	if (refused == 0 && strcmp(zhen_get_caller(call)->division, out->township) != 0)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                    "由事发地的乡镇（街道）处理 (only the township it happened in)");
	return refused;
}

static zhen_result answer(zhen_call *call, const struct intake *intake, uint32_t state)
{
	move(call, intake, state);
	zhen_put(call, "id", intake->id);
	zhen_put(call, "number", intake->number);
	zhen_put(call, "state", intake_process.states[state].name);
	return zhen_ok(call);
}

zhen_result raise_intake(zhen_call *call)
{
	struct intake intake;
	zhen_result refused = begin(call, INTAKE_RAISE, &intake);

	if (refused != 0)
		return refused;
	const zhen_row *row =
		zhen_one(call, "SELECT class, kind, title, content, place FROM intake WHERE id = $1", intake.id);
#define TEXT_OF(name) .name = zhen_format(call, "%s", or_empty(zhen_column_text(row, #name)))
	struct raised raised = { TEXT_OF(kind), TEXT_OF(title), TEXT_OF(content), TEXT_OF(place),
		                 .class_ = zhen_format(call, "%s", or_empty(zhen_column_text(row, "class"))),
		                 .reason = field_text(call, "reason"), .reporter = "" };
#undef TEXT_OF
	int64_t whistle = whistle_raise(call, &raised);
	zhen_run(call, "UPDATE intake SET whistle = $1 WHERE id = $2", whistle, intake.id);
	zhen_put(call, "whistle", whistle);
	return answer(call, &intake, INTAKE_RAISED);
}

zhen_result answer_intake(zhen_call *call)
{
	struct intake intake;
	zhen_result refused = begin(call, INTAKE_ANSWER, &intake);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE intake SET reason = $1 WHERE id = $2", field_text(call, "reason"), intake.id);
	return answer(call, &intake, INTAKE_ANSWERED);
}

zhen_result link_intake(zhen_call *call)
{
	struct intake intake, original;
	zhen_result refused = begin(call, INTAKE_LINK, &intake);

	if (refused != 0)
		return refused;
	refused = load(call, zhen_int(call, "original"), &original);
	if (refused != 0)
		return refused;
	/* One step to the first, never a chain. */
	if (original.id == intake.id || original.state == INTAKE_LINKED || strcmp(original.township, intake.township) != 0) {
		zhen_field_error(call, "original", "not-an-original",
		                 "须是本乡镇另一件没有并入别件的来件 (another matter of this township, itself not linked)");
		return zhen_invalid(call);
	}
	if (zhen_one(call, "SELECT id FROM intake WHERE original = $1", intake.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "has-duplicates",
		                 "已有来件并入本件 (others are linked to this one)");
	zhen_run(call, "UPDATE intake SET original = $1, reason = $2 WHERE id = $3", original.id,
	         field_text(call, "reason"), intake.id);
	return answer(call, &intake, INTAKE_LINKED);
}

/* Which cell of a row is which column; false: the head lacks one. Other columns are not read. */
static bool read_head(const zhen_csv_row *row, size_t at[N_COLUMNS])
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		at[c] = row->count;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->cells[i], columns[c].head) == 0)
				at[c] = i;
		if (at[c] == row->count)
			return false;
	}
	return true;
}

struct counts {
	int64_t added, known, last; /* last = row before this file */
};

static void take(zhen_csv_faults *faults, int64_t line, const char *const *cells, struct counts *counts)
{
	zhen_call *call = faults->call;
	const zhen_division *township = call->host->division(call, cells[TOWNSHIP]);
	size_t before = faults->count;

	for (size_t c = 0; c < N_COLUMNS; c++)
		if (columns[c].needed && cells[c][0] == '\0')
			zhen_csv_fault(faults, line, columns[c].head, "required", "不能为空 (must not be empty)");
		else if (columns[c].most != 0 && characters(cells[c]) > columns[c].most)
			zhen_csv_fault(faults, line, columns[c].head, "too-long",
			               zhen_format(call, "最多%zu字 (at most so many characters)", columns[c].most));
	if (zhen_csv_is_scientific(cells[NUMBER]))
		zhen_csv_fault(faults, line, columns[NUMBER].head, "number-lost",
		               "编号被改成了科学计数，按文本重新导出 (opened as a number: export it as text)");
	if (cells[TOWNSHIP][0] != '\0' &&
	    (township == NULL || township->level != 4 || !zhen_within_caller(call, township->code)))
		zhen_csv_fault(faults, line, columns[TOWNSHIP].head, "not-a-township",
		               "须是本辖区的乡镇（街道）代码 (a township within your division)");
	if (faults->count != before)
		return;
	const zhen_division *hotline = call->host->division_above(call, township->code, 2);
	const char *of = zhen_format(call, "%s", hotline != NULL ? hotline->code : "");
	const zhen_row *there =
		zhen_one(call, "SELECT id FROM intake WHERE hotline = $1 AND number = $2", of, cells[NUMBER]);
	if (there != NULL && zhen_column_int(there, "id") > counts->last) {
		zhen_csv_fault(faults, line, columns[NUMBER].head, "number-twice",
		               "同一文件里编号重复 (twice in this file)");
		return;
	}
	counts->known += there != NULL;
	counts->added += there == NULL;
	if (there != NULL)
		return;
	struct intake intake = { .number = cells[NUMBER], .township = cells[TOWNSHIP] };
	intake.id = zhen_insert(call,
	                        "INSERT INTO intake(hotline, number, township, class, kind, title, content, place, state, whistle, "
	                        "original, reason, at, ended_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 'received', 0, 0, '', $9, 0) "
	                        "RETURNING id",
	                        of, cells[NUMBER], cells[TOWNSHIP], cells[CLASS], cells[KIND], cells[TITLE], cells[CONTENT],
	                        cells[PLACE], zhen_now(call));
	zhen_emit(call, "dispatch.intake.moved", "intake", intake.id, "number", intake.number, "township", intake.township,
	          "state", intake_process.states[INTAKE_RECEIVED].name, "at", zhen_now(call));
}

static void take_csv(zhen_csv_faults *faults, struct counts *counts)
{
	zhen_call *call = faults->call;
	const zhen_value content = zhen_field_value(call, "content");
	size_t at[N_COLUMNS];
	zhen_csv csv;

	if (!zhen_csv_read(call, content.as.text, content.length, &csv))
		zhen_csv_fault(faults, csv.problem_line, "", "file-unreadable", csv.problem);
	else if (csv.count < 2 || !read_head(&csv.rows[0], at))
		zhen_csv_fault(faults, 1, "", "head-missing",
		               "表头须有：工单编号,区划,类别,事项,标题,情况,地点 (the head lacks a column, or no rows)");
	else
		for (size_t i = 1; i < csv.count; i++) {
			const char *cells[N_COLUMNS];

			for (size_t c = 0; c < N_COLUMNS; c++) {
				const char *cell = at[c] < csv.rows[i].count ? csv.rows[i].cells[at[c]] : "";

				cells[c] = c <= TOWNSHIP ? zhen_csv_plain(call, cell) : cell;
			}
			take(faults, csv.rows[i].line, cells, counts);
		}
}

/* Another system's rows, numbered from 1. */
static void take_items(zhen_csv_faults *faults, int32_t n, struct counts *counts)
{
	for (int32_t i = 0; i < n; i++) {
		const char *cells[N_COLUMNS];

		for (size_t c = 0; c < N_COLUMNS; c++)
			cells[c] = or_empty(zhen_value_text(
				faults->call->host->list_field(faults->call, "items", i, columns[c].name)));
		take(faults, i + 1, cells, counts);
	}
}

zhen_result import_intake(zhen_call *call)
{
	zhen_csv_faults faults = zhen_csv_faults_new(call);
	struct counts counts = { .last = zhen_column_int(zhen_one(call, "SELECT COALESCE(MAX(id), 0) AS n FROM intake"), "n") };
	int32_t n = call->host->list_count(call, "items");
	bool csv = zhen_has(call, "content");

	if (csv == (n > 0)) {
		call->host->field_error(call, "content", "one-of-two",
		                        "填写 CSV 内容，或者传 items，二者取一 (either content as CSV or items)");
		return zhen_invalid(call);
	}
	if (csv)
		take_csv(&faults, &counts);
	else
		take_items(&faults, n, &counts);
	zhen_result refused = zhen_csv_refused(&faults);
	if (refused != 0)
		return refused;
	zhen_put(call, "rows", counts.added + counts.known);
	zhen_put(call, "added", counts.added);
	zhen_put(call, "known", counts.known);
	return zhen_ok(call);
}
