/* SPDX-License-Identifier: Apache-2.0
 * Both files are made in one folder that is then given its name, so there are never one key and not the other: a key
 * that is missing later was lost, and making a new one in silence would orphan everything signed with it. */
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct Keys {
	guint8 secret[KEY_SIZE];
	guint8 seed[KEY_SIZE];
	guint8 signing[crypto_sign_SECRETKEYBYTES];
	guint8 public[crypto_sign_PUBLICKEYBYTES];
};

G_STATIC_ASSERT(crypto_sign_SEEDBYTES == KEY_SIZE);
G_STATIC_ASSERT(crypto_sign_BYTES == SIGNATURE_SIZE);

enum { FILE_SECRET, FILE_SIGNING, N_FILES };
static const char *const file_names[N_FILES] = { [FILE_SECRET] = "secret.key", [FILE_SIGNING] = "signing.key" };

static void start_sodium(void)
{
	static gsize started;

	if (g_once_init_enter(&started)) {
		if (sodium_init() < 0)
			g_error("libsodium does not start");
		g_once_init_leave(&started, 1);
	}
}

static gboolean throw_errno(GError **error, const char *verb, const char *path)
{
	int saved = errno;

	return throw_error(error, ERROR_IO, "%s: cannot %s: %s", path, verb, g_strerror(saved));
}

static gboolean write_all(int fd, const guint8 *bytes, gsize length)
{
	while (length > 0) {
		gssize wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return FALSE;
		bytes += wrote;
		length -= (gsize)wrote;
	}
	return TRUE;
}

