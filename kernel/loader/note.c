/* SPDX-License-Identifier: Apache-2.0
 * Reads section .note.zhen by the file's section headers. The file is a stranger's: every offset is looked at before it
 * is used, and the file is read, not mapped, so that one cut short meanwhile is an error and no signal. */
#include "loader/note.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/loader.h"

#define SECTIONS_MAX 65536
#define NO_ELF "不是 ELF 文件 (not an ELF file)"
#define NO_SECTIONS "没有节头 (has no section headers)"
#define NAMES_MAX (4 * 1024 * 1024)

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__riscv)
#define MACHINE EM_RISCV
#elif defined(__loongarch__)
#define MACHINE 258
#else
#error "no ELF machine known for this processor"
#endif

typedef struct Elf {
	int fd;
	const char *name;
	guint64 size;
	Elf64_Ehdr head;
	guint64 sections;
	Elf64_Shdr *headers; /* of every section */
	char *names; /* section names, NUL-terminated as a whole */
	guint64 names_size;
} Elf;

static void elf_clear(Elf *elf)
{
	g_free(elf->names);
	g_free(elf->headers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Elf, elf_clear)

static gboolean elf_fault(const Elf *elf, GError **error, const char *text)
{
	return throw_error(error, ERROR_INVALID, "%s: %s", elf->name, text);
}

static gboolean elf_get(const Elf *elf, guint64 offset, guint64 length, void *out, GError **error)
{
	char *to = out;

	if (offset > elf->size || length > elf->size - offset)
		return elf_fault(elf, error,
		                 "文件被截断或损坏，指到了自身之外 (cut off or damaged: it points past its own end)");
	while (length > 0) {
		ssize_t got = pread(elf->fd, to, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return elf_fault(elf, error, got < 0 ? g_strerror(errno) : "读取时文件变短 (ended while it was read)");
		to += got;
		offset += (guint64)got;
		length -= (guint64)got;
	}
	return TRUE;
}

static gboolean elf_open(Elf *elf, GError **error)
{
	struct stat info;
	Elf64_Shdr first;

	if (fstat(elf->fd, &info) != 0 || !S_ISREG(info.st_mode))
		return elf_fault(elf, error, "不是普通文件 (not a regular file)");
	elf->size = (guint64)info.st_size;
	if (elf->size < sizeof(elf->head))
		return elf_fault(elf, error, NO_ELF);
	if (!elf_get(elf, 0, sizeof(elf->head), &elf->head, error))
		return FALSE;
	if (memcmp(elf->head.e_ident, ELFMAG, SELFMAG) != 0)
		return elf_fault(elf, error, NO_ELF);
	if (elf->head.e_ident[EI_CLASS] != ELFCLASS64 || elf->head.e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf->head.e_machine != MACHINE)
		return elf_fault(elf, error, "为另一种机器编译 (built for another kind of machine)");
	if (elf->head.e_type != ET_DYN)
		return elf_fault(elf, error, "不是共享库 (not a shared object)");
	if (elf->head.e_shoff == 0 || elf->head.e_shoff > elf->size || elf->head.e_shentsize != sizeof(Elf64_Shdr))
		return elf_fault(elf, error, NO_SECTIONS);
	/* Large files keep the two numbers in section 0. */
	if (!elf_get(elf, elf->head.e_shoff, sizeof(first), &first, error))
		return FALSE;
	elf->sections = elf->head.e_shnum != 0 ? elf->head.e_shnum : first.sh_size;
	if (elf->sections == 0 || elf->sections > SECTIONS_MAX)
		return elf_fault(elf, error, elf->sections == 0 ? NO_SECTIONS : "节太多 (has too many sections)");
	elf->headers = g_new(Elf64_Shdr, elf->sections);
	return elf_get(elf, elf->head.e_shoff, elf->sections * sizeof(first), elf->headers, error);
}

static gboolean elf_read_names(Elf *elf, GError **error)
{
	guint64 index = elf->head.e_shstrndx == SHN_XINDEX ? elf->headers[0].sh_link : elf->head.e_shstrndx;
	const Elf64_Shdr *names = index < elf->sections ? &elf->headers[index] : NULL;

	if (names == NULL || names->sh_type != SHT_STRTAB || names->sh_size > NAMES_MAX)
		return elf_fault(elf, error,
		                 "文件被截断或损坏，没有节名 (cut off or damaged: it has no section names)");
	elf->names = g_malloc0(names->sh_size + 1);
	elf->names_size = names->sh_size;
	return elf_get(elf, names->sh_offset, names->sh_size, elf->names, error);
}

static gboolean elf_find(const Elf *elf, const char *name, Elf64_Shdr *out, GError **error)
{
	guint found = 0;

	for (guint64 i = 1; i < elf->sections; i++) {
		const Elf64_Shdr *section = &elf->headers[i];

		if (section->sh_name >= elf->names_size || strcmp(elf->names + section->sh_name, name) != 0)
			continue;
		*out = *section;
		found++;
	}
	if (found == 0)
		return throw_error(error, ERROR_INVALID,
		                   "%s: 没有说明（%s 节）：链接之后须运行 zhen-note (has no note (section %s): run zhen-note on it "
		                   "after linking)",
		                   elf->name, name, name);
	return found == 1 || elf_fault(elf, error, "有两份说明 (has two notes)");
}

/* An ELF note, so that readelf -n and its like know what they see: sizes of name and description, type, name. */
#define NOTE_OWNER "ZHEN"
#define NOTE_TYPE 1
#define NOTE_HEAD (sizeof(Elf64_Nhdr) + 8) /* the name and its NUL, padded to 4 */

GByteArray *note_make(guint16 major, guint16 minor, const char *json)
{
	GByteArray *note = g_byte_array_new();
	g_autofree char *text = g_strdup_printf("ZHEN %u.%u\n%s", major, minor, json);
	Elf64_Nhdr head = { .n_namesz = sizeof(NOTE_OWNER), .n_descsz = (Elf64_Word)strlen(text), .n_type = NOTE_TYPE };

	g_byte_array_append(note, (const guint8 *)&head, sizeof(head));
	g_byte_array_append(note, (const guint8 *)NOTE_OWNER "\0\0\0", 8);
	g_byte_array_append(note, (const guint8 *)text, head.n_descsz);
	g_byte_array_append(note, (const guint8 *)"\0\0\0", (4 - head.n_descsz % 4) % 4);
	return note;
}

/* The description within @section. NULL = it is no such note. */
static const char *description(const char *section, gsize length, gsize *out_length)
{
	Elf64_Nhdr head;

	if (length < NOTE_HEAD)
		return NULL;
	memcpy(&head, section, sizeof(head));
	if (head.n_namesz != sizeof(NOTE_OWNER) || head.n_type != NOTE_TYPE || head.n_descsz > length - NOTE_HEAD ||
	    memcmp(section + sizeof(head), NOTE_OWNER, sizeof(NOTE_OWNER)) != 0)
		return NULL;
	*out_length = head.n_descsz;
	return section + NOTE_HEAD;
}

/* "ZHEN 1.0\n": at most five digits each, nothing else. */
static gsize head_parse(const char *text, gsize length, guint16 *out_major, guint16 *out_minor)
{
	guint64 numbers[2] = { 0, 0 };
	gsize at = 5;

	if (length < at || memcmp(text, "ZHEN ", at) != 0)
		return 0;
	for (guint i = 0; i < 2; i++) {
		gsize start = at;

		for (; at < length && g_ascii_isdigit(text[at]) && at - start < 6; at++)
			numbers[i] = numbers[i] * 10 + (guint64)(text[at] - '0');
		if (at == start || numbers[i] > G_MAXUINT16 || at >= length || text[at] != (i == 0 ? '.' : '\n'))
			return 0;
		at++;
	}
	*out_major = (guint16)numbers[0];
	*out_minor = (guint16)numbers[1];
	return at;
}

char *note_read_fd(int fd, const char *name, guint16 *out_major, guint16 *out_minor, gsize *out_length, GError **error)
{
	g_auto(Elf) elf = { .fd = fd, .name = name };
	g_autofree char *bytes = NULL;
	const char *text;
	Elf64_Shdr section = { 0 };
	gsize head = 0, length = 0;

	if (!elf_open(&elf, error) || !elf_read_names(&elf, error) || !elf_find(&elf, NOTE_SECTION, &section, error))
		return NULL;
	if (section.sh_type == SHT_NOBITS || (section.sh_flags & SHF_COMPRESSED) != 0 || section.sh_size > NOTE_MAX) {
		elf_fault(&elf, error,
		          "说明不是普通字节，或超过 1 MiB (its note is not plain bytes, or is longer than 1 MiB)");
		return NULL;
	}
	bytes = g_malloc0(section.sh_size + 1);
	if (!elf_get(&elf, section.sh_offset, section.sh_size, bytes, error))
		return NULL;
	text = description(bytes, section.sh_size, &length);
	if (text != NULL)
		head = head_parse(text, length, out_major, out_minor);
	if (head == 0) {
		elf_fault(&elf, error,
		          "说明不以 \"ZHEN 主.次\" 开头 (its note does not begin with \"ZHEN major.minor\")");
		return NULL;
	}
	*out_length = length - head;
	return memcpy(g_malloc0(*out_length + 1), text + head, *out_length);
}

char *note_read(const char *path, guint16 *out_major, guint16 *out_minor, gsize *out_length, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe does not hold us up */
	char *note;

	if (fd < 0) {
		throw_error(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	note = note_read_fd(fd, path, out_major, out_minor, out_length, error);
	close(fd);
	return note;
}
