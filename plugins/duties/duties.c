/* SPDX-License-Identifier: Apache-2.0
 * 权责清单: which duties a township has on a day, where each comes from, and who may change that. This file is
 * the plugin: its tables. */
#include "tables.h"

#include <zhen/casework/csv.h>

#include "people.h"

#define GET(path_, handle_, fields_, ...) \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }
#define POST(path_, handle_, fields_, ...) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }
/* For everybody, and for staff. */
#define OPEN(path_, handle_, fields_, reply_, summary_, ...) \
	GET(path_, handle_, fields_, .reply = reply_, .flags = ZHEN_PUBLIC, .summary = summary_, __VA_ARGS__)
#define READ(path_, handle_, fields_, reply_, summary_, ...) \
	GET(path_, handle_, fields_, .reply = reply_, .permission = "duties.read", .summary = summary_, __VA_ARGS__)
#define ACT(path_, handle_, fields_, reply_, permission_, summary_, ...) \
	POST(path_, handle_, fields_, .reply = reply_, .permission = "duties." permission_, .summary = summary_, __VA_ARGS__)

static const zhen_route routes[] = {
	/* For everybody: government information is public by itself. */
	OPEN("/units", list_units, units_fields, units_reply, "各单位的清单"),
	OPEN("/units/{unit}", show_unit, unit_list_fields, unit_reply, "单位的权责清单"),
	OPEN("/units/{unit}/items", list_unit_items, unit_items_fields, unit_items_reply, "清单事项"),
	OPEN("/units/{unit}/items/{code}", show_unit_item, unit_item_fields, unit_item_reply, "事项详情"),
	OPEN("/units/{unit}/boundary", list_boundary, unit_items_fields, boundary_reply, "县乡职责边界"),
	OPEN("/units/{unit}/diff", show_unit_diff, unit_diff_fields, unit_diff_reply, "版本之间、与目录的差异"),
	OPEN("/q/{slug}", show_public, public_fields, public_reply, "便民清单", .feature = "board"),
	OPEN("/q/{slug}/{code}", show_public_item, public_item_fields, unit_item_reply, "怎么办、找谁办",
	     .feature = "board"),
	GET("/qr/{slug}", show_qr, slug_fields, .flags = ZHEN_PUBLIC, .summary = "清单二维码", .feature = "board"),
	OPEN("/catalogues", list_catalogues, none_fields, catalogues_reply, "目录"),
	OPEN("/catalogues/{code}", show_catalogue, catalogue_fields, catalogue_reply, "目录详情"),
	OPEN("/catalogues/{catalogue}/items", list_catalogue_items, catalogue_items_fields, catalogue_items_reply,
	     "目录事项"),
	OPEN("/history/{code}", list_history, history_fields, history_reply, "事项变动"),
	OPEN("/items", find_items, find_fields, find_reply, "查事项：在谁的清单上"),
	OPEN("/situations", list_situations, situations_fields, situations_reply, "哪种情形谁负责",
	     .feature = "situations"),
	OPEN("/situations/{id}", show_situation, one_fields, situation_reply, "一种情形谁负责",
	     .feature = "situations"),
	OPEN("/answer", answer_situation, answer_fields, answer_reply, "这件事谁负责", .feature = "situations"),
	OPEN("/grid-types", list_grid_types, grids_fields, grids_reply, "网格工作事项准入清单", .feature = "grid"),
	OPEN("/organs", list_organs, organs_fields, organs_reply, "乡镇机构", .feature = "organs"),
	OPEN("/processes", show_processes, none_fields, processes_reply, "办理规则"),
	OPEN("/reports/lists", report_lists, division_fields, lists_report, "清单统计"),
	OPEN("/reports/adjustments", report_adjustments, year_fields, adjustments_report, "年度调整统计"),
	OPEN("/reports/reviews", report_reviews, quarter_fields, reviews_reply, "季度研判完成情况",
	     .feature = "reviews"),
	/* Catalogues. */
	GET("/import", show_import, none_fields, .reply = ticket_reply, .permission = "duties.catalogue",
	    .summary = "导入目录"),
	POST("/catalogues", import_catalogue, import_fields, .reply = imported_reply, .permission = "duties.catalogue",
	     .flags = ZHEN_UPLOADS, .upload_bytes = 5 * 1024 * 1024, .summary = "导入目录"),
	/* Lists. */
	READ("/lists", list_lists, lists_fields, lists_reply, "清单编制"),
	READ("/lists/{id}", show_list, one_fields, list_reply, "清单草案和版本"),
	READ("/lists/{id}/items", list_items_of, list_items_fields, list_items_reply, "草案事项"),
	READ("/lists/{id}/diff", show_list_diff, one_fields, unit_diff_reply, "草案的差异"),
	GET("/lists/{id}/choose", show_choice, one_fields, .reply = choice_reply, .permission = "duties.edit",
	    .summary = "选取可选事项"),
	GET("/lists/{id}/add", list_to_add, seek_fields, .reply = seek_reply, .permission = "duties.edit",
	    .summary = "增加本地事项：选对应的事项"),
	GET("/lists/{id}/place", list_to_place, seek_fields, .reply = seek_reply, .permission = "duties.edit",
	    .summary = "归入哪张清单：选事项"),
	GET("/lists/{id}/remove", list_to_remove, seek_fields, .reply = seek_reply, .permission = "duties.edit",
	    .summary = "去掉哪一项：选事项"),
	ACT("/lists/{id}/pick", pick_items, pick_fields, list_done_reply, "edit", "勾选可选事项"),
	ACT("/lists", create_draft, draft_fields, NULL, "edit", "编制清单（从目录继承）"),
	ACT("/lists/{id}/choose", choose_items, choose_fields, list_done_reply, "edit", "选取可选事项"),
	ACT("/lists/{id}/add", add_item, add_fields, list_done_reply, "edit", "增加本地事项"),
	ACT("/lists/{id}/place", place_item, placing_fields, list_done_reply, "edit", "归入基本、配合或收回清单"),
	ACT("/lists/{id}/remove", remove_item, remove_fields, list_done_reply, "edit", "去掉事项"),
	POST("/lists/{id}/import", import_items, list_import_fields, .reply = list_done_reply, .permission = "duties.edit",
	     .flags = ZHEN_UPLOADS, .upload_bytes = 5 * 1024 * 1024, .summary = "导入本地事项"),
	ACT("/lists/{id}/publish", publish_list, publish_fields, published_reply, "publish", "审定公布"),
	ACT("/lists/{id}/discard", discard_draft, one_fields, list_done_reply, "edit", "作废草案"),
	ACT("/units/{unit}/items/{code}/guide", set_guide, guide_fields, NULL, "edit", "填写办事说明"),
	/* The yearly round and the quarterly review. */
	READ("/rounds", list_rounds, rounds_fields, rounds_reply, "年度调整"),
	READ("/rounds/{id}", show_round, one_fields, round_reply, "一轮调整"),
	GET("/rounds/{id}/survey", list_to_survey, seek_fields, .reply = survey_reply, .permission = "duties.edit",
	    .summary = "登记摸排：选事项"),
	GET("/rounds/{id}/assess", show_assessing, one_fields, .reply = assess_reply, .permission = "duties.publish",
	    .summary = "登记评估"),
	ACT("/rounds", open_round, round_fields, NULL, "edit", "开展年度调整"),
	ACT("/rounds/{id}/survey", survey_items, survey_fields, round_done_reply, "edit", "登记摸排"),
	ACT("/rounds/{id}/survey-end", end_survey, note_fields, round_done_reply, "edit", "摸排结束，提交评估"),
	ACT("/rounds/{id}/assess", assess_items, assess_fields, round_done_reply, "publish", "登记评估"),
	ACT("/rounds/{id}/assess-end", end_assessment, note_fields, round_done_reply, "publish", "评估结束，开始调整"),
	ACT("/rounds/{id}/close", close_round, note_fields, round_done_reply, "publish", "结束本轮调整"),
	READ("/reviews", list_reviews, reviews_fields, reviews_reply, "季度研判", .feature = "reviews"),
	ACT("/reviews/{id}/record", record_review, review_fields, state_reply, "edit", "登记研判",
	    .feature = "reviews"),
	/* Admission, and what it guards. */
	READ("/admissions", list_admissions, admissions_fields, admissions_reply, "准入申请"),
	GET("/admissions/new", show_new_admission, new_admission_fields, .reply = seek_reply, .permission = "duties.apply",
	    .summary = "申请准入：选事项"),
	READ("/admissions/{id}", show_admission, one_fields, admission_reply, "准入申请详情"),
	ACT("/admissions", file_admission, admission_fields, NULL, "apply", "申请准入"),
	ACT("/admissions/{id}/approve", approve_admission, opinion_fields, decided_reply, "admit", "准予准入"),
	ACT("/admissions/{id}/refuse", refuse_admission, opinion_fields, decided_reply, "admit", "不予准入"),
	ACT("/admissions/{id}/retract", retract_admission, opinion_fields, decided_reply, "apply", "撤回申请"),
	READ("/tasks", list_tasks, tasks_fields, tasks_reply, "任务和问责", .feature = "tasks"),
	GET("/tasks/new", list_to_assign, new_task_fields, .reply = seek_reply, .permission = "duties.apply",
	    .summary = "交办任务：选事项", .feature = "tasks"),
	GET("/tasks/grid", list_to_grid, new_admission_fields, .reply = seek_reply, .permission = "duties.apply",
	    .summary = "派给网格员：选工作", .feature = "tasks"),
	READ("/tasks/{id}", show_task, one_fields, task_reply, "任务详情", .feature = "tasks"),
	ACT("/tasks", create_task, task_fields, task_done_reply, "apply", "交办任务、登记问责", .feature = "tasks"),
	ACT("/tasks/{id}/assign", assign_task, assign_fields, task_done_reply, "apply", "交办", .feature = "tasks"),
	ACT("/tasks/{id}/cancel", cancel_task, note_fields, task_done_reply, "apply", "取消", .feature = "tasks"),
	ACT("/usage", record_usage, usage_fields, usage_reply, "apply", "登记事项使用", .feature = "tasks"),
	GET("/grid-types/new", show_new_grid_type, new_situation_fields, .reply = seek_reply, .permission = "duties.admit",
	    .summary = "网格事项准入：选事项", .feature = "grid"),
	ACT("/grid-types", admit_grid_type, grid_fields, NULL, "admit", "网格事项准入", .feature = "grid"),
	ACT("/grid-types/{id}/remove", remove_grid_type, one_fields, state_reply, "admit", "移出网格准入清单",
	    .feature = "grid"),
	/* Around. */
	GET("/situations/new", show_new_situation, new_situation_fields, .reply = seek_reply, .permission = "duties.publish",
	    .summary = "登记一种情形：选事项", .feature = "situations"),
	ACT("/situations", set_situation, situation_fields, NULL, "publish", "明确哪种情形谁负责",
	    .feature = "situations"),
	ACT("/situations/{id}/change", change_situation, situation_change_fields, state_reply, "publish", "修改一种情形",
	    .feature = "situations"),
	ACT("/situations/{id}/remove", remove_situation, situation_remove_fields, state_reply, "publish", "删除一种情形",
	    .feature = "situations"),
	READ("/situations/removed", list_removed, none_fields, removed_reply, "已删除的情形", .feature = "situations"),
	POST("/situations/import", import_situations, situation_import_fields, .reply = situations_imported_reply,
	     .permission = "duties.publish", .flags = ZHEN_UPLOADS, .upload_bytes = 5 * 1024 * 1024, .summary = "导入职责分工表",
	     .feature = "situations"),
	ACT("/situations/export", export_situations, situation_export_fields, exported_reply, "publish", "导出职责分工表",
	    .feature = "situations"),
	GET("/exports/{id}", send_export, one_fields, .permission = "duties.publish", .summary = "下载导出的文件",
	    .feature = "situations"),
	ACT("/organs", set_organ, organ_fields, NULL, "publish", "登记乡镇机构", .feature = "organs"),
	READ("/transfers", list_transfers, transfers_fields, transfers_reply, "事项承接", .feature = "transfers"),
	GET("/transfers/new", list_to_transfer, new_transfer_fields, .reply = seek_reply, .permission = "duties.publish",
	    .summary = "登记事项承接：选事项", .feature = "transfers"),
	READ("/transfers/{id}", show_transfer, one_fields, transfer_reply, "事项承接详情", .feature = "transfers"),
	ACT("/transfers", open_transfer, transfer_fields, NULL, "publish", "登记事项承接", .feature = "transfers"),
	ACT("/transfers/{id}/record", record_transfer, record_fields, state_reply, "publish", "登记权、人、钱",
	    .feature = "transfers"),
	ACT("/transfers/{id}/complete", complete_transfer, one_fields, state_reply, "publish", "确认到位",
	    .feature = "transfers"),
	READ("/tile", tile_lists, none_fields, tile_reply, "清单份数"),
	PEOPLE_ROUTES
	{ 0 },
};

