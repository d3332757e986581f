/* SPDX-License-Identifier: Apache-2.0
 * What a plugin gives: one constant made of tables.
 *
 * Rules of growth. Within a major version fields are appended to rows and tables to the plugin, never changed or
 * moved; zero always means the behaviour before the field existed. Every table carries the size of its rows, so a host
 * newer than the plugin reads what is there and takes the rest as zero. A table ends with a row whose first pointer
 * is NULL. Everything a table points to is constant and lives as long as the plugin. */
#ifndef ZHEN_PLUGIN_H
#define ZHEN_PLUGIN_H

#include <zhen/value.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_ABI_MAJOR 1 /* must equal the host's */
#define ZHEN_ABI_MINOR 1 /* at most the host's */

typedef struct zhen_call zhen_call;

/* What a handler returns: an HTTP status of enum zhen_status, made by zhen_ok, zhen_created, zhen_fail, ... */
typedef int32_t zhen_result;

/* A handler: a function of a call. It runs inside a transaction that the host opened and that the host ends: the rows
 * it wrote, the events it emitted and its audit record are committed together before anybody is answered; a result of
 * 400 or more, or an error of the host's functions, rolls all of it back. Handlers run on several threads and may be
 * run again after a failure of somebody else in the same batch, so they keep no state outside the database. */
typedef zhen_result zhen_handle(zhen_call *call);

enum zhen_method { ZHEN_GET = 1, ZHEN_POST, ZHEN_PUT, ZHEN_PATCH, ZHEN_DELETE };

enum zhen_type {
	ZHEN_TEXT = 1, /* max: characters, 0 = 200 */
	ZHEN_LONG_TEXT, /* max: characters, 0 = 10000; several lines */
	ZHEN_INT,      /* min..max where max > min */
	ZHEN_BOOL,
	ZHEN_MONEY,    /* integer fen; the name ends in _fen */
	ZHEN_DATE,     /* "2026-09-18", a day in Asia/Shanghai */
	ZHEN_TIME,     /* RFC 3339 outside, int64 ms since 1970 UTC inside */
	ZHEN_CHOICE,   /* one of choices */
	ZHEN_DIVISION, /* 12-digit code of a division the host knows; min = level it must have (0 = any); since 1.1 where min is 0,
	                * max = deepest level that forms offer (0 = any) */
	ZHEN_BODY,     /* id of a body (单位) the host knows; since 1.1 min, max = levels of the divisions whose bodies forms offer */
	ZHEN_NAME,     /* personal: a natural person's name, 张* in lists */
	ZHEN_ID_CARD,  /* personal: 18 characters, GB 11643 check digit; first 6 and last 2 stay in lists */
	ZHEN_PHONE,    /* personal: 11 digits or landline; first 3 and last 4 stay in lists */
	ZHEN_SECRET,   /* a code the caller must know; never logged, stored or echoed */
	ZHEN_FILE,     /* an uploaded blob of this plugin, named by its digest; max: bytes */
	ZHEN_LIST,     /* array of objects of fields; max: elements, 0 = 50 */
	ZHEN_DECIMAL,  /* text "123.45"; max: digits after the point, 0 = 2 */
	ZHEN_ACCOUNT,  /* since 1.1, requests only: id of an account with a post within the caller's division; choices: the
	                * permission that the post must give (NULL = none); see zhen_host.account */
	ZHEN_TYPES
};

enum zhen_field_flag {
	ZHEN_REQUIRED = 1u << 0,
	ZHEN_HIDDEN = 1u << 1, /* carried by forms, not shown */
	ZHEN_ANYWHERE = 1u << 2, /* ZHEN_DIVISION: may lie outside the caller's own; else a writing call there is refused.
	                          * ZHEN_ACCOUNT: may be posted outside it */
};

/* One field of a request, a reply or an event. One list serves validation, OpenAPI and the form the host draws. */
typedef struct zhen_field {
	const char *name;  /* snake_case */
	const char *label; /* Chinese; NULL = name */
	const char *help;  /* one sentence under the form's field */
	const char *choices; /* ZHEN_CHOICE: "house=住房|yard=院落"; ZHEN_ACCOUNT: a permission */
	const struct zhen_field *fields; /* ZHEN_LIST: of one element */
	int64_t min;
	int64_t max;
	uint32_t type;  /* enum zhen_type */
	uint32_t flags; /* enum zhen_field_flag */
} zhen_field;

