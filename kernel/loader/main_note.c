/* SPDX-License-Identifier: Apache-2.0
 * zhen-note: writes a plugin's tables into its file, on the machine of whoever built it, so that a host can read them
 * without running it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/loader.h"
#include "loader/note.h"

static const char usage[] =
	"usage: zhen-note PLUGIN.so          writes section " NOTE_SECTION "\n"
	"       zhen-note --print PLUGIN.so  prints the tables of the code\n"
	"       zhen-note --show PLUGIN.so   prints the note that the file has, without loading it\n";

/* In a child, so that what the plugin's constructors do or break stays there. Its tables leave by @fd. */
static int tell(const char *path, int fd)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plugin) plugin = NULL;
	void *handle = dlopen(absolute, RTLD_NOW | RTLD_LOCAL);
	const zhen_plugin *entry = handle != NULL ? dlsym(handle, "zhen_plugin_entry") : NULL;
	gsize length, sent = 0;

	if (entry == NULL) {
		fprintf(stderr, "zhen-note: %s\n", dlerror());
		return 1;
	}
	plugin = plugin_bind(entry, &error);
	if (plugin == NULL) {
		fprintf(stderr, "zhen-note: %s: %s\n", path, error->message);
		return 1;
	}
	for (length = strlen(plugin->note); sent < length;) {
		ssize_t n = write(fd, plugin->note + sent, length - sent);

		if (n < 0 && errno != EINTR)
			return 1;
		sent += n > 0 ? (gsize)n : 0;
	}
	return 0;
}

/* (transfer full) NULL: the child has said why. */
static GString *tables_of(const char *path)
{
	g_autoptr(GString) json = g_string_new(NULL);
	char chunk[4096];
	int ends[2], status = 0;
	pid_t pid;
	ssize_t got;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		return NULL;
	if (pid == 0) {
		close(ends[0]);
		_exit(tell(path, ends[1]));
	}
	close(ends[1]);
	while ((got = read(ends[0], chunk, sizeof(chunk))) > 0 || (got < 0 && errno == EINTR))
		g_string_append_len(json, chunk, MAX(got, 0));
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFSIGNALED(status))
		fprintf(stderr, "zhen-note: %s: loading it ended with signal %d\n", path, WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? g_steal_pointer(&json) : NULL;
}

static gboolean run_objcopy(const char *note, const char *from, const char *to, GError **error)
{
	const char *objcopy = g_getenv("OBJCOPY") != NULL ? g_getenv("OBJCOPY") : "objcopy";
	g_autofree char *section = g_strconcat(NOTE_SECTION "=", note, NULL);
	const char *args[] = { objcopy,
		               "--remove-section",
		               NOTE_SECTION,
		               "--add-section",
		               section,
		               "--set-section-flags",
		               NOTE_SECTION "=noload,readonly",
		               from,
		               to,
		               NULL };
	g_autofree char *said = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said, &status, error))
		return FALSE;
	return g_spawn_check_wait_status(status, NULL) ||
	       throw_error(error, ERROR_FAILED, "objcopy: %s", said != NULL ? g_strstrip(said) : "failed");
}

/* The file is replaced at once by one that has the note: nobody ever sees half of it. */
static gboolean embed(const char *path, const GString *json, GError **error)
{
	g_autofree char *note = g_strconcat(path, ".note", NULL);
	g_autofree char *made = g_strconcat(path, ".noted", NULL);
	g_autoptr(GByteArray) bytes = note_make(ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR, json->str);
	gboolean fine = FALSE;
	struct stat info;

	if (bytes->len > NOTE_MAX)
		return throw_error(error, ERROR_TOO_LARGE, "its tables are longer than a note may be");
	fine = g_file_set_contents(note, (const char *)bytes->data, bytes->len, error) &&
	       run_objcopy(note, path, made, error);
	if (fine && stat(path, &info) == 0)
		fine = chmod(made, info.st_mode & 07777) == 0;
	if (fine && rename(made, path) != 0)
		fine = throw_error(error, ERROR_IO, "rename: %s", g_strerror(errno));
	g_unlink(note);
	g_unlink(made);
	return fine;
}

static int show(const char *path)
{
	g_autoptr(GError) error = NULL;
	guint16 major, minor;
	gsize length;
	g_autofree char *json = note_read(path, &major, &minor, &length, &error);

	if (json == NULL) {
		fprintf(stderr, "zhen-note: %s\n", error->message);
		return 1;
	}
	printf("ZHEN %u.%u\n%s\n", major, minor, json);
	return 0;
}

int main(int argc, char **argv)
{
	gboolean print = argc == 3 && strcmp(argv[1], "--print") == 0;
	const char *path = argc >= 2 ? argv[argc - 1] : NULL;
	g_autoptr(GString) json = NULL;
	g_autoptr(GError) error = NULL;

	if (argc == 3 && strcmp(argv[1], "--show") == 0)
		return show(path);
	if (path == NULL || path[0] == '-' || argc != (print ? 3 : 2)) {
		fputs(usage, stderr);
		return 2;
	}
	json = tables_of(path);
	if (json == NULL)
		return 1;
	if (print) {
		printf("%s\n", json->str);
		return 0;
	}
	if (embed(path, json, &error))
		return 0;
	fprintf(stderr, "zhen-note: %s: %s\n", path, error->message);
	return 1;
}
