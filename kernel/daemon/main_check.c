/* SPDX-License-Identifier: Apache-2.0
 * zhen-check: what `zhenctl check` and `zhenctl inspect` run. Needs no zhend, and no rights but to read. */
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include "daemon/check.h"
#include "store/rehearse.h"

typedef struct Arguments {
	char *pilot, *data;
	gboolean demo, as_json;
} Arguments;

static void arguments_clear(Arguments *args)
{
	g_free(args->pilot);
	g_free(args->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static const char usage[] =
	"用法 (usage): zhenctl inspect FILE.so... [--json]\n"
	"              zhenctl check [CONFIG] [--pilot NAME] [--data DIR] [--demo] [--json]\n"
	"退出码 (exit code): 0 = 没有错误 (no faults), 1 = 有错误 (faults), 2 = 用法不对 (misused)\n";

static int misused(const char *text)
{
	fprintf(stderr, "zhenctl: %s\n%s", text, usage);
	return CHECK_MISUSED;
}

static gboolean parse(Arguments *args, int *argc, char ***argv, GError **error)
{
	/* Filenames are bytes: under LANG=C a Chinese name stays what it is. */
	const GOptionEntry entries[] = {
		{ "pilot", 0, 0, G_OPTION_ARG_FILENAME, &args->pilot, "check: as zhend --pilot NAME", "NAME" },
		{ "data", 0, 0, G_OPTION_ARG_FILENAME, &args->data, "check: as zhend --data DIR", "DIR" },
		{ "demo", 0, 0, G_OPTION_ARG_NONE, &args->demo, "check: as zhend --demo", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &args->as_json, "Answer in JSON", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("inspect FILE.so... | check [CONFIG]");

	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

static int run_check(const Arguments *args, const char *path)
{
	const Overrides over = { args->pilot, args->data, NULL, args->demo };
	g_autofree char *conf = g_canonicalize_filename(path, NULL);
	g_autoptr(Verdict) verdict = verdict_new(conf, &over);
	g_autoptr(GString) text = g_string_new(NULL);
	JsonOut out;

	store_rehearse_guard();
	verdict_databases(verdict);
	json_out_init(&out, text);
	if (args->as_json)
		check_json(verdict, &out);
	else
		check_text(verdict, text);
	if (args->as_json)
		g_string_append_c(text, '\n');
	fputs(text->str, stdout);
	return verdict_faults(verdict) == 0 ? CHECK_FINE : CHECK_FAULTS;
}

/* Each file is said as soon as it is read: there may be thousands. */
static int run_inspect(const Arguments *args, char **paths, int count)
{
	int code = CHECK_FINE;

	if (args->as_json)
		fputs("{\"files\":[", stdout);
	for (int i = 0; i < count; i++) {
		g_autoptr(Faults) faults = faults_new();
		g_autoptr(PluginFile) file = plugin_file_read(paths[i], faults);
		g_autoptr(GString) text = g_string_new(i > 0 && args->as_json ? ",\n" : "");
		JsonOut out;

		json_out_init(&out, text);
		if (args->as_json)
			inspect_json(file, faults, &out);
		else
			inspect_text(file, faults, text);
		fputs(text->str, stdout);
		if (faults_count(faults) > 0)
			code = CHECK_FAULTS;
	}
	if (args->as_json)
		fputs("]}\n", stdout);
	return code;
}

int main(int argc, char **argv)
{
	g_auto(Arguments) args = { 0 };
	g_autoptr(GError) error = NULL;

	setlocale(LC_CTYPE, "");
	/* What one file took, the next one takes again. */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_MXFAST, 0);
	g_set_prgname("zhenctl");
	if (!parse(&args, &argc, &argv, &error))
		return misused(error->message);
	if (argc >= 3 && strcmp(argv[1], "inspect") == 0)
		return run_inspect(&args, argv + 2, argc - 2);
	if ((argc == 2 || argc == 3) && strcmp(argv[1], "check") == 0)
		return run_check(&args, argc == 3 ? argv[2] : ZHEN_CONF);
	return misused("inspect 或 check (inspect or check)");
}
