/* SPDX-License-Identifier: Apache-2.0
 * zhenctl: one verb over the daemon's local socket. Exit code 0 = done, 1 = the verb failed, 2 = not reached or misused. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "ctl/client.h"

typedef struct Arguments {
	char *data;
	gboolean as_json, yes, replace, without_damaged, check, demo;
	char *from, *page, *pilot;
	char **topics;
} Arguments;

/* X(what is typed, what it does); the first word is the verb that the daemon knows. */
#define VERBS(X)                                                                                                       \
	X("check [CONFIG] [--pilot NAME] [--demo]", "启动前的检查，列出全部错误，不运行模块 · what a start would say, every fault, without running any plugin") \
	X("inspect FILE.so...", "模块文件自述的内容，不运行它 · what a plugin's file says of itself, without running it") \
	X("health", "状态与各模块 · state of the daemon and its plugins")                                              \
	X("reload", "重新读取配置 · read the configuration again")                                                     \
	X("settings [PLUGIN] [DIVISION]", "现行的设置和功能开关及其出处 · what holds, everywhere or at a division, and which line says so") \
	X("audit verify [PLUGIN]", "核对审计链 · verify the audit chain")                                              \
	X("backup DIR", "一次备份全部数据 · back up everything as one cut")                                            \
	X("backups", "已做的备份 · the backups that were made")                                                        \
	X("backups forget PATH", "注销确已销毁的备份 · a backup that was destroyed is listed no more")                  \
	X("restore BACKUP --data DIR [--replace] [--without-damaged] [--check]", "停机恢复 · restore, while no zhend runs")                \
	X("purge PLUGIN KIND SUBJECT", "依法删除一件中的个人信息，列出仍含其信息的备份 · remove personal data of one subject") \
	X("key new|show", "文书签名用的SM2密钥：生成、导出公钥 · the SM2 key of documents: make it, show its public half") \
	X("crashes [forget PLUGIN]", "主进程与各工作进程的崩溃 · what ended the host or a worker")                        \
	X("jobs list [PLUGIN]", "搁置的任务 · runs of jobs that nobody tries any more")                                \
	X("jobs retry ID", "重新运行 · let it run again, as if for the first time")                                    \
	X("jobs drop ID", "丢弃 · drop it for good")                                                                   \
	X("events", "各订阅的进度 · every subscription and how far it is")                                             \
	X("events list [PLUGIN] [--page N]", "搁置与放弃的事件，放弃的在前 · events set aside or given up, these first") \
	X("events show ID", "一条搁置的事件及其内容 · one of them with its body")                                      \
	X("events retry ID", "立即重新处理 · try it again now")                                                        \
	X("events drop ID", "丢弃，不再处理 · drop it for good")                                                       \
	X("events replay SUBSCRIBER [PUBLISHER] [--from POSITION] --yes", "从头或某位置重新处理 · handle events again") \
	X("events accept SUBSCRIBER PUBLISHER --yes", "恢复备份后接受发布者的日志 · go on after a restore")            \
	X("events tail [--from start|POSITION] [--topic TOPIC]...", "持续输出 CloudEvents，每行一条 · follow events")

static const struct {
	const char *typed, *help;
} verbs[] = {
#define X(typed_, help_) { typed_, help_ },
	VERBS(X)
#undef X
};

static const char notes[] =
	"\nreplay 使处理函数对同样的事件再运行一遍：模块须能重复处理（幂等），或先清空它的表。\n"
	"replay runs the handlers of SUBSCRIBER again for events they already took: they must be idempotent, or the plugin's tables\n"
	"emptied before. POSITION is the id of an event: what lies behind it is handled again; without it, everything.\n"
	"\n退出码 (exit code): 0 = 完成 (done), 1 = 失败 (the verb failed), 2 = 未连上或用法不对 (not reached or misused)\n";

static int misused(const char *text)
{
	fprintf(stderr, "zhenctl: %s\n", text);
	return CTL_NOT_REACHED;
}

static char *describe(void)
{
	GString *text = g_string_new("Verbs:\n");

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_string_append_printf(text, "  %s\n      %s\n", verbs[i].typed, verbs[i].help);
	g_string_append(text, notes);
	return g_string_free(text, FALSE);
}

static gboolean parse(Arguments *args, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
		{ "data", 0, 0, G_OPTION_ARG_FILENAME, &args->data, "The daemon's data folder (/var/lib/zhen)", "DIR" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &args->as_json, "Answer in JSON", NULL },
		{ "replace", 0, 0, G_OPTION_ARG_NONE, &args->replace, "restore: move the old data aside", NULL },
		{ "without-damaged", 0, 0, G_OPTION_ARG_NONE, &args->without_damaged, "restore: leave out uploaded files that are damaged", NULL },
		{ "check", 0, 0, G_OPTION_ARG_NONE, &args->check, "restore: look whether it could be done, change nothing", NULL },
		{ "pilot", 0, 0, G_OPTION_ARG_FILENAME, &args->pilot, "check: as zhend --pilot NAME", "NAME" },
		{ "demo", 0, 0, G_OPTION_ARG_NONE, &args->demo, "check: as zhend --demo", NULL },
		{ "yes", 0, 0, G_OPTION_ARG_NONE, &args->yes, "Do what cannot be undone", NULL },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &args->from, "Events behind this position", "POSITION" },
		{ "page", 0, 0, G_OPTION_ARG_STRING, &args->page, "events list: the Nth thousand of each plugin", "N" },
		{ "topic", 0, 0, G_OPTION_ARG_STRING_ARRAY, &args->topics, "Events of this topic only; again for more", "TOPIC" },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("VERB...");
	g_autofree char *text = describe();

	g_option_context_set_description(context, text);
	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

