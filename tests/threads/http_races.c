/* SPDX-License-Identifier: Apache-2.0
 * Two loops serve one plugin over HTTP to clients that log in, read, write, store a file, download it and log out, while
 * the plugin is mounted again, its settings change, heads are anchored, and the figures and the log are asked for. A plain
 * main(), so that ThreadSanitizer can watch; answers and rows are counted. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/http.h"
#include "loader/loader.h"
#include "testhost/world.h"

#define LOOPS 2
#define CLIENTS 8
#define ROUNDS 12
#define ANSWER_MAX 65536

/* libevent tells the kernel of a closed descriptor at its next turn, when another thread may have been given the number: the
 * call then names a descriptor that is not in this loop's set, and is refused. Memory has no part in it. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libevent_core-2.1.so.7\n";
}

/* ---- the plugin ---- */

static _Atomic int readers; /* threads that ran a read of a loop */

static zhen_result add(zhen_call *call)
{
	return zhen_created(call, zhen_insert(call, "INSERT INTO t(n) VALUES($1) RETURNING id", zhen_int(call, "n")));
}

static zhen_result count(zhen_call *call)
{
	static _Thread_local gboolean counted;

	readers += !counted;
	counted = TRUE;
	zhen_put(call, "greeting", zhen_setting_text(call, "greeting"));
	zhen_put(call, "n", zhen_column_int(zhen_one(call, "SELECT COUNT(*) AS n FROM t"), "n"));
	return zhen_ok(call);
}

static zhen_result slow(zhen_call *call)
{
	zhen_put(call, "n", zhen_column_int(zhen_one(call, "SELECT COUNT(*) AS n FROM f"), "n"));
	return zhen_ok(call);
}

static zhen_result keep_bytes(zhen_call *call)
{
	const char *text = zhen_text(call, "text");

	call->host->carry(call, "digest", zhen_from_text(call->host->blob_put(call, text, strlen(text))));
	return zhen_ok(call);
}

static zhen_result add_file(zhen_call *call)
{
	const char *digest = zhen_text(call, "digest");

	call->host->blob_keep(call, digest, "f");
	return zhen_created(call, zhen_insert(call, "INSERT INTO f(digest) VALUES($1) RETURNING id", digest));
}

static zhen_result download(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT digest FROM f WHERE id = $1", zhen_int(call, "id"));

	return call->host->send_blob(call, zhen_column_text(row, "digest"), "text/plain", "f.txt");
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL); CREATE TABLE f(id {{id}}, digest TEXT NOT NULL)" },
	{ 0 },
};
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field id_field[] = { { .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field text_field[] = { { .name = "text", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_setting settings[] = { { .key = "greeting", .type = ZHEN_TEXT, .def = "a", .help = "x" }, { 0 } };
static const zhen_permission permissions[] = { { .name = "race.use", .title = "用" }, { 0 } };
#define ROUTE(m, p, h, ...) { .method = m, .path = p, .handle = h, .permission = "race.use", .summary = "x", __VA_ARGS__ }
static const zhen_route routes[] = {
	ROUTE(ZHEN_POST, "/t", add, .fields = n_field),
	ROUTE(ZHEN_GET, "/t", count),
	ROUTE(ZHEN_GET, "/s", slow, .flags = ZHEN_POOL),
	ROUTE(ZHEN_POST, "/f", add_file, .prepare = keep_bytes, .fields = text_field),
	ROUTE(ZHEN_GET, "/f/{id}", download, .fields = id_field),
	{ 0 },
};
ZHEN_PLUGIN(race, "1.0.0", .title = "race", .migrations = migrations, .permissions = permissions, .settings = settings,
            .routes = routes);

/* ---- a client ---- */

typedef struct Client {
	pthread_t thread;
	guint port, number, wrong;
	int fd;
	char token[64], answer[ANSWER_MAX], *body;
} Client;

static _Atomic int clients_left = CLIENTS;

static void client_open(Client *client)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((guint16)client->port) };
	struct timeval patience = { .tv_sec = 60 };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(client->fd, (struct sockaddr *)&to, sizeof to) != 0)
		g_error("cannot connect: %s", g_strerror(errno));
}

/* The status of the answer, which is left in client->answer. */
static int client_read(Client *client)
{
	gsize length = 0, want = ANSWER_MAX;

	client->body = NULL;
	while (length < want) {
		gssize n = recv(client->fd, client->answer + length, ANSWER_MAX - 1 - length, 0);

		if (n <= 0)
			return 0;
		length += (gsize)n;
		client->answer[length] = '\0';
		if (client->body == NULL && (client->body = strstr(client->answer, "\r\n\r\n")) != NULL) {
			const char *field = strstr(client->answer, "\r\nContent-Length: ");

			client->body += 4;
			want = (gsize)(client->body - client->answer) + (field != NULL ? g_ascii_strtoull(field + 18, NULL, 10) : 0);
		}
	}
	return (int)g_ascii_strtoll(client->answer + 9, NULL, 10);
}

static int ask(Client *client, const char *method, const char *path, const char *json)
{
	g_autofree char *text = g_strdup_printf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
	                                        "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
	                                        "Content-Length: %zu\r\n\r\n%s",
	                                        method, path, client->token, strlen(json), json);
	const char *at = text;

	if (client->token[0] == '\0') /* a header without a token is no header */
		memcpy(strstr(text, "Authorization"), "X-Nothing-Now", 13);
	for (gsize left = strlen(text); left > 0;) {
		gssize n = send(client->fd, at, left, MSG_NOSIGNAL);

		if (n <= 0)
			return 0;
		at += n;
		left -= (gsize)n;
	}
	return client_read(client);
}

