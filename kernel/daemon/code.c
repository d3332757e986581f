/* SPDX-License-Identifier: Apache-2.0
 * DATA/code/ID/DIGEST/ID.so, and DATA/code/ID/now: the digests of the copy that runs and of the file it stands for. */
#include "daemon/code.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/tree.h"

#define RECORD "now"
#define RECORD_LENGTH (2 * (gsize)DIGEST_HEX_SIZE) /* two digests, a newline behind each */

/* What is installed may be a link to it. */
static gboolean digest_at(const char *path, TreeFile *out, GError **error)
{
	char *real = realpath(path, NULL);
	gboolean fine = tree_digest(real != NULL ? real : path, out, NULL, error);

	free(real);
	return fine;
}

static char *folder_of(const char *data, const char *id)
{
	return g_build_filename(data, "code", id, NULL);
}

static char *copy_of(const char *data, const char *id, const char *digest)
{
	g_autofree char *file = g_strconcat(id, ".so", NULL);

	return g_build_filename(data, "code", id, digest, file, NULL);
}

static gboolean is_digest(const char *text)
{
	return strspn(text, "0123456789abcdef") == DIGEST_HEX_SIZE - 1 && text[DIGEST_HEX_SIZE - 1] == '\n';
}

/* FALSE: nobody swapped it, or the record is none of ours. */
static gboolean read_record(const char *data, const char *id, char copy[DIGEST_HEX_SIZE],
                            char installed[DIGEST_HEX_SIZE])
{
	g_autofree char *path = g_build_filename(data, "code", id, RECORD, NULL), *text = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, NULL) || length != RECORD_LENGTH || !is_digest(text) ||
	    !is_digest(text + DIGEST_HEX_SIZE))
		return FALSE;
	g_strlcpy(copy, text, DIGEST_HEX_SIZE);
	g_strlcpy(installed, text + DIGEST_HEX_SIZE, DIGEST_HEX_SIZE);
	return TRUE;
}

char *code_file(const char *data, const char *id, const char *installed, GError **error)
{
	char digest[DIGEST_HEX_SIZE], was[DIGEST_HEX_SIZE];
	g_autofree char *copy = NULL;
	TreeFile now;

	if (!read_record(data, id, digest, was) || !digest_at(installed, &now, NULL) || strcmp(now.sm3, was) != 0)
		return g_strdup(installed);
	copy = copy_of(data, id, digest);
	if (!tree_digest(copy, &now, NULL, error))
		return NULL;
	if (strcmp(now.sm3, digest) == 0)
		return g_steal_pointer(&copy);
	throw_error(error, ERROR_INVALID,
	            "%s: 换上的版本已损坏；删除此目录后使用已安装的版本 (the version that was swapped in is damaged; without this "
	            "folder the installed one runs)",
	            copy);
	return NULL;
}

static gboolean copy_new(const char *from, const char *folder, const char *copy, const char *digest, GError **error)
{
	char *real = realpath(from, NULL);
	gboolean fine;
	TreeFile made;

	fine = tree_remove(folder, error) && tree_make_durable(folder, TRUE, error) &&
	       tree_copy(real != NULL ? real : from, copy, &made, NULL, error) && tree_sync(folder, error);
	free(real);
	if (!fine)
		return FALSE;
	return strcmp(made.sm3, digest) == 0 ||
	       throw_error(error, ERROR_CONFLICT, "%s: 复制时文件有变化 (changed while it was copied)", from);
}

char *code_copy(const char *data, const char *id, const char *from, GError **error)
{
	g_autofree char *copy = NULL, *folder = NULL;
	TreeFile source, there;

	if (!digest_at(from, &source, error))
		return NULL;
	copy = copy_of(data, id, source.sm3);
	folder = g_path_get_dirname(copy);
	/* It may be loaded: what is whole stays as it is. */
	if (tree_digest(copy, &there, NULL, NULL) && strcmp(there.sm3, source.sm3) == 0)
		return g_steal_pointer(&copy);
	return copy_new(from, folder, copy, source.sm3, error) ? g_steal_pointer(&copy) : NULL;
}

gboolean code_record(const char *data, const char *id, const char *copy, const char *installed, GError **error)
{
	g_autofree char *folder = folder_of(data, id), *path = g_build_filename(folder, RECORD, NULL),
			*fresh = g_strconcat(path, ".new", NULL);
	char text[RECORD_LENGTH + 1];
	TreeFile runs, stands;

	if (!tree_digest(copy, &runs, NULL, error) || !digest_at(installed, &stands, error) ||
	    !tree_remove(fresh, error))
		return FALSE;
	g_snprintf(text, sizeof text, "%s\n%s\n", runs.sm3, stands.sm3);
	if (!tree_write(fresh, text, RECORD_LENGTH, error))
		return FALSE;
	return (rename(fresh, path) == 0 || tree_throw(path, error)) && tree_sync(folder, error);
}

static gboolean is_of(const char *folder, const char *name, const char *copy)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return copy != NULL && g_str_has_prefix(copy, path) && copy[strlen(path)] == '/';
}

void code_forget(const char *data, const char *id, const char *one, const char *other)
{
	g_autofree char *folder = folder_of(data, id);
	g_autoptr(GPtrArray) names = tree_names(folder);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR) && !is_of(folder, names->pdata[i], one) &&
		    !is_of(folder, names->pdata[i], other))
			tree_remove(path, NULL);
	}
}
