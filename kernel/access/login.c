/* SPDX-License-Identifier: Apache-2.0
 * Logins and logouts, on two threads of their own: a password check takes 20 ms and 19 MiB, so at most two run at once
 * and none on a loop. The threads are pthreads because ThreadSanitizer cannot see GLib's futexes. */
#include "access/access_inside.h"

#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"

#define THREADS 2
#define WAITING_MOST 256 /* logins; beyond it one is told to come again */
#define ADDRESS_FACTOR 3 /* an office behind one address has several people */
#define LOGOUT_TRIES 20
#define LOGOUT_PAUSE_US (100 * 1000)
#define SWEEP_MS (10 * 60 * 1000)

typedef struct Task {
	struct Task *next;
	gboolean logout;
	guint8 digest[DIGEST_SIZE]; /* logout */
	char *login;
	char *password;
	char *post_body; /* NULL = the first */
	char address[48];
	gint64 now_ms;
	LoginDone *done;
	void *data;
} Task;

struct Logins {
	Access *access;
	Attempts *by_login;
	Attempts *by_address;
	char dummy[PASSWORD_HASH_SIZE]; /* what an unknown login is checked against */
	pthread_t threads[THREADS];
	guint n_threads;
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t wake;
	Task *first, *last;
	guint waiting;
	gint64 swept_ms;
	gboolean stopping;
};

static void task_free(Task *task)
{
	if (task->password != NULL)
		sodium_memzero(task->password, strlen(task->password));
	g_free(task->password);
	g_free(task->login);
	g_free(task->post_body);
	g_free(task);
}

/* ---- one login ---- */

/* The body acted for; NULL = no valid post (there). Borrowed from @account. */
static const char *choose_body(const Access *access, const Account *account, const char *wanted, gint64 now_ms)
{
	for (guint i = 0; i < account->posts->len; i++) {
		const Post *post = account->posts->pdata[i];

		if (post->valid_from > now_ms || post->valid_to <= now_ms)
			continue;
		if (post->body[0] != '\0' && bodies_find(access->options.bodies, post->body) == NULL)
			continue;
		if (wanted == NULL || strcmp(wanted, post->body) == 0)
			return post->body;
	}
	return NULL;
}

/* Checks against the dummy where there is no account, so that both cost the same. */
static gboolean check_password(Logins *logins, const Task *task, const Account *account)
{
	const char *hash = account != NULL ? account->password : logins->dummy;
	gboolean right = crypto_pwhash_str_verify(hash, task->password, strlen(task->password)) == 0;

	if (!right || account == NULL)
		return FALSE;
	if (account->demo && !logins->access->options.demo) {
		log_warn("login refused: account %" G_GINT64_FORMAT " belongs to demo mode", account->id);
		return FALSE;
	}
	return TRUE;
}

static void renew_hash(const Access *access, const Task *task, const Account *account)
{
	char hash[PASSWORD_HASH_SIZE];
	g_autoptr(GError) error = NULL;

	if (crypto_pwhash_str_needs_rehash(account->password, access->argon2_passes, access->argon2_bytes) != 1)
		return;
	if (!access_hash_password(access, task->password, hash, &error) ||
	    !accounts_set_password(access->options.store, account->id, hash, &error))
		log_warn("password of account %" G_GINT64_FORMAT " keeps its old strength: %s", account->id,
		         error->message);
}

