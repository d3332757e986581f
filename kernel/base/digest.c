/* SPDX-License-Identifier: Apache-2.0
 * The algorithm is fetched once for the process; a context is set up once and then copied for each digest. */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define BLOCK_SIZE 64

struct Digest {
	EVP_MD_CTX *running;
	EVP_MD_CTX *inner; /* after the key's first block; NULL = plain */
	EVP_MD_CTX *outer;
};

static const EVP_MD *sm3(void)
{
	static gsize fetched;
	static EVP_MD *algorithm;

	if (g_once_init_enter(&fetched)) {
		algorithm = EVP_MD_fetch(NULL, "SM3", NULL);
		if (algorithm == NULL)
			g_error("this OpenSSL has no SM3");
		g_once_init_leave(&fetched, 1);
	}
	return algorithm;
}

/* What can fail here is only memory, and there GLib's rule is ours. */
static void must(int ok)
{
	if (ok != 1)
		g_error("OpenSSL refused to digest");
}

static EVP_MD_CTX *context_new(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(context != NULL);
	must(EVP_DigestInit_ex(context, sm3(), NULL));
	return context;
}

Digest *digest_new(void)
{
	Digest *digest = g_new0(Digest, 1);

	digest->running = context_new();
	return digest;
}

static EVP_MD_CTX *context_new_padded(const guint8 key[BLOCK_SIZE], guint8 pad)
{
	EVP_MD_CTX *context = context_new();
	guint8 block[BLOCK_SIZE];

	for (gsize i = 0; i < BLOCK_SIZE; i++)
		block[i] = key[i] ^ pad;
	must(EVP_DigestUpdate(context, block, sizeof block));
	OPENSSL_cleanse(block, sizeof block);
	return context;
}

Digest *digest_new_keyed(const guint8 *key, gsize length)
{
	Digest *digest = digest_new();
	guint8 block[BLOCK_SIZE] = { 0 };

	if (length > BLOCK_SIZE)
		digest_of(digest, key, length, block);
	else if (length > 0)
		memcpy(block, key, length);
	digest->inner = context_new_padded(block, 0x36);
	digest->outer = context_new_padded(block, 0x5c);
	OPENSSL_cleanse(block, sizeof block);
	digest_begin(digest);
	return digest;
}

void digest_free(Digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->running);
	EVP_MD_CTX_free(digest->inner);
	EVP_MD_CTX_free(digest->outer);
	g_free(digest);
}

void digest_begin(Digest *digest)
{
	if (digest->inner != NULL)
		must(EVP_MD_CTX_copy_ex(digest->running, digest->inner));
	else
		must(EVP_DigestInit_ex(digest->running, NULL, NULL));
}

void digest_add(Digest *digest, const void *bytes, gsize length)
{
	must(EVP_DigestUpdate(digest->running, bytes, length));
}

void digest_end(Digest *digest, guint8 out[DIGEST_SIZE])
{
	must(EVP_DigestFinal_ex(digest->running, out, NULL));
	if (digest->outer == NULL)
		return;
	must(EVP_MD_CTX_copy_ex(digest->running, digest->outer));
	must(EVP_DigestUpdate(digest->running, out, DIGEST_SIZE));
	must(EVP_DigestFinal_ex(digest->running, out, NULL));
}

void digest_of(Digest *digest, const void *bytes, gsize length, guint8 out[DIGEST_SIZE])
{
	digest_begin(digest);
	digest_add(digest, bytes, length);
	digest_end(digest, out);
}

void digest_hex(const guint8 bytes[DIGEST_SIZE], char out[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (gsize i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * DIGEST_SIZE] = '\0';
}

gboolean digest_from_hex(const char *hex, guint8 out[DIGEST_SIZE])
{
	guint8 bytes[DIGEST_SIZE];

	if (hex == NULL)
		return FALSE;
	for (gsize i = 0; i < DIGEST_SIZE; i++) {
		int high = g_ascii_xdigit_value(hex[2 * i]);
		int low = high < 0 ? -1 : g_ascii_xdigit_value(hex[2 * i + 1]);

		if (low < 0)
			return FALSE;
		bytes[i] = (guint8)(high * 16 + low);
	}
	if (hex[2 * DIGEST_SIZE] != '\0')
		return FALSE;
	memcpy(out, bytes, DIGEST_SIZE);
	return TRUE;
}

/* Eight bytes at a time. What differs is gathered where the compiler cannot see it, or it might stop at the first. */
gboolean digest_equal(const void *a, const void *b, gsize length)
{
	const guint8 *x = a, *y = b;
	guint64 differs = 0;
	gsize i = 0;

	for (; i + sizeof(guint64) <= length; i += sizeof(guint64)) {
		guint64 one, other;

		memcpy(&one, x + i, sizeof(one));
		memcpy(&other, y + i, sizeof(other));
		differs |= one ^ other;
		__asm__("" : "+r"(differs));
	}
	for (; i < length; i++) {
		differs |= x[i] ^ y[i];
		__asm__("" : "+r"(differs));
	}
	return differs == 0;
}
