/* SPDX-License-Identifier: Apache-2.0
 * What is made of the list of verbs: the text of --help, the completion of bash, and the page of the manual. */
#include <string.h>

#include "base/json.h"
#include "base/man.h"
#include "ctl/client.h"
#include "ctl/verbs.h"

const CtlVerb ctl_verbs[] = {
	{ "check [CONFIG] [--pilot NAME] [--demo]", "启动前的检查，列出全部错误，不运行模块", "what a start would say, every fault, without running any plugin", CTL_BESIDE },
	{ "inspect FILE.so...", "模块文件自述的内容，不运行它", "what a plugin's file says of itself, without running it", CTL_BESIDE },
	{ "health", "状态与各模块", "state of the daemon and its plugins", CTL_ASK },
	{ "plugins [PLUGIN]", "各模块的版本、运行方式和状态", "version, home and state of every plugin", CTL_ASK },
	{ "swap PLUGIN", "用已安装的文件替换正在运行的版本，不停机", "put the version that is installed in the place of the one that runs, without a stop", CTL_ASK },
	{ "swap PLUGIN [FILE.so] [--dry-run] [--maintenance]", "用别处的文件；--dry-run 只在数据副本上试行，不运行它", "of another file; --dry-run: only try its migrations on a copy of the data, without running it", CTL_ASK },
	{ "contract PLUGIN", "更换版本之后：分批回填，备份之后删去旧版本才用的表列，不可撤回", "after a swap: rewrite rows in batches, and, after a backup, remove what only older versions used; there is no way back", CTL_ASK },
	{ "reload", "重新读取配置", "read the configuration again", CTL_ASK },
	{ "settings [PLUGIN|host] [DIVISION]", "现行的设置和功能开关及其出处；host 为主机自己的", "what holds, everywhere or at a division, which line says so and whether a reload applies another; host: the host's own", CTL_ASK },
	{ "pilots [PILOT]", "试点：地区、模块、功能、起止", "pilots: divisions, plugins, features, days", CTL_ASK },
	{ "loglevel", "日志级别", "how much is logged", CTL_ASK },
	{ "loglevel error|warn|notice|info|debug", "改变日志级别，到下次重新读取配置为止", "change it, until the next reload", CTL_ASK },
	{ "users [list [WORD]] [--page N]", "账号及其任职", "accounts and the posts they hold", CTL_ASK },
	{ "users show LOGIN", "一个账号，含以往任职", "one account, with its posts of before", CTL_ASK },
	{ "users add LOGIN --name NAME", "新建账号，密码由系统生成，只显示一次", "a new account; its password is drawn and shown once", CTL_ASK },
	{ "users password LOGIN", "重新生成密码，并结束其登录", "a new password; its sessions end", CTL_ASK },
	{ "users post LOGIN BODY ROLE", "任职", "give it a post", CTL_ASK },
	{ "users end LOGIN [BODY [ROLE]]", "结束任职，并结束其登录；没有任职的账号不能登录", "end posts, and its sessions; who holds none cannot log in", CTL_ASK },
	{ "roles [ROLE]", "角色及其权限", "roles and what they may do", CTL_ASK },
	{ "bodies [DIVISION|WORD] [--page N]", "单位", "bodies", CTL_ASK },
	{ "sessions [list [LOGIN]] [--page N]", "现有登录", "who is logged in", CTL_ASK },
	{ "sessions end ID", "结束一个登录", "end one", CTL_ASK },
	{ "sessions end --login LOGIN", "结束一个账号的全部登录", "end all of an account", CTL_ASK },
	{ "audit list PLUGIN|host [--page N]", "审计记录，新的在前；host 为管理员的操作", "rows of the audit, newest first; host: what administrators did", CTL_ASK },
	{ "audit verify [PLUGIN|host]", "核对审计链", "verify the audit chain", CTL_ASK },
	{ "backup", "一次备份全部数据到 [host] backup_dir", "back up everything as one cut, to [host] backup_dir", CTL_ASK },
	{ "backup DIR", "备份到别的目录", "to another folder", CTL_ASK },
	{ "backups", "已做的备份", "the backups that were made", CTL_ASK },
	{ "backups forget PATH", "注销确已销毁的备份", "a backup that was destroyed is listed no more", CTL_ASK },
	{ "restore BACKUP --data DIR [--replace] [--without-damaged] [--check]", "停机恢复", "restore, while no zhend runs", CTL_BESIDE },
	{ "purge PLUGIN KIND SUBJECT", "依法删除一件中的个人信息，列出仍含其信息的备份", "remove personal data of one subject", CTL_ASK },
	{ "key new", "生成文书签名用的SM2密钥", "make the SM2 key of documents", CTL_ASK },
	{ "key show", "导出它的公钥", "show its public half", CTL_ASK },
	{ "crashes", "主进程与各工作进程的崩溃", "what ended the host or a worker", CTL_ASK },
	{ "crashes forget PLUGIN", "模块重启后重新启用", "the plugin is let in again at the next start", CTL_ASK },
	{ "jobs", "各任务：上次运行、结果、下次应于何时", "every job: when it ran, what came of it, when it is due", CTL_ASK },
	{ "jobs list [PLUGIN]", "搁置的任务", "runs of jobs that nobody tries any more", CTL_ASK },
	{ "jobs retry ID", "重新运行", "let it run again, as if for the first time", CTL_ASK },
	{ "jobs drop ID", "丢弃", "drop it for good", CTL_ASK },
	{ "events", "各订阅的进度", "every subscription and how far it is", CTL_ASK },
	{ "events list [PLUGIN] [--page N]", "搁置与放弃的事件，放弃的在前", "events set aside or given up, these first", CTL_ASK },
	{ "events show ID", "一条搁置的事件及其内容", "one of them with its body", CTL_ASK },
	{ "events retry ID", "立即重新处理", "try it again now", CTL_ASK },
	{ "events drop ID", "丢弃，不再处理", "drop it for good", CTL_ASK },
	{ "events replay SUBSCRIBER [PUBLISHER] [--from POSITION] [--yes]", "从头或某位置重新处理；不加 --yes 只说明将要做什么", "handle events again; without --yes it says what would be done", CTL_ASK },
	{ "events accept SUBSCRIBER PUBLISHER [--yes]", "恢复备份后接受发布者的日志；不加 --yes 只说明将要做什么", "go on after a restore; without --yes it says what would be done", CTL_ASK },
	{ "events tail [--from start|POSITION] [--topic TOPIC]...", "持续输出 CloudEvents，每行一条", "follow events", CTL_FOLLOW },
	{ 0 },
};

