/* SPDX-License-Identifier: Apache-2.0
 * The arrows of kernel/LAYERS, read from every #include: floors, guarded headers, plugins beside each other, and no
 * plugin named in the kernel. The checker is first shown trees that break one rule each. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct Layers {
	char *root;          /* of the tree */
	GPtrArray *floors;   /* of char * */
	GHashTable *may;     /* floor → char ** of floors */
	GHashTable *guarded; /* header, or folder with "/" → char ** of places */
	GPtrArray *plugins;  /* of char *, folder ids */
	GPtrArray *faults;   /* of char *, "file:line: what" */
	guint files;         /* checked */
} Layers;

/* One file, with comments blanked out. */
typedef struct Source {
	Layers *layers;
	const char *path; /* from the root */
	const char *home; /* kernel: its floor; plugin: its folder from the root */
	char *code;
} Source;

static void layers_clear(Layers *layers)
{
	g_clear_pointer(&layers->root, g_free);
	g_clear_pointer(&layers->floors, g_ptr_array_unref);
	g_clear_pointer(&layers->may, g_hash_table_unref);
	g_clear_pointer(&layers->guarded, g_hash_table_unref);
	g_clear_pointer(&layers->plugins, g_ptr_array_unref);
	g_clear_pointer(&layers->faults, g_ptr_array_unref);
}

static void add_fault(Layers *layers, const char *path, guint line, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void add_fault(Layers *layers, const char *path, guint line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(layers->faults, g_strdup_printf("%s:%u: %s", path, line, what));
}

static gboolean has_name(char *const *names, const char *name)
{
	return g_strv_contains((const char *const *)names, name);
}

static gboolean is_floor(const Layers *layers, const char *name)
{
	return g_ptr_array_find_with_equal_func(layers->floors, name, g_str_equal, NULL);
}

/* The words after the colon. */
static char **words_of(const char *text)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_auto(GStrv) parts = g_strsplit_set(text, " \t", -1);

	for (char **part = parts; *part != NULL; part++) {
		if (**part != '\0')
			g_ptr_array_add(words, g_strdup(*part));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_steal(words, NULL);
}

/* A floor may name only floors of earlier lines, so the file itself cannot say a circle. */
static void read_rule(Layers *layers, char *line, guint number)
{
	char *colon = strchr(line, ':');

	if (colon == NULL) {
		add_fault(layers, "kernel/LAYERS", number, "no colon");
		return;
	}
	*colon = '\0';

	char **words = words_of(colon + 1);

	if (line[0] == '@') {
		g_hash_table_insert(layers->guarded, g_strdup(line + 1), words);
		return;
	}
	for (char **word = words; *word != NULL; word++) {
		if (!is_floor(layers, *word))
			add_fault(layers, "kernel/LAYERS", number, "%s may include %s, which is no floor below it",
			          line, *word);
	}
	g_ptr_array_add(layers->floors, g_strdup(line));
	g_hash_table_insert(layers->may, g_strdup(line), words);
}

static void read_layers(Layers *layers)
{
	g_autofree char *path = g_build_filename(layers->root, "kernel", "LAYERS", NULL);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		add_fault(layers, "kernel/LAYERS", 0, "cannot be read");
		return;
	}

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_strstrip(lines[i]);
		if (lines[i][0] != '\0' && lines[i][0] != '#')
			read_rule(layers, lines[i], i + 1);
	}
}

/* Comments become blanks, lines stay lines. Texts in quotes stay: a name in a string is a name. */
static void blank_comments(char *code)
{
	for (char *at = code; *at != '\0';) {
		if (*at == '"' || *at == '\'') {
			char quote = *at++;

			while (*at != '\0' && *at != '\n' && *at != quote)
				at += *at == '\\' && at[1] != '\0' ? 2 : 1;
			at += *at == quote;
		} else if (at[0] == '/' && at[1] == '/') {
			while (*at != '\0' && *at != '\n')
				*at++ = ' ';
		} else if (at[0] == '/' && at[1] == '*') {
			char *end = strstr(at + 2, "*/");

			end = end != NULL ? end + 2 : at + strlen(at);
			for (; at < end; at++)
				*at = *at == '\n' ? '\n' : ' ';
		} else {
			at++;
		}
	}
}

