/* SPDX-License-Identifier: Apache-2.0
 * Appending to the chain, and anchoring its head outside the database. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "runtime/audit.h"

#define ANCHOR_LINE_MAX 512 /* bytes; two numbers, two digests and a signature are some 260 */

typedef struct Head {
	gint64 seq; /* of the last row; 0 = none */
	guint8 chain[DIGEST_SIZE];
} Head;

struct Audit {
	char *anchor_path;
	char *name;
	const Keys *keys;
	Digest *digest;       /* writer thread */
	Head head;            /* writer thread: provisional inside a batch */
	Head before;          /* writer thread: set back to when the batch is lost */
	pthread_mutex_t lock;
	Head committed;       /* under lock */
	pthread_mutex_t anchor_lock; /* held over an fsync, so never by the writer */
	gint64 anchored_seq;
	gboolean no_anchors;  /* not even a file */
	gint64 unvouched_ms; /* at start: from the oldest row to the newest where there is no anchor at all */
	char link[DIGEST_HEX_SIZE]; /* SM3 of the last anchor line */
};

static void add_number(Digest *digest, gint64 number)
{
	guint8 bytes[8];

	for (guint i = 0; i < 8; i++)
		bytes[i] = (guint8)((guint64)number >> (56 - 8 * i));
	digest_add(digest, bytes, sizeof bytes);
}

static void add_text(Digest *digest, const char *text)
{
	gsize length = strlen(text);

	add_number(digest, (gint64)length);
	digest_add(digest, text, length);
}

void audit_chain(Digest *digest, const guint8 previous[DIGEST_SIZE], const AuditRow *row, guint8 out[DIGEST_SIZE])
{
	digest_begin(digest);
	digest_add(digest, previous, DIGEST_SIZE);
	add_number(digest, row->seq);
	add_number(digest, row->at);
	add_text(digest, row->account);
	add_text(digest, row->body);
	add_text(digest, row->route);
	add_text(digest, row->subject);
	add_number(digest, row->outcome);
	add_text(digest, row->request);
	add_text(digest, row->digest);
	digest_end(digest, out);
}

static void on_begin(void *data)
{
	Audit *audit = data;

	audit->before = audit->head;
}

static void on_end(void *data, gboolean committed)
{
	Audit *audit = data;

	if (!committed) {
		audit->head = audit->before;
		return;
	}
	pthread_mutex_lock(&audit->lock);
	audit->committed = audit->head;
	pthread_mutex_unlock(&audit->lock);
}

