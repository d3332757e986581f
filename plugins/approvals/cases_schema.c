/* SPDX-License-Identifier: Apache-2.0
 * Tables of handling. What is once written in a ledger is closed by a further column, never changed or removed. */
#include "cases.h"

const char cases_sql[] =
	/* 0 = green channel: lists of what waits are in this order. */
	"ALTER TABLE matter ADD COLUMN queue_rank BIGINT NOT NULL DEFAULT 1;"
	"ALTER TABLE matter ADD COLUMN green TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX matter_step_current ON matter_step(body, matter) WHERE state = 'current';"
	"CREATE INDEX matter_filed ON matter(window_body, id) WHERE state = 'filed';"
	"CREATE TABLE lacking(id {{id}}, matter BIGINT NOT NULL, material TEXT NOT NULL, due_on TEXT NOT NULL, "
	"promised_on TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL, supplied_at BIGINT NOT NULL, "
	"lapsed_at BIGINT NOT NULL);"
	"CREATE INDEX lacking_matter ON lacking(matter, id);"
	"CREATE TABLE promise(id {{id}}, matter BIGINT NOT NULL, material TEXT NOT NULL, content TEXT NOT NULL, "
	"signed_on TEXT NOT NULL, check_by TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL, result TEXT NOT NULL, "
	"checker TEXT NOT NULL, checked_at BIGINT NOT NULL, note TEXT NOT NULL);"
	"CREATE INDEX promise_matter ON promise(matter, id);"
	"CREATE TABLE credit(id {{id}}, person TEXT NOT NULL, matter BIGINT NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE INDEX credit_person ON credit(person);"
	"CREATE TABLE deadline(id {{id}}, kind TEXT NOT NULL, matter BIGINT NOT NULL, ref BIGINT NOT NULL, due_on TEXT NOT NULL);"
	"CREATE INDEX deadline_due ON deadline(due_on, id);"
	"CREATE INDEX deadline_matter ON deadline(matter, kind, ref);"
	"CREATE TABLE visit(id {{id}}, matter BIGINT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL, account TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE INDEX visit_matter ON visit(matter, id);"
	"CREATE TABLE visit_flag(id {{id}}, matter BIGINT NOT NULL, number TEXT NOT NULL, township TEXT NOT NULL, "
	"item_name TEXT NOT NULL, visits BIGINT NOT NULL, places BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX visit_flag_township ON visit_flag(township, id);"
	"CREATE TABLE home_visit(id {{id}}, matter BIGINT NOT NULL, number TEXT NOT NULL, township TEXT NOT NULL, "
	"address TEXT NOT NULL, planned_on TEXT NOT NULL, purpose TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL, "
	"person TEXT NOT NULL, outcome TEXT NOT NULL, done_at BIGINT NOT NULL);"
	"CREATE INDEX home_visit_township ON home_visit(township, id);"
	"CREATE TABLE escort(id {{id}}, matter BIGINT NOT NULL, department TEXT NOT NULL, went_on TEXT NOT NULL, "
	"from_time TEXT NOT NULL, to_time TEXT NOT NULL, person TEXT NOT NULL, outcome TEXT NOT NULL, account TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE INDEX escort_matter ON escort(matter, id);"
	"CREATE TABLE left_open(id {{id}}, matter BIGINT NOT NULL, number TEXT NOT NULL, township TEXT NOT NULL, day TEXT NOT NULL, "
	"reason TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX left_open_matter ON left_open(matter, id);"
	ZHEN_RATINGS_SQL ";"
	"CREATE TABLE accountability(id {{id}}, matter BIGINT NOT NULL, number TEXT NOT NULL, township TEXT NOT NULL, "
	"item_name TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, officer TEXT NOT NULL, "
	"due_on TEXT NOT NULL, at BIGINT NOT NULL, explanation TEXT NOT NULL, explained_by TEXT NOT NULL, "
	"explained_at BIGINT NOT NULL, outcome TEXT NOT NULL, note TEXT NOT NULL, settled_by TEXT NOT NULL, "
	"settled_at BIGINT NOT NULL);"
	"CREATE INDEX accountability_township ON accountability(township, id);"
	"CREATE TABLE post(body TEXT NOT NULL, step TEXT NOT NULL, officer TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL, "
	"account TEXT NOT NULL, PRIMARY KEY(body, step)) {{without rowid}};"
	"CREATE TABLE officer_name(officer TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);"
	ZHEN_SUBSTITUTION_SQL ";"
	"CREATE TABLE acted_for(id {{id}}, matter BIGINT NOT NULL, step TEXT NOT NULL, officer TEXT NOT NULL, "
	"stand_in TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX acted_for_matter ON acted_for(matter, id);"
	"CREATE TABLE archive(matter BIGINT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL, retention TEXT NOT NULL, "
	"digest TEXT NOT NULL, signature TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE TABLE seal(id {{id}}, township TEXT NOT NULL, name TEXT NOT NULL, keeper TEXT NOT NULL, keeper_name TEXT NOT NULL, "
	"from_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, account TEXT NOT NULL);"
	"CREATE UNIQUE INDEX seal_one ON seal(township) WHERE ended_at = 0;"
	"CREATE TABLE seal_request(document BIGINT NOT NULL PRIMARY KEY, township TEXT NOT NULL, account TEXT NOT NULL, "
	"person TEXT NOT NULL, keeper TEXT NOT NULL, keeper_name TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX seal_request_township ON seal_request(township, document);"
	"CREATE INDEX seal_use_document ON seal_use(document);"
	"CREATE TABLE roster(id {{id}}, village TEXT NOT NULL, township TEXT NOT NULL, day TEXT NOT NULL, from_time TEXT NOT NULL, "
	"to_time TEXT NOT NULL, person TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, present_at BIGINT NOT NULL, "
	"account TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX roster_village ON roster(village, day, id);"
	"CREATE INDEX roster_absent ON roster(starts_at) WHERE present_at = 0;"
	"CREATE TABLE counter(township TEXT NOT NULL, name TEXT NOT NULL, value BIGINT NOT NULL, "
	"PRIMARY KEY(township, name)) {{without rowid}}";

