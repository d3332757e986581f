/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sm2.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct Sm2 {
	EVP_PKEY *key;
	char *secret_pem, *public_pem;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

static gboolean throw_openssl(GError **error, const char *what)
{
	char text[256] = "";

	ERR_error_string_n(ERR_get_error(), text, sizeof text);
	ERR_clear_error();
	return throw_error(error, ERROR_INVALID, "SM2: %s: %s", what, text);
}

static EVP_PKEY *key_of_pem(const char *pem, GError **error)
{
	g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);
	/* A password would be asked for at the terminal: "" is none. */
	g_autoptr(EVP_PKEY) key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(guintptr) "");

	if (key == NULL) {
		throw_openssl(error, "不是无密码的 PEM 私钥 (not a private key in PEM without a password)");
		return NULL;
	}
	if (!EVP_PKEY_is_a(key, "SM2")) {
		throw_error(error, ERROR_INVALID, "SM2: 密钥不是 SM2 密钥 (the key is of another kind: %s)",
		            EVP_PKEY_get0_type_name(key));
		return NULL;
	}
	return g_steal_pointer(&key);
}

static char *text_of(BIO *bio)
{
	char *bytes = NULL;
	long length = BIO_get_mem_data(bio, &bytes);

	return g_strndup(bytes, (gsize)length);
}

static char *public_of_key(EVP_PKEY *key, GError **error)
{
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());

	if (PEM_write_bio_PUBKEY(bio, key) == 1)
		return text_of(bio);
	throw_openssl(error, "公钥 (public key)");
	return NULL;
}

/* Only when it is the certificate of this key: a wrong one would make every signature look forged. */
static gboolean certificate_fits(EVP_PKEY *key, const char *pem, GError **error)
{
	g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);
	g_autoptr(X509) certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	if (certificate == NULL)
		return throw_openssl(error, "不是 PEM 证书 (not a certificate in PEM)");
	if (EVP_PKEY_eq(X509_get0_pubkey(certificate), key) == 1)
		return TRUE;
	return throw_error(error, ERROR_INVALID, "SM2: 证书不是这把密钥的 (the certificate is of another key)");
}

Sm2 *sm2_from(const char *secret_pem, const char *public_pem, GError **error)
{
	EVP_PKEY *key = key_of_pem(secret_pem, error);
	Sm2 *sm2;

	if (key == NULL)
		return NULL;
	sm2 = g_new0(Sm2, 1);
	sm2->key = key;
	sm2->secret_pem = g_strdup(secret_pem);
	sm2->public_pem = g_strdup(public_pem);
	return sm2;
}

static gboolean is_private(const char *path, GError **error)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return throw_error(error, ERROR_NOT_FOUND, "%s: %s", path, g_strerror(errno));
	if ((status.st_mode & 077) != 0)
		return throw_error(error, ERROR_REFUSED,
		                   "%s: 权限为 %04o，别人能读；请 chmod 600 (mode %04o: others could read it)", path,
		                   (guint)(status.st_mode & 07777), (guint)(status.st_mode & 07777));
	return TRUE;
}

Sm2 *sm2_load(const char *key_path, const char *certificate_path, GError **error)
{
	g_autofree char *secret = NULL, *shown = NULL;
	g_autoptr(EVP_PKEY) key = NULL;
	Sm2 *sm2 = NULL;

	if (!is_private(key_path, error) || !g_file_get_contents(key_path, &secret, NULL, error) ||
	    (certificate_path != NULL && !g_file_get_contents(certificate_path, &shown, NULL, error)))
		return NULL;
	key = key_of_pem(secret, error);
	if (key != NULL && shown != NULL && !certificate_fits(key, shown, error))
		g_clear_pointer(&key, EVP_PKEY_free);
	if (key != NULL && shown == NULL)
		shown = public_of_key(key, error);
	if (key != NULL && shown != NULL)
		sm2 = sm2_from(secret, shown, error);
	else
		prefix_error(error, "%s", key_path);
	explicit_bzero(secret, strlen(secret));
	return sm2;
}

void sm2_free(Sm2 *sm2)
{
	if (sm2 == NULL)
		return;
	EVP_PKEY_free(sm2->key);
	explicit_bzero(sm2->secret_pem, strlen(sm2->secret_pem));
	g_free(sm2->secret_pem);
	g_free(sm2->public_pem);
	g_free(sm2);
}

static gboolean write_key(int fd, EVP_PKEY *key)
{
	g_autoptr(BIO) bio = BIO_new_fd(fd, BIO_NOCLOSE);

	return PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 && fsync(fd) == 0;
}

gboolean sm2_make(const char *path, GError **error)
{
	g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	g_autofree char *fresh = g_strconcat(path, ".new", NULL);
	gboolean ok;
	int fd;

	if (key == NULL)
		return throw_openssl(error, "生成密钥 (new key)");
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return throw_error(error, ERROR_CONFLICT,
		                   "%s: 已有密钥，用它签过的文件还要它 (is there already; what was signed with it needs it)", path);
	g_unlink(fresh); /* left by one that did not get to its end */
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return throw_error(error, ERROR_IO, "%s: %s", fresh, g_strerror(errno));
	ok = write_key(fd, key);
	close(fd);
	/* link, unlike rename, never takes the place of another. */
	ok = ok && link(fresh, path) == 0;
	if (!ok)
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	g_unlink(fresh);
	return ok;
}

const char *sm2_secret_pem(const Sm2 *sm2)
{
	return sm2->secret_pem;
}

const char *sm2_public_pem(const Sm2 *sm2)
{
	return sm2->public_pem;
}

/* The context owns the key's context, which knows the signer's name. */
static EVP_MD_CTX *context_new(EVP_PKEY *key, EVP_PKEY_CTX **out_key_context)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	*out_key_context = EVP_PKEY_CTX_new(key, NULL);
	EVP_PKEY_CTX_set1_id(*out_key_context, SM2_SIGNER, strlen(SM2_SIGNER));
	EVP_MD_CTX_set_pkey_ctx(context, *out_key_context);
	return context;
}

guint8 *sm2_sign(const Sm2 *sm2, const void *bytes, gsize length, gsize *out_length, GError **error)
{
	g_autoptr(EVP_PKEY_CTX) key_context = NULL;
	g_autoptr(EVP_MD_CTX) context = context_new(sm2->key, &key_context);
	g_autofree guint8 *signature = NULL;
	size_t room = 0;

	if (EVP_DigestSignInit(context, NULL, EVP_sm3(), NULL, sm2->key) == 1 &&
	    EVP_DigestSign(context, NULL, &room, bytes, length) == 1) {
		signature = g_malloc(room);
		if (EVP_DigestSign(context, signature, &room, bytes, length) == 1) {
			*out_length = room;
			return g_steal_pointer(&signature);
		}
	}
	throw_openssl(error, "sign");
	return NULL;
}

gboolean sm2_verify(const Sm2 *sm2, const void *bytes, gsize length, const guint8 *signature, gsize signature_length)
{
	g_autoptr(EVP_PKEY_CTX) key_context = NULL;
	g_autoptr(EVP_MD_CTX) context = context_new(sm2->key, &key_context);
	gboolean fits = EVP_DigestVerifyInit(context, NULL, EVP_sm3(), NULL, sm2->key) == 1 &&
	                EVP_DigestVerify(context, signature, signature_length, bytes, length) == 1;

	ERR_clear_error();
	return fits;
}