#define TOWNSHIP { .name = "township", .type = ZHEN_DIVISION }
#define AT { .name = "at", .type = ZHEN_TIME }

static const zhen_field item_event[] = {
	{ .name = "item", .type = ZHEN_TEXT },    TOWNSHIP, { .name = "unit", .type = ZHEN_DIVISION },
	{ .name = "name", .type = ZHEN_TEXT },    { .name = "place", .type = ZHEN_TEXT },
	{ .name = "type", .type = ZHEN_TEXT },    { .name = "lead", .type = ZHEN_TEXT },
	{ .name = "version", .type = ZHEN_INT },  { .name = "effective_from", .type = ZHEN_DATE }, AT,
	{ .name = "power", .type = ZHEN_TEXT },   { .name = "basis", .type = ZHEN_LONG_TEXT }, { 0 },
};
static const zhen_field list_event[] = {
	{ .name = "unit", .type = ZHEN_DIVISION }, TOWNSHIP, { .name = "version", .type = ZHEN_INT },
	{ .name = "effective_from", .type = ZHEN_DATE }, { .name = "basic", .type = ZHEN_INT },
	{ .name = "assist", .type = ZHEN_INT }, { .name = "withdrawn", .type = ZHEN_INT },
	{ .name = "changes", .type = ZHEN_INT }, AT, { 0 },
};
static const zhen_field catalogue_event[] = {
	{ .name = "code", .type = ZHEN_TEXT }, { .name = "version", .type = ZHEN_INT },
	{ .name = "kind", .type = ZHEN_TEXT },
	{ .name = "division", .type = ZHEN_DIVISION }, { .name = "effective_from", .type = ZHEN_DATE },
	{ .name = "items", .type = ZHEN_INT }, AT, { 0 },
};
static const zhen_field round_event[] = {
	TOWNSHIP, { .name = "year", .type = ZHEN_INT }, { .name = "round", .type = ZHEN_INT },
	{ .name = "adjusted", .type = ZHEN_INT }, AT, { 0 },
};
static const zhen_field review_event[] = {
	TOWNSHIP, { .name = "year", .type = ZHEN_INT }, { .name = "quarter", .type = ZHEN_INT },
	{ .name = "due_on", .type = ZHEN_DATE }, AT, { 0 },
};
static const zhen_field admission_event[] = {
	{ .name = "admission", .type = ZHEN_INT }, TOWNSHIP, { .name = "unit", .type = ZHEN_DIVISION },
	{ .name = "item", .type = ZHEN_TEXT }, { .name = "state", .type = ZHEN_TEXT },
	{ .name = "version", .type = ZHEN_INT }, AT, { 0 },
};
static const zhen_field task_event[] = {
	{ .name = "task", .type = ZHEN_INT }, TOWNSHIP, { .name = "unit", .type = ZHEN_DIVISION },
	{ .name = "item", .type = ZHEN_TEXT }, AT, { 0 },
};
static const zhen_field grid_event[] = {
	{ .name = "type", .type = ZHEN_TEXT }, { .name = "division", .type = ZHEN_DIVISION },
	{ .name = "name", .type = ZHEN_TEXT }, AT, { 0 },
};
static const zhen_field transfer_event[] = {
	{ .name = "item", .type = ZHEN_TEXT }, TOWNSHIP, { .name = "transfer", .type = ZHEN_INT }, AT, { 0 },
};