const char eligibility_sql[] =
	"CREATE TABLE payment(id {{id}}, township TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, id_card TEXT NOT NULL, "
	"benefit TEXT NOT NULL, month TEXT NOT NULL, amount_fen BIGINT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX payment_month ON payment(township, month, id);"
	"CREATE INDEX payment_person ON payment(person, benefit, month, id);"
	"CREATE TABLE fact(id {{id}}, person TEXT NOT NULL, township TEXT NOT NULL, ended_on TEXT NOT NULL, reason TEXT NOT NULL, "
	"source TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX fact_person ON fact(person);"
	"CREATE TABLE eligibility_check(id {{id}}, township TEXT NOT NULL, year BIGINT NOT NULL, payments BIGINT NOT NULL, "
	"suspicious BIGINT NOT NULL, amount_fen BIGINT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX eligibility_year ON eligibility_check(township, year);"
	"CREATE TABLE suspicion(id {{id}}, check_id BIGINT NOT NULL, payment BIGINT NOT NULL, township TEXT NOT NULL, "
	"name TEXT NOT NULL, id_card TEXT NOT NULL, benefit TEXT NOT NULL, month TEXT NOT NULL, amount_fen BIGINT NOT NULL, "
	"reason TEXT NOT NULL, ended_on TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, settled_by TEXT NOT NULL, "
	"settled_at BIGINT NOT NULL);"
	"CREATE INDEX suspicion_township ON suspicion(township, id);"
	"CREATE TABLE recovery(id {{id}}, suspicion BIGINT NOT NULL, township TEXT NOT NULL, name TEXT NOT NULL, "
	"benefit TEXT NOT NULL, month TEXT NOT NULL, due_fen BIGINT NOT NULL, recovered_fen BIGINT NOT NULL, at BIGINT NOT NULL, "
	"closed_at BIGINT NOT NULL);"
	"CREATE INDEX recovery_township ON recovery(township, id);"
	"CREATE TABLE recovery_receipt(id {{id}}, recovery BIGINT NOT NULL, amount_fen BIGINT NOT NULL, received_on TEXT NOT NULL, "
	"voucher TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL)";

/* Volumes after the first; what an earlier one said, from the moment the file was opened again. An agent is an account: two of one
 * name are two agents. */
