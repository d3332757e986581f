/* SPDX-License-Identifier: Apache-2.0
 * The host table: secrets and proof. Keys are derived per plugin, so no plugin can speak for another. */
#include <string.h>
#include "runtime/host.h"

const char *host_random_code(zhen_call *head, int32_t length)
{
	char *code = arena_alloc0(call_of(head)->arena, (gsize)CLAMP(length, 4, 64) + 1);

	random_code(code, (gsize)CLAMP(length, 4, 64));
	return code;
}

const char *host_keyed_digest(zhen_call *head, const char *text)
{
	Call *call = call_of(head);
	g_autofree char *purpose = g_strconcat("plugin:", call->runtime->plugin->id, NULL);
	guint8 key[KEY_SIZE], bytes[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	keys_derive(call->runtime->env->keys, purpose, key);
	g_autoptr(Digest) digest = digest_new_keyed(key, sizeof key);
	digest_of(digest, text != NULL ? text : "", text != NULL ? strlen(text) : 0, bytes);
	digest_hex(bytes, hex);
	return arena_strdup(call->arena, hex);
}

const char *host_sm3(zhen_call *head, const void *data, size_t length)
{
	guint8 bytes[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	g_autoptr(Digest) digest = digest_new();

	digest_of(digest, data, length, bytes);
	digest_hex(bytes, hex);
	return arena_strdup(call_of(head)->arena, hex);
}

/* What is signed names the plugin, so that a signature made for one text of one plugin fits nothing else. */
static char *signed_text(Call *call, const char *text)
{
	return g_strconcat("zhen:", call->runtime->plugin->id, ":", text, NULL);
}

const char *host_sign(zhen_call *head, const char *text)
{
	Call *call = call_of(head);
	g_autofree char *all = signed_text(call, text);
	guint8 signature[SIGNATURE_SIZE];
	g_autofree char *encoded = NULL;

	keys_sign(call->runtime->env->keys, all, strlen(all), signature);
	encoded = g_base64_encode(signature, sizeof signature);
	return arena_strdup(call->arena, encoded);
}

bool host_signed_by_host(zhen_call *head, const char *text, const char *encoded)
{
	Call *call = call_of(head);
	g_autofree char *all = signed_text(call, text);
	g_autofree guchar *signature = NULL;
	gsize length = 0;

	if (encoded == NULL || strlen(encoded) > 128)
		return false;
	signature = g_base64_decode(encoded, &length);
	return length == SIGNATURE_SIZE && keys_verify(call->runtime->env->keys, all, strlen(all), signature);
}

const char *host_ticket(zhen_call *head, const char *subject, int64_t valid_ms)
{
	Call *call = call_of(head);
	g_autofree char *ticket =
		ticket_make(call->runtime->env->keys, call->runtime->plugin->id, subject,
	                    call->request->now_ms + CLAMP(valid_ms, 0, 30 * 24 * 3600 * G_GINT64_CONSTANT(1000)));

	return arena_strdup(call->arena, ticket);
}

const void *host_sign_sm2(zhen_call *head, const void *bytes, size_t length, size_t *out_length)
{
	Call *call = call_of(head);
	g_autoptr(GError) error = NULL;
	g_autofree guint8 *signature = NULL;
	gsize signature_length = 0;

	*out_length = 0;
	if (call->failed || call->runtime->env->sm2 == NULL)
		return NULL;
	if (!call->writing && !call->preparing) {
		exec_refuse(call, ZHEN_INTERNAL, "read-only", "读取类操作不能签名");
		return NULL;
	}
	signature = sm2_sign(call->runtime->env->sm2, bytes, length, &signature_length, &error);
	if (signature == NULL) {
		exec_error(call, error);
		return NULL;
	}
	*out_length = signature_length;
	return arena_strndup(call->keep, (const char *)signature, signature_length);
}

const char *host_sm2_public(zhen_call *head)
{
	const Sm2 *sm2 = call_of(head)->runtime->env->sm2;

	return sm2 != NULL ? sm2_public_pem(sm2) : "";
}