typedef void IncludeFunc(Source *source, guint line, const char *header, gboolean quoted);

/* Calls @check for each #include of the file. */
static void each_include(Source *source, IncludeFunc *check)
{
	g_autoptr(GRegex) regex =
		g_regex_new("^\\s*#\\s*include(?:_next)?\\s*(?:\"([^\"]*)\"|<([^>]*)>|(.*))", 0, 0, NULL);
	g_auto(GStrv) lines = g_strsplit(source->code, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (!g_regex_match(regex, lines[i], 0, &match))
			continue;

		g_autofree char *quoted = g_match_info_fetch(match, 1), *angled = g_match_info_fetch(match, 2);

		if (quoted != NULL && quoted[0] != '\0')
			check(source, i + 1, quoted, TRUE);
		else if (angled != NULL && angled[0] != '\0')
			check(source, i + 1, angled, FALSE);
		else
			add_fault(source->layers, source->path, i + 1, "an #include that cannot be read");
	}
}

/* "http" = the floor, "base/loop" = kernel/base/loop.* */
static gboolean is_at_place(const Source *source, const char *place)
{
	g_autofree char *path = g_strdup_printf("kernel/%s%s", place, strchr(place, '/') != NULL ? "." : "/");

	return g_str_has_prefix(source->path, path);
}

static void check_guarded(Source *source, guint line, const char *header)
{
	GHashTableIter each;
	gpointer guarded, places;

	g_hash_table_iter_init(&each, source->layers->guarded);
	while (g_hash_table_iter_next(&each, &guarded, &places)) {
		gboolean within = g_str_has_suffix(guarded, "/") ? g_str_has_prefix(header, guarded)
								 : g_str_equal(header, guarded);
		gboolean allowed = FALSE;

		if (!within)
			continue;
		for (char **place = places; *place != NULL; place++)
			allowed = allowed || is_at_place(source, *place);
		if (!allowed)
			add_fault(source->layers, source->path, line, "may not include %s", header);
	}
}

static gboolean goes_up(const char *header)
{
	return g_str_has_prefix(header, "../") || strstr(header, "/../") != NULL || g_path_is_absolute(header);
}

static char *first_part(const char *header)
{
	const char *slash = strchr(header, '/');

	return slash != NULL ? g_strndup(header, (gsize)(slash - header)) : g_strdup("");
}

static gboolean is_plugin(const Layers *layers, const char *name)
{
	return g_ptr_array_find_with_equal_func(layers->plugins, name, g_str_equal, NULL);
}

static void check_kernel_include(Source *source, guint line, const char *header, gboolean quoted)
{
	Layers *layers = source->layers;
	g_autofree char *floor = first_part(header);

	check_guarded(source, line, header);
	if (goes_up(header)) {
		add_fault(layers, source->path, line, "%s leaves its folder", header);
	} else if (is_floor(layers, floor)) {
		if (!g_str_equal(floor, source->home) &&
		    !has_name(g_hash_table_lookup(layers->may, source->home), floor))
			add_fault(layers, source->path, line, "%s may not include %s", source->home, header);
	} else if (quoted && floor[0] != '\0') {
		add_fault(layers, source->path, line, "%s is in no floor", header);
	}
}

/* A plugin may have folders of its own with any name. */
static gboolean is_own(const Source *source, const char *header)
{
	g_autofree char *folder = g_path_get_dirname(source->path);
	g_autofree char *beside = g_build_filename(source->layers->root, folder, header, NULL);
	g_autofree char *within = g_build_filename(source->layers->root, source->home, header, NULL);

	return g_file_test(beside, G_FILE_TEST_EXISTS) || g_file_test(within, G_FILE_TEST_EXISTS);
}

static void check_plugin_include(Source *source, guint line, const char *header, gboolean quoted)
{
	Layers *layers = source->layers;
	g_autofree char *first = first_part(header);

	check_guarded(source, line, header);
	if (goes_up(header))
		add_fault(layers, source->path, line, "%s leaves its folder", header);
	else if (quoted && is_own(source, header))
		return;
	else if (g_str_equal(first, "kernel") || is_floor(layers, first))
		add_fault(layers, source->path, line, "%s is the kernel's", header);
	else if (g_str_equal(first, "plugins") || is_plugin(layers, first))
		add_fault(layers, source->path, line, "%s is another plugin's", header);
	else if (quoted && !g_str_equal(first, "zhen"))
		add_fault(layers, source->path, line, "%s is not in its folder", header);
}