const char volumes_sql[] =
	"CREATE TABLE archive_volume(matter BIGINT NOT NULL, volume BIGINT NOT NULL, outcome TEXT NOT NULL, retention TEXT NOT NULL, "
	"digest TEXT NOT NULL, signature TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL, "
	"PRIMARY KEY(matter, volume)) {{without rowid}};"
	"CREATE TABLE archive_kept(matter BIGINT NOT NULL, volume BIGINT NOT NULL, content TEXT NOT NULL, reason TEXT NOT NULL, "
	"reopened_by TEXT NOT NULL, reopened_at BIGINT NOT NULL, PRIMARY KEY(matter, volume)) {{without rowid}};"
	"ALTER TABLE agent ADD COLUMN account TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX agent_account ON agent(account)";

/* How each material of the item's list (seq) was handed in, where something was said of it; the rest follows from the item. What was
 * accepted before there were such lists (checked = 0) is held against none. kept: where the signed promise is. */
const char handed_sql[] =
	"CREATE TABLE handed(matter BIGINT NOT NULL, seq BIGINT NOT NULL, how TEXT NOT NULL, copies BIGINT NOT NULL, "
	"note TEXT NOT NULL, upload BIGINT NOT NULL, told BIGINT NOT NULL, person TEXT NOT NULL, account TEXT NOT NULL, "
	"at BIGINT NOT NULL, PRIMARY KEY(matter, seq)) {{without rowid}};"
	"ALTER TABLE matter ADD COLUMN checked BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE lacking ADD COLUMN kept TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE promise ADD COLUMN kept TEXT NOT NULL DEFAULT ''";

/* Who had which post when; "post" is whose it is now. Bodies of before are those that the host is shipped with: the code is the
 * end of the id. */
const char staff_sql[] =
	ZHEN_SUBSTITUTION_MORE_SQL ";"
	"UPDATE substitute SET township = SUBSTR(body, LENGTH(body) - 11, 9) || '000';"
	"UPDATE absence SET township = SUBSTR(body, LENGTH(body) - 11, 9) || '000';"
	"CREATE INDEX substitute_township ON substitute(township, id);"
	"CREATE INDEX absence_township ON absence(township, id);"
	"CREATE TABLE post_term(id {{id}}, body TEXT NOT NULL, township TEXT NOT NULL, step TEXT NOT NULL, officer TEXT NOT NULL, "
	"name TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, reason TEXT NOT NULL, end_reason TEXT NOT NULL, "
	"person TEXT NOT NULL, at BIGINT NOT NULL, ended_by TEXT NOT NULL, ended_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX post_term_open ON post_term(body, step) WHERE to_on = '';"
	"CREATE INDEX post_term_township ON post_term(township, id);"
	"INSERT INTO post_term(body, township, step, officer, name, from_on, to_on, reason, end_reason, person, at, ended_by, ended_at) "
	"SELECT body, SUBSTR(body, LENGTH(body) - 11, 9) || '000', step, officer, name, '', '', '', '', '', at, '', 0 FROM post;"
	"ALTER TABLE seal ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE seal ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE agent ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';"
	/* One record of a matter and stage; of two made before, the second goes by its own number. */
	"ALTER TABLE accountability ADD COLUMN stage TEXT NOT NULL DEFAULT '';"
	"UPDATE accountability SET stage = CASE WHEN kind IN ('overdue', 'direct-open') THEN 'handling' ELSE kind END;"
	"UPDATE accountability SET stage = stage || ' ' || id WHERE EXISTS (SELECT 1 FROM accountability o WHERE "
	"o.matter = accountability.matter AND o.stage = accountability.stage AND o.id < accountability.id);"
	"CREATE UNIQUE INDEX accountability_stage ON accountability(matter, stage)";

/* Which bodies read which cases. id: of the matter. A case not yet accepted gets the rest of its rows when it is. */
const char parts_sql[] =
	"CREATE TABLE part(body TEXT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(body, id)) {{without rowid}};"
	"INSERT INTO part(body, id, at) SELECT window_body, id, filed_at FROM matter WHERE window_body <> '' "
	"UNION SELECT s.body, m.id, m.filed_at FROM matter_step s JOIN matter m ON m.id = s.matter WHERE s.body <> ''";

