/* SPDX-License-Identifier: Apache-2.0
 * The zoo: one broken plugin per defect, each with the exact refusal it must get. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "loader/loader.h"
#include "loader/note.h"

#define SOUND BINARY_DIR "/plugins/zoo/zoo.so"
#define CODE(name) BINARY_DIR "/tests/zoo/zoo_" name ".so"

typedef struct Animal {
	const char *code;
	const char *named;      /* file name; NULL = zoo.so */
	guint16 major, minor;   /* of the note */
	const char *from, *to;  /* replaced in the sound note; from "" = the whole note */
	gboolean without_note;
	gsize cut;              /* bytes left of the file; 0 = all */
	const char *refusal;    /* after the file's path; NULL = it loads */
} Animal;

static const Animal animals[] = {
	{ .code = SOUND, .major = 1, .refusal = NULL },
	{ .code = SOUND, .major = 2,
	  .refusal = ": 按 SDK 2.0 编译，本机提供 1.1：请用 SDK 1.x 重新编译 (built for SDK 2.0, this host offers 1.1: rebuild it with an SDK 1.x)" },
	{ .code = SOUND, .major = 1, .minor = 7,
	  .refusal = ": 按 SDK 1.7 编译，本机提供 1.1：请升级本机，或用较旧的 SDK 重新编译 (built for SDK 1.7, this host offers 1.1: update the host or rebuild with an older SDK)" },
	{ .code = CODE("wrong_major"), .major = 1,
	  .refusal = ": 按 SDK 2.1 编译，本机提供 1.1：请用 SDK 1.x 重新编译 (built for SDK 2.1, this host offers 1.1: rebuild it with an SDK 1.x)" },
	{ .code = CODE("newer_minor"), .major = 1,
	  .refusal = ": 按 SDK 1.7 编译，本机提供 1.1：请升级本机，或用较旧的 SDK 重新编译 (built for SDK 1.7, this host offers 1.1: update the host or rebuild with an older SDK)" },
	{ .code = CODE("duplicate_route"), .without_note = TRUE,
	  .refusal = ": 没有说明（.note.zhen 节）：链接之后须运行 zhen-note (has no note (section .note.zhen): run zhen-note on it after linking)" },
	{ .code = SOUND, .major = 1, .cut = 40, .refusal = ": 不是 ELF 文件 (not an ELF file)" },
	{ .code = SOUND, .major = 1, .cut = 4000, .refusal = ": 没有节头 (has no section headers)" },
	{ .code = SOUND, .major = 1, .named = "zebra.so",
	  .refusal = ": 里面是模块 \"zoo\"，文件须名为 zoo.so (holds the plugin \"zoo\": its file must be named zoo.so)" },
	{ .code = SOUND, .major = 1, .from = "", .to = "{", .refusal = NULL },
	{ .code = SOUND, .major = 1, .from = "\"title\":\"动物园\"", .to = "\"title\":\"植物园\"",
	  .refusal = ": 说明与代码不符：title 处说明为 \"植物园\"，代码为 \"动物园\" (the note lies: title: the note says \"植物园\", the code \"动物园\")" },
	{ .code = SOUND, .major = 1, .from = "\"version\":\"1.0.0\"", .to = "\"version\":\"1.0.1\"",
	  .refusal = ": 说明与代码不符：version 处说明为 \"1.0.1\"，代码为 \"1.0.0\" (the note lies: version: the note says \"1.0.1\", the code \"1.0.0\")" },
	{ .code = CODE("other_permission"), .major = 1,
	  .refusal = ": 说明与代码不符：routes[1] /animals/{id}: permission 处说明为 \"zoo.look\"，代码为 \"zoo.keep\" (the note lies: routes[1] /animals/{id}: permission: the note says \"zoo.look\", the code \"zoo.keep\")" },
	{ .code = CODE("other_id"), .major = 1,
	  .refusal = ": 说明与代码不符：id 处说明为 \"zoo\"，代码为 \"other\" (the note lies: id: the note says \"zoo\", the code \"other\")" },
	{ .code = CODE("no_symbol"), .major = 1, .refusal = ": 没有符号 zhen_plugin_entry，是否漏写 ZHEN_PLUGIN？(has no symbol zhen_plugin_entry: ZHEN_PLUGIN missing?)" },
	{ .code = CODE("duplicate_route"), .major = 1,
	  .refusal = ": zoo: routes[3] POST /animals: path: \"POST /animals\" is also routes[0]" },
	{ .code = CODE("personal_topic"), .major = 1,
	  .refusal = ": zoo: topics[0] zoo.animal.came: fields[1] keeper: type: name: events carry no personal data" },
	{ .code = CODE("migration_gap"), .major = 1,
	  .refusal = ": zoo: migrations[1]: number: 3 where 2 comes next (numbered from 1 without gaps)" },
	/* What a note alone gives away is refused before any code runs. */
	{ .code = CODE("no_symbol"), .major = 1, .from = "\"name\":\"zoo.animal.came\"", .to = "\"name\":\"cow.animal.came\"",
	  .refusal = ": zoo: topics[0] cow.animal.came: name: \"cow.animal.came\" is not like zoo.noun.verb" },
};