gboolean audit_append(Audit *audit, StoreConn *conn, const AuditRow *given, GError **error)
{
	AuditRow row = *given;
	guint8 chain[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	row.seq = audit->head.seq + 1;
	audit_chain(audit->digest, audit->head.chain, &row, chain);
	digest_hex(chain, hex);
	zhen_value args[] = { zhen_from_int(row.seq), zhen_from_int(row.at), zhen_from_text(row.account),
		              zhen_from_text(row.body), zhen_from_text(row.route), zhen_from_text(row.subject),
		              zhen_from_int(row.outcome), zhen_from_text(row.request), zhen_from_text(row.digest),
		              zhen_from_text(hex) };
	if (!store_exec(conn, STORE_HOST,
	                "INSERT INTO _audit(seq, at, account, body, route, subject, outcome, request, digest, chain) "
	                "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	                args, G_N_ELEMENTS(args), NULL, error))
		return FALSE;
	audit->head.seq = row.seq;
	memcpy(audit->head.chain, chain, sizeof chain);
	return TRUE;
}

static gboolean load_head(StoreConn *conn, void *data, GError **error)
{
	Audit *audit = data;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT seq, chain, at - (SELECT at FROM _audit ORDER BY seq LIMIT 1) "
	                                "FROM _audit ORDER BY seq DESC LIMIT 1",
	                                NULL, NULL, 0, error);
	zhen_value seq, chain, span;
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	step = store_step(stmt, error);
	if (step == STORE_ROW) {
		store_column(stmt, 0, &seq);
		store_column(stmt, 1, &chain);
		store_column(stmt, 2, &span);
		audit->unvouched_ms = span.as.integer;
		audit->head.seq = seq.as.integer;
		if (chain.kind != ZHEN_KIND_TEXT || !digest_from_hex(chain.as.text, audit->head.chain))
			step = STORE_FAILED, throw_error(error, ERROR_INVALID, "the audit chain's last row is damaged");
	}
	store_reset(stmt);
	return step != STORE_FAILED;
}

/* ---- anchors: "at seq chain link signature" a line; link = SM3 of the line before ---- */

static void line_digest(Digest *digest, const char *line, char out[DIGEST_HEX_SIZE])
{
	guint8 bytes[DIGEST_SIZE];

	digest_of(digest, line, strlen(line), bytes);
	digest_hex(bytes, out);
}

static gboolean line_parse(char **word, Anchor *out)
{
	if (g_strv_length(word) != 5 || !digest_from_hex(word[2], out->chain))
		return FALSE;
	out->at = g_ascii_strtoll(word[0], NULL, 10);
	out->seq = g_ascii_strtoll(word[1], NULL, 10);
	return TRUE;
}

static gboolean line_signed(const char *line, const Keys *keys, const char *name)
{
	g_auto(GStrv) word = g_strsplit(line, " ", -1);
	g_autofree char *signed_part = NULL;
	g_autofree guchar *signature = NULL;
	Anchor anchor;
	gsize length = 0;

	if (!line_parse(word, &anchor))
		return FALSE;
	signed_part = g_strdup_printf("anchor %s %s %s %s %s", name, word[0], word[1], word[2], word[3]);
	signature = g_base64_decode(word[4], &length);
	return length == SIGNATURE_SIZE && keys_verify(keys, signed_part, strlen(signed_part), signature);
}

static gboolean throw_anchor(const char *path, guint line, GError **error)
{
	return throw_error(error, ERROR_INVALID, "%s:%u: this anchor was changed, removed or reordered", path, line);
}

typedef struct Reading {
	FILE *file;
	char *line, *before; /* of getline; the line read before this one */
	gsize size;
	guint number;
	char link[DIGEST_HEX_SIZE];
	Digest *digest;
} Reading;

static void reading_clear(Reading *reading)
{
	if (reading->file != NULL)
		fclose(reading->file);
	free(reading->line);
	g_free(reading->before);
	digest_free(reading->digest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

/* The next whole line; one cut in the middle was never acknowledged. */
static gboolean reading_next(Reading *reading)
{
	ssize_t length = getline(&reading->line, &reading->size, reading->file);

	if (length <= 0 || reading->line[length - 1] != '\n')
		return FALSE;
	reading->line[length - 1] = '\0';
	reading->number++;
	return TRUE;
}

/* Each line holds the digest of the one before, so the last one's signature speaks for all: a year of anchors is half a
 * million lines, and as many signatures would take a minute. */
GArray *anchors_read(const char *path, const Keys *keys, const char *name, GError **error)
{
	g_autoptr(GArray) anchors = g_array_new(FALSE, TRUE, sizeof(Anchor));
	g_auto(Reading) reading = { .file = fopen(path, "re"), .digest = digest_new(), .link = "-" };

	if (reading.file == NULL && errno == ENOENT)
		return g_steal_pointer(&anchors);
	if (reading.file == NULL) {
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	while (reading_next(&reading)) {
		g_auto(GStrv) word = g_strsplit(reading.line, " ", -1);
		Anchor anchor = { 0 };

		if (!line_parse(word, &anchor) || strcmp(word[3], reading.link) != 0) {
			gboolean earlier = reading.before != NULL && !line_signed(reading.before, keys, name);

			throw_anchor(path, reading.number - earlier, error);
			return NULL;
		}
		line_digest(reading.digest, reading.line, reading.link);
		g_free(reading.before);
		reading.before = g_strdup(reading.line);
		g_array_append_val(anchors, anchor);
	}
	if (reading.before != NULL && !line_signed(reading.before, keys, name)) {
		throw_anchor(path, anchors->len, error);
		return NULL;
	}
	return g_steal_pointer(&anchors);
}

static gboolean append_synced(const char *path, const char *line, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int dir_fd;
	gsize length = strlen(line);
	off_t start = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	gboolean fine = fd >= 0 && write(fd, line, length) == (gssize)length && fsync(fd) == 0;

	if (!fine && fd >= 0 && start >= 0 && ftruncate(fd, start) != 0)
		fine = FALSE; /* a half line is passed over when read */
	if (fd >= 0)
		close(fd);
	if (!fine)
		return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd >= 0) {
		fsync(dir_fd);
		close(dir_fd);
	}
	return TRUE;
}

/* With the anchor lock held. */
static gboolean anchor_head(Audit *audit, gint64 now_ms, GError **error)
{
	g_autofree char *part = NULL, *signed_part = NULL, *line = NULL, *encoded = NULL, *ended = NULL;
	guint8 signature[SIGNATURE_SIZE];
	g_autoptr(Digest) digest = digest_new();
	char chain[DIGEST_HEX_SIZE];
	Head head;

	pthread_mutex_lock(&audit->lock);
	head = audit->committed;
	pthread_mutex_unlock(&audit->lock);
	if (audit->anchor_path == NULL || head.seq == audit->anchored_seq)
		return TRUE;
	digest_hex(head.chain, chain);
	part = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s", now_ms, head.seq, chain,
	                       audit->link);
	signed_part = g_strdup_printf("anchor %s %s", audit->name, part);
	keys_sign(audit->keys, signed_part, strlen(signed_part), signature);
	encoded = g_base64_encode(signature, sizeof signature);
	line = g_strdup_printf("%s %s", part, encoded);
	ended = g_strconcat(line, "\n", NULL);
	if (!append_synced(audit->anchor_path, ended, error))
		return FALSE;
	line_digest(digest, line, audit->link);
	audit->anchored_seq = head.seq;
	return TRUE;
}

gboolean audit_anchor(Audit *audit, gint64 now_ms, GError **error)
{
	gboolean fine;

	pthread_mutex_lock(&audit->anchor_lock);
	fine = anchor_head(audit, now_ms, error);
	pthread_mutex_unlock(&audit->anchor_lock);
	return fine;
}

/* Where to go on: the last line's number and digest. Only the file's end is read, whatever its age; a half line that a
 * kill left there is cut off, or it would glue itself to the next one. */
static gboolean anchors_end(Audit *audit, gboolean mend, GError **error)
{
	const char *path = audit->anchor_path;
	g_autoptr(Digest) digest = digest_new();
	char tail[ANCHOR_LINE_MAX * 2 + 1], *line, *end;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0, from = MAX(size - ANCHOR_LINE_MAX * 2, 0);
	ssize_t got = fd >= 0 ? pread(fd, tail, ANCHOR_LINE_MAX * 2, from) : 0;
	Anchor anchor = { 0 };

	audit->no_anchors = fd < 0;
	if (fd >= 0)
		close(fd);
	if (got < 0 || (fd < 0 && errno != ENOENT))
		return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	tail[got] = '\0';
	end = memrchr(tail, '\n', (gsize)got);
	if (end == NULL && from > 0)
		return throw_error(error, ERROR_INVALID, "%s: its last line was changed", path);
	if (mend && got > 0 && (end == NULL || end[1] != '\0') &&
	    truncate(path, end == NULL ? 0 : from + (end + 1 - tail)) != 0)
		return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	if (end == NULL)
		return TRUE;
	*end = '\0';
	line = memrchr(tail, '\n', (gsize)(end - tail));
	line = line == NULL ? tail : line + 1;
	if (!line_signed(line, audit->keys, audit->name))
		return throw_error(error, ERROR_INVALID, "%s: its last line was changed", path);
	g_auto(GStrv) word = g_strsplit(line, " ", -1);
	line_parse(word, &anchor);
	audit->anchored_seq = anchor.seq;
	line_digest(digest, line, audit->link);
	return TRUE;
}

/* A database that is older than its anchors was lost or put back by hand: going on would hand out its numbers a second time. */
static gboolean anchors_fit(const Audit *audit, GError **error)
{
	if (audit->head.seq < audit->anchored_seq)
		return throw_error(error, ERROR_REFUSED,
		                   "插件 %s 的数据不全：审计记录只到第 %" G_GINT64_FORMAT " 行，而锚点已证明到第 %" G_GINT64_FORMAT
		                   " 行；请用 zhend --restore 从备份恢复，确认放弃所缺数据的，把 %s 移到别处、原处留一个空文件再启动 "
		                   "(data is missing: restore a backup, or move the anchors away and leave an empty file there to go on without it)",
		                   audit->name, audit->head.seq, audit->anchored_seq, audit->anchor_path);
	if (audit->no_anchors && audit->unvouched_ms > AUDIT_UNVOUCHED_MS)
		return throw_error(error, ERROR_REFUSED,
		                   "插件 %s 有 %" G_GINT64_FORMAT " 行审计记录而没有锚点 %s：请从备份恢复该文件 "
		                   "(audit rows without their anchors: restore that file from a backup)",
		                   audit->name, audit->head.seq, audit->anchor_path);
	if (audit->head.seq > audit->anchored_seq)
		log_write(LOG_WARN, audit->name,
		          "audit rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " were not vouched for when this started",
		          audit->anchored_seq + 1, audit->head.seq);
	return TRUE;
}

static Audit *audit_alloc(const char *anchor_path, const Keys *keys, const char *name)
{
	Audit *audit = g_new0(Audit, 1);

	pthread_mutex_init(&audit->lock, NULL);
	pthread_mutex_init(&audit->anchor_lock, NULL);
	audit->digest = digest_new();
	audit->keys = keys;
	audit->name = g_strdup(name);
	audit->anchor_path = g_strdup(anchor_path);
	g_strlcpy(audit->link, "-", sizeof audit->link);
	return audit;
}

Audit *audit_new(Store *store, const char *anchor_path, const Keys *keys, const char *name, GError **error)
{
	g_autoptr(Audit) audit = audit_alloc(anchor_path, keys, name);

	if (anchor_path != NULL && !anchors_end(audit, TRUE, error))
		return NULL;
	if (!store_write_now(store, load_head, audit, error))
		return NULL;
	if (anchor_path != NULL && !anchors_fit(audit, error))
		return NULL;
	audit->committed = audit->head;
	StoreHooks hooks = { on_begin, on_end, audit };
	store_set_hooks(store, &hooks);
	return g_steal_pointer(&audit);
}

gboolean audit_fits(StoreHost *stores, const char *dir, const char *anchor_path, const Keys *keys, const char *name,
                    GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name, .read_only = TRUE };
	g_autofree char *file = g_build_filename(dir, "data.db", NULL);
	g_autoptr(Audit) audit = audit_alloc(anchor_path, keys, name);
	g_autoptr(Store) store = NULL;
	StoreConn *conn;
	gboolean known = TRUE;

	if (!anchors_end(audit, FALSE, error))
		return FALSE;
	/* None is one without rows, as a start would make it. */
	if (g_file_test(file, G_FILE_TEST_EXISTS)) {
		store = store_open(stores, &options, error);
		conn = store != NULL ? store_read(store, 0, error) : NULL;
		known = conn != NULL && load_head(conn, audit, error);
		store_read_done(stores, 0);
	}
	return known && anchors_fit(audit, error);
}

void audit_free(Audit *audit)
{
	if (audit == NULL)
		return;
	pthread_mutex_destroy(&audit->lock);
	pthread_mutex_destroy(&audit->anchor_lock);
	digest_free(audit->digest);
	g_free(audit->anchor_path);
	g_free(audit->name);
	g_free(audit);
}