enum zhen_route_flag {
	ZHEN_PUBLIC = 1u << 0,  /* no session needed; scope words then match nothing */
	ZHEN_POOL = 1u << 1,    /* a read that always runs on a pool thread */
	ZHEN_UPLOADS = 1u << 2, /* its ZHEN_FILE fields may also come as multipart parts of a ticket's holder */
};

/* One route, mounted at /p/<plugin id><path>. Path parameters are declared among the fields. */
typedef struct zhen_route {
	const char *path;       /* "/notes/{id}" */
	zhen_handle *handle;
	zhen_handle *prepare;   /* slow part of a write: pool thread, read-only snapshot, may store blobs, may run again */
	const zhen_field *fields;
	const zhen_field *reply; /* labels and types of what it answers, for pages and OpenAPI; may be NULL */
	const char *permission; /* declared by this plugin; NULL only with ZHEN_PUBLIC */
	const char *summary;    /* Chinese, a verb phrase */
	const char *feature;    /* NULL = always on; 404 not-enabled where it is off, and {{scope}} sees only where it is on */
	const char *unmask;     /* permission that shows personal fields in clear; the answer waits for its audit row */
	const char *version;    /* reply field that is the version for ETag and If-Match; edits then need If-Match */
	const char *subject;    /* field that names what the call is about, for the audit; no personal one */
	int64_t upload_bytes;   /* limit of one file, 0 = host's */
	int32_t upload_files;   /* files per ticket, 0 = host's */
	uint32_t method;        /* enum zhen_method */
	uint32_t flags;         /* enum zhen_route_flag */
	uint32_t reserved;
} zhen_route;

enum zhen_phase { ZHEN_EXPAND = 0, ZHEN_BACKFILL = 1, ZHEN_CONTRACT = 2 };

/* Numbered from 1 without gaps, never edited once shipped. */
typedef struct zhen_migration {
	const char *sql;     /* statements separated by ';' */
	zhen_handle *handle; /* ZHEN_BACKFILL: called in batches until it answers 204 */
	int32_t number;
	uint32_t phase;      /* enum zhen_phase */
} zhen_migration;

enum zhen_topic_flag { ZHEN_TRANSIENT = 1u << 0 }; /* may be deleted when every enabled subscriber has it */

/* An event this plugin may emit. No personal types among the fields. */
typedef struct zhen_topic {
	const char *name;       /* "<plugin>.<noun>.<verb in past tense>" */
	const zhen_field *fields;
	const char *subject;    /* field whose value orders events: same subject, same order */
	const char *scope;      /* ZHEN_DIVISION field by which readers outside are scoped */
	const char *permission; /* needed to read it outside */
	const char *summary;
	uint32_t flags;         /* enum zhen_topic_flag */
	uint32_t reserved;
} zhen_topic;

/* Its handler runs once in effect for every event of the topic, from the first one ever on, in the order of the
 * publisher's commits. Events of one subject wait for each other: one that fails is set aside, tried again later, and
 * those of its subject behind it wait; events of other subjects and those without one go on.
 *
 * Members are read by name, typed as @fields says: what is not listed there cannot be read, a required one that is absent
 * or one of another type sets the event aside. Without @fields every member is read as the JSON has it: texts (a time is
 * its text, a list its JSON text), integers, and true as 1. Besides there are
 *   event_id       text, the same each time this event is given: what an outside system is told, to know it again
 *   event_at       ms since 1970 UTC, when it was emitted; zhen_now is the time of delivery
 *   event_subject  text, "" = none
 *   event_topic    text
 *
 * Of a feature: events of divisions where it was off when they were emitted are passed over; on nowhere at all, the topic waits. */
typedef struct zhen_subscription {
	const char *topic;
	zhen_handle *handle;
	const zhen_field *fields;  /* what the handler reads of the event; checked against the publisher's table */
	const char *publisher_min; /* least version of the publishing plugin */
	const char *feature;
} zhen_subscription;

/* Run by the clock, or once per zhen_enqueue, each run a transaction. Of a feature: {{scope}} sees rows of townships where it is
 * on; on nowhere at all, it waits. */