static char *replace(const char *text, const char *from, const char *to)
{
	g_auto(GStrv) parts = NULL;

	if (from == NULL)
		return g_strdup(text);
	if (from[0] == '\0')
		return g_strdup(to);
	parts = g_strsplit(text, from, 2);
	cr_assert_not_null(parts[1], "the sound note does not say %s", from);
	return g_strjoinv(to, parts);
}

/* @code with the note that @animal asks for, as a file of its own. */
static char *catch(const Animal *animal, const char *dir)
{
	guint16 major, minor;
	gsize length;
	g_autofree char *sound = note_read(SOUND, &major, &minor, &length, NULL);
	g_autofree char *json = replace(sound, animal->from, animal->to);
	g_autoptr(GByteArray) bytes = note_make(animal->major, animal->minor, json);
	g_autofree char *note = g_build_filename(dir, "note", NULL);
	g_autofree char *section = g_strconcat(".note.zhen=", note, NULL);
	char *path = g_build_filename(dir, animal->named != NULL ? animal->named : "zoo.so", NULL);
	const char *args[] = { "objcopy", "--remove-section", ".note.zhen", "--add-section", section,
		               "--set-section-flags", ".note.zhen=noload,readonly", animal->code, path, NULL };
	int status = 1;

	if (animal->without_note) {
		args[3] = animal->code;
		args[4] = path;
		args[5] = NULL;
	}
	cr_assert(g_file_set_contents(note, (const char *)bytes->data, bytes->len, NULL));
	cr_assert(g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
	cr_assert_eq(status, 0);
	if (animal->cut > 0)
		cr_assert_eq(truncate(path, (off_t)animal->cut), 0);
	g_unlink(note);
	return path;
}

Test(zoo, each_broken_plugin_gets_its_refusal)
{
	for (gsize i = 0; i < G_N_ELEMENTS(animals); i++) {
		const Animal *animal = &animals[i];
		g_autofree char *dir = g_dir_make_tmp("zhen-zoo-XXXXXX", NULL);
		g_autofree char *path = catch(animal, dir);
		g_autoptr(GError) error = NULL;
		g_autoptr(LoadedPlugin) loaded = plugin_load(path, &error);

		if (animal->refusal == NULL && animal->from != NULL) {
			cr_expect(loaded == NULL && strstr(error->message, ": note: ") != NULL,
			          "a note that is no JSON");
		} else if (animal->refusal == NULL) {
			cr_expect_not_null(loaded, "%s", error != NULL ? error->message : "");
		} else {
			cr_expect_null(loaded, "loaded what should be refused%s", animal->refusal);
			cr_expect(error != NULL && g_str_has_prefix(error->message, path));
			cr_expect_str_eq(error != NULL ? error->message + strlen(path) : "", animal->refusal);
		}
		g_unlink(path);
		g_rmdir(dir);
	}
}

Test(zoo, a_symbol_that_nobody_has_is_named)
{
	const Animal animal = { .code = CODE("undefined"), .major = 1 };
	g_autofree char *dir = g_dir_make_tmp("zhen-zoo-XXXXXX", NULL);
	g_autofree char *path = catch(&animal, dir);
	g_autoptr(GError) error = NULL;

	cr_assert_null(plugin_load(path, &error));
	cr_assert_not_null(strstr(error->message, ": 代码载入不了 (cannot be loaded: "));
	cr_assert_not_null(strstr(error->message, "nobody_defines_this"));
	g_unlink(path);
	g_rmdir(dir);
}
