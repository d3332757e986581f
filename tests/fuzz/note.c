/* SPDX-License-Identifier: Apache-2.0
 * The whole way of a stranger's file up to the point where its code would be loaded. */
#include <sys/mman.h>
#include <unistd.h>

#include "loader/loader.h"
#include "loader/note.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	guint16 major, minor;
	gsize size;
	g_autofree char *note = NULL;
	g_autoptr(Plugin) plugin = NULL;

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		return -1;
	note = note_read_fd(fd, "fuzz", &major, &minor, &size, NULL);
	close(fd);
	/* Few mutations keep an ELF file whole: the tables are also read from the bytes as they are. */
	plugin =
		note != NULL ? plugin_from_note(note, size, NULL) : plugin_from_note((const char *)bytes, length, NULL);
	return 0;
}