#define TOPIC(name_, fields_, subject_, scope_, summary_)                                           \
	{ .name = "duties." name_, .fields = fields_, .subject = subject_, .scope = scope_,         \
	  .permission = "duties.read", .summary = summary_ }

static const zhen_topic topics[] = {
	TOPIC("item.assigned", item_event, "item", "township", "事项列入乡镇清单"),
	TOPIC("item.changed", item_event, "item", "township", "清单事项改动"),
	TOPIC("item.withdrawn", item_event, "item", "township", "事项不再由乡镇承担"),
	TOPIC("list.published", list_event, "unit", "township", "公布一版清单"),
	TOPIC("catalogue.published", catalogue_event, "code", "division", "公布一版目录"),
	TOPIC("round.opened", round_event, "township", "township", "开展年度调整"),
	TOPIC("round.closed", round_event, "township", "township", "年度调整结束"),
	TOPIC("review.overdue", review_event, "township", "township", "逾期未研判、未调整"),
	TOPIC("admission.decided", admission_event, "unit", "township", "准入申请已决定"),
	TOPIC("task.flagged", task_event, "unit", "township", "清单外任务"),
	TOPIC("grid.admitted", grid_event, "type", "division", "网格事项准入"),
	TOPIC("grid.removed", grid_event, "type", "division", "网格事项移出准入清单"),
	TOPIC("transfer.completed", transfer_event, "item", "township", "权、人、钱随事转到位"),
	PEOPLE_TOPICS
	{ 0 },
};