/* Whole words only: "notes" is named by "notes" and "/notes/x", not by footnotes or notes_max. */
static void check_names(Source *source)
{
	static const char *const ends = "[A-Za-z0-9_]";
	g_auto(GStrv) lines = g_strsplit(source->code, "\n", -1);

	for (guint p = 0; p < source->layers->plugins->len; p++) {
		const char *id = g_ptr_array_index(source->layers->plugins, p);
		g_autofree char *escaped = g_regex_escape_string(id, -1);
		g_autofree char *pattern = g_strdup_printf("(?<!%s)%s(?!%s)", ends, escaped, ends);
		g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);

		for (guint i = 0; lines[i] != NULL; i++) {
			if (g_regex_match(regex, lines[i], 0, NULL))
				add_fault(source->layers, source->path, i + 1, "names the plugin %s", id);
		}
	}
}

static gboolean is_source(const char *name)
{
	static const char *const ends[] = { ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".inc" };

	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (g_str_has_suffix(name, ends[i]))
			return TRUE;
	}
	return FALSE;
}

static void check_file(Layers *layers, const char *path, const char *home, gboolean kernel)
{
	g_autofree char *full = g_build_filename(layers->root, path, NULL);
	g_autofree char *code = NULL;
	Source source = { .layers = layers, .path = path, .home = home };

	if (!g_file_get_contents(full, &code, NULL, NULL)) {
		add_fault(layers, path, 0, "cannot be read");
		return;
	}
	layers->files++;
	source.code = code;
	blank_comments(code);
	each_include(&source, kernel ? check_kernel_include : check_plugin_include);
	if (kernel)
		check_names(&source);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in @path (from the root), sorted, without hidden ones. */
static GPtrArray *list(const Layers *layers, const char *path)
{
	g_autofree char *full = g_build_filename(layers->root, path, NULL);
	g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
		if (name[0] != '.')
			g_ptr_array_add(names, g_strdup(name));
	}
	g_ptr_array_sort(names, compare_names);
	return names;
}

static gboolean is_dir(const Layers *layers, const char *path)
{
	g_autofree char *full = g_build_filename(layers->root, path, NULL);

	return g_file_test(full, G_FILE_TEST_IS_DIR);
}

static void check_folder(Layers *layers, const char *folder, const char *home, gboolean kernel)
{
	g_autoptr(GPtrArray) names = list(layers, folder);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);

		if (is_dir(layers, path))
			check_folder(layers, path, home, kernel);
		else if (is_source(path))
			check_file(layers, path, home, kernel);
	}
}

static void check_kernel(Layers *layers)
{
	g_autoptr(GPtrArray) names = list(layers, "kernel");

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename("kernel", name, NULL);

		if (is_floor(layers, name))
			check_folder(layers, path, name, TRUE);
		else if (is_dir(layers, path) || is_source(path))
			add_fault(layers, path, 0, "is no floor of kernel/LAYERS");
	}
}

static void check_plugins(Layers *layers)
{
	for (guint i = 0; i < layers->plugins->len; i++) {
		g_autofree char *path = g_build_filename("plugins", g_ptr_array_index(layers->plugins, i), NULL);

		check_folder(layers, path, path, FALSE);
	}
	check_folder(layers, "sdk/template", "sdk/template", FALSE);
}

static void find_plugins(Layers *layers)
{
	layers->plugins = list(layers, "plugins");
	for (guint i = layers->plugins->len; i-- > 0;) {
		g_autofree char *path = g_build_filename("plugins", g_ptr_array_index(layers->plugins, i), NULL);

		if (!is_dir(layers, path))
			g_ptr_array_remove_index(layers->plugins, i);
	}
}

static void layers_check(Layers *layers, const char *root)
{
	layers->root = g_strdup(root);
	layers->floors = g_ptr_array_new_with_free_func(g_free);
	layers->may = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
	layers->guarded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
	layers->faults = g_ptr_array_new_with_free_func(g_free);
	find_plugins(layers);
	read_layers(layers);
	check_kernel(layers);
	check_plugins(layers);
}

