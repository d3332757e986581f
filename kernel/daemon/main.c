/* SPDX-License-Identifier: Apache-2.0
 * zhend: what is asked for, then either said or done. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include "base/crash.h"
#include "base/man.h"
#include "daemon/backup.h"
#include "daemon/daemon.h"
#include "daemon/supervised.h"
#include "daemon/supervisor.h"

typedef struct Arguments {
	char *conf;
	char *pilot, *data, *port, *restore;
	char *supervised, *after; /* between the two processes */
	gboolean demo, check, help_config, version, replace, without_damaged, alone, as_json, man_conf;
	char *man; /* zhend(8), which the table of options makes a part of */
} Arguments;

static void arguments_clear(Arguments *args)
{
	g_free(args->conf);
	g_free(args->pilot);
	g_free(args->data);
	g_free(args->port);
	g_free(args->restore);
	g_free(args->supervised);
	g_free(args->after);
	g_free(args->man);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* zhend(8). */
static char *describe_man(const GOptionEntry *entries)
{
	GString *out = g_string_new(".\\\" SPDX-License-Identifier: Apache-2.0\n.TH ZHEND 8 \"\" \"Zhen\"\n.SH NAME\n"
	                            "zhend \\- 乡镇政务服务的主机 (the host of township services)\n.SH SYNOPSIS\n.B zhend\n"
	                            "[\\fIOPTION\\fR]...\n.SH DESCRIPTION\nLoads the plugins that its pilots name, each with a "
	                            "database of its own, and answers HTTP on the address that the configuration says. It stays in the "
	                            "foreground, and logs to stderr or the journal. A small parent starts the host process again when "
	                            "a plugin ends it; who does so too often is left out.\n.SH OPTIONS\n");

	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
		g_autofree char *typed = g_strdup_printf("--%s%s%s", entry->long_name, entry->arg_description != NULL ? " " : "",
		                                         entry->arg_description != NULL ? entry->arg_description : "");

		if ((entry->flags & G_OPTION_FLAG_HIDDEN) != 0)
			continue;
		man_line(out, ".TP\n.B", typed);
		man_text(out, entry->description);
	}
	g_string_append(out, ".SH SIGNALS\n.TP\n.B SIGTERM, SIGINT\nStops: calls under way finish, heads of the audit are anchored.\n"
	                     ".TP\n.B SIGHUP\nReads the configuration again, and opens the access log anew.\n"
	                     ".SH EXIT STATUS\n.TP\n.B 0\nIt was told to stop, and did.\n.TP\n.B 1\nIt did not start; stderr says why.\n"
	                     ".TP\n.B 69\nThe host process ended too often.\n.SH FILES\n.TP\n.I " ZHEN_CONF
	                     "\nThe configuration.\n.TP\n.I /var/lib/zhen\nThe data folder: databases, files, keys, anchors, and the "
	                     "socket of zhenctl.\n.SH SEE ALSO\n\\fBzhenctl\\fR(1), \\fBzhend.conf\\fR(5)\n");
	return g_string_free(out, FALSE);
}

/* Instead of a start. */
static gboolean print_asked(const Arguments *args)
{
	g_autofree char *text = args->help_config ? host_conf_describe() : args->man_conf ? host_conf_man(ZHEN_CONF) :
	                                                                                    g_strdup(args->man);

	if (text != NULL)
		printf("%s", text);
	return text != NULL;
}

static gboolean parse(Arguments *args, int *argc, char ***argv, GError **error)
{
	gboolean man = FALSE;
	/* Filenames are bytes: under LANG=C a Chinese name stays what it is. */
	const GOptionEntry entries[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &args->conf, "Configuration file (" ZHEN_CONF ")", "FILE" },
		{ "pilot", 0, 0, G_OPTION_ARG_FILENAME, &args->pilot, "Run this pilot only", "NAME" },
		{ "port", 0, 0, G_OPTION_ARG_FILENAME, &args->port, "TCP port", "N" },
		{ "data", 0, 0, G_OPTION_ARG_FILENAME, &args->data, "Data folder", "DIR" },
		{ "demo", 0, 0, G_OPTION_ARG_NONE, &args->demo, "Demo mode (loopback only)", NULL },
		{ "check", 'n', 0, G_OPTION_ARG_NONE, &args->check, "Check the configuration (or the backup), start nothing", NULL },
		{ "restore", 0, 0, G_OPTION_ARG_FILENAME, &args->restore, "Make the data folder from this backup, start nothing", "BACKUP" },
		{ "replace", 0, 0, G_OPTION_ARG_NONE, &args->replace, "With --restore: move what is there aside", NULL },
		{ "without-damaged", 0, 0, G_OPTION_ARG_NONE, &args->without_damaged, "With --restore: leave out uploaded files that are damaged, and name them", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &args->as_json, "With --restore: answer in JSON", NULL },
		{ "no-supervisor", 0, 0, G_OPTION_ARG_NONE, &args->alone, "One process: what ends it is not started again", NULL },
		{ "supervised", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &args->supervised, "", "" },
		{ "after", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &args->after, "", "" },
		{ "help-config", 0, 0, G_OPTION_ARG_NONE, &args->help_config, "Print every configuration key", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &args->version, "Print the version", NULL },
		{ "print-man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &man, "", NULL },
		{ "print-man-conf", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &args->man_conf, "", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- the host of township services (zhen)");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	args->man = man ? describe_man(entries) : NULL;
	return TRUE;
}

static int die(const GError *error)
{
	fprintf(stderr, "zhend: %s\n", error->message);
	return 1;
}

int main(int argc, char **argv)
{
	g_auto(Arguments) args = { 0 };
	g_auto(GStrv) command = g_strdupv(argv);
	g_autoptr(GError) error = NULL;

	signal(SIGPIPE, SIG_IGN);
	g_set_prgname("zhend");
	prctl(PR_SET_NAME, "zhend"); /* started by a descriptor it would be called by its number */
	if (!parse(&args, &argc, &argv, &error))
		return die(error);
	if (args.version) {
		printf("zhend %s (SDK %d.%d)\n", ZHEN_VERSION, ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR);
		return 0;
	}
	if (print_asked(&args))
		return 0;
	if (args.restore != NULL) {
		RestoreOptions options = { args.restore, args.data, args.replace, args.without_damaged, args.check,
			                   args.as_json };

		if (args.data == NULL)
			throw_error(&error, ERROR_INVALID, "--restore 需要 --data DIR (--restore needs --data DIR)");
		return error == NULL && restore_run(&options, &error) ? 0 : die(error);
	}
	if (!args.check && !args.alone && args.supervised == NULL)
		return supervisor_run(command);
	if (args.supervised != NULL && !supervised_begin(args.supervised, args.after, &error))
		return die(error);
	crash_install();
	Overrides over = { args.pilot, args.data, args.port, args.demo };
	g_autofree char *conf = g_canonicalize_filename(args.conf != NULL ? args.conf : ZHEN_CONF, NULL);
	if (!daemon_run(conf, &over, args.check, &error))
		return die(error);
	return 0;
}
