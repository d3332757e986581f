/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/signing.h"

#include <string.h>

#include "daemon/events_verbs.h"

/* Where the key is, or would be made. */
static char *key_path(const Conf *conf, const char *data)
{
	g_autofree char *said = conf_path(conf, "host", "sm2_key");

	return said != NULL && said[0] != '\0' ? g_steal_pointer(&said) : g_build_filename(data, "keys", "sm2.key", NULL);
}

static Sm2 *load(const Conf *conf, const char *data, GError **error)
{
	g_autofree char *path = key_path(conf, data);
	g_autofree char *certificate = conf_path(conf, "host", "sm2_certificate");

	return sm2_load(path, certificate != NULL && certificate[0] != '\0' ? certificate : NULL, error);
}

/* None is allowed: documents then carry the host's own signature alone. A named one that is missing is not. */
static gboolean load_any(const Conf *conf, const char *data, Sm2 **out, GError **error)
{
	g_autofree char *path = key_path(conf, data);
	const char *said = conf_text(conf, "host", "sm2_key");

	*out = NULL;
	if ((said == NULL || said[0] == '\0') && !g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	*out = load(conf, data, error);
	return *out != NULL;
}

gboolean signing_load(Daemon *daemon, GError **error)
{
	return load_any(daemon->conf, daemon->data, &daemon->sm2, error);
}

gboolean signing_fits(const Conf *conf, const char *data, GError **error)
{
	Sm2 *sm2 = NULL;
	gboolean fine = load_any(conf, data, &sm2, error);

	sm2_free(sm2);
	return fine;
}

static gboolean make(Daemon *daemon, GString *text, JsonOut *data, GError **error)
{
	const char *said = conf_text(daemon->conf, "host", "sm2_key");
	g_autofree char *path = key_path(daemon->conf, daemon->data);

	if (said != NULL && said[0] != '\0')
		return throw_error(error, ERROR_REFUSED, "[host] sm2_key 已指定密钥 (names a key already): %s", path);
	if (!sm2_make(path, error))
		return FALSE;
	json_put_text(data, "path", path);
	g_string_append_printf(text, "%s\n重启 zhend 后生效 (used after a restart of zhend)\n", path);
	return TRUE;
}

static gboolean show(Daemon *daemon, GString *text, JsonOut *data, GError **error)
{
	g_autoptr(Sm2) sm2 = load(daemon->conf, daemon->data, error);

	if (sm2 == NULL)
		return prefix_error(error, "没有SM2密钥，先做 zhenctl key new (no SM2 key)");
	json_put_text(data, "algorithm", "SM2-with-SM3");
	json_put_text(data, "signer", SM2_SIGNER);
	json_put_bool(data, "used", daemon->sm2 != NULL &&
	                                    strcmp(sm2_public_pem(daemon->sm2), sm2_public_pem(sm2)) == 0);
	json_put_text(data, "public", sm2_public_pem(sm2));
	g_string_append(text, sm2_public_pem(sm2)); /* nothing else: it is redirected into a file */
	return TRUE;
}

gboolean verb_key(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *sub = events_word(args, 0);

	if (g_strcmp0(sub, "new") == 0 && events_word(args, 1) == NULL)
		return make(daemon, text, data, error);
	if (g_strcmp0(sub, "show") == 0 && events_word(args, 1) == NULL)
		return show(daemon, text, data, error);
	return verb_misused(error);
}