static const zhen_job jobs[] = {
	{ .name = "watch_reviews", .handle = watch_reviews, .every_ms = 3600 * 1000, .summary = "季度研判到期",
	  .feature = "reviews" },
	{ .name = "watch_years", .handle = watch_years, .every_ms = 3600 * 1000, .summary = "年度调整到期" },
	PEOPLE_JOBS
	{ 0 },
};

static const zhen_setting settings[] = {
	ZHEN_CALENDAR_SETTING,
	ZHEN_CSV_SETTING,
	{ .key = "optional_min", .type = ZHEN_INT, .def = "1", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION,
	  .unit = "项",
	  .help = "每个乡镇至少选取的可选赋权事项（楚雄州：1）" },
	{ .key = "optional_max", .type = ZHEN_INT, .def = "37", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION,
	  .unit = "项",
	  .help = "每个乡镇至多选取的可选赋权事项（楚雄州：37）" },
	{ .key = "categories", .type = ZHEN_TEXT, .def = "基层党建|经济发展|社会治理|民生服务|平安法治|生态环保",
	  .help = "职责指导目录的六个类别；来源只点名前三个，后三个由当地决定" },
	{ .key = "criteria_for", .type = ZHEN_CHOICE, .def = "enforcement",
	  .choices = "enforcement=行政执法事项|all=所有新增事项",
	  .help = "哪些新增事项须回答四项标准（信阳市：行政执法事项，即权力类型为行政处罚、行政强制、行政检查的）" },
	{ .key = "guides", .type = ZHEN_TEXT, .def = "",
	  .help = "便民清单（二维码打开的页面）上办事指南的网址，{unit} 换成乡镇（街道）代码：/p/approvals/lists/{unit}；不填则没有这一链接" },
	{ .key = "review_days", .type = ZHEN_INT, .def = "10", .min = 0, .max = 60, .flags = ZHEN_PER_DIVISION,
	  .unit = "工作日",
	  .help = "季度结束后多少个工作日内完成研判；来源未规定，由当地决定" },
	{ .key = "help_phone", .type = ZHEN_TEXT, .def = "12345", .flags = ZHEN_PER_DIVISION,
	  .help = "“这件事谁负责”拿不准时请群众打的电话：乡镇（街道）便民服务中心的办公电话；不改为政务服务便民热线" },
	PEOPLE_SETTINGS
	{ 0 },
};