static const struct {
	const char *name, *help, *value;
} options[] = {
#define X(name_, member_, kind_, help_, value_) { name_, help_, value_ },
	CTL_OPTIONS(X)
#undef X
};

static const char *const notes[] = {
	"replay 使处理函数对同样的事件再运行一遍：模块须能重复处理（幂等），或先清空它的表。",
	"replay runs the handlers of SUBSCRIBER again for events they already took: they must be idempotent, or the plugin's tables "
	"emptied before. POSITION is the id of an event: what lies behind it is handled again; without it, everything.",
};

static const char *const codes[] = {
#define X(name_, help_) help_,
	CTL_CODES(X)
#undef X
};

/* ---- --print-verbs ---- */

char *describe_verbs(void)
{
	static const char *const how[] = { [CTL_ASK] = "ask", [CTL_BESIDE] = "beside", [CTL_FOLLOW] = "follow" };
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, TRUE);
	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++) {
		g_autofree char *words = usage_words(verb->typed);

		json_open(&out, NULL, FALSE);
		json_put_text(&out, "typed", verb->typed);
		json_put_text(&out, "words", words);
		json_put_text(&out, "how", how[verb->how]);
		json_close_one(&out);
	}
	json_close_one(&out);
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

/* ---- --help ---- */

char *describe_help(void)
{
	GString *text = g_string_new("Verbs:\n");

	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++)
		g_string_append_printf(text, "  %s\n      %s · %s\n", verb->typed, verb->chinese, verb->english);
	for (guint i = 0; i < G_N_ELEMENTS(notes); i++)
		g_string_append_printf(text, "\n%s", notes[i]);
	g_string_append(text, "\n\n退出码 (exit code):");
	for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
		g_string_append_printf(text, "%s %u = %s", i > 0 ? "," : "", i, codes[i]);
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

/* ---- completion ---- */

/* The nth word of @typed where it is typed as it stands: "new|show" are two, "[list]" is one. (transfer full) strv; empty: none */
static char **words_at(const char *typed, guint nth)
{
	g_auto(GStrv) all = g_strsplit(typed, " ", -1);
	g_autofree char *word = nth < g_strv_length(all) ? g_strdelimit(g_strdup(all[nth]), "[]", ' ') : g_strdup("");

	g_strstrip(word);
	for (const char *at = word; *at != '\0'; at++)
		if (!g_ascii_islower(*at) && *at != '|')
			return g_new0(char *, 1);
	return word[0] != '\0' ? g_strsplit(word, "|", -1) : g_new0(char *, 1);
}

static void add_words(GPtrArray *known, char **words)
{
	for (char **word = words; *word != NULL; word++)
		if (!g_ptr_array_find_with_equal_func(known, *word, g_str_equal, NULL))
			g_ptr_array_add(known, g_strdup(*word));
}

