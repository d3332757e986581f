/* SPDX-License-Identifier: Apache-2.0
 * The tables of /kernel/admin. */
#include "daemon/admin_sections.h"

#define SYSTEM (1u << HOST_SYSTEM)
#define USERS (1u << HOST_USERS)
#define AUDIT (1u << HOST_AUDIT)

#define LEVELS "error|warn|notice|info|debug"
#define LOGIN { .name = "login", .label = "登录名" }
#define ID { .name = "id", .label = "编号" }
#define PAGE { .name = "page", .label = "页", .option = TRUE, .optional = TRUE }

static const AdminAct reload = { "reload", "reload", NULL, "重新读取配置", { { 0 } } };
static const AdminAct set_level = {
	"loglevel/set", "loglevel", NULL, "改变日志级别", { { .name = "level", .label = "级别", .choices = LEVELS } }
};
static const AdminAct retry_job = { "jobs/retry", "jobs", "retry", "重新运行搁置的任务", { ID } };
static const AdminAct drop_job = { "jobs/drop", "jobs", "drop", "丢弃搁置的任务", { ID } };
static const AdminAct retry_event = { "parked/retry", "events", "retry", "立即重新处理", { ID } };
static const AdminAct drop_event = { "parked/drop", "events", "drop", "丢弃，不再处理", { ID } };
static const AdminAct forget_crash = {
	"crashes/forget", "crashes", "forget", "重启后重新启用", { { .name = "plugin", .label = "模块" } }
};
static const AdminAct back_up = { "backups/start", "backup", NULL, "现在备份", { { 0 } } };
static const AdminAct add_user = {
	"users/add", "users", "add", "新建账号", { LOGIN, { .name = "name", .label = "姓名", .option = TRUE } }
};
static const AdminAct new_password = { "users/password", "users", "password", "重新生成密码，并结束其登录", { LOGIN } };
static const AdminAct post_user = {
	"users/post", "users", "post", "任职",
	{ LOGIN, { .name = "body", .label = "单位编号" }, { .name = "role", .label = "角色" } }
};
static const AdminAct end_user = {
	"users/end", "users", "end", "结束任职，并结束其登录",
	{ LOGIN,
	  { .name = "body", .label = "单位编号（不填：全部任职）", .optional = TRUE },
	  { .name = "role", .label = "角色（不填：在该单位的全部任职）", .optional = TRUE } }
};
static const AdminAct end_session = { "sessions/end", "sessions", "end", "结束一个登录", { ID } };

#define WORD(name_, label_) { .name = name_, .label = label_, .optional = TRUE }

const AdminSection admin_sections[] = {
	{ .path = "health", .who = SYSTEM | USERS | AUDIT, .title = "运行状态", .verb = "health", .tells_faults = TRUE },
	{ .path = "plugins", .who = SYSTEM, .title = "模块", .verb = "plugins", .query = { WORD("plugin", "模块") },
	  .row_path = ADMIN_PATH "/plugins?plugin={id}" },
	{ .path = "settings", .who = SYSTEM, .title = "设置", .verb = "settings",
	  .query = { WORD("plugin", "模块"), WORD("division", "区划代码") }, .acts = { &reload } },
	{ .path = "pilots", .who = SYSTEM, .title = "试点", .verb = "pilots", .query = { WORD("pilot", "试点") } },
	{ .path = "jobs", .who = SYSTEM, .title = "任务", .verb = "jobs", .acts = { &retry_job, &drop_job },
	  .row_path = ADMIN_PATH "/jobs?id={id}", .row_action = "处理" },
	{ .path = "events", .who = SYSTEM, .title = "事件订阅", .verb = "events" },
	{ .path = "parked", .who = SYSTEM, .title = "搁置的事件", .verb = "events", .act = "list",
	  .query = { WORD("plugin", "模块"), PAGE }, .acts = { &retry_event, &drop_event },
	  .row_path = ADMIN_PATH "/parked?id={id}", .row_action = "处理" },
	{ .path = "crashes", .who = SYSTEM, .title = "崩溃", .verb = "crashes", .acts = { &forget_crash },
	  .row_path = ADMIN_PATH "/crashes?plugin={plugin}", .row_action = "重新启用" },
	{ .path = "backups", .who = SYSTEM, .title = "备份", .verb = "backups", .acts = { &back_up } },
	{ .path = "loglevel", .who = SYSTEM, .title = "日志级别", .verb = "loglevel", .acts = { &set_level } },
	{ .path = "users", .who = USERS, .title = "账号", .verb = "users", .act = "list",
	  .query = { WORD("word", "登录名或姓名的一部分"), PAGE }, .acts = { &add_user },
	  .row_path = ADMIN_PATH "/user?login={login}", .row_action = "任职、密码" },
	{ .path = "user", .who = USERS, .title = "一个账号", .verb = "users", .act = "show", .query = { LOGIN },
	  .acts = { &post_user, &end_user, &new_password } },
	{ .path = "roles", .who = USERS, .title = "角色", .verb = "roles", .query = { WORD("role", "角色") } },
	{ .path = "bodies", .who = SYSTEM | USERS, .title = "单位", .verb = "bodies",
	  .query = { WORD("word", "区划代码，或编号、名称的一部分"), PAGE } },
	{ .path = "sessions", .who = USERS, .title = "现有登录", .verb = "sessions", .act = "list",
	  .query = { WORD("login", "登录名"), PAGE }, .acts = { &end_session },
	  .row_path = ADMIN_PATH "/sessions?id={id}", .row_action = "结束" },
	{ .path = "audit", .who = AUDIT, .title = "审计记录", .verb = "audit", .act = "list",
	  .query = { { .name = "plugin", .label = "模块（host：管理员的操作）" }, PAGE } },
	{ .path = "verify", .who = AUDIT, .title = "核对审计链", .verb = "audit", .act = "verify",
	  .query = { WORD("plugin", "模块（host：管理员的操作）") }, .tells_faults = TRUE },
	{ 0 },
};
