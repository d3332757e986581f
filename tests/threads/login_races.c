/* SPDX-License-Identifier: Apache-2.0
 * Several threads log in, look up and log out at once, over a real store. A plain main(), so that ThreadSanitizer can
 * watch. */
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "access/access.h"
#include "base/clock.h"

#define CLIENTS 4
#define ROUNDS 10

static const char settings[] = "[access]\nargon2_mib=8\nargon2_passes=1\nlogin_per_minute=1000\n[role clerk]\n";
static const char tree_text[] = "code,name,level,parent\n532327000000,永仁县,county,\n";
static const char bodies_text[] = "id,kind,name,division,superior\nwindow,window,窗口,532327000000,\n";

typedef struct Client {
	pthread_t thread;
	Access *access;
	pthread_mutex_t lock;
	pthread_cond_t came;
	gboolean answered;
	LoginOutcome outcome;
	char token[44];
	guint wrong;
} Client;

static void on_login(void *data, LoginOutcome outcome, const char *token, gint64 expires_ms)
{
	Client *client = data;

	(void)expires_ms;
	pthread_mutex_lock(&client->lock);
	client->answered = TRUE;
	client->outcome = outcome;
	g_strlcpy(client->token, token != NULL ? token : "", sizeof(client->token));
	pthread_cond_signal(&client->came);
	pthread_mutex_unlock(&client->lock);
}

static void log_in(Client *client)
{
	client->answered = FALSE;
	access_login(client->access, "wang", "long enough", NULL, "10.0.0.1", clock_now_ms(), on_login, client);
	pthread_mutex_lock(&client->lock);
	while (!client->answered)
		pthread_cond_wait(&client->came, &client->lock);
	pthread_mutex_unlock(&client->lock);
}

static gboolean is_in(Client *client)
{
	g_autoptr(Session) session =
		access_session(client->access, client->token, strlen(client->token), clock_now_ms());

	return session != NULL && strcmp(session->name, "王芳") == 0;
}

static void *run(void *data)
{
	Client *client = data;

	for (guint i = 0; i < ROUNDS; i++) {
		log_in(client);
		client->wrong += client->outcome != LOGIN_OK || !is_in(client);
		access_logout(client->access, client->token, strlen(client->token));
		client->wrong += is_in(client);
	}
	return NULL;
}

static char *put(const char *folder, const char *name, const char *content)
{
	char *path = g_build_filename(folder, name, NULL);

	if (!g_file_set_contents(path, content, -1, NULL))
		g_error("%s is not written", path);
	return path;
}

static void remove_below(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_below(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

static guint race(Access *access)
{
	Client clients[CLIENTS];
	guint wrong = 0;

	memset(clients, 0, sizeof(clients));
	for (guint i = 0; i < CLIENTS; i++) {
		clients[i].access = access;
		pthread_mutex_init(&clients[i].lock, NULL);
		pthread_cond_init(&clients[i].came, NULL);
		pthread_create(&clients[i].thread, NULL, run, &clients[i]);
	}
	for (guint i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		pthread_mutex_destroy(&clients[i].lock);
		pthread_cond_destroy(&clients[i].came);
		wrong += clients[i].wrong;
	}
	return wrong;
}

int main(void)
{
	static const guint8 secret[KEY_SIZE] = "a secret", seed[KEY_SIZE] = "a seed";
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("zhen-login-races-XXXXXX", NULL);
	g_autofree char *conf_file = put(folder, "zhend.conf", settings);
	g_autofree char *tree = put(folder, "tree.csv", tree_text);
	g_autofree char *rows = put(folder, "bodies.csv", bodies_text);
	g_autofree char *dir = g_build_filename(folder, "store", NULL);
	g_autoptr(Conf) conf = conf_load(conf_file, access_conf_keys, &error);
	g_autoptr(Divisions) divisions = divisions_load((const char *const[]){ tree, NULL }, &error);
	g_autoptr(Bodies) bodies = bodies_load((const char *const[]){ rows, NULL }, divisions, &error);
	g_autoptr(Keys) keys = keys_from(secret, seed);
	StoreHostOptions host_options = { .readers = 1 };
	g_autoptr(StoreHost) host = store_host_new(&host_options, &error);
	StoreOptions store_options = { .dir = dir, .name = "host" };
	g_autoptr(Store) store = store_open(host, &store_options, &error);
	AccessOptions options = {
		.store = store, .conf = conf, .divisions = divisions, .bodies = bodies, .keys = keys
	};
	g_autoptr(Access) access = error == NULL ? access_new(&options, &error) : NULL;
	guint wrong;

	if (access == NULL || !access_add_account(access, "wang", "王芳", "long enough", &error) ||
	    !access_add_post(access, "wang", "window", "clerk", &error)) {
		fprintf(stderr, "login_races: %s\n", error != NULL ? error->message : "not set up");
		return 1;
	}
	access_seal(access);
	wrong = race(access);
	access_free(g_steal_pointer(&access));
	store_close(g_steal_pointer(&store));
	remove_below(folder);
	printf("login_races: %d logins, %u wrong answers\n", CLIENTS * ROUNDS, wrong);
	return wrong == 0 ? 0 : 1;
}
