/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/conf.h"

static const ConfKey keys[] = {
	{ "host", "port", CONF_INT, "8080", 1, 65535, NULL, FALSE, "TCP port" },
	{ "host", "data", CONF_PATH, "data", 0, 0, NULL, FALSE, "Folder of everything kept" },
	{ "host", "name", CONF_TEXT, "", 0, 20, NULL, TRUE, "Shown on pages" },
	{ "host", "cache", CONF_SIZE, "16M", 4096, 1 << 30, NULL, FALSE, "Page cache" },
	{ "host", "wait", CONF_MS, "250ms", 0, 3600 * 1000, NULL, TRUE, "Longest wait" },
	{ "host", "demo", CONF_BOOL, "no", 0, 0, NULL, FALSE, "Demo mode" },
	{ "host", "log", CONF_CHOICE, "info", 0, 0, "error|warn|info", TRUE, "Log level" },
	{ "host", "plugins", CONF_LIST, "a; b", 0, 0, NULL, FALSE, "Plugins to start" },
	{ "pilot *", "divisions", CONF_LIST, NULL, 0, 0, NULL, TRUE, "Codes of its divisions" },
	{ "pilot *", "title", CONF_TEXT, "", 0, 0, NULL, TRUE, "Its name" },
	{ "role *", "*", CONF_TEXT, "", 0, 0, NULL, TRUE, "Anything" },
	{ 0 },
};

typedef struct Folder {
	char *path;
	char *main;
} Folder;

static void put(const Folder *folder, const char *name, const char *content)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	cr_assert_eq(g_mkdir_with_parents(parent, 0700), 0);
	cr_assert(g_file_set_contents(path, content, -1, NULL));
}

static Folder folder_new(const char *content)
{
	Folder folder = { .path = g_dir_make_tmp("zhen-conf-XXXXXX", NULL) };

	folder.main = g_build_filename(folder.path, "zhend.conf", NULL);
	put(&folder, "zhend.conf", content);
	return folder;
}