typedef struct zhen_job {
	const char *name;
	zhen_handle *handle;
	zhen_handle *prepare; /* as in routes */
	const char *summary;
	const char *feature;
	int64_t every_ms;     /* 0 = only when enqueued */
} zhen_job;

enum zhen_setting_flag {
	ZHEN_PER_DIVISION = 1u << 0, /* may be overridden in [plugin @code] */
	ZHEN_CONTENT = 1u << 1,      /* ZHEN_TEXT: the value names a file beside the config; the call sees its content */
	ZHEN_RESTART = 1u << 2,      /* a reload does not apply it */
};

typedef struct zhen_setting {
	const char *key;
	const char *def;  /* default as written in the file; NULL = must be set */
	const char *help; /* one line: meaning and source */
	const char *unit;
	const char *choices;
	int64_t min;
	int64_t max;
	uint32_t type;  /* ZHEN_TEXT, _INT, _BOOL, _CHOICE, _DATE, _MONEY, _DECIMAL */
	uint32_t flags; /* enum zhen_setting_flag */
} zhen_setting;

enum zhen_feature_flag { ZHEN_OFF_BY_DEFAULT = 1u << 0 };

typedef struct zhen_feature {
	const char *name;
	const char *title;
	const char *help;
	uint32_t flags; /* enum zhen_feature_flag */
	uint32_t reserved;
} zhen_feature;

typedef struct zhen_permission {
	const char *name; /* "<plugin>.<verb>" */
	const char *title;
} zhen_permission;

typedef struct zhen_menu {
	const char *title;
	const char *path;       /* a GET route of this plugin, or of its web folder */
	const char *icon;
	const char *permission;
	const char *feature;
	const char *module;     /* ES module in the plugin's web folder; NULL = the host-drawn page of path */
	const char *element;    /* custom element that the module defines */
	int32_t order;
	uint32_t reserved;
} zhen_menu;

/* A figure on the home page: a GET route of this plugin that answers {value, unit, note}. */
typedef struct zhen_tile {
	const char *name;
	const char *title;
	const char *path;
	const char *permission;
	const char *feature;
	const char *pillar; /* list | seal | team | coordination; NULL = none */
} zhen_tile;

/* Own tasks (待办): a GET route of this plugin that answers {items: [{title, due_at, href}], next}. */
typedef struct zhen_task {
	const char *name;
	const char *title;
	const char *path;
	const char *permission;
	const char *feature;
} zhen_task;

/* Text search: an index the host owns and fills from these columns of a table with an {{id}}, kept in the transaction of whoever
 * writes the table, asked in a WHERE by {{search NAME $1 in KEY COLUMN ..}}; and the route that shows one hit. */
typedef struct zhen_search {
	const char *name;
	const char *title;
	const char *table;
	const char *columns;    /* "title, applicant" */
	const char *scope;      /* columns as in {{scope}}: "village township"; makes the search of few rows among many quick */
	const char *path;       /* "/cases/{id}" */
	const char *permission;
	const char *feature;
} zhen_search;

enum zhen_need_flag { ZHEN_OPTIONAL = 1u << 0 };

/* Another plugin that must, or may, be there. */
typedef struct zhen_need {
	const char *plugin;
	const char *min_version;
	uint32_t flags; /* enum zhen_need_flag */
	uint32_t reserved;
} zhen_need;

/* Removes a subject's personal fields (PIPL art. 47); refuses with the archive rule where the law keeps them. What it puts
 * into its answer, numbers of what was removed, is shown to who asked; ZHEN_NO_CONTENT: nothing was left to remove. The host
 * drops stored answers, files kept for the subject and files that the handler drops. */
typedef struct zhen_purge {
	const char *subject; /* what is purged: "application" */
	zhen_handle *handle; /* sees the field "subject" */
	const char *summary;
} zhen_purge;

#define ZHEN_TABLE(row, name) \
	const row *name;          \
	uint32_t name##_size; \
	uint32_t name##_reserved;