static void expect(Client *client, int status, int wanted, const char *what)
{
	if (status == wanted)
		return;
	client->wrong++;
	fprintf(stderr, "%s: %d, not %d: %s\n", what, status, wanted, client->answer);
}

static gint64 number_in(const Client *client, const char *before)
{
	const char *found = client->body != NULL ? strstr(client->body, before) : NULL;

	return found != NULL ? g_ascii_strtoll(found + strlen(before), NULL, 10) : 0;
}

static void log_in(Client *client)
{
	g_autofree char *json = g_strdup_printf("{\"login\":\"clerk%u\",\"password\":\"long enough\"}", client->number);
	const char *found;

	client->token[0] = '\0';
	expect(client, ask(client, "POST", "/login", json), 200, "login");
	found = client->body != NULL ? strstr(client->body, "\"token\":\"") : NULL;
	if (found != NULL)
		g_strlcpy(client->token, found + 9, MIN(sizeof client->token, strcspn(found + 9, "\"") + 1));
}

static void one_round(Client *client, guint round)
{
	g_autofree char *number = g_strdup_printf("{\"n\":%u}", round);
	g_autofree char *bytes = g_strdup_printf("file %u of client %u", round, client->number);
	g_autofree char *file = g_strdup_printf("{\"text\":\"%s\"}", bytes);

	client_open(client);
	log_in(client);
	expect(client, ask(client, "GET", "/p/race/t", ""), 200, "read");
	expect(client, ask(client, "POST", "/p/race/t", number), 201, "write");
	expect(client, ask(client, "GET", "/p/race/s", ""), 200, "read on the pool");
	expect(client, ask(client, "POST", "/p/race/f", file), 201, "file");
	g_autofree char *path = g_strdup_printf("/p/race/f/%" G_GINT64_FORMAT, number_in(client, "\"id\":"));
	expect(client, ask(client, "GET", path, ""), 200, "download");
	expect(client, client->body != NULL ? strcmp(client->body, bytes) : -1, 0, "bytes of the download");
	expect(client, ask(client, "POST", "/logout", ""), 204, "logout");
	expect(client, ask(client, "GET", "/p/race/t", ""), 401, "read after the logout");
	close(client->fd);
}

static void *use(void *data)
{
	Client *client = data;

	for (guint round = 0; round < ROUNDS; round++)
		one_round(client, round);
	clients_left--;
	return NULL;
}

/* ---- the host ---- */

static const char access_settings[] = "[access]\nargon2_mib=8\nargon2_passes=1\nlogin_per_minute=10000\n"
				      "[role clerk]\npermissions=race.use\n";

typedef struct Host {
	World *world;
	RuntimeEnv env;
	StoreHost *stores;
	Store *accounts;
	Conf *conf;
	Access *access;
	Plugin *plugin;
	Pool *pool;
	Runtime *runtime;
	Home *home;
	Http *http;
	Loop *loops[LOOPS];
	pthread_t threads[LOOPS];
	char *log;
} Host;

static void must(gboolean fine, const GError *error, const char *what)
{
	if (!fine)
		g_error("%s: %s", what, error != NULL ? error->message : "failed");
}

static void open_access(Host *host)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *conf = g_build_filename(host->world->dir, "zhend.conf", NULL);
	g_autofree char *dir = g_build_filename(host->world->dir, "accounts", NULL);

	must(g_file_set_contents(conf, access_settings, -1, &error), error, "conf");
	host->conf = conf_load(conf, access_conf_keys, &error);
	must(host->conf != NULL, error, "conf");
	host->accounts = store_open(host->stores, &(StoreOptions){ .dir = dir, .name = "host" }, &error);
	must(host->accounts != NULL, error, "accounts");
	host->access = access_new(&(AccessOptions){ .store = host->accounts, .conf = host->conf,
	                                            .divisions = host->world->divisions, .bodies = host->world->bodies,
	                                            .keys = host->world->keys }, &error);
	must(host->access != NULL, error, "access");
}

static void open_plugin(Host *host)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_build_filename(host->world->dir, "race", NULL);
	StoreOptions store = { 0 };

	host->plugin = plugin_bind(&zhen_plugin_entry, &error);
	must(host->plugin != NULL, error, "plugin");
	host->pool = pool_new(&host->env, 2);
	host->runtime = runtime_new(&host->env, host->pool, host->plugin, dir, &store,
	                            settings_from_json(host->plugin, "{}", &error), &error);
	must(host->runtime != NULL, error, "runtime");
	host->home = home_new_inproc(host->runtime, host->plugin);
}

