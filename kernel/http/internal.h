/* SPDX-License-Identifier: Apache-2.0
 * What the modules of kernel/http share. The way of a request: net and connection (bytes) -> serve (head, body) -> guard
 * (who, may they, is it theirs) -> submit (to a plugin's home) or a host route -> answer (page, redirect, file) -> reply. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "http/accesslog.h"
#include "http/framing.h"
#include "http/connection.h"
#include "http/http.h"
#include "http/limits.h"
#include "http/metrics.h"
#include "http/pages.h"
#include "http/params.h"
#include "http/parser.h"
#include "http/router.h"

#define HTTP_LOOPS_MAX 64
#define HTTP_SCRATCH (16 * 1024)
#define SESSION_COOKIE "zhen_session"

typedef enum RouteKind { ROUTE_PLUGIN, ROUTE_HOST, ROUTE_UPLOAD } RouteKind;

typedef struct Mount Mount;
typedef struct HttpLoop HttpLoop;
typedef struct Upload Upload;
typedef struct StreamLimits StreamLimits;

typedef struct RouteEntry {
	RouteKind kind;
	guint32 method;
	guint index;             /* ROUTE_PLUGIN: row of the plugin's routes */
	const zhen_route *route; /* that row */
	Mount *mount;            /* NULL for the host's own */
	char *pattern;           /* "/p/notes/notes/{id}": log, metrics */
	char **params;           /* names of its path's parameters */
	gboolean open;           /* no permission needed */
	guint permission;        /* its number */
	gint feature;            /* row of the plugin's features; SWITCH_PLUGIN = of none */
	HttpRoute own;           /* ROUTE_HOST, like @data */
	void *data;
	RouteStats *stats[HTTP_LOOPS_MAX]; /* each made by its loop at the first use */
} RouteEntry;

/* One plugin's routes. Immutable once in the table; a replaced one lives on, calls under way point into it. */
struct Mount {
	char *id;
	Home *home;
	const Plugin *plugin;
	Switches *switches;         /* atomic: what is on where; NULL = everything everywhere */
	gint everywhere;            /* atomic: the plugin is on in every division; features may be off all the same */
	guint *permissions;         /* number of each row of the plugin's permissions */
	Router *router;             /* of RouteEntry; paths without /p/<id> */
	GPtrArray *entries;         /* of RouteEntry, owned */
	gint64 upload_bytes;        /* largest file any of its routes takes */
	guint upload_files;         /* per ticket */
	gint held;                  /* atomic: not to be asked yet */
};

typedef struct MountTable {
	guint count;
	Mount **mounts;         /* by id */
	const Plugin **plugins; /* of them, in the same order */
	GString *openapi;       /* of them, made when it is first asked for; under lock until then */
	char *openapi_tag;
} MountTable;

struct Http {
	HttpOptions options; /* its texts are copies */
	guint port;          /* 0 until the first listener */
	int adopted;         /* a listening socket that was there before us; -1 = none */
	int listener;        /* of the first loop; -1 = none yet */
	MountTable *table;   /* atomic; never NULL */
	Router *host_router;
	GPtrArray *host_entries; /* of RouteEntry, owned */
	GMutex lock;         /* mounting, retired, loops */
	GPtrArray *retired;  /* of MountTable */
	GPtrArray *switched; /* of Switches: every one there ever was, as calls under way may be looking at it */
	GPtrArray *mounts;   /* of Mount: every one there ever was */
	Limits *limits;
	HttpLoop *loops[HTTP_LOOPS_MAX];
	guint n_loops;
	GThreadPool *files;  /* syncs uploads */
	StreamLimits *stream_limits;
};

