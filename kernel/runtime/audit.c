/* SPDX-License-Identifier: Apache-2.0
 * Appending to the chain, and anchoring its head outside the database. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "runtime/audit.h"

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
	char *last_line_hex;  /* SM3 of the last anchor line */
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
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, "SELECT seq, chain FROM _audit ORDER BY seq DESC LIMIT 1", NULL,
	                                NULL, 0, error);
	zhen_value seq, chain;
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	step = store_step(stmt, error);
	if (step == STORE_ROW) {
		store_column(stmt, 0, &seq);
		store_column(stmt, 1, &chain);
		audit->head.seq = seq.as.integer;
		if (chain.kind != ZHEN_KIND_TEXT || !digest_from_hex(chain.as.text, audit->head.chain))
			step = STORE_FAILED, throw_error(error, ERROR_INVALID, "the audit chain's last row is damaged");
	}
	store_reset(stmt);
	return step != STORE_FAILED;
}

/* ---- anchors: "at seq chain link signature" a line; link = SM3 of the line before ---- */

static void line_digest(const char *line, char out[DIGEST_HEX_SIZE])
{
	guint8 bytes[DIGEST_SIZE];
	g_autoptr(Digest) digest = digest_new();

	digest_of(digest, line, strlen(line), bytes);
	digest_hex(bytes, out);
}

static gboolean anchor_line_check(const char *line, const Keys *keys, const char *name, const char *link, Anchor *out)
{
	g_auto(GStrv) word = g_strsplit(line, " ", -1);
	g_autofree char *signed_part = NULL;
	g_autofree guchar *signature = NULL;
	gsize length = 0;

	if (g_strv_length(word) != 5 || !digest_from_hex(word[2], out->chain) || strcmp(word[3], link) != 0)
		return FALSE;
	out->at = g_ascii_strtoll(word[0], NULL, 10);
	out->seq = g_ascii_strtoll(word[1], NULL, 10);
	signed_part = g_strdup_printf("anchor %s %s %s %s %s", name, word[0], word[1], word[2], word[3]);
	signature = g_base64_decode(word[4], &length);
	return length == SIGNATURE_SIZE && keys_verify(keys, signed_part, strlen(signed_part), signature);
}

static GArray *anchors_read_link(const char *path, const Keys *keys, const char *name, char link[DIGEST_HEX_SIZE],
                                 GError **error)
{
	g_autoptr(GArray) anchors = g_array_new(FALSE, TRUE, sizeof(Anchor));
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	g_strlcpy(link, "-", DIGEST_HEX_SIZE);
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&anchors);
	if (!g_file_get_contents(path, &text, NULL, error))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
		Anchor anchor = { 0 };

		if (lines[i + 1] == NULL)
			break; /* cut in the middle of the last line: it was never acknowledged */
		if (!anchor_line_check(lines[i], keys, name, link, &anchor)) {
			throw_error(error, ERROR_INVALID, "%s:%u: this anchor was changed, removed or reordered", path, i + 1);
			return NULL;
		}
		line_digest(lines[i], link);
		g_array_append_val(anchors, anchor);
	}
	return g_steal_pointer(&anchors);
}

GArray *anchors_read(const char *path, const Keys *keys, const char *name, GError **error)
{
	char link[DIGEST_HEX_SIZE];

	return anchors_read_link(path, keys, name, link, error);
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
	char chain[DIGEST_HEX_SIZE], link[DIGEST_HEX_SIZE];

	Head head;

	pthread_mutex_lock(&audit->lock);
	head = audit->committed;
	pthread_mutex_unlock(&audit->lock);
	if (head.seq == audit->anchored_seq)
		return TRUE;
	digest_hex(head.chain, chain);
	part = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s", now_ms, head.seq, chain,
	                       audit->last_line_hex);
	signed_part = g_strdup_printf("anchor %s %s", audit->name, part);
	keys_sign(audit->keys, signed_part, strlen(signed_part), signature);
	encoded = g_base64_encode(signature, sizeof signature);
	line = g_strdup_printf("%s %s", part, encoded);
	ended = g_strconcat(line, "\n", NULL);
	if (!append_synced(audit->anchor_path, ended, error))
		return FALSE;
	line_digest(line, link);
	g_free(audit->last_line_hex);
	audit->last_line_hex = g_strdup(link);
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

/* A half line left by a kill would glue itself to the next one. */
static gboolean cut_half_line(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize length = 0, end;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return TRUE;
	for (end = length; end > 0 && text[end - 1] != '\n'; end--)
		continue;
	if (end < length && truncate(path, (off_t)end) != 0)
		return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	return TRUE;
}

Audit *audit_new(Store *store, const char *anchor_path, const Keys *keys, const char *name, GError **error)
{
	g_autoptr(Audit) audit = g_new0(Audit, 1);
	g_autoptr(GArray) anchors = NULL;
	char link[DIGEST_HEX_SIZE];

	pthread_mutex_init(&audit->lock, NULL);
	pthread_mutex_init(&audit->anchor_lock, NULL);
	audit->digest = digest_new();
	audit->keys = keys;
	audit->name = g_strdup(name);
	audit->anchor_path = g_strdup(anchor_path);
	if (!cut_half_line(anchor_path, error))
		return NULL;
	anchors = anchors_read_link(anchor_path, keys, name, link, error);
	if (anchors == NULL)
		return NULL;
	audit->last_line_hex = g_strdup(link);
	audit->anchored_seq = anchors->len > 0 ? g_array_index(anchors, Anchor, anchors->len - 1).seq : 0;
	if (!store_write_now(store, load_head, audit, error))
		return NULL;
	audit->committed = audit->head;
	StoreHooks hooks = { on_begin, on_end, audit };
	store_set_hooks(store, &hooks);
	return g_steal_pointer(&audit);
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
	g_free(audit->last_line_hex);
	g_free(audit);
}
