/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/error.h"

static char *dir;

static void make_dir(void)
{
	dir = g_dir_make_tmp("zhen-keys-XXXXXX", NULL);
	cr_assert_not_null(dir);
}

static char *in_keys(const char *name)
{
	return g_build_filename(dir, "keys", name, NULL);
}

static void remove_dir(void)
{
	static const char *const names[] = { "secret.key", "signing.key", "other" };
	g_autofree char *keys = g_build_filename(dir, "keys", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = in_keys(names[i]);

		g_unlink(path);
	}
	g_rmdir(keys);
	cr_expect_eq(g_rmdir(dir), 0, "the folder is not clean");
	g_clear_pointer(&dir, g_free);
}

TestSuite(keys, .init = make_dir, .fini = remove_dir);

static Keys *load(void)
{
	g_autoptr(GError) error = NULL;
	Keys *keys = keys_load(dir, &error);

	cr_assert_not_null(keys, "%s", error != NULL ? error->message : "no error");
	return keys;
}

static void assert_refused(ErrorCode code, const char *part)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Keys) keys = keys_load(dir, &error);

	cr_assert_null(keys);
	cr_assert(g_error_matches(error, ZHEN_ERROR_DOMAIN, (gint)code), "%s", error->message);
	cr_assert_not_null(strstr(error->message, part), "'%s' does not say '%s'", error->message, part);
}

static guint mode_of(const char *path)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	return (guint)(status.st_mode & 07777);
}

Test(keys, the_first_start_makes_them_and_the_second_finds_them)
{
	/* Whatever the umask says. */
	umask(0);

	g_autoptr(Keys) first = load();
	g_autoptr(Keys) second = load();
	g_autofree char *folder = in_keys(NULL), *secret = in_keys("secret.key"), *signing = in_keys("signing.key");

	cr_assert_eq(memcmp(keys_secret(first), keys_secret(second), KEY_SIZE), 0);
	cr_assert_eq(memcmp(keys_seed(first), keys_seed(second), KEY_SIZE), 0);
	cr_assert_neq(memcmp(keys_secret(first), keys_seed(first), KEY_SIZE), 0);
	cr_assert_eq(mode_of(folder), 0700);
	cr_assert_eq(mode_of(secret), 0600);
	cr_assert_eq(mode_of(signing), 0600);
}

