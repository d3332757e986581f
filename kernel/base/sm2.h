/* SPDX-License-Identifier: Apache-2.0
 * Detached signatures SM2 with SM3 (GB/T 32918.2, GM/T 0009), by OpenSSL. Immutable; any thread. */
#pragma once

#include <glib.h>

typedef struct Sm2 Sm2;
#define SM2_SIGNER "1234567812345678" /* the distinguishing name that GM/T 0009 gives when none is agreed on */

/* A private key in PEM, mode 0600; @certificate (PEM, NULL = none) must be of that key. */
Sm2 *sm2_load(const char *key_path, const char *certificate_path, GError **error);
/* As handed over to a worker. */
Sm2 *sm2_from(const char *secret_pem, const char *public_pem, GError **error);
void sm2_free(Sm2 *sm2);
/* A new key in @path (0600), on the disk when this returns; refused where a file is. */
gboolean sm2_make(const char *path, GError **error);
const char *sm2_secret_pem(const Sm2 *sm2);
const char *sm2_public_pem(const Sm2 *sm2); /* the certificate, or the public key where there is none */
/* (transfer full) DER; two signatures of the same bytes differ. NULL = @error. */
guint8 *sm2_sign(const Sm2 *sm2, const void *bytes, gsize length, gsize *out_length, GError **error);
gboolean sm2_verify(const Sm2 *sm2, const void *bytes, gsize length, const guint8 *signature, gsize signature_length);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sm2, sm2_free)
