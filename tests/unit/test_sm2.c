/* SPDX-License-Identifier: Apache-2.0
 * SM2 signatures: made here, checked by the openssl program. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/error.h"
#include "base/sm2.h"

static const char text[] = "永政审〔2026〕12号";

static char *dir_new(void)
{
	char *dir = g_dir_make_tmp("zhen-sm2-XXXXXX", NULL);

	cr_assert_not_null(dir);
	return dir;
}

static void run(const char *command, gboolean wanted)
{
	g_autofree char *out = NULL, *err = NULL;
	int status = -1;

	cr_assert(g_spawn_command_line_sync(command, &out, &err, &status, NULL), "%s", command);
	cr_expect_eq(status == 0, wanted, "%s: %s%s", command, out, err);
}

/* A key in @dir, what it signs, and its public half, as files. */
static void world(const char *dir)
{
	g_autofree char *key = g_build_filename(dir, "sm2.key", NULL);
	g_autofree char *public = g_build_filename(dir, "sm2.pub.pem", NULL);
	g_autofree char *file = g_build_filename(dir, "a.pdf", NULL), *sig = g_build_filename(dir, "a.pdf.sig", NULL);
	g_autofree guint8 *signature = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	cr_assert(sm2_make(key, &error), "%s", error != NULL ? error->message : "");
	g_autoptr(Sm2) sm2 = sm2_load(key, NULL, &error);

	cr_assert(sm2 != NULL, "%s", error != NULL ? error->message : "");
	signature = sm2_sign(sm2, text, strlen(text), &length, &error);
	cr_assert_not_null(signature);
	cr_expect(sm2_verify(sm2, text, strlen(text), signature, length));
	cr_expect(!sm2_verify(sm2, text, strlen(text) - 1, signature, length));
	cr_assert(g_file_set_contents(public, sm2_public_pem(sm2), -1, NULL));
	cr_assert(g_file_set_contents(file, text, -1, NULL));
	cr_assert(g_file_set_contents(sig, (const char *)signature, (gssize)length, NULL));
}

static void clear(const char *dir)
{
	static const char *const names[] = { "sm2.key", "sm2.pub.pem", "a.pdf", "a.pdf.sig", "cert.pem", "other.key" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);

		g_unlink(path);
	}
	cr_expect_eq(g_rmdir(dir), 0);
}

Test(sm2, openssl_alone_verifies_a_signature)
{
	g_autofree char *dir = dir_new();
	g_autofree char *file = g_build_filename(dir, "a.pdf", NULL);
	/* The command that is documented. */
	g_autofree char *command = g_strdup_printf("openssl dgst -sm3 -verify %s/sm2.pub.pem -sigopt distid:" SM2_SIGNER
	                                           " -signature %s/a.pdf.sig %s/a.pdf", dir, dir, dir);

	world(dir);
	run(command, TRUE);
	cr_assert(g_file_set_contents(file, "永政审〔2026〕13号", -1, NULL));
	run(command, FALSE);
	clear(dir);
}

Test(sm2, a_key_is_private_and_never_written_over)
{
	g_autofree char *dir = dir_new();
	g_autofree char *key = g_build_filename(dir, "sm2.key", NULL);
	g_autoptr(GError) error = NULL, open = NULL;
	struct stat status;

	world(dir);
	cr_assert_eq(stat(key, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0600);
	cr_expect(!sm2_make(key, &error));
	cr_expect(g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_CONFLICT));
	cr_assert_eq(chmod(key, 0644), 0);
	cr_expect_null(sm2_load(key, NULL, &open));
	cr_expect(g_error_matches(open, ZHEN_ERROR_DOMAIN, ERROR_REFUSED));
	clear(dir);
}

Test(sm2, a_certificate_is_shown_only_when_it_is_of_the_key)
{
	g_autofree char *dir = dir_new();
	g_autofree char *key = g_build_filename(dir, "sm2.key", NULL),
			*other = g_build_filename(dir, "other.key", NULL);
	g_autofree char *certificate = g_build_filename(dir, "cert.pem", NULL);
	g_autofree char *make = g_strdup_printf("openssl req -x509 -new -key %s -sm3 -sigopt distid:" SM2_SIGNER
	                                        " -subj /CN=sample -days 30 -out %s", key, certificate);
	g_autoptr(GError) error = NULL;

	world(dir);
	run(make, TRUE);
	g_autoptr(Sm2) with = sm2_load(key, certificate, &error);
	cr_assert(with != NULL, "%s", error != NULL ? error->message : "");
	cr_expect(g_str_has_prefix(sm2_public_pem(with), "-----BEGIN CERTIFICATE-----"));
	cr_assert(sm2_make(other, NULL));
	cr_expect_null(sm2_load(other, certificate, &error));
	cr_assert_not_null(error);
	cr_expect(strstr(error->message, "证书不是这把密钥的 (the certificate is of another key)") != NULL, "%s",
	          error->message);
	clear(dir);
}

Test(sm2, keys_of_another_kind_are_refused)
{
	g_autofree char *dir = dir_new();
	g_autofree char *key = g_build_filename(dir, "other.key", NULL);
	g_autofree char *make = g_strdup_printf("openssl genpkey -algorithm ed25519 -out %s", key);
	g_autoptr(GError) error = NULL;

	run(make, TRUE);
	cr_assert_eq(chmod(key, 0600), 0);
	cr_expect_null(sm2_load(key, NULL, &error));
	cr_assert_not_null(error);
	cr_expect(strstr(error->message, "SM2: 密钥不是 SM2 密钥 (the key is of another kind: ") != NULL, "%s",
	          error->message);
	clear(dir);
}