struct HttpLoop {
	Http *http;
	Loop *loop;
	guint index;
	Net *net;
	NetHandler handler;
	AccessLog *log;
	HttpCall *spare;     /* calls to be used again */
	guint n_spare;
	gboolean closed;     /* http is gone; freed with the last orphan */
	HttpStream *streams; /* those under way */
	GHashTable *orphans; /* set of HttpCall that are awaited and whose connection is gone */
	gint64 date_s;       /* second that date says */
	char date[40];       /* the line "Date: Sun, 22 Nov 2026 03:46:29 GMT" */
	char id_prefix[9];   /* of request ids */
	guint32 id_next;
	RouteStats unmatched;
	guint64 refused;     /* requests that could not be parsed */
	LoopItem drain, reopen;
	gint draining, reopening; /* item is posted */
	char scratch[HTTP_SCRATCH];
};

typedef enum Phase { PHASE_HEAD, PHASE_BODY, PHASE_UPLOAD, PHASE_CALL, PHASE_STREAM } Phase;
typedef enum BodyKind { BODY_NONE, BODY_JSON, BODY_FORM, BODY_MULTIPART, BODY_RAW } BodyKind;

/* A request and what becomes of it. One per connection at a time, used again for later ones. */
struct HttpCall {
	HttpCall *spare;
	HttpLoop *home;
	Arena *arena;
	Parser parser;

	char address[INET6_ADDRSTRLEN]; /* of the client, behind proxies of ours too; the connection may end before the answer comes */

	/* From here on zero at the start. */
	Connection *connection; /* NULL: gone while the answer was awaited */
	char *kept;             /* then the buffer that its bytes lie in, ours */
	const char *kept_bytes;
	Phase phase;
	gint64 started_us;
	gint64 now_ms;
	RequestHead head;
	char *path;             /* decoded */
	gsize path_length;
	const RouteEntry *entry;
	RouteMatch match;       /* offsets into route_path */
	const char *route_path; /* path without /p/<id> */
	guint32 method;         /* enum zhen_method; a form's _method may change it */
	char request_id[65];
	gboolean wants_html;
	gboolean draws_form;    /* GET that shows the form of entry, a POST route */
	gboolean late_route;    /* a form whose _method picks the route */
	gboolean close;         /* no keep-alive after the answer */
	gboolean awaited;       /* a home, a host route or the pool holds it and will answer */
	Session *session;
	View token;             /* of the session, in the head */
	gboolean bearer;
	gboolean same_origin;   /* the browser says so itself */
	BodyKind body_kind;
	Framing body;
	gsize raw_at;           /* bytes after the head that were unframed */
	const char *text;       /* body, unframed */
	gsize text_length;
	Params params;          /* path, query, form, in this order */
	guint n_path, n_query;
	Params sent;            /* what the plugin gets of them */
	LimitKind throttled;    /* what was taken of the address's due */
	CallRequest request;
	Upload *upload;
	HttpStream *stream;     /* PHASE_STREAM */
	char *cookie;           /* Set-Cookie value */
	guint32 allowed;        /* 405: bit per method */
};

/* The bytes of the request; they move when more arrive. */
static inline const char *call_bytes(const HttpCall *call)
{
	return call->connection != NULL ? connection_bytes(call->connection) : call->kept_bytes;
}
/* A header's text in the arena, NULL = not there. */
char *call_header(HttpCall *call, RequestHeader header);

/* ---- serve.c ---- */
void serve_ready(Connection *connection);
void serve_late(Connection *connection);
void serve_gone(Connection *connection);
HttpCall *call_new(HttpLoop *home, Connection *connection);
void call_free(HttpCall *call);    /* to the spare ones */
void call_destroy(HttpCall *call); /* really */
void serve_run(HttpCall *call);    /* head and body are there: to the plugin, the host route or the form */
void call_await(HttpCall *call);   /* somebody will answer later */
/* Its answer has come. FALSE: nobody waits for it any more, and @call is gone. */
gboolean call_claim(HttpCall *call);
void call_orphan(HttpCall *call);  /* its connection goes its own way; the answer will be dropped */
gboolean call_keeps_alive(HttpCall *call); /* decides what the answer says of the connection */
void call_finish(HttpCall *call);  /* answered: on to the next request, or close */