/* A year may be checked again when something came since: up to which payment and fact a check has looked. */
const char rechecks_sql[] =
	"ALTER TABLE eligibility_check ADD COLUMN newest_payment BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE eligibility_check ADD COLUMN newest_fact BIGINT NOT NULL DEFAULT 0;"
	"UPDATE eligibility_check SET newest_payment = (SELECT COALESCE(MAX(id), 0) FROM payment), "
	"newest_fact = (SELECT COALESCE(MAX(id), 0) FROM fact);"
	"CREATE INDEX eligibility_township ON eligibility_check(township, year, id);"
	"DROP INDEX eligibility_year;"
	"CREATE INDEX suspicion_payment ON suspicion(payment)";

/* How a case ended is handed out once for each way it ended. What a file consisted of when it was put away. Applications of one person
 * for one item. */
const char integrity_sql[] =
	"CREATE TABLE served(id {{id}}, matter BIGINT NOT NULL, outcome TEXT NOT NULL, method TEXT NOT NULL, desk TEXT NOT NULL, "
	"tracking TEXT NOT NULL, handed_at BIGINT NOT NULL, handed_by TEXT NOT NULL, receiver TEXT NOT NULL, "
	"relation TEXT NOT NULL, received_at BIGINT NOT NULL, received_how TEXT NOT NULL);"
	"CREATE UNIQUE INDEX served_outcome ON served(matter, outcome);"
	"INSERT INTO served(matter, outcome, method, desk, tracking, handed_at, handed_by, receiver, relation, received_at, received_how) "
	"SELECT matter, 'issued', method, desk, tracking, handed_at, handed_by, receiver, relation, received_at, received_how "
	"FROM delivery ORDER BY matter;"
	"DROP TABLE delivery;"
	"ALTER TABLE archive ADD COLUMN manifest TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE archive_volume ADD COLUMN manifest TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX matter_person ON matter(id_card, item_code, id)";

/* A paper is served on each of its receivers (行政许可法 44; 民事诉讼法 87 and after): on which day, and until when the days run that
 * begin with it. Before, it was the case that was handed out; parties other than the applicant were on no record. What ends a
 * licence takes effect when its paper is issued. What a body above the township has decided. */
const char rights_sql[] =
	"DROP INDEX served_outcome;"
	"ALTER TABLE served ADD COLUMN document BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE served ADD COLUMN party TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE served ADD COLUMN served_on TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE served ADD COLUMN runs_to TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE served ADD COLUMN proof TEXT NOT NULL DEFAULT '';"
	"UPDATE served SET document = COALESCE((SELECT MAX(d.id) FROM document d WHERE d.matter = served.matter AND d.kind = "
	"CASE served.outcome WHEN 'issued' THEN 'decision' WHEN 'refused' THEN 'refusal' WHEN 'rejected' THEN 'rejection' "
	"WHEN 'withdrawn' THEN 'withdrawal' WHEN 'recalled' THEN 'recall' WHEN 'cancelled' THEN 'cancellation' "
	"WHEN 'retracted' THEN 'retraction' ELSE served.outcome END), 0);"
	"CREATE UNIQUE INDEX served_document ON served(document, party) WHERE document > 0;"
	"CREATE INDEX served_matter ON served(matter, id);"
	"ALTER TABLE ending ADD COLUMN effective_on TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE ending ADD COLUMN stated_how TEXT NOT NULL DEFAULT '';"
	"UPDATE ending SET effective_on = decided_on WHERE outcome <> '';"
	"CREATE TABLE superior(id {{id}}, matter BIGINT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, ground TEXT NOT NULL, "
	"number TEXT NOT NULL, decided_on TEXT NOT NULL, explanation TEXT NOT NULL, person TEXT NOT NULL, account TEXT NOT NULL, "
	"at BIGINT NOT NULL, ending BIGINT NOT NULL);"
	"CREATE INDEX superior_matter ON superior(matter, id)";

/* An organisation applies by its name and code, and somebody stands for it. */
const char organisations_sql[] =
	"ALTER TABLE matter ADD COLUMN credit_code TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE matter ADD COLUMN representative TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX matter_organisation ON matter(credit_code, item_code, id) WHERE credit_code <> ''";

/* Who was on the spot, by account. */
const char checkers_sql[] =
	"ALTER TABLE opinion ADD COLUMN checker_account TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE opinion ADD COLUMN second_account TEXT NOT NULL DEFAULT ''";
