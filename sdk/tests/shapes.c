/* SPDX-License-Identifier: Apache-2.0
 * The tables of every planned plugin, as far as it takes to see that each kind of row has the members it will need: one
 * example of each kind where it is hardest, not every route. The test binds each and counts that no member of any row
 * is left without a use. */
#include <zhen/zhen.h>

#include "shapes.h"

static zhen_result handle(zhen_call *call)
{
	return zhen_ok(call);
}

#define ROWS(type, ...) (const type[]) { __VA_ARGS__, { 0 } }
#define FIELDS(...) ROWS(zhen_field, __VA_ARGS__)
#define ID { .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }
#define TOWNSHIP { .name = "township", .type = ZHEN_DIVISION, .label = "乡镇", .min = 4, .flags = ZHEN_REQUIRED }
#define READ(path_, ...) { .method = ZHEN_GET, .path = path_, .handle = handle, __VA_ARGS__ }
#define WRITE(path_, ...) { .method = ZHEN_POST, .path = path_, .handle = handle, __VA_ARGS__ }
#define SHAPE(id_, ...) static const zhen_plugin id_ = { ZHEN_PLUGIN_SIZES, .id = #id_, .version = "1.0.0", __VA_ARGS__ }

/* 一颗印章管审批: personal data, uploads by a resident's ticket, edits with If-Match, documents in two steps, purge. */
SHAPE(approvals, .title = "审批", .summary = "宅基地等事项的受理、审批、办证",
	.start = handle, .ready = handle, .stop = handle,
	.migrations = ROWS(zhen_migration,
		{ .number = 1, .sql = "CREATE TABLE matter(id {{id}}, township TEXT NOT NULL, version BIGINT NOT NULL)" },
		{ .number = 2, .sql = "ALTER TABLE matter ADD COLUMN grade TEXT", .phase = ZHEN_EXPAND },
		{ .number = 3, .handle = handle, .phase = ZHEN_BACKFILL },
		{ .number = 4, .sql = "ALTER TABLE matter DROP COLUMN version", .phase = ZHEN_CONTRACT }),
	.features = ROWS(zhen_feature, { .name = "deputy", .title = "代办", .help = "帮办代办", .flags = ZHEN_OFF_BY_DEFAULT }),
	.permissions = ROWS(zhen_permission, { .name = "approvals.accept", .title = "受理" },
		{ .name = "approvals.read", .title = "查看" }, { .name = "approvals.unmask", .title = "查看完整个人信息" }),
	.routes = ROWS(zhen_route,
		WRITE("/applications", .prepare = handle, .summary = "申请宅基地", .flags = ZHEN_PUBLIC | ZHEN_UPLOADS,
		      .upload_bytes = 20 << 20, .upload_files = 12, .subject = "township",
		      .fields = FIELDS(TOWNSHIP,
			{ .name = "applicant", .type = ZHEN_NAME, .label = "申请人", .help = "与身份证一致", .flags = ZHEN_REQUIRED },
			{ .name = "id_card", .type = ZHEN_ID_CARD, .flags = ZHEN_REQUIRED }, { .name = "phone", .type = ZHEN_PHONE },
			{ .name = "purpose", .type = ZHEN_CHOICE, .choices = "new=新建|rebuild=翻建|extend=扩建" },
			{ .name = "area", .type = ZHEN_DECIMAL, .max = 2 }, { .name = "draft", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
			{ .name = "family", .type = ZHEN_LIST, .max = 20,
			  .fields = FIELDS({ .name = "name", .type = ZHEN_NAME }, { .name = "relation", .type = ZHEN_TEXT }) },
			{ .name = "deed", .type = ZHEN_FILE, .max = 5 << 20 })),
		READ("/applications/{id}", .permission = "approvals.read", .unmask = "approvals.unmask", .version = "version",
		     .summary = "看一件", .fields = FIELDS(ID),
		     .reply = FIELDS(ID, { .name = "version", .type = ZHEN_INT }, { .name = "body", .type = ZHEN_BODY })),
		{ .method = ZHEN_PATCH, .path = "/applications/{id}", .handle = handle, .permission = "approvals.accept",
		  .summary = "补正", .version = "version", .feature = "deputy", .fields = FIELDS(ID),
		  .reply = FIELDS({ .name = "version", .type = ZHEN_INT }) },
		WRITE("/track", .flags = ZHEN_PUBLIC, .summary = "查询进度",
		      .fields = FIELDS({ .name = "code", .type = ZHEN_SECRET, .flags = ZHEN_REQUIRED })),
		READ("/tiles/open", .permission = "approvals.read", .summary = "在办件数"),
		READ("/tasks/mine", .permission = "approvals.read", .summary = "我的待办"),
		READ("/export", .permission = "approvals.read", .summary = "导出", .flags = ZHEN_POOL)),
	.topics = ROWS(zhen_topic, { .name = "approvals.matter.accepted", .summary = "受理", .subject = "id",
		.scope = "township", .permission = "approvals.read", .fields = FIELDS(ID, TOWNSHIP) }),
	.subscriptions = ROWS(zhen_subscription, { .topic = "duties.item.adjusted", .handle = handle, .publisher_min = "1.0.0",
		.feature = "deputy", .fields = FIELDS({ .name = "item", .type = ZHEN_TEXT }) }),
	.jobs = ROWS(zhen_job, { .name = "render", .handle = handle, .prepare = handle, .summary = "出证", .feature = "deputy" },
		{ .name = "overdue", .handle = handle, .every_ms = 60000 }),
	.settings = ROWS(zhen_setting,
		{ .key = "days", .type = ZHEN_INT, .def = "10", .min = 1, .max = 60, .unit = "工作日", .help = "承诺时限",
		  .flags = ZHEN_PER_DIVISION },
		{ .key = "items", .type = ZHEN_TEXT, .def = "items.csv", .flags = ZHEN_CONTENT | ZHEN_RESTART },
		{ .key = "seal", .type = ZHEN_CHOICE, .choices = "sample=示例|real=正式", .def = "sample" }),
	.menu = ROWS(zhen_menu, { .title = "审批", .path = "/desk", .icon = "stamp", .permission = "approvals.read",
		.module = "desk.js", .element = "approvals-desk", .order = 20, .feature = "deputy" }),
	.tiles = ROWS(zhen_tile, { .name = "open", .title = "在办", .path = "/tiles/open", .permission = "approvals.read",
		.pillar = "seal", .feature = "deputy" }),
	.tasks = ROWS(zhen_task, { .name = "mine", .title = "待办", .path = "/tasks/mine", .permission = "approvals.read",
		.feature = "deputy" }),
	.searches = ROWS(zhen_search, { .name = "matters", .title = "办件", .table = "matter", .columns = "number, title",
		.scope = "township", .path = "/applications/{id}", .permission = "approvals.read", .feature = "deputy" }),
	.needs = ROWS(zhen_need, { .plugin = "duties", .min_version = "1.0.0", .flags = ZHEN_OPTIONAL }),
	.purges = ROWS(zhen_purge, { .subject = "application", .handle = handle, .summary = "删除未出证申请的个人信息" }));

/* 一张清单明权责: a county's real file in, refused rows out; a public page behind a QR code. */
SHAPE(duties, .title = "权责清单",
	.routes = ROWS(zhen_route,
		WRITE("/import", .prepare = handle, .permission = "duties.edit", .summary = "导入清单", .flags = ZHEN_UPLOADS,
		      .fields = FIELDS({ .name = "file", .type = ZHEN_FILE, .flags = ZHEN_REQUIRED }),
		      .reply = FIELDS({ .name = "refused", .type = ZHEN_LIST,
			.fields = FIELDS({ .name = "row", .type = ZHEN_INT }, { .name = "why", .type = ZHEN_LONG_TEXT }) })),
		READ("/lists/{township}", .flags = ZHEN_PUBLIC, .summary = "公示清单", .fields = FIELDS(TOWNSHIP))),
	.topics = ROWS(zhen_topic, { .name = "duties.item.adjusted", .subject = "item", .scope = "township",
		.fields = FIELDS(TOWNSHIP, { .name = "item", .type = ZHEN_TEXT }, { .name = "from", .type = ZHEN_DATE }) }));

/* 一支队伍管执法: gates by article; amounts stay out of every event (行政处罚法 74). */
SHAPE(enforcement, .title = "综合执法",
	.routes = ROWS(zhen_route,
		WRITE("/cases/{id}/decisions", .permission = "enforcement.decide", .summary = "处罚决定", .subject = "id",
		      .fields = FIELDS(ID, { .name = "fine_fen", .type = ZHEN_MONEY, .min = 0, .max = 100000000 },
			{ .name = "grave", .type = ZHEN_BOOL }, { .name = "served_at", .type = ZHEN_TIME })),
		WRITE("/evidence", .permission = "enforcement.patrol", .summary = "取证", .flags = ZHEN_UPLOADS, .upload_files = 30,
		      .fields = FIELDS({ .name = "photo", .type = ZHEN_FILE }, { .name = "taken_at", .type = ZHEN_TIME })),
		READ("/posts/today", .permission = "enforcement.patrol", .summary = "今日岗位")),
	.topics = ROWS(zhen_topic, { .name = "enforcement.case.opened", .subject = "id", .scope = "township",
		.fields = FIELDS(ID, TOWNSHIP) }),
	.subscriptions = ROWS(zhen_subscription,
		{ .topic = "training.certificate.expired", .handle = handle, .publisher_min = "1.0.0",
		  .fields = FIELDS({ .name = "account", .type = ZHEN_TEXT }) }),
	.tasks = ROWS(zhen_task, { .name = "posts", .title = "今日岗位", .path = "/posts/today" }),
	.needs = ROWS(zhen_need, { .plugin = "duties", .min_version = "1.0.0" }));

/* 吹哨报到: several departments, each with its own state; a score per body; intake from outside by token. */
SHAPE(dispatch, .title = "吹哨报到",
	.routes = ROWS(zhen_route,
		WRITE("/whistles", .permission = "dispatch.raise", .summary = "吹哨", .fields = FIELDS(TOWNSHIP,
			{ .name = "departments", .type = ZHEN_LIST, .flags = ZHEN_REQUIRED, .max = 10,
			  .fields = FIELDS({ .name = "body", .type = ZHEN_BODY, .flags = ZHEN_REQUIRED }) })),
		WRITE("/open311/requests", .permission = "dispatch.intake", .summary = "外部来件",
		      .fields = FIELDS({ .name = "external", .type = ZHEN_TEXT }, { .name = "lat", .type = ZHEN_DECIMAL, .max = 6 })),
		READ("/rankings", .permission = "dispatch.read", .summary = "部门得分", .flags = ZHEN_POOL)),
	.topics = ROWS(zhen_topic, { .name = "dispatch.whistle.raised", .subject = "id", .scope = "township",
		.permission = "dispatch.read", .fields = FIELDS(ID, TOWNSHIP, { .name = "body", .type = ZHEN_BODY }) }),
	.jobs = ROWS(zhen_job, { .name = "escalate", .handle = handle, .every_ms = 60000 }),
	.settings = ROWS(zhen_setting, { .key = "township_share", .type = ZHEN_DECIMAL, .def = "0.30", .max = 4 }));

/* 应急救援: changes drawn live on a map; positions are gone tomorrow, so their topic may be deleted. */
SHAPE(emergency, .title = "应急救援",
	.routes = ROWS(zhen_route,
		WRITE("/incidents/{id}/calls", .permission = "emergency.lead", .summary = "调集队伍", .fields = FIELDS(ID)),
		READ("/map", .permission = "emergency.read", .summary = "态势图")),
	.topics = ROWS(zhen_topic, { .name = "emergency.vehicle.moved", .subject = "vehicle", .flags = ZHEN_TRANSIENT,
		.fields = FIELDS({ .name = "vehicle", .type = ZHEN_TEXT }, { .name = "lon", .type = ZHEN_DECIMAL, .max = 6 }) }),
	.menu = ROWS(zhen_menu, { .title = "态势", .path = "/situation", .module = "map.js", .element = "emergency-map" }),
	.purges = ROWS(zhen_purge, { .subject = "incident", .handle = handle }));

/* 培训: exams whose answers are secret until handed in, certificates anybody may check. */
SHAPE(training, .title = "培训",
	.routes = ROWS(zhen_route,
		WRITE("/sessions/{id}/attendance", .permission = "training.attend", .summary = "签到",
		      .fields = FIELDS(ID, { .name = "code", .type = ZHEN_SECRET, .flags = ZHEN_REQUIRED })),
		READ("/certificates/{number}", .flags = ZHEN_PUBLIC, .summary = "查证书",
		     .fields = FIELDS({ .name = "number", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }))),
	.topics = ROWS(zhen_topic, { .name = "training.certificate.expired", .subject = "account",
		.fields = FIELDS({ .name = "account", .type = ZHEN_TEXT }) }),
	.settings = ROWS(zhen_setting, { .key = "pass_mark", .type = ZHEN_INT, .def = "60", .min = 0, .max = 100 }));

/* 经费: fen that add up; slow runs prepared beside the writer. */
SHAPE(funding, .title = "经费",
	.routes = ROWS(zhen_route,
		WRITE("/runs", .prepare = handle, .permission = "funding.allocate", .summary = "分配",
		      .fields = FIELDS({ .name = "year", .type = ZHEN_INT, .min = 2020, .max = 2100 },
			{ .name = "amount_fen", .type = ZHEN_MONEY, .flags = ZHEN_REQUIRED }))),
	.jobs = ROWS(zhen_job, { .name = "carry_over", .handle = handle, .prepare = handle }),
	.settings = ROWS(zhen_setting, { .key = "reward_limit_fen", .type = ZHEN_MONEY, .def = "0", .min = 0, .max = 1000000000,
			.unit = "分" }, { .key = "closed_until", .type = ZHEN_DATE, .def = "" },
		{ .key = "strict", .type = ZHEN_BOOL, .def = "true" }));

/* 网格: what is found in the field, often without network: client-made keys, nothing more. */
SHAPE(grid, .title = "网格",
	.routes = ROWS(zhen_route, WRITE("/findings", .permission = "grid.report", .summary = "上报", .flags = ZHEN_UPLOADS,
		.fields = FIELDS({ .name = "village", .type = ZHEN_DIVISION, .min = 5, .flags = ZHEN_REQUIRED },
			{ .name = "photo", .type = ZHEN_FILE }))),
	.topics = ROWS(zhen_topic, { .name = "grid.finding.reported", .subject = "id", .scope = "village",
		.fields = FIELDS(ID, { .name = "village", .type = ZHEN_DIVISION }) }));

/* 议事投票: one voice per household, secret. */
SHAPE(voting, .title = "议事",
	.features = ROWS(zhen_feature, { .name = "secret_ballot", .title = "无记名" }),
	.routes = ROWS(zhen_route, WRITE("/ballots/{id}/votes", .permission = "voting.vote", .summary = "投票",
		.feature = "secret_ballot", .fields = FIELDS(ID, { .name = "choice", .type = ZHEN_CHOICE, .choices = "yes=同意|no=反对|none=弃权" }))));

/* 调解: both sides are persons; agreements are documents. */
SHAPE(mediation, .title = "调解",
	.routes = ROWS(zhen_route, WRITE("/cases", .permission = "mediation.accept", .summary = "受理纠纷", .unmask = "mediation.unmask",
		.fields = FIELDS({ .name = "parties", .type = ZHEN_LIST, .fields = FIELDS({ .name = "name", .type = ZHEN_NAME },
			{ .name = "phones", .type = ZHEN_LIST, .fields = FIELDS({ .name = "phone", .type = ZHEN_PHONE }) }) }))),
	.purges = ROWS(zhen_purge, { .subject = "case", .handle = handle }));

/* 渣土车: telemetry in bulk. */
SHAPE(trucks, .title = "渣土车",
	.routes = ROWS(zhen_route, WRITE("/positions", .permission = "trucks.report", .summary = "上报位置",
		.fields = FIELDS({ .name = "points", .type = ZHEN_LIST, .max = 1000, .fields = FIELDS(
			{ .name = "plate", .type = ZHEN_TEXT }, { .name = "at", .type = ZHEN_TIME }) }))),
	.topics = ROWS(zhen_topic, { .name = "trucks.area.left", .flags = ZHEN_TRANSIENT, .subject = "plate",
		.fields = FIELDS({ .name = "plate", .type = ZHEN_TEXT }) }));

/* The shell: no database of its own, pages only. */
SHAPE(console, .title = "工作台",
	.menu = ROWS(zhen_menu, { .title = "首页", .path = "/home", .module = "home.js", .element = "console-home", .order = 1 }),
	.settings = ROWS(zhen_setting, { .key = "theme", .type = ZHEN_TEXT, .def = "default" }));

const zhen_plugin *const shapes[] = {
	&approvals, &duties, &enforcement, &dispatch, &emergency, &training, &funding, &grid, &voting, &mediation, &trucks,
	&console,   NULL,
};