Test(keys, a_start_that_broke_off_is_no_hindrance)
{
	g_autofree char *fresh = g_build_filename(dir, "keys.new", NULL);
	g_autofree char *secret = g_build_filename(fresh, "secret.key", NULL);

	g_mkdir(fresh, 0755);
	cr_assert(g_file_set_contents(secret, "half", 4, NULL));

	keys_free(load());

	g_autofree char *folder = in_keys(NULL);

	cr_assert_eq(mode_of(folder), 0700);
	cr_assert_not(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

Test(keys, an_empty_folder_is_a_first_start)
{
	g_autofree char *folder = in_keys(NULL);

	g_mkdir(folder, 0755);
	keys_free(load());
	cr_assert_eq(mode_of(folder), 0700);
}

Test(keys, a_lost_key_is_not_made_anew)
{
	keys_free(load());

	g_autofree char *path = in_keys("signing.key");

	g_unlink(path);
	assert_refused(ERROR_NOT_FOUND, "signing.key: 缺失，请从备份恢复 (is missing; restore it from a backup)");
	cr_assert_not(g_file_test(path, G_FILE_TEST_EXISTS));
}

Test(keys, a_key_of_a_wrong_size_is_refused)
{
	keys_free(load());

	g_autofree char *path = in_keys("secret.key");

	cr_assert_eq(truncate(path, 31), 0);
	assert_refused(ERROR_INVALID, "secret.key: 有 31 字节，密钥应为 32 字节，请从备份恢复 (has 31 bytes, a key has 32; restore it from a backup)");
	cr_assert_eq(truncate(path, 33), 0);
	assert_refused(ERROR_INVALID, "secret.key: 有 33 字节，密钥应为 32 字节，请从备份恢复 (has 33 bytes, a key has 32; restore it from a backup)");
}

Test(keys, keys_that_others_can_read_are_refused)
{
	keys_free(load());

	g_autofree char *folder = in_keys(NULL), *path = in_keys("secret.key");
	static const guint modes[] = { 0640, 0604, 0610, 0601, 0660 };

	for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_chmod(path, (int)modes[i]);
		assert_refused(ERROR_REFUSED, "secret.key: 权限为 06");
	}
	g_chmod(path, 0600);
	g_chmod(folder, 0750);
	assert_refused(ERROR_REFUSED, "keys: 权限为 0750，别人能读；请 chmod 700 (mode 0750: others could read it)");
	g_chmod(folder, 0700);
	keys_free(load());
}

Test(keys, a_link_in_the_place_of_a_key_is_refused)
{
	keys_free(load());

	g_autofree char *path = in_keys("secret.key"), *other = in_keys("other");

	cr_assert_eq(g_rename(path, other), 0);
	cr_assert_eq(symlink(other, path), 0);
	assert_refused(ERROR_IO, "secret.key");
}

Test(keys, a_signature_holds_for_its_bytes_only)
{
	g_autoptr(Keys) keys = load();
	g_autoptr(Keys) handed = keys_from(keys_secret(keys), keys_seed(keys));
	g_autofree char *ours = keys_public_base64(keys), *theirs = keys_public_base64(handed);
	guint8 signature[SIGNATURE_SIZE];

	keys_sign(keys, "chain head 1", 12, signature);
	cr_assert(keys_verify(keys, "chain head 1", 12, signature));
	cr_assert(keys_verify(handed, "chain head 1", 12, signature));
	cr_assert_str_eq(ours, theirs);
	cr_assert_not(keys_verify(keys, "chain head 2", 12, signature));
	signature[0] ^= 1;
	cr_assert_not(keys_verify(keys, "chain head 1", 12, signature));
}

Test(keys, signatures_are_those_of_rfc_8032)
{
	static const guint8 seed[KEY_SIZE] = { 0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
		                               0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
		                               0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 };
	static const guint8 begins[] = { 0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72 };
	g_autoptr(Keys) keys = keys_from(seed, seed);
	g_autofree char *public = keys_public_base64(keys);
	guint8 signature[SIGNATURE_SIZE];

	keys_sign(keys, "", 0, signature);
	cr_assert_eq(memcmp(signature, begins, sizeof begins), 0);
	cr_assert_str_eq(public, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

Test(keys, a_derived_key_depends_on_secret_and_purpose)
{
	static const guint8 one[KEY_SIZE] = { 1 }, two[KEY_SIZE] = { 2 };
	g_autoptr(Keys) a = keys_from(one, one);
	g_autoptr(Keys) b = keys_from(two, one);
	guint8 audit[KEY_SIZE], again[KEY_SIZE], csrf[KEY_SIZE], other[KEY_SIZE];

	keys_derive(a, "audit", audit);
	keys_derive(a, "audit", again);
	keys_derive(a, "csrf", csrf);
	keys_derive(b, "audit", other);
	cr_assert_eq(memcmp(audit, again, KEY_SIZE), 0);
	cr_assert_neq(memcmp(audit, csrf, KEY_SIZE), 0);
	cr_assert_neq(memcmp(audit, other, KEY_SIZE), 0);
}

Test(keys, codes_are_readable_and_differ)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint counts[256] = { 0 };

	for (guint i = 0; i < 2000; i++) {
		char code[11] = "##########";

		random_code(code, 10);
		cr_assert_eq(strlen(code), 10);
		cr_assert_eq(strspn(code, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"), 10, "%s", code);
		cr_assert(g_hash_table_add(seen, g_strdup(code)), "%s came twice", code);
		for (gsize at = 0; at < 10; at++)
			counts[(guchar)code[at]]++;
	}
	/* 625 of each are expected; ten deviations to either side. */
	for (const char *sign = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; *sign != '\0'; sign++)
		cr_assert(counts[(guchar)*sign] > 375 && counts[(guchar)*sign] < 875, "%c came %u times", *sign,
		          counts[(guchar)*sign]);
}