static void remove_below(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_below(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

static void folder_clear(Folder *folder)
{
	remove_below(folder->path);
	g_free(folder->path);
	g_free(folder->main);
}

static Conf *load_ok(const Folder *folder)
{
	g_autoptr(GError) error = NULL;
	Conf *conf = conf_load(folder->main, keys, &error);

	cr_assert_not_null(conf, "%s", error != NULL ? error->message : "");
	return conf;
}

Test(conf, what_is_wrong_is_refused_with_file_line_and_the_nearest_name)
{
	static const struct {
		const char *content, *says;
	} cases[] = {
		{ "[host]\nprot=1\n", "zhend.conf:2: [host] 里没有 'prot' 这一项；是否应为 'port'？(unknown key 'prot' in [host]; did you mean 'port'?)" },
		{ "[host]\nzzzzzz=1\n", "zhend.conf:2: [host] 里没有 'zzzzzz' 这一项 (unknown key 'zzzzzz' in [host])" },
		{ "# a\n\n[hots]\n", "zhend.conf:3: 没有 [hots] 这一组；是否应为 [host]？(unknown group [hots]; did you mean [host]?)" },
		{ "[elsewhere]\n", "zhend.conf:1: 没有 [elsewhere] 这一组 (unknown group [elsewhere])" },
		{ "[pilot ]\n", "zhend.conf:1: 没有 [pilot ] 这一组；是否应为 [pilot *]？(unknown group [pilot ]; did you mean [pilot *]?)" },
		{ "[host]\nport=1\nport=2\n", "zhend.conf:3: [host] 的 'port' 已在 /" },
		{ "[host]\nport=1\nport=2\n", "zhend.conf:2 设置 ('port' in [host] was already set at " },
		{ "[host]\nport=1\n[role a]\n[host]\n", "zhend.conf:4: [host] 在此文件中出现两次 (group [host] stands twice in this file)" },
		{ "port=1\n", "zhend.conf:1: 'port' 写在第一个 [组] 之前 ('port' stands before the first [group])" },
		{ "[host]\nport\n", "zhend.conf:2: 'port' 既不是 [组] 也不是 键=值 ('port' is neither [group] nor key=value)" },
		{ "[host]\n=1\n", "zhend.conf:2: '=1' 既不是 [组] 也不是 键=值 ('=1' is neither [group] nor key=value)" },
		{ "[host\n", "zhend.conf:1: 组写作 [名称]，独占一行 (a group is written [name])" },
		{ "[host] # here\n", "zhend.conf:1: 组写作 [名称]，独占一行 (a group is written [name])" },
		{ "[host]\nport=0\n", "zhend.conf:2: [host] port: 0 不在 1 至 65535 之间 (0 is outside 1 .. 65535)" },
		{ "[host]\nport=80 80\n", "zhend.conf:2: [host] port: '80 80' 不是整数 ('80 80' is not a whole number)" },
		{ "[host]\nport=\n", "zhend.conf:2: [host] port: '' 不是整数 ('' is not a whole number)" },
		{ "[host]\nport=99999999999999999999\n", "' 不是整数 ('99999999999999999999' is not a whole number)" },
		{ "[host]\ncache=16X\n", "zhend.conf:2: [host] cache: '16X' 不是大小，写法如 16M ('16X' is not a size like 16M)" },
		{ "[host]\ncache=9999999999G\n", "' 不是大小，写法如 16M ('9999999999G' is not a size like 16M)" },
		{ "[host]\nwait=10\n", "[host] wait: '10' 不是时长，写法如 250ms、10s、5m、2h ('10' is not a duration like 250ms, 10s, 5m or 2h)" },
		{ "[host]\nwait=2h\n", "[host] wait: 2h 不在 0 至 3600000 毫秒 之间 (2h is outside 0 .. 3600000 ms)" },
		{ "[host]\ndemo=perhaps\n", "[host] demo: 'perhaps' 不是 yes 或 no ('perhaps' is not true or false)" },
		{ "[host]\nlog=loud\n", "[host] log: 'loud' 不在 error|warn|info 之中 ('loud' is not one of error|warn|info)" },
		{ "[host]\nname=一二三四五六七八九十一二三四五六七八九十一\n", "[host] name: 有 21 个字符，应为 0 至 20 个 (has 21 characters, allowed are 0 .. 20)" },
		{ "[host]\nname=a\\q\n", "zhend.conf:2: [host] name: 值的写法有误 (" },
		{ "[host]\n# \xff\n", "zhend.conf:2: 不是 UTF-8 文本 (not UTF-8 text)" },
		{ "[pilot a]\ntitle=x\n", "zhend.conf:1: [pilot a] 必须设置 'divisions' (must set 'divisions': Codes of its divisions)" },
		{ "[include]\nfile=x\n", "zhend.conf:2: [include] 里没有 'file' 这一项；是否应为 'files'？(unknown key 'file' in [include]; did you mean 'files'?)" },
		{ "[include]\nfiles=none.conf\n", "none.conf: 配置文件读不到 (cannot read the configuration: " },
		{ "[include]\nfiles=zhend.conf\n", "zhend.conf: 被包含了两次 (is included twice)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		Folder folder = folder_new(cases[i].content);

		cr_assert_null(conf_load(folder.main, keys, &error), "taken: %s", cases[i].content);
		cr_assert_not_null(strstr(error->message, cases[i].says), "%s\n  is not\n%s", error->message,
		                   cases[i].says);
		folder_clear(&folder);
	}
}

Test(conf, numbers_are_read_with_their_units)
{
	static const struct {
		const char *key, *text;
		gint64 value;
	} cases[] = {
		{ "port", "80", 80 },        { "cache", "4096", 4096 },   { "cache", "8k", 8192 },
		{ "cache", "16M", 1 << 24 }, { "cache", "1 G", 1 << 30 }, { "cache", "2MiB", 1 << 21 },
		{ "wait", "250ms", 250 },    { "wait", "10s", 10000 },    { "wait", "5m", 300000 },
		{ "wait", "1h", 3600000 },   { "wait", "0", 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *content = g_strdup_printf("[host]\n%s = %s \r\n", cases[i].key, cases[i].text);
		Folder folder = folder_new(content);
		g_autoptr(Conf) conf = load_ok(&folder);

		cr_assert_eq(conf_int(conf, "host", cases[i].key), cases[i].value, "%s", content);
		folder_clear(&folder);
	}
}

Test(conf, what_no_file_sets_has_its_default)
{
	Folder folder = folder_new("\xef\xbb\xbf# nothing\n");
	g_autoptr(Conf) conf = load_ok(&folder);
	g_autofree char *where = conf_where(conf, "host", "port");
	g_autofree char *path = conf_path(conf, "host", "data");
	g_autofree char *expected = g_build_filename(folder.path, "data", NULL);
	g_auto(GStrv) list = conf_list(conf, "host", "plugins");

	cr_assert_eq(conf_int(conf, "host", "port"), 8080);
	cr_assert_eq(conf_int(conf, "host", "cache"), 1 << 24);
	cr_assert_eq(conf_int(conf, "host", "wait"), 250);
	cr_assert_not(conf_bool(conf, "host", "demo"));
	cr_assert_str_eq(conf_text(conf, "host", "log"), "info");
	cr_assert_str_eq(where, "default");
	cr_assert_str_eq(path, expected);
	cr_assert_eq(g_strv_length(list), 2);
	cr_assert_str_eq(list[1], "b");
	folder_clear(&folder);
}

Test(conf, included_files_keep_their_own_place)
{
	Folder folder =
		folder_new("[include]\nfiles=pilots/*.conf; roles.conf; empty/*.conf\n[host]\nport=1\ndemo=on\n");

	put(&folder, "pilots/b.conf", "[pilot b]\ndivisions=2\n[host]\ndata=here\n");
	put(&folder, "pilots/a.conf", "[pilot a]\ntitle=永定\\n镇\ndivisions=532327101000, 532327102000;\n");
	put(&folder, "roles.conf", "[role clerk]\nanything=x\nmore=y\n");
	g_autoptr(Conf) conf = load_ok(&folder);
	g_auto(GStrv) pilots = conf_groups(conf, "pilot ");
	g_auto(GStrv) codes = conf_list(conf, "pilot a", "divisions");
	g_auto(GStrv) role_keys = conf_keys_of(conf, "role clerk");
	g_autofree char *path = conf_path(conf, "host", "data");
	g_autofree char *where = conf_where(conf, "host", "data");

	cr_assert_eq(g_strv_length(pilots), 2);
	cr_assert_str_eq(pilots[0], "a");
	cr_assert_str_eq(pilots[1], "b");
	cr_assert_eq(g_strv_length(codes), 2);
	cr_assert_str_eq(codes[1], "532327102000");
	cr_assert_str_eq(conf_text(conf, "pilot a", "title"), "永定\n镇");
	cr_assert_str_eq(role_keys[1], "more");
	cr_assert(conf_bool(conf, "host", "demo"));
	cr_assert(g_str_has_suffix(path, "/pilots/here"), "%s", path);
	cr_assert(g_str_has_suffix(where, "/pilots/b.conf:4"), "%s", where);
	folder_clear(&folder);
}

Test(conf, a_key_set_in_two_files_is_refused_naming_both)
{
	g_autoptr(GError) error = NULL;
	Folder folder = folder_new("[include]\nfiles=more.conf\n[host]\nport=1\n");

	put(&folder, "more.conf", "[host]\nport=2\n");
	cr_assert_null(conf_load(folder.main, keys, &error));
	cr_assert_not_null(strstr(error->message, "more.conf:2: "), "%s", error->message);
	cr_assert_not_null(strstr(error->message, "zhend.conf:4"), "%s", error->message);
	folder_clear(&folder);
}

Test(conf, a_bracket_in_a_folder_name_hides_no_file)
{
	Folder folder = folder_new("");
	g_autofree char *path = g_build_filename(folder.path, "县 [1]/zhend.conf", NULL);
	g_autoptr(GError) error = NULL;

	put(&folder, "县 [1]/zhend.conf", "[include]\nfiles=roles.conf\n");
	put(&folder, "县 [1]/roles.conf", "[role a]\nx=1\n");
	g_autoptr(Conf) conf = conf_load(path, keys, &error);
	cr_assert_not_null(conf, "%s", error != NULL ? error->message : "");
	cr_assert_str_eq(conf_text(conf, "role a", "x"), "1");
	folder_clear(&folder);
}

Test(conf, a_row_for_any_group_takes_what_no_other_row_declares)
{
	const ConfKey any[] = { { "host", "port", CONF_INT, "1", 0, 0, NULL, FALSE, NULL },
		                { "*", "*", CONF_TEXT, "", 0, 0, NULL, FALSE, NULL },
		                { 0 } };
	g_autoptr(GError) error = NULL;
	Folder folder = folder_new("[approvals @532327]\nx=1\n[host]\nport=2\n");
	Conf *conf = conf_load(folder.main, any, &error);

	cr_assert_not_null(conf, "%s", error != NULL ? error->message : "");
	cr_assert_str_eq(conf_text(conf, "approvals @532327", "x"), "1");
	conf_free(conf);
	put(&folder, "zhend.conf", "[host]\nx=1\n");
	cr_assert_null(conf_load(folder.main, any, &error), "the row for any group opened [host] too");
	folder_clear(&folder);
}

Test(conf, a_default_that_breaks_its_own_row_is_refused)
{
	const ConfKey bad[] = { { "host", "port", CONF_INT, "x", 0, 0, NULL, FALSE, NULL }, { 0 } };
	g_autoptr(GError) error = NULL;
	Folder folder = folder_new("");

	cr_assert_null(conf_load(folder.main, bad, &error));
	cr_assert_not_null(strstr(error->message, "[host] port 的默认值 (its default): 'x' 不是整数 ("), "%s",
	                   error->message);
	folder_clear(&folder);
}

Test(conf, the_command_line_wins)
{
	Folder folder = folder_new("[host]\nport=1\n");
	g_autoptr(Conf) conf = load_ok(&folder);

	conf_override(conf, "host", "port", "9");
	conf_override(conf, "host", "data", "there");
	g_autofree char *where = conf_where(conf, "host", "port");
	g_autofree char *path = conf_path(conf, "host", "data");
	cr_assert_eq(conf_int(conf, "host", "port"), 9);
	cr_assert_str_eq(where, "command line");
	cr_assert_str_eq(path, "there");
	cr_assert(conf_check(conf, NULL));
	folder_clear(&folder);
}

Test(conf, the_command_line_is_checked_like_a_file)
{
	static const struct {
		const char *key, *value, *says;
	} cases[] = {
		{ "port", "abc", "命令行 (command line): [host] port: 'abc' 不是整数 ('abc' is not a whole number)" },
		{ "port", "70000", "命令行 (command line): [host] port: 70000 不在 1 至 65535 之间 (70000 is outside" },
		{ "prot", "1", "命令行 (command line): [host] 里没有 'prot' 这一项 (unknown key 'prot' in [host])" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		Folder folder = folder_new("[host]\nport=1\n");
		g_autoptr(Conf) conf = load_ok(&folder);

		conf_override(conf, "host", cases[i].key, cases[i].value);
		cr_assert_not(conf_check(conf, &error), "taken: %s", cases[i].value);
		cr_assert_not_null(strstr(error->message, cases[i].says), "%s", error->message);
		folder_clear(&folder);
	}
}

Test(conf, every_key_is_described)
{
	g_autofree char *text = conf_describe(keys);

	for (const ConfKey *row = keys; row->group != NULL; row++) {
		cr_assert_not_null(strstr(text, row->key), "%s", row->key);
		cr_assert_not_null(strstr(text, row->help), "%s", row->help);
	}
	cr_assert_not_null(strstr(text, "1..65535"), "%s", text);
	cr_assert_not_null(strstr(text, "default 16M"), "%s", text);
	cr_assert_not_null(strstr(text, "required"), "%s", text);
}

Test(conf, the_nearest_name_is_near)
{
	static const char *const names[] = { "port", "data", "session_hours", NULL };
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "prot", "port" }, { "Port", "port" },  { "dta", "data" }, { "sesion_hour", "session_hours" },
		{ "xyz", NULL },    { "session", NULL }, { "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *nearest = conf_nearest(cases[i].word, names);

		cr_assert(g_strcmp0(nearest, cases[i].nearest) == 0, "%s: %s", cases[i].word,
		          nearest != NULL ? nearest : "none");
	}
}

Test(conf, everything_that_is_wrong_is_told_at_once)
{
	static const char *const says[] = {
		"zhend.conf:5: [host] 里没有 'prot' 这一项；是否应为 'port'？(unknown key 'prot' in [host]; did you mean 'port'?)",
		"zhend.conf:6: [host] cache: '16X' 不是大小，写法如 16M ('16X' is not a size like 16M)",
		"zhend.conf:7: [host] 的 'port' 已在 ",
		"zhend.conf:8: 'nothing' 既不是 [组] 也不是 键=值 ('nothing' is neither [group] nor key=value)",
		"zhend.conf:9: [host] name: 值的写法有误 (",
		"zhend.conf:10: 没有 [hots] 这一组；是否应为 [host]？(unknown group [hots]; did you mean [host]?)",
		"zhend.conf:12: [host] 在此文件中出现两次 (group [host] stands twice in this file)",
		"zhend.conf:13: [host] demo: 'perhaps' 不是 yes 或 no ('perhaps' is not true or false)",
		"none.conf: 配置文件读不到 (cannot read the configuration: ",
		"more.conf:2: [pilot a] 里没有 'titel' 这一项；是否应为 'title'？(unknown key 'titel' in [pilot a]; did you mean 'title'?)",
		"more.conf:1: [pilot a] 必须设置 'divisions' (must set 'divisions': Codes of its divisions)",
	};
	Folder folder = folder_new("[include]\nfiles=none.conf; more.conf\n[host]\nport=1\nprot=1\ncache=16X\nport=2\n"
	                           "nothing\nname=a\\q\n[hots]\nx=1\n[host]\ndemo=perhaps\nlog=warn\n");
	g_autoptr(Faults) faults = faults_new();

	put(&folder, "more.conf", "[pilot a]\ntitel=x\n");
	g_autoptr(Conf) conf = conf_load_all(folder.main, keys, faults);
	cr_assert_eq(faults_count(faults), G_N_ELEMENTS(says));
	for (guint i = 0; i < G_N_ELEMENTS(says); i++)
		cr_expect_not_null(strstr(faults_nth(faults, i)->message, says[i]), "%s\n  is not\n%s",
		                   faults_nth(faults, i)->message, says[i]);
	/* What is right is there, what is wrong has its default. */
	cr_assert_str_eq(conf_text(conf, "host", "log"), "warn");
	cr_assert_eq(conf_int(conf, "host", "port"), 1);
	cr_assert_eq(conf_int(conf, "host", "cache"), 1 << 24);
	folder_clear(&folder);
}
