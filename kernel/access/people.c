/* SPDX-License-Identifier: Apache-2.0
 * Who holds which post, in memory: forms offer it and calls are checked against it on loops, where nobody waits for a disk. */
#include "access/access_inside.h"

#include <string.h>

typedef struct Held {
	gint64 account, valid_from, valid_to;
	const char *name, *role; /* of the chunk */
	const Body *body;
} Held;

struct People {
	GArray *held; /* of Held, those of one account at one body next to each other */
	GStringChunk *texts;
	const AccessOptions *options;
};

void people_free(People *people)
{
	if (people == NULL)
		return;
	g_array_unref(people->held);
	g_string_chunk_free(people->texts);
	g_free(people);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(People, people_free)

/* Who cannot log in is nobody to be named. */
static void add_held(void *data, gint64 account, const char *name, gboolean demo, const Post *post)
{
	People *people = data;
	const Body *body = post->body[0] != '\0' ? bodies_find(people->options->bodies, post->body) : NULL;

	if ((demo && !people->options->demo) || (post->body[0] != '\0' && body == NULL))
		return;
	const Held held = { account,
		            post->valid_from,
		            post->valid_to,
		            g_string_chunk_insert_const(people->texts, name),
		            g_string_chunk_insert_const(people->texts, post->role),
		            body };

	g_array_append_val(people->held, held);
}

gboolean people_read(Access *access, GError **error)
{
	g_autoptr(People) fresh = g_new0(People, 1);

	fresh->held = g_array_new(FALSE, FALSE, sizeof(Held));
	fresh->texts = g_string_chunk_new(4096);
	fresh->options = &access->options;
	if (!accounts_each_post(access->options.store, add_held, fresh, error))
		return FALSE;
	pthread_mutex_lock(&access->roles_lock);
	People *before = access->people;
	access->people = g_steal_pointer(&fresh);
	pthread_mutex_unlock(&access->roles_lock);
	people_free(before);
	return TRUE;
}

static gboolean is_wanted(const Held *held, gint64 account, const Division *within)
{
	return (account == 0 || held->account == account) &&
	       (within == NULL || (held->body != NULL && division_covers(within, held->body->division)));
}

void access_each_posted(Access *access, const char *account, const Division *within, gint64 now_ms, PostedFunc *each,
                        void *data)
{
	const gint64 id = account != NULL ? g_ascii_strtoll(account, NULL, 10) : 0;
	char text[24];

	pthread_mutex_lock(&access->roles_lock);
	const guint words = roles_words(access->roles);
	g_autofree guint64 *permissions = g_new0(guint64, words + 1);
	for (guint i = 0, next; i < access->people->held->len; i = next) {
		const Held *first = &g_array_index(access->people->held, Held, i), *held;
		gboolean valid = FALSE;

		memset(permissions, 0, sizeof(guint64) * words);
		for (next = i; next < access->people->held->len; next++) {
			held = &g_array_index(access->people->held, Held, next);
			if (held->account != first->account || held->body != first->body)
				break;
			if (held->valid_from > now_ms || held->valid_to <= now_ms || !is_wanted(held, id, within))
				continue;
			roles_grant(access->roles, held->role, permissions);
			valid = TRUE;
		}
		g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, first->account);
		/* "07" and "7x" name nobody. */
		if (valid && (account == NULL || strcmp(account, text) == 0))
			each(data, &(Posted){ text, first->name, first->body, words, permissions });
	}
	pthread_mutex_unlock(&access->roles_lock);
}