/* The one symbol that a plugin exports, named zhen_plugin_entry. */
typedef struct zhen_plugin {
	uint32_t size; /* of this struct in the SDK that compiled it */
	uint16_t abi_major;
	uint16_t abi_minor;
	const char *id;      /* [a-z][a-z0-9_]{1,30} */
	const char *version; /* "1.2.3" */
	const char *title;   /* Chinese */
	const char *summary;
	zhen_handle *start;  /* after migrations, before the first call; in a transaction */
	zhen_handle *ready;  /* answers 200 when it can serve; a read */
	zhen_handle *stop;   /* before the end; in a transaction */
	ZHEN_TABLE(zhen_migration, migrations)
	ZHEN_TABLE(zhen_route, routes)
	ZHEN_TABLE(zhen_topic, topics)
	ZHEN_TABLE(zhen_subscription, subscriptions)
	ZHEN_TABLE(zhen_job, jobs)
	ZHEN_TABLE(zhen_setting, settings)
	ZHEN_TABLE(zhen_feature, features)
	ZHEN_TABLE(zhen_permission, permissions)
	ZHEN_TABLE(zhen_menu, menu)
	ZHEN_TABLE(zhen_tile, tiles)
	ZHEN_TABLE(zhen_task, tasks)
	ZHEN_TABLE(zhen_search, searches)
	ZHEN_TABLE(zhen_need, needs)
	ZHEN_TABLE(zhen_purge, purges)
	uint32_t field_size; /* of zhen_field, wherever one is pointed to */
	uint32_t reserved;
} zhen_plugin;

#undef ZHEN_TABLE

#define ZHEN_EXPORT __attribute__((visibility("default")))

/* What every plugin constant begins with. */
#define ZHEN_PLUGIN_SIZES                                                                                            \
	.size = sizeof(zhen_plugin), .abi_major = ZHEN_ABI_MAJOR, .abi_minor = ZHEN_ABI_MINOR,                       \
	.migrations_size = sizeof(zhen_migration), .routes_size = sizeof(zhen_route),                                \
	.topics_size = sizeof(zhen_topic), .subscriptions_size = sizeof(zhen_subscription),                          \
	.jobs_size = sizeof(zhen_job), .settings_size = sizeof(zhen_setting), .features_size = sizeof(zhen_feature), \
	.permissions_size = sizeof(zhen_permission), .menu_size = sizeof(zhen_menu),                                 \
	.tiles_size = sizeof(zhen_tile), .tasks_size = sizeof(zhen_task), .searches_size = sizeof(zhen_search),      \
	.needs_size = sizeof(zhen_need), .purges_size = sizeof(zhen_purge), .field_size = sizeof(zhen_field)

#ifdef __cplusplus
/* The same for C++17, which has no such initialisers: an empty plugin with its sizes; set the rest and return it from a
 * constexpr function, so that the constant needs no code at load time. */
static inline constexpr zhen_plugin zhen_plugin_sizes()
{
	zhen_plugin plugin{};

	plugin.size = sizeof(zhen_plugin);
	plugin.abi_major = ZHEN_ABI_MAJOR;
	plugin.abi_minor = ZHEN_ABI_MINOR;
	plugin.migrations_size = sizeof(zhen_migration);
	plugin.routes_size = sizeof(zhen_route);
	plugin.topics_size = sizeof(zhen_topic);
	plugin.subscriptions_size = sizeof(zhen_subscription);
	plugin.jobs_size = sizeof(zhen_job);
	plugin.settings_size = sizeof(zhen_setting);
	plugin.features_size = sizeof(zhen_feature);
	plugin.permissions_size = sizeof(zhen_permission);
	plugin.menu_size = sizeof(zhen_menu);
	plugin.tiles_size = sizeof(zhen_tile);
	plugin.tasks_size = sizeof(zhen_task);
	plugin.searches_size = sizeof(zhen_search);
	plugin.needs_size = sizeof(zhen_need);
	plugin.purges_size = sizeof(zhen_purge);
	plugin.field_size = sizeof(zhen_field);
	return plugin;
}
#endif

/* ZHEN_PLUGIN(notes, "1.0.0", .title = "便笺", .routes = routes); last in its file. */
#define ZHEN_PLUGIN(id_, version_, ...)                            \
	ZHEN_EXPORT extern const zhen_plugin zhen_plugin_entry;    \
	const zhen_plugin zhen_plugin_entry = { ZHEN_PLUGIN_SIZES, \
		.id = #id_, .version = version_, __VA_ARGS__ }

#ifdef __cplusplus
}
#endif

#endif