static gboolean sync_dir(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		throw_errno(error, "sync", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* One new key in @dir, on the disk when this returns. */
static gboolean make_file(const char *dir, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	guint8 bytes[KEY_SIZE];

	/* Left by a start that did not get to its end. */
	if (unlink(path) < 0 && errno != ENOENT)
		return throw_errno(error, "remove", path);

	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return throw_errno(error, "create", path);
	random_bytes(bytes, sizeof bytes);

	gboolean ok = write_all(fd, bytes, sizeof bytes) && fsync(fd) == 0;

	if (!ok)
		throw_errno(error, "write", path);
	sodium_memzero(bytes, sizeof bytes);
	close(fd);
	return ok;
}

static gboolean make_keys(const char *dir, const char *keys_dir, GError **error)
{
	g_autofree char *fresh = g_strconcat(keys_dir, ".new", NULL);

	if (g_mkdir_with_parents(dir, 0750) < 0)
		return throw_errno(error, "create", dir);
	if (mkdir(fresh, 0700) < 0 && errno != EEXIST)
		return throw_errno(error, "create", fresh);
	for (gsize i = 0; i < N_FILES; i++) {
		if (!make_file(fresh, file_names[i], error))
			return FALSE;
	}
	if (chmod(fresh, 0700) < 0)
		return throw_errno(error, "restrict", fresh);
	if (!sync_dir(fresh, error))
		return FALSE;
	/* Takes the place of an empty folder, never of one with something in it. */
	if (rename(fresh, keys_dir) < 0)
		return throw_errno(error, "move the new keys here", keys_dir);
	return sync_dir(dir, error);
}

static gboolean check_status(const struct stat *status, const char *path, GError **error)
{
	if ((status->st_mode & 077) != 0)
		return throw_error(error, ERROR_REFUSED,
		                   "%s: 权限为 %04o，别人能读；请 chmod %s (mode %04o: others could read it)", path,
		                   (guint)(status->st_mode & 07777), S_ISDIR(status->st_mode) ? "700" : "600",
		                   (guint)(status->st_mode & 07777));
	return TRUE;
}

static gboolean read_open_key(int fd, const char *path, guint8 out[KEY_SIZE], GError **error)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return throw_errno(error, "look at", path);
	if (!S_ISREG(status.st_mode))
		return throw_error(error, ERROR_INVALID, "%s: 不是普通文件 (is not a plain file)", path);
	if (!check_status(&status, path, error))
		return FALSE;
	if (status.st_size != KEY_SIZE)
		return throw_error(error, ERROR_INVALID,
				   "%s: 有 %" G_GINT64_FORMAT " 字节，密钥应为 %d 字节，请从备份恢复 (has %" G_GINT64_FORMAT
				   " bytes, a key has %d; restore it from a backup)",
				   path, (gint64)status.st_size, KEY_SIZE, (gint64)status.st_size, KEY_SIZE);
	if (read(fd, out, KEY_SIZE) != KEY_SIZE)
		return throw_errno(error, "read", path);
	return TRUE;
}

static gboolean read_key(const char *keys_dir, const char *name, guint8 out[KEY_SIZE], GError **error)
{
	g_autofree char *path = g_build_filename(keys_dir, name, NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return throw_error(error, ERROR_NOT_FOUND,
		                   "%s: 缺失，请从备份恢复 (is missing; restore it from a backup)", path);
	if (fd < 0)
		return throw_errno(error, "open", path);

	gboolean ok = read_open_key(fd, path, out, error);

	close(fd);
	return ok;
}

/* TRUE when there is no folder or nothing in it: the first start. */
static gboolean nothing_there(const char *keys_dir)
{
	g_autoptr(GDir) dir = g_dir_open(keys_dir, 0, NULL);

	if (dir == NULL)
		return !g_file_test(keys_dir, G_FILE_TEST_EXISTS);
	return g_dir_read_name(dir) == NULL;
}

Keys *keys_load(const char *dir, GError **error)
{
	g_autofree char *keys_dir = g_build_filename(dir, "keys", NULL);
	guint8 bytes[N_FILES][KEY_SIZE];
	struct stat status;
	Keys *keys = NULL;

	if (nothing_there(keys_dir) && !make_keys(dir, keys_dir, error))
		return NULL;
	if (stat(keys_dir, &status) < 0) {
		throw_errno(error, "look at", keys_dir);
		return NULL;
	}
	if (!check_status(&status, keys_dir, error))
		return NULL;
	if (read_key(keys_dir, file_names[FILE_SECRET], bytes[FILE_SECRET], error) &&
	    read_key(keys_dir, file_names[FILE_SIGNING], bytes[FILE_SIGNING], error))
		keys = keys_from(bytes[FILE_SECRET], bytes[FILE_SIGNING]);
	sodium_memzero(bytes, sizeof bytes);
	return keys;
}

Keys *keys_from(const guint8 secret[KEY_SIZE], const guint8 seed[KEY_SIZE])
{
	start_sodium();

	/* Pages of their own, locked in memory where the system lets us and left out of core dumps. */
	Keys *keys = sodium_malloc(sizeof *keys);

	if (keys == NULL)
		g_error("no memory for the keys");
	memcpy(keys->secret, secret, KEY_SIZE);
	memcpy(keys->seed, seed, KEY_SIZE);
	crypto_sign_seed_keypair(keys->public, keys->signing, seed);
	sodium_mprotect_readonly(keys);
	return keys;
}

void keys_free(Keys *keys)
{
	sodium_free(keys);
}

void keys_derive(const Keys *keys, const char *purpose, guint8 out[KEY_SIZE])
{
	g_autoptr(Digest) digest = digest_new_keyed(keys->secret, KEY_SIZE);

	digest_of(digest, purpose, strlen(purpose), out);
}

const guint8 *keys_secret(const Keys *keys)
{
	return keys->secret;
}

const guint8 *keys_seed(const Keys *keys)
{
	return keys->seed;
}

void keys_sign(const Keys *keys, const void *bytes, gsize length, guint8 out[SIGNATURE_SIZE])
{
	crypto_sign_detached(out, NULL, bytes, length, keys->signing);
}

gboolean keys_verify(const Keys *keys, const void *bytes, gsize length, const guint8 signature[SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, bytes, length, keys->public) == 0;
}

char *keys_public_base64(const Keys *keys)
{
	return g_base64_encode(keys->public, sizeof keys->public);
}

void random_bytes(void *out, gsize length)
{
	start_sodium();
	randombytes_buf(out, length);
}

void random_code(char *out, gsize length)
{
	/* 32 signs: five bits of a byte choose one without a bias. */
	static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

	G_STATIC_ASSERT(sizeof signs == 33);
	random_bytes(out, length);
	for (gsize i = 0; i < length; i++)
		out[i] = signs[(guchar)out[i] & 31];
	out[length] = '\0';
}