/* ---- guard.c: each answers and returns FALSE when it refuses ---- */
void forwarded_address(HttpCall *call);    /* call->address, once the head is there */
gboolean guard_head(HttpCall *call);  /* before the body: path, route, session, permission, division, size, type */
gboolean guard_route(HttpCall *call); /* permission and division of the route found */
gboolean guard_method(HttpCall *call, guint32 method); /* finds and guards the route that a form's _method names */
gboolean guard_token(HttpCall *call, const char *form_token); /* CSRF, when the form is read */

/* ---- submit.c ---- */
gboolean submit_read_form(HttpCall *call);
void submit_call(HttpCall *call);
gboolean submit_read_query(HttpCall *call);
gboolean caller_may(const HttpCall *call, const Mount *mount, const char *permission);

/* ---- throttle.c ---- */
gboolean throttle_admit(HttpCall *call); /* the request is filled; FALSE: answered 429 */
void throttle_settle(HttpCall *call, gint status);

/* ---- answer.c ---- */
void answer(HttpCall *call, CallReply *reply); /* (transfer full) the only way out */
void answer_problem(HttpCall *call, gint status, const char *code, const char *title, const char *detail);
void answer_redirect(HttpCall *call, const char *location);
void answer_html(HttpCall *call, gint status, GString *html); /* (transfer full) */
void answer_form(HttpCall *call);
void call_view(HttpCall *call, PageView *view);

/* ---- reply.c ---- */
void reply_send(HttpCall *call, const CallReply *reply, const char *content_type, int file, gint64 file_length);
void reply_stream(HttpCall *call, const char *content_type); /* the head of an answer that goes on */
void reply_continue(HttpCall *call); /* 100 */
const char *status_reason(gint status);

/* ---- stream.c ---- */
StreamLimits *stream_limits_new(void);
void stream_limits_free(StreamLimits *limits);
guint stream_count(Http *http);
void stream_ready(HttpCall *call);      /* bytes came, or all is sent */
void stream_gone(HttpCall *call);       /* its connection has ended */
void streams_stopping(HttpLoop *home);

/* ---- download.c ---- */
void download_blob(HttpCall *call, CallReply *reply); /* (transfer full) */

/* ---- uploads.c ---- */
gboolean upload_begin(HttpCall *call); /* ticket and limits, before any byte of the body; FALSE: answered */
gboolean upload_piece(HttpCall *call, const char *bytes, gsize length); /* FALSE: answered */
void upload_end(HttpCall *call);       /* the body is there: sync, then answer or submit */
void upload_free(Upload *upload);
void upload_add(Http *http, Mount *mount);
void upload_sync(gpointer data, gpointer http); /* pool thread */

/* ---- mount.c ---- */
void mount_free(Mount *mount);
void route_entry_free(RouteEntry *entry);
MountTable *mount_table_new(MountTable *from, Mount *mount); /* @mount added or replaced; NULL = a copy */
void mount_table_free(MountTable *table);
const Mount *mount_find(const MountTable *table, const char *id, gsize length);
/* Inside its divisions, or above one of them: those oversee it, and their scope decides what they see. */
/* Whether the plugin and its @feature (SWITCH_PLUGIN = none) are on at, or somewhere below, @division (NULL = anywhere). */
gboolean mount_serves(const Mount *mount, gint feature, const Division *division, gint64 now_ms);
gint mount_feature(const Plugin *plugin, const char *name); /* its row; NULL: SWITCH_PLUGIN */
static inline const MountTable *mount_table(Http *http)
{
	return g_atomic_pointer_get(&http->table);
}
RouteStats *route_stats(const RouteEntry *entry, guint loop);

/* ---- http.c ---- */
void http_loop_free(HttpLoop *home);

/* ---- own.c, login.c: /, /login, /p/<id>, style sheet, OpenAPI ---- */
void own_add(Http *http);
void login_add(Http *http);
