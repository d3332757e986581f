/* SPDX-License-Identifier: Apache-2.0
 * One entry is one datagram: "NAME=value\n", or for a value with newlines "NAME\n", its length as 64 little-endian bits,
 * the value and "\n". */
#include "base/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

gboolean journal_is(int fd, const char *journal_stream)
{
	struct stat status;
	unsigned long long device, inode;
	char end;

	if (journal_stream == NULL || sscanf(journal_stream, "%llu:%llu%c", &device, &inode, &end) != 2)
		return FALSE;
	return fstat(fd, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

static gboolean address_of(const char *path, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return g_strlcpy(out->sun_path, path, sizeof out->sun_path) < sizeof out->sun_path;
}

int journal_open(const char *path)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!address_of(path, &address) || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		return -1;
	}
	/* Connecting was the question whether somebody listens; sending names the address each time, so that a journal
	 * which was started again is found again. */
	return fd;
}

static void add_field(GString *entry, const char *name, const char *value)
{
	gsize length = strlen(value);

	g_string_append(entry, name);
	if (memchr(value, '\n', length) == NULL) {
		g_string_append_c(entry, '=');
	} else {
		guint64 size = GUINT64_TO_LE((guint64)length);

		g_string_append_c(entry, '\n');
		g_string_append_len(entry, (const char *)&size, sizeof size);
	}
	g_string_append_len(entry, value, (gssize)length);
	g_string_append_c(entry, '\n');
}

gboolean journal_send(int fd, const char *path, int priority, const char *plugin, const char *message)
{
	struct sockaddr_un address;
	const char digit[] = { (char)('0' + priority), '\0' };
	g_autoptr(GString) entry = g_string_sized_new(strlen(message) + 64);
	gssize sent;

	if (!address_of(path, &address))
		return FALSE;
	add_field(entry, "PRIORITY", digit);
	if (plugin != NULL)
		add_field(entry, "ZHEN_PLUGIN", plugin);
	add_field(entry, "MESSAGE", message);
	do {
		sent = sendto(fd, entry->str, entry->len, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
	} while (sent < 0 && errno == EINTR);
	return sent == (gssize)entry->len;
}
