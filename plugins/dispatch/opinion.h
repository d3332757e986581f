/* SPDX-License-Identifier: Apache-2.0
 * 意见诉求 (汉源县): from the village upwards, and the answer back to the person. */
#ifndef DISPATCH_OPINION_H
#define DISPATCH_OPINION_H

#include "dispatch.h"

#define OPINION_STATES(X)                                            \
	X(AT_VILLAGE, "village", "村（社区）办理", "opinion-at-village") \
	X(AT_TOWNSHIP, "township", "乡镇（街道）办理", "opinion-at-township") \
	X(AT_COUNTY, "county", "县级办理", "opinion-at-county")          \
	X(SETTLED, "settled", "已答复", "opinion-settled")
#define OPINION_STATE_CHOICES "village=村（社区）办理|township=乡镇（街道）办理|county=县级办理|settled=已答复"
/* 居民村民议事会、院坝居民小组、社区社会组织、群团. */
#define OPINION_SOURCE_CHOICES "resident=群众|migrant=搬迁群众|council=居民村民议事会|group=院坝居民小组|organisation=社区社会组织|union=群团组织"
/* 生活困难帮扶到位、合理要求解决到位、无据要求说服到位: each ends in one of three. */
#define OUTCOME_CHOICES "help=帮扶（生活困难）|solve=解决（合理要求）|persuade=说服解释（无据要求）"

#define X(id, ...) OPINION_##id,
enum opinion_state { OPINION_STATES(X) };
#undef X
enum opinion_act { OPINION_RAISE, OPINION_SETTLE };

/* body: who took it down. The person is not kept: who has number and code reads the answer. */
#define OPINION_SQL                                                                                                             \
	"CREATE TABLE opinion(id {{id}}, number TEXT NOT NULL, code_digest TEXT NOT NULL, township TEXT NOT NULL, village TEXT NOT NULL, " \
	"source TEXT NOT NULL, content TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL, "          \
	"answer TEXT NOT NULL, at BIGINT NOT NULL, settled_at BIGINT NOT NULL);"                                                 \
	"CREATE INDEX opinion_township ON opinion(township, id);"                                                                \
	"CREATE INDEX opinion_body ON opinion(body, id);"                                                                        \
	"CREATE INDEX opinion_code ON opinion(code_digest);"                                                                     \
	"CREATE TABLE opinion_month(township TEXT NOT NULL, month TEXT NOT NULL, outcome TEXT NOT NULL, amount BIGINT NOT NULL, "  \
	"PRIMARY KEY(township, month, outcome)) {{without rowid}};" ZHEN_JOURNAL_SQL_AS("opinion_journal")

extern const zhen_process opinion_process;
extern const zhen_field opinions_fields[], opinions_reply[], opinion_fields[], taken_reply[], opinion_reply[],
	settle_fields[], done_opinion_reply[], opinion_track_fields[], opinion_track_reply[], opinion_report_reply[],
	opinion_event[];

zhen_handle list_opinions, take_opinion, show_opinion, raise_opinion, settle_opinion, track_opinion, report_opinions;

#endif