static LoginOutcome open_session(Access *access, const Task *task, Account *account, const char *body,
                                 char token[TOKEN_LENGTH + 1], gint64 *out_expires)
{
	SessionRow row = { .account = account, .body = (char *)body };
	g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, DIGEST_SIZE);
	g_autoptr(GError) error = NULL;
	guint64 roles = access_roles_number(access);
	Session *session;

	sessions_make_token(token);
	sessions_digest(token, row.digest);
	session =
		access_make_session(access, account, body, row.digest, task->now_ms, task->now_ms + access->session_ms);
	if (session == NULL)
		return LOGIN_WRONG;
	row.expires_ms = *out_expires = session->expires_ms;
	if (!accounts_add_session(access->options.store, &row, access->sessions_per_account, task->now_ms, gone,
	                          &error)) {
		session_unref(session);
		log_error("a session could not be stored: %s", error->message);
		return LOGIN_FAILED;
	}
	for (guint i = 0; i < gone->len; i++)
		sessions_drop(access->sessions, (const guint8 *)gone->data + (gsize)i * DIGEST_SIZE);
	if (sessions_add(access->sessions, row.digest, token, session, task->now_ms)) {
		if (access_roles_number(access) != roles)
			access_renew_sessions(access);
		return LOGIN_OK;
	}
	log_warn("login refused: as many sessions as [access] sessions_max allows");
	accounts_remove_session(access->options.store, row.digest, NULL);
	return LOGIN_LIMITED;
}

static LoginOutcome try_login(Logins *logins, const Task *task, char token[TOKEN_LENGTH + 1], gint64 *out_expires)
{
	Access *access = logins->access;
	g_autoptr(Account) account = NULL;
	g_autoptr(GError) error = NULL;
	const char *body;

	if (!accounts_find(access->options.store, task->login, &account, &error)) {
		log_error("an account could not be read: %s", error->message);
		return LOGIN_FAILED;
	}
	if (!check_password(logins, task, account))
		return LOGIN_WRONG;
	attempts_give_back(logins->by_login, task->login);
	attempts_give_back(logins->by_address, task->address);
	body = choose_body(access, account, task->post_body, task->now_ms);
	if (body == NULL)
		return LOGIN_WRONG;
	renew_hash(access, task, account);
	return open_session(access, task, account, body, token, out_expires);
}

static void run_login(Logins *logins, Task *task)
{
	char token[TOKEN_LENGTH + 1] = "";
	gint64 expires_ms = 0;
	LoginOutcome outcome = try_login(logins, task, token, &expires_ms);

	task->done(task->data, outcome, outcome == LOGIN_OK ? token : NULL, outcome == LOGIN_OK ? expires_ms : 0);
	sodium_memzero(token, sizeof(token));
}

/* Memory has forgotten it already; the row must go too, or it comes back at the next start. */
static void run_logout(Logins *logins, const Task *task)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < LOGOUT_TRIES; i++) {
		g_clear_error(&error);
		if (accounts_remove_session(logins->access->options.store, task->digest, &error))
			return;
		if (!g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_BUSY))
			break;
		g_usleep(LOGOUT_PAUSE_US);
	}
	log_error("the row of an ended session stays: %s", error->message);
}

/* ---- threads ---- */

/* NULL = stop. When stopping, logouts are still handed out. */
static Task *next_task(Logins *logins)
{
	Task *task;

	pthread_mutex_lock(&logins->lock);
	while (logins->first == NULL && !logins->stopping)
		pthread_cond_wait(&logins->wake, &logins->lock);
	task = logins->first;
	if (task != NULL) {
		logins->first = task->next;
		if (logins->first == NULL)
			logins->last = NULL;
		logins->waiting -= !task->logout;
	}
	pthread_mutex_unlock(&logins->lock);
	return task;
}

static gboolean is_stopping(Logins *logins)
{
	gboolean stopping;

	pthread_mutex_lock(&logins->lock);
	stopping = logins->stopping;
	pthread_mutex_unlock(&logins->lock);
	return stopping;
}

static void *work(void *data)
{
	Logins *logins = data;
	Task *task;

	while ((task = next_task(logins)) != NULL) {
		if (task->logout)
			run_logout(logins, task);
		else if (is_stopping(logins))
			task->done(task->data, LOGIN_FAILED, NULL, 0);
		else
			run_login(logins, task);
		task_free(task);
	}
	return NULL;
}

