/* SPDX-License-Identifier: Apache-2.0
 * The whole way of a stranger's file up to the point where its code would be loaded, and what is said of it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/check.h"
#include "loader/note.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

static void say(const PluginFile *file, const Faults *faults)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new(NULL);
	g_autoptr(json_t) read = NULL;
	JsonOut out;

	inspect_text(file, faults, text);
	json_out_init(&out, json);
	inspect_json(file, faults, &out);
	read = json_loads(json->str, 0, NULL);
	/* What is shown is text and nothing that a terminal obeys. */
	if (!g_utf8_validate(text->str, (gssize)text->len, NULL) || strchr(text->str, '\x1b') != NULL || read == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
	PluginFile file = { .path = (char *)"fuzz" };
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	g_autoptr(Faults) faults = faults_new();
	g_autofree char *note = NULL;
	GError *error = NULL;

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		return -1;
	note = note_read_fd(fd, "fuzz", &file.major, &file.minor, &file.note_bytes, &error);
	close(fd);
	if ((note == NULL) != (error != NULL))
		abort();
	if (error != NULL)
		faults_take(faults, error);
	/* Few mutations keep an ELF file whole: the tables are also read from the bytes as they are. */
	file.plugin = note != NULL ? plugin_from_note_all(note, file.note_bytes, faults) :
	                             plugin_from_note_all((const char *)bytes, length, faults);
	say(&file, faults);
	plugin_free(file.plugin);
	return 0;
}
