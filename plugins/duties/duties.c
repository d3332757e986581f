/* SPDX-License-Identifier: Apache-2.0
 * 权责清单: which duties a township has on a day, where each comes from, and who may change that. This file is the plugin:
 * its tables. */
#include "tables.h"

#include "people.h"

#define GET(path_, handle_, fields_, ...) \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }
#define POST(path_, handle_, fields_, ...) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }

static const zhen_route routes[] = {
	GET("/catalogues", list_catalogues, none_fields, .reply = catalogues_reply, .flags = ZHEN_PUBLIC, .summary = "目录"),
	PEOPLE_ROUTES
	{ 0 },
};

static const zhen_topic topics[] = { PEOPLE_TOPICS { 0 } };
static const zhen_job jobs[] = { PEOPLE_JOBS { 0 } };

static const zhen_setting settings[] = {
	ZHEN_CALENDAR_SETTING,
	{ .key = "optional_min", .type = ZHEN_INT, .def = "1", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION, .unit = "项",
	  .help = "每个乡镇至少选取的可选赋权事项（楚雄州：1）" },
	{ .key = "optional_max", .type = ZHEN_INT, .def = "37", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION, .unit = "项",
	  .help = "每个乡镇至多选取的可选赋权事项（楚雄州：37）" },
	PEOPLE_SETTINGS
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
	{ .title = "目录", .path = "/catalogues", .icon = "book", .order = 30 },
	PEOPLE_MENU
	{ 0 },
};

static const zhen_purge purges[] = { PEOPLE_PURGES { 0 } };

ZHEN_PLUGIN(duties, "1.0.0", .title = "权责清单", .summary = "目录、乡镇清单、准入、动态调整，岗位和编制", .migrations = migrations,
            .routes = routes, .topics = topics, .jobs = jobs, .settings = settings, .permissions = permissions, .menu = menu,
            .purges = purges);