/* Offline: a program of the host does it, which lies beside this one. Comes back only when there is none. */
static int run_beside(const char *name, char **args)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *bin = g_path_get_dirname(self != NULL ? self : "/usr/bin/zhenctl");
	g_autofree char *program = g_build_filename(bin, name, NULL);

	args[0] = program;
	execv(program, args);
	fprintf(stderr, "zhenctl: %s: %s\n", program, g_strerror(errno));
	return CTL_NOT_REACHED;
}

static int look(const Arguments *arguments, int argc, char **argv)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();

	g_ptr_array_add(args, NULL);
	if (arguments->as_json)
		g_ptr_array_add(args, (char *)"--json");
	if (arguments->demo)
		g_ptr_array_add(args, (char *)"--demo");
	if (arguments->pilot != NULL) {
		g_ptr_array_add(args, (char *)"--pilot");
		g_ptr_array_add(args, arguments->pilot);
	}
	if (arguments->data != NULL) {
		g_ptr_array_add(args, (char *)"--data");
		g_ptr_array_add(args, arguments->data);
	}
	g_ptr_array_add(args, argv[1]);
	/* A file may be called anything. */
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--") != 0)
			g_ptr_array_add(args, argv[i][0] == '-' ? g_strconcat("./", argv[i], NULL) : argv[i]);
	g_ptr_array_add(args, NULL);
	return run_beside("zhen-check", (char **)args->pdata);
}

static int restore(const Arguments *arguments, const char *backup)
{
	char *args[9] = { NULL, (char *)"--restore", (char *)backup, (char *)"--data", arguments->data };
	guint count = 5;

	if (arguments->replace)
		args[count++] = (char *)"--replace";
	if (arguments->without_damaged)
		args[count++] = (char *)"--without-damaged";
	if (arguments->check)
		args[count++] = (char *)"--check";
	return run_beside("zhend", args);
}

/* Words first, then the options, so that the daemon finds either without knowing the other. */
static GString *request_of(const Arguments *args, int argc, char **argv)
{
	GString *request = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, request);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "verb", argv[1]);
	json_open(&out, "args", TRUE);
	for (int i = 2; i < argc; i++) {
		/* The daemon stands in another folder. */
		g_autofree char *full = strcmp(argv[1], "backup") == 0 ? g_canonicalize_filename(argv[i], NULL) : NULL;

		json_put_text(&out, NULL, full != NULL ? full : argv[i]);
	}
	if (args->from != NULL) {
		json_put_text(&out, NULL, "--from");
		json_put_text(&out, NULL, args->from);
	}
	if (args->page != NULL) {
		json_put_text(&out, NULL, "--page");
		json_put_text(&out, NULL, args->page);
	}
	for (guint i = 0; args->topics != NULL && args->topics[i] != NULL; i++) {
		json_put_text(&out, NULL, "--topic");
		json_put_text(&out, NULL, args->topics[i]);
	}
	if (args->yes)
		json_put_text(&out, NULL, "--yes");
	/* For the audit of what is done. */
	if (strcmp(argv[1], "purge") == 0 ||
	    (strcmp(argv[1], "events") == 0 && (argc < 3 || strcmp(argv[2], "tail") != 0))) {
		const char *by = g_getenv("SUDO_USER");

		json_put_text(&out, NULL, "--by");
		json_put_text(&out, NULL, by != NULL ? by : g_get_user_name());
	}
	json_close_one(&out);
	json_close_one(&out);
	g_string_append_c(request, '\n');
	return request;
}

static gboolean goes_on(int argc, char **argv)
{
	return argc > 2 && strcmp(argv[1], "events") == 0 && strcmp(argv[2], "tail") == 0;
}

static void arguments_clear(Arguments *args)
{
	g_free(args->data);
	g_free(args->from);
	g_free(args->page);
	g_free(args->pilot);
	g_strfreev(args->topics);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

int main(int argc, char **argv)
{
	g_auto(Arguments) args = { 0 };
	g_autoptr(GString) request = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	int fd;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (!parse(&args, &argc, &argv, &error))
		return misused(error->message);
	if (argc < 2)
		return misused("请说要做什么，见 zhenctl --help (say a verb, see zhenctl --help)");
	if (strcmp(argv[1], "check") == 0 || strcmp(argv[1], "inspect") == 0)
		return look(&args, argc, argv);
	if (strcmp(argv[1], "restore") == 0)
		return argc == 3 && args.data != NULL ? restore(&args, argv[2]) :
		                                        misused("restore BACKUP --data DIR [--replace] [--without-damaged] [--check]");
	path = g_build_filename(args.data != NULL ? args.data : "/var/lib/zhen", "zhend.sock", NULL);
	request = request_of(&args, argc, argv);
	fd = client_connect(path);
	if (fd < 0)
		return CTL_NOT_REACHED;
	return goes_on(argc, argv) ? client_follow(fd, request) : client_ask(fd, request, args.as_json);
}