/* What a pilot may switch. */
static const zhen_feature features[] = {
	{ .name = "board", .title = "便民清单二维码", .help = "扫码看本单位清单和办事说明（南山街道）" },
	{ .name = "situations", .title = "职责分工", .help = "哪种情形谁负责（爱建街道）" },
	{ .name = "reviews", .title = "季度研判", .help = "一季度一研判（阳泉市）" },
	{ .name = "tasks", .title = "任务和问责", .help = "按清单交办、问责，清单外的标出（黑龙江）" },
	{ .name = "grid", .title = "网格工作事项准入", .help = "准入清单外的任务不派给网格员（平定县）" },
	{ .name = "organs", .title = "乡镇机构", .help = "大部门制的机构设置（白沙镇）" },
	{ .name = "transfers", .title = "事项承接", .help = "权随事转、人随事转、钱随事转（信阳市）" },
	PEOPLE_FEATURES
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "duties.read", .title = "查看清单草案和办理情况" },
	{ .name = "duties.catalogue", .title = "维护目录" },
	{ .name = "duties.edit", .title = "编制本单位清单、摸排、研判" },
	{ .name = "duties.publish", .title = "评估、审定、公布清单" },
	{ .name = "duties.apply", .title = "申请准入、交办事项" },
	{ .name = "duties.admit", .title = "审批准入" },
	PEOPLE_PERMISSIONS
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "查事项", .path = "/items", .icon = "search", .order = 28 },
	{ .title = "这件事谁负责", .path = "/answer", .icon = "signpost", .order = 29, .feature = "situations" },
	{ .title = "权责清单", .path = "/units", .icon = "list", .order = 30 },
	{ .title = "目录", .path = "/catalogues", .icon = "book", .order = 31 },
	{ .title = "职责分工表", .path = "/situations", .icon = "signpost-split", .order = 32, .feature = "situations" },
	{ .title = "清单编制", .path = "/lists", .icon = "pencil", .permission = "duties.read", .order = 33 },
	{ .title = "年度调整", .path = "/rounds", .icon = "arrow-repeat", .permission = "duties.read", .order = 34 },
	{ .title = "季度研判", .path = "/reviews", .icon = "calendar", .permission = "duties.read", .order = 35, .feature = "reviews" },
	{ .title = "准入申请", .path = "/admissions", .icon = "door-open", .permission = "duties.read", .order = 36 },
	{ .title = "事项承接", .path = "/transfers", .icon = "box-arrow-in-down", .permission = "duties.read", .order = 36,
	  .feature = "transfers" },
	{ .title = "任务和问责", .path = "/tasks", .icon = "inbox", .permission = "duties.read", .order = 37, .feature = "tasks" },
	PEOPLE_MENU
	{ .title = "网格工作事项准入清单", .path = "/grid-types", .icon = "grid", .order = 39, .feature = "grid" },
	{ .title = "乡镇机构", .path = "/organs", .icon = "building", .order = 40, .feature = "organs" },
	{ .title = "清单统计", .path = "/reports/lists", .icon = "bar-chart", .order = 41 },
	{ .title = "年度调整统计", .path = "/reports/adjustments", .icon = "bar-chart", .order = 42 },
	{ .title = "季度研判完成情况", .path = "/reports/reviews", .icon = "bar-chart", .order = 43, .feature = "reviews" },
	{ .title = "办理规则", .path = "/processes", .icon = "diagram-2", .order = 48 },
	{ 0 },
};

static const zhen_tile tiles[] = {
	{ .name = "lists", .title = "权责清单", .path = "/tile", .permission = "duties.read", .pillar = "list" },
	{ 0 },
};

static const zhen_search searches[] = {
	{ .name = "entries", .title = "清单事项", .table = "entry", .columns = "code, name, basis", .scope = "village township",
	  .path = "/units/{unit}/items/{code}" },
	{ 0 },
};

static const zhen_purge purges[] = { PEOPLE_PURGES { 0 } };

ZHEN_PLUGIN(duties, "1.0.0", .title = "权责清单", .summary = "目录、乡镇清单、准入、动态调整，岗位和编制", .start = start,
            .migrations = migrations, .routes = routes, .topics = topics, .jobs = jobs, .settings = settings,
            .features = features, .permissions = permissions, .menu = menu, .tiles = tiles, .searches = searches, .purges = purges);