static char *faults_text(const Layers *layers)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < layers->faults->len; i++)
		g_string_append_printf(text, "\n%s", (char *)g_ptr_array_index(layers->faults, i));
	return g_string_free(text, FALSE);
}

/* A small tree that keeps every rule, close to the edge of each. */
static const struct {
	const char *path, *text;
} good_tree[] = {
	{ "kernel/LAYERS",
	  "# floors\nbase:\nstore: base\nhttp: base\n# guarded\n@event2/: http base/loop\n@sqlite3.h: store\n" },
	{ "kernel/CMakeLists.txt", "# notes\n" },
	{ "kernel/base/log.h", "#include <glib.h>\n" },
	{ "kernel/base/loop.c", "#include <event2/event.h>\n#include \"base/loop.h\"\n" },
	{ "kernel/base/loop.h", "/* notes\n#include \"store/store.h\" */\n// notes #include <sqlite3.h>\n" },
	{ "kernel/store/store.c", "#include <sqlite3.h>\n# include \"base/log.h\"\n#include \"own.h\"\n" },
	{ "kernel/http/http.c",
	  "#include <event2/buffer.h>\nint notes_max, footnotes;\nchar *a = \"/*\"; /* notes */\n" },
	{ "plugins/CMakeLists.txt", "" },
	{ "plugins/notes/notes.c",
	  "#include <zhen/zhen.h>\n#include \"parts.h\"\n#include \"store/x.h\"\n#include <string.h>\n" },
	{ "plugins/notes/parts.h", "" },
	{ "plugins/notes/store/x.h", "#include \"parts.h\"\n" },
	{ "plugins/console/console.c", "#include <zhen/zhen.h>\n" },
	{ "sdk/template/hello.c", "#include <zhen/zhen.h>\n" },
};

static void write_file(const char *root, const char *path, const char *text)
{
	g_autofree char *full = g_build_filename(root, path, NULL);
	g_autofree char *folder = g_path_get_dirname(full);

	cr_assert_eq(g_mkdir_with_parents(folder, 0700), 0);
	cr_assert(g_file_set_contents(full, text, -1, NULL));
}

static void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_tree(inner);
	}
	g_remove(path);
}

/* The good tree with one file put in or replaced (@path NULL: none). */
static void check_fixture(Layers *layers, const char *path, const char *text)
{
	g_autofree char *root = g_dir_make_tmp("zhen-layers-XXXXXX", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(good_tree); i++)
		write_file(root, good_tree[i].path, good_tree[i].text);
	if (path != NULL)
		write_file(root, path, text);
	layers_check(layers, root);
	remove_tree(root);
}

Test(layers, a_tree_that_keeps_the_rules_has_no_fault)
{
	Layers layers = { 0 };

	check_fixture(&layers, NULL, NULL);

	g_autofree char *faults = faults_text(&layers);

	cr_assert_eq(layers.faults->len, 0, "%s", faults);
	cr_assert_eq(layers.files, 10);
	layers_clear(&layers);
}

