/* SPDX-License-Identifier: Apache-2.0
 * Whether what was typed is a verb, by the table of them. */
#include <string.h>

#include "base/conf.h"
#include "base/error.h"
#include "ctl/verbs.h"

/* ---- one row ---- */

/* A word of a row. */
typedef struct Token {
	char *text;  /* without brackets and dots */
	gboolean optional, again;
} Token;

static void token_clear(void *token)
{
	g_free(((Token *)token)->text);
}

/* An option and its value are two. (transfer full) of Token */
static GArray *tokens_of(const char *typed)
{
	GArray *tokens = g_array_new(FALSE, FALSE, sizeof(Token));
	g_auto(GStrv) parts = g_strsplit(typed, " ", -1);
	guint depth = 0;

	g_array_set_clear_func(tokens, token_clear);
	for (guint i = 0; parts[i] != NULL; i++) {
		Token token = { .again = strstr(parts[i], "...") != NULL };
		const char *begin = parts[i] + strspn(parts[i], "[");

		depth += (guint)(begin - parts[i]);
		token.optional = depth > 0;
		token.text = g_strndup(begin, strcspn(begin, "]."));
		for (const char *c = begin; *c != '\0'; c++)
			depth -= *c == ']' ? 1 : 0;
		g_array_append_val(tokens, token);
	}
	return tokens;
}

/* Typed as it stands. */
static gboolean is_literal(const char *text)
{
	for (; *text != '\0'; text++)
		if (!g_ascii_islower(*text) && *text != '|')
			return FALSE;
	return TRUE;
}

static gboolean is_option(const char *text)
{
	return g_str_has_prefix(text, "--");
}

static gboolean token_takes(const Token *token, const char *word)
{
	g_auto(GStrv) words = g_strsplit(token->text, "|", -1);

	return !is_literal(token->text) || g_strv_contains((const char *const *)words, word);
}

/* What parts options from files that are called like one is no word. */
static char *const *next_word(char *const *words)
{
	while (*words != NULL && strcmp(*words, "--") == 0)
		words++;
	return words;
}

static gboolean words_fit(const GArray *tokens, char *const *words)
{
	const Token *last = NULL;

	words = next_word(words);
	for (guint i = 0; i < tokens->len; i++) {
		const Token *token = &g_array_index(tokens, Token, i);

		/* Options come last. */
		if (is_option(token->text))
			break;
		if (*words == NULL && !token->optional)
			return FALSE;
		if (*words == NULL)
			return TRUE;
		if (!token_takes(token, *words))
			return FALSE;
		last = token;
		words = next_word(words + 1);
	}
	return *words == NULL || (last != NULL && last->again);
}

static const struct {
	const char *name;
	gsize at;
	gboolean flag;
} options[] = {
#define X(name_, member_, kind_, help_, value_) { name_, offsetof(Arguments, member_), G_OPTION_ARG_##kind_ == G_OPTION_ARG_NONE },
	CTL_OPTIONS(X)
#undef X
};

static gboolean is_given(const Arguments *args, guint option)
{
	const char *member = (const char *)args + options[option].at;

	return options[option].flag ? *(const gboolean *)(const void *)member : *(void *const *)(const void *)member != NULL;
}

/* Where zhend is found, and how its answer is shown, may be said of every verb. */
static gboolean is_of_all(const char *name)
{
	return strcmp(name, "data") == 0 || strcmp(name, "json") == 0;
}

static const Token *option_of(const GArray *tokens, const char *name)
{
	for (guint i = 0; i < tokens->len; i++) {
		const Token *token = &g_array_index(tokens, Token, i);

		if (is_option(token->text) && strcmp(token->text + 2, name) == 0)
			return token;
	}
	return NULL;
}

static gboolean options_fit(const GArray *tokens, const Arguments *args)
{
	for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
		const Token *token = option_of(tokens, options[i].name);

		if (is_given(args, i) ? token == NULL && !is_of_all(options[i].name) : token != NULL && !token->optional)
			return FALSE;
	}
	return TRUE;
}

/* ---- all of them ---- */

char *usage_words(const char *typed)
{
	g_autoptr(GArray) tokens = tokens_of(typed);
	GString *words = g_string_new(NULL);

	for (guint i = 0; i < tokens->len; i++) {
		const Token *token = &g_array_index(tokens, Token, i);

		if (!is_literal(token->text) || strchr(token->text, '|') != NULL)
			break;
		g_string_append_printf(words, "%s%s", i > 0 ? " " : "", token->text);
	}
	return g_string_free(words, FALSE);
}

static void refuse(const char *word, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) typed = g_string_new(NULL);
	const char *nearest;

	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++) {
		char *name = g_strndup(verb->typed, strcspn(verb->typed, " "));

		g_ptr_array_add(names, name);
		if (strcmp(name, word) == 0)
			g_string_append_printf(typed, "%s%s", typed->len > 0 ? " | " : "", verb->typed);
	}
	g_ptr_array_add(names, NULL);
	nearest = conf_nearest(word, (const char *const *)names->pdata);
	if (typed->len > 0)
		throw_error(error, ERROR_INVALID, "用法 (usage): zhenctl %s", typed->str);
	else if (nearest != NULL)
		throw_error(error, ERROR_INVALID, "没有 %s 这个命令；是否应为 %s？(no such verb; did you mean %s?)",
		            word, nearest, nearest);
	else
		throw_error(error, ERROR_INVALID,
		            "没有 %s 这个命令，见 zhenctl --help (no such verb, see zhenctl --help)", word);
}

const CtlVerb *usage_find(const Arguments *args, char *const *words, GError **error)
{
	for (const CtlVerb *verb = ctl_verbs; verb->typed != NULL; verb++) {
		g_autoptr(GArray) tokens = tokens_of(verb->typed);

		if (words_fit(tokens, words) && options_fit(tokens, args))
			return verb;
	}
	refuse(words[0], error);
	return NULL;
}
