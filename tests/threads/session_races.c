/* SPDX-License-Identifier: Apache-2.0
 * Sessions are looked up, ended and added at once: an ended one must never be found again, even when a look-up that
 * began before is just putting its token where look-ups are fast. A plain main(), so that ThreadSanitizer can watch. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "access/sessions.h"

#define LOOKERS 3
#define ROUNDS 2000

typedef struct Race {
	Sessions *sessions;
	pthread_barrier_t start, end;
	char token[TOKEN_LENGTH + 1];
	char steady[TOKEN_LENGTH + 1]; /* never ended */
} Race;

static gint lost; /* atomic */

static void add(Sessions *sessions, char token[TOKEN_LENGTH + 1])
{
	guint8 digest[DIGEST_SIZE];
	Session *session = g_malloc0(sizeof(Session));

	session->ref = 1;
	session->expires_ms = 1000;
	sessions_make_token(token);
	sessions_digest(token, digest);
	sessions_add(sessions, digest, NULL, session, 0); /* as read from the database: the first look-up moves it */
}

static gboolean found(Sessions *sessions, const char *token)
{
	Session *session = sessions_find(sessions, token, TOKEN_LENGTH, 0);

	session_unref(session);
	return session != NULL;
}

static void *look(void *data)
{
	Race *race = data;

	for (guint round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&race->start);
		for (guint i = 0; i < 5; i++) {
			found(race->sessions, race->token);
			if (!found(race->sessions, race->steady))
				g_atomic_int_inc(&lost);
		}
		pthread_barrier_wait(&race->end);
	}
	return NULL;
}

int main(void)
{
	Race race = { .sessions = sessions_new(1000) };
	pthread_t threads[LOOKERS];
	guint risen = 0;

	pthread_barrier_init(&race.start, NULL, LOOKERS + 1);
	pthread_barrier_init(&race.end, NULL, LOOKERS + 1);
	add(race.sessions, race.steady);
	for (guint i = 0; i < LOOKERS; i++)
		pthread_create(&threads[i], NULL, look, &race);
	for (guint round = 0; round < ROUNDS; round++) {
		guint8 digest[DIGEST_SIZE];

		add(race.sessions, race.token);
		pthread_barrier_wait(&race.start);
		sessions_remove(race.sessions, race.token, TOKEN_LENGTH, digest);
		pthread_barrier_wait(&race.end);
		risen += found(race.sessions, race.token);
	}
	for (guint i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&race.start);
	pthread_barrier_destroy(&race.end);
	sessions_free(race.sessions);
	printf("session_races: %u of %u ended sessions were found again, %d look-ups lost a living one\n", risen,
	       ROUNDS, g_atomic_int_get(&lost));
	return risen == 0 && g_atomic_int_get(&lost) == 0 ? 0 : 1;
}