Test(layers, each_broken_rule_is_seen_at_its_place)
{
	static const struct {
		const char *path, *text, *fault;
	} cases[] = {
		{ "kernel/base/x.c", "#include \"store/store.h\"\n",
		  "kernel/base/x.c:1: base may not include store/store.h" },
		{ "kernel/http/x.h", "\n#include <store/store.h>\n",
		  "kernel/http/x.h:2: http may not include store/store.h" },
		{ "kernel/http/in/x.c", "#include \"store/a.h\"\n",
		  "kernel/http/in/x.c:1: http may not include store/a.h" },
		{ "kernel/base/x.c", "#include \"../store/store.h\"\n",
		  "kernel/base/x.c:1: ../store/store.h leaves its folder" },
		{ "kernel/base/x.c", "#include \"base/../x.h\"\n", "kernel/base/x.c:1: base/../x.h leaves its folder" },
		{ "kernel/base/x.c", "#include \"extra/x.h\"\n", "kernel/base/x.c:1: extra/x.h is in no floor" },
		{ "kernel/base/x.c", "#include WHAT\n", "kernel/base/x.c:1: an #include that cannot be read" },
		{ "kernel/base/log.c", "#include <event2/event.h>\n",
		  "kernel/base/log.c:1: may not include event2/event.h" },
		{ "kernel/base/loopy.c", "#include <event2/event.h>\n",
		  "kernel/base/loopy.c:1: may not include event2/event.h" },
		{ "kernel/http/x.c", " #  include <sqlite3.h> // why\n",
		  "kernel/http/x.c:1: may not include sqlite3.h" },
		{ "kernel/http/x.c", "/* a */ #include <sqlite3.h>\n", "kernel/http/x.c:1: may not include sqlite3.h" },
		{ "kernel/extra/x.c", "", "kernel/extra:0: is no floor of kernel/LAYERS" },
		{ "kernel/x.c", "", "kernel/x.c:0: is no floor of kernel/LAYERS" },
		{ "kernel/base/x.c", "char *a = \"/notes/7\";\n", "kernel/base/x.c:1: names the plugin notes" },
		{ "kernel/base/x.c", "int a;\nint notes;\n", "kernel/base/x.c:2: names the plugin notes" },
		{ "kernel/base/x.c", "char *a = \"\\\"/*\"; int console; /* */\n",
		  "kernel/base/x.c:1: names the plugin console" },
		{ "kernel/LAYERS", "base: store\nstore: base\nhttp:\n@event2/: http base\n",
		  "kernel/LAYERS:1: base may include store, which is no floor below it" },
		{ "plugins/notes/x.c", "#include \"../console/x.h\"\n",
		  "plugins/notes/x.c:1: ../console/x.h leaves its folder" },
		{ "plugins/notes/x.c", "#include <../x.h>\n", "plugins/notes/x.c:1: ../x.h leaves its folder" },
		{ "plugins/notes/x.c", "#include \"kernel/base/log.h\"\n",
		  "plugins/notes/x.c:1: kernel/base/log.h is the kernel's" },
		{ "plugins/notes/in/x.cpp", "#include <base/log.h>\n",
		  "plugins/notes/in/x.cpp:1: base/log.h is the kernel's" },
		{ "plugins/notes/x.c", "#include <store/x.h>\n", "plugins/notes/x.c:1: store/x.h is the kernel's" },
		{ "plugins/notes/x.c", "#include <console/x.h>\n",
		  "plugins/notes/x.c:1: console/x.h is another plugin's" },
		{ "plugins/notes/x.c", "#include \"plugins/a.h\"\n",
		  "plugins/notes/x.c:1: plugins/a.h is another plugin's" },
		{ "plugins/notes/x.c", "#include \"nowhere.h\"\n",
		  "plugins/notes/x.c:1: nowhere.h is not in its folder" },
		{ "plugins/notes/x.c", "#include <sqlite3.h>\n", "plugins/notes/x.c:1: may not include sqlite3.h" },
		{ "sdk/template/x.c", "#include \"kernel/a.h\"\n", "sdk/template/x.c:1: kernel/a.h is the kernel's" },
		{ "sdk/template/x.c", "#include <notes/a.h>\n", "sdk/template/x.c:1: notes/a.h is another plugin's" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Layers layers = { 0 };

		check_fixture(&layers, cases[i].path, cases[i].text);

		g_autofree char *faults = faults_text(&layers);

		cr_assert(g_ptr_array_find_with_equal_func(layers.faults, cases[i].fault, g_str_equal, NULL),
		          "'%s' was not seen; seen: %s", cases[i].fault, faults);
		layers_clear(&layers);
	}
}

Test(layers, a_tree_without_rules_is_a_fault)
{
	Layers layers = { 0 };

	layers_check(&layers, "/nonexistent");
	cr_assert_eq(layers.faults->len, 1);
	layers_clear(&layers);
}

Test(layers, this_tree_keeps_its_rules)
{
	Layers layers = { 0 };

	layers_check(&layers, SOURCE_DIR);

	g_autofree char *faults = faults_text(&layers);

	cr_assert_eq(layers.faults->len, 0, "%s", faults);
	/* A checker that finds nothing to check has checked nothing. */
	cr_assert_gt(layers.files, 20);
	cr_assert_gt(layers.floors->len, 5);
	cr_assert_gt(g_hash_table_size(layers.guarded), 5);
	layers_clear(&layers);
}
