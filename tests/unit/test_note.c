/* SPDX-License-Identifier: Apache-2.0
 * Reading the note of a stranger's file: every cut and every flipped byte is an answer, never a crash. */
#include <criterion/criterion.h>
#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader/loader.h"
#include "loader/note.h"

#define SOUND BINARY_DIR "/plugins/zoo/zoo.so"

typedef struct File {
	int fd;
	char *bytes;
	gsize length;
} File;

static File copy_of(const char *path)
{
	File file = { .fd = memfd_create("zoo", MFD_CLOEXEC) };

	cr_assert(g_file_get_contents(path, &file.bytes, &file.length, NULL));
	cr_assert_eq(write(file.fd, file.bytes, file.length), (ssize_t)file.length);
	return file;
}

static void file_clear(File *file)
{
	close(file->fd);
	g_free(file->bytes);
}

/* Whether there is a note; when there is none, a reason. */
static gboolean readable(const File *file)
{
	guint16 major = 0, minor = 0;
	gsize length = 0;
	g_autoptr(GError) error = NULL;
	g_autofree char *note = note_read_fd(file->fd, "zoo.so", &major, &minor, &length, &error);

	cr_assert((note != NULL) == (error == NULL));
	cr_assert(note == NULL || strnlen(note, length + 1) <= length);
	return note != NULL;
}

static void flip(const File *file, gsize at, guint8 with)
{
	guint8 byte = (guint8)file->bytes[at] ^ with;

	cr_assert_eq(pwrite(file->fd, &byte, 1, (off_t)at), 1);
	readable(file);
	cr_assert_eq(pwrite(file->fd, &file->bytes[at], 1, (off_t)at), 1);
}

Test(note, a_sound_file_gives_version_and_tables)
{
	guint16 major, minor;
	gsize length;
	g_autofree char *note = note_read(SOUND, &major, &minor, &length, NULL);
	g_autoptr(Plugin) plugin = NULL;

	cr_assert_not_null(note);
	cr_assert(major == ZHEN_ABI_MAJOR && minor == ZHEN_ABI_MINOR);
	plugin = plugin_from_note(note, length, NULL);
	cr_assert_str_eq(plugin->id, "zoo");
}

Test(note, a_file_cut_anywhere_is_refused)
{
	File file = copy_of(SOUND);

	cr_assert(readable(&file));
	/* The section headers stand last: without their last byte there is nothing to go by. */
	for (gsize left = file.length - 1; left > 0; left -= MIN(left, left > 5000 ? 997 : 1)) {
		cr_assert_eq(ftruncate(file.fd, (off_t)left), 0);
		cr_assert_not(readable(&file), "read from %zu of %zu bytes", left, file.length);
	}
	file_clear(&file);
}

Test(note, any_flipped_bit_of_headers_and_note_is_survived)
{
	File file = copy_of(SOUND);
	Elf64_Ehdr head;
	Elf64_Shdr section;

	memcpy(&head, file.bytes, sizeof(head));
	for (gsize at = 0; at < sizeof(head); at++)
		for (guint bit = 0; bit < 8; bit++)
			flip(&file, at, (guint8)(1u << bit));
	for (gsize at = head.e_shoff; at < file.length; at++) {
		flip(&file, at, 0xff);
		flip(&file, at, 0x01);
		flip(&file, at, 0x80);
	}
	for (guint i = 0; i < head.e_shnum; i++) {
		memcpy(&section, file.bytes + head.e_shoff + i * sizeof(section), sizeof(section));
		if (section.sh_type == SHT_NOTE || i == head.e_shstrndx)
			for (gsize at = section.sh_offset; at < section.sh_offset + section.sh_size; at++)
				flip(&file, at, 0x55);
	}
	file_clear(&file);
}

Test(note, what_is_no_plugin_file_says_so)
{
	static const struct {
		const char *path, *message;
	} cases[] = {
		{ "/nowhere/zoo.so", "/nowhere/zoo.so: No such file or directory" },
		{ "/dev/null", "/dev/null: 不是普通文件 (not a regular file)" },
		{ "/", "/: 不是普通文件 (not a regular file)" },
		{ SOURCE_DIR "/CMakeLists.txt", SOURCE_DIR "/CMakeLists.txt: 不是 ELF 文件 (not an ELF file)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint16 major, minor;
		gsize length;
		g_autoptr(GError) error = NULL;

		cr_expect_null(note_read(cases[i].path, &major, &minor, &length, &error));
		cr_expect_str_eq(error->message, cases[i].message);
	}
}
