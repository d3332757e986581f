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
static const AdminAct retry_event = { "event/retry", "events", "retry", "立即重新处理", { ID } };
static const AdminAct drop_event = { "event/drop", "events", "drop", "丢弃，不再处理", { ID } };
#define SUBSCRIBER { .name = "subscriber", .label = "订阅的模块" }
#define CONSENT(label_, ...) { .name = "yes", .label = label_, .consent = TRUE, __VA_ARGS__ }

static const AdminAct replay_events = {
	"events/replay", "events", "replay", "重新处理事件",
	{ SUBSCRIBER,
	  { .name = "publisher", .label = "发布的模块（不填：它订阅的全部模块）", .optional = TRUE },
	  { .name = "from", .label = "从这个位置之后（不填：从头）", .option = TRUE, .optional = TRUE },
	  CONSENT("处理函数将再运行一遍：模块能重复处理，或它的表已清空", .optional = TRUE) }
};
static const AdminAct accept_events = {
	"events/accept", "events", "accept", "恢复备份后接受发布者的日志",
	{ SUBSCRIBER, { .name = "publisher", .label = "发布的模块" },
	  CONSENT("从两者分开之处继续，分开之后发布的事件全部处理", .optional = TRUE) }
};
static const AdminAct purge_person = {
	"plugins/purge", "purge", NULL, "依法删除一件中的个人信息",
	{ { .name = "plugin", .label = "模块" }, { .name = "kind", .label = "类别" }, { .name = "subject", .label = "编号" },
	  CONSENT("删除后不能恢复") }
};
/* What is installed: another file only he may name who can put one there. */
static const AdminAct swap_plugin = { "plugins/swap", "swap", NULL, "换用已安装的版本，不停机", { { .name = "plugin", .label = "模块" } } };
static const AdminAct contract_plugin = {
	"plugins/contract", "contract", NULL, "更换之后收缩数据",
	{ { .name = "plugin", .label = "模块" }, CONSENT("旧版本才用的表列将删除，不能恢复；已有更换之后的备份") }
};
static const AdminAct forget_backup = {
	"backups/forget", "backups", "forget", "注销确已销毁的备份", { { .name = "path", .label = "位置" } }
};
static const AdminAct new_key = { "key/new", "key", "new", "生成文书签名用的密钥", { { 0 } } };
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
static const AdminAct end_all_sessions = {
	"sessions/end-all", "sessions", "end", "结束一个账号的全部登录", { { .name = "login", .label = "登录名", .option = TRUE } }
};
static const AdminAct end_session = { "sessions/end", "sessions", "end", "结束一个登录", { ID } };

#define WORD(name_, label_) { .name = name_, .label = label_, .optional = TRUE }

const AdminSection admin_sections[] = {
	{ .path = "health", .who = SYSTEM | USERS | AUDIT, .title = "运行状态", .verb = "health", .tells_faults = TRUE },
	{ .path = "plugins", .who = SYSTEM, .title = "模块", .verb = "plugins", .query = { WORD("plugin", "模块") },
	  .acts = { &swap_plugin, &contract_plugin, &purge_person }, .row_path = ADMIN_PATH "/plugins?plugin={id}" },
	{ .path = "settings", .who = SYSTEM, .title = "设置", .verb = "settings",
	  .query = { WORD("plugin", "模块，或 host"), WORD("division", "区划代码") }, .acts = { &reload } },
	{ .path = "pilots", .who = SYSTEM, .title = "试点", .verb = "pilots", .query = { WORD("pilot", "试点") } },
	{ .path = "jobs", .who = SYSTEM, .title = "任务", .verb = "jobs", .acts = { &retry_job, &drop_job },
	  .row_path = ADMIN_PATH "/jobs?id={id}", .row_action = "处理" },
	{ .path = "parked-jobs", .who = SYSTEM, .title = "搁置的任务", .verb = "jobs", .act = "list", .query = { WORD("plugin", "模块") },
	  .row_path = ADMIN_PATH "/jobs?id={id}", .row_action = "处理" },
	{ .path = "events", .who = SYSTEM, .title = "事件订阅", .verb = "events", .acts = { &replay_events, &accept_events } },
	{ .path = "parked", .who = SYSTEM, .title = "搁置的事件", .verb = "events", .act = "list",
	  .query = { WORD("plugin", "模块"), PAGE }, .row_path = ADMIN_PATH "/event?id={id}", .row_action = "处理" },
	{ .path = "event", .who = SYSTEM, .title = "一条搁置的事件", .verb = "events", .act = "show", .query = { ID },
	  .acts = { &retry_event, &drop_event }, .of_row = TRUE },
	{ .path = "crashes", .who = SYSTEM, .title = "崩溃", .verb = "crashes", .acts = { &forget_crash },
	  .row_path = ADMIN_PATH "/crashes?plugin={plugin}", .row_action = "重新启用" },
	{ .path = "backups", .who = SYSTEM, .title = "备份", .verb = "backups", .acts = { &back_up, &forget_backup } },
	{ .path = "key", .who = SYSTEM, .title = "签名密钥", .verb = "key", .act = "show", .acts = { &new_key }, .tells_faults = TRUE },
	{ .path = "loglevel", .who = SYSTEM, .title = "日志级别", .verb = "loglevel", .acts = { &set_level } },
	{ .path = "users", .who = USERS, .title = "账号", .verb = "users", .act = "list",
	  .query = { WORD("word", "登录名或姓名的一部分"), PAGE }, .acts = { &add_user },
	  .row_path = ADMIN_PATH "/user?login={login}", .row_action = "任职、密码" },
	{ .path = "user", .who = USERS, .title = "一个账号", .verb = "users", .act = "show", .query = { LOGIN },
	  .acts = { &post_user, &end_user, &new_password }, .of_row = TRUE },
	{ .path = "roles", .who = USERS, .title = "角色", .verb = "roles", .query = { WORD("role", "角色") } },
	{ .path = "bodies", .who = SYSTEM | USERS, .title = "单位", .verb = "bodies",
	  .query = { WORD("word", "区划代码，或编号、名称的一部分"), PAGE } },
	{ .path = "sessions", .who = USERS, .title = "现有登录", .verb = "sessions", .act = "list",
	  .query = { WORD("login", "登录名"), PAGE }, .acts = { &end_session, &end_all_sessions },
	  .row_path = ADMIN_PATH "/sessions?id={id}", .row_action = "结束" },
	{ .path = "audit", .who = AUDIT, .title = "审计记录", .verb = "audit", .act = "list",
	  .query = { { .name = "plugin", .label = "模块（host：管理员的操作）" }, PAGE } },
	{ .path = "verify", .who = AUDIT, .title = "核对审计链", .verb = "audit", .act = "verify",
	  .query = { WORD("plugin", "模块（host：管理员的操作）") }, .tells_faults = TRUE },
	{ 0 },
};
