/* SPDX-License-Identifier: Apache-2.0
 * Tables of items and places. A published version, of an item or of a list, is never changed. */
#include "items.h"

const char items_more_sql[] =
	"ALTER TABLE item ADD COLUMN mode TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE item ADD COLUMN online BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN at_village BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE item ADD COLUMN duty TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE item ADD COLUMN guide TEXT NOT NULL DEFAULT '';"
	/* Codes are for life: what each was first, and whether it was given up. */
	"CREATE TABLE item_code(code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, retired_on TEXT NOT NULL, "
	"reason TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE TABLE item_draft(id {{id}}, code TEXT NOT NULL UNIQUE, version BIGINT NOT NULL, name TEXT NOT NULL, "
	"content TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE TABLE offer(id {{id}}, division TEXT NOT NULL, township TEXT NOT NULL, version BIGINT NOT NULL, "
	"effective_from TEXT NOT NULL, total BIGINT NOT NULL, direct BIGINT NOT NULL, agent BIGINT NOT NULL, "
	"escort BIGINT NOT NULL, online BIGINT NOT NULL, note TEXT NOT NULL, published_at BIGINT NOT NULL, "
	"published_by TEXT NOT NULL);"
	"CREATE UNIQUE INDEX offer_version ON offer(division, version);"
	"CREATE TABLE offer_item(offer BIGINT NOT NULL, code TEXT NOT NULL, seq BIGINT NOT NULL, item BIGINT NOT NULL, "
	"PRIMARY KEY(offer, code)) {{without rowid}};"
	"CREATE TABLE offer_draft(division TEXT NOT NULL, code TEXT NOT NULL, seq BIGINT NOT NULL, "
	"PRIMARY KEY(division, code)) {{without rowid}};"
	/* The township's list of duties, from the plugin duties or from a file. state: listed, dropped; each from its day on. */
	"CREATE TABLE duty(division TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, "
	"from_on TEXT NOT NULL, source TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(division, code)) {{without rowid}};"
	"CREATE TABLE volume(division TEXT NOT NULL, year BIGINT NOT NULL, code TEXT NOT NULL, cases BIGINT NOT NULL, "
	"PRIMARY KEY(division, year, code)) {{without rowid}};"
	"CREATE TABLE export(id {{id}}, name TEXT NOT NULL, digest TEXT NOT NULL, township TEXT NOT NULL, account TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE TABLE poster(division TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, url TEXT NOT NULL, at BIGINT NOT NULL)";

const char network_sql[] = "ALTER TABLE place ADD COLUMN standard BIGINT NOT NULL DEFAULT 0";

/* Terms of items in either unit. Guides that were drawn, of an item for a township (division "" = for none); @stamp: of what they said of its office. */
const char guides_sql[] =
	"CREATE TABLE guide(item BIGINT NOT NULL, division TEXT NOT NULL, stamp TEXT NOT NULL, digest TEXT NOT NULL, "
	"PRIMARY KEY(item, division)) {{without rowid}};"
	"INSERT INTO guide(item, division, stamp, digest) SELECT id, '', '', guide FROM item WHERE guide <> '';"
	"ALTER TABLE item DROP COLUMN guide;"
	/* 工作日 or 自然日: in which the item's terms are counted. */
	"ALTER TABLE item ADD COLUMN term_unit TEXT NOT NULL DEFAULT '工作日'";

const char places_sql[] =
	"CREATE TABLE place(id {{id}}, township TEXT NOT NULL, village TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, "
	"address TEXT NOT NULL, hours TEXT NOT NULL, phone TEXT NOT NULL, always_open BIGINT NOT NULL, "
	"amenities TEXT NOT NULL, at BIGINT NOT NULL, account TEXT NOT NULL);"
	"CREATE INDEX place_township ON place(township, kind, id);"
	"CREATE TABLE zone(place BIGINT NOT NULL, code TEXT NOT NULL, location TEXT NOT NULL, "
	"PRIMARY KEY(place, code)) {{without rowid}};"
	"CREATE TABLE desk(id {{id}}, place BIGINT NOT NULL, township TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, "
	"accepts BIGINT NOT NULL, issues BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX desk_code ON desk(place, code);"
	"CREATE TABLE officer(body TEXT NOT NULL PRIMARY KEY, person TEXT NOT NULL, phone TEXT NOT NULL, at BIGINT NOT NULL, "
	"account TEXT NOT NULL);"
	"CREATE TABLE binding(id {{id}}, township TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, place BIGINT NOT NULL, "
	"place_kind TEXT NOT NULL, place_name TEXT NOT NULL, note TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX binding_item ON binding(township, code);"
	"CREATE TABLE agent(id {{id}}, body TEXT NOT NULL, name TEXT NOT NULL, township TEXT NOT NULL, areas TEXT NOT NULL, "
	"valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, ended_at BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX agent_person ON agent(body, name);"
	"CREATE TABLE application(matter BIGINT NOT NULL PRIMARY KEY, content TEXT NOT NULL, answers TEXT NOT NULL, "
	"place BIGINT NOT NULL, desk TEXT NOT NULL, agent TEXT NOT NULL, agent_account TEXT NOT NULL, authorised_on TEXT NOT NULL, "
	"authorisation TEXT NOT NULL);"
	"CREATE TABLE delivery(matter BIGINT NOT NULL PRIMARY KEY, method TEXT NOT NULL, desk TEXT NOT NULL, "
	"tracking TEXT NOT NULL, handed_at BIGINT NOT NULL, handed_by TEXT NOT NULL, receiver TEXT NOT NULL, "
	"relation TEXT NOT NULL, received_at BIGINT NOT NULL, received_how TEXT NOT NULL)";

/* Whose an item is: the division that publishes it, for all below it ('' = as shipped, for all); upto: the last code below. Codes are
 * for life within that range, and one given up in a division is given up there, whoever published it. A draft waits for somebody
 * else than who made it. */
const char owners_sql[] =
	"ALTER TABLE item ADD COLUMN division TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE item ADD COLUMN upto TEXT NOT NULL DEFAULT '999999999999';"
	"CREATE UNIQUE INDEX item_owner ON item(code, division, version);"
	"DROP INDEX item_version;"
	"CREATE TABLE item_own(code TEXT NOT NULL, division TEXT NOT NULL, upto TEXT NOT NULL, name TEXT NOT NULL, "
	"retired_on TEXT NOT NULL, reason TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL, "
	"PRIMARY KEY(code, division)) {{without rowid}};"
	"INSERT INTO item_own(code, division, upto, name, retired_on, reason, account, at) "
	"SELECT code, '', '999999999999', name, retired_on, reason, account, at FROM item_code;"
	"DROP TABLE item_code;"
	"CREATE TABLE draft(id {{id}}, division TEXT NOT NULL, code TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, "
	"content TEXT NOT NULL, account TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX draft_code ON draft(division, code);"
	"CREATE INDEX draft_division ON draft(division, id);"
	"INSERT INTO draft(division, code, version, name, content, account, person, at) "
	"SELECT '', code, version, name, content, '', person, at FROM item_draft;"
	"DROP TABLE item_draft";

/* Who made the draft of a list; waits: nobody has published it yet. */
const char offers_sql[] =
	"CREATE TABLE offer_drafted(id {{id}}, division TEXT NOT NULL, township TEXT NOT NULL, account TEXT NOT NULL, "
	"person TEXT NOT NULL, waits BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX offer_drafted_division ON offer_drafted(division);"
	"CREATE INDEX offer_drafted_township ON offer_drafted(township, id)";
