/* SPDX-License-Identifier: Apache-2.0
 * SM3 (GB/T 32905) and keyed SM3 with contexts that are kept, and the host's keys. */
#pragma once

#include <glib.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65 /* with the NUL */

/* One thread at a time; each thread or connection keeps its own. */
typedef struct Digest Digest;

Digest *digest_new(void);                                 /* plain SM3 */
Digest *digest_new_keyed(const guint8 *key, gsize length); /* HMAC-SM3 */
void digest_free(Digest *digest);
void digest_begin(Digest *digest);
void digest_add(Digest *digest, const void *bytes, gsize length);
void digest_end(Digest *digest, guint8 out[DIGEST_SIZE]);
void digest_of(Digest *digest, const void *bytes, gsize length, guint8 out[DIGEST_SIZE]); /* begin, add, end */
void digest_hex(const guint8 bytes[DIGEST_SIZE], char out[DIGEST_HEX_SIZE]);
gboolean digest_from_hex(const char *hex, guint8 out[DIGEST_SIZE]);
gboolean digest_equal(const void *a, const void *b, gsize length); /* constant time */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, digest_free)

/* The host's secrets, made on first start in DIR/keys (0700), one file each (0600). Immutable after load; any thread. */
typedef struct Keys Keys;
#define KEY_SIZE 32
#define SIGNATURE_SIZE 64

Keys *keys_load(const char *dir, GError **error);
/* From bytes handed over (a worker): @seed signs, @secret derives. */
Keys *keys_from(const guint8 secret[KEY_SIZE], const guint8 seed[KEY_SIZE]);
void keys_free(Keys *keys);
/* A key for one purpose: HMAC-SM3(secret, purpose). */
void keys_derive(const Keys *keys, const char *purpose, guint8 out[KEY_SIZE]);
const guint8 *keys_secret(const Keys *keys); /* KEY_SIZE bytes */
const guint8 *keys_seed(const Keys *keys);   /* KEY_SIZE bytes */
/* Ed25519. */
void keys_sign(const Keys *keys, const void *bytes, gsize length, guint8 out[SIGNATURE_SIZE]);
gboolean keys_verify(const Keys *keys, const void *bytes, gsize length, const guint8 signature[SIGNATURE_SIZE]);
char *keys_public_base64(const Keys *keys); /* (transfer full) */
void random_bytes(void *out, gsize length);
/* Digits and capitals without 0 O 1 I, unguessable. @out: @length + 1 bytes, NUL-terminated. */
void random_code(char *out, gsize length);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keys, keys_free)
