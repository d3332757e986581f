/* SPDX-License-Identifier: Apache-2.0
 * zhenctl: one verb over the daemon's local socket. client.h has the exit codes. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "ctl/client.h"
#include "ctl/verbs.h"

static int misused(const char *text)
{
	fprintf(stderr, "zhenctl: %s\n", text);
	return CTL_MISUSED;
}

static gboolean parse(Arguments *args, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
#define X(name_, member_, kind_, help_, value_) { name_, 0, 0, G_OPTION_ARG_##kind_, &args->member_, help_, value_ },
		CTL_OPTIONS(X)
#undef X
		{ "print-completion", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &args->print_completion, "", NULL },
		{ "print-verbs", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &args->print_verbs, "", NULL },
		{ "print-man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &args->print_man, "", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("VERB...");
	g_autofree char *text = describe_help();

	g_option_context_set_description(context, text);
	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

static int print(char *text)
{
	fputs(text, stdout);
	g_free(text);
	return CTL_DONE;
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
	return CTL_FAILED;
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
	char *args[10] = { NULL, (char *)"--restore", (char *)backup, (char *)"--data", arguments->data };
	guint count = 5;

	if (arguments->replace)
		args[count++] = (char *)"--replace";
	if (arguments->without_damaged)
		args[count++] = (char *)"--without-damaged";
	if (arguments->check)
		args[count++] = (char *)"--check";
	if (arguments->as_json)
		args[count++] = (char *)"--json";
	return run_beside("zhend", args);
}

static void put_option(JsonOut *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	json_put_text(out, NULL, name);
	json_put_text(out, NULL, value);
}

/* Words first, then the options, so that the daemon finds either without knowing the other. */
static GString *request_of(const Arguments *args, const CtlVerb *verb, int argc, char **argv)
{
	GString *request = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, request);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "verb", argv[1]);
	json_open(&out, "args", TRUE);
	for (int i = 2; i < argc; i++) {
		/* The daemon stands in another folder. */
		gboolean path = strcmp(argv[1], "backup") == 0 || (strcmp(argv[1], "swap") == 0 && i == 3);
		g_autofree char *full = path ? g_canonicalize_filename(argv[i], NULL) : NULL;

		json_put_text(&out, NULL, full != NULL ? full : argv[i]);
	}
	put_option(&out, "--from", args->from);
	put_option(&out, "--page", args->page);
	put_option(&out, "--name", args->name);
	put_option(&out, "--login", args->login);
	for (guint i = 0; args->topics != NULL && args->topics[i] != NULL; i++) {
		json_put_text(&out, NULL, "--topic");
		json_put_text(&out, NULL, args->topics[i]);
	}
	if (args->yes)
		json_put_text(&out, NULL, "--yes");
	if (args->dry_run)
		json_put_text(&out, NULL, "--dry-run");
	if (args->maintenance)
		json_put_text(&out, NULL, "--maintenance");
	/* For the audit of what is done. */
	if (verb->how != CTL_FOLLOW) {
		const char *by = g_getenv("SUDO_USER");

		put_option(&out, "--by", by != NULL ? by : g_get_user_name());
	}
	json_close_one(&out);
	json_close_one(&out);
	g_string_append_c(request, '\n');
	return request;
}

/* Without zhend. */
static int run_offline(const Arguments *args, int argc, char **argv)
{
	return strcmp(argv[1], "restore") == 0 ? restore(args, argv[2]) : look(args, argc, argv);
}

static void arguments_clear(Arguments *args)
{
	g_free(args->data);
	g_free(args->from);
	g_free(args->page);
	g_free(args->pilot);
	g_free(args->name);
	g_free(args->login);
	g_strfreev(args->topics);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

int main(int argc, char **argv)
{
	g_auto(Arguments) args = { 0 };
	g_autoptr(GString) request = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	const CtlVerb *verb;
	int fd;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (!parse(&args, &argc, &argv, &error))
		return misused(error->message);
	if (args.print_completion || args.print_man || args.print_verbs)
		return print(args.print_man   ? describe_man() :
		             args.print_verbs ? describe_verbs() :
		                                describe_completion());
	if (argc < 2)
		return misused("请说要做什么，见 zhenctl --help (say a verb, see zhenctl --help)");
	verb = usage_find(&args, argv + 1, &error);
	if (verb == NULL)
		return misused(error->message);
	if (verb->how == CTL_BESIDE)
		return run_offline(&args, argc, argv);
	path = g_build_filename(args.data != NULL ? args.data : "/var/lib/zhen", "zhend.sock", NULL);
	request = request_of(&args, verb, argc, argv);
	fd = client_connect(path);
	if (fd < 0)
		return CTL_NOT_REACHED;
	return verb->how == CTL_FOLLOW ? client_follow(fd, request) : client_ask(fd, request, args.as_json);
}