/* Words that may stand behind @first; NULL = those that may begin. */
static char *words_behind(const char *first)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);

	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++) {
		g_auto(GStrv) begin = words_at(verb->typed, 0), next = words_at(verb->typed, 1);

		if (first == NULL)
			add_words(known, begin);
		else if (strcmp(begin[0], first) == 0)
			add_words(known, next);
	}
	g_ptr_array_add(known, NULL);
	return g_strjoinv(" ", (char **)known->pdata);
}

char *describe_completion(void)
{
	g_autofree char *begin = words_behind(NULL);
	g_auto(GStrv) verbs = g_strsplit(begin, " ", -1);
	GString *text = g_string_new("# SPDX-License-Identifier: Apache-2.0\n"
	                             "# bash completion for zhenctl, made by zhenctl --print-completion\n"
	                             "_zhenctl()\n{\n"
	                             "\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb='' words='' i\n"
	                             "\tCOMPREPLY=()\n"
	                             "\tcase $before in\n\t--data) mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return ;;\n");

	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		if (options[i].value != NULL && strcmp(options[i].name, "data") != 0)
			g_string_append_printf(text, "\t--%s) return ;;\n", options[i].name);
	g_string_append(text,
	                "\tesac\n\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n\t\t--data");
	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		if (options[i].value != NULL && strcmp(options[i].name, "data") != 0)
			g_string_append_printf(text, "|--%s", options[i].name);
	g_string_append(text, ") ((i++)) ;;\n\t\t-*) ;;\n\t\t*) verb=${verb:-${COMP_WORDS[i]}} ;;\n\t\tesac\n\tdone\n"
	                      "\tcase $current in\n\t-*)\n\t\twords=\"");
	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		g_string_append_printf(text, "%s--%s", i > 0 ? " " : "", options[i].name);
	g_string_append_printf(text, " --help\"\n\t\t;;\n\t*)\n\t\tcase $verb in\n\t\t'') words=\"%s\" ;;\n", begin);
	for (char **verb = verbs; *verb != NULL; verb++) {
		g_autofree char *next = words_behind(*verb);

		if (next[0] != '\0')
			g_string_append_printf(text, "\t\t%s) words=\"%s\" ;;\n", *verb, next);
	}
	/* Files and folders where the verb takes one. */
	g_string_append(text, "\t\tcheck|inspect|backup|restore|swap) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n"
	                      "\t\tesac\n\t\t;;\n\tesac\n"
	                      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
	                      "}\ncomplete -F _zhenctl zhenctl\n");
	return g_string_free(text, FALSE);
}

/* ---- zhenctl(1) ---- */

char *describe_man(void)
{
	GString *out = g_string_new(".\\\" SPDX-License-Identifier: Apache-2.0\n.TH ZHENCTL 1 \"\" \"Zhen\"\n.SH NAME\n"
	                            "zhenctl \\- 管理 zhend (administer a running zhend)\n.SH SYNOPSIS\n.B zhenctl\n"
	                            "[\\fB\\-\\-data\\fR \\fIDIR\\fR] [\\fB\\-\\-json\\fR] \\fIVERB\\fR...\n.SH DESCRIPTION\n"
	                            "Speaks to the zhend that uses the data folder, over the socket \\fIzhend.sock\\fR in it. "
	                            "Only root and the user of zhend are heard. What changes something is written into the host's "
	                            "audit, which \\fBzhenctl audit list host\\fR shows. The same is to be had under "
	                            "\\fI/kernel/admin\\fR, by roles that have kernel.system, kernel.users or kernel.audit.\n.SH VERBS\n");
	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++) {
		man_line(out, ".TP\n.B", verb->typed);
		man_text(out, verb->chinese);
		man_line(out, ".br", verb->english);
	}
	g_string_append(out, ".SH OPTIONS\n");
	for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *typed = g_strdup_printf("--%s%s%s", options[i].name, options[i].value != NULL ? " " : "",
		                                         options[i].value != NULL ? options[i].value : "");

		man_line(out, ".TP\n.B", typed);
		man_text(out, options[i].help);
	}
	g_string_append(out, ".SH EXIT STATUS\n");
	for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
		g_string_append_printf(out, ".TP\n.B %u\n", i);
		man_text(out, codes[i]);
	}
	g_string_append(out, ".SH NOTES\n");
	for (guint i = 0; i < G_N_ELEMENTS(notes); i++)
		man_line(out, ".PP", notes[i]);
	g_string_append(out, ".SH SEE ALSO\n\\fBzhend\\fR(8), \\fBzhend.conf\\fR(5)\n");
	return g_string_free(out, FALSE);
}