static void turn(void *data)
{
	runtime_turn(&((Host *)data)->env, 0);
}

static void turn_second(void *data)
{
	runtime_turn(&((Host *)data)->env, 1);
}

static void *run(void *data)
{
	loop_run(data);
	return NULL;
}

static void open_front(Host *host)
{
	g_autoptr(GError) error = NULL;
	static LoopFunc *const turns[LOOPS] = { turn, turn_second };
	HttpOptions options = { .address = "127.0.0.1", .access = host->access, .keys = host->world->keys,
		                .divisions = host->world->divisions, .bodies = host->world->bodies,
		                .base_url = "http://zhen.example", .access_log = host->log, .site_title = "race" };

	host->http = http_new(&options, &error);
	must(host->http != NULL, error, "http");
	http_mount(host->http, host->home, NULL);
	access_seal(host->access);
	for (guint i = 0; i < CLIENTS; i++) {
		g_autofree char *login = g_strdup_printf("clerk%u", i);

		must(access_add_account(host->access, login, "王芳", "long enough", &error) &&
		             access_add_post(host->access, login, "window-990101101000", "clerk", &error),
		     error, login);
	}
	for (guint i = 0; i < LOOPS; i++) {
		host->loops[i] = loop_new(i, &error);
		must(host->loops[i] != NULL, error, "loop");
		loop_add_turn_hook(host->loops[i], turns[i], host);
		must(http_listen(host->http, host->loops[i], &error), error, "listen");
	}
	for (guint i = 0; i < LOOPS; i++)
		pthread_create(&host->threads[i], NULL, run, host->loops[i]);
}

/* What an administrator's threads do meanwhile. Returns how often that went wrong. */
static guint disturb(Host *host)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Switches) everywhere = switches_new(NULL, 0);
	guint wrong = 0;

	switches_add(everywhere, "000000000000", SWITCH_PLUGIN, TRUE, G_MININT64, G_MAXINT64);
	for (guint i = 0; clients_left > 0; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		const char *json = i % 2 == 0 ? "{\"greeting\":\"b\"}" : "{\"greeting\":\"c\"}";

		runtime_set_settings(host->runtime, settings_from_json(host->plugin, json, NULL));
		wrong += !runtime_anchor(host->runtime, &error);
		http_mount(host->http, host->home, NULL);
		http_switch(host->http, host->plugin->id, i % 2 == 0 ? everywhere : NULL);
		http_metrics(host->http, text);
		http_reopen_log(host->http);
		wrong += http_open_connections(host->http) > 2 * CLIENTS;
		if (error != NULL)
			fprintf(stderr, "%s\n", error->message);
		g_clear_error(&error);
		g_usleep(2000); /* else it alone would be all the machine does */
	}
	return wrong;
}

static void close_all(Host *host)
{
	for (guint i = 0; i < LOOPS; i++)
		loop_stop(host->loops[i]);
	for (guint i = 0; i < LOOPS; i++)
		pthread_join(host->threads[i], NULL);
	http_free(host->http);
	access_free(host->access);
	home_free(host->home);
	pool_free(host->pool);
	plugin_free(host->plugin);
	for (guint i = 0; i < LOOPS; i++)
		loop_free(host->loops[i]);
	store_close(host->accounts);
	store_host_free(host->stores);
	conf_free(host->conf);
	world_free(host->world);
	g_free(host->log);
}

int main(void)
{
	static Client clients[CLIENTS];
	g_autoptr(GError) error = NULL;
	Host host = { .world = world_new(NULL, NULL, &error) };
	StoreHostOptions options = { .writers = 2, .readers = LOOPS + 3 };
	guint wrong;
	gint64 rows;

	must(host.world != NULL, error, "world");
	log_set_level(LOG_WARN);
	host.stores = store_host_new(&options, &error);
	must(host.stores != NULL, error, "stores");
	host.env = host.world->env;
	host.env.stores = host.stores;
	host.env.loops = LOOPS;
	host.env.readers = options.readers;
	host.log = g_build_filename(host.world->dir, "access.log", NULL);
	open_access(&host);
	open_plugin(&host);
	open_front(&host);
	for (guint i = 0; i < CLIENTS; i++) {
		clients[i] = (Client){ .port = http_port(host.http), .number = i };
		pthread_create(&clients[i].thread, NULL, use, &clients[i]);
	}
	wrong = disturb(&host);
	for (guint i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		wrong += clients[i].wrong;
	}
	client_open(&clients[0]);
	log_in(&clients[0]);
	expect(&clients[0], ask(&clients[0], "GET", "/p/race/t", ""), 200, "the last read");
	rows = number_in(&clients[0], "\"n\":");
	close(clients[0].fd);
	close_all(&host);
	printf("http_races: %d rounds, %" G_GINT64_FORMAT " rows, %d loops read, %u wrong\n", CLIENTS * ROUNDS, rows,
	       readers, wrong);
	return wrong == 0 && rows == CLIENTS * ROUNDS && readers == LOOPS ? 0 : 1;
}