/* FALSE: too many wait; the task is still the caller's. */
static gboolean push_task(Logins *logins, Task *task)
{
	gboolean room;

	pthread_mutex_lock(&logins->lock);
	room = task->logout || logins->waiting < WAITING_MOST;
	if (room) {
		logins->waiting += !task->logout;
		if (logins->last != NULL)
			logins->last->next = task;
		else
			logins->first = task;
		logins->last = task;
		pthread_cond_signal(&logins->wake);
	}
	pthread_mutex_unlock(&logins->lock);
	return room;
}

Logins *logins_new(Access *access, GError **error)
{
	Logins *logins = g_new0(Logins, 1);
	gint64 per_minute = access_setting(access->options.conf, "login_per_minute", 10);
	char nobody[33];

	pthread_mutex_init(&logins->lock, NULL);
	pthread_cond_init(&logins->wake, NULL);
	logins->access = access;
	logins->by_login = attempts_new((guint)per_minute);
	logins->by_address = attempts_new((guint)per_minute * ADDRESS_FACTOR);
	random_code(nobody, sizeof(nobody) - 1);
	if (!access_hash_password(access, nobody, logins->dummy, error)) {
		logins_free(logins);
		return NULL;
	}
	while (logins->n_threads < THREADS) {
		int problem = pthread_create(&logins->threads[logins->n_threads], NULL, work, logins);

		if (problem != 0) {
			throw_error(error, ERROR_FAILED, "登录线程启动不了 (a login thread does not start): %s",
			            g_strerror(problem));
			logins_free(logins);
			return NULL;
		}
		logins->n_threads++;
	}
	return logins;
}

void logins_free(Logins *logins)
{
	if (logins == NULL)
		return;
	pthread_mutex_lock(&logins->lock);
	logins->stopping = TRUE;
	pthread_cond_broadcast(&logins->wake);
	pthread_mutex_unlock(&logins->lock);
	for (guint i = 0; i < logins->n_threads; i++)
		pthread_join(logins->threads[i], NULL);
	attempts_free(logins->by_login);
	attempts_free(logins->by_address);
	pthread_cond_destroy(&logins->wake);
	pthread_mutex_destroy(&logins->lock);
	g_free(logins);
}

/* ---- from any thread ---- */

static void sweep_sometimes(Logins *logins, gint64 now_ms)
{
	gboolean due;

	pthread_mutex_lock(&logins->lock);
	due = now_ms - logins->swept_ms >= SWEEP_MS || now_ms < logins->swept_ms;
	if (due)
		logins->swept_ms = now_ms;
	pthread_mutex_unlock(&logins->lock);
	if (due)
		sessions_sweep(logins->access->sessions, now_ms);
}

void access_login(Access *access, const char *login, const char *password, const char *post_body, const char *address,
                  gint64 now_ms, LoginDone *done, void *data)
{
	Logins *logins = access->logins;
	Task *task = g_new0(Task, 1);

	task->login = g_strdup(login != NULL ? login : "");
	task->password = g_strdup(password != NULL ? password : "");
	task->post_body = post_body != NULL && post_body[0] != '\0' ? g_strdup(post_body) : NULL;
	task->now_ms = now_ms;
	task->done = done;
	task->data = data;
	attempts_address_key(address != NULL ? address : "", task->address, sizeof(task->address));
	sweep_sometimes(logins, now_ms);
	/* The address first: who is refused for it does not lock the login of somebody else. */
	if (attempts_take(logins->by_address, task->address, now_ms) &&
	    attempts_take(logins->by_login, task->login, now_ms) && push_task(logins, task))
		return;
	task_free(task);
	done(data, LOGIN_LIMITED, NULL, 0);
}

void access_logout(Access *access, const char *token, gsize length)
{
	Task *task = g_new0(Task, 1);

	task->logout = TRUE;
	if (sessions_remove(access->sessions, token, length, task->digest))
		push_task(access->logins, task);
	else
		task_free(task);
}
